// The figures of the dashboard: from the stream, and asked for while there is none. A screen that shows them says when they are
// old.

import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Stats } from '../../../src/client/api.ts'
import { client, must, queries } from './client.ts'
import { useLive } from './live.ts'

const statsQuery = queryOptions({ queryKey: ['stats'], queryFn: () => must(client.stats()) })

const ASK_MS = 2_000
const LOOK_MS = 500
/** Figures come every two seconds. People are told within five that they do not. */
const STALE_MS = 4_000

export interface StatsShown {
  stats: Stats | undefined
  error: unknown
  retry: () => void
  /** When the figures came, in the time of this machine; null: they are those of now. */
  stale_since: number | null
}

export function useStats(): StatsShown {
  const live = useLive('stats', (followed) => {
    if (followed.event !== 'stats') return
    const { event: _, at: __, ...newer } = followed
    queries.setQueryData(statsQuery.queryKey, (before) =>
      // What came first has all parts.
      before || 'campaigns' in newer ? ({ ...before, ...newer } as Stats) : before,
    )
  })
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    ...statsQuery,
    refetchInterval: live ? false : ASK_MS,
    refetchIntervalInBackground: true,
  })
  const is_stale = useOlderThan(dataUpdatedAt, STALE_MS)
  return {
    stats: data,
    error,
    retry: () => void refetch(),
    stale_since: data && is_stale ? dataUpdatedAt : null,
  }
}

function useOlderThan(at: number, ms: number): boolean {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK_MS)
    return () => clearInterval(timer)
  }, [])
  return now - at > ms
}
