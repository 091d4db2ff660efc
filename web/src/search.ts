// The search parts of addresses. They hold the whole state of a list, so that a link shows the same. Values that
// make no sense are dropped, not refused, so that old links keep working.

import type { ActionRun, Conflict, DncList, LeadSort } from '../../src/client/api.ts'
import type { DuplicateWay, ImportMode, RowFate } from '../../src/core/import.ts'

type Raw = Record<string, unknown>

const text = (value: unknown) => (typeof value === 'string' && value.trim().slice(0, 200)) || undefined
const id = (value: unknown) => (/^[1-9]\d{0,9}$/.test(String(value)) ? Number(value) : undefined)
const isOn = (value: unknown) => value === 'true' || value === true || undefined
const like = (value: unknown, pattern: RegExp) => (pattern.test(String(value)) ? String(value) : undefined)

// Addresses stay readable: ?q=0383218199, not quoted JSON.
export const parseSearch = (search: string) => Object.fromEntries(new URLSearchParams(search))

export function stringifySearch(search: Raw): string {
  const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  const written = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
  return written === '' ? '' : `?${written}`
}

/** Where to go after the sign-in: a path of this app. Set even when undefined, or the raw value would stay. */
export const readLoginSearch = ({ to }: Raw): { to?: string } => ({
  to: typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : undefined,
})

export interface LeadSearch {
  q?: string
  campaign_id?: number
  allocation_id?: number
  disposition?: string
  /** Days, 2026-11-30. */
  callback_from?: string
  callback_to?: string
  /** Open leads whose callback is past, the longest waiting first. */
  overdue?: true
  /** key:7, operator:3, import:12 or system. */
  changed_by?: string
  /** Leads that this import made. */
  import_id?: number
  has_conflict?: true
  /** Only open leads, only closed ones; absent: both. */
  closed?: 'yes' | 'no'
  /** Absent: the usual one of the list, which is the callback for overdue leads, else the newest. */
  sort?: LeadSort
  cursor?: string
}

export const SORTS: readonly LeadSort[] = ['newest', 'changed', 'callback']

export const DAY = /^\d{4}-\d\d-\d\d$/

export const readLeadSearch = (raw: Raw): LeadSearch => ({
  q: text(raw.q),
  campaign_id: id(raw.campaign_id),
  allocation_id: id(raw.allocation_id),
  import_id: id(raw.import_id),
  disposition: text(raw.disposition),
  callback_from: like(raw.callback_from, DAY),
  callback_to: like(raw.callback_to, DAY),
  changed_by: like(raw.changed_by, /^((key|operator|import):[1-9]\d{0,15}|system)$/),
  overdue: isOn(raw.overdue),
  has_conflict: isOn(raw.has_conflict),
  closed: (['yes', 'no'] as const).find((one) => one === raw.closed),
  sort: SORTS.find((one) => one === raw.sort),
  cursor: text(raw.cursor),
})

/** The order of a list. What a text finds is listed newest first. */
export const sortOf = ({ q, sort, overdue }: LeadSearch): LeadSort =>
  q !== undefined ? 'newest' : (sort ?? (overdue ? 'callback' : 'newest'))

/** The names of the filters that are set; the page and the order are not among them. */
export const filtersOf = ({ cursor: _, sort: __, ...filters }: LeadSearch) =>
  Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name as keyof LeadSearch)

export interface NewLeadSearch {
  allocation_id?: number
  /** What was searched for and not found: a number, an address, a name. */
  from?: string
}

export const readNewLeadSearch = (raw: Raw): NewLeadSearch => ({
  allocation_id: id(raw.allocation_id),
  from: text(raw.from),
})

export interface WorkSearch {
  /** Whose leads are called; absent: the one that was called last at this desk. */
  allocation_id?: number
}

export const readWorkSearch = (raw: Raw): WorkSearch => ({ allocation_id: id(raw.allocation_id) })

export interface CallbacksSearch {
  /** Only those of this day, 2026-11-30. */
  day?: string
}

export const readCallbacksSearch = (raw: Raw): CallbacksSearch => ({ day: like(raw.day, DAY) })

export interface HistorySearch {
  field?: string
  actor?: string
  way?: string
  /** Two versions beside each other. */
  from?: number
  to?: number
}

export const readHistorySearch = (raw: Raw): HistorySearch => ({
  field: text(raw.field),
  actor: text(raw.actor),
  way: text(raw.way),
  from: id(raw.from),
  to: id(raw.to),
})

export const CONFLICT_STATES: readonly Conflict['state'][] = [
  'open',
  'resolved',
  'dismissed',
  'superseded',
  'expired',
  'forgotten',
]

export interface ConflictSearch {
  /** Absent: open. */
  state?: Conflict['state']
  lead_id?: string
  /** The sender: key:7, operator:3. */
  caller?: string
  group?: string
  campaign_id?: number
  /** me, nobody or the id of an operator. */
  assigned?: string
  /** Only those that still clash, only those that do not; absent: both. */
  clashing?: 'yes' | 'no'
  /** Those of one template, sender and groups. */
  kind?: string
}

export const readConflictSearch = (raw: Raw): ConflictSearch => ({
  state: CONFLICT_STATES.find((state) => state === raw.state && state !== 'open'),
  lead_id: text(raw.lead_id),
  caller: like(raw.caller, /^(key|operator):[1-9]\d{0,15}$/),
  group: text(raw.group),
  campaign_id: id(raw.campaign_id),
  assigned: like(raw.assigned, /^(me|nobody|[1-9]\d{0,8})$/),
  clashing: (['yes', 'no'] as const).find((one) => one === raw.clashing),
  kind: like(raw.kind, /^-?\d{1,20}$/),
})

export interface CampaignsSearch {
  /** Archived ones are shown, too. */
  archived?: true
}

export const readCampaignsSearch = (raw: Raw): CampaignsSearch => ({ archived: isOn(raw.archived) })

export const ENTRIES = ['counts', 'past', 'all'] as const

export interface DncSearch {
  /** The number that is checked, as it was typed. */
  number?: string
  /** The campaign for which it is checked; absent: all. */
  within?: number
  list?: DncList
  /** Only the list of this campaign. */
  campaign_id?: number
  /** Absent: those that count now. */
  entries?: (typeof ENTRIES)[number]
}

const LISTS: readonly DncList[] = ['private', 'client', 'campaign']

export const readDncSearch = (raw: Raw): DncSearch => ({
  number: text(raw.number),
  within: id(raw.within),
  list: LISTS.find((one) => one === raw.list),
  campaign_id: id(raw.campaign_id),
  entries: ENTRIES.find((one) => one === raw.entries && one !== 'counts'),
})

export interface KeysSearch {
  /** Revoked and expired ones, too. */
  ended?: true
}

export const readKeysSearch = (raw: Raw): KeysSearch => ({ ended: isOn(raw.ended) })

export interface AuditSearch {
  /** key:7, operator:3 or system. */
  actor?: string
  /** The noun of the entries: key, operator. */
  kind?: string
  /** What they are about: key:7, template:3. */
  subject?: string
  /** Days, 2026-11-30; both are included. */
  from?: string
  to?: string
}

export const readAuditSearch = (raw: Raw): AuditSearch => ({
  actor: like(raw.actor, /^((key|operator):[1-9]\d{0,15}|system)$/),
  kind: like(text(raw.kind) ?? '', /^[a-z_]{1,40}$/),
  subject: text(raw.subject),
  from: like(raw.from, DAY),
  to: like(raw.to, DAY),
})

export const RUN_STATES: readonly ActionRun['state'][] = ['failed', 'queued', 'done', 'skipped']

export interface ActionsSearch {
  /** Only the runs of this action. */
  action_id?: number
  /** Only the runs in this state. */
  state?: ActionRun['state']
}

export const readActionsSearch = (raw: Raw): ActionsSearch => ({
  action_id: id(raw.action_id),
  state: RUN_STATES.find((one) => one === raw.state),
})

export interface ImportsSearch {
  campaign_id?: number
}

export const readImportsSearch = (raw: Raw): ImportsSearch => ({ campaign_id: id(raw.campaign_id) })

export interface NewImportSearch extends ImportsSearch {
  allocation_id?: number
  mode?: ImportMode
  duplicates?: DuplicateWay
}

export const readNewImportSearch = (raw: Raw): NewImportSearch => ({
  campaign_id: id(raw.campaign_id),
  allocation_id: id(raw.allocation_id),
  mode: like(raw.mode, /^(insert|upsert|update)$/) as ImportMode | undefined,
  duplicates: like(raw.duplicates, /^(reject|update|move)$/) as DuplicateWay | undefined,
})

/** The rows of an import that are listed: by what becomes of them, and by their code. */
export interface ImportRowsSearch {
  fate?: RowFate | 'pending'
  code?: number
}

export const readImportRowsSearch = (raw: Raw): ImportRowsSearch => ({
  fate: like(
    raw.fate,
    /^(created|updated|unchanged|moved|held|rejected|pending)$/,
  ) as ImportRowsSearch['fate'],
  code: id(raw.code),
})
