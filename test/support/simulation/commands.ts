// The commands of a small simulated day, which fast-check draws. They name leads and
// leases by their place, so that a command fits whatever came before it, and fewer commands still make a day.

import fc from 'fast-check'
import { isOpen, wallOf } from '../model/calendar.ts'
import type { Update } from '../model/campaign.ts'
import type { Report } from '../model/feed.ts'
import { type FieldName, type Lease, type ModelLead, numberOfLine, numbersOf } from '../model/lead.ts'
import { isLawful, STATE_TEXTS } from '../model/places.ts'
import { DISPOSITIONS, HOURS } from '../model/world.ts'
import type { Player } from './player.ts'

/** Days begin when somebody in the west may be called. */
const OPENING = 'Australia Australia/Perth'

/** Instants around which the clocks change, the law forbids, or nothing special is. */
export const BEGINNINGS = [
  '2026-11-24T00:00:00Z',
  '2026-10-02T05:00:00Z',
  '2026-10-03T14:20:00Z',
  '2026-12-23T23:30:00Z',
  '2027-03-25T06:00:00Z',
  '2027-04-03T13:30:00Z',
].map((text) => Date.parse(text))

const place = fc.nat({ max: 30 })
/** A lease: one of those without a report, or (the high ones) of all; counted from the newest. */
const recent = fc.nat({ max: 11 })
const agent = fc.constantFrom('ana', 'rui')
const line = fc.nat({ max: 30 })
const allocation = fc.nat({ max: 1 })
const disposition = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...DISPOSITIONS.map(({ code }) => code)) },
  { weight: 1, arbitrary: fc.constantFrom('sold', 'Unheard of') },
)
/** A callback: so many minutes from now, or a wall time that the clocks skip or have twice. */
const callback = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -90, max: 1_500 }) },
  { weight: 1, arbitrary: fc.constantFrom('2026-10-04T02:15', '2027-04-04T02:45', '2027-04-04T01:45') },
)
/** Named in so many of ten. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, tenths: number) =>
  fc.oneof({ weight: 10 - tenths, arbitrary: fc.constant(undefined) }, { weight: tenths, arbitrary })
const list = fc.constantFrom('private', 'campaign', 'client')
const priority = fc.constantFrom(0, 2, 10, 10, 30)
const text = fc.constantFrom('', 'Ana', 'Rui', 'Zoe')
const phone = fc.oneof(
  { weight: 15, arbitrary: line },
  { weight: 1, arbitrary: fc.constantFrom('', 'call me') },
)

const command = <Deed extends string, Shape extends Record<string, fc.Arbitrary<unknown>>>(
  deed: Deed,
  shape: Shape,
) =>
  fc.record({ deed: fc.constant(deed), ...shape } as { deed: fc.Arbitrary<Deed> } & Shape) as fc.Arbitrary<
    { deed: Deed } & { [Key in keyof Shape]: Shape[Key] extends fc.Arbitrary<infer T> ? T : never }
  >

/** How long a consent counts; null: until it is withdrawn. */
const consent_s = fc.constantFrom(null, null, 600, 20_000)

const fields = fc.record(
  { Name: text, City: text, State: fc.constantFrom(...STATE_TEXTS), First: phone, Second: phone },
  { requiredKeys: [] },
)

const COMMANDS = {
  insert: command('insert', {
    first: phone,
    second: maybe(phone, 3),
    state: maybe(fc.constantFrom(...STATE_TEXTS), 4),
    priority: maybe(priority, 3),
    callback: maybe(callback, 3),
    hours: maybe(fc.nat({ max: HOURS.length - 1 }), 3),
    allocation: fc.constantFrom(0, 0, 0, 1),
    disposition: maybe(disposition, 3),
    allow_duplicates: fc.boolean(),
    again: fc.nat({ max: 15 }).map((drawn) => drawn === 15),
    consent_s: maybe(consent_s, 8),
  }),
  lease: command('lease', {
    allocation: fc.constantFrom(0, 0, 0, 1),
    count: fc.integer({ min: 1, max: 4 }),
    agent: maybe(agent, 3),
    lease_s: fc.constantFrom(30, 180, 180, 600, 3_600),
  }),
  report: command('report', {
    lease: recent,
    disposition,
    phone: place,
    phone_state: maybe(fc.constantFrom('wrong', 'disconnected'), 1),
    seconds_ago: maybe(fc.nat({ max: 1_200 }), 3),
    callback: maybe(fc.oneof(callback, fc.constant(null)), 3),
    callback_agent: maybe(fc.oneof(agent, fc.constant(null)), 3),
    priority: maybe(priority, 3),
    fields: maybe(fields, 5),
  }),
  repeat: command('repeat', { lease: recent, other: fc.boolean() }),
  extend: command('extend', { lease: recent, lease_s: fc.constantFrom(30, 180, 3_600) }),
  handBack: command('handBack', { lease: recent }),
  update: command('update', {
    lead: place,
    disposition: maybe(disposition, 7),
    priority: maybe(fc.oneof(priority, fc.constant(null)), 3),
    callback: maybe(fc.oneof(callback, fc.constant(null)), 3),
    hours: maybe(fc.oneof(fc.nat({ max: HOURS.length - 1 }), fc.constant(null)), 3),
    fields: maybe(fields, 5),
    versions_ago: maybe(fc.nat({ max: 3 }), 5),
    allow_duplicates: fc.boolean(),
  }),
  block: command('block', {
    list,
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    expires_s: maybe(fc.constantFrom(60, 900, 20_000), 3),
  }),
  unblock: command('unblock', { list, lines: fc.array(line, { minLength: 1, maxLength: 4 }) }),
  start: command('start', { allocation, started: fc.constantFrom(true, true, false) }),
  forget: command('forget', { lead: place }),
  move: command('move', { leads: fc.array(place, { minLength: 1, maxLength: 3 }), from: allocation }),
  recycle: command('recycle', {
    allocation,
    codes: fc.constantFrom(['Engaged'], ['Nobody', 'Sold'], ['Sold', 'Refused', 'Engaged', 'Nobody']),
  }),
  consent: command('consent', { lead: place, consent_s }),
  withdraw: command('withdraw', { lead: place }),
  look: command('look', { lead: place }),
  until: command('until', {
    what: fc.constantFrom('lease', 'callback', 'grace', 'opening', 'opening'),
    place,
    seconds: fc.constantFrom(-1, 0, 1),
  }),
}

type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never
export type Command = {
  [Name in keyof typeof COMMANDS]: Drawn<(typeof COMMANDS)[Name]>
}[keyof typeof COMMANDS]

const WEIGHTS: Record<keyof typeof COMMANDS, number> = {
  insert: 14,
  lease: 18,
  report: 26,
  repeat: 2,
  extend: 3,
  handBack: 3,
  update: 14,
  block: 5,
  unblock: 4,
  start: 2,
  forget: 2,
  move: 2,
  recycle: 2,
  consent: 3,
  withdraw: 2,
  look: 4,
  until: 6,
}

/** Never twice in one instant: what falls due in an instant is promoted once. */
const seconds = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 1, max: 90 }) },
  { weight: 15, arbitrary: fc.constantFrom(180, 900, 3_600) },
  { weight: 4, arbitrary: fc.integer({ min: 600, max: 7_200 }) },
  { weight: 2, arbitrary: fc.integer({ min: 40_000, max: 90_000 }) },
)

export type Step = [seconds: number, command: Command]

export const steps: fc.Arbitrary<Step[]> = fc.noBias(
  fc
    .tuple(
      fc.array(fc.tuple(fc.constant(1), COMMANDS.insert), { minLength: 1, maxLength: 8, size: 'max' }),
      fc.array(
        fc.tuple(
          seconds,
          fc.oneof(
            ...(Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).map((name) => ({
              weight: WEIGHTS[name],
              arbitrary: COMMANDS[name] as fc.Arbitrary<Command>,
            })),
          ),
        ),
        { minLength: 1, maxLength: 100, size: 'max' },
      ),
    )
    .map(([inserts, others]) => [...inserts, ...others]),
)

/** One simulated day: a player, and the lines that its leads have. */
export class Day {
  readonly player: Player
  readonly #first_line: number
  readonly #allocations: number[]
  #leads = 0
  readonly #reports = new Map<Lease, Report>()

  constructor(player: Player, first_line: number, allocations: number[]) {
    this.player = player
    this.#first_line = first_line
    this.#allocations = allocations
  }

  #line = (line: number) => numberOfLine(this.#first_line + line)
  #text = (phone: number | string) => (typeof phone === 'number' ? `+${this.#line(phone)}` : phone)
  /** One of those that somebody has or had just now, or of all. */
  #lead = (place: number): ModelLead | undefined => {
    const { leads } = this.player.model
    const leased = place % 2 === 0 ? this.#lease((place / 2) % 12)?.lead : undefined
    return leased ?? leads[Math.floor(place / 2) % leads.length]
  }
  #lease = (back: number): Lease | undefined => {
    const { leases } = this.player
    const open = leases.filter(({ reported }) => !reported)
    return back < 10 ? open.at(-1 - (back % open.length)) : leases.at(-1 - back)
  }

  #wall(callback: number | string, hours: string | null): string {
    if (typeof callback === 'string') return `${callback}:00`
    const { zone } = this.player.model.hoursOf({ hours })
    return `${wallOf(this.player.now + callback * 60_000, zone).slice(0, 16)}:00`
  }

  #fields = (drawn: Partial<Record<FieldName, number | string>> = {}) =>
    Object.fromEntries(Object.entries(drawn).map(([name, value]) => [name, this.#text(value)])) as Partial<
      Record<FieldName, string>
    >

  async step([seconds, command]: Step): Promise<void> {
    const { player } = this
    player.setClock(player.now + seconds * 1_000)
    await this.#do(command)
  }

  async #do(command: Command): Promise<void> {
    const { player } = this
    switch (command.deed) {
      case 'insert': {
        const hours = command.hours === undefined ? undefined : HOURS[command.hours]!.name
        const external_id = `lead ${command.again && this.#leads > 0 ? 1 : ++this.#leads}`
        const lead = await player.insert({
          external_id,
          allocation: this.#allocations[command.allocation]!,
          fields: {
            Name: `Lead ${this.#leads}`,
            ...(command.state === undefined ? {} : { State: command.state }),
            First: this.#text(command.first),
            ...(command.second === undefined ? {} : { Second: this.#text(command.second) }),
          },
          ...(command.priority === undefined ? {} : { priority: command.priority }),
          ...(command.callback === undefined
            ? {}
            : { callback: this.#wall(command.callback, hours ?? null) }),
          ...(hours === undefined ? {} : { hours }),
          ...(command.disposition === undefined ? {} : { disposition: command.disposition }),
          allow_duplicates: command.allow_duplicates,
        })
        const is_asked = player.model.rules.consent === 'required'
        if (lead && is_asked && command.consent_s !== undefined) await this.#consent(lead, command.consent_s)
        return
      }
      case 'lease': {
        const { count, agent = null, lease_s } = command
        await player.lease(this.#allocations[command.allocation]!, count, agent, lease_s)
        return
      }
      case 'report':
        return this.#report(command)
      case 'repeat': {
        const lease = this.#lease(command.lease)
        const report = lease && this.#reports.get(lease)
        if (report) await player.report(lease, command.other ? { ...report, disposition: 'Again' } : report)
        return
      }
      case 'extend': {
        const lease = this.#lease(command.lease)
        return lease && player.extend(lease, command.lease_s)
      }
      case 'handBack': {
        const lease = this.#lease(command.lease)
        return lease && player.handBack(lease)
      }
      case 'update':
        return this.#update(command)
      case 'block': {
        const { expires_s } = command
        const expires = expires_s === undefined ? null : player.now + expires_s * 1_000
        return player.block(command.list, command.lines.map(this.#line), expires)
      }
      case 'unblock':
        return player.unblock(command.list, command.lines.map(this.#line))
      case 'start':
        return player.start(this.#allocations[command.allocation]!, command.started)
      case 'forget': {
        const lead = this.#lead(command.lead)
        return lead && player.forget(lead)
      }
      case 'move': {
        const leads = new Set(command.leads.flatMap((place) => this.#lead(place) ?? []))
        const from = this.#allocations[command.from]!
        if (leads.size > 0) await player.move([...leads], from, this.#allocations[1 - command.from]!)
        return
      }
      case 'recycle':
        return player.recycle(this.#allocations[command.allocation]!, [...command.codes])
      case 'consent': {
        const lead = this.#lead(command.lead)
        return lead && this.#consent(lead, command.consent_s)
      }
      case 'withdraw': {
        const lead = this.#lead(command.lead)
        return lead && player.withdraw(lead)
      }
      case 'look': {
        const lead = this.#lead(command.lead)
        return lead && player.look(lead)
      }
      case 'until': {
        const instant = this.#instant(command)
        const at = instant === null ? 0 : instant + command.seconds * 1_000
        if (at > player.now) player.setClock(at)
        return
      }
      default:
        command satisfies never
    }
  }

  #consent = (lead: ModelLead, seconds: number | null) =>
    this.player.consent(lead, seconds === null ? null : this.player.now + seconds * 1_000)

  #instant({ what, place }: Drawn<typeof COMMANDS.until>): number | null {
    const { model } = this.player
    if (what === 'lease') return this.#lease(place % 5)?.expires ?? null
    if (what === 'opening') {
      const hours = model.hoursOf({ hours: null })
      let at = model.now
      while (!isOpen(hours, at) || !isLawful(OPENING, at)) at += 1_800_000
      return at
    }
    const lead = this.#lead(place)
    const due = lead ? model.dueAt(lead) : null
    return due !== null && what === 'grace' ? due + 900_000 : due
  }

  async #report(drawn: Drawn<typeof COMMANDS.report>): Promise<void> {
    const lease = this.#lease(drawn.lease)
    if (!lease) return
    const { hours } = lease.lead.values
    const numbers = [...lease.numbers, ...numbersOf(lease.lead.values)]
    const report: Report = {
      disposition: drawn.disposition,
      phone: numbers[drawn.phone % numbers.length]!,
      ...(drawn.phone_state === undefined ? {} : { phone_state: drawn.phone_state }),
      ...(drawn.seconds_ago === undefined ? {} : { at: this.player.now - drawn.seconds_ago * 1_000 }),
      ...(drawn.callback === undefined
        ? {}
        : { callback: drawn.callback === null ? null : this.#wall(drawn.callback, hours) }),
      ...(drawn.callback_agent === undefined ? {} : { callback_agent: drawn.callback_agent }),
      ...(drawn.priority === undefined ? {} : { priority: drawn.priority }),
      fields: this.#fields(drawn.fields),
    }
    if (!lease.reported) this.#reports.set(lease, report)
    await this.player.report(lease, report)
  }

  async #update(drawn: Drawn<typeof COMMANDS.update>): Promise<void> {
    const found = this.#lead(drawn.lead)
    if (!found) return
    const lead = this.player.model.leadOf(found.external_id) ?? found
    const hours = drawn.hours === undefined || drawn.hours === null ? drawn.hours : HOURS[drawn.hours]!.name
    const wall_of = hours === undefined ? lead.values.hours : hours
    const asked: Update = {
      ...(drawn.versions_ago === undefined
        ? {}
        : { base_version: Math.max(1, lead.history.length - drawn.versions_ago) }),
      ...(drawn.disposition === undefined ? {} : { disposition: drawn.disposition }),
      ...(drawn.priority === undefined ? {} : { priority: drawn.priority }),
      ...(drawn.callback === undefined
        ? {}
        : { callback: drawn.callback === null ? null : this.#wall(drawn.callback, wall_of) }),
      ...(hours === undefined ? {} : { hours }),
      fields: this.#fields(drawn.fields),
      allow_duplicates: drawn.allow_duplicates,
    }
    await this.player.update(lead, asked)
  }
}
