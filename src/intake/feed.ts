// The feed: hands the next leads of an allocation to diallers, and takes back what they give back.

import { hoursNow } from '../core/contact-hours.ts'
import { readLeaseId } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import type { ContactHours, Rules } from '../core/rules.ts'
import { type LeaseKey, noteReturned } from '../db/leases.ts'
import type { OpenPart } from '../db/open-places.ts'
import type { Unparked } from '../db/parking.ts'
import type { Db, Pool } from '../db/pool.ts'
import {
  dueAllocations,
  extendLease,
  nextLeads,
  PROMOTED_MAX,
  promote,
  type Queued,
  returnLead,
  whatIsThere,
} from '../db/queue.ts'
import { hasZoneIndex } from '../db/queue-index.ts'
import { parkUnwashed } from '../db/wash-work.ts'
import { callableOf, freeSharersOf } from './attempts.ts'
import { Batcher, type RowResult } from './batcher.ts'
import { Draw } from './draw.ts'
import { Gate } from './gate.ts'
import { HandOut, type LeasedLead } from './hand-out.ts'

/** What a look rests on. */
interface Admitted {
  rules: Rules
  /** Of a virtual allocation; undefined: it has leads of its own. */
  members: readonly number[] | undefined
}

interface TakerRequest {
  allocation_id: number
  /** Asked before every look, because a wait is long: throws when the taker may not any more. */
  admit: () => Promise<Admitted>
  count: number
  lease_s: number
  /** The agent whose own callbacks may be among the leads. */
  agent: string | null
  /** Actor: key:7. */
  taker: string
  /** How long to wait while there is nothing, milliseconds. */
  wait_ms: number
  /** Aborted when the taker hangs up. */
  signal: AbortSignal
}

/** A taker that looks, by the rules of this moment. */
interface Look extends Admitted {
  request: TakerRequest
}

type Taken = { handed: LeasedLead[]; error?: undefined } | { handed?: undefined; error: unknown }

type Held = LeaseKey & { lead_number: number }

/** How often a waiting taker looks by itself: for leads that another process took in. */
const LOOK_MS = 500
const SWEEP_MS = 1_000
/** The shortest time between two promotions of one allocation, milliseconds. */
const PROMOTE_MS = 200

export class Feed {
  readonly #pool: Pool
  /** Takers that wait, by allocation; first come, first woken. */
  readonly #waiting = new Map<number, Set<() => void>>()
  readonly #promoted = new Map<number, number>()
  /**
   * Takers that ask in one moment for the same are served by one commit, in the order in which they came. By
   * allocation: those of one do not wait for a long search in another.
   */
  readonly #takes = new Map<number, Batcher<Look, Taken>>()
  readonly #hand_out: HandOut
  readonly #draw: Draw
  /** Each that waits holds a connection: no taker has more than half of the room. */
  readonly #room = new Gate({ slots: LIMITS.takers_max, queue_max: 0, wait_ms: 0, share: 1 })
  #is_by_zone = false
  #sweep: NodeJS.Timeout | undefined
  #stopped = false

  constructor(pool: Pool) {
    this.#pool = pool
    this.#hand_out = new HandOut(pool)
    this.#draw = new Draw(pool, this.#hand_out)
  }

  /** Begins to look every second for what has fallen due. */
  start(): void {
    let looking = false
    this.#sweep = setInterval(async () => {
      if (looking) return
      looking = true
      // The database may be away: the next look, or the next lease, does what this one could not.
      await parkUnwashed(this.#pool).catch(() => undefined)
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
    for (const allocation_id of await dueAllocations(this.#pool)) {
      let promoted: number
      do {
        promoted = await promote(this.#pool, allocation_id)
        this.wake(allocation_id, promoted)
      } while (promoted === PROMOTED_MAX)
    }
  }

  /** Leads of the allocation have become ready: as many takers as leads look again. */
  wake(allocation_id: number, leads = 1): void {
    for (const wake of [...(this.#waiting.get(allocation_id) ?? [])].slice(0, leads)) wake()
  }

  /** The same for those that left parking. */
  wakeAll(unparked: readonly Unparked[]): void {
    for (const { allocation_id, leads } of unparked) this.wake(allocation_id, leads)
  }

  /** The next leads in order, at most `count`; waits for the first one, but never for more. */
  async lease(request: TakerRequest): Promise<LeasedLead[]> {
    const key = request.taker
    // A taker that finds no room to wait is answered at once, and asks again.
    if (request.wait_ms === 0 || (await this.#room.enter({ key })) !== 'admitted')
      return this.#look({ request, ...(await request.admit()) })
    try {
      return await this.#await(request)
    } finally {
      this.#room.leave(key)
    }
  }

  async #await(request: TakerRequest): Promise<LeasedLead[]> {
    const { allocation_id, signal, wait_ms } = request
    const ends = performance.now() + wait_ms
    for (;;) {
      const admitted = await request.admit()
      // Enlisted before it looks: what becomes ready in between wakes it.
      const wait = this.#enlist([allocation_id, ...(admitted.members ?? [])], signal)
      try {
        const handed = await this.#look({ request, ...admitted })
        const left_ms = ends - performance.now()
        if (handed.length > 0 || left_ms <= 0 || this.#stopped || signal.aborted) return handed
        await wait.until(Math.min(LOOK_MS, left_ms))
        if (signal.aborted || this.#stopped) return []
      } finally {
        wait.leave()
      }
    }
  }

  async #look(look: Look): Promise<LeasedLead[]> {
    const { request, rules } = look
    const { handed, error } = await this.#takesOf(request.allocation_id).submit(look, Infinity)
    if (!handed) throw error
    // A taker that has hung up meanwhile has not seen the leads.
    if (request.signal.aborted && handed.length > 0) {
      const unseen = handed.map(({ lease_id }) => readLeaseId(lease_id)!)
      await this.#hand_out.setAside(rules.campaign_id, unseen, this.#pool.now)
      if (rules.counts_attempts)
        for (const { campaign_id, lead_number: number } of unseen) {
          const free = (tx: Db) => freeSharersOf(tx, { campaign_id, number })
          this.wakeAll(await this.#pool.transaction(free, { retry: 'lock' }))
        }
    }
    return handed
  }

  /** The new end of a lease, counted from now; undefined: it has ended. */
  extend(lease: Held, lease_s: number): Promise<string | undefined> {
    return this.#pool.transaction((tx) => extendLease(tx, lease, lease_s), { retry: 'clash' })
  }

  /** Ends a lease without an outcome: the lead goes back to its place. */
  async handBack(lease: Held & { allocation_id: number }): Promise<void> {
    const { campaign_id, lead_number: number } = lease
    const freed = await this.#pool.transaction(
      async (tx) => {
        // The lease first: whoever gives the lead a place at this moment is done by then, and the place is found.
        await noteReturned(tx, lease, tx.now)
        await returnLead(tx, lease)
        return freeSharersOf(tx, { campaign_id, number })
      },
      { retry: 'lock' },
    )
    this.wake(lease.allocation_id)
    this.wakeAll(freed)
  }

  /** The leads that anybody gets next, in order. */
  async next(allocation_id: number, { rules, members }: Admitted, rows_max: number): Promise<Queued[]> {
    await this.#promoteAll(members ?? [allocation_id])
    const part = openPart(allocation_id, rules, this.#instant())
    if (members) return this.#draw.next(rules, part, rows_max)
    const phone_fields = rules.fields.phones.map(({ name }) => name)
    const is_by_zone = await this.#isByZone()
    const next = await nextLeads(this.#pool, part, phone_fields, LIMITS.leases_max, is_by_zone)
    // Calls are judged one after the other, from the first lead on.
    const step = rules.judges_calls ? next.length : rows_max
    const found: Queued[] = []
    for (let at = 0; at < next.length && found.length < rows_max; at += step)
      found.push(...(await callableOf(this.#pool, rules, next.slice(at, at + step), part.at)))
    return found.slice(0, rows_max)
  }

  /** Whether the index by zone set is there; asked until it is. */
  async #isByZone(): Promise<boolean> {
    this.#is_by_zone ||= await hasZoneIndex(this.#pool)
    return this.#is_by_zone
  }

  #instant(): string {
    return this.#pool.now ?? new Date().toISOString()
  }

  #takesOf(allocation_id: number): Batcher<Look, Taken> {
    const known = this.#takes.get(allocation_id)
    const takes = known ?? new Batcher<Look, Taken>({ run: (looks) => this.#serve(allocation_id, looks) })
    if (!known) this.#takes.set(allocation_id, takes)
    return takes
  }

  #enlist(allocation_ids: readonly number[], signal: AbortSignal) {
    const { promise, resolve } = Promise.withResolvers<void>()
    for (const allocation_id of allocation_ids) {
      const takers = this.#waiting.get(allocation_id) ?? new Set()
      this.#waiting.set(allocation_id, takers)
      takers.add(resolve)
    }
    signal.addEventListener('abort', () => resolve(), { once: true })
    let timer: NodeJS.Timeout | undefined
    return {
      until: (ms: number) => {
        timer = setTimeout(resolve, ms)
        return promise
      },
      leave: () => {
        clearTimeout(timer)
        for (const allocation_id of allocation_ids) {
          const takers = this.#waiting.get(allocation_id)
          takers?.delete(resolve)
          if (takers?.size === 0) this.#waiting.delete(allocation_id)
        }
      },
    }
  }

  /** A lease call promotes as well, so that the first lead in order is handed out first, whatever the sweep is doing. */
  async #promote(allocation_id: number): Promise<void> {
    const now = this.#pool.now
    const at = now === null ? performance.now() : Date.parse(now)
    const last = this.#promoted.get(allocation_id)
    if (last !== undefined && at >= last && at - last < PROMOTE_MS) return
    this.#promoted.set(allocation_id, at)
    while ((await promote(this.#pool, allocation_id)) === PROMOTED_MAX);
  }

  #promoteAll(allocation_ids: readonly number[]) {
    return Promise.all(allocation_ids.map((allocation_id) => this.#promote(allocation_id)))
  }

  /** A group that fails fails alone: the others keep the leads that they got. */
  async #serve(allocation_id: number, looks: readonly Look[]): Promise<RowResult<Taken>[]> {
    const taken = new Map<Look, Taken>()
    const here = looks.filter(({ request }) => !request.signal.aborted)
    const newest = here.at(-1)
    if (newest) {
      const { rules, members } = newest
      await this.#promoteAll(members ?? [allocation_id])
      const from = members ? this.#draw : this.#hand_out
      const common = openPart(allocation_id, rules, this.#instant())
      const is_by_zone = await this.#isByZone()
      const groups = await this.#served(members ?? [allocation_id], common, [
        ...Map.groupBy(here, keyOf).values(),
      ])
      await Promise.all(
        groups.flatMap(togetherUpToMax).map(async (together) => {
          const count = together.reduce((sum, { request }) => sum + request.count, 0)
          const { agent, lease_s, taker } = together[0]!.request
          try {
            const taking = { ...common, count, agent, lease_s, taker }
            const handed = await from.take(rules, taking, is_by_zone)
            for (const look of together) taken.set(look, { handed: handed.splice(0, look.request.count) })
          } catch (error) {
            for (const look of together) taken.set(look, { error })
          }
        }),
      )
    }
    return looks.map((look) => ({ done: taken.get(look) ?? { handed: [] } }))
  }

  /** The groups that may get a lead: one statement tells hundreds of waiting agents that there is none. */
  async #served(allocation_ids: readonly number[], part: OpenPart, groups: Look[][]) {
    if (groups.length < 2) return groups
    const agentOf = ([look]: Look[]) => look!.request.agent
    const agents = [...new Set(groups.flatMap((group) => agentOf(group) ?? []))]
    const is_by_zone = await this.#isByZone()
    const there = await Promise.all(
      allocation_ids.map((allocation_id) =>
        whatIsThere(this.#pool, { ...part, allocation_id }, agents, is_by_zone),
      ),
    )
    if (there.some(({ ready }) => ready)) return groups
    const own = new Set(there.flatMap((one) => one.agents))
    return groups.filter((group) => own.has(agentOf(group) ?? ''))
  }
}

const keyOf = ({ request: { agent, lease_s, taker } }: Look) => `${taker} ${lease_s} ${agent ?? ''}`

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

/** The part of an allocation that may be called now. Contact hours 0: those of the template. */
function openPart(allocation_id: number, rules: Rules, now: string): OpenPart {
  const part: OpenPart = { allocation_id, at: now, open: [], closed: [], own_open: [] }
  const add = (contact_hours_id: number, hours: ContactHours) => {
    const { is_open, closed } = hoursNow(hours, now)
    if (!is_open && !hours.local_to_lead) return
    part.open.push(contact_hours_id)
    part.closed.push(closed)
    part.own_open.push(is_open)
  }
  add(0, rules.contact_hours)
  for (const hours of rules.all_contact_hours.values()) add(hours.contact_hours_id, hours)
  return part
}
