import type { Conflict } from '../../../../src/client/model.ts'

export const STATES: readonly Conflict['state'][] = [
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
}

export const readConflictSearch = (raw: Record<string, unknown>): ConflictSearch => ({
  state: STATES.find((state) => state === raw.state && state !== 'open'),
  lead_id: typeof raw.lead_id === 'string' && raw.lead_id !== '' ? raw.lead_id.slice(0, 40) : undefined,
})
