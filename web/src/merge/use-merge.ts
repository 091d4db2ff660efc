// Connects the state of the merge screen to the server, to this machine's storage and to screen readers.

import { useWindowEvent } from '@mantine/hooks'
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useRef, useState } from 'react'
import type { ConflictDocument } from '../../../src/client/api.ts'
import { type ConflictGroup, needsReason, openGroups, type Take } from '../../../src/core/conflict.ts'
import type { Values } from '../../../src/core/merge.ts'
import { NoAnswer, Refused } from '../api/client.ts'
import { collisionIn, isGone } from '../api/lead.ts'
import { useOperator } from '../api/session.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { inOrder } from '../lead/show.tsx'
import { announce } from '../shell/parts.tsx'
import type { Store } from '../store.ts'
import { merge as words } from '../text/merge.ts'
import { errorsOf } from './later.ts'
import { type SideNames, sideNames } from './names.ts'
import {
  type Collision,
  groupOf,
  isOpen,
  type KeptMerge,
  keptOf,
  leftOf,
  type MergeEvent,
  type MergeState,
  resumeMerge,
  startMerge,
  step,
} from './state.ts'

/** An operator's own edit or a held update. The screen is the same; only its words differ. */
interface MergeSubject {
  kind: 'mine' | 'held'
  document: ConflictDocument
  /** The version that the lead has by now. */
  lead_version: number
  /** The zone of the lead's contact hours. */
  zone: string
  /** Decisions that outlive a reload. */
  kept: Store<KeptMerge | null>
  /** The operators who have the lead open. */
  present?: readonly { operator_id: number; name: string }[]
  /** Asks a team lead, for choices that this operator may not make. */
  ask?: ReactNode
  /** @throws Refused, NoAnswer */
  save: (collision: Collision, decisions: Decisions) => Promise<void>
  /** The sides as they are now; null: there is nothing to decide any more. @throws Refused, NoAnswer */
  refresh: () => Promise<ConflictDocument | null>
}

type Decisions = ReturnType<typeof decisionsToSend>

/** The pause before a failed save is tried again, milliseconds. */
const RETRY_MS = 10_000

export interface Merging {
  subject: MergeSubject
  /** As the server knows it by now. */
  document: ConflictDocument
  names: SideNames
  state: MergeState
  /** No decision can be changed now. */
  frozen: boolean
  /** The refusal of the last save, if it does not concern single groups. */
  error: unknown
  /** Whether the operator may take a side: not everybody may go on calling somebody who asked not to be called. */
  mayTake: (group: ConflictGroup, take: Take) => boolean
  dispatch: (event: MergeEvent) => void
  save: () => void
}

export const MergingContext = createContext<Merging | null>(null)

export function useMerging(): Merging {
  const merging = useContext(MergingContext)
  if (!merging) throw new Error('a part of a merge is drawn outside of its screen')
  return merging
}

export function useMerge(subject: MergeSubject): Merging {
  const { kept, lead_version } = subject
  const set_up = useLeadSetUp()
  const { operator_id } = useOperator()
  const collisionOf = ({ base_version, lead_version, groups }: ConflictDocument): Collision => ({
    base_version,
    lead_version,
    groups: inOrder(groups, set_up),
  })
  const [state, setState] = useState(() => {
    const collision = collisionOf(subject.document)
    const before = kept.get()
    return before && before.collision.base_version === collision.base_version
      ? resumeMerge(before, collision)
      : startMerge(collision)
  })
  const [document, setDocument] = useState(subject.document)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef(state)
  const open = openGroups(state.collision.groups).map(({ group }) => group)
  const names = sideNames(subject.kind, document, open, operator_id)

  const mayTake = (group: ConflictGroup, take: Take) =>
    document.may_overrule || !group.needs_role || !needsReason(group, take)
  const isAllowed = (event: MergeEvent) => {
    if (event.type !== 'decide' && event.type !== 'edit') return true
    const group = groupOf(latest.current, event.group)
    return group === undefined || mayTake(group, event.type === 'edit' ? 'value' : event.take)
  }

  const dispatch = (event: MergeEvent) => {
    if (!isAllowed(event)) return announce(words.said.not_allowed)
    const before = latest.current
    const after = step(before, event)
    if (after === before) return
    latest.current = after
    setState(after)
    if (after.decisions !== before.decisions && after.phase !== 'saved') kept.set(keptOf(after))
    const said = saidOf(event, before, after, names)
    if (said) announce(said)
  }
  const learn = (document: ConflictDocument) => {
    setDocument(document)
    dispatch({ type: 'moved', collision: collisionOf(document) })
  }
  const refresh = () =>
    void subject.refresh().then(
      (document) => (document ? learn(document) : dispatch({ type: 'gone' })),
      // Without an answer the decisions stay; the next try will tell.
      (failure) => isGone(failure) && dispatch({ type: 'gone' }),
    )
  const save = async () => {
    // Keys can come again before the screen shows that it is saving.
    if (isSaving(latest.current)) return
    const left = leftOf(latest.current).length
    if (isOpen(latest.current) && left > 0) {
      announce(words.said.save_later(left))
      return dispatch({ type: 'open' })
    }
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
      const errors = failure instanceof Refused ? await errorsOf(failure, collision) : {}
      dispatch({ type: 'refused', errors })
      if (Object.keys(errors).length === 0) setError(failure)
    }
  }

  const offline = state.phase === 'offline'
  const again = () => void (offline && save())
  const onTime = useEffectEvent(again)
  useEffect(() => {
    if (!offline) return
    const timer = setTimeout(() => onTime(), RETRY_MS)
    return () => clearTimeout(timer)
  }, [offline])
  useWindowEvent('online', again)
  // A third change: the lead is newer than the sides on the screen.
  const shown_version = state.collision.lead_version
  const ask = useEffectEvent(refresh)
  useEffect(() => {
    if (lead_version > shown_version) ask()
  }, [lead_version, shown_version])

  return {
    subject,
    document,
    names,
    state,
    frozen: !isOpen(state),
    error,
    mayTake,
    dispatch,
    save: () => void save(),
  }
}

const isSaving = ({ phase }: MergeState) => phase === 'saving'

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

/** Words for screen readers about a step. */
function saidOf(
  event: MergeEvent,
  before: MergeState,
  after: MergeState,
  names: SideNames,
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
  const group = 'group' in event ? event.group : (before.explaining?.group ?? null)
  const take = group === null ? undefined : after.decisions[group]?.take
  if (group !== null && (take === 'mine' || take === 'theirs'))
    return `${words.said.took(names.use(group, take))} ${left}`
  const all = event.type === 'decide_all' ? event.take : before.asking
  if (all) return `${words.said.took(names.all[all])} ${left}`
  return take === undefined || take === 'mine' || take === 'theirs' ? left : `${words.said[take]} ${left}`
}
