// Turns a person's decisions into a patch, for merges and for held updates that are settled.

import { keepApproved } from './approved.ts'
import { readLocal } from './callback.ts'
import { spelledAsStored } from './change.ts'
import {
  type ConflictGroup,
  type Decision,
  type Decisions,
  FOLLOWING,
  needsReason,
  openGroups,
  presetOf,
  resultOf,
  type Take,
} from './conflict.ts'
import { noEntries } from './entries.ts'
import { type LeadState, valuesOf } from './lead.ts'
import { placeValue, segment } from './lead-body.ts'
import { groupOf, type Values, valueAt } from './merge.ts'
import { isBlank, isNoPhone } from './phone-text.ts'
import { type FieldProblem, ok, type Result, refuseFields } from './result.ts'
import type { Disposition, Rules } from './rules.ts'
import { isNoChange } from './text.ts'
import { readPatch } from './update.ts'
import type { Warning } from './warnings.ts'

/** A change beside the lead as it is now, group by group. */
interface OpenChange {
  lead: LeadState
  groups: readonly ConflictGroup[]
  /** The disposition that the change gives. */
  given: Disposition | null
}

/** What was decided about a group, and the values that it chose from. */
export interface DecidedGroup
  extends Pick<ConflictGroup, 'group' | 'class' | 'paths' | 'base' | 'mine' | 'theirs'> {
  /** The values that the lead got, or kept. */
  result: Values
  taken: Take
  reason: string | null
}

export interface Decided {
  /** The groups that somebody had changed or that were decided. */
  groups: DecidedGroup[]
  /** The patch onto the lead as it is now. */
  patch: Values
  /** The disposition that counts: a call record is written for it. */
  outcome: Disposition | null
  /** Values that were not kept exactly as given. */
  warnings: readonly Warning[]
}

interface Options {
  rules: Rules
  now: string
  /** Whether a priority may rise although the customer has asked for the call. */
  may_put_off: boolean
  /** Whether sides that need the role lead may be taken. */
  reader: { may_overrule: boolean }
}

/** Every open group needs a decision, and a reason where one is asked for; refuses with all that is wrong (1005). */
export function decide(change: OpenChange, decisions: Decisions, options: Options): Result<Decided> {
  const problems = problemsOf(change.groups, decisions, options)
  const read = readValues(change, decisions, options, problems)
  if (problems.length > 0) return refuseFields(problems as [FieldProblem, ...FieldProblem[]])
  const decided = resultOf(read.groups, read.decisions)
  const patch = options.may_put_off ? decided : keepApproved(change.lead, decided)
  return ok({
    groups: decidedGroups(read.groups, read.decisions, patch),
    patch,
    outcome: outcomeOf(change, decisions) ?? read.outcome,
    warnings: read.warnings,
  })
}

/** The groups that somebody had changed or that were decided, with what becomes of them. `patch`: onto theirs. */
export function decidedGroups(
  groups: readonly ConflictGroup[],
  decisions: Decisions,
  patch: Values,
): DecidedGroup[] {
  return groups.flatMap((whole) => {
    const { group, class: found, paths, base, mine, theirs } = whole
    const decision = Object.hasOwn(decisions, group) ? decisions[group] : undefined
    if (found === 'unchanged' && !decision) return []
    const taken = decision?.take ?? presetOf(whole) ?? 'theirs'
    const result = Object.fromEntries(
      paths.map((path) => [path, valueAt(Object.hasOwn(patch, path) ? patch : theirs, path)]),
    )
    return { group, class: found, paths, base, mine, theirs, result, taken, reason: decision?.reason ?? null }
  })
}

const pointerOf = (group: string) => `/decisions/${segment(group)}`

const NEEDS_LEAD = 'somebody asked not to call, or closed the lead: only a team lead may decide against that'

function problemsOf(
  groups: readonly ConflictGroup[],
  decisions: Decisions,
  { reader }: Pick<Options, 'reader'>,
): FieldProblem[] {
  const known = new Map(groups.map((group) => [group.group, group]))
  const problem = (group: string, detail: string): FieldProblem => ({
    name: 'INVALID_FIELD',
    field: pointerOf(group),
    detail,
  })
  const problems: FieldProblem[] = []
  for (const [name, decision] of Object.entries(decisions)) {
    const group = known.get(name)
    if (!group) problems.push(problem(name, 'the lead has no such group'))
    else if (decision.take === 'merged' && !group.merged)
      problems.push(problem(name, 'this group has no merged text'))
    else if (needsReason(group, decision.take) && group.needs_role && !reader.may_overrule)
      problems.push({ ...problem(name, NEEDS_LEAD), name: 'FORBIDDEN' })
    else if (needsReason(group, decision.take) && (decision.reason ?? '').trim() === '')
      problems.push({ ...problem(name, 'needs a reason'), field: `${pointerOf(name)}/reason` })
  }
  for (const { group } of openGroups(groups))
    if (!Object.hasOwn(decisions, group))
      problems.push(problem(group, 'this group clashes and needs a decision'))
  return problems
}

/** The values that people gave instead of a side, read like an update of the lead as it is now. */
function readValues(
  { lead, groups }: OpenChange,
  decisions: Decisions,
  { rules, now, may_put_off }: Options,
  problems: FieldProblem[],
): { groups: readonly ConflictGroup[]; decisions: Decisions } & Pick<Decided, 'outcome' | 'warnings'> {
  const group_of = groupOf(rules.fields)
  const given = groups.filter(({ group }) => decisions[group]?.take === 'value')
  const entries = noEntries({ keyOf: ({ name }) => pointerOf(`fields.${name}`), readCallback: readLocal })
  for (const { group } of given)
    for (const [path, value] of Object.entries(decisions[group]!.value ?? {})) {
      const pointer = `${pointerOf(group)}/value/${segment(path)}`
      const wrong = group_of(path) === group ? wrongValue(path, value, rules) : 'is no value of this group'
      if (wrong === undefined)
        placeValue(entries, path, path === 'priority' ? numberOf(value) : value, pointer, rules)
      else problems.push({ name: 'INVALID_FIELD', field: pointer, detail: wrong })
    }
  const incoming = readPatch(entries, rules, lead, { now, may_put_off })
  if (incoming.refusal) {
    problems.push(...(incoming.refusal.errors ?? []))
    return { groups, decisions, outcome: null, warnings: [] }
  }
  const wanted: Values = { ...incoming.ok.values, ...incoming.ok.ruled(lead) }
  const values = spelledAsStored(wanted, [valuesOf(lead)], rules)
  const read: Record<string, Decision> = { ...decisions }
  for (const { group } of given) {
    const paths = Object.keys(values).filter((path) => group_of(path) === group)
    const value = Object.fromEntries(paths.map((path) => [path, values[path]!]))
    read[group] = { ...decisions[group], take: 'value', value }
  }
  return {
    groups: groups.map((group) => widened(group, read)),
    decisions: read,
    outcome: incoming.ok.outcome,
    warnings: incoming.ok.warnings,
  }
}

/** A value may be given for a path that no side has yet. */
function widened(group: ConflictGroup, decisions: Decisions): ConflictGroup {
  const decision = decisions[group.group]
  const added =
    decision?.take === 'value'
      ? Object.keys(decision.value ?? {}).filter((path) => !group.paths.includes(path))
      : []
  if (added.length === 0) return group
  const nothing = Object.fromEntries(added.map((path) => [path, null]))
  const { base, mine, theirs, paths } = group
  return {
    ...group,
    paths: [...paths, ...added],
    base: { ...base, ...nothing },
    mine: { ...mine, ...nothing },
    theirs: { ...theirs, ...nothing },
  }
}

function wrongValue(path: string, value: Values[string], rules: Rules): string | undefined {
  if (FOLLOWING.has(path)) return 'follows from the disposition'
  const field = path.startsWith('fields.') ? rules.fields.named(path.slice('fields.'.length)) : undefined
  if (field?.kind === 'phone' && typeof value === 'string' && !isBlank(value) && isNoPhone(value))
    return 'says that there is no number: take one of the sides, or clear it'
  return typeof value === 'string' && isNoChange(value)
    ? '<NO CHANGE> is no value: take one of the sides'
    : undefined
}

/** Values of decisions are texts; a text that is not a number is judged as a wrong priority. */
const numberOf = (value: Values[string]) =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value

/** The disposition that the change gives, unless it is decided against; given again, it is an outcome too. */
function outcomeOf({ groups, given }: OpenChange, decisions: Decisions): Disposition | null {
  const group = groups.find((found) => found.group === 'outcome')
  const take = decisions.outcome?.take ?? (group?.class === 'agreed' ? 'mine' : group && presetOf(group))
  return take === 'mine' ? given : null
}
