// One version in the history: its author, time and source, and the old and new values.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { HistoryEvent, Lead } from '../../../src/client/api.ts'
import { WARNINGS } from '../../../src/core/warnings.ts'
import { useNow } from '../api/clock.ts'
import { isNewest, versionQuery } from '../api/lead.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { ActorChip, actorName, groupLabel, labelOf, shownValue, sorted, wayOf } from '../lead/show.tsx'
import { Changes } from '../lead/values.tsx'
import { Details } from '../shell/details.tsx'
import { Ago, AgoExactly } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { history as history_words } from '../text/history.ts'
import { Decision, namesIn } from './decision.tsx'
import { isUndone, mayUndo } from './given-up.ts'
import styles from './history.module.css'

const words = history_words

interface EntryProps {
  lead: Lead
  event: HistoryEvent
  /** All of the lead, the oldest first. */
  events: readonly HistoryEvent[]
  /** The field that the filter asks for. */
  field?: string
  onRevert: () => void
}

export function Entry({ lead, event, events, field, onRevert }: EntryProps) {
  const set_up = useLeadSetUp()
  const operator = useOperator()
  const now = new Date(useNow()).toISOString()
  const { operator_id } = operator
  const { version, at, actor, actor_name, way, request_id, warnings, merge, set_aside, reverts } = event
  const changes = event.changes ?? {}
  const paths = sorted(Object.keys(changes), set_up)
  const id = `v${version}`
  // A move to another allocation is undone where it was made.
  const can_revert = paths.length > 0 && !paths.includes('allocation_id') && !isUndone(event, lead, set_up)
  const me = { is_lead: hasRole(operator, 'lead'), actor: `operator:${operator_id}`, now }
  return (
    <li id={id} className={`${styles.entry} card`} tabIndex={-1} data-opens>
      <div className={`${styles.head} row small`}>
        <h2>
          <Link to="." hash={id} search={(before) => before} aria-label={words.permalink(version)}>
            {words.version(version)}
          </Link>
        </h2>
        <ActorChip actor={actor} actor_name={actor_name} own_id={operator_id} />
        <AgoExactly at={at} className="dimmed tiny" />
        <span className="dimmed tiny">{wayOf(way)}</span>
        <span className={`${styles.deeds} row`}>
          <Details
            about={words.details_of(version)}
            of={[
              [words.request, request_id],
              [words.source, way],
              [words.author, actor],
            ]}
          />
          {can_revert &&
            (mayUndo(event, lead, me) ? (
              <Button
                size="compact-sm"
                aria-label={words.revert_label(version)}
                onClick={({ currentTarget }) => {
                  if (!isNewest(lead)) return
                  // What is undone has no button any more: its entry has the focus.
                  currentTarget.closest<HTMLElement>('[data-opens]')?.focus({ preventScroll: true })
                  onRevert()
                }}
              >
                {words.revert}
              </Button>
            ) : (
              <span className="dimmed tiny">{words.revert_needs_lead}</span>
            ))}
        </span>
      </div>
      {reverts !== null && (
        <p className={`${styles.below} small`}>
          <strong>{words.undo_of(reverts)}</strong>
        </p>
      )}
      <Restored event={event} events={events} />
      {merge && (
        <div className={`${styles.below} small`}>
          <Decision merge={merge} lead={lead} events={events} />
        </div>
      )}
      {event.changes === null ? (
        <Created lead_id={lead.id} who={actorName(event, operator_id)} />
      ) : paths.length === 0 ? (
        <p className={`${styles.below} dimmed small`}>{words.outcome_alone}</p>
      ) : (
        <Changes
          caption={words.changes_of(version)}
          heads={[words.columns.field, words.columns.old, words.columns.now]}
          rows={paths.map((path) => [path, ...changes[path]!] as const)}
          found={field}
          hidden={['caption', 'heads']}
        />
      )}
      {warnings.length > 0 && (
        <div className={`${styles.below} dimmed small`}>
          <p>{words.warnings}</p>
          <ul>
            {warnings.map(({ code, field: name }) => (
              <li key={`${code} ${name}`}>
                {words.warning(labelOf(`fields.${name}`, set_up), WARNINGS[code])}
              </li>
            ))}
          </ul>
        </div>
      )}
      {set_aside.map((kept) => (
        <div key={kept.merge_id} className={`${styles.below} small`}>
          <Decision merge={kept} lead={lead} events={events} aside />
          <p className="dimmed tiny">
            {words.set_aside} <Ago at={kept.at} />
          </p>
        </div>
      ))}
    </li>
  )
}

/** Whose values came back, and which version had given them up. */
function Restored({ event, events }: Pick<EntryProps, 'event' | 'events'>) {
  const set_up = useLeadSetUp()
  const { operator_id } = useOperator()
  const { restores } = event
  if (!restores) return null
  const { merge_id, side } = restores
  const known = events
    .flatMap(({ version, merge, set_aside }) => [merge, ...set_aside].map((one) => ({ version, one })))
    .find(({ one }) => one?.merge_id === merge_id)
  const group = known?.one?.groups?.find((one) => one.group === restores.group)
  const said =
    known?.one && group && side !== 'base'
      ? words.restore.restored(
          namesIn(known.one, events, operator_id).of(side, group.paths),
          groupLabel(group, set_up),
          known.version,
        )
      : words.restore.restored_other
  return (
    <p className={`${styles.below} small`}>
      <strong>{said}</strong>
    </p>
  )
}

/** The first version, with its values on demand. */
function Created({ lead_id, who }: { lead_id: string; who: string }) {
  const [open, setOpen] = useState(false)
  const set_up = useLeadSetUp()
  const { data, error } = useQuery({ ...versionQuery(lead_id, 1), enabled: open })
  const values = sorted(Object.keys(data?.values ?? {}), set_up).flatMap((path) => {
    const shown = shownValue(path, data?.values[path] ?? null, set_up)
    return shown === null ? [] : [[path, shown] as const]
  })
  return (
    <div className={`${styles.below} small`}>
      <p className="row">
        <strong>{words.created(who)}</strong>
        <Button size="compact-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? words.hide_values : words.show_values}
        </Button>
      </p>
      {error && <Problem error={error} />}
      {open && values.length > 0 && (
        <dl className={styles.values}>
          {values.map(([path, shown]) => (
            <div key={path}>
              <dt className="dimmed">{labelOf(path, set_up)}</dt>
              <dd>{shown}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}
