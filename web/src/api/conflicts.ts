// Held updates (code 110).

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Conflict, Decisions } from '../../../src/client/model.ts'
import { path } from '../../../src/client/path.ts'
import type { ConflictSearch } from '../screens/conflicts/search.ts'
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
  staleTime: 10_000,
})

const LIST_ROWS = 50

export const conflictsQuery = ({ state = 'open', lead_id }: ConflictSearch) =>
  infiniteQueryOptions({
    queryKey: ['conflicts', 'list', state, lead_id ?? ''],
    initialPageParam: null as Page<Conflict>['next_cursor'],
    queryFn: ({ pageParam }) =>
      call<Page<Conflict>>('GET', '/v1/conflicts', {
        query: { state, lead_id, limit: LIST_ROWS, cursor: pageParam ?? undefined },
      }),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const conflictQuery = (id: number) =>
  queryOptions({
    queryKey: ['conflicts', 'one', id],
    queryFn: () => call<Conflict>('GET', path`/v1/conflicts/${id}`),
  })

type Resolution = { lead_version: number; decisions: Decisions } | { dismiss: true; reason: string }

export const settleConflict = (id: number, resolution: Resolution) =>
  call<{ lead_id: string; version: number }>('PUT', path`/v1/conflicts/${id}/resolution`, {
    body: resolution,
  })
