// The merge screen's state, joined to the server, to what is kept on this machine and to what screen readers hear.

import { useEffect, useRef, useState } from 'react'
import type { ConflictDocument } from '../../../src/client/model.ts'
import type { Decision } from '../../../src/core/conflict.ts'
import type { Values } from '../../../src/core/merge.ts'
import { NoAnswer, Refused } from '../api/client.ts'
import { collisionIn, isGone } from '../api/lead.ts'
import { pathOf } from '../lead/problems.ts'
import { groupLabel, inOrder } from '../lead/show.ts'
import { announce } from '../shell/announce.tsx'
import { sentence } from '../shell/problem.tsx'
import { merge as words } from '../text/merge.ts'
import {
  type Collision,
  keptOf,
  leftOf,
  type MergeEvent,
  type MergeState,
  resumeMerge,
  startMerge,
  step,
} from './state.ts'
import { type MergeSubject, sidesOf } from './subject.ts'

/** How long after a failed save it is tried again, milliseconds. */
const RETRY_MS = 10_000

const collisionOf = (
  { base_version, lead_version, groups }: ConflictDocument,
  { set_up }: MergeSubject,
): Collision => ({
  base_version,
  lead_version,
  groups: inOrder(groups, set_up),
})

export interface Merging {
  state: MergeState
  /** The newest change of the lead. */
  theirs: ConflictDocument['theirs']
  /** Why the last save was refused, where that is no matter of one group. */
  error: unknown
  dispatch: (event: MergeEvent) => void
  save: () => void
  /** Looks at the lead once more. */
  refresh: () => void
}

export function useMerge(subject: MergeSubject): Merging {
  const { kept, read_only } = subject
  const [state, setState] = useState(() => {
    const collision = collisionOf(subject.document, subject)
    const before = kept.get()
    return before && before.collision.base_version === collision.base_version
      ? resumeMerge(before, collision, { read_only })
      : startMerge(collision, { read_only })
  })
  const [theirs, setTheirs] = useState(subject.document.theirs)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef(state)

  const dispatch = (event: MergeEvent) => {
    const before = latest.current
    const after = step(before, event)
    if (after === before) return
    latest.current = after
    setState(after)
    if (after.decisions !== before.decisions && after.phase !== 'saved') kept.set(keptOf(after))
    const said = saidOf(event, before, after, subject)
    if (said) announce(said)
  }
  const learn = (document: ConflictDocument) => {
    setTheirs(document.theirs)
    dispatch({ type: 'moved', collision: collisionOf(document, subject) })
  }
  const refresh = () =>
    void subject.refresh().then(
      (document) => (document ? learn(document) : dispatch({ type: 'gone' })),
      // Without an answer the next try tells; what is decided stays as it is.
      (failure) => isGone(failure) && dispatch({ type: 'gone' }),
    )
  const save = async () => {
    dispatch({ type: 'save' })
    const { phase, collision, decisions } = latest.current
    if (phase !== 'saving') return
    setError(null)
    try {
      await subject.save(collision, decisionsToSend(decisions))
      kept.set(null)
      dispatch({ type: 'saved' })
    } catch (failure) {
      const moved = collisionIn(failure)
      if (moved) return learn(moved)
      if (failure instanceof NoAnswer) return dispatch({ type: 'unreachable' })
      if (isGone(failure)) return dispatch({ type: 'gone' })
      const errors = failure instanceof Refused ? errorsByGroup(failure, collision) : {}
      dispatch({ type: 'refused', errors })
      if (Object.keys(errors).length === 0) setError(failure)
    }
  }

  const retry = useRef(save)
  retry.current = save
  useEffect(() => {
    if (state.phase !== 'offline') return
    const again = () => void retry.current()
    const timer = setTimeout(again, RETRY_MS)
    window.addEventListener('online', again)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('online', again)
    }
  }, [state.phase])

  return { state, theirs, error, dispatch, save: () => void save(), refresh }
}

/** Values are sent as texts. */
const decisionsToSend = (decisions: MergeState['decisions']) =>
  Object.fromEntries(
    Object.entries(decisions).map(([group, { take, value, reason }]) => [
      group,
      { take, ...(value && { value: textsOf(value) }), ...(reason && { reason }) },
    ]),
  )

const textsOf = (value: Values) =>
  Object.fromEntries(
    Object.entries(value).map(([path, one]) => [path, one === null || one === '' ? null : String(one)]),
  )

/** '/decisions/fields.City' and '/fields/City' both belong to the group of that field. */
function errorsByGroup({ problem }: Refused, { groups }: Collision): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { field, detail } of problem.errors ?? []) {
    const name = field
      .replace(/^\/?decisions[./]/, '')
      .replaceAll('~1', '/')
      .replaceAll('~0', '~')
    const path = pathOf(field)
    const found = groups.find(
      ({ group, paths }) =>
        name === group ||
        name.startsWith(`${group}.`) ||
        name.startsWith(`${group}/`) ||
        paths.includes(path),
    )
    if (found) errors[found.group] = sentence(detail)
  }
  return errors
}

/** What a step means to somebody who does not see it. */
function saidOf(
  event: MergeEvent,
  before: MergeState,
  after: MergeState,
  subject: MergeSubject,
): string | undefined {
  const left = words.said.left(leftOf(after).length)
  if (event.type === 'moved')
    return after.fresh.size > 0 && after.collision !== before.collision
      ? words.said.fresh(after.fresh.size)
      : undefined
  if (after.explaining && after.explaining !== before.explaining) return words.said.explain
  if (after.decisions === before.decisions) return undefined
  if (event.type === 'undo') return `${words.said.undone} ${left}`
  if (event.type === 'redo') return `${words.said.redone} ${left}`
  if (event.type === 'reopen') {
    const group = after.collision.groups.find((one) => one.group === event.group)
    return group && words.said.reopened(groupLabel(group.group, group.paths, subject.set_up))
  }
  const group = 'group' in event ? event.group : (before.explaining?.group ?? null)
  const take =
    (group !== null && after.decisions[group]?.take) || before.asking || ('take' in event && event.take)
  return take ? `${chosen(take, subject)}. ${left}` : left
}

function chosen(take: Decision['take'], subject: MergeSubject): string {
  const side = sidesOf(subject)
  switch (take) {
    case 'mine':
      return side.said_mine
    case 'theirs':
      return side.said_theirs
    case 'base':
      return words.said.base
    case 'value':
      return words.said.value
    default:
      return take satisfies never
  }
}
