// Settles a collision, as a pure state machine: it knows the decisions, what is left, and what a key does. The screen
// draws it and talks to the server. Nothing here forgets a value of either side: an open group stays open until a
// decision names it.

import {
  type ConflictGroup,
  type Decision,
  type Decisions,
  FOLLOWING,
  groupResult,
  isDecided,
  needsReason,
  openGroups,
  presetOf,
  type Take,
} from '../../../src/core/conflict.ts'
import type { Values } from '../../../src/core/merge.ts'

/** The sides that met, of one version of the lead. */
export interface Collision {
  base_version: number
  lead_version: number
  /** In the order in which they are shown. */
  groups: readonly ConflictGroup[]
}

export interface MergeState {
  collision: Collision
  /** `offline`: a save had no answer; `gone`: the lead is forgotten. */
  phase: 'deciding' | 'saving' | 'saved' | 'offline' | 'gone'
  decisions: Decisions
  /** The group that has the focus; null: the save button. */
  focus: string | null
  /** The group whose result is typed by hand. */
  editing: string | null
  /** A decision that waits for its reason. */
  explaining: { group: string; decision: Decision } | null
  /** A choice for all that waits to be confirmed. */
  asking: 'mine' | 'theirs' | null
  /** Groups that were opened, or opened again, by a change that arrived meanwhile. */
  fresh: ReadonlySet<string>
  /** The lead changed once more while this was open. */
  moved_again: boolean
  /** The problems that the server found, by group. */
  errors: Readonly<Record<string, string>>
  past: readonly Decisions[]
  future: readonly Decisions[]
}

export type MergeEvent =
  | { type: 'decide'; group: string; take: Take; value?: Values }
  | { type: 'explain'; reason: string }
  | { type: 'decide_all'; take: 'mine' | 'theirs' }
  | { type: 'edit'; group: string }
  /** `cancel` leaves a reason, a question or an edit; never the screen. */
  /** `open` goes to the first group that is left. */
  | { type: 'confirm' | 'undo' | 'redo' | 'save' | 'next' | 'previous' | 'open' | 'cancel' }
  | { type: 'saved' | 'unreachable' | 'gone' }
  | { type: 'focus'; group: string | null }
  | { type: 'moved'; collision: Collision }
  | { type: 'refused'; errors: Record<string, string> }

/** Events that change decisions: ignored while a save is under way. */
const DECIDES = /^(?:decide|decide_all|explain|confirm|edit|undo|redo|save)$/

/** No edit, reason or question is open. */
const IDLE = { editing: null, explaining: null, asking: null }

/** A choice for more groups than this must be confirmed. */
const ASKS_ABOVE = 3

export function startMerge(collision: Collision): MergeState {
  const state: MergeState = {
    collision,
    phase: 'deciding',
    decisions: {},
    focus: null,
    ...IDLE,
    fresh: new Set(),
    moved_again: false,
    errors: {},
    past: [],
    future: [],
  }
  return { ...state, focus: nextOpen(state, null) }
}

/** The groups that still need a decision, in order. */
export const leftOf = ({ collision, decisions }: Pick<MergeState, 'collision' | 'decisions'>) =>
  openGroups(collision.groups).filter((group) => !isDecided(group, decisions))

export const groupOf = (state: MergeState, name: string) =>
  state.collision.groups.find(({ group }) => group === name)

export const decisionOf = ({ decisions }: Pick<MergeState, 'decisions'>, group: string) =>
  Object.hasOwn(decisions, group) ? decisions[group] : undefined

/** How many results come from each side. */
export function originsOf(state: MergeState): Record<Take, number> {
  const origins = { mine: 0, theirs: 0, base: 0, value: 0, merged: 0 }
  for (const group of state.collision.groups) {
    const take = decisionOf(state, group.group)?.take ?? presetOf(group)
    if (take !== null && group.class !== 'unchanged') origins[take]++
  }
  return origins
}

/** Decisions can be changed. */
export const isOpen = ({ phase }: MergeState) => phase === 'deciding' || phase === 'offline'

export const canSave = (state: MergeState) => isOpen(state) && leftOf(state).length === 0

export function step(state: MergeState, event: MergeEvent): MergeState {
  if (DECIDES.test(event.type) && !isOpen(state)) return state
  switch (event.type) {
    case 'decide': {
      const { group, take, value } = event
      return decide(state, group, { take, ...(value && { value }) })
    }
    case 'explain':
      return state.explaining
        ? decide(state, state.explaining.group, { ...state.explaining.decision, reason: event.reason })
        : state
    case 'decide_all':
      return takeable(state, event.take).length > ASKS_ABOVE
        ? { ...state, ...IDLE, asking: event.take }
        : decideAll(state, event.take)
    case 'confirm':
      return state.asking ? decideAll(state, state.asking) : state
    case 'edit':
      return groupOf(state, event.group)
        ? { ...state, ...IDLE, editing: event.group, focus: event.group }
        : state
    case 'undo':
      return travel(state, 'past', 'future')
    case 'redo':
      return travel(state, 'future', 'past')
    case 'save':
      return canSave(state) ? { ...state, phase: 'saving', errors: {} } : state
    case 'cancel':
      return { ...state, ...IDLE }
    case 'focus':
      return { ...state, focus: event.group }
    case 'next':
      return { ...state, focus: nextOpen(state, state.focus) }
    case 'previous':
      return { ...state, focus: nextOpen(state, state.focus, -1) }
    case 'open':
      return { ...state, focus: nextOpen(state, null) }
    case 'saved':
    case 'gone':
      return { ...state, phase: event.type }
    case 'unreachable':
      return { ...state, phase: 'offline' }
    case 'refused':
      return refused(state, event.errors)
    case 'moved':
      return moved(state, event.collision)
    default:
      return event satisfies never
  }
}

function decide(state: MergeState, name: string, given: Decision): MergeState {
  const group = groupOf(state, name)
  if (!group) return state
  const decision = named(group, given)
  if (needsReason(group, decision.take) && (decision.reason ?? '').trim() === '')
    return { ...state, ...IDLE, explaining: { group: name, decision }, focus: name }
  const decided = withDecisions(state, { ...state.decisions, [name]: decision })
  // A group that was merged by itself is looked at out of turn: it keeps the focus.
  return { ...decided, focus: presetOf(group) === null ? nextOpen(decided, name) : name }
}

/** A typed result that equals a side is a choice of that side; else only what differs from theirs is a value. */
function named(group: ConflictGroup, decision: Decision): Decision {
  if (decision.take !== 'value') return decision
  const result = groupResult(group, decision)
  const paths = group.paths.filter((path) => !FOLLOWING.has(path))
  for (const take of ['mine', 'theirs', 'base'] as const)
    if (paths.every((path) => result[path] === group[take][path])) {
      const { value: _, ...rest } = decision
      return { ...rest, take }
    }
  const { merged } = group
  if (merged && paths.every((path) => result[path] === merged[path])) return { take: 'merged' }
  const typed = paths.filter((path) => result[path] !== group.theirs[path])
  return { ...decision, value: Object.fromEntries(typed.map((path) => [path, result[path] ?? null])) }
}

/** The groups that are left and can be taken without a reason. */
const takeable = (state: MergeState, take: 'mine' | 'theirs') =>
  leftOf(state).filter((group) => !needsReason(group, take))

function decideAll(state: MergeState, take: 'mine' | 'theirs'): MergeState {
  const decisions: Record<string, Decision> = { ...state.decisions }
  for (const { group } of takeable(state, take)) decisions[group] = { take }
  const decided = withDecisions(state, decisions)
  return { ...decided, focus: nextOpen(decided, null) }
}

/** Changes decisions in one step that can be undone. */
function withDecisions(state: MergeState, decisions: Decisions): MergeState {
  const idle = { ...state, ...IDLE }
  const changed = changedIn(state.decisions, decisions)
  if (changed.length === 0) return idle
  const errors = Object.fromEntries(
    Object.entries(state.errors).filter(([group]) => !changed.includes(group)),
  )
  return { ...idle, decisions, errors, past: [...state.past, state.decisions], future: [] }
}

function travel(state: MergeState, from: 'past' | 'future', to: 'past' | 'future'): MergeState {
  const decisions = state[from].at(-1)
  if (!decisions) return state
  const changed = changedIn(state.decisions, decisions)
  return {
    ...state,
    ...IDLE,
    decisions,
    [from]: state[from].slice(0, -1),
    [to]: [...state[to], state.decisions],
    focus: state.collision.groups.find(({ group }) => changed.includes(group))?.group ?? state.focus,
  }
}

const changedIn = (before: Decisions, after: Decisions) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (group) => JSON.stringify(before[group]) !== JSON.stringify(after[group]),
  )

/** The next open group in a direction, all the way round; null: nothing is left. */
function nextOpen(
  state: Pick<MergeState, 'collision' | 'decisions'>,
  from: string | null,
  direction: 1 | -1 = 1,
) {
  const names = state.collision.groups.map(({ group }) => group)
  const left = new Set(leftOf(state).map(({ group }) => group))
  const start = from === null ? (direction === 1 ? -1 : names.length) : names.indexOf(from)
  for (let i = 1; i <= names.length; i++) {
    const name = names[(start + direction * i + names.length * 2) % names.length]!
    if (left.has(name)) return name
  }
  return null
}

function refused(state: MergeState, errors: Record<string, string>): MergeState {
  const first = state.collision.groups.find(({ group }) => Object.hasOwn(errors, group))
  return { ...state, phase: 'deciding', errors, focus: first?.group ?? state.focus }
}

/**
 * The lead has changed once more. A decision stays where the lead still has the value that it was made about; the other
 * groups are decided again. The same holds for the steps of undo and redo.
 */
function moved(state: MergeState, collision: Collision): MergeState {
  const stays = (group: string) => standsStill(state.collision, collision, group)
  const still = (decisions: Decisions): Decisions =>
    Object.fromEntries(Object.entries(decisions).filter(([group]) => stays(group)))
  const decisions = still(state.decisions)
  const was_open = new Set(openGroups(state.collision.groups).map(({ group }) => group))
  const left = leftOf({ collision, decisions }).map(({ group }) => group)
  const next: MergeState = {
    ...state,
    collision,
    // The phase `gone` stays.
    phase: state.phase === 'saving' || state.phase === 'offline' ? 'deciding' : state.phase,
    decisions,
    fresh: new Set(left.filter((group) => state.fresh.has(group) || !was_open.has(group) || !stays(group))),
    moved_again: state.moved_again || collision.lead_version !== state.collision.lead_version,
    editing: state.editing !== null && stays(state.editing) ? state.editing : null,
    explaining: state.explaining && stays(state.explaining.group) ? state.explaining : null,
    asking: null,
    errors: {},
    past: distinct(state.past.map(still), decisions),
    future: distinct(state.future.map(still), decisions),
  }
  const kept = next.focus !== null && left.includes(next.focus)
  return { ...next, focus: kept || next.editing !== null ? next.focus : nextOpen(next, null) }
}

function standsStill(before: Collision, after: Collision, name: string): boolean {
  const [one, other] = [before, after].map(({ groups }) => groups.find(({ group }) => group === name))
  if (!one || !other) return false
  return (
    one.reason === other.reason &&
    one.recommended === other.recommended &&
    [...new Set([...one.paths, ...other.paths])].every(
      (path) => (one.theirs[path] ?? null) === (other.theirs[path] ?? null),
    )
  )
}

/** Removes steps that now equal the next one, or the current decisions. The last step is the nearest. */
function distinct(steps: readonly Decisions[], now: Decisions): Decisions[] {
  const kept: Decisions[] = []
  for (const decisions of steps.toReversed())
    if (changedIn(decisions, kept.at(-1) ?? now).length > 0) kept.push(decisions)
  return kept.toReversed()
}

/** The part that survives a reload: the decisions, their undo and redo, and the sides that they were made about. */
export interface KeptMerge extends Pick<MergeState, 'collision' | 'decisions'> {
  past?: readonly Decisions[]
  future?: readonly Decisions[]
}

/** More steps back than this are not kept. */
const KEPT_STEPS_MAX = 50

export const keptOf = ({ collision, decisions, past, future }: MergeState): KeptMerge => ({
  collision,
  decisions,
  past: past.slice(-KEPT_STEPS_MAX),
  future: future.slice(-KEPT_STEPS_MAX),
})

/** Applies kept decisions to the lead as it is now. */
export function resumeMerge(
  { collision: before, decisions, past = [], future = [] }: KeptMerge,
  collision: Collision,
): MergeState {
  const resumed = moved({ ...startMerge(before), decisions, past, future }, collision)
  return { ...resumed, focus: nextOpen(resumed, null) }
}
