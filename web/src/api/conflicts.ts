// Held updates (code 110).

import { queryOptions } from '@tanstack/react-query'
import { call, type Page } from './client.ts'

export interface OpenConflict {
  conflict_id: number
  lead_id: string
}

/** As many as the rail counts to. */
const COUNTED_MAX = 99

export const openConflictsQuery = queryOptions({
  queryKey: ['conflicts', 'open'],
  queryFn: () =>
    call<Page<OpenConflict>>('GET', '/v1/conflicts', { query: { state: 'open', limit: COUNTED_MAX } }),
  refetchInterval: 30_000,
  staleTime: 10_000,
})
