// Days of a whole floor: leads by the thousand, leases of hundreds, outcomes side by side. Everything is drawn from one
// seed before it is done, so the same seed makes the same days.

import { draw, type Random, randomFrom } from '../../../examples/dialler/script.ts'
import { isOpen, wallOf } from '../model/calendar.ts'
import type { Report } from '../model/feed.ts'
import { type Lease, numberOfLine, numbersOf } from '../model/lead.ts'
import { isLawful, STATE_TEXTS } from '../model/places.ts'
import { HOURS } from '../model/world.ts'
import type { Player } from './player.ts'

/** Friday, 9:00 in Melbourne; on the Sunday the clocks change. */
export const FRIDAY = Date.parse('2026-10-01T23:00:00Z')
const DAYS_MS = 4.5 * 86_400_000
const SIDE_BY_SIDE = 64
const ROUNDS_MIN = 60

const OUTCOMES = [
  { disposition: 'Nobody', weight: 30 },
  { disposition: 'Engaged', weight: 15 },
  { disposition: 'Again', weight: 3 },
  { disposition: 'Ring back', weight: 14 },
  { disposition: 'Any time', weight: 4 },
  { disposition: 'Agreed', weight: 5 },
  { disposition: 'Agreed later', weight: 3 },
  { disposition: 'Sold', weight: 8 },
  { disposition: 'Refused', weight: 14 },
  { disposition: 'Never again', weight: 4 },
]

async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, async () => {
      for (const item of left) await work(item)
    }),
  )
}

export class LongDays {
  readonly #player: Player
  readonly #random: Random
  readonly #allocations: number[]
  readonly #leads: number
  #line: number
  /** Leases whose outcome comes when they have ended. */
  #late: Lease[] = []

  constructor(player: Player, allocations: number[], leads: number, seed: number, first_line: number) {
    this.#player = player
    this.#allocations = allocations
    this.#leads = leads
    this.#random = randomFrom(seed)
    this.#line = first_line
  }

  #chance = (share: number) => this.#random() < share
  #below = (max: number) => Math.floor(this.#random() * max)
  #one = <T>(items: readonly T[]): T => items[this.#below(items.length)]!
  #wait = (seconds: number) => this.#player.setClock(this.#player.now + seconds * 1_000)

  async play(): Promise<void> {
    await this.#takeIn()
    const count = Math.min(500, Math.max(5, Math.ceil(this.#leads / 40)))
    const rounds = Math.max(ROUNDS_MIN, Math.ceil((this.#leads / count) * 1.6))
    const ends = this.#player.now + DAYS_MS
    for (let round = 0; round < rounds && this.#player.now < ends; round++) {
      // A third of the days are hours in which somebody may be called.
      this.#wait(Math.ceil(DAYS_MS / 3_000 / rounds))
      this.#untilSomethingIsOpen()
      await this.#round(round, count)
    }
  }

  #untilSomethingIsOpen(): void {
    const { model } = this.#player
    const open = () =>
      isLawful('Australia Australia/Perth', model.now) &&
      HOURS.some(({ name }) => isOpen(model.hoursOf({ hours: name }), model.now))
    while (!open()) this.#wait(900)
  }

  async #takeIn(): Promise<void> {
    const player = this.#player
    const names = HOURS.map(({ name }) => name)
    const offers = Array.from({ length: this.#leads }, (_, i) => {
      const hours = this.#chance(0.5) ? this.#one(names) : undefined
      const zone = player.model.hoursOf({ hours: hours ?? null }).zone
      const callback = wallOf(player.now + (this.#below(2_000) - 200) * 60_000, zone)
      return {
        external_id: `lead ${i}`,
        allocation: this.#chance(0.95) ? this.#allocations[0]! : this.#allocations[1]!,
        fields: {
          Name: `Lead ${i}`,
          ...(this.#chance(0.4) ? { State: this.#one(STATE_TEXTS) } : {}),
          First: `+${numberOfLine(this.#line++)}`,
          ...(this.#chance(0.2) ? { Second: `+${numberOfLine(this.#line++)}` } : {}),
        },
        ...(this.#chance(0.3) ? { priority: this.#below(30) } : {}),
        ...(this.#chance(0.2) ? { callback: `${callback.slice(0, 16)}:00` } : {}),
        ...(hours === undefined ? {} : { hours }),
        allow_duplicates: false,
      }
    })
    await sideBySide(offers, async (offer) => void (await player.insert(offer)))
    // The same numbers again, one after the other: 105, or side by side where that is wanted.
    for (let i = 0; i < Math.min(200, this.#leads / 50); i++) {
      const { fields, allocation } = this.#one(offers)
      const allow_duplicates = this.#chance(0.5)
      await player.insert({ external_id: `again ${i}`, allocation, fields, allow_duplicates })
    }
    await this.#block(Math.ceil(this.#leads / 30))
  }

  async #block(leads: number): Promise<void> {
    const { player, now } = { player: this.#player, now: this.#player.now }
    for (const list of ['private', 'campaign', 'client'] as const) {
      const numbers = Array.from({ length: Math.ceil(leads / 3) }, () =>
        this.#one(player.model.leads),
      ).flatMap((lead) => numbersOf(lead.values))
      await player.block(list, numbers, this.#chance(0.5) ? now + this.#below(100_000) * 1_000 : null)
    }
  }

  async #round(round: number, count: number): Promise<void> {
    const player = this.#player
    const agent = this.#chance(0.4) ? this.#one(['ana', 'rui']) : null
    const allocation = this.#chance(0.9) ? this.#allocations[0]! : this.#allocations[1]!
    const leases = await player.lease(allocation, count, agent, 300)
    this.#wait(30 + this.#below(60))
    // While calls last, some leads are edited.
    const edited = leases.filter(() => this.#chance(0.04)).map(({ lead }) => lead)
    const priorities = new Map(edited.map((lead) => [lead, this.#below(20)]))
    await sideBySide(edited, (lead) => {
      const disposition = lead.values.disposition === null ? { disposition: 'Engaged' } : {}
      const fields = { Name: `Edited ${round}`, City: 'Carlton' }
      return player.update(lead, {
        ...disposition,
        fields,
        priority: priorities.get(lead)!,
        allow_duplicates: false,
      })
    })
    this.#wait(30 + this.#below(120))
    const now: Lease[] = []
    const back: Lease[] = []
    const extended: Lease[] = []
    const seen = new Set()
    // Two outcomes of one lead come one after the other: what is late for it waits for another round.
    for (const lease of [...leases, ...this.#late.splice(0, this.#chance(0.5) ? count : 0)]) {
      if (seen.has(lease.lead) || this.#chance(0.05)) this.#late.push(lease)
      else if (this.#chance(0.03)) back.push(lease)
      else if (this.#chance(0.02)) extended.push(lease)
      else now.push(lease)
      seen.add(lease.lead)
    }
    await sideBySide(back, (lease) => player.handBack(lease))
    await sideBySide(extended, (lease) => player.extend(lease, 600))
    this.#late.push(...extended)
    const reports = now.map((lease) => [lease, this.#reportOf(lease, round)] as const)
    await sideBySide(reports, ([lease, report]) => player.report(lease, report))
    await this.#meanwhile(round)
  }

  #reportOf(lease: Lease, round: number): Report {
    const disposition = draw(this.#random, OUTCOMES).disposition!
    const { hours } = lease.lead.values
    const zone = this.#player.model.hoursOf({ hours }).zone
    const callback = wallOf(this.#player.now + (5 + this.#below(900)) * 60_000, zone)
    return {
      disposition,
      phone: this.#one(lease.numbers),
      ...(this.#chance(0.02) ? { phone_state: 'wrong' as const } : {}),
      ...(this.#chance(0.5) ? { at: this.#player.now - this.#below(300) * 1_000 } : {}),
      ...(disposition === 'Ring back' && this.#chance(0.7)
        ? { callback: `${callback.slice(0, 16)}:00`, callback_agent: this.#one(['ana', 'rui']) }
        : {}),
      ...(this.#chance(0.05) ? { priority: this.#below(30) } : {}),
      fields: this.#chance(0.1) ? { City: `City ${round}`, State: 'Victoria' } : {},
    }
  }

  /** Other things that happen on a floor. */
  async #meanwhile(round: number): Promise<void> {
    const player = this.#player
    const { leads } = player.model
    const [first, second] = this.#allocations as [number, number]
    this.#wait(1)
    if (this.#chance(0.3)) await this.#block(6)
    if (this.#chance(0.3)) {
      const numbers = Array.from({ length: 10 }, () => this.#one(leads)).flatMap(({ values }) =>
        numbersOf(values),
      )
      await player.unblock(this.#one(['private', 'campaign', 'client']), numbers)
    }
    if (this.#chance(0.2)) await player.forget(this.#one(leads))
    if (this.#chance(0.2))
      await player.move([...new Set([this.#one(leads), this.#one(leads), this.#one(leads)])], first, second)
    if (round % 25 === 24) await player.recycle(first, ['Engaged', 'Refused'])
    if (this.#chance(0.05)) {
      await player.start(first, false)
      this.#wait(600)
      if ((await player.lease(first, 10, null, 60)).length > 0) throw new Error('a stopped one hands out')
      await player.start(first, true)
    }
    if (this.#chance(0.2)) await player.look(this.#one(leads))
    if (this.#chance(0.1)) await player.count(first)
  }
}
