// The order of what a search finds: walked from the newest lead on while many fit, collected where few do.
//
// Measured with a million leads: a walk passes a thousand leads in a millisecond, a collection takes a millisecond for some
// two hundred leads that fit. A word that three leads have is collected at once, one that every fiftieth has is not.

import { type LeadKey, leadId } from '../core/lead.ts'
import type { Pool } from '../db/pool.ts'
import {
  type Collection,
  collectSearch,
  collectTerms,
  collectTrigrams,
  type Reach,
  type Step,
  type Walk,
  walkSearch,
} from '../db/search.ts'
import type { Filter, Fitting, Found } from '../db/search-parts.ts'

/** One way to read a query. */
export interface WayText extends Fitting {
  /** Its entries in the index of terms, as a tsquery; null: it has none. */
  terms: string | null
  /** Its patterns that have a trigram, the longest first. */
  trigrams: readonly string[]
}

interface OrderRequest {
  filter: Filter
  /** None: the filter alone. */
  ways: readonly WayText[]
  below: number
  left_out: readonly LeadKey[]
  rows_max: number
  /** Which index has the texts. */
  index: 'terms' | 'trigrams'
  /** Nothing was found where words begin. */
  is_second?: boolean
}

interface Order {
  leads: LeadKey[]
  /** There may be more below this number; 1: there are none. */
  below: number
  /** Leads that fit, as far as they were seen; `is_counted`: all were. */
  counted: number
  is_counted: boolean
  /** Leads that the texts did not know. */
  unindexed: number
}

/** Numbers of the first stretch of a walk: enough to see how common a word is, and to count a thousand leads of a list. */
const FIRST = { texts: 2_048, leads: 1_200 }
/** Numbers of the next ones; after one that passed few leads the next is longer still. */
const NEXT = 8_192
const LONGER = 8
const FEW = 1_000
/** A word that so many leads of the first stretch have is looked for by walking. */
const COMMON = 8
/** When a walk ends before its page is full: what can be collected then is collected, else the page stays short. */
const WALK_MAX = { leads: 10_000, stretches: 5 }
/** A second look delays the answer that nothing is found: whoever wants more asks for the next page. */
const SECOND_MAX = 4_000
const PAGE_MAX = { leads: 25_000, ms: 1_000 }

/** The next leads in order. */
export async function readOrder(pool: Pool, request: OrderRequest): Promise<Order> {
  const order = new Reading(pool, request)
  const { filter, ways } = request
  const ordered = orderedIndex(filter)
  const unordered = unorderedIndex(filter)
  if (ways.length === 0) {
    if (ordered || unordered !== 'conflicts')
      await order.walk(ordered ?? 'leads', FIRST.leads, unordered !== null)
    if (unordered) await order.collect(unordered)
  } else {
    const is_indexed = ways.every(
      ({ terms, trigrams }) => terms !== null && (request.index === 'terms' || trigrams.length > 0),
    )
    if (is_indexed) {
      const { fitting } = await order.step('texts', FIRST.texts)
      const is_common = fitting >= COMMON
      if (is_common) await order.walk(ordered ?? 'texts', NEXT, true)
      await order.collect(is_common ? (unordered ?? 'texts') : 'texts')
    } else await order.walk(ordered ?? 'texts', request.is_second ? NEXT : FIRST.texts, false)
  }
  return order.end()
}

/** The narrowest index of the filter whose entries are in order. */
function orderedIndex(filter: Filter): Walk | null {
  if (filter.import_id !== null) return 'import'
  if (filter.changed_by !== null) return 'changed_by'
  if (filter.allocation_id !== null) return 'allocation'
  return filter.dispositions === null ? null : 'disposition'
}

/** The index of the filter whose entries do not. */
function unorderedIndex(filter: Filter): Collection | null {
  if (filter.callback_from !== null || filter.callback_to !== null) return 'callbacks'
  return filter.has_conflict ? 'conflicts' : null
}

class Reading {
  readonly #pool: Pool
  readonly #request: OrderRequest
  readonly #left_out: Set<string>
  readonly #found = new Map<string, LeadKey>()
  #below: number
  #counted = 0
  #is_counted = false
  #unindexed = 0

  constructor(pool: Pool, request: OrderRequest) {
    this.#pool = pool
    this.#request = request
    this.#left_out = new Set(request.left_out.map(keyOf))
    this.#below = request.below
  }

  get #is_done(): boolean {
    return this.#found.size >= this.#request.rows_max || this.#below <= 1
  }

  get #reach(): Reach {
    const { filter, ways, rows_max } = this.#request
    return {
      filter,
      ways: ways.map(({ patterns, begins }) => ({ patterns, begins })),
      below: this.#below,
      rows_max: rows_max + this.#left_out.size,
    }
  }

  #take({ leads, counted, unindexed }: Found): void {
    for (const lead of leads) if (!this.#left_out.has(keyOf(lead))) this.#found.set(keyOf(lead), lead)
    this.#counted += counted
    this.#unindexed = Math.max(this.#unindexed, unindexed)
  }

  async step(by: Walk, length: number): Promise<Step> {
    const step = await walkSearch(this.#pool, by, this.#reach, length)
    this.#take(step)
    this.#below = step.edge
    this.#is_counted = step.edge <= 1
    return step
  }

  /** Until the page is full or nothing is left, or for as long as it may. */
  async walk(by: Walk, first: number, is_collected_after: boolean): Promise<void> {
    const began = performance.now()
    const leads_max = this.#request.is_second ? SECOND_MAX : PAGE_MAX.leads
    let [length, passed, stretches] = [first, 0, 0]
    while (!this.#is_done) {
      const step = await this.step(by, length)
      passed += step.passed
      stretches++
      if (is_collected_after && (passed >= WALK_MAX.leads || stretches >= WALK_MAX.stretches)) return
      if (passed >= leads_max || performance.now() - began > PAGE_MAX.ms) return
      length = step.passed < FEW ? length * LONGER : Math.max(length, NEXT)
    }
  }

  /** All that is left. */
  async collect(by: Collection | 'texts'): Promise<void> {
    if (this.#is_done) return
    const steps =
      by === 'texts' ? await this.#collectTexts() : [await collectSearch(this.#pool, by, this.#reach)]
    for (const step of steps) this.#take(step)
    this.#below = 1
    // A lead that fits in two ways is counted in each.
    this.#is_counted = steps.length === 1
  }

  #collectTexts(): Promise<Found[]> {
    return Promise.all(
      this.#request.ways.map(({ patterns, begins, terms, trigrams }) => {
        const reach = { ...this.#reach, ways: [{ patterns, begins }] }
        return this.#request.index === 'terms'
          ? collectTerms(this.#pool, reach, terms!)
          : collectTrigrams(this.#pool, reach, trigrams)
      }),
    )
  }

  end(): Order {
    const leads = [...this.#found.values()].sort((a, b) => b.number - a.number)
    return {
      leads: leads.slice(0, this.#request.rows_max),
      below: this.#below,
      counted: this.#counted,
      is_counted: this.#is_counted,
      unindexed: this.#unindexed,
    }
  }
}

const keyOf = ({ campaign_id, number }: LeadKey) => leadId(campaign_id, number)
