// The number of conflicts, which every screen shows.

import { queryOptions } from '@tanstack/react-query'
import { client, must } from './client.ts'

/** The number that the rail counts up to. */
const COUNTED_MAX = 99

export const openConflictsQuery = queryOptions({
  queryKey: ['conflicts', 'open'],
  queryFn: () => must(client.conflicts({ state: 'open', limit: COUNTED_MAX })),
  staleTime: 10_000,
})
