// Bulk changes: what one would do, how far it is, and what stops it or takes it back.

import { infiniteQueryOptions, queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { BulkChange, BulkChangeRequest } from '../../../src/client/api.ts'
import type { Answer, Problem } from '../../../src/client/client.ts'
import { useAskMs } from '../shell/asking.ts'
import { client, must, queries } from './client.ts'

const AT_WORK_MS = 500
const LIST_MS = 5_000
const LIST_ROWS = 50

export const isAtWork = ({ state }: Pick<BulkChange, 'state'>) => state === 'running' || state === 'undoing'

/** Counted anew whenever somebody asks. */
export const bulkPreviewQuery = (asked: BulkChangeRequest) =>
  queryOptions({
    queryKey: ['bulk-changes', 'preview', asked],
    queryFn: () => must(client.previewBulkChange(asked)),
    gcTime: 0,
  })

export const bulkChangesQuery = infiniteQueryOptions({
  queryKey: ['bulk-changes', 'list'],
  initialPageParam: undefined as number | undefined,
  queryFn: ({ pageParam }) => must(client.bulkChanges({ limit: LIST_ROWS, cursor: pageParam })),
  getNextPageParam: ({ next_cursor }) => next_cursor,
})

export const useListMs = () => useAskMs(LIST_MS)

const keyOf = (id: number) => ['bulk-changes', 'one', id]

/** A bulk change that is followed while it is shown. What it has done is seen in the lists once it ends. */
export function useBulkChange(id: number) {
  const at_work_ms = useAskMs(AT_WORK_MS)
  const found = useQuery({
    queryKey: keyOf(id),
    queryFn: () => must(client.bulkChange(id)),
    refetchInterval: ({ state: { data } }) => data !== undefined && isAtWork(data) && at_work_ms,
  })
  const ended = found.data !== undefined && !isAtWork(found.data)
  useEffect(() => {
    if (ended) leadsChanged()
  }, [ended])
  return found
}

function leadsChanged(): void {
  for (const key of ['lead', 'leads']) void queries.invalidateQueries({ queryKey: [key] })
  void queries.invalidateQueries({ queryKey: bulkChangesQuery.queryKey })
}

/** Begins one, stops it, or has it taken back. */
export const useBulkStep = () =>
  useMutation({
    mutationFn: (ask: () => Promise<Answer<BulkChange | Problem>>) => must(ask()) as Promise<BulkChange>,
    onSuccess: (found) => queries.setQueryData(keyOf(found.bulk_change_id), found),
    onSettled: () => queries.invalidateQueries({ queryKey: bulkChangesQuery.queryKey }),
  })
