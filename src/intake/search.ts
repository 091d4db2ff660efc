// Finding leads: by what somebody typed, by filters, by both. Newest first, a page at a time.

import { type Outcome, ok, refuse } from '../core/result.ts'
import type { Query } from '../core/search.ts'
import { type LeadView, viewFound } from '../db/leads.ts'
import { Pool, type PoolOptions, sqlState } from '../db/pool.ts'
import { exactLeads, foldWords } from '../db/search.ts'
import { COUNTED_MAX, type Filter, UNINDEXED_MAX } from '../db/search-parts.ts'
import { Gate } from './gate.ts'
import type { Indexer } from './indexer.ts'
import { readOrder, type Way } from './search-order.ts'

/** Where a page begins: below this number. `exact`: how many leads stood in front of the order on the first page. */
export interface Place {
  below: number
  exact: number
}

export interface SearchRequest {
  filter: Filter
  query: Query | null
  /** Null: the first page. */
  from: Place | null
  rows_max: number
}

export interface Found {
  items: LeadView[]
  /** Null: there are no more. A page may have fewer leads than asked for, or none, and still not be the last. */
  next: Place | null
  /** Of the first page: how many there are; not exact: so many at least. */
  total: { count: number; exact: boolean } | null
}

/** Searches at once, and the connections that they have to themselves: however slow, they hold up no intake. */
const SEARCHES = 4
const SEARCHES_WAITING = 64
const STATEMENT_MS_MAX = 2_000
/** Longest wait for a turn, and for an indexer that is far behind. */
const WAIT_MS_MAX = 2_000

/** SQLSTATE of a statement that ran into its limit of time. */
const CANCELLED = '57014'

export class Search {
  readonly #pool: Pool
  readonly #indexer: Indexer
  readonly #turns = new Gate({ slots: SEARCHES, queue_max: SEARCHES_WAITING, wait_ms: WAIT_MS_MAX })

  constructor(options: Pick<PoolOptions, 'connection' | 'onError' | 'onPool'>, indexer: Indexer) {
    const own = { name: 'searches', connections_max: SEARCHES, statement_ms_max: STATEMENT_MS_MAX }
    this.#pool = new Pool({ ...options, ...own })
    this.#indexer = indexer
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  async find(request: SearchRequest): Promise<Outcome<Found>> {
    if ((await this.#turns.enter()) !== 'admitted')
      return refuse('UNAVAILABLE', 'too many searches are at work', { retry_after_s: 1 })
    try {
      return await this.#find(request)
    } catch (error) {
      if (sqlState(error) !== CANCELLED) throw error
      const detail = 'the search took too long: name a campaign, or type more of the word'
      return refuse('UNAVAILABLE', detail, { retry_after_s: 2 })
    } finally {
      this.#turns.leave()
    }
  }

  async #find({ filter, query, from, rows_max }: SearchRequest): Promise<Outcome<Found>> {
    const ways = query ? await waysOf(this.#pool, query) : []
    const named = query ? await exactLeads(this.#pool, filter, query.typed, query.lead) : []
    const { below, exact } = from ?? {
      below: Number.MAX_SAFE_INTEGER,
      exact: Math.min(named.length, rows_max),
    }
    // What stands in front of the first page is left out of the order on every page.
    const in_front = named.slice(0, exact)
    const first = from === null ? in_front : []
    const room = rows_max - first.length
    const order = await this.#inOrder(() =>
      readOrder(this.#pool, { filter, ways, below, left_out: in_front, rows_max: room + 1 }),
    )
    if (!order)
      return refuse('UNAVAILABLE', 'many leads have just come in and cannot be searched yet', {
        retry_after_s: 2,
      })
    const shown = order.leads.slice(0, room)
    const is_more = order.leads.length > room
    const items = await viewFound(this.#pool, [...first, ...shown], filter.team_ids)
    const next_below = is_more ? (shown.at(-1)?.number ?? below) : order.below
    const is_last = !is_more && order.below <= 1
    const total = is_last
      ? { count: items.length, exact: true }
      : { count: Math.min(COUNTED_MAX, Math.max(items.length, order.counted)), exact: false }
    if (order.is_counted && order.counted <= COUNTED_MAX && !query?.lead) total.exact = true
    return ok({
      items,
      next: is_last ? null : { below: next_below, exact },
      total: from === null ? total : null,
    })
  }

  /** The texts may be far behind, as in the middle of an import: a search waits for them instead of missing leads. */
  async #inOrder<T extends { unindexed: number }>(read: () => Promise<T>): Promise<T | undefined> {
    const until = performance.now() + WAIT_MS_MAX
    for (;;) {
      const order = await read()
      if (order.unindexed <= UNINDEXED_MAX) return order
      if (performance.now() > until) return undefined
      await this.#indexer.catchUp(until)
    }
  }
}

const ASCII = /^[\x01-\x7f]*$/
/** Three signs in a row of which the index has an entry. */
const TRIGRAM = /[a-zA-Z0-9]{3}/

async function waysOf(pool: Pool, { ways }: Query): Promise<Way[]> {
  const words = ways.flat()
  const folded = words.every((word) => ASCII.test(word))
    ? words.map((word) => word.toLowerCase())
    : await foldWords(pool, words)
  let next = 0
  return ways.map((way) => {
    const patterns = way.map(() => `%${folded[next++]!.replace(/[\\%_]/g, '\\$&')}%`)
    const indexed = patterns.filter((pattern) => TRIGRAM.test(pattern)).sort((a, b) => b.length - a.length)
    return { patterns, indexed }
  })
}
