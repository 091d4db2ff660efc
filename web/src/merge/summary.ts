// The numbers that the merge screen shows, and the lead as it would be saved.

import { groupResult, presetOf } from '../../../src/core/conflict.ts'
import type { Scalar, Values } from '../../../src/core/merge.ts'
import { decisionOf, leftOf, type MergeState } from './state.ts'

/** Numbers of groups: by the origin of the result, and by whether they are open, merged automatically or unchanged. */
const NONE = { mine: 0, theirs: 0, base: 0, value: 0, open: 0, automatic: 0, unchanged: 0 }

export function summaryOf(state: MergeState): typeof NONE & { left: number } {
  const summary = { ...NONE, left: leftOf(state).length }
  for (const group of state.collision.groups) {
    const preset = presetOf(group)
    const is_unchanged = group.class === 'unchanged'
    summary[preset === null ? 'open' : is_unchanged ? 'unchanged' : 'automatic']++
    const take = decisionOf(state, group.group)?.take ?? preset
    if (take !== null && !is_unchanged) summary[take]++
  }
  return summary
}

/** The lead as it would be saved, by path; groups that are left have the current values. */
export function previewOf(state: MergeState): Values {
  const values: Record<string, Scalar> = Object.create(null)
  for (const group of state.collision.groups)
    Object.assign(values, groupResult(group, decisionOf(state, group.group)))
  return values
}
