import { Link } from '@tanstack/react-router'
import type { Ref } from 'react'
import type { Conflict } from '../../../../src/client/model.ts'
import { useNow } from '../../api/clock.ts'
import { ActorChip } from '../../lead/actor-chip.tsx'
import { campaignOf, type LeadSetUp } from '../../lead/set-up.ts'
import { actorOf, groupLabel, labelOf, listed, shownValue } from '../../lead/show.ts'
import { Tag } from '../../lead/tag.tsx'
import { ago, exactly } from '../../text/times.ts'
import { text } from '../../text.ts'
import styles from './conflicts.module.css'

const words = text.conflicts

interface TableProps {
  ref: Ref<HTMLTableSectionElement>
  items: readonly Conflict[]
  state: Conflict['state']
  set_up_of: (campaign_id: number) => LeadSetUp | undefined
}

export function ConflictTable({ ref, items, state, set_up_of }: TableProps) {
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption className="visually-hidden">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.columns.lead}</th>
            <th scope="col">{words.columns.from}</th>
            <th scope="col">{words.columns.wants}</th>
            <th scope="col">{words.columns.age}</th>
            <th scope="col">{words.columns.state}</th>
          </tr>
        </thead>
        <tbody ref={ref}>
          {items.map((conflict) => (
            <Row
              key={conflict.conflict_id}
              conflict={conflict}
              state={state}
              set_up={set_up_of(campaignOf(conflict.lead_id))}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({
  conflict,
  state,
  set_up,
}: {
  conflict: Conflict
  state: Conflict['state']
  set_up?: LeadSetUp
}) {
  const now = useNow()
  const { conflict_id, lead_id, caller, caller_name, groups, clashes, mine, created_at } = conflict
  const shown = state === 'open' ? (clashes.length > 0 ? clashes : groups) : groups
  return (
    <tr>
      <th scope="row">
        <Link to="/conflicts/$id" params={{ id: String(conflict_id) }} data-opens>
          {lead_id}
        </Link>
      </th>
      <td>
        <ActorChip actor={actorOf({ actor: caller, actor_name: caller_name })} />
      </td>
      <td className={styles.wants}>
        {set_up &&
          Object.keys(mine)
            .filter((path) => path !== 'closed' && path !== 'client_approved')
            .map((path) => (
              <span key={path}>
                <span className="dimmed">{labelOf(path, set_up)}</span>{' '}
                {shownValue(path, mine[path] ?? null, set_up) ?? text.lead.empty}
              </span>
            ))}
      </td>
      <td>
        <time dateTime={created_at} title={exactly(created_at)}>
          {ago(created_at, now)}
        </time>
      </td>
      <td>
        {state === 'open' ? (
          clashes.length > 0 ? (
            <Tag tone="warn" title={set_up && listed(shown.map((group) => nameOf(group, conflict, set_up)))}>
              {words.clashes(clashes.length)}
            </Tag>
          ) : (
            <Tag tone="good">{words.no_clash}</Tag>
          )
        ) : (
          <span title={words.states_detail[state]}>
            {words.states[state]}
            {conflict.resolved_by && conflict.resolved_at && (
              <span className={styles.by}>
                {words.settled_by(
                  actorOf({ actor: conflict.resolved_by, actor_name: conflict.resolved_by_name }).name,
                  ago(conflict.resolved_at, now),
                )}
              </span>
            )}
          </span>
        )}
      </td>
    </tr>
  )
}

const nameOf = (group: string, { mine }: Conflict, set_up: LeadSetUp) =>
  groupLabel(group, Object.hasOwn(mine, group) ? [group] : [], set_up)
