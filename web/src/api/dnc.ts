// The do-not-call lists.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { DncAddition, DncList } from '../../../src/client/api.ts'
import type { DncSearch } from '../search.ts'
import { client, must, queries } from './client.ts'

const LIST_ROWS = 50

export const dncListQuery = ({ list, campaign_id, entries }: DncSearch) =>
  infiniteQueryOptions({
    queryKey: ['dnc', 'list', list, campaign_id, entries],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(
        client.latestDncEntries({
          list,
          campaign_id,
          standing: entries === 'all' ? undefined : entries !== 'past',
          limit: LIST_ROWS,
          cursor: pageParam,
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const dncNumberQuery = (number: string, campaign_id: number | undefined) =>
  queryOptions({
    queryKey: ['dnc', number, campaign_id],
    queryFn: () => must(client.dncNumber(number, { campaign_id })),
  })

/** What became of a line. `listed`: nothing was to be done. */
export type LineResult = { line: string } & (
  | { result: 'done' | 'listed'; problem?: undefined }
  | { result: 'bad'; problem: string }
)

/** The list that numbers come onto or go off. */
export interface ListChosen {
  list: DncList
  campaign_id: number | undefined
}

interface Written {
  items: readonly { phone: string }[]
  invalid: readonly { index: number; detail: string }[]
}

/** Which line is which number: the server has read them all. */
async function resultsOf(
  { campaign_id }: ListChosen,
  lines: readonly string[],
  { items, invalid }: Written,
): Promise<LineResult[]> {
  const read = (await must(client.checkDnc({ campaign_id, phones: [...lines] }))).items
  const done = new Set(items.map(({ phone }) => phone))
  const bad = new Map(invalid.map(({ index, detail }) => [index, detail]))
  return lines.map((line, i) => {
    const problem = bad.get(i)
    if (problem !== undefined) return { line, result: 'bad', problem }
    return { line, result: done.has(read[i]?.phone ?? '') ? 'done' : 'listed' }
  })
}

/** Adds a number a line. A line without a number refuses none of the others. @throws Refused, NoAnswer */
export async function addLines(
  chosen: ListChosen,
  lines: readonly string[],
  more: Pick<DncAddition, 'reason' | 'expires_at'>,
): Promise<LineResult[]> {
  const body = { ...chosen, ...more, phones: [...lines], skip_invalid: true }
  return resultsOf(chosen, lines, await must(client.addToDnc(body)))
}

/** Takes a number a line off a list. @throws Refused, NoAnswer */
export async function removeLines(
  chosen: ListChosen,
  lines: readonly string[],
  reason: string,
): Promise<LineResult[]> {
  const body = { ...chosen, phones: [...lines], reason, skip_invalid: true }
  return resultsOf(chosen, lines, await must(client.removeFromDnc(body)))
}

export const dncChanged = () => queries.invalidateQueries({ queryKey: ['dnc'] })
