// The list of leads: find, pick, open. Everything that it shows is in its address.

import { Button } from '@mantine/core'
import IconPlus from '@tabler/icons-react/icons/IconPlus'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { lastListed, leadsQuery } from '../../api/leads.ts'
import { useSetUp } from '../../api/set-up.ts'
import { announce } from '../../shell/announce.tsx'
import { Page } from '../../shell/page.tsx'
import { Problem } from '../../shell/problem.tsx'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { text } from '../../text.ts'
import { Empty } from './empty.tsx'
import { Filters } from './filters.tsx'
import styles from './leads.module.css'
import { Pager, usePaging } from './pager.tsx'
import { filtersOf, type LeadSearch } from './search.ts'
import { SearchBox } from './search-box.tsx'
import { LeadTable, LoadingTable } from './table.tsx'

const words = text.leads

export function LeadsScreen() {
  const search = useSearch({ from: '/app/leads' })
  const navigate = useNavigate({ from: '/leads' })
  const set_up = useSetUp()
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
    { keys: 'j', does: words.keys.down, run: () => step(rows.current, 1) },
    { keys: 'k', does: words.keys.up, run: () => step(rows.current, -1) },
    { keys: 'Enter', does: words.keys.open, run: () => undefined },
    { keys: ']', does: words.keys.next, run: paging.next },
    { keys: '[', does: words.keys.previous, run: paging.previous },
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
      aside={<span className={styles.count}>{settled && said}</span>}
      actions={
        <Button component={Link} to="/leads/new" leftSection={<IconPlus size={16} />}>
          {words.create}
        </Button>
      }
    >
      <div className={styles.tools}>
        <SearchBox
          ref={box}
          value={search.q ?? ''}
          onChange={(q) => change({ q: q || undefined }, true)}
          onDown={() => step(rows.current, 1)}
        />
        <Filters search={search} set_up={set_up.data} onChange={change} />
      </div>
      {list.isError && !page && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <LoadingTable />}
      {page && page.items.length === 0 && (
        <Empty
          filtered={filtersOf(search).length > 0}
          onClear={() => void navigate({ search: {} as LeadSearch })}
          onSearchOn={paging.has_next ? paging.next : undefined}
        />
      )}
      {page && page.items.length > 0 && (
        <>
          <LeadTable ref={rows} leads={page.items} set_up={set_up.data} waiting={list.isPlaceholderData} />
          <Pager {...paging} />
        </>
      )}
    </Page>
  )
}

/** Moves the focus from lead to lead: to the link that opens it, so Enter is the browser's own. */
function step(rows: HTMLElement | null, by: 1 | -1): void {
  const links = [...(rows?.querySelectorAll<HTMLElement>('a[data-opens]') ?? [])]
  const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement))
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus()
}
