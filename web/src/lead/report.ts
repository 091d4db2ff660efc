// The outcome of a call, as it is reported: apart from drafts, which most screens know.

import type { CallReport } from '../../../src/client/api.ts'
import type { Values } from '../../../src/core/merge.ts'
import { type Call, patchOf } from './draft.ts'

/** An outcome does not say when a lead may be called in general: that is changed on the page of the lead. */
const NOT_OF_A_CALL = 'contact_hours'

/** The changes that go with the outcome of a call. The others stay in the draft. */
export const ofCall = (changes: Values): Values =>
  Object.fromEntries(Object.entries(changes).filter(([path]) => path !== NOT_OF_A_CALL))

/** Turns the changes into the report of a call. */
export function reportOf(changes: Values, { phone, at }: Call): CallReport {
  const { callback, priority, disposition = '', contact_hours: _, ...rest } = patchOf(changes)
  return {
    ...rest,
    disposition,
    phone,
    at,
    // Here the time goes to the minute.
    ...(callback !== undefined && {
      callback: callback === null ? null : callback.local.slice(0, '2026-11-30T10:00'.length),
    }),
    // An outcome sets the priority, unless the operator does.
    ...(priority !== undefined && priority !== null && { priority }),
  }
}
