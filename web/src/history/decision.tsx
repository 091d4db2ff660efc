// A decision about changes that had met: in a sentence what was taken from whom, and beside each value that was taken the
// one that was given up, which can be restored.

import type { ReactNode } from 'react'
import type { DecidedGroup, DecidedMerge, HistoryEvent, Lead } from '../../../src/client/api.ts'
import type { Values } from '../../../src/core/merge.ts'
import { useOperator } from '../api/session.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { actorName, groupLabel, inOrder, labelOf, listed, sorted } from '../lead/show.tsx'
import { Value } from '../lead/values.tsx'
import { history as words } from '../text/history.ts'
import {
  currentOf,
  type Given,
  givenUp,
  groupsOf,
  isSame,
  settersOf,
  shownPaths,
  takenOf,
} from './given-up.ts'
import styles from './history.module.css'
import { Restore } from './restore.tsx'

interface DecisionProps {
  merge: DecidedMerge
  /** Undefined: it is gone, and nothing can be restored. */
  lead: Lead | undefined
  /** The changes of the lead since the base of the decision at least, the oldest first. */
  events: readonly HistoryEvent[]
  /** Shows every group with its old values, not only those that gave something up. */
  whole?: boolean
  /** It left the lead as it was. */
  aside?: boolean
  dismissed?: boolean
}

export function Decision({
  merge,
  lead,
  events,
  whole = false,
  aside = false,
  dismissed = false,
}: DecisionProps) {
  const set_up = useLeadSetUp()
  const { operator_id } = useOperator()
  const names = namesIn(merge, events, operator_id)
  const said = words.decisions[names.kind]
  const groups = merge.groups ? inOrder(groupsOf(merge), set_up) : groupsOf(merge)
  const parts = Map.groupBy(groups, (group) => `${takenOf(group)} ${names.ofTaken(group)}`)
  const shown = merge.groups ? groups.filter((group) => whole || givenUp(group).length > 0) : []
  return (
    <>
      <p>
        {words.decided(
          said.sentence(names.who, aside, names.sender, names.others, dismissed),
          listed(
            [...parts.values()].map((some) =>
              said.taken[takenOf(some[0]!)](
                listed(some.map((group) => groupLabel(group, set_up))),
                names.ofTaken(some[0]!),
              ),
            ),
          ),
        )}
      </p>
      {[...Map.groupBy(groups, ({ reason }) => reason)].map(
        ([reason, some]) =>
          reason && (
            <p key={reason} className="dimmed">
              {words.reason(listed(some.map((group) => groupLabel(group, set_up))), reason)}
            </p>
          ),
      )}
      {shown.length > 0 && (
        <ul className={`${styles.decided} list`} aria-label={words.given_up.list}>
          {shown.map((group) => (
            <Group key={group.group} {...{ merge, lead, names, group, whole }} />
          ))}
        </ul>
      )}
    </>
  )
}

type Names = ReturnType<typeof namesIn>

/** Who is who in a decision, as the sentences name them. */
export function namesIn(merge: DecidedMerge, events: readonly HistoryEvent[], own_id: number) {
  const whose = (of: readonly Parameters<typeof actorName>[0][], alone: boolean) =>
    listed(of.map((one) => words.whose(actorName(one, own_id), alone)))
  const sender = [{ actor: merge.sender, actor_name: merge.sender_name }]
  /** "your", "CRM’s"; `alone`: "yours", "CRM’s". */
  const of = (side: Given, paths: readonly string[], alone = false) =>
    whose(side === 'mine' ? sender : settersOf(merge, paths, events), alone) || words.whose_lead
  return {
    kind: merge.conflict_id === null ? ('own' as const) : ('held' as const),
    who: actorName(merge, own_id),
    sender: whose(sender, false),
    others: whose(
      settersOf(
        merge,
        (merge.groups ?? []).flatMap(({ paths }) => paths),
        events,
      ),
      true,
    ),
    of,
    ofTaken: ({ taken, paths }: DecidedGroup, alone = false) =>
      taken === 'mine' || taken === 'theirs' ? of(taken, paths, alone) : '',
  }
}

interface GroupProps extends Required<Pick<DecisionProps, 'merge' | 'lead' | 'whole'>> {
  names: Names
  group: DecidedGroup
}

function Group({ merge, lead, names, group, whole }: GroupProps) {
  const set_up = useLeadSetUp()
  const { given_up, decisions } = words
  const { base, result, paths } = group
  const given = givenUp(group)
  const label = groupLabel(group, set_up)
  const current = lead && currentOf(lead, set_up)
  const shown = sorted(shownPaths(group, current), set_up)
  const is_moved =
    current && ![result, ...given.map((side) => group[side])].some((one) => isSame(shown, current, one))
  const values = (of: Values, beside: Values) => (
    <SideValues paths={shown} values={of} beside={beside} alone={paths.length === 1} />
  )
  return (
    <li className={styles.group}>
      <strong>{label}</strong>
      <dl className={styles.sides}>
        <Side head={decisions[names.kind].head[takenOf(group)](names.ofTaken(group, true))}>
          {values(result, result)}
        </Side>
        {given.map((side) => (
          <Side key={side} head={given_up.was(names.of(side, paths, true))} given_up>
            {values(group[side], result)}
            {lead && merge.merge_id !== null && (
              <Restore
                lead={lead}
                label={label}
                whose={names.of(side, paths)}
                whose_alone={names.of(side, paths, true)}
                merge_id={merge.merge_id}
                group={group}
                side={side}
                paths={shown}
              />
            )}
          </Side>
        ))}
        {whole && <Side head={given_up.before}>{values(base, base)}</Side>}
        {is_moved && <Side head={given_up.now}>{values(current, result)}</Side>}
      </dl>
    </li>
  )
}

interface SideProps {
  head: string
  /** It can have the focus, so that a key restores it. */
  given_up?: boolean
  children: ReactNode
}

const Side = ({ head, given_up, children }: SideProps) => (
  <div {...(given_up && { 'data-given-up': true, tabIndex: -1 })}>
    <dt className="dimmed">{head}</dt>
    <dd className="row">{children}</dd>
  </div>
)

interface SideValuesProps {
  paths: readonly string[]
  values: Values
  /** What differs from these is marked. */
  beside: Values
  /** The group is a field by itself, which the label names. */
  alone: boolean
}

const SideValues = ({ paths, values, beside, alone }: SideValuesProps) => {
  const set_up = useLeadSetUp()
  return paths.map((path) => (
    <span key={path}>
      {!alone && <span className="dimmed">{labelOf(path, set_up)} </span>}
      <Value path={path} value={values[path] ?? null} base={beside[path] ?? null} />
    </span>
  ))
}
