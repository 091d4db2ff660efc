// How far allocations are, and which of their leads come next.

import { queryOptions } from '@tanstack/react-query'
import type { Counts } from '../../../src/client/api.ts'
import { client, must } from './client.ts'

/** Leads are called all the time. */
export const COUNT_AGAIN_MS = 15_000

export const countsQuery = (allocation_id: number) =>
  queryOptions({
    queryKey: ['allocation', allocation_id, 'counts'],
    queryFn: () => must(client.allocationCounts(allocation_id)),
  })

export const NEXT_SHOWN = 10

export const nextQuery = (allocation_id: number) =>
  queryOptions({
    queryKey: ['allocation', allocation_id, 'next'],
    queryFn: () => must(client.queue(allocation_id, { limit: NEXT_SHOWN })),
  })

const FOUND_MAX = 6

/** The leads of an allocation that a text finds. */
export const foundInQuery = (allocation_id: number, q: string) =>
  queryOptions({
    queryKey: ['leads', 'in-allocation', allocation_id, q],
    enabled: q !== '',
    queryFn: async () => (await must(client.leads({ q, allocation_id, limit: FOUND_MAX }))).items,
  })

/** How many leads are in each part of an allocation, closed ones in all. */
export type Parts = Record<Exclude<keyof Counts, 'closed'> | 'closed', number>

export const partsOf = ({ closed, ...open }: Counts): Parts => ({
  ...open,
  closed: Object.values(closed).reduce((sum, n) => sum + n, 0),
})

export const totalOf = (parts: Parts) => Object.values(parts).reduce((sum, n) => sum + n, 0)

export const sumOf = (all: readonly Parts[]): Parts =>
  all.reduce(
    (sum, parts) =>
      Object.fromEntries(
        Object.entries(sum).map(([part, n]) => [part, n + parts[part as keyof Parts]]),
      ) as Parts,
  )
