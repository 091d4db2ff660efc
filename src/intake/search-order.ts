// The order of what a search finds: walked from the newest lead on while many fit, collected where few do.

import type { Pool } from '../db/pool.ts'
import {
  type Collection,
  collectSearch,
  collectTexts,
  type Filter,
  type FoundLead,
  type Patterns,
  type Step,
  type Stretch,
  type Walk,
  walkSearch,
} from '../db/search.ts'

/** One way to read a query. */
export interface Way {
  /** Every one must fit. */
  patterns: Patterns
  /** Those of them that have a trigram, the longest first. */
  indexed: Patterns
}

export interface OrderRequest {
  filter: Filter
  /** None: the filter alone. */
  ways: readonly Way[]
  below: number
  left_out: readonly FoundLead[]
  rows_max: number
}

export interface Order {
  leads: FoundLead[]
  /** There may be more below this number; 1: there are none. */
  high: number
  /** Leads that fit, as far as they were seen; `is_counted`: all were. */
  counted: number
  is_counted: boolean
  /** Leads that the texts did not know. */
  unindexed: number
}

/** Numbers of the first stretch of a walk. After one with few leads the next is longer. */
const NUMBERS = { texts: 16_384, others: 4_096 }
const LONGER = 8
const FEW = 2_000
/** When a walk ends before its page is full. What can be collected is collected then; else the page stays short. */
const WALK_MAX = { leads: 8_000, stretches: 4 }
const PAGE_MAX = { leads: 100_000, ms: 1_000 }

/** The next leads in order. */
export async function readOrder(pool: Pool, request: OrderRequest): Promise<Order> {
  const { filter, ways, left_out, rows_max } = request
  const began = performance.now()
  const [walk, collection] = [walkOf(request), collectionOf(request)]
  const found = new Map<string, FoundLead>()
  const hidden = new Set(left_out.map(keyOf))
  const rows = rows_max + hidden.size
  const order: Order = { leads: [], high: request.below, counted: 0, is_counted: false, unindexed: 0 }
  const take = ({ leads, counted, unindexed }: Step) => {
    for (const lead of leads) if (!hidden.has(keyOf(lead))) found.set(keyOf(lead), lead)
    order.counted += counted
    order.unindexed = Math.max(order.unindexed, unindexed)
  }

  let [passed, stretches, length] = [0, 0, walk === 'texts' ? NUMBERS.texts : NUMBERS.others]
  while (walk && found.size < rows_max && order.high > 1) {
    const stretch = { low: Math.max(0, order.high - 1 - length), high: order.high }
    const step = await walkSearch(
      pool,
      walk,
      filter,
      stretch,
      ways.map(({ patterns }) => patterns),
      rows,
    )
    take(step)
    order.high = step.edge
    passed += step.passed
    stretches++
    if (step.passed < FEW) length *= LONGER
    if (collection && (passed >= WALK_MAX.leads || stretches >= WALK_MAX.stretches)) break
    if (passed >= PAGE_MAX.leads || performance.now() - began > PAGE_MAX.ms) break
  }
  order.is_counted = order.high <= 1
  if (collection && found.size < rows_max && order.high > 1) {
    const stretch = { low: 0, high: order.high }
    for (const step of await collect(pool, collection, request, stretch, rows)) take(step)
    order.high = 1
    // A lead that fits in two ways is counted in each.
    order.is_counted = ways.length <= 1
  }
  order.leads = [...found.values()].sort((a, b) => b.number - a.number).slice(0, rows_max)
  return order
}

const keyOf = ({ campaign_id, number }: FoundLead) => `${campaign_id}-${number}`

/** The narrowest index whose entries stand in the order; null: what is collected is little enough without a walk. */
function walkOf({ filter, ways }: OrderRequest): Walk | null {
  if (filter.changed_by !== null) return 'changed_by'
  if (filter.allocation_id !== null) return 'allocation'
  if (filter.dispositions !== null) return 'disposition'
  if (ways.length > 0) return 'texts'
  return collectionOf({ filter, ways }) === 'conflicts' ? null : 'leads'
}

function collectionOf({ filter, ways }: Pick<OrderRequest, 'filter' | 'ways'>): Collection | null {
  if (ways.length > 0) return ways.every(({ indexed }) => indexed.length > 0) ? 'texts' : null
  if (filter.callback_from !== null || filter.callback_to !== null) return 'callbacks'
  return filter.has_conflict ? 'conflicts' : null
}

function collect(
  pool: Pool,
  by: Collection,
  { filter, ways }: OrderRequest,
  stretch: Stretch,
  rows_max: number,
): Promise<Step[]> {
  if (by !== 'texts') return collectSearch(pool, by, filter, stretch, rows_max).then((step) => [step])
  return Promise.all(
    ways.map(({ patterns, indexed }) => collectTexts(pool, filter, stretch, patterns, indexed, rows_max)),
  )
}
