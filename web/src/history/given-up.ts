// What a decision gave up: changes that the lead did not get. Who made them, and whether they can come back.

import type { DecidedGroup, DecidedMerge, HistoryEvent, Lead, Take } from '../../../src/client/api.ts'
import { putsOff } from '../../../src/core/approved.ts'
import { FOLLOWING, opensAgainst, presetOf } from '../../../src/core/conflict.ts'
import { fold } from '../../../src/core/field.ts'
import { type Values, valueAt } from '../../../src/core/merge.ts'
import { isOwnSlip } from '../../../src/core/take-back.ts'
import { valuesOf } from '../lead/draft.ts'
import type { LeadSetUp } from '../lead/set-up.ts'

const SIDES = ['mine', 'theirs'] as const
export type Given = (typeof SIDES)[number]

export const isSame = (paths: readonly string[], one: Values, other: Values): boolean =>
  paths.every((path) => valueAt(one, path) === valueAt(other, path))

/** The sides of a group that a decision gave up. What was merged without a decision gave up nothing. */
export function givenUp(group: DecidedGroup): Given[] {
  const { paths, base, result, taken } = group
  if (taken === presetOf(group)) return []
  return SIDES.filter(
    (side) => side !== taken && !isSame(paths, group[side], result) && !isSame(paths, group[side], base),
  )
}

/** How a group was taken, for people. */
export type Taken = Take | 'agreed' | 'unchanged'

export function takenOf({ class: found, taken, paths, base, theirs }: DecidedGroup): Taken {
  if (taken !== 'theirs') return taken
  if (found === 'agreed') return 'agreed'
  const is_known = Object.keys(theirs).length > 0
  return is_known && isSame(paths, theirs, base) ? 'unchanged' : 'theirs'
}

/**
 * The groups that were decided. What only others had changed does not concern a held change. Older releases kept no
 * values: their groups have none.
 */
export function groupsOf({ groups, classes, decisions, conflict_id }: DecidedMerge): DecidedGroup[] {
  if (groups)
    return conflict_id === null
      ? groups
      : groups.filter(({ class: found, taken }) => found !== 'only_theirs' || taken !== 'theirs')
  return Object.keys({ ...classes, ...decisions }).map((group) => {
    const found = classes[group] ?? 'conflict'
    const { take = presetOf({ class: found }) ?? 'theirs', reason = null } = decisions[group] ?? {}
    const paths = /^(?:fields|unmapped|lead)\./.test(group) ? [group.replace(/^lead\./, '')] : []
    return { group, class: found, paths, base: {}, mine: {}, theirs: {}, result: {}, taken: take, reason }
  })
}

const isChosen = (path: string) => !FOLLOWING.has(path)

/**
 * The values that people look at: those that differ between the sides and the lead as it is now. What follows from an
 * outcome is not among them.
 */
export const shownPaths = (
  { paths, base, mine, theirs, result }: DecidedGroup,
  current: Values | undefined,
): string[] =>
  paths.filter(
    (path) =>
      isChosen(path) && [mine, theirs, result, current ?? base].some((side) => !isSame([path], side, base)),
  )

/** The values that a version changed, or that a decision about it gave up. */
export const pathsIn = ({ changes, merge, set_aside }: HistoryEvent): string[] => [
  ...Object.keys(changes ?? {}),
  ...[merge, ...set_aside]
    .flatMap((one) => one?.groups ?? [])
    .filter((group) => givenUp(group).length > 0)
    .flatMap((group) => shownPaths(group, undefined)),
]

/** Those who had changed these paths since the base, when it was decided. `events`: oldest first. */
export function settersOf(
  { base_version, lead_version }: DecidedMerge,
  paths: readonly string[],
  events: readonly HistoryEvent[],
): HistoryEvent[] {
  const since = events.filter(({ version }) => version > base_version && version <= lead_version)
  const last = new Set(
    paths.map((path) => since.findLast(({ changes }) => Object.hasOwn(changes ?? {}, path))),
  )
  const setters = since.filter((event) => last.has(event))
  return [...new Map(setters.map((event) => [event.actor, event])).values()]
}

/** The values that the lead has now. Contact hours of the template are none of its own. */
export const currentOf = (lead: Lead, { template }: LeadSetUp): Values => ({
  ...valuesOf(lead),
  ...(lead.contact_hours === template.contact_hours && { contact_hours: null }),
})

/** Why a value cannot be restored, if it cannot. */
export type Obstacle = 'same' | 'moved' | 'asked' | 'no_field' | 'needs_lead' | 'closed'

export function obstacleTo(
  group: DecidedGroup,
  side: Given,
  lead: Lead,
  set_up: LeadSetUp,
  is_lead: boolean,
): Obstacle | undefined {
  const values = group[side]
  const paths = Object.keys(values).filter(isChosen)
  const { dispositions, fields } = set_up
  if (isSame(paths, values, currentOf(lead, set_up))) return 'same'
  if ('allocation_id' in values) return 'moved'
  const given = typeof values.disposition === 'string' && dispositions.get(fold(values.disposition))
  if (given && given.kind === 'dnc') return 'asked'
  if (paths.some((path) => path.startsWith('fields.') && !fields.named(path.slice('fields.'.length))))
    return 'no_field'
  if (is_lead) return undefined
  if (opensAgainst(group, values, lead)) return 'closed'
  return putsOff(lead, values) ? 'needs_lead' : undefined
}

/** The values that a change replaced. */
const beforeOf = ({ changes }: HistoryEvent): Values =>
  Object.fromEntries(Object.entries(changes ?? {}).map(([path, [old]]) => [path, old]))

/** Whether the lead has the values again that it had before a change. */
export function isUndone(event: HistoryEvent, lead: Lead, set_up: LeadSetUp): boolean {
  const before = beforeOf(event)
  return isSame(Object.keys(before), before, currentOf(lead, set_up))
}

/** Whether somebody may undo a change: one that puts a promised call off needs the role lead, or is their own slip. */
export function mayUndo(
  event: HistoryEvent,
  lead: Lead,
  { is_lead, actor, now }: { is_lead: boolean; actor: string; now: string },
): boolean {
  return is_lead || !putsOff(lead, beforeOf(event)) || isOwnSlip(event, lead.version, actor, now)
}
