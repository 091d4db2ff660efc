// Takes the next leads of an allocation out of the queue; those that must not be called are set aside.

import { setTimeout as sleep } from 'node:timers/promises'
import { callbackInstant } from '../core/callback.ts'
import { contactHoursOf, isDialable, leaseId } from '../core/lead.ts'
import { canonicalNumber } from '../core/phone-forms.ts'
import { compareOrdered } from '../core/queue.ts'
import type { Rules } from '../core/rules.ts'
import { badFields } from '../core/value.ts'
import { callbackZoneOf, callbackZoneOfView, clocksOf, firstToOpen } from '../core/zone-set.ts'
import { parkLeased } from '../db/attempts.ts'
import { moveCallbacks } from '../db/callback-moves.ts'
import { findLeads, type LeadView } from '../db/leads.ts'
import { lockParkingShared, park, type Unshown } from '../db/parking.ts'
import { behindCommit, type Pool } from '../db/pool.ts'
import { type Leased, type Taking, takeNext } from '../db/queue.ts'
import { Gate } from './gate.ts'
import { type TakenLeads, takeJudged } from './judged-take.ts'
import { withTurn } from './write.ts'
import { renewZoneSets } from './zone-sets.ts'

/** A lead in the hands of a dialler. */
export interface LeasedLead {
  lease_id: string
  expires_at: string
  /** The numbers to dial, in the order of the template's fields. */
  numbers: { field: string; number: string }[]
  lead: LeadView & { bad_values: string[] }
}

/** A leased lead that a dialler may see. */
type Shown = Leased & Pick<LeasedLead, 'numbers'>

/** What one look at the queue gave. Shown in order; nobody is shown the others. */
interface Round {
  shown: Shown[]
  unshown: Unshown[]
  /** How many others were set aside already. */
  parked: number
}

/** Longest search for a lead that is not blocked, milliseconds: a stretch of blocked ones is parked on the way. */
const SEARCH_MS_MAX = 5_000
/**
 * In a stretch of blocked leads each round looks at more leads, up to a limit: the leads behind the stretch are held for
 * one round, and nobody should wait for them for long.
 */
const WIDER = 4
const WIDE_MAX = 50
/** How long a taker waits until leads are set aside, milliseconds: a removal of many numbers may delay that. */
const ASIDE_MS = 1_000

/** Takers at work at once: hundreds of them may ask in one moment, and intake needs connections too. */
const TURNS = 4
const TURN_MS_MAX = 30_000
/** Of those whose calls are counted: they may wait for a removal of numbers, and others do not wait with them. */
const JUDGED_TURNS = 2

const newTurns = (slots: number) =>
  new Gate({ slots, queue_max: Number.POSITIVE_INFINITY, wait_ms: TURN_MS_MAX })

export class HandOut {
  readonly #pool: Pool
  readonly #turns = newTurns(TURNS)
  readonly #judged_turns = newTurns(JUDGED_TURNS)
  /** One transaction after the other: while they have to wait, they do so on one connection. */
  #aside: Promise<void> = Promise.resolve()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** The next leads in order, at most `count`. Throws only when it has taken none. */
  async take(rules: Rules, taking: Taking, is_by_zone: boolean): Promise<LeasedLead[]> {
    const { count } = taking
    const turns = rules.judges_calls ? this.#judged_turns : this.#turns
    const found: Shown[] = []
    const passed = new Set<number>()
    const gives_up = performance.now() + SEARCH_MS_MAX
    let asking = count
    try {
      while (found.length < count && performance.now() < gives_up) {
        const turn = { by: { actor: taking.taker }, deadline: gives_up }
        const { shown, unshown, parked } = await withTurn(turns, turn, () =>
          this.#round(rules, { ...taking, count: asking }, count - found.length, is_by_zone),
        )
        const wanted = shown.slice(0, count - found.length)
        found.push(...wanted)
        const aside = [...unshown, ...shown.slice(wanted.length)]
        if (aside.length > 0) await this.setAside(rules.campaign_id, aside, this.#pool.now)
        // Fewer leads than asked for: there are no more. All of them shown: that is enough.
        if (shown.length + unshown.length + parked < asking || unshown.length + parked === 0) break
        // They were free after all: by now a phone field is there that these rules do not know.
        if (parked === 0 && unshown.every(({ lead_number }) => passed.has(lead_number))) break
        for (const { lead_number } of unshown) passed.add(lead_number)
        const missing = count - found.length
        asking = shown.length > 0 ? missing : Math.max(missing, Math.min(asking * WIDER, WIDE_MAX))
      }
    } catch (error) {
      // Leads taken in earlier rounds are still handed out if a later round fails.
      if (found.length === 0) throw error
    }
    return found.map(({ lead_number, lease_number, expires_at, numbers, lead }) => ({
      lease_id: leaseId(rules.campaign_id, lead_number, lease_number),
      expires_at,
      numbers,
      lead: { ...lead, bad_values: badFields(rules.fields, lead.fields) },
    }))
  }

  /** Ends leases that were shown to nobody: leads that are blocked are parked, the others go back to their place. */
  async setAside(campaign_id: number, rows: readonly Unshown[], now: string | null): Promise<void> {
    const asleep = rows.filter(({ is_asleep }) => is_asleep).map(({ lead_number }) => lead_number)
    const shut = rows.flatMap(({ look_at, lead_number, lease_number }) =>
      look_at === undefined ? [] : [{ lead_number, lease_number, look_at }],
    )
    const work = () =>
      this.#pool.transaction(
        async (tx) => {
          await lockParkingShared(tx)
          if (asleep.length > 0) await renewZoneSets(tx, campaign_id, asleep)
          if (shut.length > 0) await parkLeased(tx, campaign_id, shut)
          await park(
            tx,
            campaign_id,
            rows.filter(({ look_at }) => look_at === undefined),
            now,
          )
        },
        { retry: 'lock' },
      )
    // A lead that is not set aside stays leased to nobody, and comes back when the lease ends.
    this.#aside = this.#aside.then(work).then(
      () => undefined,
      () => undefined,
    )
    await Promise.race([this.#aside, sleep(ASIDE_MS, undefined, { ref: false })])
  }

  /** Leases leads; where calls are counted or need a consent, those that may be called. */
  async #taken(rules: Rules, taking: Taking, wanted: number, is_by_zone: boolean): Promise<TakenLeads> {
    if (!rules.judges_calls)
      return { leased: await takeNext(this.#pool, taking, is_by_zone), free: null, parked: 0 }
    const inOrder = (a: Leased, b: Leased) => compareOrdered(orderOf(a), orderOf(b))
    return takeJudged(this.#pool, rules, { taking, wanted, is_by_zone, inOrder })
  }

  /** Leases leads, and splits them into those that a dialler may see and those that nobody is shown. */
  async #round(rules: Rules, taking: Taking, wanted: number, is_by_zone: boolean): Promise<Round> {
    const { leased, free, parked } = await this.#taken(rules, taking, wanted, is_by_zone)
    const round: Round = { shown: [], unshown: [], parked }
    try {
      const early = await behindCommit(() => this.#early(rules, leased))
      for (const row of leased) {
        const { is_asleep, shut } = clocksOf(rules, row.lead, taking.at)
        const may_be_dialled = free?.get(row.lead_number)
        const numbers =
          is_asleep || early.has(row.lead_number)
            ? []
            : dialableNumbers(row.lead, rules)
                .map((one) => ({ ...one, digits: digitsOf(one.number) }))
                .filter(({ digits }) => !shut.has(digits) && (may_be_dialled?.includes(digits) ?? true))
                .map(({ digits: _, ...one }) => one)
        if (numbers.length > 0) round.shown.push({ ...row, numbers })
        else if (shut.size === 0 || early.has(row.lead_number)) round.unshown.push({ ...row, is_asleep })
        else round.unshown.push({ ...row, look_at: this.#opensAt(rules, row.lead) })
      }
    } catch (error) {
      // Nobody has seen the leased leads: they go back now, or when their lease ends.
      await this.setAside(rules.campaign_id, leased, this.#pool.now)
      throw error
    }
    round.shown.sort((a, b) => compareOrdered(orderOf(a), orderOf(b)))
    return round
  }

  /** When a number of a lead that is awake nowhere may be called. */
  #opensAt(rules: Rules, lead: LeadView): string | null {
    return firstToOpen(rules, lead, this.#pool.now ?? new Date().toISOString())
  }

  /**
   * The leads whose callback is not due after all. Their zone, or that of their contact hours, has changed, and
   * the job has not reached them yet, so their callbacks move here.
   */
  async #early(rules: Rules, leased: readonly Leased[]): Promise<Set<number>> {
    const astray = leased.flatMap(({ lead_number: number, lead }) => {
      const { callback } = lead
      const at = callback && callbackInstant(callback.local, callbackZoneOfView(rules, lead))
      return at && at !== callback.at ? [{ number, at }] : []
    })
    if (astray.length === 0) return new Set()
    const { campaign_id } = rules
    const keys = astray.map(({ number }) => ({ campaign_id, number, external_id: null }))
    const found = await findLeads(this.#pool, keys)
    await moveCallbacks(
      this.#pool,
      found.flatMap((lead) => {
        if (!lead || lead.callback_local === null) return []
        const hours = contactHoursOf(rules, lead)
        const zone = callbackZoneOf(rules, lead)
        return {
          campaign_id,
          lead_number: lead.number,
          version: lead.version,
          local: lead.callback_local,
          at: callbackInstant(lead.callback_local, zone),
          callback_zone: zone === hours.zone ? null : zone,
          own_hours_id: lead.own_hours?.contact_hours_id ?? null,
          hours_id: hours.contact_hours_id,
          zone_version: hours.zone_version,
        }
      }),
    )
    const now = Date.parse(this.#pool.now ?? new Date().toISOString())
    return new Set(astray.filter(({ at }) => Date.parse(at) > now).map(({ number }) => number))
  }
}

const digitsOf = (number: string) => canonicalNumber(Number(number.slice(1)))

function dialableNumbers(lead: LeadView, rules: Rules) {
  const rows = new Map(lead.phones.map((phone) => [phone.field, phone]))
  const numbers = new Set<number>()
  return rules.fields.phones.flatMap(({ name }) => {
    const phone = rows.get(name)
    if (!phone?.number || !isDialable(phone.state) || phone.blocked_by) return []
    const number = digitsOf(phone.number)
    if (numbers.has(number)) return []
    numbers.add(number)
    return [{ field: name, number: phone.number }]
  })
}

const orderOf = ({ lead_number: number, lead: { priority, callback } }: Leased) => ({
  priority,
  due_at: callback?.at ?? null,
  number,
})
