// One version in the history: its author, time and way, and the old and new values.

import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { DecidedMerge, GroupClass, HistoryEvent, Take } from '../../../src/client/api.ts'
import { WARNINGS } from '../../../src/core/warnings.ts'
import { useOperator } from '../api/session.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { ActorChip, groupLabel, labelOf, sorted, wayOf } from '../lead/show.tsx'
import { Changes } from '../lead/values.tsx'
import { AgoExactly } from '../shell/parts.tsx'
import { history as history_words } from '../text/history.ts'
import { merge as merge_words } from '../text/merge.ts'
import styles from './history.module.css'

const words = history_words

interface EntryProps {
  event: HistoryEvent
  /** The field that the filter asks for. */
  field?: string
  onRevert: () => void
}

export function Entry({ event, field, onRevert }: EntryProps) {
  const set_up = useLeadSetUp()
  const { operator_id } = useOperator()
  const { version, at, actor, actor_name, way, request_id, warnings, merge } = event
  const changes = event.changes ?? {}
  const paths = sorted(Object.keys(changes), set_up)
  const id = `v${version}`
  // A move to another allocation is undone where it was made.
  const can_revert = paths.length > 0 && !paths.includes('allocation_id')
  return (
    <li id={id} className={`${styles.entry} card`} tabIndex={-1}>
      <div className={`${styles.head} row small`}>
        <h2>
          <Link to="." hash={id} search={(before) => before} aria-label={words.permalink(version)}>
            {words.version(version)}
          </Link>
        </h2>
        <ActorChip actor={actor} actor_name={actor_name} own_id={operator_id} />
        <AgoExactly at={at} className="dimmed tiny" />
        <span className="dimmed tiny">{words.by_way(wayOf(way))}</span>
        <span className={`${styles.request} mono dimmed tiny`}>{words.request(request_id)}</span>
        {can_revert && (
          <Button ml="auto" size="compact-sm" aria-label={words.revert_label(version)} onClick={onRevert}>
            {words.revert}
          </Button>
        )}
      </div>
      {merge && <MergedFrom merge={merge} />}
      {event.changes === null ? (
        <p className={`${styles.below} dimmed small`}>
          <strong>{words.created}</strong> {words.created_detail}
        </p>
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
    </li>
  )
}

const BY_ITSELF: Partial<Record<GroupClass, Take>> = {
  only_mine: 'mine',
  only_theirs: 'theirs',
  merged: 'merged',
}

/** Says how a version was merged from two: the side that each group comes from, and the reason. */
function MergedFrom({ merge: { base_version, lead_version, classes, decisions } }: { merge: DecidedMerge }) {
  const set_up = useLeadSetUp()
  const from = {
    ...words.merged_from,
    theirs: words.merged_from.theirs(lead_version),
    base: words.merged_from.base(base_version),
  }
  const items = Object.keys({ ...classes, ...decisions }).map((group) => {
    const found = classes[group]
    const by_itself = (found && BY_ITSELF[found]) ?? 'agreed'
    const { take, reason } = decisions[group] ?? { take: by_itself, reason: null }
    const paths = /^(?:fields|unmapped|lead)\./.test(group) ? [group.replace(/^lead\./, '')] : []
    const item = merge_words.automatic_item(groupLabel({ group, paths }, set_up), from[take])
    return reason ? `${item} (${merge_words.given_reason(reason)})` : item
  })
  return (
    <p className={`${styles.below} dimmed small`}>
      <strong>{words.merged(base_version, lead_version)}</strong> {items.join(' · ')}
    </p>
  )
}
