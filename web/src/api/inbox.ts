// The inbox: held changes (code 110), what was decided for many of them, and the rules that settle them.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { BulkTakes, ConflictNotUndone, LeftConflict, ReadyConflict } from '../../../src/client/api.ts'
import type { ConflictSearch } from '../search.ts'
import { all, client, must, queries } from './client.ts'

const LIST_ROWS = 50

/** What narrows counts and neighbours, too. */
export const filterOf = ({ caller, group, campaign_id, assigned, kind }: ConflictSearch) => ({
  caller,
  group,
  campaign_id,
  assigned,
  kind,
})

export const conflictsQuery = (search: ConflictSearch) =>
  infiniteQueryOptions({
    queryKey: ['conflicts', 'list', search],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam }) =>
      must(
        client.conflicts({
          ...filterOf(search),
          state: search.state ?? 'open',
          lead_id: search.lead_id,
          clashing: search.clashing && search.clashing === 'yes',
          limit: LIST_ROWS,
          cursor: pageParam ?? undefined,
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const kindsQuery = ({ kind: _, ...search }: ConflictSearch) =>
  queryOptions({
    queryKey: ['conflicts', 'kinds', search],
    queryFn: () => must(client.conflictKinds(filterOf(search))),
  })

export const conflictQuery = (id: number) =>
  queryOptions({ queryKey: ['conflicts', 'one', id], queryFn: () => must(client.conflict(id)) })

export const neighboursQuery = (id: number, search: ConflictSearch) =>
  queryOptions({
    queryKey: ['conflicts', 'neighbours', id, search],
    queryFn: () => must(client.conflictNeighbours(id, filterOf(search))),
  })

export const assigneesQuery = queryOptions({
  queryKey: ['conflict-assignees'],
  queryFn: async () => (await must(client.conflictAssignees())).items,
  staleTime: 60_000,
})

export const handedOverQuery = queryOptions({
  queryKey: ['conflicts', 'handed-over'],
  queryFn: async () => (await must(client.handedOver())).items,
})

export const rulesQuery = queryOptions({
  queryKey: ['conflicts', 'rules'],
  queryFn: () => all((page) => client.conflictRules(page)),
})

export const bulkQuery = queryOptions({
  queryKey: ['conflicts', 'bulk'],
  queryFn: async () => (await must(client.bulkDecisions())).items,
})

const FIGURES_DAYS = 30

export const figuresQuery = queryOptions({
  queryKey: ['conflicts', 'figures'],
  queryFn: () => must(client.conflictFigures({ days: FIGURES_DAYS })),
  staleTime: 60_000,
})

export const previewQuery = (where: ConflictSearch, decisions: BulkTakes) =>
  queryOptions({
    queryKey: ['conflict-preview', where, decisions],
    queryFn: () => must(client.previewBulkDecision({ where: filterOf(where), decisions })),
    // It is what the operator agrees to: it does not change under their eyes.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** As many as the server settles in one request. */
const PART = 25

/** Settles them part by part. `onPart`: how many are looked at by now. @throws Refused, NoAnswer */
export async function settleInParts(
  bulk_id: number,
  items: readonly ReadyConflict[],
  onPart: (looked_at: number) => void,
): Promise<{ settled: number; left: LeftConflict[] }> {
  let settled = 0
  const left: LeftConflict[] = []
  for (let from = 0; from < items.length; from += PART) {
    const part = await must(client.settleConflicts(bulk_id, { items: items.slice(from, from + PART) }))
    settled += part.settled.length
    left.push(...part.left)
    onPart(Math.min(from + PART, items.length))
  }
  return { settled, left }
}

/** Undoes a decision for many, part by part. @throws Refused, NoAnswer */
export async function undoInParts(
  bulk_id: number,
  onPart: (looked_at: number) => void,
): Promise<{ undone: number; left: ConflictNotUndone[] }> {
  let undone = 0
  const left: ConflictNotUndone[] = []
  let cursor: number | null = null
  do {
    const part: { undone: number; left: ConflictNotUndone[]; next_cursor: number | null } = await must(
      client.undoBulkDecision(bulk_id, { cursor: cursor ?? undefined }),
    )
    undone += part.undone
    left.push(...part.left)
    onPart(undone + left.length)
    cursor = part.next_cursor
  } while (cursor !== null)
  return { undone, left }
}

/** Lets a rule settle what is open already, part by part; answers how many it settled. @throws Refused, NoAnswer */
export async function applyInParts(rule_id: number): Promise<number> {
  let settled = 0
  let cursor: number | null = null
  do {
    const part: { settled: number; next_cursor: number | null } = await must(
      client.applyConflictRule(rule_id, { cursor: cursor ?? undefined }),
    )
    settled += part.settled
    cursor = part.next_cursor
  } while (cursor !== null)
  return settled
}

/** After something was settled, opened again or given to somebody. */
export const conflictsChanged = () => queries.invalidateQueries({ queryKey: ['conflicts'] })
