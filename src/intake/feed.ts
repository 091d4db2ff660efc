// The feed: hands the next leads of an allocation to diallers, and takes back what they give back.

import { isOpenAt } from '../core/contact-hours.ts'
import { leaseId } from '../core/lease.ts'
import { LIMITS } from '../core/limits.ts'
import { compareOrdered } from '../core/queue.ts'
import type { ContactHours, Rules } from '../core/rules.ts'
import { type LeadView, viewLeads } from '../db/leads.ts'
import { type LeaseKey, noteReturned } from '../db/leases.ts'
import { lockParkingShared, park } from '../db/parking.ts'
import type { Pool } from '../db/pool.ts'
import {
  dueAllocations,
  extendLease,
  type Leased,
  nextLeads,
  PROMOTED_MAX,
  promote,
  returnLead,
  takeNext,
} from '../db/queue.ts'
import { Batcher, type RowResult } from './batcher.ts'

export interface LeaseRequest {
  allocation_id: number
  /** Asked before every look, because a wait is long: throws when the taker may not any more. */
  rules: () => Promise<Rules>
  count: number
  lease_s: number
  /** Whose callbacks may be among the leads. */
  agent: string | null
  /** Actor: key:7. */
  taker: string
  /** How long to wait while there is nothing, milliseconds. */
  wait_ms: number
  /** Aborted when the taker hangs up. */
  signal: AbortSignal
}

/** A lead in the hands of a dialler. */
export interface HandedOut {
  lease_id: string
  expires_at: string
  /** What may be dialled, in the order of the template's fields. */
  numbers: { field: string; number: string }[]
  lead: LeadView
}

/** A taker that looks, by the rules of this moment. */
interface Look {
  request: LeaseRequest
  rules: Rules
}

type Held = LeaseKey & { lead_number: number }

/** How often a waiting taker looks by itself: for leads that another process took in. */
const LOOK_MS = 500
const SWEEP_MS = 1_000
/** What fell due is looked for at most so often for one allocation. */
const PROMOTE_MS = 200
/** Longest search for a lead that is not blocked, milliseconds: a stretch of blocked ones is parked on the way. */
const SEARCH_MS_MAX = 5_000

export class Feed {
  readonly #pool: Pool
  /** Undefined: times are those of the database's clock, which all processes share. */
  readonly #clock: (() => string) | undefined
  /** Takers that wait, by allocation; first come, first woken. */
  readonly #waiting = new Map<number, Set<() => void>>()
  readonly #promoted = new Map<number, number>()
  /** Takers that ask in one moment for the same are served by one commit, in the order in which they came. */
  readonly #takes = new Batcher<Look, HandedOut[]>({ run: (looks) => this.#serve(looks) })
  #sweep: NodeJS.Timeout | undefined
  #stopped = false

  constructor(pool: Pool, clock?: () => string) {
    this.#pool = pool
    this.#clock = clock
  }

  /** Begins to look every second for what has fallen due. */
  start(): void {
    let looking = false
    this.#sweep = setInterval(async () => {
      if (looking) return
      looking = true
      // The database may be away: the next look, or the next lease, does what this one could not.
      await this.promoteDue().catch(() => undefined)
      looking = false
    }, SWEEP_MS)
  }

  /** Takers that wait are answered with nothing. */
  stop(): void {
    this.#stopped = true
    clearInterval(this.#sweep)
    for (const takers of this.#waiting.values()) for (const wake of takers) wake()
  }

  /** Puts callbacks that fell due and leads whose lease ended back into the order, in all started allocations. */
  async promoteDue(): Promise<void> {
    const now = this.#now()
    for (const allocation_id of await dueAllocations(this.#pool, now)) {
      let promoted: number
      do {
        promoted = await promote(this.#pool, allocation_id, now, LIMITS.callback_grace_s)
        this.wake(allocation_id, promoted)
      } while (promoted === PROMOTED_MAX)
    }
  }

  /** Leads of the allocation have become ready: as many takers as leads look again. */
  wake(allocation_id: number, leads = 1): void {
    for (const wake of [...(this.#waiting.get(allocation_id) ?? [])].slice(0, leads)) wake()
  }

  /** The next leads in order, at most `count`; waits for the first one, but never for more. */
  async lease(request: LeaseRequest): Promise<HandedOut[]> {
    const ends = performance.now() + request.wait_ms
    for (;;) {
      // Enlisted before it looks: what becomes ready in between wakes it.
      const wait = this.#enlist(request.allocation_id, request.signal)
      try {
        const look = { request, rules: await request.rules() }
        const handed = await this.#takes.submit(look, Number.POSITIVE_INFINITY)
        const left_ms = ends - performance.now()
        if (handed.length > 0 || left_ms <= 0 || this.#stopped || request.signal.aborted) return handed
        await wait.until(Math.min(LOOK_MS, left_ms))
        if (request.signal.aborted || this.#stopped) return []
      } finally {
        wait.leave()
      }
    }
  }

  /** The new end of a lease, counted from now; undefined: it has ended. */
  extend(lease: Held, lease_s: number): Promise<string | undefined> {
    return extendLease(this.#pool, lease, this.#now(), lease_s)
  }

  /** Ends a lease without an outcome: the lead goes back to its place. */
  async handBack(lease: Held & { allocation_id: number }): Promise<void> {
    const now = this.#now()
    await this.#pool.transaction(async (tx) => {
      await returnLead(tx, lease, now, LIMITS.callback_grace_s)
      await noteReturned(tx, lease, now)
    })
    this.wake(lease.allocation_id)
  }

  /** The leads that anybody gets next, in order. */
  async next(allocation_id: number, rules: Rules, rows_max: number) {
    await this.#promote(allocation_id)
    return nextLeads(this.#pool, allocation_id, openHours(rules, this.#instant()), rows_max)
  }

  #now(): string | null {
    return this.#clock?.() ?? null
  }

  #instant(): string {
    return this.#now() ?? new Date().toISOString()
  }

  #enlist(allocation_id: number, signal: AbortSignal) {
    const takers = this.#waiting.get(allocation_id) ?? new Set()
    this.#waiting.set(allocation_id, takers)
    const { promise, resolve } = Promise.withResolvers<void>()
    takers.add(resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
    let timer: NodeJS.Timeout | undefined
    return {
      until: (ms: number) => {
        timer = setTimeout(resolve, ms)
        return promise
      },
      leave: () => {
        clearTimeout(timer)
        takers.delete(resolve)
        if (takers.size === 0) this.#waiting.delete(allocation_id)
      },
    }
  }

  /** The lease call does it as well, so that what sorts first is handed out first, whatever the sweep is doing. */
  async #promote(allocation_id: number): Promise<void> {
    const now = this.#now()
    const at = now === null ? performance.now() : Date.parse(now)
    const last = this.#promoted.get(allocation_id)
    if (last !== undefined && at >= last && at - last < PROMOTE_MS) return
    this.#promoted.set(allocation_id, at)
    while ((await promote(this.#pool, allocation_id, now, LIMITS.callback_grace_s)) === PROMOTED_MAX);
  }

  async #serve(looks: readonly Look[]): Promise<RowResult<HandedOut[]>[]> {
    const served = new Map<Look, HandedOut[]>()
    const here = looks.filter(({ request }) => !request.signal.aborted)
    await Promise.all(
      [...Map.groupBy(here, keyOf).values()].flatMap(togetherUpToMax).map(async (together) => {
        const count = together.reduce((sum, { request }) => sum + request.count, 0)
        const { request, rules } = together.at(-1)!
        const handed = await this.#take({ ...request, count }, rules)
        for (const look of together) served.set(look, handed.splice(0, look.request.count))
      }),
    )
    return looks.map((look) => ({ done: served.get(look) ?? [] }))
  }

  async #take(
    { allocation_id, count, agent, lease_s, taker }: LeaseRequest,
    rules: Rules,
  ): Promise<HandedOut[]> {
    await this.#promote(allocation_id)
    const now = this.#now()
    const open = openHours(rules, this.#instant())
    const handed: HandedOut[] = []
    const gives_up = performance.now() + SEARCH_MS_MAX
    while (handed.length < count && performance.now() < gives_up) {
      const missing = count - handed.length
      const taking = { allocation_id, count: missing, open, agent, now, lease_s, taker }
      const leased = await takeNext(this.#pool, taking)
      if (leased.length === 0) break
      const found = await this.#show(rules, leased, now)
      handed.push(...found)
      // Fewer rows than asked for: there are no more. Fewer leads than rows: the others are blocked, on to the next.
      if (leased.length < missing || found.length === leased.length) break
    }
    return handed.sort((a, b) => compareOrdered(orderOf(a), orderOf(b)))
  }

  /** Leased rows as leads, read after they were leased; those with every number blocked are parked instead. */
  async #show(rules: Rules, leased: Leased[], now: string | null): Promise<HandedOut[]> {
    const { campaign_id } = rules
    const numbers = leased.map(({ lead_number }) => lead_number)
    const leads = new Map(
      (await viewLeads(this.#pool, campaign_id, numbers, null)).map((lead) => [lead.number, lead]),
    )
    const handed: HandedOut[] = []
    const blocked: Leased[] = []
    for (const row of leased) {
      const lead = leads.get(row.lead_number)
      // Closed or forgotten since: whoever did it has taken it out of the queue.
      if (!lead || lead.closed) continue
      const dialable = dialableNumbers(lead, rules)
      if (dialable.length === 0) blocked.push(row)
      else {
        const { number: _, ...shown } = lead
        const lease_id = leaseId(campaign_id, row.lead_number, row.lease_number)
        handed.push({ lease_id, expires_at: row.expires_at, numbers: dialable, lead: shown })
      }
    }
    if (blocked.length > 0)
      await this.#pool.transaction(async (tx) => {
        await lockParkingShared(tx)
        await park(tx, campaign_id, blocked, now)
      })
    return handed
  }
}

function dialableNumbers(lead: LeadView, rules: Rules) {
  const rows = new Map(lead.phones.map((phone) => [phone.field, phone]))
  const numbers = new Set<string>()
  return rules.fields.phones.flatMap(({ name }) => {
    const phone = rows.get(name)
    if (!phone?.number || phone.state !== 'ok' || phone.blocked_by || numbers.has(phone.number)) return []
    numbers.add(phone.number)
    return [{ field: name, number: phone.number }]
  })
}

const orderOf = ({ lead }: HandedOut) => ({
  priority: lead.priority,
  due_at: lead.callback?.at ?? null,
  number: Number(lead.id.split('-')[1]),
})

const keyOf = ({ request: { allocation_id, agent, lease_s, taker } }: Look) =>
  JSON.stringify([allocation_id, agent, lease_s, taker])

/** Requests side by side, as many as one statement can serve. */
function togetherUpToMax(looks: Look[]): Look[][] {
  const all: Look[][] = []
  let room = 0
  for (const look of looks) {
    if (look.request.count > room) {
      all.push([])
      room = LIMITS.leases_max
    }
    all.at(-1)!.push(look)
    room -= look.request.count
  }
  return all
}

const MINUTE_MS = 60_000
const known = new WeakMap<ContactHours, { region: string; minute: number; open: boolean }>()

/** Contact hours open and close on the minute, so an answer holds for one. */
function isOpen(hours: ContactHours, { region }: Rules, now: string): boolean {
  const minute = Math.floor(Date.parse(now) / MINUTE_MS)
  const told = known.get(hours)
  if (told?.region === region && told.minute === minute) return told.open
  const open = isOpenAt(hours, region, now)
  known.set(hours, { region, minute, open })
  return open
}

/** The contact hours in which leads of the campaign may be called now; 0: those of the template. */
const openHours = (rules: Rules, now: string) => [
  ...(isOpen(rules.contact_hours, rules, now) ? [0] : []),
  ...[...rules.all_contact_hours.values()].flatMap((hours) =>
    isOpen(hours, rules, now) ? [hours.contact_hours_id] : [],
  ),
]
