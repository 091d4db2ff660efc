// Pages by cursor. What lies before a page is remembered with its entry in the browser's history.

import { Button } from '@mantine/core'
import IconChevronLeft from '@tabler/icons-react/icons/IconChevronLeft'
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { text } from '../../text.ts'
import styles from './leads.module.css'
import type { LeadSearch } from './search.ts'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Cursors of the pages before this one; '' is the first. */
    pages_before?: readonly string[]
  }
}

export interface Paging {
  has_next: boolean
  has_previous: boolean
  next: () => void
  previous: () => void
}

export function usePaging(search: LeadSearch, next_cursor: string | number | null): Paging {
  const navigate = useNavigate({ from: '/leads' })
  const kept = useRouterState({ select: ({ location }) => location.state.pages_before })
  // A link into the middle: what is known to lie before it is the beginning.
  const before = search.cursor === undefined ? [] : (kept ?? [''])
  const go = (cursor: string, pages_before: readonly string[]) =>
    void navigate({
      search: (now) => ({ ...now, cursor: cursor === '' ? undefined : cursor }),
      state: { pages_before },
    })
  return {
    has_next: next_cursor !== null,
    has_previous: before.length > 0,
    next: () => {
      if (next_cursor !== null) go(String(next_cursor), [...before, search.cursor ?? ''])
    },
    previous: () => {
      const to = before.at(-1)
      if (to !== undefined) go(to, before.slice(0, -1))
    },
  }
}

export function Pager({ has_next, has_previous, next, previous }: Paging) {
  if (!has_next && !has_previous) return null
  return (
    <nav className={styles.pager} aria-label={text.leads.pages}>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconChevronLeft size={14} />}
        disabled={!has_previous}
        onClick={previous}
      >
        {text.leads.previous}
      </Button>
      <Button
        variant="default"
        size="xs"
        rightSection={<IconChevronRight size={14} />}
        disabled={!has_next}
        onClick={next}
      >
        {text.leads.next}
      </Button>
    </nav>
  )
}
