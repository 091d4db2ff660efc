// The list of leads: find, pick, open. Everything that it shows is in its address.

import { Button, CloseButton, Kbd, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import IconChevronLeft from '@tabler/icons-react/icons/IconChevronLeft'
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight'
import IconPlus from '@tabler/icons-react/icons/IconPlus'
import IconSearch from '@tabler/icons-react/icons/IconSearch'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState, useSearch } from '@tanstack/react-router'
import { type Ref, useEffect, useRef, useState } from 'react'
import { lastListed, leadsQuery } from '../api/leads.ts'
import { useSetUp } from '../api/set-up.ts'
import { filtersOf, type LeadSearch } from '../search.ts'
import { Page } from '../shell/page.tsx'
import { announce, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { shortcutsOn, stepRows, useShortcuts } from '../shell/shortcuts.tsx'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import { Filters } from './filters.tsx'
import styles from './leads.module.css'
import { LeadTable, LoadingTable } from './table.tsx'

const words = text.leads

export function LeadsScreen() {
  const search = useSearch({ from: '/app/leads' })
  const navigate = useNavigate({ from: '/leads' })
  const set_up = useSetUp().data
  const list = useQuery(leadsQuery(search))
  const box = useRef<HTMLInputElement>(null)
  const rows = useRef<HTMLTableSectionElement>(null)
  const page = list.data
  const paging = usePaging(search, page?.next_cursor ?? null)

  /** Another search begins on its first page. */
  const change = (patch: Partial<LeadSearch>, replace = false) =>
    void navigate({ search: (before) => ({ ...before, cursor: undefined, ...patch }), replace })

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
    { keys: ']', does: words.keys.next, run: () => paging.next?.() },
    { keys: '[', does: words.keys.previous, run: () => paging.previous?.() },
    { keys: 'n', does: words.keys.create, run: () => void navigate({ to: '/leads/new' }) },
  ])

  const said = page && words.found(page.items.length, page.next_cursor !== null, page.total)
  const settled = list.isSuccess && !list.isPlaceholderData
  useEffect(() => {
    if (settled && said) announce(said)
  }, [settled, said])
  useEffect(() => {
    if (page) lastListed.set(page.items.map(({ id }) => id))
  }, [page])

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
          onChange={(q) => change({ q: q || undefined }, true)}
          onDown={() => stepRows(rows.current, 1)}
        />
        <Filters search={search} set_up={set_up} onChange={change} />
      </div>
      {list.isError && !page && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <LoadingTable />}
      {page && page.items.length === 0 && (
        <Empty
          filtered={filtersOf(search).length > 0}
          onClear={() => void navigate({ search: {} as LeadSearch })}
          onSearchOn={paging.next}
        />
      )}
      {page && page.items.length > 0 && (
        <>
          <LeadTable ref={rows} leads={page.items} set_up={set_up} waiting={list.isPlaceholderData} />
          <Pager {...paging} />
        </>
      )}
    </Page>
  )
}

/** The pause in typing after which the search is sent, milliseconds. */
const PAUSE_MS = 250

interface SearchBoxProps {
  ref: Ref<HTMLInputElement>
  value: string
  onChange: (value: string) => void
  /** Arrow down: into the list. */
  onDown: () => void
}

function SearchBox({ ref, value, onChange, onDown }: SearchBoxProps) {
  const [wanted, setWanted] = useState(value)
  const asked = useRef(value)
  const shortcuts = useStore(shortcutsOn)
  const ask = (text: string) => {
    asked.current = text.trim()
    onChange(asked.current)
  }
  const askLater = useDebouncedCallback(ask, PAUSE_MS)
  // Something else has changed the address: back, a link, "clear all".
  useEffect(() => {
    if (value === asked.current) return
    asked.current = value
    setWanted(value)
  }, [value])
  const now = (text: string) => {
    askLater.cancel()
    setWanted(text)
    ask(text)
  }
  return (
    <search className={styles.search}>
      <TextInput
        ref={ref}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        size="sm"
        aria-label={words.search}
        placeholder={words.search_hint}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        leftSection={<IconSearch size={16} />}
        rightSection={
          wanted !== '' ? (
            <CloseButton size="sm" aria-label={words.clear_search} onClick={() => now('')} />
          ) : (
            shortcuts && (
              <Kbd size="xs" aria-hidden>
                {words.search_key}
              </Kbd>
            )
          )
        }
        value={wanted}
        onChange={typed((value) => {
          setWanted(value)
          askLater(value)
        })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') now(wanted)
          else if (event.key === 'Escape' && wanted !== '') now('')
          else if (event.key === 'ArrowDown') {
            event.preventDefault()
            onDown()
          }
        }}
      />
    </search>
  )
}

interface EmptyProps {
  filtered: boolean
  onClear: () => void
  /** There are leads that have not been looked through. */
  onSearchOn?: () => void
}

function Empty({ filtered, onClear, onSearchOn }: EmptyProps) {
  const [title, what] = onSearchOn
    ? [words.so_far_title, words.so_far]
    : filtered
      ? [words.nothing_title, words.nothing]
      : [words.empty_title, words.empty]
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      <p className="dimmed">{what}</p>
      <div className="row">
        {onSearchOn && (
          <Button variant="filled" onClick={onSearchOn}>
            {words.search_on}
          </Button>
        )}
        {filtered && <Button onClick={onClear}>{words.nothing_clear}</Button>}
        {!filtered && !onSearchOn && (
          <Button variant="filled" component={Link} to="/leads/new">
            {words.create}
          </Button>
        )}
      </div>
    </div>
  )
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Cursors of the pages before this one; '' is the first. */
    pages_before?: readonly string[]
  }
}

interface Paging {
  /** Absent: there is no such page. */
  next?: () => void
  previous?: () => void
}

/** Pages by cursor. The browser's history entry remembers the pages before. */
function usePaging(search: LeadSearch, next_cursor: string | null): Paging {
  const navigate = useNavigate({ from: '/leads' })
  const kept = useRouterState({ select: ({ location }) => location.state.pages_before })
  // Behind a link into the middle, only the first page is known.
  const before = search.cursor === undefined ? [] : (kept ?? [''])
  const go = (cursor: string, pages_before: readonly string[]) => () =>
    void navigate({
      search: (now) => ({ ...now, cursor: cursor === '' ? undefined : cursor }),
      state: { pages_before },
    })
  const previous = before.at(-1)
  return {
    next: next_cursor === null ? undefined : go(next_cursor, [...before, search.cursor ?? '']),
    previous: previous === undefined ? undefined : go(previous, before.slice(0, -1)),
  }
}

function Pager({ next, previous }: Paging) {
  if (!next && !previous) return null
  return (
    <nav className={`${styles.pager} row`} aria-label={words.pages}>
      <Button size="xs" leftSection={<IconChevronLeft size={14} />} disabled={!previous} onClick={previous}>
        {words.previous}
      </Button>
      <Button size="xs" rightSection={<IconChevronRight size={14} />} disabled={!next} onClick={next}>
        {words.next}
      </Button>
    </nav>
  )
}
