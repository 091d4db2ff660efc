// What a chosen outcome asks of the operator before it is saved.

import type { Disposition } from '../../../src/client/api.ts'
import { needsTime } from '../../../src/core/disposition.ts'
import { fold } from '../../../src/core/field.ts'
import { type Values, valueAt } from '../../../src/core/merge.ts'
import { type Draft, shownIn } from './draft.ts'
import { type LeadSetUp, zoneOf } from './set-up.ts'

type Known = Pick<LeadSetUp, 'dispositions' | 'contact_hours' | 'template'>

/** The outcome that the draft gives. */
function chosenIn({ changes }: Draft, { dispositions }: Known): Disposition | undefined {
  const code = Object.hasOwn(changes, 'disposition') ? changes.disposition : null
  return typeof code === 'string' ? dispositions.get(fold(code)) : undefined
}

export const chosenKind = (draft: Draft, known: Known): Disposition['kind'] | undefined =>
  chosenIn(draft, known)?.kind

/** Whether the outcome promises a callback without a time, so that the lead would be called at once. */
export function callsNow(draft: Draft, current: Values, known: Known, now_ms: number): boolean {
  const chosen = chosenIn(draft, known)
  if (!chosen || valueAt(draft.changes, 'callback')) return false
  const hours = shownIn(draft, current, 'contact_hours')
  const zone = zoneOf(known, typeof hours === 'string' ? hours : null) ?? 'UTC'
  const agreed = Object.hasOwn(draft.changes, 'callback') ? null : valueAt(current, 'callback')
  return needsTime(chosen, typeof agreed === 'string' ? agreed : null, zone, now_ms)
}
