// Two changes that met, as a person decides them: which groups need a decision, and what will be saved.

import { attributesThat } from './attributes.ts'
import type { Scalar, Values } from './merge.ts'
import type { Suggestion } from './suggestion.ts'

export const GROUP_CLASSES = [
  'unchanged',
  'only_mine',
  'only_theirs',
  'agreed',
  'merged',
  'conflict',
  'linked',
] as const
export type GroupClass = (typeof GROUP_CLASSES)[number]

export const TAKES = ['mine', 'theirs', 'base', 'value', 'merged'] as const
export type Take = (typeof TAKES)[number]

export interface ConflictGroup extends Partial<Link> {
  group: string
  class: GroupClass
  /** Every path of the group that any side has, sorted; each side has all of them, null where it has nothing. */
  paths: string[]
  base: Values
  mine: Values
  theirs: Values
  /** Of class merged: both texts in one. */
  merged?: Values
  /** Of class conflict: the side that a person probably takes. Nothing is taken without a decision. */
  suggestion?: Suggestion
}

/** Why a group is linked, as a key of the catalogue of texts. */
export const LINK_REASONS = [
  'closed_and_outcome',
  'number_blocked',
  'moved_and_outcome',
  'client_approved',
] as const
export type LinkReason = (typeof LINK_REASONS)[number]

export interface Link {
  reason: LinkReason
  /** The side that does less harm when a person is not sure. */
  recommended?: 'mine' | 'theirs'
  /** The side that only goes with a reason; everything else that is not recommended does too: ask needsReason. */
  needs_reason?: ('mine' | 'theirs')[]
  /** These sides go against a wish not to be called, or an outcome that closes: only a team lead may take them. */
  needs_role?: 'lead'
  /** The groups whose changes make it a question: their authors tell who did what. */
  because_of: string[]
}

/** Paths that follow from the disposition: they move with it, and nobody chooses them by themselves. */
export const FOLLOWING: ReadonlySet<string> = new Set(attributesThat(({ follows }) => follows))

export interface Decision {
  take: Take
  /** For `value`: texts by path, laid over what the lead has now. */
  value?: Readonly<Record<string, Scalar>>
  reason?: string
}
export type Decisions = Readonly<Record<string, Decision>>

/** The groups that a person must decide. */
export const openGroups = (groups: readonly ConflictGroup[]): ConflictGroup[] =>
  groups.filter((group) => group.class === 'conflict' || group.class === 'linked')

export const needsReason = ({ needs_reason = [] }: ConflictGroup, take: Take) =>
  take === 'mine' || take === 'theirs' ? needs_reason.includes(take) : needs_reason.length > 0

/**
 * Whether values that a decision gave up would open a lead again that the other side had closed. Who may not decide so
 * may not restore so either.
 */
export const opensAgainst = (
  { class: found }: Pick<ConflictGroup, 'class'>,
  values: Values,
  lead: { closed: boolean },
): boolean => found === 'linked' && lead.closed && values.closed === false

/** Whether a group has a decision, and a reason where the decision needs one. */
export const isDecided = (group: ConflictGroup, decisions: Decisions): boolean => {
  const decision = decisionOf(group, decisions)
  return (
    decision !== undefined && (!needsReason(group, decision.take) || (decision.reason ?? '').trim() !== '')
  )
}

const decisionOf = ({ group }: ConflictGroup, decisions: Decisions): Decision | undefined =>
  Object.hasOwn(decisions, group) ? decisions[group] : undefined

/** The side that merge() takes for a group without a decision. Null: it must be decided. */
export function presetOf(group: Pick<ConflictGroup, 'class'>): 'mine' | 'theirs' | 'merged' | null {
  switch (group.class) {
    case 'only_mine':
      return 'mine'
    case 'unchanged':
    case 'only_theirs':
    case 'agreed':
      return 'theirs'
    case 'merged':
      return 'merged'
    case 'conflict':
    case 'linked':
      return null
    default:
      return group.class satisfies never
  }
}

/**
 * The patch that will be saved onto the current lead. Every group can be decided, also one that would be merged
 * by itself; a group is taken whole. One that is open and not decided stays as it is now: ask isDecided first.
 */
export function resultOf(groups: readonly ConflictGroup[], decisions: Decisions): Values {
  const patch: Record<string, Scalar> = Object.create(null)
  for (const group of groups) {
    const result = groupResult(group, decisionOf(group, decisions))
    for (const path of group.paths)
      if (result[path] !== group.theirs[path]) patch[path] = result[path] ?? null
  }
  return patch
}

/** The values of one group under a decision; without one, those of its preset. */
export function groupResult(group: ConflictGroup, decision: Decision | undefined): Values {
  const take = decision?.take ?? presetOf(group) ?? 'theirs'
  if (take === 'merged') return group.merged ?? group.theirs
  if (take !== 'value') return group[take]
  const result: Record<string, Scalar> = Object.assign(Object.create(null), group.theirs)
  const value = decision?.value ?? {}
  for (const path of group.paths) if (Object.hasOwn(value, path)) result[path] = value[path] ?? null
  return result
}
