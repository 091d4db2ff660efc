// The audit log.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { AuditSearch } from '../search.ts'
import { startOfDay } from '../text/times.ts'
import { all, client, must } from './client.ts'

/** For their names. */
export const pullsQuery = queryOptions({
  queryKey: ['pulls'],
  queryFn: () => all((page) => client.pulls(page)),
})

const LIST_ROWS = 50

export const auditQuery = ({ actor, kind, subject, from, to }: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', actor, kind, subject, from, to],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      must(
        client.auditLog({
          actor,
          action: kind,
          subject,
          from: from && startOfDay(from).toISOString(),
          to: to && startOfDay(to, 1).toISOString(),
          limit: LIST_ROWS,
          cursor: pageParam,
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })
