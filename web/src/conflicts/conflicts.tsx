// The inbox: changes held back because somebody else changed the same fields, grouped by sender and fields.

import { Button } from '@mantine/core'
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown'
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Conflict, ConflictKind } from '../../../src/client/api.ts'
import { useNow } from '../api/clock.ts'
import { conflictsQuery, kindsQuery, previewQuery } from '../api/inbox.ts'
import { useLiveConflicts } from '../api/live.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { useSetUp } from '../api/set-up.ts'
import type { ConflictSearch } from '../search.ts'
import { Loading, Page } from '../shell/page.tsx'
import { Problem } from '../shell/problem.tsx'
import { stepRows, useShortcuts } from '../shell/shortcuts.tsx'
import { createStore, useStore } from '../store.ts'
import { conflicts as words } from '../text/conflicts.ts'
import { age } from '../text/times.ts'
import styles from './conflicts.module.css'
import { Filters } from './filters.tsx'
import { listScrolledAs } from './frame.tsx'
import { MakeRule } from './make-rule.tsx'
import { Many, type ManyOf } from './many.tsx'
import { useKindName } from './names.ts'
import { Row } from './rows.tsx'

/** In groups, whose heads name the sender. */
const COLUMNS = 5

/** So many rows are open at the start, the biggest kinds first; the others open on demand. */
const OPEN_ROWS = 25

export function ConflictsScreen() {
  const search = useSearch({ from: '/app/conflicts' })
  const navigate = useNavigate({ from: '/conflicts' })
  const set_up = useSetUp()
  const refetchInterval = useLiveConflicts()
  const rows = useRef<HTMLDivElement>(null)
  const router = useRouter()
  useEffect(() => {
    const { state, pathname } = router.state.location
    // The router speaks of the next screen already while it loads that one.
    if (pathname.endsWith('/conflicts')) listScrolledAs.set(state.scrolled_as ?? state.__TSR_key)
  })
  useShortcuts([
    { keys: 'j', does: words.keys.down, run: () => stepRows(rows.current, 1) },
    { keys: 'k', does: words.keys.up, run: () => stepRows(rows.current, -1) },
  ])
  const grouped = !search.state && !search.lead_id && !search.clashing
  return (
    <Page
      title={words.title}
      actions={
        <>
          <Button component={Link} to="/conflicts/handed-over" size="xs">
            {words.links.handed_over}
          </Button>
          <Button component={Link} to="/conflicts/rules" size="xs">
            {words.links.rules}
          </Button>
        </>
      }
    >
      <p className={`${styles.intro} dimmed small`}>{words.intro}</p>
      <Filters search={search} />
      {search.lead_id && (
        <p className={`${styles.tools} row`}>
          {words.of_lead(search.lead_id)}
          <Button
            size="compact-sm"
            onClick={() => void navigate({ search: (before) => ({ ...before, lead_id: undefined }) })}
          >
            {words.all_leads}
          </Button>
        </p>
      )}
      {set_up.error && <Problem error={set_up.error} />}
      <div ref={rows}>
        {grouped ? (
          <Kinds search={search} refetchInterval={refetchInterval} />
        ) : (
          <Flat search={search} refetchInterval={refetchInterval} />
        )}
      </div>
    </Page>
  )
}

interface ListProps {
  search: ConflictSearch
  refetchInterval: number
}

const Table = ({ grouped, children }: { grouped?: boolean; children: ReactNode }) => (
  <div className={`${styles.frame} frame`}>
    <table className={`${styles.table} ${grouped ? styles.grouped : ''} table`}>
      <caption className="visually-hidden">{words.table}</caption>
      <thead>
        <tr>
          {Object.entries(words.columns).map(([name, column]) => (
            <th key={name} scope="col" data-column={name}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  </div>
)

const Empty = ({ search }: { search: ConflictSearch }) => {
  const { state, kind: _, ...filters } = search
  const narrowed = Object.values(filters).some((value) => value !== undefined)
  return (
    <p className={`${styles.empty} dimmed`}>
      {narrowed ? words.empty.filtered : state ? words.empty.other : words.empty.open}
    </p>
  )
}

/** One list, in the order in which they came. */
function Flat({ search, refetchInterval }: ListProps) {
  const list = useInfiniteQuery({ ...conflictsQuery(search), refetchInterval })
  const items = list.data?.pages.flatMap((page) => page.items)
  if (!items)
    return list.isError ? <Problem error={list.error} onRetry={() => void list.refetch()} /> : <Loading />
  return (
    <>
      <p className={`${styles.count} dimmed small`}>{words.count(items.length, list.hasNextPage)}</p>
      {items.length === 0 ? (
        <Empty search={search} />
      ) : (
        <Table>
          <tbody>
            {items.map((conflict: Conflict) => (
              <Row key={conflict.conflict_id} conflict={conflict} search={search} />
            ))}
          </tbody>
        </Table>
      )}
      {list.hasNextPage && (
        <Button mt={12} loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  )
}

/** By kind, whether the operator has opened or closed it: as they left it when they come back. */
const toggledKinds = createStore<ReadonlyMap<string, boolean>>(new Map())

/** Grouped by sender and fields; each group opens. */
function Kinds({ search, refetchInterval }: ListProps) {
  const { data, error, refetch } = useQuery({ ...kindsQuery(search), refetchInterval })
  const toggled = useStore(toggledKinds)
  const [deciding, setDeciding] = useState<ManyOf | null>(null)
  const [ruling, setRuling] = useState<ConflictKind | null>(null)
  if (!data) return error ? <Problem error={error} onRetry={() => void refetch()} /> : <Loading />
  const total = data.items.reduce((sum, { open }) => sum + open, 0)
  let shown = 0
  const kinds = data.items.map((kind) => {
    const fits = shown === 0 || shown + kind.open <= OPEN_ROWS
    if (fits) shown += kind.open
    const opened = toggled.get(kind.kind) ?? (search.kind === undefined ? fits : search.kind === kind.kind)
    return { kind, opened }
  })
  return (
    <>
      <div className={`${styles.summary} row`}>
        <p className={`${styles.count} dimmed small`}>{words.count(total, false)}</p>
        {total > 0 && <Free search={search} onDecide={setDeciding} />}
      </div>
      {total === 0 ? (
        <Empty search={search} />
      ) : (
        <Table grouped>
          {kinds.map(({ kind, opened }) => (
            <Group
              key={kind.kind}
              kind={kind}
              opened={opened}
              search={search}
              refetchInterval={refetchInterval}
              onToggle={() => toggledKinds.set(new Map(toggled).set(kind.kind, !opened))}
              onDecide={() => setDeciding({ where: { ...search, kind: kind.kind }, kind })}
              onRule={() => setRuling(kind)}
            />
          ))}
        </Table>
      )}
      {deciding && <Many of={deciding} onClose={() => setDeciding(null)} />}
      {ruling && <MakeRule kind={ruling} open={ruling.open} onClose={() => setRuling(null)} />}
    </>
  )
}

interface GroupProps extends ListProps {
  kind: ConflictKind
  opened: boolean
  onToggle: () => void
  onDecide: () => void
  onRule: () => void
}

function Group({ kind, opened, search, refetchInterval, onToggle, onDecide, onRule }: GroupProps) {
  const may_rule = hasRole(useOperator(), 'manager') && kind.caller.startsWith('key:')
  const now = useNow()
  const name = useKindName()(kind)
  const Icon = opened ? IconChevronDown : IconChevronRight
  return (
    <tbody>
      <tr className={styles.group}>
        <th scope="rowgroup" colSpan={COLUMNS}>
          <div className="row">
            <button type="button" aria-expanded={opened} data-opens onClick={onToggle}>
              <Icon size={16} aria-hidden />
              <strong>{name}</strong>
              <span className={`${styles.number} figures`}>{kind.open}</span>
              <span className="visually-hidden">{words.title}</span>
            </button>
            <span className="dimmed tiny">{words.kind.oldest(age(kind.oldest_at, now))}</span>
            <span className={`${styles.deeds} row`}>
              {may_rule && (
                <Button size="compact-xs" onClick={onRule}>
                  {words.kind.rule}
                  <span className="visually-hidden">{name}</span>
                </Button>
              )}
              {kind.open > 1 && (
                <Button size="compact-xs" onClick={onDecide}>
                  {words.kind.decide}
                  <span className="visually-hidden">{name}</span>
                </Button>
              )}
            </span>
          </div>
        </th>
      </tr>
      {opened && <GroupRows search={{ ...search, kind: kind.kind }} refetchInterval={refetchInterval} />}
    </tbody>
  )
}

function GroupRows({ search, refetchInterval }: ListProps) {
  const list = useInfiniteQuery({ ...conflictsQuery(search), refetchInterval })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const whole = (children: ReactNode) => (
    <tr>
      <td colSpan={COLUMNS}>{children}</td>
    </tr>
  )
  if (list.isError && items.length === 0)
    return whole(<Problem error={list.error} onRetry={() => void list.refetch()} />)
  if (list.isPending) return whole(<Loading />)
  return (
    <>
      {items.map((conflict: Conflict) => (
        <Row key={conflict.conflict_id} conflict={conflict} search={search} />
      ))}
      {list.hasNextPage &&
        whole(
          <Button size="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.more}
          </Button>,
        )}
    </>
  )
}

/** Applies all that no longer conflict at once. */
function Free({ search, onDecide }: { search: ConflictSearch; onDecide: (of: ManyOf) => void }) {
  const { data } = useQuery({ ...previewQuery(search, {}), queryKey: ['conflicts', 'free', search] })
  if (!data || data.ready.length === 0) return null
  return (
    <div className={`${styles.deeds} row small`}>
      <span className="dimmed">{words.free.note}</span>
      <Button size="xs" onClick={() => onDecide({ where: search, kind: null })}>
        {words.free.apply(data.ready.length)}
      </Button>
    </div>
  )
}
