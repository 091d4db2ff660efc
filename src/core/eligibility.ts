// PLACEHOLDER so that others can run: its owner (contact hours) replaces this whole file.

import type { PhoneState } from './lead.ts'
import type { Region } from './phone.ts'
import type { DncList } from './result.ts'
import type { ContactHours } from './rules.ts'
export interface LeadFacts {
  allocation_started: boolean
  closed: boolean
  leased_until: string | null
  callback_at: string | null
  callback_agent: string | null
  bound_until: string | null
  phones: {
    field: string
    number: string | null
    state: PhoneState
    blocked_by: DncList | null
    blocked_until: string | null
  }[]
  hours: ContactHours
  region: Region
}
export function eligibility(
  _facts: LeadFacts,
  _now: string,
): {
  eligible: boolean
  next_at: string | null
  reasons: { why: string; detail: string; until: string | null }[]
} {
  return { eligible: true, next_at: null, reasons: [] }
}
