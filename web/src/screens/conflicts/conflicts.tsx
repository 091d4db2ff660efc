// Held updates that wait for a person.

import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { Conflict } from '../../../../src/client/model.ts'
import { conflictsQuery, settleConflict } from '../../api/conflicts.ts'
import { pollMs, useLive } from '../../api/live.ts'
import { queries } from '../../api/queries.ts'
import { useSetUps } from '../../lead/set-up.ts'
import { toast } from '../../lead/toast.tsx'
import { Loading } from '../../shell/loading.tsx'
import { Page } from '../../shell/page.tsx'
import { Problem } from '../../shell/problem.tsx'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { text } from '../../text.ts'
import styles from './conflicts.module.css'
import { STATES } from './search.ts'
import { ConflictTable } from './table.tsx'

const words = text.conflicts

export function ConflictsScreen() {
  const search = useSearch({ from: '/app/conflicts' })
  const navigate = useNavigate({ from: '/conflicts' })
  const set_ups = useSetUps()
  const live = useLive('conflicts', {
    conflicts: () => void queries.invalidateQueries({ queryKey: ['conflicts'] }),
  })
  const list = useInfiniteQuery({ ...conflictsQuery(search), refetchInterval: pollMs(live) })
  const items = list.data?.pages.flatMap((page) => page.items)
  const rows = useRef<HTMLTableSectionElement>(null)
  useShortcuts([
    { keys: 'j', does: words.keys.down, run: () => step(rows.current, 1) },
    { keys: 'k', does: words.keys.up, run: () => step(rows.current, -1) },
  ])
  const state = search.state ?? 'open'
  return (
    <Page
      title={words.title}
      aside={items && <span className={styles.count}>{words.count(items.length, list.hasNextPage)}</span>}
    >
      <p className={styles.intro}>{words.intro}</p>
      <div className={styles.tools}>
        <NativeSelect
          size="xs"
          label={words.filter}
          value={state}
          data={STATES.map((value) => ({ value, label: words.states[value] }))}
          onChange={({ currentTarget }) => {
            const chosen = STATES.find((one) => one === currentTarget.value)
            void navigate({ search: (before) => ({ ...before, state: chosen }), replace: true })
          }}
        />
        {search.lead_id && (
          <p className={styles.only}>
            {words.of_lead(search.lead_id)}
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => void navigate({ search: (before) => ({ ...before, lead_id: undefined }) })}
            >
              {words.all_leads}
            </Button>
          </p>
        )}
        {items && state === 'open' && <Bulk items={items} />}
      </div>
      {list.isError && !items && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {set_ups.error && <Problem error={set_ups.error} />}
      {list.isPending && <Loading />}
      {items?.length === 0 && (
        <p className={styles.empty}>{state === 'open' ? words.empty.open : words.empty.other}</p>
      )}
      {items && items.length > 0 && (
        <ConflictTable ref={rows} items={items} state={state} set_up_of={set_ups.of} />
      )}
      {list.hasNextPage && (
        <Button
          className={styles.more}
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {words.more}
        </Button>
      )}
    </Page>
  )
}

/** What clashes no more because our side was taken back: all of that at once. */
function Bulk({ items }: { items: readonly Conflict[] }) {
  const [failed, setFailed] = useState(0)
  const ready = items.filter(({ clashes, lead_version }) => clashes.length === 0 && lead_version !== null)
  const settle = useMutation({
    mutationFn: async () => {
      const done = await Promise.allSettled(
        ready.map(({ conflict_id, lead_version }) =>
          settleConflict(conflict_id, { lead_version: lead_version!, decisions: {} }),
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
    <div className={styles.bulk}>
      {failed > 0 && <p role="alert">{words.bulk.failed(failed)}</p>}
      {ready.length > 0 && (
        <>
          <span className="dimmed">{words.bulk.note}</span>
          <Button size="xs" variant="default" loading={settle.isPending} onClick={() => settle.mutate()}>
            {words.bulk.apply(ready.length)}
          </Button>
        </>
      )}
    </div>
  )
}

function step(rows: HTMLElement | null, by: 1 | -1): void {
  const links = [...(rows?.querySelectorAll<HTMLElement>('a[data-opens]') ?? [])]
  const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement))
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus()
}
