// The requests and answers of a dialler, as the tests read them.

import type { Lead } from '../../src/client/api.ts'

export type { Lead }

export interface Leases {
  items: { lease_id: string; expires_at: string; numbers: { field: string; number: string }[]; lead: Lead }[]
}

export interface OutcomeReport {
  disposition: string
  phone: string
  [more: string]: unknown
}

export interface Reported {
  lease_id: string
  lead_id: string
  version: number | null
  applied: boolean
  disposition: string | null
  closed: boolean
  callback_at: string | null
  priority: number | null
  held: string[]
  not_taken: { code: number }[]
}
