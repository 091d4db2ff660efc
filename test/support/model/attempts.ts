// Attempt rules of the model: how often a number and a lead were called, counted from scratch each time.

import type { GivenLeadLimits } from '../../../src/client/api.ts'

const DAY_MS = 86_400_000

/** Whether limits allow another attempt. `attempts`: when each was. */
export function allows(limits: GivenLeadLimits | null | undefined, attempts: number[], now: number): boolean {
  const { day_max, total_max, gap_s } = limits ?? {}
  const since = (ms: number) => attempts.filter((at) => at + ms > now).length
  if (day_max != null && since(DAY_MS) >= day_max) return false
  if (total_max != null && attempts.length >= total_max) return false
  return gap_s == null || since(gap_s * 1_000) === 0
}
