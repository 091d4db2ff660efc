// Held updates (code 110).

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { ConflictSearch } from '../search.ts'
import { client, must } from './client.ts'

/** The number that the rail counts up to. */
const COUNTED_MAX = 99
const LIST_ROWS = 50

export const openConflictsQuery = queryOptions({
  queryKey: ['conflicts', 'open'],
  queryFn: () => must(client.conflicts({ state: 'open', limit: COUNTED_MAX })),
  staleTime: 10_000,
})

export const conflictsQuery = ({ state = 'open', lead_id }: ConflictSearch) =>
  infiniteQueryOptions({
    queryKey: ['conflicts', 'list', state, lead_id ?? ''],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam }) =>
      must(client.conflicts({ state, lead_id, limit: LIST_ROWS, cursor: pageParam ?? undefined })),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const conflictQuery = (id: number) =>
  queryOptions({ queryKey: ['conflicts', 'one', id], queryFn: () => must(client.conflict(id)) })
