// The list of leads: find, pick, open, or do one thing to many. Everything that it shows is in its address.

import { Button } from '@mantine/core'
import IconPlus from '@tabler/icons-react/icons/IconPlus'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState, useSearch } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { Refused } from '../api/client.ts'
import { leadsQuery } from '../api/leads.ts'
import { type Listed, rowsBefore, setListed, totalOf, useListed } from '../api/listed.ts'
import { useOperator } from '../api/session.ts'
import { useSetUp } from '../api/set-up.ts'
import { lazyPart } from '../load-screen.tsx'
import { filtersOf, type LeadSearch, sortOf } from '../search.ts'
import { Page } from '../shell/page.tsx'
import { announce } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { stepRows, useShortcuts } from '../shell/shortcuts.tsx'
import { text } from '../text.ts'
import { offeredColumns, useColumns } from './columns.ts'
import { Empty } from './empty.tsx'
import { Filters } from './filters.tsx'
import styles from './leads.module.css'
import { Pager, usePaging } from './paging.tsx'
import { SearchBox } from './search-box.tsx'
import { useSelection } from './selection.ts'
import { LeadTable, LoadingTable } from './table.tsx'

const words = text.leads

// The list is there before what goes with it.
const SelectionBar = lazyPart(() => import('./selection-bar.tsx'), 'SelectionBar')
const ListTools = lazyPart(() => import('./list-tools.tsx'), 'ListTools')

export function LeadsScreen() {
  const search = useSearch({ from: '/app/leads' })
  const navigate = useNavigate({ from: '/leads' })
  const set_up = useSetUp().data
  const list = useQuery(leadsQuery(search))
  const box = useRef<HTMLInputElement>(null)
  const rows = useRef<HTMLTableSectionElement>(null)
  const page = list.data
  const settled = list.isSuccess && !list.isPlaceholderData
  const paging = usePaging(search, page)
  const selection = useSelection()
  const [chosen_columns, chooseColumns] = useColumns()
  const offered = offeredColumns(set_up, search)
  const columns = offered.filter(({ column }) => chosen_columns.includes(column))
  const stale = useStalePage(list.error, search)

  /** Another search begins on its first page. */
  const change = (patch: Partial<LeadSearch>, replace = false) => {
    selection.set([])
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...patch }), replace })
  }

  const showNew = async () => {
    await list.refetch()
    window.scrollTo({ top: 0 })
    rows.current?.querySelector<HTMLElement>('a[data-opens]')?.focus({ preventScroll: true })
  }

  useShortcuts([
    {
      keys: '/',
      does: words.keys.search,
      run: () => {
        box.current?.focus()
        box.current?.select()
      },
    },
    { keys: 'j', does: words.keys.down, run: () => stepRows(rows.current, 1) },
    { keys: 'k', does: words.keys.up, run: () => stepRows(rows.current, -1) },
    { keys: 'Enter', does: words.keys.open, run: () => undefined },
    { keys: 'x', does: words.keys.select, run: () => boxInFocus(rows.current)?.click() },
    { keys: ']', does: words.keys.next, run: () => paging.next?.() },
    { keys: '[', does: words.keys.previous, run: () => paging.previous?.() },
    { keys: 'n', does: words.keys.create, run: () => void navigate({ to: '/leads/new' }) },
  ])

  const before = rowsBefore(paging.place)
  const total = page && totalOf(paging.place, page.items.length, page.next_cursor)
  const said = page && words.found({ before, rows: page.items.length, total })
  useEffect(() => {
    if (settled && said) announce(said)
  }, [settled, said])
  useListedPage(settled ? page : undefined, search, paging.place, rows)
  const onlyOne = useOnlyOne(settled ? page : undefined, search.q)
  const { size } = selection.chosen
  useEffect(() => {
    if (size > 0) announce(words.selection.chosen(size))
  }, [size])

  return (
    <Page
      title={words.title}
      aside={<span className={`${styles.count} dimmed small figures`}>{settled && said}</span>}
      actions={
        <Button variant="filled" component={Link} to="/leads/new" leftSection={<IconPlus size={16} />}>
          {words.create}
        </Button>
      }
    >
      <div className={`${styles.tools} row`}>
        <SearchBox
          ref={box}
          value={search.q ?? ''}
          onChange={(q) => q !== (search.q ?? '') && change({ q: q || undefined }, true)}
          onEnter={onlyOne}
          onDown={() => stepRows(rows.current, 1)}
        />
        <Filters search={search} set_up={set_up} onChange={change} />
      </div>
      {stale && (
        <p className={`${styles.stale} small`} role="status">
          {words.stale_page}
        </p>
      )}
      {page?.inside_words && (
        <p className={`${styles.stale} small`} role="status">
          {words.inside_words}
        </p>
      )}
      {list.isError && !page && !isStale(list.error, search) && (
        <Problem error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isPending && (
        <>
          <div className={styles.bar} />
          <LoadingTable columns={columns} />
        </>
      )}
      {page && page.items.length === 0 && (
        <Empty
          search={search}
          filtered={filtersOf(search).length > 0}
          onClear={() => void navigate({ search: {} as LeadSearch })}
          onSearchOn={paging.next}
        />
      )}
      {page && page.items.length > 0 && (
        <>
          {/* Always there, so that choosing a lead moves nothing. */}
          <div className={styles.bar}>
            {size > 0 && (
              <SelectionBar
                selection={selection}
                set_up={set_up}
                search={search}
                total={total}
                has_more={(paging.next ?? paging.previous) !== undefined}
              />
            )}
            <div className={`${styles.view} row`}>
              <ListTools
                search={search}
                page={page}
                onShow={() => void showNew()}
                onSort={(sort) => change({ sort })}
                columns={{ offered, chosen: chosen_columns, onChange: chooseColumns }}
              />
            </div>
          </div>
          <LeadTable
            ref={rows}
            leads={page.items}
            set_up={set_up}
            q={search.q}
            columns={columns}
            sorted={SORTED_BY[sortOf(search)]}
            selection={selection}
            waiting={list.isPlaceholderData}
          />
          <Pager {...paging} />
        </>
      )}
    </Page>
  )
}

/** The columns by which the orders go. */
const SORTED_BY = {
  newest: { column: 'created', direction: 'descending' },
  changed: { column: 'changed', direction: 'descending' },
  callback: { column: 'callback', direction: 'ascending' },
} as const

/** The box that selects the lead whose row has the focus. */
const boxInFocus = (rows: HTMLTableSectionElement | null) =>
  [...(rows?.rows ?? [])]
    .find((row) => row.contains(document.activeElement))
    ?.querySelector<HTMLElement>('input[type="checkbox"]')

/** The page is remembered for the way back. The row of the lead that somebody comes back from has the focus. */
function useListedPage(
  page: { items: readonly { id: string }[]; next_cursor: string | null } | undefined,
  search: LeadSearch,
  place: Listed['place'],
  rows: RefObject<HTMLElement | null>,
): void {
  const { operator_id } = useOperator()
  const opened = useRef(useListed()?.opened)
  // The router speaks of the next screen already while it loads that one.
  const key_now = useRouterState({
    select: ({ location: { state, pathname } }) =>
      pathname.endsWith('/leads') ? (state.scrolled_as ?? state.__TSR_key) : undefined,
  })
  const scrolled_as = useRef(key_now)
  scrolled_as.current = key_now ?? scrolled_as.current
  const shown = page && {
    operator_id,
    search,
    place,
    ids: page.items.map(({ id }) => id),
    next_cursor: page.next_cursor,
    scrolled_as: scrolled_as.current,
  }
  const key = JSON.stringify(shown)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key has all that counts
  useEffect(() => {
    if (shown) setListed(shown)
  }, [key])
  useEffect(() => {
    if (!page || !opened.current) return
    const link = rows.current?.querySelector<HTMLElement>(`a[data-opens][href$="/leads/${opened.current}"]`)
    opened.current = undefined
    // After the router has scrolled, and has given the focus to the heading.
    if (link) requestAnimationFrame(() => link.focus())
  }, [page, rows])
}

/** Enter in the search box opens the lead when it is the only one that is found. */
function useOnlyOne(
  page: { items: readonly { id: string }[]; next_cursor: string | null } | undefined,
  q: string | undefined,
): (q: string) => void {
  const navigate = useNavigate()
  const [wanted, want] = useState<string>()
  useEffect(() => {
    if (!page || !wanted || wanted !== q) return
    want(undefined)
    const [only] = page.items
    if (only && page.items.length === 1 && page.next_cursor === null)
      void navigate({ to: '/leads/$id', params: { id: only.id } })
  }, [page, q, wanted, navigate])
  return (typed) => want(typed || undefined)
}

const isStale = (error: unknown, { cursor }: LeadSearch) =>
  cursor !== undefined && error instanceof Refused && error.status === 400

/** Goes to the first page when the address names a page that the server does not know, and says so. */
function useStalePage(error: unknown, search: LeadSearch): boolean {
  const navigate = useNavigate({ from: '/leads' })
  const [stale, setStale] = useState(false)
  const is_stale = isStale(error, search)
  useEffect(() => {
    if (!is_stale) return
    setStale(true)
    announce(words.stale_page)
    void navigate({ search: (before) => ({ ...before, cursor: undefined }), replace: true })
  }, [is_stale, navigate])
  return stale
}
