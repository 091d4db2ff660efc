// Made by `npm run docs` from src/http/contract.ts; changes here are lost.

import { type FileBytes, ifMatch, type Page, type Reply, type RequestOptions } from './answer.ts'
import { path } from './path.ts'

export interface Action {
  action_id: number
  team: string
  name: string
  kind: ActionKind
  /** As it was given; secrets are masked, and keep their value when they come back so */
  config: Record<string, unknown>
  enabled: boolean
  /** The outcomes that start it */
  dispositions: {
    disposition_set_id: number
    code: string
  }[]
  version: number
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
}

export type ActionChange =
  | {
      name: string
      kind: 'url'
      enabled?: boolean
      config: {
        method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
        /** http or https; placeholders in its path and query only; a template */
        url: string
        headers?: Record<string, string>
        /** Escaped for its Content-Type, which is JSON without one; a template */
        body?: string
        /**
         * Headers, parameters of the query and names in the body whose values are masked, besides
         * those whose name says so
         */
        secrets?: string[]
      }
    }
  | {
      name: string
      kind: 'email'
      enabled?: boolean
      config: {
        /** Addresses, separated by commas; a template */
        to: string
        /** Addresses; a template */
        cc?: string
        /** Addresses; a template */
        bcc?: string
        /** One address; LEADLINE_MAIL_FROM without one; a template */
        from?: string
        /** One line; a template */
        subject: string
        /** The mail as text; a template */
        text?: string
        /** The mail as HTML; a template */
        html?: string
      }
    }
  | {
      name: string
      kind: 'copy'
      enabled?: boolean
      config: {
        /** Where the copy goes, through the same checks as any lead */
        allocation_id: number
        allow_duplicates?: boolean
      }
    }
  | {
      name: string
      kind: 'dnc'
      enabled?: boolean
      config: {
        list: 'private' | 'campaign'
      }
    }
  | {
      name: string
      kind: 'conditional'
      enabled?: boolean
      config: {
        condition: {
          field: string
          op: 'equals' | 'not_equals' | 'contains' | 'empty' | 'not_empty' | 'greater' | 'less'
          value?: string
        }
        then_action_id: number
        else_action_id?: number
      }
    }
  | {
      name: string
      kind: 'nth_attempt'
      enabled?: boolean
      config: {
        /** Which time the lead gets the outcome */
        attempt: number
        then_action_id: number
      }
    }

export type ActionKind = 'url' | 'email' | 'copy' | 'dnc' | 'conditional' | 'nth_attempt'

export interface ActionRun {
  run_id: number
  action_id: number
  action: string
  kind: ActionKind
  lead_id: string
  /** The outcome that started it */
  disposition: string
  /** Which time the lead got that outcome */
  attempt: number
  started_by: 'outcome' | 'action' | 'rerun'
  parent_run_id: number | null
  /** The same for every try, as header Leadline-Delivery-Id */
  delivery_id: string
  state: 'queued' | 'done' | 'failed' | 'skipped'
  tries: number
  /** Of the last try: HTTP or SMTP status, or the result code of a copy */
  status: number | null
  detail: string | null
  /** RFC 3339 */
  created_at: string
  finished_at: string | null
}

export interface Allocation {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
  /**
   * Since when it takes no leads and cannot be started; null: it does, unless its campaign is
   * archived
   */
  archived_at: string | null
  draws: Draws | null
  /** Only numbers that a wash found free are called, and leads whose person has asked for it */
  needs_wash: boolean
  /** The wash whose answer counts, or counted last; null: none yet */
  wash_id: number | null
  /** When its answer no longer counts */
  washed_until: string | null
  version: number
  /** RFC 3339 */
  created_at: string
}

export interface AllocationChange {
  name?: string
  started?: boolean
  archived?: boolean
  draws?: Draws
  /** Only numbers that a wash found free are called, and leads whose person has asked for it */
  needs_wash?: boolean
}

export interface ApiKey {
  key_id: number
  name: string
  scopes: Scope[]
  /** None: every team */
  teams: string[]
  allocation_ids: number[] | null
  /** Scopes whose deeds it used before scopes were split, and has lost */
  former_scopes: Scope[]
  /** Charset of its classic bodies that are not UTF-8 and declare none */
  fallback_charset: 'windows-1252' | 'iso-8859-1' | null
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** The key that this one was made to replace */
  follows: number | null
  version: number
}

export interface ApiKeyChange {
  name?: string
  scopes?: Scope[]
  /** Names; none: every team */
  teams?: string[]
  /** Only for leads of these allocations; for the scopes insert and dial */
  allocation_ids?: number[] | null
  /** RFC 3339; null: never */
  expires_at?: string | null
  /** Charset of its classic bodies that are not UTF-8 and declare none */
  fallback_charset?: 'windows-1252' | 'iso-8859-1' | null
}

export interface AttemptRules {
  /** Of each number; null: no limit */
  number: NumberLimits | null
  /** Of each lead; null: no limit */
  lead: LeadLimits | null
}

export interface AttemptRulesChange {
  number?: GivenNumberLimits | null
  lead?: GivenLeadLimits | null
}

export interface AuditEntry {
  audit_id: number
  /** RFC 3339 */
  at: string
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  action: string
  subject: string
  details: Record<string, unknown>
  request_id: string | null
}

export interface BulkChange {
  bulk_change_id: number
  campaign_id: number
  kind: 'disposition' | 'move' | 'dnc' | 'forget'
  disposition?: string
  to_allocation_id?: number
  list?: DncList
  /**
   * stopped: it could not go on, and detail says why; undone: what nobody had touched since is
   * as it was
   */
  state: 'running' | 'done' | 'cancelled' | 'stopped' | 'undoing' | 'undone'
  detail: string | null
  /** How many were counted when it began */
  leads: number
  /** False: so many at least */
  exact: boolean
  /** How many have been changed */
  done: number
  /** How many were left as they are, by why: leased, there, no_number, listed, changed, refused */
  skipped: Record<string, number>
  /** Whether it can be undone */
  undoable: boolean
  /** How many are as they were again */
  undone: number
  /** How many undoing has left, by why: touched, leased, gone, no_place, refused */
  kept: Record<string, number>
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** Of the key or operator */
  created_by_name: string | null
  /** RFC 3339 */
  finished_at: string | null
}

export interface BulkChangePreview {
  /** How many are meant */
  leads: number
  /** False: so many at least; counting all of them takes too long */
  exact: boolean
  /** How many of them would be changed */
  changes: number
  /**
   * How many would be left as they are, by why: leased, there, no_number, listed, changed,
   * refused
   */
  skipped: Record<string, number>
}

export interface BulkChangeRequest {
  /** These leads, all of one campaign */
  lead_ids?: string[]
  search?: BulkSearch
  /** Only leads with these values, besides what search finds; each must hold */
  fields?: FieldCondition[]
  /** Gives this outcome, as a person would; a lead that somebody has in a call is left to that */
  disposition?: string
  /** With a disposition */
  callback?: {
    /** Wall time in the zone of the contact hours, 2026-11-26T10:00 */
    local: string
  }
  /** With a disposition: the agent who calls back */
  callback_agent?: string
  /** Moves to this allocation of the campaign */
  to_allocation_id?: number
  dnc?: BulkDnc
  forget?: BulkForget
}

export interface BulkDecision {
  bulk_id: number
  caller: string | null
  /** Of the key or operator */
  caller_name: string | null
  groups: string[] | null
  decisions: BulkTakes
  /** How many are settled by it now */
  settled: number
  made_by: string
  /** Of the key or operator */
  made_by_name: string | null
  /** RFC 3339 */
  made_at: string
  undone_by: string | null
  /** Of the key or operator */
  undone_by_name: string | null
  undone_at: string | null
}

/** Puts all numbers of the leads on a do-not-call list */
export interface BulkDnc {
  list: DncList
  reason?: string
  /** RFC 3339; absent: for good */
  expires_at?: string
}

/** Forgets the leads for good */
export interface BulkForget {
  /** The count that was seen; a preview needs none */
  leads?: number
}

export interface BulkItem {
  conflict_id: number
  lead_version: number
}

export interface BulkPart {
  items: BulkItem[]
}

export interface BulkPreview {
  ready: ReadyConflict[]
  samples: BulkSample[]
  left: LeftConflict[]
  /** There are more than were looked at */
  more: boolean
}

export interface BulkQuestion {
  where: ConflictFilter
  decisions: BulkTakes
}

export interface BulkSample {
  conflict_id: number
  lead_id: string
  lead_name: string | null
  /** Path to [now, result]; none: the lead stays as it is */
  changes: Record<string, [string | number | boolean | null, string | number | boolean | null]>
}

/** Or those that a search of a campaign finds, as GET /v1/leads takes it */
export interface BulkSearch {
  /**
   * A phone number or a part of one, an id, an external id, words of any field; 200 characters
   * at most
   */
  q?: string
  campaign_id?: number
  allocation_id?: number
  disposition?: string
  /** RFC 3339; callbacks at this instant or later */
  callback_from?: string
  /** RFC 3339; callbacks before this instant */
  callback_to?: string
  /**
   * Leads whose callback is kept for this agent: a login of an operator, or a name of the
   * dialler
   */
  callback_agent?: string
  /**
   * Leads that this actor has changed since they came in: key:7, operator:3, import:12 or
   * system
   */
  changed_by?: string
  /** Leads that this import made */
  import_id?: number
  /** Whether a held update waits for a person */
  has_conflict?: boolean
  closed?: boolean
}

/** The side that is taken, by group */
export type BulkTakes = Record<string, 'mine' | 'theirs' | 'base'>

/**
 * A do-not-call list; register: the wash of the allocation found it listed; unwashed: no
 * wash that counts has asked about it
 */
export type CallBlock = 'private' | 'client' | 'campaign' | 'register' | 'unwashed'

export interface CallRecord {
  call_id: number
  lead_id: string
  disposition: string
  phone: string | null
  /** RFC 3339 */
  at: string
  /** How long the call lasted; null: the dialler did not say */
  duration_s: number | null
  /** The id of the call in the telephone system, as the dialler said it */
  unique_call_id: string | null
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  way: string
}

export interface CallReport {
  disposition: string
  /** The number that was dialled */
  phone: string
  /** What the call showed about the number */
  phone_state?: 'wrong' | 'disconnected'
  /** When the call ended, RFC 3339; absent: now */
  at?: string
  /** How long the call lasted, seconds */
  duration_s?: number
  /** The id of the call in the telephone system */
  unique_call_id?: string
  /** Local wall time in the lead's contact hours: 2026-10-04T14:30 */
  callback?: string | null
  callback_agent?: string | null
  priority?: number
  fields?: Record<string, string | null>
  unmapped?: Record<string, string | null>
  /** A note about the lead */
  note?: string
}

export interface CallReported {
  lease_id: string
  lead_id: string
  /** Null: the lead is forgotten */
  version: number | null
  /** False: a stricter or later outcome was reported meanwhile, and the lead follows that one */
  applied: boolean
  disposition: string | null
  closed: boolean
  callback_at: string | null
  priority: number | null
  /** Groups that clash and wait under /v1/conflicts */
  held: string[]
  /** Phone fields that the lead could not get */
  not_taken: {
    code: number
    name: string
    field: string
    detail: string
  }[]
}

export interface Callback {
  local: string
  zone: string
  /** RFC 3339 */
  at: string
}

export interface CallbackShift {
  /** RFC 3339: callbacks at this instant or later */
  from: string
  /** RFC 3339: callbacks before this instant */
  to: string
  /** By how much the wall times move; below zero: earlier */
  minutes: number
  dispositions?: string[]
  /** Callbacks that customers have asked for move too */
  client_approved?: boolean
}

export interface CalledZones {
  number: string
  zones: string[]
  /**
   * both: the number and the zone field agree; apart: they have no zone in common, so those of
   * both count; country: only the country is known; no_rules: Leadline knows no rules of its
   * country
   */
  origin: 'number' | 'field' | 'both' | 'apart' | 'country' | 'no_rules'
}

export interface CallingHours {
  contact_hours_id: number
  name: string
  zone: string
  /**
   * The hours are those of the zones that the called person may be in; where none is known, of
   * the zone here
   */
  local_to_lead: boolean
  /** Null: round the clock */
  weekly: OpenWindow[] | null
  /** Days that differ; without windows: closed */
  exceptions: DayException[]
  valid_from: string | null
  valid_to: string | null
  /** They count where a side names none */
  of_template: boolean
}

export interface CallsToday {
  /** When the day began, by the clock of the contact hours */
  since: string
  calls: number
  /** By disposition */
  outcomes: Record<string, number>
}

export interface Campaign {
  campaign_id: number
  template_id: number
  name: string
  /** Since when its allocations take no leads and hand none out */
  archived_at: string | null
  version: number
  /** RFC 3339 */
  created_at: string
}

export interface CampaignChange {
  name?: string
  archived?: boolean
}

export interface CampaignStats {
  campaign_id: number
  name: string
  /** At least one of its allocations is started */
  started: boolean
  /** Null: not counted yet */
  counted_at: string | null
  counts: Counts | null
  calls: CallsToday | null
}

export interface ChangeActor {
  /** As changed_by takes it: key:7, operator:3, import:12 or system */
  actor: string
  /** Of the key or operator */
  actor_name: string | null
}

export interface ChangeSince {
  version: number
  /** key:7, operator:3, action:4 or system */
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  /** RFC 3339 */
  at: string
  way: string
  request_id: string
  groups: string[]
}

export interface ChangedAction {
  action_id: number
  team: string
  name: string
  kind: ActionKind
  /** As it was given; secrets are masked, and keep their value when they come back so */
  config: Record<string, unknown>
  enabled: boolean
  /** The outcomes that start it */
  dispositions: {
    disposition_set_id: number
    code: string
  }[]
  version: number
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
  touches?: TouchedOutcomes
}

export interface ChangedApiKey {
  key_id: number
  name: string
  scopes: Scope[]
  /** None: every team */
  teams: string[]
  allocation_ids: number[] | null
  /** Scopes whose deeds it used before scopes were split, and has lost */
  former_scopes: Scope[]
  /** Charset of its classic bodies that are not UTF-8 and declare none */
  fallback_charset: 'windows-1252' | 'iso-8859-1' | null
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** The key that this one was made to replace */
  follows: number | null
  version: number
  touches?: Touched
}

export interface ChangedCampaign {
  campaign_id: number
  template_id: number
  name: string
  /** Since when its allocations take no leads and hand none out */
  archived_at: string | null
  version: number
  /** RFC 3339 */
  created_at: string
  touches?: Touched
}

export interface ChangedContactHours {
  contact_hours_id: number
  name: string
  team: string
  zone: string
  /**
   * The hours are those of the zones that the called person may be in; where none is known, of
   * the zone here
   */
  local_to_lead: boolean
  /** Null: round the clock */
  weekly: OpenWindow[] | null
  /** Days that differ; without windows: closed */
  exceptions: DayException[]
  valid_from: string | null
  valid_to: string | null
  /** How far callbacks have followed the last change of their clock; null: it never changed */
  callback_move: {
    /** Callbacks that have their new instant */
    moved: number
    /** RFC 3339 */
    begun_at: string
    finished_at: string | null
  } | null
  version: number
  touches?: Touched
}

export interface ChangedDispositionSet {
  disposition_set_id: number
  name: string
  team: string
  dispositions: Disposition[]
  used_by: {
    template_id: number
    name: string
  }[]
  /** Counts changes of its dispositions, and of their actions, too */
  version: number
  /** Other things that a change of this set affects */
  warnings?: string[]
  touches?: Touched
}

export interface ChangedLead {
  id: string
  campaign_id: number
  allocation_id: number
  external_id: string | null
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  /** Fields whose text does not fit their kind: kept as it was sent, and not used as one */
  bad_values: string[]
  phones: LeadPhone[]
  disposition: string | null
  callback: Callback | null
  /**
   * When it can be called again: at its callback, or when its contact hours open after that; a
   * time that has passed: now. Null: it has no callback, is closed, or has no number that may
   * be dialled. Absent where the lead is handed out
   */
  next_attempt_at?: string | null
  callback_agent: string | null
  priority: number
  contact_hours: string
  /**
   * The time zones in which the owner of each number may be. In all of them calls must be
   * allowed
   */
  zones?: CalledZones[]
  client_approved: boolean
  closed: boolean
  /** Held updates that wait for a person */
  open_conflicts: number
  source: string | null
  created_way: string
  created_by: string
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
  merged?: Merged
}

export interface ChangedPull {
  pull_id: number
  team: string
  campaign_id: number
  /** Where new leads go; the pull belongs to its team */
  allocation_id: number
  name: string
  format: 'json' | 'ndjson' | 'csv'
  /** JSON pointer to the list of rows in a JSON document; empty: the document is the list */
  rows_at: string
  /** The key of a row that holds its id */
  id_key: string
  /**
   * Key of a row to the field or system field that it means; null: the key is left out. Other
   * keys are found by their name
   */
  keys: Record<string, string | null>
  /** Takes numbers that another lead of the campaign holds; never one that must not be called */
  allow_duplicates: boolean
  every_minutes: number
  /** Whether it is fetched by itself */
  enabled: boolean
  /** The id of the last row that was taken; null: none yet */
  last_id: string | null
  /** As it was given; secrets are masked, and keep their value when they come back so */
  request: Record<string, unknown>
  /** Runs that failed in a row; 0: the last one did not */
  failures: number
  /** When it is fetched next, RFC 3339; null: not by itself */
  next_at: string | null
  version: number
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
  touches?: Touched
}

export interface ChangedTeam {
  team_id: number
  name: string
  templates: number
  operators: number
  /** That are not revoked */
  keys: number
  version: number
  touches?: Touched
}

export interface ChangedTemplate {
  template_id: number
  name: string
  team: string
  region: string
  contact_hours: string
  disposition_set: string
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  /**
   * A text that does not fit its field's kind. keep: stored with a mark, never instead of a
   * good value. refuse: 1005
   */
  bad_values: 'keep' | 'refuse'
  zone_field: string | null
  /** How often a number and a lead may be called; null: no limit */
  attempt_rules: AttemptRules | null
  /** required: a lead without a consent that counts now is not handed out */
  consent: 'none' | 'required'
  fields: TemplateField[]
  /** Since when it gets no new campaigns */
  archived_at: string | null
  version: number
  /** RFC 3339 */
  created_at: string
  touches?: Touched
}

export interface Colleague {
  operator_id: number
  login: string
  name: string
}

export interface ColumnMapping {
  /** The heading, as the table of the import names it */
  column: string
  target: ColumnTarget
  /** How days are written */
  days?: 'ymd' | 'dmy' | 'mdy' | 'serial'
  /** Other texts for values, by the text in lower case */
  values?: Record<string, string>
  /** Digits get zeros in front until they are so many */
  digits?: number
  /** Numbers get back the zero that a spreadsheet has dropped */
  lost_zero?: boolean
}

export type ColumnTarget =
  | {
      to: 'field'
      /** By name, label or alias */
      field: string
    }
  | {
      to: 'system'
      /** lead_id and version name the lead that the row changes, and what it was made from */
      key:
        | 'lead_id'
        | 'version'
        | 'external_id'
        | 'source'
        | 'disposition'
        | 'priority'
        | 'callback'
        | 'callback_agent'
        | 'contact_hours'
    }
  | {
      to: 'row'
      /** What the row asks for: ADD, MODIFY or REALLOCATE; the name of an allocation */
      key: 'action' | 'allocation'
    }
  | {
      to: 'code'
      /** The column of the numbers */
      of: string
      plus: boolean
    }
  | {
      to: 'numbers'
    }
  | {
      to: 'unmapped'
      /** Kept with the lead under this key */
      key: string
    }
  | {
      to: 'new_field'
      name: string
      kind: 'text' | 'long_text' | 'phone' | 'email' | 'date' | 'number' | 'choice' | 'check'
    }
  | {
      to: 'ignored'
    }

export interface Conflict {
  conflict_id: number
  lead_id: string
  /** As far as the template's fields reveal it */
  lead_name: string | null
  template_id: number
  /** The same for all of one template, sender and groups */
  kind: string
  state: 'open' | 'resolved' | 'dismissed' | 'superseded' | 'expired' | 'forgotten'
  caller: string
  /** Of the key or operator */
  caller_name: string | null
  way: string
  request_id: string
  groups: string[]
  base_version: number
  base: Values
  mine: Values
  allow_duplicates: boolean
  /** The values of the lead now, for the same paths; null: settled, or the lead is forgotten */
  theirs: Values | null
  lead_version: number | null
  /** Groups that need a decision now */
  clashes: string[]
  resolution: Record<string, unknown> | null
  resolved_by: string | null
  /** Of the key or operator */
  resolved_by_name: string | null
  resolved_at: string | null
  /** The operator who takes care of it */
  assigned_to: number | null
  assigned_to_name: string | null
  /** What its author asks of those who settle it; what others ask begins with their name */
  note: string | null
  /** Operators who have the lead open */
  present: OperatorOnLead[]
  /** The version of the lead that settling it made; null: nothing of the lead was written */
  settled_version: number | null
  /** The decision for many that settled it */
  bulk_id: number | null
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  expires_at: string
  /** Everything that a person needs to decide; where one is read, and only while it is open */
  conflict?: ConflictDocument | null
  /**
   * What was decided, and the values that were given up; where one is read, once a person has
   * settled it
   */
  decided?: DecidedMerge | null
}

export interface ConflictAssigned {
  assigned_to: number | null
  assigned_to_name: string | null
}

export interface ConflictAssignee {
  operator_id: number
  name: string
}

export interface ConflictAssignment {
  /** Who takes care of it, and may settle it; null: whoever may settle any */
  operator_id: number | null
  /** Who takes care of it until now: if somebody else does, nothing is changed */
  was: number | null
  /**
   * What you ask of them. It is added to the note that is there; with your name, unless the
   * change is yours
   */
  note?: string
}

export interface ConflictDocument {
  lead_id: string
  base_version: number
  lead_version: number
  /** The newest change of the lead since the base; null: nobody has changed it */
  theirs: {
    version: number
    /** key:7, operator:3, action:4 or system */
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    /** RFC 3339 */
    at: string
    way: string
    request_id: string
    /** How many changes there were since the base */
    versions_between: number
  } | null
  /** All changes since the base with the groups that they changed, the newest first */
  changes: ChangeSince[]
  base: Values
  mine: Values
  current: Values
  groups: ConflictGroup[]
  /** Each phone text of a side, as a number */
  numbers: SideNumber[]
  /** Those that count for a side */
  contact_hours: CallingHours[]
  /** The field that tells the zone of the lead, beside its numbers */
  zone_field: string | null
  /** Whether the reader may take sides that need the role lead */
  may_overrule: boolean
}

export interface ConflictFigures {
  caller: string
  /** Of the key or operator */
  caller_name: string | null
  /** Updates that clashed and were held */
  held: number
  /** Updates that met other changes and were merged without a person */
  merged: number
  /** Half of those that people settled took longer, seconds; null: nobody settled one */
  median_s: number | null
  /** The groups that clashed most */
  top_groups: {
    template_id: number
    group: string
    held: number
  }[]
}

export interface ConflictFilter {
  /** The sender: key:7, operator:3 */
  caller?: string
  /** One of the groups that clashed */
  group?: string
  campaign_id?: number
  /** As conflicts and conflict kinds name it */
  kind?: string
  /** Who takes care of it: me, nobody, or the id of an operator */
  assigned?: string
}

export interface ConflictGroup {
  group: string
  class: GroupClass
  paths: string[]
  base: Values
  mine: Values
  theirs: Values
  by: GroupAuthors
  merged?: Values
  suggestion?: Suggestion
  /** Why the group is linked */
  reason?: 'closed_and_outcome' | 'number_blocked' | 'moved_and_outcome' | 'client_approved'
  recommended?: 'mine' | 'theirs'
  /** The side that may be taken only with a reason; base and value then need one too */
  needs_reason?: ('mine' | 'theirs')[]
  /** What needs a reason needs this role as well (a key: the scope supervise); see may_overrule */
  needs_role?: 'lead'
  /** The groups whose changes link it: their authors tell who did what */
  because_of?: string[]
}

export interface ConflictKind {
  kind: string
  template_id: number
  caller: string
  /** Of the key or operator */
  caller_name: string | null
  groups: string[]
  open: number
  /** RFC 3339 */
  oldest_at: string
}

export interface ConflictNotUndone {
  conflict_id: number
  lead_id: string
  lead_name: string | null
  /** changed: the lead was changed again since */
  why: 'changed' | 'gone' | 'refused'
  detail: string
}

export interface ConflictNote {
  /** What its author asks of those who settle it; null: nothing */
  note: string | null
}

export interface ConflictRule {
  rule_id: number
  template_id: number
  template: string
  caller: string
  /** Of the key or operator */
  caller_name: string | null
  groups: string[]
  /** mine: the update wins; theirs: the lead stays as it is */
  side: 'mine' | 'theirs'
  reason: string
  until: string | null
  in_force: boolean
  /** How many held updates it has settled */
  settled: number
  last_settled_at: string | null
  made_by: string
  /** Of the key or operator */
  made_by_name: string | null
  /** RFC 3339 */
  made_at: string
  revoked_by: string | null
  /** Of the key or operator */
  revoked_by_name: string | null
  revoked_at: string | null
}

export interface Consent {
  consent_id: number
  lead_id: string
  /** Neither withdrawn nor lapsed */
  counts: boolean
  /** express: said or written; inferred: from what the person does */
  kind: 'express' | 'inferred'
  /** RFC 3339 */
  given_at: string
  given_by: string | null
  text: string
  source: string | null
  /** From then on it does not count; null: until it is withdrawn */
  expires_at: string | null
  /** RFC 3339 */
  withdrawn_at: string | null
  withdrawn_by: string | null
  /** Of the key or operator */
  withdrawn_by_name: string | null
  withdrawn_way: string | null
  withdrawn_reason: string | null
  /** RFC 3339 */
  at: string
  /** key:7, operator:3 or system */
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  way: string
}

export interface ConsentWithdrawal {
  reason?: string | null
}

export type ConstantTarget =
  | {
      to: 'field'
      /** By name, label or alias */
      field: string
    }
  | {
      to: 'system'
      /** lead_id and version name the lead that the row changes, and what it was made from */
      key:
        | 'lead_id'
        | 'version'
        | 'external_id'
        | 'source'
        | 'disposition'
        | 'priority'
        | 'callback'
        | 'callback_agent'
        | 'contact_hours'
    }
  | {
      to: 'row'
      /** What the row asks for: ADD, MODIFY or REALLOCATE; the name of an allocation */
      key: 'action' | 'allocation'
    }

export interface ContactHours {
  contact_hours_id: number
  name: string
  team: string
  zone: string
  /**
   * The hours are those of the zones that the called person may be in; where none is known, of
   * the zone here
   */
  local_to_lead: boolean
  /** Null: round the clock */
  weekly: OpenWindow[] | null
  /** Days that differ; without windows: closed */
  exceptions: DayException[]
  valid_from: string | null
  valid_to: string | null
  /** How far callbacks have followed the last change of their clock; null: it never changed */
  callback_move: {
    /** Callbacks that have their new instant */
    moved: number
    /** RFC 3339 */
    begun_at: string
    finished_at: string | null
  } | null
  version: number
}

export interface ContactHoursChange {
  name?: string
  /** IANA time zone */
  zone?: string
  /**
   * The hours are those of the zones that the called person may be in; where none is known, of
   * the zone here
   */
  local_to_lead?: boolean
  /** Null: round the clock */
  weekly?: OpenWindow[] | null
  /** Days that differ; without windows: closed */
  exceptions?: DayException[]
  /** yyyy-MM-dd, local */
  valid_from?: string | null
  /** yyyy-MM-dd, local */
  valid_to?: string | null
}

export interface CountedAllocation {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
  /**
   * Since when it takes no leads and cannot be started; null: it does, unless its campaign is
   * archived
   */
  archived_at: string | null
  draws: Draws | null
  /** Only numbers that a wash found free are called, and leads whose person has asked for it */
  needs_wash: boolean
  /** The wash whose answer counts, or counted last; null: none yet */
  wash_id: number | null
  /** When its answer no longer counts */
  washed_until: string | null
  version: number
  /** RFC 3339 */
  created_at: string
  touches?: Touched
  counts?: Counts
}

/** Absent when they could not be counted in time */
export interface Counts {
  new: number
  /** Due now */
  callback: number
  /** Callbacks of the future */
  waiting: number
  leased: number
  /** Every number is on a do-not-call list */
  parked: number
  /** By disposition */
  closed: Record<string, number>
}

export interface DayException {
  /** yyyy-MM-dd, local */
  date: string
  name: string
  windows: {
    /** HH:MM */
    from: string
    /** HH:MM */
    to: string
  }[]
}

export interface DecidedGroup {
  group: string
  class: GroupClass
  paths: string[]
  base: Values
  mine: Values
  theirs: Values
  result: Values
  taken: Take
  reason: string | null
}

export interface DecidedMerge {
  /** Names it for a restore; null: its values were not kept */
  merge_id: number | null
  /** The conflict that was settled */
  conflict_id: number | null
  /** What both had started from */
  base_version: number
  /** The lead that the decisions were made for */
  lead_version: number
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  /** Who wanted mine: the actor, or the sender of the conflict */
  sender: string
  /** Of the key or operator */
  sender_name: string | null
  /** RFC 3339 */
  at: string
  /** By group, without those that nobody changed */
  classes: Record<string, GroupClass>
  /** By group */
  decisions: Record<
    string,
    {
      take: Take
      reason: string | null
    }
  >
  /** What was decided about each group, with all values that it chose from; null: not kept */
  groups: DecidedGroup[] | null
}

export interface Decision {
  take: Take
  /** Texts by path */
  value?: Record<string, string | null>
  reason?: string
}

/** By group; every open one needs a decision, any other may have one */
export type Decisions = Record<string, Decision>

export interface Dedupe {
  /**
   * Where leads are looked for: in the campaign, in the allocation of the row, in all
   * campaigns of the template, in all of the installation
   */
  scope: 'campaign' | 'allocation' | 'template' | 'everywhere'
  /** Leads that came in before so many days are left out; null: none is */
  days: number | null
  /** phone: any number; external_id; fields: all of the fields named, in any case */
  by: 'phone' | 'external_id' | 'fields'
  /** Of "by": "fields" */
  fields: string[]
}

export interface Disposition {
  disposition_id: number
  code: string
  /** Decides whether the lead closes, and when it comes back */
  kind: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
  priority: number
  /** Seconds after which the lead comes back */
  delay_s: number | null
  /** It comes back on the next day instead */
  next_day: boolean
  /** Re-dials before the lead closes: 5 means six calls; null: no limit */
  redials_max: number | null
  built_in: boolean
  enabled: boolean
}

export interface DispositionChange {
  /** Decides whether the lead closes, and when it comes back */
  kind?: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
  /** Lower first */
  priority?: number
  /** Seconds after which the lead comes back */
  delay_s?: number | null
  /** It comes back on the next day instead */
  next_day?: boolean
  /** Re-dials before the lead closes: 5 means six calls; null: no limit */
  redials_max?: number | null
  enabled?: boolean
}

export interface DispositionSet {
  disposition_set_id: number
  name: string
  team: string
  dispositions: Disposition[]
  used_by: {
    template_id: number
    name: string
  }[]
  /** Counts changes of its dispositions, and of their actions, too */
  version: number
  /** Other things that a change of this set affects */
  warnings?: string[]
}

export interface DispositionSetChange {
  name?: string
}

export interface DncAdded {
  items: DncEntry[]
  /** The numbers that were left out, by place in the list, with the reason */
  invalid: {
    index: number
    detail: string
  }[]
  added: number
  already_listed: number
}

export interface DncAddition {
  list: DncList
  campaign_id?: number
  /**
   * As dialled in the region of the campaign that is named, else of the installation; or
   * international (+61…)
   */
  phones?: string[]
  /** Instead of phones: numbers that end at times of their own */
  entries?: {
    phone: string
    /** RFC 3339; absent: for good */
    expires_at?: string
  }[]
  reason?: string
  source?: string
  /** RFC 3339; absent: for good */
  expires_at?: string
  /**
   * Absent: an entry that is not a number is named under invalid and the others are written; a
   * list without any number is refused. true: that one is answered too. false: one entry that
   * is not a number refuses all
   */
  skip_invalid?: boolean
}

export interface DncCheck {
  campaign_id?: number
  /**
   * As dialled in the region of the campaign that is named, else of the installation; or
   * international (+61…)
   */
  phones: string[]
}

export interface DncChecked {
  items: {
    phone: string | null
    sent: string
    blocked: boolean
    list?: DncList
    entry_id?: number
    /** Why this is not a number */
    problem?: string
  }[]
}

export interface DncEntries {
  /** In the order in which they were last changed */
  items: DncEntry[]
  /** Of the next page; null: there is none now */
  next_cursor: string | null
  /**
   * Where to go on later: nothing is skipped. What was added while an older change still ran
   * may come again
   */
  follow_cursor: string
}

export interface DncEntry {
  entry_id: number
  list: DncList
  campaign_id: number | null
  phone: string
  reason: string | null
  source: string | null
  expires_at: string | null
  /** RFC 3339 */
  added_at: string
  added_by: string
  removed_at: string | null
  removed_by: string | null
  removed_reason: string | null
  /** The file that it comes from; null: somebody added it */
  file_id: number | null
}

export interface DncEvidence {
  entry_id: number
  list: DncList
  campaign_id: number | null
  phone: string
  reason: string | null
  source: string | null
  expires_at: string | null
  /** RFC 3339 */
  added_at: string
  added_by: string
  removed_at: string | null
  removed_by: string | null
  removed_reason: string | null
  /** The file that it comes from; null: somebody added it */
  file_id: number | null
  /** Of the key or operator */
  added_by_name: string | null
  /** Of the key or operator */
  removed_by_name: string | null
  /** Neither removed nor lapsed */
  standing: boolean
}

export interface DncFile {
  file_id: number
  /** wash: it answers one */
  list: 'private' | 'client' | 'campaign' | 'wash'
  /** The wash that it answers; null: it is for a list */
  wash_id: number | null
  /** Of that wash */
  allocation_id: number | null
  /** Of an answer: which numbers it has */
  holds: 'listed' | 'clear' | 'results' | null
  campaign_id: number | null
  mode: 'add' | 'replace'
  name: string
  bytes: number
  region: string
  reason: string | null
  source: string | null
  /**
   * waiting: another file of the list is at work; comparing: its numbers are compared with the
   * list; done: it counts as a whole. Until then nothing of it counts
   */
  state: 'uploading' | 'waiting' | 'reading' | 'comparing' | 'done' | 'failed' | 'cancelled'
  /** Why it failed, as a word */
  problem: string | null
  /** The same as a sentence */
  detail: string | null
  /** The length of each part but the last one */
  part_bytes: number
  /** The parts that are still to be sent, from 1 */
  missing_parts: number[]
  /** Rows that were read */
  rows_read: number
  /** Rows with something that could not be taken */
  rejected: number
  /** Distinct numbers in it */
  numbers: number
  /** Entries that the list gets; of an answer to a wash: numbers that it had asked about */
  added: number
  /** Entries from files before that end, because their numbers are not in this one */
  removed: number
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** RFC 3339 */
  finished_at: string | null
}

export type DncList = 'private' | 'client' | 'campaign'

export interface DncNumber {
  number: string
  campaign_id: number | null
  blocked: boolean
  /** The entry that blocks */
  blocked_by: DncEvidence | null
  /** Every entry of the number: standing ones, then past ones, the newest first */
  entries: DncEvidence[]
  /** One sentence for people */
  explanation: string
}

export interface DncRemoval {
  list: DncList
  campaign_id?: number
  /**
   * As dialled in the region of the campaign that is named, else of the installation; or
   * international (+61…)
   */
  phones: string[]
  reason: string
  /**
   * Absent: an entry that is not a number is named under invalid and the others are written; a
   * list without any number is refused. true: that one is answered too. false: one entry that
   * is not a number refuses all
   */
  skip_invalid?: boolean
}

export interface DncRemoved {
  items: DncEntry[]
  /** The numbers that were left out, by place in the list, with the reason */
  invalid: {
    index: number
    detail: string
  }[]
  removed: number
  not_listed: number
}

export interface DrawnMember {
  allocation_id: number
  /** By ratio: this part of the sum of all shares */
  share?: number
  /** By penalty: added to the priority of its leads */
  penalty?: number
}

/** Of a virtual allocation, which has no leads of its own */
export interface Draws {
  /**
   * ratio: each member gives its share; penalty: all leads in one order, with the penalties
   * added to their priority
   */
  by: 'ratio' | 'penalty'
  members: DrawnMember[]
}

export interface DryRun {
  kind: ActionKind
  /** Why a run would fail */
  problem: string | null
  /** url: method, url, headers and body as they would be sent */
  request?: Record<string, unknown>
  /** email: the mail as it would be sent */
  email?: Record<string, unknown>
  /** copy: where it would go, with which fields */
  copy?: Record<string, unknown>
  /** dnc: which numbers would go on which list */
  dnc?: Record<string, unknown>
  /** conditional, nth_attempt: what was found and which action would come next */
  choice?: Record<string, unknown>
}

export interface DryRunRequest {
  lead_id: string
  /** The outcome to suppose; that of the lead without one */
  disposition?: string
  attempt?: number
}

/**
 * What becomes of a row for a new lead whose number another lead of the campaign holds.
 * reject: 105; update: the row changes that lead; move: that lead goes to the allocation of
 * the row
 */
export type DuplicateWay = 'reject' | 'update' | 'move'

export interface ExportAsked {
  /**
   * A phone number or a part of one, an id, an external id, words of any field; 200 characters
   * at most
   */
  q?: string
  campaign_id?: number
  /** Leads of this allocation; can be given again */
  allocation_id?: number | number[]
  /** Leads with this disposition; can be given again */
  disposition?: string | string[]
  /** RFC 3339; callbacks at this instant or later */
  callback_from?: string
  /** RFC 3339; callbacks before this instant */
  callback_to?: string
  /**
   * Leads whose callback is kept for this agent: a login of an operator, or a name of the
   * dialler
   */
  callback_agent?: string
  /**
   * Leads that this actor has changed since they came in: key:7, operator:3, import:12 or
   * system
   */
  changed_by?: string
  /** Leads that this import made */
  import_id?: number
  /** Whether a held update waits for a person */
  has_conflict?: boolean
  closed?: boolean
  /**
   * A column of leads.csv and leads.xlsx, in that order: the name of a field, unmapped.KEY, or
   * lead_id, version, external_id, campaign_id, campaign, allocation_id, allocation,
   * disposition, calls, closed, client_approved, callback, callback_zone, callback_at,
   * callback_agent, priority, contact_hours, open_conflicts, source, created_way, created_by,
   * created_at, updated_at. fields.NAME is a field that has the name of one of these. Absent:
   * the fields of the template and what is usual
   */
  columns?: string | string[]
  /** What stands above fields; names (default) never change */
  headings?: 'names' | 'labels'
  /** Phone numbers as they were sent (default), or as +61412345678 */
  numbers?: 'as_sent' | 'e164'
  /** A byte order mark in front of CSV, by which Excel knows UTF-8 */
  bom?: boolean
  /** leads.ndjson: each lead with its calls */
  calls?: boolean
}

export interface ExportColumn {
  /** As columns takes it */
  name: string
  label: string
  /** It is there where no columns are chosen */
  is_usual: boolean
}

/** A row for each lead or each call; ndjson: as GET /v1/leads/{id} and its calls answer them */
export type ExportFile =
  | 'leads.csv'
  | 'leads.xlsx'
  | 'leads.ndjson'
  | 'calls.csv'
  | 'calls.xlsx'
  | 'calls.ndjson'

export interface ExportPreview {
  /** How many an export would have now */
  leads: number
  /** False: so many at least; counting all of them takes too long */
  exact: boolean
  /** Those that there are: of Leadline, and of the fields */
  columns: ExportColumn[]
}

export interface ExportPreviewAsked {
  /**
   * A phone number or a part of one, an id, an external id, words of any field; 200 characters
   * at most
   */
  q?: string
  campaign_id?: number
  /** Leads of this allocation; can be given again */
  allocation_id?: number | number[]
  /** Leads with this disposition; can be given again */
  disposition?: string | string[]
  /** RFC 3339; callbacks at this instant or later */
  callback_from?: string
  /** RFC 3339; callbacks before this instant */
  callback_to?: string
  /**
   * Leads whose callback is kept for this agent: a login of an operator, or a name of the
   * dialler
   */
  callback_agent?: string
  /**
   * Leads that this actor has changed since they came in: key:7, operator:3, import:12 or
   * system
   */
  changed_by?: string
  /** Leads that this import made */
  import_id?: number
  /** Whether a held update waits for a person */
  has_conflict?: boolean
  closed?: boolean
}

export interface FieldChange {
  kind?: 'text' | 'long_text' | 'phone' | 'email' | 'date' | 'number' | 'choice' | 'check'
  label?: string
  aliases?: string[]
  choices?: string[]
  merge_group?: string | null
  retired?: boolean
}

export interface FieldCondition {
  /** Name, label or alias of a field that holds no number to call */
  field: string
  /** One of these; capitals and accents do not count. Null or blank: no value */
  is: (string | null)[]
}

export interface Fill {
  fill_id: number
  allocation_id: number
  /** stopped: the allocation, or its campaign, was archived meanwhile */
  state: 'running' | 'done' | 'cancelled' | 'stopped'
  moved: number
  /**
   * Leads that had changed when it was their turn, did not fit any more, and stayed where they
   * were
   */
  changed: number
  /** The moved ones by disposition, null for none yet */
  dispositions: {
    disposition: string | null
    moved: number
  }[]
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** RFC 3339 */
  finished_at: string | null
}

export interface FillPick {
  /** Null: none yet */
  disposition: string | null
  leads_max?: number
}

export interface FillPreview {
  /** How many are found in other allocations */
  leads: number
  /** False: so many at least; counting all of them takes too long */
  exact: boolean
  /** The same by disposition, null for none yet */
  dispositions: {
    disposition: string | null
    leads: number
  }[]
  /** How many a fill would move within its limits */
  moves: number
}

export interface FillRequest {
  search?: FillSearch
  /** Only leads with these values, besides what search finds; each must hold */
  fields?: FieldCondition[]
  /** Absent: from all others of the campaign */
  from_allocation_ids?: number[]
  /** Only leads with one of these, so many of each; absent: any */
  dispositions?: FillPick[]
  /** So many in all; absent: all that are found */
  leads_max?: number
  /** Which leads go first; newest (default): the highest lead number */
  order?: 'newest' | 'oldest'
}

/** As GET /v1/leads takes it; absent: every lead of the campaign */
export interface FillSearch {
  /**
   * A phone number or a part of one, an id, an external id, words of any field; 200 characters
   * at most
   */
  q?: string
  campaign_id?: number
  allocation_id?: number
  disposition?: string
  /** RFC 3339; callbacks at this instant or later */
  callback_from?: string
  /** RFC 3339; callbacks before this instant */
  callback_to?: string
  /**
   * Leads whose callback is kept for this agent: a login of an operator, or a name of the
   * dialler
   */
  callback_agent?: string
  /**
   * Leads that this actor has changed since they came in: key:7, operator:3, import:12 or
   * system
   */
  changed_by?: string
  /** Leads that this import made */
  import_id?: number
  /** Whether a held update waits for a person */
  has_conflict?: boolean
  closed?: boolean
}

export interface FoundLead {
  id: string
  campaign_id: number
  allocation_id: number
  external_id: string | null
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  /** Fields whose text does not fit their kind: kept as it was sent, and not used as one */
  bad_values: string[]
  phones: LeadPhone[]
  disposition: string | null
  callback: Callback | null
  /**
   * When it can be called again: at its callback, or when its contact hours open after that; a
   * time that has passed: now. Null: it has no callback, is closed, or has no number that may
   * be dialled. Absent where the lead is handed out
   */
  next_attempt_at?: string | null
  callback_agent: string | null
  priority: number
  contact_hours: string
  /**
   * The time zones in which the owner of each number may be. In all of them calls must be
   * allowed
   */
  zones?: CalledZones[]
  client_approved: boolean
  closed: boolean
  /** Held updates that wait for a person */
  open_conflicts: number
  source: string | null
  created_way: string
  created_by: string
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
  /** With q: the phone fields in which anything of it is found, fields.Mobile, and external_id */
  found_in?: string[]
}

export interface FoundLeads {
  /** In the order of sort; leads with exactly this id or external id stand in front */
  items: FoundLead[]
  /** Null: there are no more. A page may have fewer leads than its limit and not be the last */
  next_cursor: string | null
  /** With the first page: how many there are; not exact: so many at least */
  total?: {
    count: number
    exact: boolean
  }
  /**
   * No lead has words that begin like those of q: they are looked for inside of words, in the
   * newest leads first
   */
  inside_words?: true
}

export interface GivenAttemptRules {
  number?: GivenNumberLimits | null
  lead?: GivenLeadLimits | null
}

export interface GivenLeadLimits {
  /** Attempts in the last 24 hours; null: no limit */
  day_max?: number | null
  /** Attempts in all; null: no limit */
  total_max?: number | null
  /** Seconds from one attempt to the next at the least; null: no limit */
  gap_s?: number | null
}

export interface GivenNumberLimits {
  /** Attempts in the last 24 hours; null: no limit */
  day_max?: number | null
  /** Attempts in all; null: no limit */
  total_max?: number | null
  /** Seconds from one attempt to the next at the least; null: no limit */
  gap_s?: number | null
  /**
   * Whether calls of every campaign count, or those of the same campaign; for the installation
   * every call counts
   */
  across_campaigns?: boolean
}

/** Who made the values of each side: of each path the last one who set it, the newest first */
export interface GroupAuthors {
  /** Of the values before */
  base: ValueAuthor[]
  /** Of the change: one, or none where the change does not name the group */
  mine: ValueAuthor[]
  /** Of the values that the lead has now */
  theirs: ValueAuthor[]
}

/** conflict and linked need a decision; merged: both changed a text, and both changes fit */
export type GroupClass =
  | 'unchanged'
  | 'only_mine'
  | 'only_theirs'
  | 'agreed'
  | 'merged'
  | 'conflict'
  | 'linked'

export interface HandedOut {
  lease_id: string
  /** RFC 3339 */
  expires_at: string
  /** The numbers to dial, in this order */
  numbers: {
    field: string
    number: string
  }[]
  lead: Lead
}

export interface HeldChange {
  conflict_id: number
  lead_id: string
  lead_version: number
  groups: string[]
}

export interface HeldLead {
  lead: Lead
  campaign: string
  template: string
  team: string
  source: string | null
  created: {
    /** RFC 3339 */
    at: string
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    way: string
  }
  history: {
    /** RFC 3339 */
    at: string
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    way: string
    version: number
    /** Path to [old, new]; null for the insert */
    changes: Record<string, unknown> | null
  }[]
  calls: {
    /** RFC 3339 */
    at: string
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    way: string
    disposition: string
    phone: string | null
    duration_s: number | null
  }[]
  notes: {
    /** RFC 3339 */
    at: string
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    way: string
    text: string
  }[]
  /** To be called, withdrawn and lapsed ones included */
  consents: {
    /** RFC 3339 */
    at: string
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    way: string
    /** express: said or written; inferred: from what the person does */
    kind: 'express' | 'inferred'
    /** RFC 3339 */
    given_at: string
    given_by: string | null
    text: string
    source: string | null
    /** From then on it does not count; null: until it is withdrawn */
    expires_at: string | null
    /** RFC 3339 */
    withdrawn_at: string | null
    withdrawn_by: string | null
    /** Of the key or operator */
    withdrawn_by_name: string | null
    withdrawn_way: string | null
    withdrawn_reason: string | null
  }[]
  /** Changes that clashed */
  held_changes: {
    /** RFC 3339 */
    at: string
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    way: string
    state: string
    values: Values
  }[]
  /** With the values that were given up */
  decisions: {
    /** RFC 3339 */
    at: string
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    way: string
    groups: Record<string, unknown>[]
  }[]
  /** Rows of imported files that made, changed or met the lead, by the headings of the file */
  file_rows: {
    import_id: number
    file_name: string
    /** RFC 3339 */
    created_at: string
    row: number
    cells: Record<string, string>
  }[]
  /** What outcomes made Leadline send elsewhere */
  actions: {
    /** RFC 3339 */
    at: string
    action: string
    state: string
    detail: string | null
  }[]
}

export interface HeldLease {
  lease_id: string
  lead_id: string
  agent: string | null
  /** RFC 3339 */
  leased_at: string
  /** RFC 3339 */
  expires_at: string
  /**
   * The numbers that may be dialled, in this order; null: every one that the lead shows as
   * free
   */
  numbers: string[] | null
}

export interface HistoryEvent {
  version: number
  /** RFC 3339 */
  at: string
  /** key:7, operator:3, action:4 or system */
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  way: string
  request_id: string
  /** Path to [old, new]; null for the insert */
  changes: Record<string, [string | number | boolean | null, string | number | boolean | null]> | null
  /** Values that were read otherwise than they were sent */
  warnings: Warning[]
  /** The decisions of a person where changes had met; null: none were needed */
  merge: DecidedMerge | null
  /**
   * Decisions about this version that left the lead as it was: they gave up values all the
   * same
   */
  set_aside: DecidedMerge[]
  /** The version that this one undid; null: it undid none */
  reverts: number | null
  /** The values that this version gave back; null: it gave none back */
  restores: {
    /** The decision that had given them up */
    merge_id: number
    group: string
    /** Whose values */
    side: 'base' | 'mine' | 'theirs'
  } | null
}

export interface Import {
  import_id: number
  campaign_id: number
  allocation_id: number | null
  mode: ImportMode
  duplicates: DuplicateWay
  dedupe: Dedupe
  /** When a larger share of the rows is refused, the run pauses; null: it never does */
  bad_percent_max: number | null
  file_name: string
  file_bytes: number
  /** Every part of the file but its last has so many bytes */
  part_bytes: number
  parts_all: number
  /** The parts that are there, from 1 */
  parts: number[]
  choices: TableChoices
  /** What was found out about the file; null: it was not read yet */
  table: ImportTable | null
  /** What there is to know about the file */
  remarks: TableRemark[]
  /** Null: nobody has said yet what becomes of the columns */
  mapping: ImportMapping | null
  /**
   * uploading, reading, unreadable (detail says why), read (its rows are there), checking (the
   * dry run is at work), fixing (rows are corrected), running, paused, done, cancelled,
   * undoing, undone
   */
  state:
    | 'uploading'
    | 'reading'
    | 'unreadable'
    | 'read'
    | 'checking'
    | 'fixing'
    | 'running'
    | 'paused'
    | 'done'
    | 'cancelled'
    | 'undoing'
    | 'undone'
  /** Why it is in this state */
  detail: string | null
  /** Rows that were read */
  rows: number
  /** What the dry run has found so far */
  checked: RowTally | null
  /** What came of the rows so far */
  done: RowTally | null
  /** What the undoing has done so far */
  undone: UndoTally | null
  created_by: string
  /** Of the key or operator */
  created_by_name: string | null
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
  started_at: string | null
  finished_at: string | null
  /** When the rows went; what came of them stays */
  emptied_at: string | null
}

export interface ImportChange {
  /** Where new leads go whose row names no allocation; null only with the mode update */
  allocation_id?: number | null
  mode?: ImportMode
  duplicates?: DuplicateWay
  /**
   * Which leads a new one must not be the same as; null, or left out: those of the campaign,
   * by number
   */
  dedupe?: NewDedupe | null
  /** When a larger share of the rows is refused, the run pauses; null: it never does */
  bad_percent_max?: number | null
}

export interface ImportConstant {
  target: ConstantTarget
  text: string
}

export interface ImportFix {
  fix_id: number
  column: string
  find: string
  replace: string
  whole_cell: boolean
  code: number | null
  /** How many rows it has changed */
  rows: number
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  /** RFC 3339 */
  created_at: string
}

export interface ImportFixAsked {
  /** As the table of the import names it */
  column: string
  /** The value that is replaced; empty for empty cells */
  find: string
  /** What the cells have instead */
  replace: string
  /** true (default): cells that are this value; false: this text wherever a cell has it */
  whole_cell?: boolean
  /** Only rows that the dry run gave this code */
  code?: number
}

export interface ImportFixPreview {
  rows: number
  /** False: so many at least; counting all of them takes too long */
  exact: boolean
}

export interface ImportFixPreviewAsked {
  /** As the table of the import names it */
  column: string
  /** The value that is replaced; empty for empty cells */
  find: string
  /** What the cells have instead */
  replace: string
  /** true (default): cells that are this value; false: this text wherever a cell has it */
  whole_cell?: boolean
  /** Only rows that the dry run gave this code */
  code?: number
}

/** A column that it does not name is left out */
export interface ImportMapping {
  columns: ColumnMapping[]
  /** The same value for all rows that have none */
  constants: ImportConstant[]
}

/**
 * insert: every row is a new lead; upsert: a row whose lead is there changes it; update:
 * rows only change leads
 */
export type ImportMode = 'insert' | 'upsert' | 'update'

export interface ImportRowEdit {
  cells: string[]
}

export interface ImportRowsAsked {
  /** From this row on */
  from?: number
  limit?: number
  /** pending: nothing is known yet */
  fate?: 'created' | 'updated' | 'unchanged' | 'moved' | 'held' | 'rejected' | 'pending'
  code?: number
  /** Whether rows say what they change of their leads */
  changes?: boolean
}

export interface ImportTable {
  format: 'text' | 'xlsx' | 'xls' | 'html' | 'xml'
  packed: 'zip' | 'gz' | null
  /** The readable files of an archive */
  files: string[]
  file: string | null
  encoding:
    | 'utf-8'
    | 'utf-16le'
    | 'utf-16be'
    | 'windows-1252'
    | 'windows-1250'
    | 'windows-1251'
    | 'windows-1253'
    | 'windows-1254'
    | 'iso-8859-2'
    | 'iso-8859-15'
    | 'macintosh'
    | 'shift_jis'
    | 'euc-kr'
    | 'big5'
    | 'gb18030'
    | null
  delimiter: string | null
  quote: string | null
  sheets: string[]
  sheet: string | null
  heading_row: number | null
  columns: string[]
  /** What is not certain: show it, and let people change it */
  guesses: ('encoding' | 'delimiter' | 'heading')[]
}

export interface ImportedRow {
  /** As the program of the file numbers it */
  row: number
  /** In the order of the columns; a row may end early */
  cells: string[]
  /** What came of it, or what the dry run found; null: nothing is known yet */
  fate: 'created' | 'updated' | 'unchanged' | 'moved' | 'held' | 'rejected' | null
  code: number | null
  /** The column that is wrong */
  field: string | null
  detail: string | null
  fix: string | null
  /**
   * The lead that it made, changed or met, or that it repeats; of another campaign only where
   * the caller sees that
   */
  lead_id: string | null
  /** The row of the file that has the same number or external id */
  other_row: number | null
  conflict_id: number | null
  /**
   * What undoing did to it. kept: somebody has touched its lead since, or it was moved; null:
   * nothing yet
   */
  undone: 'removed' | 'restored' | 'kept' | 'nothing' | null
  /**
   * With changes=true, of a row that updates a lead or waits for a decision: path to [old,
   * new]. Before the run old is what the lead has now
   */
  changes?: Record<string, [string | number | boolean | null, string | number | boolean | null]>
}

export interface ImportsAsked {
  /** next_cursor of the page before */
  cursor?: number
  limit?: number
  campaign_id?: number
}

export interface InstallationAttemptRules {
  /** Of each number; null: no limit */
  number: NumberLimits | null
  /** Of each lead; null: no limit */
  lead: LeadLimits | null
  version: number
}

export interface LatestDncEntries {
  /** The last changed first */
  items: DncEvidence[]
  /** Of the next page; null: there is none */
  next_cursor: string | null
}

export interface Lead {
  id: string
  campaign_id: number
  allocation_id: number
  external_id: string | null
  version: number
  fields: Record<string, string>
  unmapped: Record<string, string>
  /** Fields whose text does not fit their kind: kept as it was sent, and not used as one */
  bad_values: string[]
  phones: LeadPhone[]
  disposition: string | null
  callback: Callback | null
  /**
   * When it can be called again: at its callback, or when its contact hours open after that; a
   * time that has passed: now. Null: it has no callback, is closed, or has no number that may
   * be dialled. Absent where the lead is handed out
   */
  next_attempt_at?: string | null
  callback_agent: string | null
  priority: number
  contact_hours: string
  /**
   * The time zones in which the owner of each number may be. In all of them calls must be
   * allowed
   */
  zones?: CalledZones[]
  client_approved: boolean
  closed: boolean
  /** Held updates that wait for a person */
  open_conflicts: number
  source: string | null
  created_way: string
  created_by: string
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
}

export interface LeadLimits {
  /** Attempts in the last 24 hours; null: no limit */
  day_max: number | null
  /** Attempts in all; null: no limit */
  total_max: number | null
  /** Seconds from one attempt to the next at the least; null: no limit */
  gap_s: number | null
}

/** A key that is left out stays as it is, null clears */
export interface LeadPatch {
  /** Null clears; what is left out stays */
  fields?: Record<string, string | null>
  /** Null removes the key */
  unmapped?: Record<string, string | null>
  /** An outcome, also when it is the one that the lead has */
  disposition?: string
  /** A note about the lead, written in the same transaction */
  note?: string
  /** Lower is called first; null: 10 */
  priority?: number | null
  callback?: {
    /**
     * Wall time in the zone of the contact hours, 2026-11-26T10:00; from a year ago to in five
     * years
     */
    local: string
  } | null
  /** The agent who calls back */
  callback_agent?: string | null
  /** By name; null: those of the template */
  contact_hours?: string | null
  /** Takes numbers that another lead of the campaign holds; never one that must not be called */
  allow_duplicates?: boolean
}

export interface LeadPhone {
  field: string
  /** E.164, as it is dialled; absent where the text is not a number */
  number?: string
  /** unlisted: right by the shape of its plan, and dialled like ok */
  state: 'ok' | 'unlisted' | 'invalid' | 'wrong' | 'disconnected'
  blocked_by?: CallBlock
}

/**
 * The newest lead first (the default), the latest change first, or the earliest callback
 * first, which leaves out leads without one. Only the first goes with q
 */
export type LeadSort = 'newest' | 'changed' | 'callback'

export interface LeadVersion {
  lead_id: string
  version: number
  /** RFC 3339 */
  at: string
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  way: string
  request_id: string
  values: Values
  fields: Record<string, string>
  unmapped: Record<string, string>
}

export interface LeadsAsked {
  /**
   * A phone number or a part of one, an id, an external id, words of any field; 200 characters
   * at most
   */
  q?: string
  campaign_id?: number
  allocation_id?: number
  disposition?: string
  /** RFC 3339; callbacks at this instant or later */
  callback_from?: string
  /** RFC 3339; callbacks before this instant */
  callback_to?: string
  /**
   * Leads whose callback is kept for this agent: a login of an operator, or a name of the
   * dialler
   */
  callback_agent?: string
  /**
   * Leads that this actor has changed since they came in: key:7, operator:3, import:12 or
   * system
   */
  changed_by?: string
  /** Leads that this import made */
  import_id?: number
  /** Whether a held update waits for a person */
  has_conflict?: boolean
  closed?: boolean
  sort?: LeadSort
  /** next_cursor of the page before */
  cursor?: string
  limit?: number
}

export interface LeaseRequest {
  count?: number
  lease_s?: number
  /** The agent whose own callbacks may be among the leads */
  agent?: string
  /** How long to wait for the first lead when there is none */
  wait_s?: number
}

export interface LeftConflict {
  conflict_id: number
  lead_id: string
  lead_name: string | null
  /** Why a person must look at it */
  why: 'linked' | 'do_not_call' | 'undecided' | 'moved' | 'settled' | 'gone' | 'refused'
  detail?: string
}

export interface MadeApiKey {
  key_id: number
  name: string
  scopes: Scope[]
  /** None: every team */
  teams: string[]
  allocation_ids: number[] | null
  /** Scopes whose deeds it used before scopes were split, and has lost */
  former_scopes: Scope[]
  /** Charset of its classic bodies that are not UTF-8 and declare none */
  fallback_charset: 'windows-1252' | 'iso-8859-1' | null
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** The key that this one was made to replace */
  follows: number | null
  version: number
  /** Shown this once and not kept */
  key: string
}

export interface MappingQuestion {
  /** Whether day or month comes first; values that the field does not have */
  about: 'days' | 'values'
  /** The days contradict each other */
  is_mixed?: boolean
  values?: string[]
}

export interface MasterList {
  list_id: number
  template_id: number
  name: string
  bytes: number
  /** Field to what it counts for that it is the same */
  points: Record<string, number>
  /** An entry whose matching fields have so many points together is the same lead */
  threshold: number
  /**
   * serving: new leads of the template are compared with it; until then the list before
   * serves. replaced: a newer one took its place; removed; failed (detail says why);
   * cancelled
   */
  state: 'uploading' | 'waiting' | 'reading' | 'serving' | 'replaced' | 'removed' | 'failed' | 'cancelled'
  /** Why it failed, as a word */
  problem: string | null
  /** The same as a sentence */
  detail: string | null
  /** The length of each part but the last one */
  part_bytes: number
  /** The parts that are still to be sent, from 1 */
  missing_parts: number[]
  /** Rows that were read */
  rows_read: number
  /** Rows whose values reach the threshold in no way */
  skipped: number
  /** Hashes that are kept of it: one for each way in which a row reaches the threshold */
  entries: number
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** RFC 3339 */
  serves_at: string | null
  finished_at: string | null
}

export interface MasterListsAsked {
  /** next_cursor of the page before */
  cursor?: number
  limit?: number
  template_id?: number
}

export interface MergeRequest {
  base_version: number
  /** The version that the decisions were made for */
  lead_version: number
  mine: LeadPatch
  decisions: Decisions
}

/** The lead had moved on: the change was merged with what others did */
export interface Merged {
  /** Groups that others changed, and that stay */
  kept: string[]
  base_version: number
}

/** lead_ids, or dispositions, or all: true */
export interface Move {
  to_allocation_id: number
  lead_ids?: string[]
  dispositions?: (string | null)[]
  open_only?: boolean
  all?: true
}

export type NewAction =
  | {
      name: string
      kind: 'url'
      enabled?: boolean
      config: {
        method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
        /** http or https; placeholders in its path and query only; a template */
        url: string
        headers?: Record<string, string>
        /** Escaped for its Content-Type, which is JSON without one; a template */
        body?: string
        /**
         * Headers, parameters of the query and names in the body whose values are masked, besides
         * those whose name says so
         */
        secrets?: string[]
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'email'
      enabled?: boolean
      config: {
        /** Addresses, separated by commas; a template */
        to: string
        /** Addresses; a template */
        cc?: string
        /** Addresses; a template */
        bcc?: string
        /** One address; LEADLINE_MAIL_FROM without one; a template */
        from?: string
        /** One line; a template */
        subject: string
        /** The mail as text; a template */
        text?: string
        /** The mail as HTML; a template */
        html?: string
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'copy'
      enabled?: boolean
      config: {
        /** Where the copy goes, through the same checks as any lead */
        allocation_id: number
        allow_duplicates?: boolean
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'dnc'
      enabled?: boolean
      config: {
        list: 'private' | 'campaign'
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'conditional'
      enabled?: boolean
      config: {
        condition: {
          field: string
          op: 'equals' | 'not_equals' | 'contains' | 'empty' | 'not_empty' | 'greater' | 'less'
          value?: string
        }
        then_action_id: number
        else_action_id?: number
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'nth_attempt'
      enabled?: boolean
      config: {
        /** Which time the lead gets the outcome */
        attempt: number
        then_action_id: number
      }
      /** Global without one */
      team?: string
    }

export interface NewAllocation {
  campaign_id: number
  name: string
  started?: boolean
  draws?: Draws
  /** Only numbers that a wash found free are called, and leads whose person has asked for it */
  needs_wash?: boolean
}

export interface NewApiKey {
  name: string
  scopes: Scope[]
  /** Names; none: every team */
  teams?: string[]
  /** Only for leads of these allocations; for the scopes insert and dial */
  allocation_ids?: number[]
  /** RFC 3339 */
  expires_at?: string
  /** Charset of its classic bodies that are not UTF-8 and declare none */
  fallback_charset?: 'windows-1252' | 'iso-8859-1'
}

export interface NewBulkDecision {
  /** The sender of all; null: they have several */
  caller: string | null
  /** The groups that clashed; null: several */
  groups: string[] | null
  decisions: BulkTakes
}

export interface NewCampaign {
  template_id: number
  name: string
}

export interface NewConflictRule {
  template_id: number
  /** The key whose updates it settles */
  caller: string
  /** No phones; an outcome that closes a lead is never decided by a rule */
  groups: string[]
  /** mine: the update wins; theirs: the lead stays as it is */
  side: 'mine' | 'theirs'
  reason: string
  /** When it ends; null: when somebody revokes it */
  until?: string | null
}

export interface NewConsent {
  /** express: said or written; inferred: from what the person does */
  kind: 'express' | 'inferred'
  /** When it was given, RFC 3339; absent: now */
  given_at?: string
  /** The person who gave it, where it is not the lead */
  given_by?: string | null
  /** What was agreed to, word for word */
  text: string
  /** Where it was given: a form, a recording, a contract */
  source?: string | null
  /**
   * Until when it counts. Null: until it is withdrawn. Absent: as the law of the region says:
   * in Australia express consent lapses after three months
   */
  expires_at?: string | null
}

export interface NewContactHours {
  name: string
  /** IANA time zone */
  zone: string
  team?: string
  /**
   * The hours are those of the zones that the called person may be in; where none is known, of
   * the zone here
   */
  local_to_lead?: boolean
  /** Null: round the clock */
  weekly?: OpenWindow[] | null
  /** Days that differ; without windows: closed */
  exceptions?: DayException[]
  /** yyyy-MM-dd, local */
  valid_from?: string | null
  /** yyyy-MM-dd, local */
  valid_to?: string | null
}

export interface NewDedupe {
  /**
   * Where leads are looked for: in the campaign, in the allocation of the row, in all
   * campaigns of the template, in all of the installation
   */
  scope?: 'campaign' | 'allocation' | 'template' | 'everywhere'
  /** Leads that came in before so many days are left out; null: none is */
  days?: number | null
  /** phone: any number; external_id; fields: all of the fields named, in any case */
  by?: 'phone' | 'external_id' | 'fields'
  /** Of "by": "fields" */
  fields?: string[]
}

export interface NewDisposition {
  code: string
  /** Decides whether the lead closes, and when it comes back */
  kind: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
  /** Lower first */
  priority?: number
  /** Seconds after which the lead comes back */
  delay_s?: number | null
  /** It comes back on the next day instead */
  next_day?: boolean
  /** Re-dials before the lead closes: 5 means six calls; null: no limit */
  redials_max?: number | null
  enabled?: boolean
}

export interface NewDispositionSet {
  name: string
  team?: string
  /** A set whose dispositions it begins with */
  copy_of?: number
}

export interface NewDncFile {
  list: DncList
  campaign_id?: number
  /**
   * replace: its numbers take the place of all that came to the list from files before; what
   * people added stays
   */
  mode: 'add' | 'replace'
  /** Of the file; the source of its entries, if none is given */
  name: string
  /** Its length. It is sent in parts of 5242880 bytes each; the last one has the rest */
  bytes: number
  /** Where its numbers are dialled; absent: the region of the campaign, or of the installation */
  region?: string
  /** Headings of the columns with numbers; absent: found out */
  phone_columns?: string[]
  /** The heading of the column with the ends of entries */
  expires_column?: string
  reason?: string
  source?: string
}

export interface NewField {
  /** Permanent; does not begin with nj */
  name: string
  kind: 'text' | 'long_text' | 'phone' | 'email' | 'date' | 'number' | 'choice' | 'check'
  label?: string
  aliases?: string[]
  choices?: string[]
  merge_group?: string | null
}

export interface NewImport {
  campaign_id: number
  /** Where new leads go whose row names no allocation; null only with the mode update */
  allocation_id?: number | null
  mode?: ImportMode
  duplicates?: DuplicateWay
  /**
   * Which leads a new one must not be the same as; null, or left out: those of the campaign,
   * by number
   */
  dedupe?: NewDedupe | null
  /** When a larger share of the rows is refused, the run pauses; null: it never does */
  bad_percent_max?: number | null
  file_name: string
  file_bytes: number
}

export interface NewLead {
  allocation_id: number
  external_id?: string | null
  /** By name in any case, or by alias; a phone field needs a value */
  fields: Record<string, string | null>
  /** Keys that are not fields of the template: kept with the lead, never dialled */
  unmapped?: Record<string, string | null>
  /** Where it comes from */
  source?: string | null
  /** Lower is called first; null: 10 */
  priority?: number | null
  callback?: {
    /**
     * Wall time in the zone of the contact hours, 2026-11-26T10:00; from a year ago to in five
     * years
     */
    local: string
  } | null
  /** The agent who calls back */
  callback_agent?: string | null
  /** By name; null: those of the template */
  contact_hours?: string | null
  /** Takes numbers that another lead of the campaign holds; never one that must not be called */
  allow_duplicates?: boolean
}

export interface NewMasterList {
  template_id: number
  /** Of the file */
  name: string
  /** Its length. It is sent in parts of 5242880 bytes each; the last one has the rest */
  bytes: number
  /**
   * Field to what it counts for that it is the same; absent: those of the list before, else
   * 100 for each phone and e-mail field
   */
  points?: Record<string, number>
  /**
   * An entry whose matching fields have so many points together is the same lead; absent: that
   * of the list before, else 100
   */
  threshold?: number
}

export interface NewNote {
  /** At most 20,000 characters */
  text: string
}

export interface NewOperator {
  login: string
  name: string
  role?: Role
  /** 8 to 200 characters, better 15 or more; not the login, none of the most common ones */
  password: string
  /** Names; none: every team */
  teams?: string[]
  /** For the first operator: the code of the start message */
  code?: string
}

export interface NewPull {
  /** Where new leads go; the pull belongs to its team */
  allocation_id: number
  name: string
  request: {
    method: 'GET' | 'POST'
    /** http or https; ${last_id} in its path or query is the id of the last row */
    url: string
    headers?: Record<string, string>
    /** Of a POST; ${last_id} is escaped for its Content-Type */
    body?: string
    /**
     * Headers, parameters of the query and names in the body whose values are masked, besides
     * those whose name says so
     */
    secrets?: string[]
  }
  format: 'json' | 'ndjson' | 'csv'
  /** The key of a row that holds its id */
  id_key: string
  /** JSON pointer to the list of rows in a JSON document; empty: the document is the list */
  rows_at?: string
  /**
   * Key of a row to the field or system field that it means; null: the key is left out. Other
   * keys are found by their name
   */
  keys?: Record<string, string | null>
  /** Takes numbers that another lead of the campaign holds; never one that must not be called */
  allow_duplicates?: boolean
  every_minutes?: number
  /** Whether it is fetched by itself */
  enabled?: boolean
  /** The id of the last row that was taken; null: none yet */
  last_id?: string | null
}

export interface NewTeam {
  name: string
}

export interface NewTemplate {
  name: string
  team?: string
  region?: string
  contact_hours: string
  disposition_set?: string
  duplicate_rule?: 'any' | 'all'
  dnc_rule?: 'all' | 'any'
  /**
   * A text that does not fit its field's kind. keep: stored with a mark, never instead of a
   * good value. refuse: 1005
   */
  bad_values?: 'keep' | 'refuse'
  /**
   * The field with the state or post code of a lead, which tells its time zone beside its
   * numbers; null: numbers alone tell it
   */
  zone_field?: string | null
  /** How often a number and a lead may be called; null: no limit */
  attempt_rules?: GivenAttemptRules | null
  /** required: a lead without a consent that counts now is not handed out */
  consent?: 'none' | 'required'
  fields: NewField[]
}

export interface NewWash {
  register: Register
  /** Absent: as the law or code of its country says (au 30, gb 28, us 31) */
  valid_days?: number
  start_when_washed?: boolean
}

export interface NewWashAnswer {
  /** Of the file */
  name: string
  /**
   * Its length. It is sent like a do-not-call file, in parts of 5242880 bytes to
   * /v1/dnc/files/{id}/parts/{part}
   */
  bytes: number
  holds?: WashAnswer
  /** Where its numbers are dialled; absent: the region of the campaign */
  region?: string
  /** Headings of the columns with numbers; absent: found out */
  phone_columns?: string[]
  /** The heading of the column with the results; absent: found out */
  result_column?: string
}

export interface Note {
  note_id: number
  lead_id: string
  text: string
  /** RFC 3339 */
  at: string
  /** key:7, operator:3, action:4 or system */
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  way: string
}

export interface NumberBlock {
  list: DncList
  /** It was blocked after the base */
  since_base: boolean
  /** RFC 3339; null: not for this reader */
  at: string | null
  /** Who blocked it; null: not for this reader */
  actor: string | null
  /** Of the key or operator */
  actor_name: string | null
  reason: string | null
  source: string | null
}

export interface NumberLimits {
  /** Attempts in the last 24 hours; null: no limit */
  day_max: number | null
  /** Attempts in all; null: no limit */
  total_max: number | null
  /** Seconds from one attempt to the next at the least; null: no limit */
  gap_s: number | null
  /**
   * Whether calls of every campaign count, or those of the same campaign; for the installation
   * every call counts
   */
  across_campaigns: boolean
}

/**
 * What becomes of a value that cannot be kept as it is. refuse (default): 1005. keep: it is
 * mended, cut, left out or, where it does not fit its field's kind, kept with a mark;
 * X-Leadline-Warnings names it
 */
export type OnBadValue = 'refuse' | 'keep'

/**
 * When the lead has another version by now. fail: 412. merge: what does not clash is saved,
 * else 412. hold: as merge, but a clash waits under /v1/conflicts (202)
 */
export type OnConflict = 'fail' | 'merge' | 'hold'

export interface OpenWindow {
  days: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]
  /** HH:MM */
  from: string
  /** HH:MM */
  to: string
}

export interface Opening {
  /** RFC 3339 */
  at: string
  region: string
  /** Where the owner of the number may be */
  zones: string[]
  /**
   * both: the number and the zone field agree; apart: they have no zone in common, so those of
   * both count; country: only the country is known; no_rules: Leadline knows no rules of its
   * country
   */
  origin: 'number' | 'field' | 'both' | 'apart' | 'country' | 'no_rules'
  open: boolean
  until?: string | null
  why?: 'outside_hours' | 'exception' | 'not_valid' | 'legal'
  detail?: string
  opens_at?: string | null
}

export interface Operator {
  operator_id: number
  login: string
  name: string
  role: Role
  /** None: sees the leads of every team */
  teams: string[]
  disabled: boolean
  /** RFC 3339 */
  created_at: string
  last_seen_at: string | null
}

export interface OperatorChange {
  name?: string
  role?: Role
  /** 8 to 200 characters, better 15 or more; not the login, none of the most common ones */
  password?: string
  disabled?: boolean
  /** Names; none: every team */
  teams?: string[]
}

export interface OperatorOnLead {
  operator_id: number
  name: string
  editing: boolean
  /** RFC 3339 */
  since: string
}

export interface PageAsked {
  /** next_cursor of the page before */
  cursor?: number
  limit?: number
}

export interface PersonAsked {
  /** In any spelling */
  phone?: string
  email?: string
}

export interface PersonalData {
  /** RFC 3339 */
  at: string
  leads: HeldLead[]
  /** Of the number, removed entries included */
  do_not_call: DncEvidence[]
}

export interface Pull {
  pull_id: number
  team: string
  campaign_id: number
  /** Where new leads go; the pull belongs to its team */
  allocation_id: number
  name: string
  format: 'json' | 'ndjson' | 'csv'
  /** JSON pointer to the list of rows in a JSON document; empty: the document is the list */
  rows_at: string
  /** The key of a row that holds its id */
  id_key: string
  /**
   * Key of a row to the field or system field that it means; null: the key is left out. Other
   * keys are found by their name
   */
  keys: Record<string, string | null>
  /** Takes numbers that another lead of the campaign holds; never one that must not be called */
  allow_duplicates: boolean
  every_minutes: number
  /** Whether it is fetched by itself */
  enabled: boolean
  /** The id of the last row that was taken; null: none yet */
  last_id: string | null
  /** As it was given; secrets are masked, and keep their value when they come back so */
  request: Record<string, unknown>
  /** Runs that failed in a row; 0: the last one did not */
  failures: number
  /** When it is fetched next, RFC 3339; null: not by itself */
  next_at: string | null
  version: number
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
}

export interface PullChange {
  /** Where new leads go; the pull belongs to its team */
  allocation_id?: number
  name?: string
  request?: {
    method: 'GET' | 'POST'
    /** http or https; ${last_id} in its path or query is the id of the last row */
    url: string
    headers?: Record<string, string>
    /** Of a POST; ${last_id} is escaped for its Content-Type */
    body?: string
    /**
     * Headers, parameters of the query and names in the body whose values are masked, besides
     * those whose name says so
     */
    secrets?: string[]
  }
  format?: 'json' | 'ndjson' | 'csv'
  /** The key of a row that holds its id */
  id_key?: string
  /** JSON pointer to the list of rows in a JSON document; empty: the document is the list */
  rows_at?: string
  /**
   * Key of a row to the field or system field that it means; null: the key is left out. Other
   * keys are found by their name
   */
  keys?: Record<string, string | null>
  /** Takes numbers that another lead of the campaign holds; never one that must not be called */
  allow_duplicates?: boolean
  every_minutes?: number
  /** Whether it is fetched by itself */
  enabled?: boolean
  /** The id of the last row that was taken; null: none yet */
  last_id?: string | null
}

export interface PullRun {
  run_id: number
  pull_id: number
  started_by: 'schedule' | 'person'
  state: 'queued' | 'running' | 'done' | 'failed'
  /** Answers that were fetched */
  pages: number
  rows: number
  /** Result code to the number of rows that got it */
  counts: Record<string, number>
  /** The first hundred that were not taken, without their values */
  refused: RefusedRow[]
  /** Why it failed, or ended early */
  detail: string | null
  /** RFC 3339 */
  created_at: string
  started_at: string | null
  finished_at: string | null
}

export interface PullTrial {
  /** As it was sent; secrets are masked */
  request: {
    method: string
    url: string
    headers: Record<string, string>
    body: string | null
  } | null
  /** Why a run would fail */
  problem: string | null
  rows: number
  /** Result code to the number of rows that got it */
  counts: Record<string, number>
  /** The first hundred that were not taken, without their values */
  refused: RefusedRow[]
  /** Whether these are all rows of the first answer */
  complete: boolean
}

export interface Queue {
  allocation_id: number
  started: boolean
  /** The leads that a dialler would get now, in order */
  items: {
    lead_id: string
    priority: number
    due_at: string | null
    agent: string | null
  }[]
  lead?: {
    lead_id: string
    eligible: boolean
    next_at: string | null
    reasons: {
      why: string
      detail: string
      until: string | null
    }[]
    /**
     * The time zones in which the owner of each number may be. In all of them calls must be
     * allowed
     */
    zones: CalledZones[]
  }
}

export interface ReadyConflict {
  conflict_id: number
  lead_version: number
}

export interface RefusedRow {
  /** Its place among the rows of the run, from 1 */
  row: number
  code: number
  field: string | null
  detail: string
  lead_id: string | null
  conflict_id: number | null
}

/**
 * au: the Do Not Call Register of Australia; gb: the Telephone Preference Service of the
 * United Kingdom; us: the National Do Not Call Registry of the United States;
 * international: a register that takes international numbers; loop_back: the register for
 * tries, which lists every second number
 */
export type Register = 'au' | 'gb' | 'us' | 'international' | 'loop_back'

/** {dismiss: true, reason} or {lead_version, decisions: {group: {take, value?, reason?}}} */
export interface Resolution {
  dismiss?: true
  reason?: string
  lead_version?: number
  decisions?: Decisions
}

export interface RestoreRequest {
  /** As the history and a settled conflict name it */
  merge_id: number
  group: string
  /** Whose values */
  side: 'base' | 'mine' | 'theirs'
  /** The version that the lead has now */
  lead_version: number
}

export type Role = 'agent' | 'lead' | 'manager' | 'admin'

export interface Rotation {
  /** For so long the old key works beside the new one */
  overlap_s?: number
}

export interface RowTally {
  rows: number
  created: number
  updated: number
  unchanged: number
  moved: number
  held: number
  rejected: number
  /** Result code to the number of rows that got it */
  counts: Record<string, number>
}

export interface SameFile {
  import_id: number
  file_name: string
  state:
    | 'uploading'
    | 'reading'
    | 'unreadable'
    | 'read'
    | 'checking'
    | 'fixing'
    | 'running'
    | 'paused'
    | 'done'
    | 'cancelled'
    | 'undoing'
    | 'undone'
  rows: number
  /** Of the key or operator */
  created_by_name: string | null
  /** RFC 3339 */
  created_at: string
}

export type Scope = 'insert' | 'write' | 'dial' | 'read' | 'export' | 'supervise' | 'manage' | 'admin'

export interface Session {
  /** Null: nobody is signed in */
  operator: Operator | null
  /**
   * There is no operator yet: POST /v1/operators makes the first with the code of the start
   * message
   */
  setup: boolean
  /** When the session ends unless it is used; RFC 3339 */
  expires_at: string | null
  /**
   * Encrypts unsaved input in the browser: 256 bits in base64, the same in every session of
   * the operator until the password changes
   */
  drafts_key: string | null
}

export interface ShiftedCallbacks {
  shifted: number
  /** Callbacks that customers have asked for */
  kept: number
}

export interface SideNumber {
  path: string
  text: string
  /** E.164; null: it is no number */
  number: string | null
  /** What blocks it now; null: nothing */
  blocked: NumberBlock | null
}

export interface SignedIn {
  operator: Operator
  /** When the session ends unless it is used; RFC 3339 */
  expires_at: string
}

export interface Stats {
  minute: StatsMinute
  hour: StatsHour
  attention: StatsAttention
  campaigns: StatsCampaigns
}

export interface StatsAttention {
  /** RFC 3339 */
  counted_at: string
  conflicts: StatsWaiting
  runs_failed: StatsWaiting
  runs_queued: StatsWaiting
  callbacks_overdue: StatsWaiting
  /** At most ten */
  pulls_failing: {
    pull_id: number
    name: string
    allocation_id: number
    /** Runs in a row */
    failures: number
  }[]
}

export interface StatsCampaigns {
  /** Those that are not archived, the newest first */
  items: CampaignStats[]
  /** There are more than 100 */
  has_more: boolean
}

export interface StatsHour {
  /** RFC 3339 */
  counted_at: string
  /** New leads */
  inserted: number
  /** Leads that were changed */
  updated: number
  /** Inserts and updates that were refused */
  refused: number
  /** Minutes in which nothing came are left out */
  minutes: {
    /** RFC 3339 */
    at: string
    inserted: number
    refused: number
  }[]
  /** The refusals, the most frequent first */
  codes: {
    deed: 'insert' | 'update'
    code: number
    name: string
    answers: number
  }[]
  /** The senders that were refused most often */
  senders: {
    actor: string
    /** Of the key or operator */
    actor_name: string | null
    taken: number
    refused: number
  }[]
}

export interface StatsMinute {
  /** RFC 3339 */
  counted_at: string
  /** New leads */
  inserted: number
  /** Leads that were changed */
  updated: number
  /** Inserts and updates that were refused */
  refused: number
  /** Requests that are at work on this server */
  busy: number
  /** Requests that wait for a slot on this server */
  waiting: number
}

/** Held updates that wait for a person */
export interface StatsWaiting {
  /** At most 10,000 */
  count: number
  /** RFC 3339 */
  oldest_at: string | null
}

export interface SuggestedColumn {
  /** The heading, as the table of the import names it */
  column: string
  target: ColumnTarget
  /** How days are written */
  days?: 'ymd' | 'dmy' | 'mdy' | 'serial'
  /** Other texts for values, by the text in lower case */
  values?: Record<string, string>
  /** Digits get zeros in front until they are so many */
  digits?: number
  /** Numbers get back the zero that a spreadsheet has dropped */
  lost_zero?: boolean
  /** likely: please look; none: it fills no field */
  confidence: 'sure' | 'likely' | 'none'
  reason:
    | 'earlier'
    | 'name'
    | 'label'
    | 'alias'
    | 'system_name'
    | 'known_name'
    | 'similar'
    | 'content'
    | 'code'
    | 'nothing_fits'
    | 'empty'
    | 'handed_out'
  questions: MappingQuestion[]
}

export interface SuggestedMapping {
  columns: SuggestedColumn[]
  constants: ImportConstant[]
  /** The import of an earlier file with these headings, whose mapping it is; null: a guess */
  from_import_id: number | null
}

/** The side that a person probably takes; it needs a decision all the same */
export interface Suggestion {
  take: 'mine' | 'theirs'
  /**
   * completes: it says all that the other side does, and more; fills_in: it has values that
   * the other side left empty
   */
  reason: 'completes' | 'fills_in'
}

/** How the file is to be read; what is left out is found out */
export interface TableChoices {
  /** The file of an archive */
  file?: string
  sheet?: string
  encoding?:
    | 'utf-8'
    | 'utf-16le'
    | 'utf-16be'
    | 'windows-1252'
    | 'windows-1250'
    | 'windows-1251'
    | 'windows-1253'
    | 'windows-1254'
    | 'iso-8859-2'
    | 'iso-8859-15'
    | 'macintosh'
    | 'shift_jis'
    | 'euc-kr'
    | 'big5'
    | 'gb18030'
  /** The character between cells; empty for a file of one column */
  delimiter?: string
  /** Around cells; empty for none */
  quote?: string
  /** The row of the headings; null: there is none */
  heading_row?: number | null
  /** Takes rows after the data (totals) like all others */
  keep_footer?: boolean
}

export interface TableRemark {
  code: string
  sentence: string
  column: string | null
  count: number
  /** The first of them */
  rows: number[]
}

/**
 * mine: the change; theirs: the lead as it is; base: what both started from; merged: both
 * texts in one; value: what is given here
 */
export type Take = 'mine' | 'theirs' | 'base' | 'value' | 'merged'

export interface Team {
  team_id: number
  name: string
  templates: number
  operators: number
  /** That are not revoked */
  keys: number
  version: number
}

export interface TeamChange {
  name: string
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
  /**
   * A text that does not fit its field's kind. keep: stored with a mark, never instead of a
   * good value. refuse: 1005
   */
  bad_values: 'keep' | 'refuse'
  zone_field: string | null
  /** How often a number and a lead may be called; null: no limit */
  attempt_rules: AttemptRules | null
  /** required: a lead without a consent that counts now is not handed out */
  consent: 'none' | 'required'
  fields: TemplateField[]
  /** Since when it gets no new campaigns */
  archived_at: string | null
  version: number
  /** RFC 3339 */
  created_at: string
}

export interface TemplateChange {
  name?: string
  region?: string
  contact_hours?: string
  disposition_set?: string
  duplicate_rule?: 'any' | 'all'
  dnc_rule?: 'all' | 'any'
  /**
   * A text that does not fit its field's kind. keep: stored with a mark, never instead of a
   * good value. refuse: 1005
   */
  bad_values?: 'keep' | 'refuse'
  /**
   * The field with the state or post code of a lead, which tells its time zone beside its
   * numbers; null: numbers alone tell it
   */
  zone_field?: string | null
  /** How often a number and a lead may be called; null: no limit */
  attempt_rules?: GivenAttemptRules | null
  /** required: a lead without a consent that counts now is not handed out */
  consent?: 'none' | 'required'
  archived?: boolean
  /** The names of the fields that are not retired, each once */
  field_order?: string[]
}

export interface TemplateField {
  field_id: number
  name: string
  label: string
  aliases: string[]
  kind: 'text' | 'long_text' | 'phone' | 'email' | 'date' | 'number' | 'choice' | 'check'
  choices: string[] | null
  merge_group: string | null
  retired: boolean
}

/** Of a dry run: what it would reach */
export interface Touched {
  leads: number
}

/** Of a dry run: how many dispositions start it */
export interface TouchedOutcomes {
  dispositions: number
}

export interface UndoPreview {
  rows: number
  removed: number
  restored: number
  kept: number
  nothing: number
  /** False: so many at least; counting all of them takes too long */
  exact: boolean
}

export interface UndoTally {
  rows: number
  removed: number
  restored: number
  kept: number
  nothing: number
}

export interface ValueAuthor {
  /** The version that brought the values; null: not saved */
  version: number | null
  /** key:7, operator:3, action:4 or system */
  actor: string
  /** Of the key or operator */
  actor_name: string | null
  /** RFC 3339; null: being saved now */
  at: string | null
  way: string
  /** Null: being saved now */
  request_id: string | null
  actor_type: 'key' | 'operator' | 'action' | 'system'
  /** Of the key, operator or action; null for the system */
  actor_id: number | null
  /** The paths whose values are theirs */
  paths: string[]
}

/** By path: fields.City, unmapped.source_id, disposition, callback (wall time), priority */
export type Values = Record<string, string | number | boolean | null>

export interface Warning {
  code: WarningCode
  field: string
}

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
  | 'outside_hours'
  | 'more'

export interface Wash {
  wash_id: number
  allocation_id: number
  campaign_id: number
  register: Register
  /** So many days after asked_at the answer no longer counts */
  valid_days: number
  /** Its answer starts the allocation */
  start_when_washed: boolean
  /**
   * collecting: its numbers are collected; asked: they can be downloaded, and the answer is
   * awaited; done: it is answered
   */
  state: 'collecting' | 'asked' | 'done' | 'cancelled'
  /** Numbers that the register is asked about */
  asked: number
  /** Numbers of countries that the register does not keep: they may be called */
  outside: number
  /** Numbers that the answer says are on the register */
  listed: number
  /** Numbers that the answer says are not. The rest got no result, and is not called */
  clear: number
  holds: WashAnswer
  /** The newest file with an answer, as GET /v1/dnc/files/{id} shows it; null: none was brought */
  file_id: number | null
  /** Its answer is the one that counts, or counted last */
  is_current: boolean
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** When its numbers were complete: the days begin */
  asked_at: string | null
  /** RFC 3339 */
  finished_at: string | null
  /** From then on its answer does not count */
  valid_until: string | null
}

/** What its answer usually holds */
export type WashAnswer = 'listed' | 'clear' | 'results'

/** A method for each route of /v1; what a route does, and all it takes, is in docs/v1-api.md. */
export abstract class Api {
  protected abstract reply<Body>(method: string, path: string, options?: RequestOptions): Promise<Reply<Body>>

  /** Insert a lead. */
  createLead(
    body: NewLead,
    query: {
      on_bad_value?: OnBadValue
    } = {},
  ) {
    return this.reply<Lead>('POST', '/v1/leads', { query: { ...query }, body })
  }

  /** Search leads. */
  leads(query: LeadsAsked = {}) {
    return this.reply<FoundLeads>('GET', '/v1/leads', { query: { ...query } })
  }

  /** Actors that have changed leads. */
  actors() {
    return this.reply<Page<ChangeActor>>('GET', '/v1/actors')
  }

  /** A lead. */
  lead(id: string) {
    return this.reply<Lead>('GET', path`/v1/leads/${id}`)
  }

  /** Forget a lead. */
  forgetLead(id: string) {
    return this.reply<''>('DELETE', path`/v1/leads/${id}`)
  }

  /** The changes of a lead: values, time, author. */
  leadHistory(id: string, query: PageAsked = {}) {
    return this.reply<Page<HistoryEvent>>('GET', path`/v1/leads/${id}/history`, { query: { ...query } })
  }

  /** A lead as it was. */
  leadVersion(id: string, version: number) {
    return this.reply<LeadVersion>('GET', path`/v1/leads/${id}/versions/${version}`)
  }

  /** Call records of a lead. */
  leadCalls(id: string, query: PageAsked = {}) {
    return this.reply<Page<CallRecord>>('GET', path`/v1/leads/${id}/calls`, { query: { ...query } })
  }

  /** The notes of a lead, newest first. */
  leadNotes(id: string, query: PageAsked = {}) {
    return this.reply<Page<Note>>('GET', path`/v1/leads/${id}/notes`, { query: { ...query } })
  }

  /** Add a note to a lead. */
  addNote(id: string, body: NewNote) {
    return this.reply<Note>('POST', path`/v1/leads/${id}/notes`, { body })
  }

  /** The consents of a lead, newest first. */
  consents(id: string, query: PageAsked = {}) {
    return this.reply<Page<Consent>>('GET', path`/v1/leads/${id}/consents`, { query: { ...query } })
  }

  /** Record a consent of a lead. */
  addConsent(id: string, body: NewConsent) {
    return this.reply<Consent>('POST', path`/v1/leads/${id}/consents`, { body })
  }

  /** Withdraw a consent of a lead. */
  withdrawConsent(id: string, consent_id: number, body: ConsentWithdrawal) {
    return this.reply<Consent>('PUT', path`/v1/leads/${id}/consents/${consent_id}/withdrawal`, { body })
  }

  /** Show how a change would merge; writes nothing. */
  previewMerge(
    id: string,
    body: {
      base_version: number
      mine: LeadPatch
    },
    query: {
      on_bad_value?: OnBadValue
    } = {},
  ) {
    return this.reply<ConflictDocument>('POST', path`/v1/leads/${id}/merge/preview`, {
      query: { ...query },
      body,
    })
  }

  /** Save a change together with what others did, as decided. */
  mergeLead(
    id: string,
    body: MergeRequest,
    query: {
      on_bad_value?: OnBadValue
    } = {},
  ) {
    return this.reply<Lead>('POST', path`/v1/leads/${id}/merge`, { query: { ...query }, body })
  }

  /** Undo a change. */
  revertLead(
    id: string,
    body: {
      /** The version whose change is undone */
      version: number
      lead_version: number
    },
  ) {
    return this.reply<Lead>('POST', path`/v1/leads/${id}/revert`, { body })
  }

  /** Give a group the values back that a decision gave up. */
  restoreValues(id: string, body: RestoreRequest) {
    return this.reply<Lead>('POST', path`/v1/leads/${id}/restore`, { body })
  }

  /** Held updates (code 110). */
  conflicts(
    query: {
      /** next_cursor of the page before */
      cursor?: number
      limit?: number
      state?: 'open' | 'resolved' | 'dismissed' | 'superseded' | 'expired' | 'forgotten'
      lead_id?: string
      /** The sender: key:7, operator:3 */
      caller?: string
      /** One of the groups that clashed */
      group?: string
      campaign_id?: number
      /** As conflicts and conflict kinds name it */
      kind?: string
      /** Who takes care of it: me, nobody, or the id of an operator */
      assigned?: string
      /** Whether something must be decided by now; pages may have fewer rows */
      clashing?: boolean
    } = {},
  ) {
    return this.reply<Page<Conflict>>('GET', '/v1/conflicts', { query: { ...query } })
  }

  /** A held update with its three sides. */
  conflict(id: number) {
    return this.reply<Conflict>('GET', path`/v1/conflicts/${id}`)
  }

  /** Settle a held update: any one, or one that you were given. */
  settleConflict(id: number, body: Resolution) {
    return this.reply<{
      lead_id: string
      version: number
    }>('PUT', path`/v1/conflicts/${id}/resolution`, { body })
  }

  /** Take a settlement back, any or your own: what it wrote is undone, and the conflict is open again. */
  reopenConflict(id: number) {
    return this.reply<{
      lead_id: string
      version: number
      /** superseded: its sender has sent a newer update since */
      state: 'open' | 'resolved' | 'dismissed' | 'superseded' | 'expired' | 'forgotten'
    }>('DELETE', path`/v1/conflicts/${id}/resolution`)
  }

  /** Take back a change that you handed over. */
  takeBackConflict(id: number) {
    return this.reply<''>('DELETE', path`/v1/conflicts/${id}`)
  }

  /** Open conflicts, counted by template, sender and groups. */
  conflictKinds(
    query: {
      /** The sender: key:7, operator:3 */
      caller?: string
      /** One of the groups that clashed */
      group?: string
      campaign_id?: number
      /** As conflicts and conflict kinds name it */
      kind?: string
      /** Who takes care of it: me, nobody, or the id of an operator */
      assigned?: string
    } = {},
  ) {
    return this.reply<{
      items: ConflictKind[]
    }>('GET', '/v1/conflict-kinds', { query: { ...query } })
  }

  /** The changes that you handed over, the newest first. */
  handedOver() {
    return this.reply<{
      items: Conflict[]
    }>('GET', '/v1/handed-over')
  }

  /** The open conflicts before and after one, in the order of the list. */
  conflictNeighbours(
    id: number,
    query: {
      /** The sender: key:7, operator:3 */
      caller?: string
      /** One of the groups that clashed */
      group?: string
      campaign_id?: number
      /** As conflicts and conflict kinds name it */
      kind?: string
      /** Who takes care of it: me, nobody, or the id of an operator */
      assigned?: string
    } = {},
  ) {
    return this.reply<{
      previous: number | null
      next: number | null
      /** How many come before it */
      before: number
      /** How many there are */
      open: number
    }>('GET', path`/v1/conflicts/${id}/neighbours`, { query: { ...query } })
  }

  /** Operators who may settle conflicts of your teams. */
  conflictAssignees() {
    return this.reply<{
      items: ConflictAssignee[]
    }>('GET', '/v1/conflict-assignees')
  }

  /** Say who takes care of a conflict: any one, one that you handed over, one that you were given. */
  assignConflict(id: number, body: ConflictAssignment) {
    return this.reply<ConflictAssigned>('PUT', path`/v1/conflicts/${id}/assignment`, { body })
  }

  /** Say what you ask of those who settle a change that you handed over. */
  noteConflict(id: number, body: ConflictNote) {
    return this.reply<''>('PUT', path`/v1/conflicts/${id}/note`, { body })
  }

  /** How often updates clash, by sender. */
  conflictFigures(query: { days?: number } = {}) {
    return this.reply<{
      days: number
      items: ConflictFigures[]
    }>('GET', '/v1/conflict-figures', { query: { ...query } })
  }

  /** What one decision would do to many conflicts; writes nothing. */
  previewBulkDecision(body: BulkQuestion) {
    return this.reply<BulkPreview>('POST', '/v1/bulk-decisions/preview', { body })
  }

  /** Your last decisions for many conflicts. */
  bulkDecisions() {
    return this.reply<{
      items: BulkDecision[]
    }>('GET', '/v1/bulk-decisions')
  }

  /** Make a decision for many conflicts, to be applied to them in parts. */
  makeBulkDecision(body: NewBulkDecision) {
    return this.reply<BulkDecision>('POST', '/v1/bulk-decisions', { body })
  }

  /** Settle conflicts by a decision; those that need a person, or have moved on, stay open. */
  settleConflicts(id: number, body: BulkPart) {
    return this.reply<{
      settled: number[]
      left: LeftConflict[]
    }>('POST', path`/v1/bulk-decisions/${id}/settlements`, { body })
  }

  /** Undo a decision for many conflicts, part by part: they are open again. */
  undoBulkDecision(
    id: number,
    query: {
      cursor?: number
    } = {},
  ) {
    return this.reply<{
      undone: number
      left: ConflictNotUndone[]
      next_cursor: number | null
    }>('DELETE', path`/v1/bulk-decisions/${id}/settlements`, { query: { ...query } })
  }

  /** Rules that settle conflicts, with what they did. */
  conflictRules(query: PageAsked = {}) {
    return this.reply<Page<ConflictRule>>('GET', '/v1/conflict-rules', { query: { ...query } })
  }

  /** Make a rule that settles conflicts of a sender. */
  createConflictRule(body: NewConflictRule) {
    return this.reply<ConflictRule>('POST', '/v1/conflict-rules', { body })
  }

  /** End a rule; what it has settled stays settled. */
  revokeConflictRule(id: number) {
    return this.reply<ConflictRule>('DELETE', path`/v1/conflict-rules/${id}`)
  }

  /** Settle the conflicts that are open already by a rule, part by part. */
  applyConflictRule(
    id: number,
    query: {
      cursor?: number
    } = {},
  ) {
    return this.reply<{
      settled: number
      looked_at: number
      next_cursor: number | null
    }>('POST', path`/v1/conflict-rules/${id}/settlements`, { query: { ...query } })
  }

  /** Say that you have a lead open. */
  sayPresent(
    id: string,
    body: {
      /** Something is typed and not saved yet */
      editing: boolean
    },
  ) {
    return this.reply<''>('PUT', path`/v1/leads/${id}/presence`, { body })
  }

  /** Say that you have left it. */
  sayGone(id: string) {
    return this.reply<''>('DELETE', path`/v1/leads/${id}/presence`)
  }

  /** Figures: what came in and was refused, what waits for somebody, how far campaigns are. */
  stats() {
    return this.reply<Stats>('GET', '/v1/stats')
  }

  /** Take the next leads to call. */
  takeLeases(id: number, body: LeaseRequest) {
    return this.reply<{
      items: HandedOut[]
    }>('POST', path`/v1/allocations/${id}/leases`, { body })
  }

  /** The leads that you have now. */
  heldLeases(id: number) {
    return this.reply<{
      items: HeldLease[]
    }>('GET', path`/v1/allocations/${id}/leases`)
  }

  /** Report the outcome of a call. */
  reportOutcome(
    id: string,
    body: CallReport,
    query: {
      on_bad_value?: OnBadValue
    } = {},
  ) {
    return this.reply<CallReported>('PUT', path`/v1/leases/${id}/outcome`, { query: { ...query }, body })
  }

  /** Keep a lead for longer. */
  extendLease(
    id: string,
    body: {
      lease_s: number
    },
  ) {
    return this.reply<{
      lease_id: string
      /** RFC 3339 */
      expires_at: string
    }>('PATCH', path`/v1/leases/${id}`, { body })
  }

  /** Hand a lead back without a call. */
  handBackLease(id: string) {
    return this.reply<''>('DELETE', path`/v1/leases/${id}`)
  }

  /** The next leads, or the reasons that hold a lead back. */
  queue(
    id: number,
    query: {
      limit?: number
      /** Why this lead comes, or does not */
      lead_id?: string
    } = {},
  ) {
    return this.reply<Queue>('GET', path`/v1/allocations/${id}/queue`, { query: { ...query } })
  }

  /** Do-not-call entries, removed ones included. */
  dncEntries(
    query: {
      /** next_cursor of the page before, or follow_cursor */
      cursor?: string
      limit?: number
      phone?: string
      list?: DncList
    } = {},
  ) {
    return this.reply<DncEntries>('GET', '/v1/dnc', { query: { ...query } })
  }

  /** Add numbers to a list. */
  addToDnc(body: DncAddition) {
    return this.reply<DncAdded>('POST', '/v1/dnc', { body })
  }

  /** Remove numbers from a list. */
  removeFromDnc(body: DncRemoval) {
    return this.reply<DncRemoved>('POST', '/v1/dnc/removals', { body })
  }

  /** Which numbers are blocked, and by what. */
  checkDnc(body: DncCheck) {
    return this.reply<DncChecked>('POST', '/v1/dnc/check', { body })
  }

  /** Why a number is blocked, or is not. */
  dncNumber(
    number: string,
    query: {
      campaign_id?: number
    } = {},
  ) {
    return this.reply<DncNumber>('GET', path`/v1/dnc/numbers/${number}`, { query: { ...query } })
  }

  /** Do-not-call entries, the last changed first, with names. */
  latestDncEntries(
    query: {
      limit?: number
      /** next_cursor of the page before */
      cursor?: string
      list?: DncList
      campaign_id?: number
      /** true: only what is neither removed nor lapsed; false: only the others */
      standing?: boolean
    } = {},
  ) {
    return this.reply<LatestDncEntries>('GET', '/v1/dnc/latest', { query: { ...query } })
  }

  /** Announce a file of numbers for a list; its parts come next. */
  createDncFile(body: NewDncFile) {
    return this.reply<DncFile>('POST', '/v1/dnc/files', { body })
  }

  /** Send a part of a file as it is; the last one that was missing begins the work. */
  uploadDncPart(id: number, part: number, bytes: FileBytes) {
    return this.reply<DncFile>('PUT', path`/v1/dnc/files/${id}/parts/${part}`, { bytes })
  }

  /** Files of numbers, the newest first. */
  dncFiles(query: PageAsked = {}) {
    return this.reply<Page<DncFile>>('GET', '/v1/dnc/files', { query: { ...query } })
  }

  /** How far a file has come. */
  dncFile(id: number) {
    return this.reply<DncFile>('GET', path`/v1/dnc/files/${id}`)
  }

  /** The rows of a file that were not taken, as CSV to be corrected. */
  dncFileRejects(id: number) {
    return this.reply<string>('GET', path`/v1/dnc/files/${id}/rejects`)
  }

  /** Cancel a file that does not count yet; nothing of it comes to the list. */
  cancelDncFile(id: number) {
    return this.reply<DncFile>('DELETE', path`/v1/dnc/files/${id}`)
  }

  /** Everything that is held about a person, by a number or an e-mail address. */
  personalData(body: PersonAsked) {
    return this.reply<PersonalData>('POST', '/v1/personal-data', { body })
  }

  /** Teams. */
  teams(query: PageAsked = {}) {
    return this.reply<Page<Team>>('GET', '/v1/teams', { query: { ...query } })
  }

  /** Create a team. */
  createTeam(body: NewTeam) {
    return this.reply<Team>('POST', '/v1/teams', { body })
  }

  /** A team. */
  team(id: number) {
    return this.reply<Team>('GET', path`/v1/teams/${id}`)
  }

  /** Rename a team. */
  changeTeam(
    id: number,
    body: TeamChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedTeam>('PATCH', path`/v1/teams/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete a team that nothing belongs to. */
  deleteTeam(
    id: number,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/teams/${id}`, { query: { ...query }, headers: ifMatch(version) })
  }

  /** Templates with their fields. */
  templates(query: PageAsked = {}) {
    return this.reply<Page<Template>>('GET', '/v1/templates', { query: { ...query } })
  }

  /** Create a template. */
  createTemplate(body: NewTemplate) {
    return this.reply<Template>('POST', '/v1/templates', { body })
  }

  /** A template. */
  template(id: number) {
    return this.reply<Template>('GET', path`/v1/templates/${id}`)
  }

  /** Change the rules of a template and the order of its fields, archive it, or take it up again. */
  changeTemplate(
    id: number,
    body: TemplateChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedTemplate>('PATCH', path`/v1/templates/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Add a field behind the others. */
  addField(
    id: number,
    body: NewField,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedTemplate>('POST', path`/v1/templates/${id}/fields`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Change a field, retire it, or take it up again. */
  changeField(
    id: number,
    name: string,
    body: FieldChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedTemplate>('PATCH', path`/v1/templates/${id}/fields/${name}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete a template that has no campaigns. */
  deleteTemplate(
    id: number,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/templates/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
    })
  }

  /** How often a number and a lead may be called in the whole installation. */
  attemptRules() {
    return this.reply<InstallationAttemptRules>('GET', '/v1/attempt-rules')
  }

  /** Change how often a number and a lead may be called in the whole installation. */
  changeAttemptRules(body: AttemptRulesChange, version?: number) {
    return this.reply<InstallationAttemptRules>('PATCH', '/v1/attempt-rules', {
      headers: ifMatch(version),
      body,
    })
  }

  /** Campaigns. */
  campaigns(
    query: {
      /** next_cursor of the page before */
      cursor?: number
      limit?: number
      /** With the archived ones */
      archived?: boolean
      template_id?: number
    } = {},
  ) {
    return this.reply<Page<Campaign>>('GET', '/v1/campaigns', { query: { ...query } })
  }

  /** Create a campaign. */
  createCampaign(body: NewCampaign) {
    return this.reply<Campaign>('POST', '/v1/campaigns', { body })
  }

  /** A campaign. */
  campaign(id: number) {
    return this.reply<Campaign>('GET', path`/v1/campaigns/${id}`)
  }

  /** Rename a campaign, archive it, or take it up again. */
  changeCampaign(
    id: number,
    body: CampaignChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedCampaign>('PATCH', path`/v1/campaigns/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete a campaign that has no allocations. */
  deleteCampaign(
    id: number,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/campaigns/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
    })
  }

  /** Allocations. */
  allocations(
    query: {
      /** next_cursor of the page before */
      cursor?: number
      limit?: number
      /** With the archived ones */
      archived?: boolean
      campaign_id?: number
    } = {},
  ) {
    return this.reply<Page<Allocation>>('GET', '/v1/allocations', { query: { ...query } })
  }

  /** Create an allocation. */
  createAllocation(body: NewAllocation) {
    return this.reply<Allocation>('POST', '/v1/allocations', { body })
  }

  /** An allocation. */
  allocation(id: number) {
    return this.reply<Allocation>('GET', path`/v1/allocations/${id}`)
  }

  /** Start, stop or rename an allocation, archive it, take it up again, or change what it draws on. */
  changeAllocation(
    id: number,
    body: AllocationChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<CountedAllocation>('PATCH', path`/v1/allocations/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete an allocation that never had a lead. */
  deleteAllocation(
    id: number,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/allocations/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
    })
  }

  /** Count the leads of an allocation by state. */
  allocationCounts(id: number) {
    return this.reply<Counts>('GET', path`/v1/allocations/${id}/counts`)
  }

  /** Move leads to another allocation. */
  moveLeads(id: number, body: Move) {
    return this.reply<{
      moved: number
    }>('POST', path`/v1/allocations/${id}/moves`, { body })
  }

  /** Take closed leads up again. */
  recycleLeads(
    id: number,
    body: {
      dispositions: string[]
    },
  ) {
    return this.reply<{
      recycled: number
    }>('POST', path`/v1/allocations/${id}/recycle`, { body })
  }

  /** Put a block of callbacks off, or bring it forward. */
  shiftCallbacks(
    id: number,
    body: CallbackShift,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
  ) {
    return this.reply<ShiftedCallbacks>('POST', path`/v1/allocations/${id}/callback-shifts`, {
      query: { ...query },
      body,
    })
  }

  /** Count the leads that a bulk change would change, and those that it would leave. */
  previewBulkChange(body: BulkChangeRequest) {
    return this.reply<BulkChangePreview>('POST', '/v1/bulk-change-previews', { body })
  }

  /** Change many leads: give a disposition, move them, list their numbers, or forget them. */
  createBulkChange(body: BulkChangeRequest) {
    return this.reply<BulkChange>('POST', '/v1/bulk-changes', { body })
  }

  /** Bulk changes, the newest first. */
  bulkChanges(
    query: {
      /** next_cursor of the page before */
      cursor?: number
      limit?: number
      campaign_id?: number
    } = {},
  ) {
    return this.reply<Page<BulkChange>>('GET', '/v1/bulk-changes', { query: { ...query } })
  }

  /** How far a bulk change has come. */
  bulkChange(id: number) {
    return this.reply<BulkChange>('GET', path`/v1/bulk-changes/${id}`)
  }

  /** Cancel a bulk change, or its undoing; what it has done stays done. */
  cancelBulkChange(id: number) {
    return this.reply<BulkChange>('DELETE', path`/v1/bulk-changes/${id}`)
  }

  /** Give leads back what they had, where nobody has touched them since. */
  undoBulkChange(id: number) {
    return this.reply<BulkChange>('POST', path`/v1/bulk-changes/${id}/undo`)
  }

  /** Count the leads that a fill would find. */
  previewFill(id: number, body: FillRequest) {
    return this.reply<FillPreview>('POST', path`/v1/allocations/${id}/fills/preview`, { body })
  }

  /** Move the leads that a search finds to an allocation. */
  fillAllocation(id: number, body: FillRequest) {
    return this.reply<Fill>('POST', path`/v1/allocations/${id}/fills`, { body })
  }

  /** The fills of an allocation. */
  fills(id: number, query: PageAsked = {}) {
    return this.reply<Page<Fill>>('GET', path`/v1/allocations/${id}/fills`, { query: { ...query } })
  }

  /** How far a fill has come. */
  fill(id: number) {
    return this.reply<Fill>('GET', path`/v1/fills/${id}`)
  }

  /** Cancel a fill; the leads that it has moved stay where they are. */
  cancelFill(id: number) {
    return this.reply<Fill>('DELETE', path`/v1/fills/${id}`)
  }

  /** Wash an allocation: collect its numbers for a register, and call it only as the answer allows. */
  makeWash(id: number, body: NewWash) {
    return this.reply<Wash>('POST', path`/v1/allocations/${id}/washes`, { body })
  }

  /** Washes, the newest first. */
  washes(
    query: {
      /** next_cursor of the page before */
      cursor?: number
      limit?: number
      allocation_id?: number
    } = {},
  ) {
    return this.reply<Page<Wash>>('GET', '/v1/washes', { query: { ...query } })
  }

  /** How far a wash has come. */
  wash(id: number) {
    return this.reply<Wash>('GET', path`/v1/washes/${id}`)
  }

  /** The numbers that a register is asked about, as it takes them. */
  washNumbers(id: number) {
    return this.reply<string>('GET', path`/v1/washes/${id}/numbers`)
  }

  /** Announce the file with the answer of the register; its parts come next. */
  answerWash(id: number, body: NewWashAnswer) {
    return this.reply<DncFile>('POST', path`/v1/washes/${id}/answers`, { body })
  }

  /** Cancel a wash that is not answered; the one before goes on counting. */
  cancelWash(id: number) {
    return this.reply<Wash>('DELETE', path`/v1/washes/${id}`)
  }

  /** Contact hours. */
  contactHoursList() {
    return this.reply<Page<ContactHours>>('GET', '/v1/contact-hours')
  }

  /** Create contact hours. */
  createContactHours(body: NewContactHours) {
    return this.reply<ContactHours>('POST', '/v1/contact-hours', { body })
  }

  /** Contact hours by id. */
  contactHours(id: number) {
    return this.reply<ContactHours>('GET', path`/v1/contact-hours/${id}`)
  }

  /** Change contact hours. */
  changeContactHours(
    id: number,
    body: ContactHoursChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedContactHours>('PATCH', path`/v1/contact-hours/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete contact hours that nothing uses. */
  deleteContactHours(
    id: number,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/contact-hours/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
    })
  }

  /** Open now or not, and why. */
  opening(
    id: number,
    query: {
      /** RFC 3339; absent: now */
      at?: string
      /** The region in which the number is read; absent: that of the installation */
      region?: string
      /** The number that would be called; absent: one of the region of which nothing more is known */
      phone?: string
      /** State or post code, as the zone field of a lead has it */
      address?: string
    } = {},
  ) {
    return this.reply<Opening>('GET', path`/v1/contact-hours/${id}/opening`, { query: { ...query } })
  }

  /** Disposition sets. */
  dispositionSets() {
    return this.reply<Page<DispositionSet>>('GET', '/v1/disposition-sets')
  }

  /** Create a disposition set. */
  createDispositionSet(body: NewDispositionSet) {
    return this.reply<DispositionSet>('POST', '/v1/disposition-sets', { body })
  }

  /** A disposition set. */
  dispositionSet(id: number) {
    return this.reply<DispositionSet>('GET', path`/v1/disposition-sets/${id}`)
  }

  /** Rename a disposition set. */
  changeDispositionSet(
    id: number,
    body: DispositionSetChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedDispositionSet>('PATCH', path`/v1/disposition-sets/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete a disposition set that no template has. */
  deleteDispositionSet(
    id: number,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/disposition-sets/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
    })
  }

  /** Add a disposition. */
  createDisposition(id: number, body: NewDisposition, version?: number) {
    return this.reply<DispositionSet>('POST', path`/v1/disposition-sets/${id}/dispositions`, {
      headers: ifMatch(version),
      body,
    })
  }

  /** Change or disable a disposition. */
  changeDisposition(
    id: number,
    code: string,
    body: DispositionChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedDispositionSet>('PATCH', path`/v1/disposition-sets/${id}/dispositions/${code}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete a disposition that nobody has used. */
  deleteDisposition(
    id: number,
    code: string,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/disposition-sets/${id}/dispositions/${code}`, {
      query: { ...query },
      headers: ifMatch(version),
    })
  }

  /** The actions of an outcome. */
  dispositionActions(id: number, code: string) {
    return this.reply<{
      items: {
        action_id: number
        name: string
        kind: ActionKind
        enabled: boolean
      }[]
      /** Of the disposition set */
      version: number
    }>('GET', path`/v1/disposition-sets/${id}/dispositions/${code}/actions`)
  }

  /** Choose the actions of an outcome. */
  changeDispositionActions(
    id: number,
    code: string,
    body: {
      /** In this order */
      action_ids: number[]
    },
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<{
      items: {
        action_id: number
        name: string
        kind: ActionKind
        enabled: boolean
      }[]
      /** Of the disposition set */
      version: number
      touches?: Touched
    }>('PUT', path`/v1/disposition-sets/${id}/dispositions/${code}/actions`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Actions. */
  actions(query: PageAsked = {}) {
    return this.reply<Page<Action>>('GET', '/v1/actions', { query: { ...query } })
  }

  /** Create an action. */
  createAction(body: NewAction) {
    return this.reply<Action>('POST', '/v1/actions', { body })
  }

  /** An action. */
  action(id: number) {
    return this.reply<Action>('GET', path`/v1/actions/${id}`)
  }

  /** Change or disable an action. */
  changeAction(
    id: number,
    body: ActionChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedAction>('PUT', path`/v1/actions/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete an action that nothing uses. */
  deleteAction(
    id: number,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/actions/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
    })
  }

  /** Show what an action would do to a lead. */
  dryRun(id: number, body: DryRunRequest) {
    return this.reply<DryRun>('POST', path`/v1/actions/${id}/dry-run`, { body })
  }

  /** Runs of actions, newest first. */
  actionRuns(
    query: {
      /** next_cursor of the page before */
      cursor?: number
      limit?: number
      lead_id?: string
      action_id?: number
      state?: 'queued' | 'done' | 'failed' | 'skipped'
    } = {},
  ) {
    return this.reply<Page<ActionRun>>('GET', '/v1/action-runs', { query: { ...query } })
  }

  /** A run. */
  actionRun(id: number) {
    return this.reply<ActionRun>('GET', path`/v1/action-runs/${id}`)
  }

  /** Run an action again. */
  repeatActionRun(id: number) {
    return this.reply<ActionRun>('POST', path`/v1/action-runs/${id}/rerun`)
  }

  /** Pulls. */
  pulls(query: PageAsked = {}) {
    return this.reply<Page<Pull>>('GET', '/v1/pulls', { query: { ...query } })
  }

  /** Create a pull. */
  createPull(body: NewPull) {
    return this.reply<Pull>('POST', '/v1/pulls', { body })
  }

  /** A pull. */
  pull(id: number) {
    return this.reply<Pull>('GET', path`/v1/pulls/${id}`)
  }

  /** Change a pull, switch it on or off. */
  changePull(
    id: number,
    body: PullChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedPull>('PATCH', path`/v1/pulls/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Delete a pull with its runs; its leads stay. */
  deletePull(
    id: number,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<''>('DELETE', path`/v1/pulls/${id}`, { query: { ...query }, headers: ifMatch(version) })
  }

  /** Fetch the next rows of a pull, and say what would become of them. */
  tryPull(id: number) {
    return this.reply<PullTrial>('POST', path`/v1/pulls/${id}/dry-run`)
  }

  /** Run a pull now; a run that has not ended is answered instead. */
  startPull(id: number) {
    return this.reply<PullRun>('POST', path`/v1/pulls/${id}/runs`)
  }

  /** Runs of a pull, newest first. */
  pullRuns(id: number, query: PageAsked = {}) {
    return this.reply<Page<PullRun>>('GET', path`/v1/pulls/${id}/runs`, { query: { ...query } })
  }

  /** Imports, newest first. */
  imports(query: ImportsAsked = {}) {
    return this.reply<Page<Import>>('GET', '/v1/imports', { query: { ...query } })
  }

  /** Begin an import; its file is sent in parts. */
  createImport(body: NewImport) {
    return this.reply<Import>('POST', '/v1/imports', { body })
  }

  /** An import, and how far it has come. */
  import(id: number) {
    return this.reply<Import>('GET', path`/v1/imports/${id}`)
  }

  /** Change what is to be done with the rows. */
  changeImport(id: number, body: ImportChange) {
    return this.reply<Import>('PATCH', path`/v1/imports/${id}`, { body })
  }

  /** Send a part of the file, as it is; the last one starts the reading. */
  putImportPart(id: number, part: number, bytes: FileBytes) {
    return this.reply<Import>('PUT', path`/v1/imports/${id}/parts/${part}`, { bytes })
  }

  /** Imports that have taken the rows of the same file. */
  importsOfSameFile(id: number) {
    return this.reply<{
      items: SameFile[]
    }>('GET', path`/v1/imports/${id}/same-file`)
  }

  /** Read the file again, by another encoding, delimiter, sheet or row of headings. */
  readImport(id: number, body: TableChoices) {
    return this.reply<Import>('PUT', path`/v1/imports/${id}/reading`, { body })
  }

  /** What may become of the columns. */
  suggestMapping(id: number) {
    return this.reply<SuggestedMapping>('GET', path`/v1/imports/${id}/mapping/suggestion`)
  }

  /** Say what becomes of the columns. */
  mapImport(id: number, body: ImportMapping) {
    return this.reply<Import>('PUT', path`/v1/imports/${id}/mapping`, { body })
  }

  /** Rows of an import, with what came of them or what the dry run found. */
  importRows(id: number, query: ImportRowsAsked = {}) {
    return this.reply<{
      items: ImportedRow[]
      /** Where the next page begins; null: there are no more */
      next_row: number | null
    }>('GET', path`/v1/imports/${id}/rows`, { query: { ...query } })
  }

  /** Write the cells of a row anew, before the rows are taken. */
  editImportRow(id: number, row: number, body: ImportRowEdit) {
    return this.reply<ImportedRow>('PATCH', path`/v1/imports/${id}/rows/${row}`, { body })
  }

  /** Look what would become of every row, and write no lead. */
  checkImport(id: number) {
    return this.reply<Import>('POST', path`/v1/imports/${id}/dry-run`)
  }

  /** Take the rows. */
  startImport(id: number) {
    return this.reply<Import>('POST', path`/v1/imports/${id}/start`)
  }

  /** Take no further rows for now; a dry run ends where it is. */
  pauseImport(id: number) {
    return this.reply<Import>('POST', path`/v1/imports/${id}/pause`)
  }

  /** Go on with the rows of a paused import. */
  resumeImport(id: number) {
    return this.reply<Import>('POST', path`/v1/imports/${id}/resume`)
  }

  /** What undoing an import would do. */
  previewUndo(id: number) {
    return this.reply<UndoPreview>('GET', path`/v1/imports/${id}/undo/preview`)
  }

  /** Remove the leads that an import made, and give changed ones back what they had. */
  undoImport(id: number) {
    return this.reply<Import>('POST', path`/v1/imports/${id}/undo`)
  }

  /** Give an import up; the rows that were taken stay. */
  cancelImport(id: number) {
    return this.reply<Import>('POST', path`/v1/imports/${id}/cancel`)
  }

  /** The rows that were refused, with the reasons: correct them, and import the file again. */
  importRejects(id: number) {
    return this.reply<string>('GET', path`/v1/imports/${id}/rejects.csv`)
  }

  /** All rows, with what came of them and the ids of their leads. */
  importResults(id: number) {
    return this.reply<string>('GET', path`/v1/imports/${id}/results.csv`)
  }

  /** Sign out. */
  signOut(
    query: {
      /** Every session of the operator */
      everywhere?: boolean
    } = {},
  ) {
    return this.reply<''>('DELETE', '/v1/session', { query: { ...query } })
  }

  /** Operators who work on the same leads: whom a callback can be kept for. */
  colleagues() {
    return this.reply<Page<Colleague>>('GET', '/v1/colleagues')
  }

  /** Create an operator. */
  createOperator(body: NewOperator) {
    return this.reply<Operator>('POST', '/v1/operators', { body })
  }

  /** Change or disable an operator. */
  changeOperator(id: number, body: OperatorChange) {
    return this.reply<Operator>('PATCH', path`/v1/operators/${id}`, { body })
  }

  /** API keys. */
  apiKeys(query: PageAsked = {}) {
    return this.reply<Page<ApiKey>>('GET', '/v1/api-keys', { query: { ...query } })
  }

  /** Make an API key. */
  createApiKey(body: NewApiKey) {
    return this.reply<MadeApiKey>('POST', '/v1/api-keys', { body })
  }

  /** An API key; never the key itself. */
  apiKey(id: number) {
    return this.reply<ApiKey>('GET', path`/v1/api-keys/${id}`)
  }

  /** Change what an API key may do and when it ends. */
  changeApiKey(
    id: number,
    body: ApiKeyChange,
    query: {
      /** Says what the change would do, and does nothing */
      dry_run?: boolean
    } = {},
    version?: number,
  ) {
    return this.reply<ChangedApiKey>('PATCH', path`/v1/api-keys/${id}`, {
      query: { ...query },
      headers: ifMatch(version),
      body,
    })
  }

  /** Make an API key that replaces this one. */
  rotateApiKey(id: number, body: Rotation, version?: number) {
    return this.reply<MadeApiKey>('POST', path`/v1/api-keys/${id}/rotation`, {
      headers: ifMatch(version),
      body,
    })
  }

  /** Revoke an API key. */
  revokeApiKey(id: number) {
    return this.reply<''>('DELETE', path`/v1/api-keys/${id}`)
  }

  /** The audit log, newest first. */
  auditLog(
    query: {
      /** next_cursor of the page before */
      cursor?: number
      limit?: number
      /** Who did it: key:7, operator:3, system */
      actor?: string
      /** key.rotate, or the noun alone for all its deeds: key */
      action?: string
      /** What it is about: key:7, template:3, lead:41-1207 */
      subject?: string
      /** RFC 3339: not before */
      from?: string
      /** RFC 3339: before */
      to?: string
      /** Of the request, as the header X-Request-Id gives it */
      request_id?: string
    } = {},
  ) {
    return this.reply<Page<AuditEntry>>('GET', '/v1/audit', { query: { ...query } })
  }
}
