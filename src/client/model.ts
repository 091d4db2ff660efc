// Types of the routes that api.ts does not have yet. A test holds them equal to the schemas that the server validates with.

import type { DncList } from './api.ts'

export type { Page } from './answer.ts'
export type * from './api.ts'

/** Values by path ('fields.City', 'unmapped.source_id', 'disposition', 'callback'); absent and null are the same. */
export type Values = Record<string, string | number | boolean | null>

export interface LeadPhone {
  field: string
  /** E.164, as it is dialled; absent where the text is no number. */
  number?: string
  /** unlisted: right by the shape of its plan, and dialled like ok. */
  state: 'ok' | 'unlisted' | 'invalid' | 'wrong' | 'disconnected'
  blocked_by?: DncList
}

/** A wall time as it was agreed, in the zone of the lead's contact hours, and the instant that it means. */
export interface Callback {
  /** 2026-11-26T10:00:00 */
  local: string
  zone: string
  /** RFC 3339. */
  at: string
}

export interface Lead {
  /** campaign-number: 41-1207 */
  id: string
  campaign_id: number
  allocation_id: number
  external_id: string | null
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  /** Fields whose text does not fit their kind: kept as it was sent, and not used as one. */
  bad_values: string[]
  phones: LeadPhone[]
  disposition: string | null
  callback: Callback | null
  callback_agent: string | null
  priority: number
  contact_hours: string
  client_approved: boolean
  closed: boolean
  source: string | null
  created_way: string
  created_by: string
  created_at: string
  updated_at: string
  /** Held updates that wait for a person. */
  open_conflicts: number
}

/** A lead that a search found. */
export interface FoundLead extends Lead {
  /** With q: the phone fields in which anything of it is found, fields.Mobile, and external_id. */
  found_in?: string[]
}

/** The answer to a change: `merged` when the lead had moved on and the change was merged with what others did. */
export interface ChangedLead extends Lead {
  merged?: Merged
}

export interface Merged {
  /** Groups that others changed since the base, and that stay as they are. */
  kept: string[]
  base_version: number
}

/** What the classic API takes: lists are joined, objects are kept only under keys that are no field. */
export type LeadDocument = Record<string, LeadValue>
type LeadValue =
  | string
  | number
  | boolean
  | null
  | readonly LeadValue[]
  | { readonly [key: string]: LeadValue }

export interface NewLead {
  allocation_id: number
  external_id?: string | null
  fields: Record<string, string | null>
  unmapped?: Record<string, string | null>
  priority?: number | null
  callback?: { local: string } | null
  callback_agent?: string | null
  contact_hours?: string | null
  source?: string | null
  allow_duplicates?: boolean
}

/** What is left out stays as it is, null clears. A disposition, also the one that the lead has, is an outcome. */
export interface LeadPatch {
  fields?: Record<string, string | null>
  unmapped?: Record<string, string | null>
  disposition?: string
  /** Local wall time in the zone of the contact hours: 2026-11-26T10:00. */
  callback?: { local: string } | null
  callback_agent?: string | null
  priority?: number | null
  contact_hours?: string | null
  allow_duplicates?: boolean
}

/** What becomes of a value that cannot be kept as it is: refused (1005), or kept as well as can be, and named. */
export type OnBadValue = 'refuse' | 'keep'

/** What becomes of a change whose lead has moved on. */
export type OnConflict = 'fail' | 'merge' | 'hold'

/** A change that clashed and waits for a person. */
export interface HeldChange {
  conflict_id: number
  lead_id: string
  lead_version: number
  groups: string[]
}

/** The lead's values at a version, with the change that made it. */
export interface LeadVersion {
  lead_id: string
  version: number
  at: string
  actor: string
  actor_name: string | null
  way: string
  request_id: string
  values: Values
  fields: Record<string, string>
  unmapped: Record<string, string>
}

/** What became of a value that could not be kept as it was sent. docs/classic-api.md explains each. */
export type WarningCode =
  | 'trimmed'
  | 'one_line'
  | 'invisible'
  | 'replaced'
  | 'cut'
  | 'joined'
  | 'json'
  | 'day_only'
  | 'no_value'
  | 'null_value'
  | 'bad_value'
  | 'not_taken'
  | 'left_out'
  | 'left_aside'
  | 'utf8'
  | 'file'
  | 'api_key'
  | 'more'

export interface Warning {
  code: WarningCode
  /** The name of the field, or the key; of `more` how many are not named. */
  field: string
}

export interface HistoryEvent {
  version: number
  at: string
  /** key:7, operator:3, action:4 or system. */
  actor: string
  /** The name of the key or operator. */
  actor_name: string | null
  way: string
  request_id: string
  /** Path to [old, new]; null for the insert. */
  changes: Record<string, [Values[string], Values[string]]> | null
  /** What was read otherwise than it was sent. */
  warnings: Warning[]
  /** What a person decided where changes had met; null: nobody had to. */
  merge: DecidedMerge | null
}

export interface DecidedMerge {
  /** What both had started from. */
  base_version: number
  /** The lead that the decisions were made for. */
  lead_version: number
  /** By group, without those that nobody changed. */
  classes: Record<string, GroupClass>
  decisions: Record<string, { take: Take; reason: string | null }>
}

export interface CallRecord {
  call_id: number
  lead_id: string
  disposition: string
  phone: string | null
  at: string
  duration_s: number | null
  unique_call_id: string | null
  actor: string
  actor_name: string | null
  way: string
}

export type GroupClass = 'unchanged' | 'only_mine' | 'only_theirs' | 'agreed' | 'conflict' | 'linked'
export type Take = 'mine' | 'theirs' | 'base' | 'value'
export type LinkedReason = 'closed_and_outcome' | 'number_blocked' | 'moved_and_outcome' | 'client_approved'

/** Paths that are taken together, with the values of the three sides. */
export interface ConflictGroup {
  group: string
  class: GroupClass
  paths: string[]
  base: Values
  mine: Values
  theirs: Values
  /** Why the group is linked: both sides are fine by themselves, but not together. */
  reason?: LinkedReason
  recommended?: 'mine' | 'theirs'
  /** The side that may be taken only with a reason; base and value then need one too. */
  needs_reason?: ('mine' | 'theirs')[]
}

/** A change that met others: what it was made from, what it wants, what the lead has now. */
export interface ConflictDocument {
  lead_id: string
  base_version: number
  lead_version: number
  /** The newest change of the lead. */
  theirs: {
    version: number
    actor: string
    actor_name: string | null
    at: string
    way: string
    request_id: string
    /** How many changes there were since the base. */
    versions_between: number
  }
  base: Values
  mine: Values
  current: Values
  groups: ConflictGroup[]
}

export interface Decision {
  take: Take
  /** Values by path, for `value`. */
  value?: Record<string, string | null>
  reason?: string
}

/** By group. */
export type Decisions = Record<string, Decision>

export interface MergeRequest {
  base_version: number
  /** The version that the decisions were made for. */
  lead_version: number
  mine: LeadPatch
  decisions: Decisions
}

/** What a person makes of a held update. */
export type Resolution = { lead_version: number; decisions: Decisions } | { dismiss: true; reason: string }

/** A held update with its three sides. */
export interface Conflict {
  conflict_id: number
  lead_id: string
  state: 'open' | 'resolved' | 'dismissed' | 'superseded' | 'expired' | 'forgotten'
  caller: string
  caller_name: string | null
  way: string
  request_id: string
  groups: string[]
  base_version: number
  base: Values
  /** What the update wants. */
  mine: Values
  allow_duplicates: boolean
  /** What the lead has now, for the same paths; null: it is settled, or the lead is forgotten. */
  theirs: Values | null
  lead_version: number | null
  /** Groups that need a decision now. */
  clashes: string[]
  resolution: Record<string, unknown> | null
  resolved_by: string | null
  resolved_by_name: string | null
  resolved_at: string | null
  created_at: string
  expires_at: string
  /** Only where one conflict is read, and only while it is open. */
  conflict?: ConflictDocument | null
}

/** A page of a search. A page may have fewer leads than asked for and not be the last. */
export interface FoundLeads {
  items: FoundLead[]
  next_cursor: string | null
  /** With the first page: how many there are, or (not exact) how many at least. */
  total?: { count: number; exact: boolean }
}

export interface LeadsAsked {
  q?: string
  campaign_id?: number
  allocation_id?: number
  disposition?: string
  /** RFC 3339. */
  callback_from?: string
  callback_to?: string
  /** key:7, operator:3, import:12 or system. */
  changed_by?: string
  has_conflict?: boolean
  closed?: boolean
  cursor?: string
  limit?: number
}

export interface TemplateField {
  field_id: number
  name: string
  label: string
  aliases: string[]
  kind: 'text' | 'long_text' | 'phone' | 'email' | 'date' | 'number' | 'choice' | 'check'
  choices: string[] | null
  merge_group: string | null
  /** Leads may still have values in it. */
  retired: boolean
}

export interface Template {
  template_id: number
  name: string
  team: string
  region: string
  contact_hours: string
  disposition_set: string
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  bad_values: OnBadValue
  fields: TemplateField[]
  created_at: string
}

export interface Campaign {
  campaign_id: number
  template_id: number
  name: string
  created_at: string
}

export interface Allocation {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
  created_at: string
}

export interface Disposition {
  disposition_id: number
  code: string
  kind: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
  priority: number
  delay_s: number | null
  next_day: boolean
  redials_max: number | null
  built_in: boolean
  enabled: boolean
}

export interface DispositionSet {
  disposition_set_id: number
  name: string
  team: string
  dispositions: Disposition[]
  used_by: { template_id: number; name: string }[]
  warnings?: string[]
}
