// Finding leads: by what somebody typed, by filters, by both. Newest first, a page at a time.

import { type LeadKey, readLeadId } from '../core/lead.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Query } from '../core/search.ts'
import { termsOf } from '../core/search-terms.ts'
import { foldWords, foundIn } from '../db/lead-texts.ts'
import { type LeadView, viewFound } from '../db/leads.ts'
import type { Pool } from '../db/pool.ts'
import { BULKHEADS } from '../db/pools.ts'
import { exactLeads } from '../db/search.ts'
import { hasTermIndex } from '../db/search-index.ts'
import { type Filter, type Fitting, LEADS_COUNTED_MAX, UNINDEXED_MAX } from '../db/search-parts.ts'
import { type SortedPlace, type SortOrder, sortedSearch } from '../db/search-sorted.ts'
import { Bulkhead } from './bulkhead.ts'
import type { Indexer } from './indexer.ts'
import { readOrder, type WayText } from './search-order.ts'

/** Where a page begins: below this number. `exact`: the number of leads in front of the order on the first page. */
export interface SearchPlace {
  below: number
  exact: number
  /** Whether words are looked for inside of words. */
  inside: boolean
}

export interface SearchRequest {
  /** The actor in whose turn it works. */
  by: string
  filter: Filter
  query: Query | null
  /** Null: the first page. */
  from: SearchPlace | null
  rows_max: number
}

export interface SortedRequest extends Pick<SearchRequest, 'by' | 'filter' | 'rows_max'> {
  order: SortOrder
  /** Null: the first page. */
  after: SortedPlace | null
}

interface FoundView extends LeadView {
  /** The numbers in which anything typed is found, `fields.Mobile`, and `external_id`; absent where nothing was typed. */
  found_in?: string[]
}

interface FoundPage<Place = SearchPlace> {
  items: FoundView[]
  /** Null: there are no more. A page may have fewer leads than asked for, or none, and still not be the last. */
  next: Place | null
  /** Of the first page: how many there are; not exact: so many at least. */
  total: { count: number; exact: boolean } | null
  /** Whether no lead has words that begin like those of the query, so that they are looked for inside of words. */
  inside_words?: boolean
}

/** A query as the statements of search take it. */
interface SearchReading {
  ways: Fitting[]
  /** The numbers of all leads that are found; null: they are many. */
  found: number[] | null
}

const SEARCHES_WAITING = 64
/** Longest wait for a turn, and for an indexer that is far behind. */
const WAIT_MS_MAX = 2_000

export class Search {
  readonly #pool: Pool
  readonly #bulkhead: Bulkhead
  readonly #indexer: Indexer
  #has_term_index = false

  constructor(pool: Pool, indexer: Indexer) {
    this.#pool = pool
    this.#indexer = indexer
    this.#bulkhead = new Bulkhead(pool, {
      slots: BULKHEADS.searches.connections_max,
      queue_max: SEARCHES_WAITING,
      wait_ms: WAIT_MS_MAX,
      crowded: 'too many searches are at work',
      too_slow: 'the search took too long: name a campaign, or type more of the word',
    })
  }

  async find(request: SearchRequest): Promise<Result<FoundPage>> {
    const found = await this.#bulkhead.run(request.by, () => this.#find(request))
    return found.refusal ? found : found.ok
  }

  /** How `find` reads a query, and all leads that it finds where they are few. */
  async reading(by: string, filter: Filter, query: Query): Promise<Result<SearchReading>> {
    const request = { by, filter, query, from: null }
    const found = await this.find({ ...request, rows_max: 1 })
    if (found.refusal) return found
    const { total, inside_words } = found.ok
    const few = total?.exact ? await this.find({ ...request, rows_max: LEADS_COUNTED_MAX }) : undefined
    if (few?.refusal) return few
    const ways = await waysOf(this.#pool, query)
    const is_indexed = ways.every(({ terms }) => terms !== null)
    const read = is_indexed && !inside_words ? ways : ways.map(anywhere)
    return ok({
      ways: read.map(({ patterns, begins }) => ({ patterns, begins })),
      found: few?.ok.next === null ? few.ok.items.map(({ id }) => readLeadId(id)!.number) : null,
    })
  }

  /** Other work that looks through many leads takes its turn among the searches. */
  inTurn<T>(by: string, work: (pool: Pool) => Promise<T>): Promise<Result<T>> {
    return this.#bulkhead.run(by, () => work(this.#pool))
  }

  async #find(request: SearchRequest): Promise<Result<FoundPage>> {
    const { query, from } = request
    const ways = query ? await waysOf(this.#pool, query) : []
    // Where a way has no terms, no index helps: then its words may as well be anywhere.
    const is_indexed = ways.every(({ terms }) => terms !== null)
    if (from?.inside || !is_indexed) return this.#findBy(request, ways.map(anywhere), from?.inside ?? false)
    const found = await this.#findBy(request, ways, false)
    const is_nothing = found.ok && found.ok.items.length === 0 && found.ok.next === null
    if (from !== null || !is_nothing || !query || !hasLetters(query)) return found
    return this.#findBy(request, ways.map(anywhere), true, true)
  }

  async #findBy(
    { filter, query, from, rows_max }: SearchRequest,
    ways: readonly WayText[],
    inside: boolean,
    is_second = false,
  ): Promise<Result<FoundPage>> {
    const named = query ? await exactLeads(this.#pool, filter, query.typed, query.lead) : []
    const { below, exact } = from ?? {
      below: Number.MAX_SAFE_INTEGER,
      exact: Math.min(named.length, rows_max),
    }
    const index = await this.#index()
    // Leads in front of the first page are left out of the order on every page.
    const in_front = named.slice(0, exact)
    const first = from === null ? in_front : []
    const room = rows_max - first.length
    const order = await this.#inOrder(() =>
      readOrder(this.#pool, {
        filter,
        ways,
        below,
        left_out: in_front,
        rows_max: room + 1,
        index,
        is_second,
      }),
    )
    if (!order)
      return refuse('UNAVAILABLE', 'many leads have just come in and cannot be searched yet', {
        retry_after_s: 2,
      })
    const shown = order.leads.slice(0, room)
    const is_more = order.leads.length > room
    const items = await this.#view([...first, ...shown], filter.team_ids, ways)
    const next_below = is_more ? (shown.at(-1)?.number ?? below) : order.below
    const is_last = !is_more && order.below <= 1
    const total = is_last
      ? { count: items.length, exact: true }
      : { count: Math.min(LEADS_COUNTED_MAX, Math.max(items.length, order.counted)), exact: false }
    if (order.is_counted && order.counted <= LEADS_COUNTED_MAX && !query?.lead) total.exact = true
    return ok({
      items,
      next: is_last ? null : { below: next_below, exact, inside },
      total: from === null ? total : null,
      ...(inside ? { inside_words: true } : {}),
    })
  }

  /** Once the index of terms is there, it stays. */
  async #index(): Promise<'terms' | 'trigrams'> {
    this.#has_term_index ||= await hasTermIndex(this.#pool)
    return this.#has_term_index ? 'terms' : 'trigrams'
  }

  /** Leads in another order. */
  async sorted({ by, ...request }: SortedRequest): Promise<Result<FoundPage<SortedPlace>>> {
    return this.#bulkhead.run(by, () => this.#sorted(request))
  }

  async #sorted({
    order,
    filter,
    after,
    rows_max,
  }: Omit<SortedRequest, 'by'>): Promise<FoundPage<SortedPlace>> {
    const asked = { filter, after, rows_max: rows_max + 1 }
    const { leads, counted, edge } = await sortedSearch(this.#pool, order, asked)
    const shown = leads.slice(0, rows_max)
    const is_more = leads.length > rows_max
    return {
      items: await this.#view(shown, filter.team_ids, []),
      next: is_more ? placeOf(shown.at(-1)!) : edge,
      total:
        after === null
          ? {
              count: Math.min(LEADS_COUNTED_MAX, counted),
              exact: edge === null && counted <= LEADS_COUNTED_MAX,
            }
          : null,
    }
  }

  async #view(
    leads: readonly LeadKey[],
    team_ids: number[] | null,
    ways: readonly WayText[],
  ): Promise<FoundView[]> {
    const items = await viewFound(this.#pool, leads, { team_ids })
    if (ways.length === 0) return items
    const patterns = [...new Set(ways.flatMap((way) => way.patterns))]
    const rows = await foundIn(this.#pool, leads, patterns)
    const places = new Map(rows.map((row) => [`${row.campaign_id}-${row.number}`, row.found_in]))
    return items.map((lead) => ({ ...lead, found_in: places.get(lead.id) ?? [] }))
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

const placeOf = ({ at, number }: SortedPlace): SortedPlace => ({ at, number })

/** Words of which the folding makes nothing but small letters, and always has. */
const PLAIN = /^[ -_a-~]*$/
/** Three signs in a row of which an index of trigrams has an entry. */
const TRIGRAM = /[a-zA-Z0-9]{3}/

async function waysOf(pool: Pool, { ways }: Query): Promise<WayText[]> {
  const words = ways.flat()
  const folded = words.every((word) => PLAIN.test(word))
    ? words.map((word) => ({ word: word.toLowerCase(), before: null }))
    : await foldWords(pool, words)
  const spelled = ways.map((way) => folded.splice(0, way.length))
  const now = spelled.map((way) => way.map(({ word }) => word))
  // While texts are folded anew, some are folded as before.
  const before = spelled
    .map((way) => way.map(({ word, before }) => before ?? word))
    .filter((way, i) => way.some((word, j) => word !== now[i]![j]))
  return [...now, ...before].map(wayOf)
}

function wayOf(words: readonly string[]): WayText {
  const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
  const trigrams = patterns.filter((pattern) => TRIGRAM.test(pattern)).sort((a, b) => b.length - a.length)
  const conditions = words.map(termsOf)
  const begins = conditions.flatMap(({ begins }) => begins ?? [])
  const terms = conditions.flatMap(({ terms }) => terms ?? [])
  return { patterns, begins, terms: terms.length > 0 ? terms.join(' & ') : null, trigrams }
}

/** Numbers are found by any part of them. */
const hasLetters = ({ ways }: Query) => ways.some((words) => words.some((word) => /\p{L}/u.test(word)))

/** The same words, wherever in a text they are. */
const anywhere = (way: WayText): WayText => ({ ...way, begins: [], terms: null })
