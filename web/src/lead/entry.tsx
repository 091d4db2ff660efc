// One version in the history: who, when, which way, and what changed from what to what.

import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { HistoryEvent } from '../../../src/client/model.ts'
import { WARNINGS } from '../../../src/core/warnings.ts'
import { useNow } from '../api/clock.ts'
import { useOperator } from '../api/session.ts'
import { Value } from '../merge/values.tsx'
import { ago, exactly } from '../text/times.ts'
import { text } from '../text.ts'
import { ActorChip } from './actor-chip.tsx'
import styles from './history.module.css'
import { MergedFrom } from './merged.tsx'
import type { LeadSetUp } from './set-up.ts'
import { actorOf, labelOf, placeOf, wayOf } from './show.ts'

const words = text.history

interface EntryProps {
  event: HistoryEvent
  set_up: LeadSetUp
  /** The one that is looked for. */
  field?: string
  onRevert: () => void
}

export function Entry({ event, set_up, field, onRevert }: EntryProps) {
  const now = useNow()
  const { operator_id } = useOperator()
  const { version, at, way, request_id, changes, warnings, merge } = event
  const id = `v${version}`
  const rows = Object.entries(changes ?? {}).toSorted(
    ([one], [other]) => placeOf(one, set_up) - placeOf(other, set_up),
  )
  // A move to another allocation is taken back where it was made.
  const can_revert = rows.length > 0 && !Object.hasOwn(changes ?? {}, 'allocation_id')
  return (
    <li id={id} className={styles.entry} tabIndex={-1}>
      <div className={styles.head}>
        <h2>
          <Link
            to="."
            hash={id}
            search={(before) => before}
            aria-label={words.permalink(version)}
            className={styles.link}
          >
            {words.version(version)}
          </Link>
        </h2>
        <ActorChip actor={actorOf(event, operator_id)} />
        <time dateTime={at} className={styles.when}>{`${ago(at, now)} (${exactly(at)})`}</time>
        <span className={styles.when}>{words.by_way(wayOf(way))}</span>
        <span className={`${styles.when} mono`}>{words.request(request_id)}</span>
        {can_revert && (
          <Button
            className={styles.revert}
            size="compact-sm"
            variant="default"
            aria-label={words.revert_label(version)}
            onClick={onRevert}
          >
            {words.revert}
          </Button>
        )}
      </div>
      {merge && <MergedFrom merge={merge} set_up={set_up} />}
      {changes === null ? (
        <p className={styles.created}>
          <strong>{words.created}</strong> {words.created_detail}
        </p>
      ) : rows.length === 0 ? (
        <p className={styles.created}>{words.outcome_alone}</p>
      ) : (
        <table className={styles.changes}>
          <caption className="visually-hidden">{words.changes_of(version)}</caption>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{words.columns.field}</th>
              <th scope="col">{words.columns.old}</th>
              <th scope="col">{words.columns.now}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([path, [old, value]]) => (
              <tr key={path} data-found={path === field || undefined}>
                <th scope="row">{labelOf(path, set_up)}</th>
                <td className={styles.old}>
                  <Value path={path} value={old} base={old} set_up={set_up} plain />
                </td>
                <td>
                  <Value path={path} value={value} base={old} set_up={set_up} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {warnings.length > 0 && (
        <div className={styles.warnings}>
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
    </li>
  )
}
