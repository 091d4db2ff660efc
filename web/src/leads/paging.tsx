// Pages by cursor. The browser's history entry remembers the pages before, so that each page knows its place.

import { Button } from '@mantine/core'
import IconChevronLeft from '@tabler/icons-react/icons/IconChevronLeft'
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useRef } from 'react'
import type { FoundLeads } from '../../../src/client/api.ts'
import { type ListPlace, placeAfter, placeBefore } from '../api/listed.ts'
import type { LeadSearch } from '../search.ts'
import { text } from '../text.ts'
import styles from './leads.module.css'

const words = text.leads

export interface Paging {
  /** Undefined behind a link into the middle. */
  place: ListPlace | undefined
  /** Absent: there is no such page. */
  next?: () => void
  previous?: () => void
}

export function usePaging(search: LeadSearch, page: FoundLeads | undefined): Paging {
  const navigate = useNavigate({ from: '/leads' })
  const kept = useRouterState({ select: ({ location }) => location.state.list_place })
  // The router speaks of the next screen already while it loads that one.
  const last = useRef(kept)
  last.current = kept ?? last.current
  const place: ListPlace | undefined =
    search.cursor === undefined
      ? { cursor: '', before: [], total: page?.total ?? undefined }
      : [kept, last.current].find((one) => one?.cursor === search.cursor)
  const go = (cursor: string, list_place: ListPlace | undefined) => () =>
    void navigate({
      search: (now) => ({ ...now, cursor: cursor === '' ? undefined : cursor }),
      state: { list_place },
    })
  const next_cursor = page?.next_cursor ?? null
  // Behind a link into the middle, only the first page is known.
  const previous = place ? place.before.at(-1)?.cursor : ''
  return {
    place,
    next:
      page && next_cursor !== null
        ? go(next_cursor, place && placeAfter(place, page.items.length, next_cursor))
        : undefined,
    previous: previous === undefined ? undefined : go(previous, place && placeBefore(place)),
  }
}

export function Pager({ next, previous }: Paging) {
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
