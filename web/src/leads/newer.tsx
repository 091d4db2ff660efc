// "12 new, show": leads that came in while the list is open. The list itself stays as it is until somebody asks.

import { Button } from '@mantine/core'
import { useThrottledValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { FoundLeads } from '../../../src/client/api.ts'
import { newerQuery } from '../api/leads.ts'
import { useNewestLead } from '../api/live.ts'
import { type LeadSearch, sortOf } from '../search.ts'
import { newer } from '../text/newer.ts'

/** Where leads pour in, the list looks for them no more often than this. */
const LOOK_MS = 10_000

const numberOf = (id: string | undefined) => Number(id?.split('-')[1] ?? 0)

export interface NewerProps {
  search: LeadSearch
  page: FoundLeads
  onShow: () => void
}

export function Newer({ search, page, onShow }: NewerProps) {
  const newest = useThrottledValue(useNewestLead(), LOOK_MS)
  const shown = new Set(page.items.map(({ id }) => id))
  const first = Math.max(0, ...page.items.map(({ id }) => numberOf(id)))
  const begins_here = search.cursor === undefined && sortOf(search) === 'newest'
  const { data } = useQuery({
    ...newerQuery(search, newest),
    enabled: begins_here && newest !== null && newest > first,
  })
  const fresh = data?.items.filter(({ id }) => numberOf(id) > first && !shown.has(id)).length ?? 0
  if (fresh === 0 || !data) return null
  const more = fresh === data.items.length && data.next_cursor !== null
  return (
    <Button size="compact-sm" variant="light" onClick={onShow}>
      {newer(fresh, more)}
    </Button>
  )
}
