// Draws leads for a virtual allocation: decides which member gives the next ones, and takes them as each member hands out.

import { drawByPenalty, drawByRatio } from '../core/draw.ts'
import { readLeaseId } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import type { Rules } from '../core/rules.ts'
import {
  type Giving,
  giveBack,
  givingMembers,
  headsOf,
  lockDraws,
  noteDrawn,
  type QueuedHead,
  writeLags,
} from '../db/draws.ts'
import type { OpenPart } from '../db/open-places.ts'
import type { Db, Pool } from '../db/pool.ts'
import type { Queued, Taking } from '../db/queue.ts'
import { callableOf } from './attempts.ts'
import { Gate } from './gate.ts'
import type { HandOut, LeasedLead } from './hand-out.ts'
import { withTurn } from './write.ts'

interface Drawing extends OpenPart, Pick<Taking, 'count' | 'agent'> {
  /** Members that had less than they seemed to. */
  without: ReadonlySet<number>
}

/** Plans at work at once: hundreds of takers may ask in one moment, and intake needs connections too. */
const PLANS = 2
const PLAN_MS_MAX = 30_000

export class Draw {
  readonly #pool: Pool
  readonly #hand_out: HandOut
  readonly #turns = new Gate({ slots: PLANS, queue_max: Number.POSITIVE_INFINITY, wait_ms: PLAN_MS_MAX })

  constructor(pool: Pool, hand_out: HandOut) {
    this.#pool = pool
    this.#hand_out = hand_out
  }

  /** The next leads of the members, at most `count`. Throws only when it has taken none. */
  async take(rules: Rules, taking: Taking, is_by_zone: boolean): Promise<LeasedLead[]> {
    const found: LeasedLead[] = []
    const without = new Set<number>()
    let failure: unknown
    try {
      while (found.length < taking.count) {
        const count = taking.count - found.length
        const drawing = { ...taking, count, without }
        const turn = { by: { actor: taking.taker }, deadline: performance.now() + PLAN_MS_MAX }
        const picks = await withTurn(this.#turns, turn, () => this.#picks(drawing))
        const given = await this.#give(rules, taking, picks, is_by_zone)
        found.push(...given.leads)
        failure ??= given.failure
        if (given.missing.size === 0) break
        await this.#giveBack(taking.allocation_id, given.missing)
        for (const member_id of given.missing.keys()) without.add(member_id)
      }
    } catch (error) {
      // Leads that were taken before are still handed out.
      failure ??= error
    }
    if (found.length === 0 && failure !== undefined) throw failure
    if (found.length > 0) await this.#note(rules, taking.allocation_id, found)
    return found
  }

  /** The leads that anybody gets next, in order. */
  async next(rules: Rules, part: OpenPart, count: number): Promise<Queued[]> {
    const members = await givingMembers(this.#pool, part.allocation_id)
    const drawing = { ...part, count: LIMITS.leases_max, agent: null, without: new Set<number>() }
    const all = await this.#heads(this.#pool, members, drawing)
    const heads = await callableOf(this.#pool, rules, all, part.at)
    const queues = Map.groupBy(heads, ({ member_id }) => member_id)
    return picked(members, heads, count).picks.map((member_id) => {
      const { lead_id, priority, due_at, agent } = queues.get(member_id)!.shift()!
      return { lead_id, priority, due_at, agent }
    })
  }

  /** Which member gives each of the next leads. By ratio it counts as given from here on. */
  async #picks(drawing: Drawing): Promise<number[]> {
    const { allocation_id, count } = drawing
    const members = await givingMembers(this.#pool, allocation_id)
    if (members[0]?.by !== 'ratio')
      return picked(members, await this.#heads(this.#pool, members, drawing), count).picks
    return this.#pool.transaction(
      async (tx) => {
        await lockDraws(tx, allocation_id)
        const now = await givingMembers(tx, allocation_id)
        const { picks, lags } = picked(now, await this.#heads(tx, now, drawing), count)
        if (picks.length > 0) await writeLags(tx, allocation_id, lags)
        return picks
      },
      { retry: 'lock' },
    )
  }

  #heads(db: Db, members: readonly Giving[], { open, closed, own_open, agent, count, without }: Drawing) {
    const member_ids = members.map(({ member_id }) => member_id).filter((id) => !without.has(id))
    return headsOf(db, { member_ids, open, closed, own_open, agent, count })
  }

  /** In turn with the plans, which write the lags that they have read. */
  #giveBack(allocation_id: number, missing: ReadonlyMap<number, number>) {
    return this.#pool.transaction(
      async (tx) => {
        await lockDraws(tx, allocation_id)
        await giveBack(tx, allocation_id, missing)
      },
      { retry: 'lock' },
    )
  }

  /** Takes the leads from the members side by side; `missing`: what members did not have after all. */
  async #give(rules: Rules, taking: Taking, picks: readonly number[], is_by_zone: boolean) {
    const asked = Map.groupBy(picks, (member_id) => member_id)
    const given = new Map<number, LeasedLead[]>()
    const missing = new Map<number, number>()
    let failure: unknown
    await Promise.all(
      [...asked].map(async ([member_id, { length: count }]) => {
        const leads = await this.#hand_out
          .take(rules, { ...taking, allocation_id: member_id, count }, is_by_zone)
          .catch((error: unknown) => {
            failure = error
            return []
          })
        given.set(member_id, leads)
        if (leads.length < count) missing.set(member_id, count - leads.length)
      }),
    )
    return { leads: picks.flatMap((member_id) => given.get(member_id)?.shift() ?? []), missing, failure }
  }

  async #note({ campaign_id }: Rules, allocation_id: number, leads: readonly LeasedLead[]): Promise<void> {
    const leases = leads.map(({ lease_id }) => readLeaseId(lease_id)!)
    try {
      await noteDrawn(
        this.#pool,
        allocation_id,
        campaign_id,
        leases.map(({ lease_number }) => lease_number),
      )
    } catch (error) {
      // Nobody has seen the leads: they go back now, or when their lease ends.
      await this.#hand_out.setAside(campaign_id, leases, this.#pool.now)
      throw error
    }
  }
}

function picked(members: readonly Giving[], heads: readonly QueuedHead[], count: number) {
  if (members[0]?.by !== 'ratio') {
    const penalties = new Map(members.map(({ member_id, penalty }) => [member_id, penalty]))
    return { picks: drawByPenalty(penalties, heads, count), lags: new Map<number, number>() }
  }
  const queues = Map.groupBy(heads, ({ member_id }) => member_id)
  const stock = new Map([...queues].map(([member_id, { length }]) => [member_id, length]))
  return drawByRatio(members, stock, count)
}
