// A draft that meets later changes of the lead, by the rules of the server.

import type { Lead } from '../../../src/client/api.ts'
import { type ConflictGroup, openGroups } from '../../../src/core/conflict.ts'
import { conflictGroups, factsOf } from '../../../src/core/conflict-groups.ts'
import { matchingBy } from '../../../src/core/matching.ts'
import { type Values, valueAt } from '../../../src/core/merge.ts'
import { type Draft, dropped, valuesOf } from './draft.ts'
import type { LeadSetUp } from './set-up.ts'

/** Compares a draft with the lead as it is now. */
export function meet(
  draft: Draft,
  current: Values,
  set_up: Pick<LeadSetUp, 'fields' | 'dispositions'>,
): ConflictGroup[] {
  const asserted = new Set(Object.hasOwn(draft.changes, 'disposition') ? ['disposition'] : [])
  const facts = factsOf(set_up, [], asserted)
  return conflictGroups(draft.base, current, draft.changes, matchingBy(set_up.fields), facts)
}

/**
 * Moves a draft without clashes onto the lead as it is now: the operator has seen the other changes, so they cannot
 * collide any more. Undefined: something clashes, and the draft keeps its base.
 */
export function rebased(
  draft: Draft,
  lead: Lead,
  groups: readonly ConflictGroup[],
): Draft | null | undefined {
  if (openGroups(groups).length > 0) return undefined
  const base = valuesOf(lead)
  const done = Object.keys(draft.changes).filter(
    (path) => path !== 'disposition' && valueAt(draft.changes, path) === valueAt(base, path),
  )
  return dropped({ ...draft, base, base_version: lead.version }, done)
}
