// The rules as plainly as they can be said, in memory: the leads of a campaign, how they come, change and go.
//
// It is what the product is compared with, so it shares no code with it, only types of the set-up.

import { instantOf } from './calendar.ts'
import { DncLists } from './dnc.ts'
import {
  type Call,
  FIELDS,
  type FieldName,
  follow,
  type ModelLead,
  meet,
  numbersOf,
  PHONES,
  type Values,
} from './lead.ts'
import { countryOf, placesOf, zoneOfPlace } from './places.ts'
import { DISPOSITIONS, HOURS, type TemplateRules } from './world.ts'

export interface Insertion {
  external_id: string
  allocation: number
  fields: Partial<Record<FieldName, string>>
  priority?: number
  /** Wall time. */
  callback?: string
  hours?: string
  /** It comes with an outcome. */
  disposition?: string
  allow_duplicates: boolean
}

/** The values that an update names. Null clears. */
export interface Update {
  base_version?: number
  disposition?: string
  priority?: number | null
  callback?: string | null
  hours?: string | null
  fields: Partial<Record<FieldName, string>>
  allow_duplicates: boolean
}

export const dispositionNamed = (code: string) =>
  DISPOSITIONS.find((one) => one.enabled && one.code.toLowerCase() === code.toLowerCase())

export class ModelCampaign {
  now = 0
  readonly rules: TemplateRules
  readonly leads: ModelLead[] = []
  readonly started = new Map<number, boolean>()
  readonly dnc = new DncLists(() => this.now)
  readonly #claims = new Map<number, ModelLead>()
  readonly #external_ids = new Map<string, ModelLead>()
  /** By lead and groups: what waits for a person. */
  readonly held = new Set<string>()

  constructor(rules: TemplateRules, allocations: number[]) {
    this.rules = rules
    for (const allocation of allocations) this.started.set(allocation, true)
  }

  hoursOf({ hours }: Pick<Values, 'hours'>) {
    const found = HOURS.find(({ name }) => name === hours) ?? HOURS[0]!
    return { ...found, contact_hours_id: 0 }
  }

  /** The places in which the owner of a number may be. */
  placesOf(number: number, { State }: Pick<Values, 'State'>) {
    return placesOf(number, this.rules.zone_field === null ? '' : State)
  }

  /** The zone in which callbacks are read: the lead's, if the hours go by it and it is one. */
  zoneOf(values: Pick<Values, 'hours' | 'State' | 'First' | 'Second'>, states: ModelLead['states']): string {
    const hours = this.hoursOf(values)
    if (!hours.local_to_lead) return hours.zone
    const numbers = numbersOf(values).filter((number) => !states.has(number))
    const places = numbers.map((number) => this.placesOf(number, values))
    const zones = new Set(places.flat().map(zoneOfPlace))
    const countries = new Set(numbers.map(countryOf))
    return countries.size === 1 && zones.size === 1 ? [...zones][0]! : hours.zone
  }

  dueAt({ values, states }: Pick<ModelLead, 'values' | 'states'>): number | null {
    return values.callback === null ? null : instantOf(values.callback, this.zoneOf(values, states))
  }

  /** The one that has the external id now: a forgotten lead gives it free. */
  leadOf = (external_id: string) => this.#external_ids.get(external_id)

  /** 104 and 105 for numbers that a lead would get. */
  #refusal(numbers: number[], allow_duplicates: boolean): 104 | 105 | undefined {
    const { duplicate_rule, dnc_rule } = this.rules
    const blocked = numbers.filter((number) => this.dnc.isBlocked(number))
    if (blocked.length === numbers.length || (dnc_rule === 'any' && blocked.length > 0)) return 104
    const held = numbers.filter((number) => this.#claims.has(number))
    if (allow_duplicates || held.length === 0) return undefined
    return duplicate_rule === 'any' || held.length === numbers.length ? 105 : undefined
  }

  insert(offered: Insertion): { code: number; lead?: ModelLead } {
    const { external_id, allocation, hours = null, priority = 10, callback = null } = offered
    const texts = Object.fromEntries(FIELDS.map((field) => [field, offered.fields[field] ?? '']))
    const disposition = offered.disposition === undefined ? undefined : dispositionNamed(offered.disposition)
    if (offered.disposition !== undefined && !disposition) return { code: 106 }
    const fresh: Values = {
      ...(texts as Record<FieldName, string>),
      allocation,
      disposition: null,
      callback: disposition ? null : callback,
      agent: null,
      priority,
      hours,
      client_approved: false,
      closed: false,
    }
    const given = { priority: offered.priority, callback: offered.callback }
    const values = disposition
      ? { ...fresh, ...follow(fresh, disposition, given, 1, this.zoneOf(fresh, new Map()), this.now) }
      : fresh
    if (PHONES.every((field) => values[field] === '')) return { code: 102 }
    const numbers = numbersOf(values)
    if (numbers.length === 0) return { code: 1006 }
    if (this.#external_ids.has(external_id)) return { code: 112 }
    const code = this.#refusal(numbers, offered.allow_duplicates)
    if (code) return { code }
    const lead: ModelLead = {
      number: Number.POSITIVE_INFINITY,
      external_id,
      forgotten: false,
      values,
      history: [values],
      states: new Map(),
      calls: [],
      consents: [],
      attempts: new Map(),
      requests: new Set(),
      lease: null,
    }
    this.leads.push(lead)
    this.#external_ids.set(external_id, lead)
    for (const number of numbers) if (!this.#claims.has(number)) this.#claims.set(number, lead)
    if (disposition) this.record(lead, { disposition, at: this.now, phone: null, before: [] })
    if (disposition?.kind === 'dnc') this.dnc.block('private', numbers, null)
    return { code: 0, lead }
  }

  /** The code that refuses the phone fields of a patch. */
  phoneRefusal(lead: ModelLead, patch: Partial<Values>, allow_duplicates: boolean): number | undefined {
    if (!PHONES.some((field) => field in patch)) return undefined
    const after = { ...lead.values, ...patch }
    if (PHONES.every((field) => after[field] === '')) return 102
    const numbers = numbersOf(after)
    if (numbers.length === 0) return 1006
    const had = numbersOf(lead.values)
    const added = numbers.filter((number) => !had.includes(number))
    return added.length === 0 ? undefined : this.#refusal(added, allow_duplicates)
  }

  /** Writes values: a version, if they differ or were called; claims pass. */
  write(lead: ModelLead, values: Values, called = false): void {
    const had = numbersOf(lead.values)
    if (
      called ||
      Object.entries(values).some(([path, value]) => value !== lead.values[path as keyof Values])
    ) {
      lead.values = values
      lead.history.push(values)
    }
    const has = numbersOf(values)
    this.#release(
      lead,
      had.filter((number) => !has.includes(number)),
    )
    for (const number of has) if (!this.#claims.has(number)) this.#claims.set(number, lead)
  }

  /** Claims pass to the oldest other lead that has the number. */
  #release(lead: ModelLead, numbers: number[]): void {
    for (const number of numbers) {
      lead.states.delete(number)
      if (this.#claims.get(number) !== lead) continue
      this.#claims.delete(number)
      const [heir] = this.leads
        .filter((other) => other !== lead && !other.forgotten && numbersOf(other.values).includes(number))
        .sort((a, b) => a.number - b.number)
      if (heir) this.#claims.set(number, heir)
    }
  }

  record(lead: ModelLead, call: Call): number {
    const { code } = call.disposition
    const attempts = (lead.attempts.get(code) ?? 0) + 1
    lead.calls.push(call)
    lead.attempts.set(code, attempts)
    return attempts
  }

  /** One waits for a lead and its groups. */
  hold(lead: ModelLead, groups: string[]): void {
    this.held.add(JSON.stringify([lead.number, groups]))
  }

  update(lead: ModelLead, asked: Update): number {
    if (lead.forgotten) return 101
    const { values } = lead
    const disposition = asked.disposition === undefined ? undefined : dispositionNamed(asked.disposition)
    const names_phone = PHONES.some((field) => field in asked.fields)
    const after = { ...values, ...asked.fields }
    if (names_phone && PHONES.every((field) => after[field] === '')) return 102
    if (asked.disposition !== undefined && !disposition) return 106
    if (!disposition && values.disposition === null) return 107
    if (names_phone && numbersOf(after).length === 0) return 1006

    const named: Partial<Record<keyof Values, unknown>> = { ...asked.fields }
    if ('hours' in asked) named.hours = asked.hours
    if ('callback' in asked) named.callback = asked.callback
    if ('priority' in asked) named.priority = asked.priority ?? 10
    if (disposition) {
      const attempts = (lead.attempts.get(disposition.code) ?? 0) + 1
      const hours = 'hours' in asked ? (asked.hours ?? null) : values.hours
      const zone = this.zoneOf({ ...after, hours }, lead.states)
      const given = {
        priority: 'priority' in asked ? (asked.priority ?? 10) : undefined,
        callback: asked.callback,
      }
      const ruled = follow(values, disposition, given, attempts, zone, this.now)
      Object.assign(named, ruled)
    } else if ('priority' in named && values.client_approved)
      named.priority = Math.min(values.priority, named.priority as number)

    const { base_version = lead.history.length } = asked
    const { fields, ...rest } = asked
    const request = JSON.stringify([
      { ...rest, disposition: disposition?.code },
      Object.entries(fields).sort(),
    ])
    const can_repeat = disposition !== undefined && asked.base_version !== undefined
    if (can_repeat && base_version < lead.history.length && lead.requests.has(request)) return 0
    const base = lead.history[base_version - 1]!
    const { patch, clashes } = meet(base, values, named as Partial<Values>, disposition !== undefined)
    if (clashes.length > 0) {
      this.hold(lead, clashes)
      return 110
    }
    const refused = this.phoneRefusal(lead, patch, asked.allow_duplicates)
    if (refused) return refused
    if (disposition) this.record(lead, { disposition, at: this.now, phone: null, before: [] })
    if (can_repeat) lead.requests.add(request)
    this.write(lead, { ...values, ...patch }, disposition !== undefined)
    if (disposition?.kind === 'dnc') this.dnc.block('private', numbersOf(lead.values), null)
    return 0
  }

  forget(lead: ModelLead): void {
    this.#release(lead, numbersOf(lead.values))
    lead.forgotten = true
    this.#external_ids.delete(lead.external_id)
    lead.lease = null
    for (const held of this.held) if (JSON.parse(held)[0] === lead.number) this.held.delete(held)
  }

  move(leads: ModelLead[], from: number, to: number): number {
    const moved = leads.filter((lead) => !lead.forgotten && lead.values.allocation === from)
    for (const lead of moved) this.write(lead, { ...lead.values, allocation: to })
    return moved.length
  }

  recycle(allocation: number, codes: string[]): number {
    const found = this.leads.filter(
      ({ forgotten, values }) =>
        !forgotten &&
        values.closed &&
        values.allocation === allocation &&
        codes.includes(values.disposition ?? ''),
    )
    for (const lead of found) {
      this.write(lead, { ...lead.values, closed: false, callback: null, agent: null })
      lead.attempts.clear()
    }
    return found.length
  }
}
