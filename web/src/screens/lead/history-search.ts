// What the address of a lead's history holds, so that a link shows the same.

export interface HistorySearch {
  field?: string
  actor?: string
  way?: string
  /** Two versions beside each other. */
  from?: number
  to?: number
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined)
const version = (value: unknown) => (/^[1-9]\d{0,8}$/.test(String(value)) ? Number(value) : undefined)

export const readHistorySearch = (raw: Record<string, unknown>): HistorySearch => ({
  field: text(raw.field),
  actor: text(raw.actor),
  way: text(raw.way),
  from: version(raw.from),
  to: version(raw.to),
})
