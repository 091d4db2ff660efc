// The conflicts that every screen counts.

import { queryOptions } from '@tanstack/react-query'
import { client, must } from './client.ts'

/** The number that the rail counts up to. */
const COUNTED_MAX = 99

export const openConflictsQuery = queryOptions({
  queryKey: ['conflicts', 'open'],
  queryFn: () => must(client.conflicts({ state: 'open', limit: COUNTED_MAX })),
  staleTime: 10_000,
})

/** Those that wait for this operator. */
export const handedToMeQuery = queryOptions({
  queryKey: ['conflicts', 'handed-to-me'],
  queryFn: async () =>
    (await must(client.conflicts({ state: 'open', assigned: 'me', limit: COUNTED_MAX }))).items,
  staleTime: 10_000,
})
