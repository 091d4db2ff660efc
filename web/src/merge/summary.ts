// What the screen says in numbers.

import { groupResult, presetOf, type Take } from '../../../src/core/conflict.ts'
import { decisionOf, leftOf, type MergeState } from './state.ts'

export interface Summary {
  /** Groups by where their result comes from. */
  mine: number
  theirs: number
  base: number
  value: number
  left: number
  /** To decide at first, merged without a question, the same on all sides. */
  open: number
  automatic: number
  unchanged: number
}

export function summaryOf(state: MergeState): Summary {
  const summary: Summary = {
    mine: 0,
    theirs: 0,
    base: 0,
    value: 0,
    left: leftOf(state).length,
    open: 0,
    automatic: 0,
    unchanged: 0,
  }
  for (const group of state.collision.groups) {
    const preset = presetOf(group)
    if (preset === null) summary.open++
    else if (group.class === 'unchanged') summary.unchanged++
    else summary.automatic++
    const take: Take | null = decisionOf(state, group.group)?.take ?? preset
    if (take !== null && group.class !== 'unchanged') summary[take]++
  }
  return summary
}

/** The lead as it would be saved, by path; groups that are left show what the lead has now. */
export function previewOf(state: MergeState): Record<string, string | number | boolean | null> {
  const values: Record<string, string | number | boolean | null> = Object.create(null)
  for (const group of state.collision.groups)
    Object.assign(values, groupResult(group, decisionOf(state, group.group)))
  return values
}
