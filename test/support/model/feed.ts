// The feed of the model: who comes next, who has a lead, and what the report of a call does to it.

import { allows } from './attempts.ts'
import { isOpen } from './calendar.ts'
import { dispositionNamed, type ModelCampaign } from './campaign.ts'
import {
  type Call,
  dialable,
  FIELDS,
  type FieldName,
  follow,
  type Lease,
  type ModelLead,
  meet,
  numbersOf,
  PHONES,
  prevails,
  type Values,
} from './lead.ts'
import { countryOf, isLawful, zoneOfPlace } from './places.ts'

const GRACE_MS = 900_000

/** Whether something allows to dial a number of a lead now. */
type Clock = (lead: ModelLead, number: number) => boolean

export interface Report {
  disposition: string
  /** The number that was dialled. */
  phone: number
  phone_state?: 'wrong' | 'disconnected'
  at?: number
  priority?: number
  callback?: string | null
  callback_agent?: string | null
  fields: Partial<Record<FieldName, string>>
}

/** Numbers are dialled in their order, and the last one is reported. */
function dialledBefore({ numbers }: Lease, reported: number): number[] {
  const place = numbers.indexOf(reported)
  return place < 0 ? numbers : numbers.slice(0, place)
}

export class ModelFeed {
  readonly campaign: ModelCampaign

  constructor(campaign: ModelCampaign) {
    this.campaign = campaign
  }

  /** Whether somebody has it. Whoever has a lead has it again when it is opened, or gets a number, within their time. */
  isLeased = (lead: ModelLead) => this.#runs(lead) && !lead.values.closed && dialable(lead).length > 0

  #runs = ({ lease }: ModelLead) => lease !== null && lease.expires > this.campaign.now

  /** Every reason why nobody gets the lead now. */
  reasons(lead: ModelLead): string[] {
    const { values } = lead
    const due = this.campaign.dueAt(lead)
    const numbers = dialable(lead)
    return [
      ...(this.campaign.started.get(values.allocation) ? [] : ['allocation_stopped']),
      ...(values.closed ? ['closed'] : []),
      ...(numbers.length === 0 ? ['no_number'] : []),
      ...(numbers.length > 0 && numbers.every((number) => this.campaign.dnc.isBlocked(number))
        ? ['blocked']
        : []),
      ...(this.#hasConsent(lead) ? [] : ['no_consent']),
      ...(this.#isCalledEnough(lead) ? ['attempts'] : []),
      ...(this.isLeased(lead) ? ['leased'] : []),
      ...(due !== null && due > this.campaign.now ? ['callback_later'] : []),
      ...(this.isKept(lead) ? ['bound_to_agent'] : []),
      ...this.#clockReasons(lead),
    ]
  }

  /** hours or law: all numbers are closed by it; mixed: some by the one, some by the other. */
  #clockReasons(lead: ModelLead): string[] {
    if (dialable(lead).length === 0)
      return isOpen(this.campaign.hoursOf(lead.values), this.campaign.now) ? [] : ['hours']
    if (this.#isAllowed(lead)) return []
    const by_hours = !this.#isAllowed(lead, [this.#isOpen])
    const by_law = !this.#isAllowed(lead, [this.#isLawful])
    if (!by_hours && !by_law) return ['mixed']
    return [...(by_hours ? ['hours'] : []), ...(by_law ? ['law'] : [])]
  }

  /** Wherever the owner of the number may be, calls are allowed. */
  #isLawful: Clock = ({ values }, number) =>
    this.campaign.placesOf(number, values).every((place) => isLawful(place, this.campaign.now))

  /** The contact hours are open, by their own clock or by each that the owner of the number may have. */
  #isOpen: Clock = ({ values }, number) => {
    const hours = this.campaign.hoursOf(values)
    const zones = hours.local_to_lead ? this.campaign.placesOf(number, values).map(zoneOfPlace) : []
    return (zones.length > 0 ? zones : [hours.zone]).every((zone) => isOpen(hours, this.campaign.now, zone))
  }

  /** Those that the hour allows: all or none in one country, each by itself in several. */
  #lawfulNumbers(lead: ModelLead, clocks: Clock[] = [this.#isLawful, this.#isOpen]): number[] {
    const numbers = dialable(lead)
    const lawful = numbers.filter((number) => clocks.every((allows) => allows(lead, number)))
    const countries = new Set(numbers.map(countryOf))
    return countries.size > 1 || lawful.length === numbers.length ? lawful : []
  }

  /** One of its numbers that are not blocked may be called; where all are, one of them. */
  #isAllowed(lead: ModelLead, clocks?: Clock[]): boolean {
    const numbers = dialable(lead)
    const free = numbers.filter((number) => !this.campaign.dnc.isBlocked(number))
    const lawful = this.#lawfulNumbers(lead, clocks)
    return (
      numbers.length === 0 || (free.length > 0 ? free : numbers).some((number) => lawful.includes(number))
    )
  }

  #hasConsent = (lead: ModelLead) =>
    this.campaign.rules.consent !== 'required' ||
    lead.consents.some(
      ({ withdrawn, expires }) => !withdrawn && (expires === null || expires > this.campaign.now),
    )

  /** When the number was called, or came into somebody's hands who has it still; not counting those of the lead. */
  #attemptsTo(number: number, except: ModelLead): number[] {
    return this.campaign.leads
      .filter(({ forgotten }) => !forgotten)
      .flatMap((lead) => {
        const has = numbersOf(lead.values).includes(number)
        const called = lead.calls.filter(
          ({ phone, before }) => phone === number || (has && (phone === null || before.includes(number))),
        )
        const is_held = lead !== except && has && this.#runs(lead) && lead.lease!.numbers.includes(number)
        const held = is_held ? [lead.lease!.leased] : []
        return [...called.map(({ at }) => at), ...held]
      })
  }

  /** The numbers that may be dialled now. `given`: those that are being handed out at this moment. */
  #freeNumbers(lead: ModelLead, given: number[] = []): number[] {
    const { rules, now, dnc } = this.campaign
    return dialable(lead).filter((number) => {
      const beside = given.filter((one) => one === number).map(() => now)
      const attempts = [...this.#attemptsTo(number, lead), ...beside]
      return !dnc.isBlocked(number) && allows(rules.attempt_rules?.number, attempts, now)
    })
  }

  /** The free ones that the hour allows. */
  #numbersToDial(lead: ModelLead, given: number[]): number[] {
    const lawful = this.#lawfulNumbers(lead)
    return this.#freeNumbers(lead, given).filter((number) => lawful.includes(number))
  }

  #mayBeCalledAgain = (lead: ModelLead) =>
    allows(
      this.campaign.rules.attempt_rules?.lead,
      lead.calls.map(({ at }) => at),
      this.campaign.now,
    )

  #isCalledEnough(lead: ModelLead): boolean {
    const unlisted = dialable(lead).filter((number) => !this.campaign.dnc.isBlocked(number))
    const numbers_are_over = unlisted.length > 0 && this.#freeNumbers(lead).length === 0
    return numbers_are_over || !this.#mayBeCalledAgain(lead)
  }

  /** A due callback is its agent's alone for a grace time. */
  isKept(lead: ModelLead): boolean {
    const due = this.campaign.dueAt(lead)
    return (
      lead.values.agent !== null &&
      due !== null &&
      due <= this.campaign.now &&
      due + GRACE_MS > this.campaign.now
    )
  }

  /** The next leads, in order. */
  next(allocation: number, agent: string | null): ModelLead[] {
    if (!this.campaign.started.get(allocation)) return []
    const eligible = this.campaign.leads.filter((lead) => {
      const { values } = lead
      if (lead.forgotten || values.closed || values.allocation !== allocation || this.isLeased(lead))
        return false
      if (!this.#isAllowed(lead)) return false
      const due = this.campaign.dueAt(lead)
      if (due !== null && due > this.campaign.now) return false
      if (this.isKept(lead) && values.agent !== agent) return false
      return dialable(lead).some((number) => !this.campaign.dnc.isBlocked(number))
    })
    eligible.sort((a, b) => {
      if (a.values.priority !== b.values.priority) return a.values.priority - b.values.priority
      const [due_a, due_b] = [this.campaign.dueAt(a), this.campaign.dueAt(b)]
      if (due_a !== due_b) return (due_b ?? Number.NEGATIVE_INFINITY) - (due_a ?? Number.NEGATIVE_INFINITY)
      return b.number - a.number
    })
    // One after the other: whoever gets a lead may dial each of its numbers.
    const given: number[] = []
    return eligible.filter((lead) => {
      if (!this.#hasConsent(lead) || !this.#mayBeCalledAgain(lead)) return false
      const numbers = this.#numbersToDial(lead, given)
      given.push(...numbers)
      return numbers.length > 0
    })
  }

  lease(allocation: number, count: number, agent: string | null, lease_s: number): Lease[] {
    const given: number[] = []
    const taken = this.next(allocation, agent)
      .slice(0, count)
      .map((lead) => {
        const numbers = this.#numbersToDial(lead, given)
        given.push(...numbers)
        return { lead, numbers }
      })
    return taken.map(({ lead, numbers }) => {
      lead.lease = {
        id: '',
        lead,
        version: lead.history.length,
        calls: lead.calls.length,
        leased: this.campaign.now,
        expires: this.campaign.now + lease_s * 1_000,
        numbers,
        reported: null,
      }
      return lead.lease
    })
  }

  /** Null: it has ended. */
  extend(lease: Lease, lease_s: number): number | null {
    const { lead } = lease
    if (lead.lease !== lease || !this.#runs(lead) || lead.values.closed) return null
    lease.expires = this.campaign.now + lease_s * 1_000
    return lease.expires
  }

  handBack(lease: Lease): void {
    if (lease.lead.lease === lease) lease.lead.lease = null
  }

  report(lease: Lease, report: Report): { code: number; answer?: object } {
    const same = JSON.stringify(report)
    if (lease.reported)
      return lease.reported.report === same ? { code: 0, answer: lease.reported.answer } : { code: 1010 }
    const disposition = dispositionNamed(report.disposition)
    if (!disposition) return { code: 106 }
    const answer = this.#outcome(lease, report, {
      disposition,
      at: report.at ?? this.campaign.now,
      phone: report.phone,
      before: dialledBefore(lease, report.phone),
    })
    lease.reported = { report: same, answer }
    return { code: 0, answer }
  }

  #outcome(lease: Lease, report: Report, call: Call): object {
    const { lead } = lease
    const { disposition } = call
    if (lead.forgotten) {
      lead.calls.push(call)
      if (disposition.kind === 'dnc') this.campaign.dnc.block('private', [report.phone], null)
      return { version: null, applied: false, disposition: null, closed: true, priority: null }
    }
    const [base, current] = [lead.history[lease.version - 1]!, lead.values]
    const since = lead.calls.slice(lease.calls)
    if (report.phone_state && numbersOf(current).includes(report.phone))
      lead.states.set(report.phone, report.phone_state)
    const { patch, held, applied } = this.#effect(report, call, base, lead, since)
    const refused = this.campaign.phoneRefusal(lead, patch, false)
    const lost = PHONES.filter((field) => field in patch && patch[field] !== current[field])
    // A number that the lead cannot get must not keep the outcome from getting in.
    const taken: Partial<Values> = refused
      ? { ...patch, First: current.First, Second: current.Second }
      : patch
    this.campaign.record(lead, call)
    if (lead.lease === lease) lead.lease = null
    this.campaign.write(lead, { ...current, ...taken }, true)
    if (disposition.kind === 'dnc')
      this.campaign.dnc.block('private', [...numbersOf(lead.values), report.phone], null)
    if (held.length > 0) this.campaign.hold(lead, held)
    const { closed, priority } = lead.values
    return {
      version: lead.history.length,
      applied,
      disposition: lead.values.disposition,
      closed,
      priority,
      callback_at: this.campaign.dueAt(lead),
      held,
      not_taken: refused ? lost.map(() => refused) : [],
    }
  }

  /** The effect of a call on a lead that others may have changed while it lasted. */
  #effect(report: Report, call: Call, base: Values, lead: ModelLead, since: Call[]) {
    const current = lead.values
    const wanted: Partial<Record<keyof Values, unknown>> = { ...report.fields }
    if (report.priority !== undefined) wanted.priority = report.priority
    if (report.callback !== undefined) wanted.callback = report.callback
    if (report.callback_agent !== undefined) wanted.agent = report.callback_agent
    const { patch, clashes } = meet(base, current, wanted as Partial<Values>, false)
    const fields = Object.fromEntries(
      Object.entries(patch).filter(([path]) => FIELDS.includes(path as never)),
    ) as Partial<Values>
    const applied = prevails(call, since)
    const attempts = (lead.attempts.get(call.disposition.code) ?? 0) + 1
    if (!applied) {
      const { code, redials_max } = call.disposition
      // It was a re-dial all the same.
      const used_up =
        current.disposition === code && !current.closed && redials_max !== null && attempts > redials_max
      const closing: Partial<Values> = used_up ? { closed: true, callback: null, agent: null } : {}
      const groups = clashes.filter((group) => group !== 'outcome')
      return { patch: { ...fields, ...closing }, held: groups, applied }
    }
    /** The reported value, unless it clashes; a value that somebody has set by hand meanwhile stays. */
    const say = <P extends 'priority' | 'callback' | 'agent'>(path: P): Values[P] | undefined => {
      const edited = since.length === 0 && current[path] !== base[path]
      const said = path in wanted && !clashes.includes('outcome')
      if (said && !(edited && wanted[path] === base[path])) return wanted[path] as Values[P]
      return edited ? current[path] : undefined
    }
    const agent = say('agent')
    const values = { ...current, ...(agent === undefined ? {} : { agent }) }
    const given = { priority: say('priority'), callback: say('callback') }
    const zone = this.campaign.zoneOf({ ...current, ...fields }, lead.states)
    const after = follow(values, call.disposition, given, attempts, zone, this.campaign.now)
    return { patch: { ...values, ...after, ...fields }, held: clashes, applied }
  }

  /** How the leads of an allocation stand. */
  counts(allocation: number) {
    const counts = { ready: 0, waiting: 0, leased: 0, closed: {} as Record<string, number> }
    for (const lead of this.campaign.leads) {
      const { closed, disposition } = lead.values
      if (lead.forgotten || lead.values.allocation !== allocation) continue
      const due = this.campaign.dueAt(lead)
      if (closed) counts.closed[disposition ?? ''] = (counts.closed[disposition ?? ''] ?? 0) + 1
      else if (dialable(lead).length === 0) continue
      else if (this.isLeased(lead)) counts.leased++
      else if (due !== null && due > this.campaign.now) counts.waiting++
      else counts.ready++
    }
    return counts
  }
}
