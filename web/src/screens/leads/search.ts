// What the address of the list holds: every state of it, so that a link shows the same.

export interface LeadSearch {
  q?: string
  campaign_id?: number
  allocation_id?: number
  disposition?: string
  /** Days, 2026-11-30. */
  callback_from?: string
  callback_to?: string
  /** key:7, operator:3, import:12 or system. */
  changed_by?: string
  has_conflict?: true
  /** Whose turn it is: only open leads, only closed ones; absent: both. */
  closed?: 'yes' | 'no'
  cursor?: string
}

const text = (value: unknown) => {
  const trimmed = typeof value === 'string' ? value.trim().slice(0, 200) : ''
  return trimmed === '' ? undefined : trimmed
}
const id = (value: unknown) => (/^[1-9]\d{0,9}$/.test(String(value)) ? Number(value) : undefined)
const day = (value: unknown) => (/^\d{4}-\d\d-\d\d$/.test(String(value)) ? String(value) : undefined)

/** What an address cannot mean is left out, not refused: old links go on working. */
export function readLeadSearch(raw: Record<string, unknown>): LeadSearch {
  const closed = raw.closed === 'yes' || raw.closed === 'no' ? raw.closed : undefined
  return {
    q: text(raw.q),
    campaign_id: id(raw.campaign_id),
    allocation_id: id(raw.allocation_id),
    disposition: text(raw.disposition),
    callback_from: day(raw.callback_from),
    callback_to: day(raw.callback_to),
    changed_by: /^((key|operator|import):[1-9]\d{0,15}|system)$/.test(String(raw.changed_by))
      ? String(raw.changed_by)
      : undefined,
    has_conflict: raw.has_conflict === 'true' || raw.has_conflict === true ? true : undefined,
    closed,
    cursor: text(raw.cursor),
  }
}

/** What narrows the list, by name: all but the page. */
export const filtersOf = ({ cursor: _, ...filters }: LeadSearch) =>
  Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name as keyof LeadSearch)
