// Held updates that wait for a person.

import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { Conflict } from '../../../src/client/api.ts'
import { FOLLOWING } from '../../../src/core/conflict.ts'
import { client, must, queries } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { conflictsQuery } from '../api/conflicts.ts'
import { useLiveConflicts } from '../api/live.ts'
import { useSetUp } from '../api/set-up.ts'
import { useSetUpOf } from '../lead/set-up.ts'
import { ActorChip, groupLabel, labelOf, listed, settledBy, shownValue } from '../lead/show.tsx'
import { CONFLICT_STATES } from '../search.ts'
import { Loading, Page } from '../shell/page.tsx'
import { Ago, Tag, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { stepRows, useShortcuts } from '../shell/shortcuts.tsx'
import { toast } from '../shell/toast.tsx'
import { text } from '../text.ts'
import styles from './conflicts.module.css'

const words = text.conflicts

export function ConflictsScreen() {
  const search = useSearch({ from: '/app/conflicts' })
  const navigate = useNavigate({ from: '/conflicts' })
  const set_up = useSetUp()
  const refetchInterval = useLiveConflicts()
  const list = useInfiniteQuery({ ...conflictsQuery(search), refetchInterval })
  const items = list.data?.pages.flatMap((page) => page.items)
  const rows = useRef<HTMLTableSectionElement>(null)
  useShortcuts([
    { keys: 'j', does: words.keys.down, run: () => stepRows(rows.current, 1) },
    { keys: 'k', does: words.keys.up, run: () => stepRows(rows.current, -1) },
  ])
  const state = search.state ?? 'open'
  const { columns } = words
  return (
    <Page
      title={words.title}
      aside={
        items && (
          <span className={`${styles.count} dimmed small`}>
            {words.count(items.length, list.hasNextPage)}
          </span>
        )
      }
    >
      <p className={`${styles.intro} dimmed small`}>{words.intro}</p>
      <div className={`${styles.tools} row`}>
        <NativeSelect
          size="xs"
          label={words.filter}
          value={state}
          data={CONFLICT_STATES.map((value) => ({ value, label: words.states[value] }))}
          onChange={typed((value) => {
            const chosen = CONFLICT_STATES.find((one) => one === value)
            void navigate({ search: (before) => ({ ...before, state: chosen }), replace: true })
          })}
        />
        {search.lead_id && (
          <p className="row">
            {words.of_lead(search.lead_id)}
            <Button
              size="compact-sm"
              onClick={() => void navigate({ search: (before) => ({ ...before, lead_id: undefined }) })}
            >
              {words.all_leads}
            </Button>
          </p>
        )}
        {items && state === 'open' && <Bulk items={items} />}
      </div>
      {list.isError && !items && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {set_up.error && <Problem error={set_up.error} />}
      {list.isPending && <Loading />}
      {items?.length === 0 && (
        <p className={`${styles.empty} dimmed`}>{state === 'open' ? words.empty.open : words.empty.other}</p>
      )}
      {items && items.length > 0 && (
        <div className={`${styles.frame} frame`}>
          <table className={`${styles.table} table`}>
            <caption className="visually-hidden">{words.table}</caption>
            <thead>
              <tr>
                {[columns.lead, columns.from, columns.wants, columns.age, columns.state].map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody ref={rows}>
              {items.map((conflict) => (
                <Row key={conflict.conflict_id} conflict={conflict} state={state} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <Button mt={12} loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </Page>
  )
}

/** Applies all updates that clash no more at once. */
function Bulk({ items }: { items: readonly Conflict[] }) {
  const [failed, setFailed] = useState(0)
  const ready = items.filter(({ clashes, lead_version }) => clashes.length === 0 && lead_version !== null)
  const settle = useMutation({
    mutationFn: async () => {
      const done = await Promise.allSettled(
        ready.map(({ conflict_id, lead_version }) =>
          must(client.settleConflict(conflict_id, { lead_version: lead_version!, decisions: {} })),
        ),
      )
      return done.filter(({ status }) => status === 'fulfilled').length
    },
    onSuccess: (saved) => {
      setFailed(ready.length - saved)
      if (saved > 0) toast(words.bulk.done(saved))
      void queries.invalidateQueries({ queryKey: ['conflicts'] })
    },
  })
  if (ready.length === 0 && failed === 0) return null
  return (
    <div className={`${styles.bulk} row small`}>
      {failed > 0 && <p role="alert">{words.bulk.failed(failed)}</p>}
      {ready.length > 0 && (
        <>
          <span className="dimmed">{words.bulk.note}</span>
          <Button size="xs" loading={settle.isPending} onClick={() => settle.mutate()}>
            {words.bulk.apply(ready.length)}
          </Button>
        </>
      )}
    </div>
  )
}

function Row({ conflict, state }: Pick<Conflict, 'state'> & { conflict: Conflict }) {
  const { conflict_id, lead_id, caller, caller_name, clashes, mine, created_at } = conflict
  const set_up = useSetUpOf(lead_id).data
  const settled = settledBy(conflict, useNow())
  const nameOf = (group: string) =>
    set_up ? groupLabel({ group, paths: Object.hasOwn(mine, group) ? [group] : [] }, set_up) : group
  return (
    <tr>
      <th scope="row">
        <Link to="/conflicts/$id" params={{ id: String(conflict_id) }} data-opens>
          {lead_id}
        </Link>
      </th>
      <td>
        <ActorChip actor={caller} actor_name={caller_name} />
      </td>
      <td className={styles.wants}>
        {set_up &&
          Object.keys(mine)
            .filter((path) => !FOLLOWING.has(path))
            .map((path) => (
              <span key={path}>
                <span className="dimmed">{labelOf(path, set_up)}</span>{' '}
                {shownValue(path, mine[path] ?? null, set_up) ?? text.lead.empty}
              </span>
            ))}
      </td>
      <td>
        <Ago at={created_at} />
      </td>
      <td>
        {state !== 'open' ? (
          <span title={words.states_detail[state]}>
            {words.states[state]}
            {settled && <div className="dimmed tiny">{settled}</div>}
          </span>
        ) : clashes.length > 0 ? (
          <Tag tone="warn" title={listed(clashes.map(nameOf))}>
            {words.clashes(clashes.length)}
          </Tag>
        ) : (
          <Tag tone="good">{words.no_clash}</Tag>
        )}
      </td>
    </tr>
  )
}
