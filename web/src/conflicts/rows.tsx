// Rows of the inbox: one conflict a line.

import { Link } from '@tanstack/react-router'
import type { Conflict } from '../../../src/client/api.ts'
import { FOLLOWING } from '../../../src/core/conflict.ts'
import { valueAt } from '../../../src/core/merge.ts'
import { useNow } from '../api/clock.ts'
import { useOperator } from '../api/session.ts'
import { type LeadSetUp, useSetUpOf } from '../lead/set-up.ts'
import { ActorChip, groupLabel, labelOf, listed, settledBy, shownValue, sorted } from '../lead/show.tsx'
import type { ConflictSearch } from '../search.ts'
import { Tag } from '../shell/parts.tsx'
import { conflicts as words } from '../text/conflicts.ts'
import { age, exactly } from '../text/times.ts'
import styles from './conflicts.module.css'

interface RowProps {
  conflict: Conflict
  /** What the list shows: the way from one conflict to the next keeps it. */
  search: ConflictSearch
}

export function Row({ conflict, search }: RowProps) {
  const { conflict_id, lead_id, lead_name, caller, caller_name, created_at } = conflict
  const set_up = useSetUpOf(lead_id).data
  const now = useNow()
  return (
    <tr>
      <th scope="row" className={styles.lead}>
        <Link to="/conflicts/$id" params={{ id: String(conflict_id) }} search={search} data-opens dir="auto">
          {lead_name ?? lead_id}
        </Link>
        {lead_name && <span className="figures dimmed tiny">{lead_id}</span>}
      </th>
      <td className={styles.from}>
        <ActorChip actor={caller} actor_name={caller_name} bare />
      </td>
      <td className={styles.wants}>{set_up && <Wanted conflict={conflict} set_up={set_up} />}</td>
      <td className={styles.with}>
        <With conflict={conflict} />
      </td>
      <td className={styles.age}>
        <time dateTime={created_at} title={exactly(created_at)}>
          {age(created_at, now)}
        </time>
      </td>
      <td className={styles.state}>
        <State conflict={conflict} set_up={set_up} />
      </td>
    </tr>
  )
}

/** The fields that it changes: old → wanted, and what the lead has now if that is something else. What clashes comes first. */
export function Wanted({ conflict, set_up }: { conflict: Conflict; set_up: LeadSetUp }) {
  const { base, mine, theirs } = conflict
  const changed = Object.keys(mine).filter(
    (path) => !FOLLOWING.has(path) && valueAt(mine, path) !== valueAt(base, path),
  )
  const clashes = (path: string) => theirs !== null && valueAt(theirs, path) !== valueAt(base, path)
  const shown = (path: string, values: Conflict['mine']) =>
    shownValue(path, valueAt(values, path), set_up) ?? words.nothing
  const paths = sorted(changed, set_up).sort((one, other) => Number(clashes(other)) - Number(clashes(one)))
  const said = paths.map((path) => {
    const now = theirs !== null && clashes(path) && valueAt(theirs, path) !== valueAt(mine, path)
    return {
      path,
      label: labelOf(path, set_up),
      old: shown(path, base),
      wanted: shown(path, mine),
      now: now ? words.now(shown(path, theirs)) : undefined,
    }
  })
  const title = said.map(
    ({ label, old, wanted, now }) => `${label} ${old} → ${wanted}${now ? `, ${now}` : ''}`,
  )
  return (
    <span title={title.join('\n')}>
      {said.map(({ path, label, old, wanted, now }) => (
        <span key={path} className={styles.change}>
          <span className="dimmed">{label}</span> <bdi>{old}</bdi> {words.arrow}{' '}
          <strong dir="auto">{wanted}</strong>
          {now && <span className={styles.now}> {now}</span>}
        </span>
      ))}
    </span>
  )
}

/** Who takes care of it, and who looks at its lead now. */
function With({ conflict: { assigned_to, assigned_to_name, present, state } }: { conflict: Conflict }) {
  const { operator_id } = useOperator()
  if (state !== 'open') return null
  const others = present.filter((one) => one.operator_id !== operator_id).map(({ name }) => name)
  return (
    <>
      {assigned_to !== null && (
        <span>{assigned_to === operator_id ? words.filters.me : assigned_to_name}</span>
      )}
      {others.length > 0 && <span className={styles.present}>{words.looks(listed(others))}</span>}
    </>
  )
}

export const stateName = ({ state, resolution }: Pick<Conflict, 'state' | 'resolution'>) =>
  resolution?.taken_back === true ? words.taken_back : words.states[state]

function State({ conflict, set_up }: { conflict: Conflict; set_up: LeadSetUp | undefined }) {
  const { state, clashes, mine } = conflict
  const settled = settledBy(conflict, useNow())
  if (state !== 'open')
    return (
      <span title={[words.states_detail[state], settled].filter(Boolean).join(' ')}>
        {stateName(conflict)}
        {settled && <span className="dimmed tiny"> {settled}</span>}
      </span>
    )
  if (clashes.length === 0) return <Tag tone="good">{words.no_clash}</Tag>
  const nameOf = (group: string) =>
    set_up ? groupLabel({ group, paths: Object.hasOwn(mine, group) ? [group] : [] }, set_up) : group
  return (
    <Tag tone="warn" title={listed(clashes.map(nameOf))}>
      {words.clashes(clashes.length)}
    </Tag>
  )
}
