// Does the same to the product and to the model, and compares what they answer.

import { expect } from 'vitest'
import type { LeadlineClient, Target } from '../../../src/client/client.ts'
import type { Leases, Reported } from '../dialler.ts'
import { type Insertion, ModelCampaign, type Update } from '../model/campaign.ts'
import type { DncList } from '../model/dnc.ts'
import { ModelFeed, type Report } from '../model/feed.ts'
import { FIELDS, type Lease, type ModelLead, PHONES } from '../model/lead.ts'
import type { TemplateRules } from '../model/world.ts'

export interface Place {
  client: LeadlineClient
  /** Sets the clock of the server, milliseconds. */
  setClock: (now: number) => void
  rules: TemplateRules
  template_id: number
  campaign_id: number
  allocations: number[]
}

const fieldsOf = ({ values }: ModelLead) =>
  Object.fromEntries(FIELDS.flatMap((name) => (values[name] === '' ? [] : [[name, values[name]]])))

const iso = (instant: number) => new Date(instant).toISOString()
const ms = (text: string | null) => (text === null ? null : Date.parse(text))
const classicDate = (local: string) => local.replaceAll('-', '/').replace('T', ' ').slice(0, 16)
const nullForNothing = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text || null]))

/** How often what happened, over all days: a day on which nothing happens shows nothing. */
export const happened = new Map<string, number>()
const note = (what: string, times = 1) => happened.set(what, (happened.get(what) ?? 0) + times)

export class Player {
  readonly #place: Place
  readonly model: ModelCampaign
  readonly feed: ModelFeed
  /** Every lease that was handed out, the newest last. */
  readonly leases: Lease[] = []

  constructor(place: Place, now: number) {
    this.#place = place
    this.model = new ModelCampaign(place.rules, place.allocations)
    this.feed = new ModelFeed(this.model)
    this.setClock(now)
  }

  get now(): number {
    return this.model.now
  }

  setClock(now: number): void {
    this.model.now = now
    this.#place.setClock(now)
  }

  get campaign_id(): number {
    return this.#place.campaign_id
  }

  get #client() {
    return this.#place.client
  }

  #target(allocation_id: number): Target {
    const { template_id, campaign_id } = this.#place
    return { template_id, campaign_id, allocation_id }
  }

  idOf = ({ number }: ModelLead) => `${this.#place.campaign_id}-${number}`

  async insert(offered: Insertion): Promise<ModelLead | undefined> {
    const { external_id, allocation, fields, priority, callback, hours, disposition } = offered
    const expected = this.model.insert(offered)
    // Only the older call takes a disposition with a new lead.
    const call = disposition === undefined ? 'insertLeadFast' : 'insertLead'
    const answer = await this.#client[call](
      this.#target(allocation),
      {
        ...(fields as Record<string, string>),
        njExternalLeadId: external_id,
        ...(priority === undefined ? {} : { njPriority: priority }),
        ...(callback === undefined ? {} : { njCallBackDate: classicDate(callback) }),
        ...(hours === undefined ? {} : { njContactHours: hours }),
        ...(disposition === undefined ? {} : { njDisposition: disposition }),
      },
      { allowDuplicates: offered.allow_duplicates },
    )
    expect(answer.code, answer.body.detail).toBe(expected.code)
    note(`insert ${answer.code}`)
    if (expected.lead) expected.lead.number = Number(answer.lead_id!.split('-')[1])
    return expected.lead
  }

  async update(lead: ModelLead, asked: Update): Promise<void> {
    const { fields, base_version, disposition, allow_duplicates } = asked
    const code = this.model.update(lead, asked)
    const answer = await this.#client.updateLeadFast(
      this.#target(lead.values.allocation),
      {
        njExternalLeadId: lead.external_id,
        ...(PHONES.some((name) => name in fields) ? {} : { First: '<NO CHANGE>' }),
        ...(fields as Record<string, string>),
        ...(base_version === undefined ? {} : { njVersion: base_version }),
        ...(disposition === undefined ? {} : { njDisposition: disposition }),
        ...('priority' in asked ? { njPriority: asked.priority ?? '' } : {}),
        ...('callback' in asked ? { njCallBackDate: asked.callback ? classicDate(asked.callback) : '' } : {}),
        ...('hours' in asked ? { njContactHours: asked.hours ?? '' } : {}),
      },
      { allowDuplicates: allow_duplicates },
    )
    expect(answer.code, answer.body.detail).toBe(code)
    note(`update ${code}`)
    if (code === 0) expect(answer.version, 'version').toBe(lead.history.length)
  }

  async lease(allocation: number, count: number, agent: string | null, lease_s: number): Promise<Lease[]> {
    const expected = this.feed.lease(allocation, count, agent, lease_s)
    const { body, status } = await this.#client.post<Leases>(`/v1/allocations/${allocation}/leases`, {
      count,
      lease_s,
      ...(agent === null ? {} : { agent }),
    })
    expect(status).toBe(200)
    const handed = body.items.map(({ expires_at, numbers, lead }) => ({
      id: lead.id,
      expires: ms(expires_at),
      numbers: numbers.map(({ number }) => Number(number)),
      ...this.#shown(lead),
    }))
    expect(handed, 'handed out').toEqual(
      expected.map(({ lead, expires, numbers }) => ({
        id: this.idOf(lead),
        expires,
        numbers,
        ...this.#expectedOf(lead),
      })),
    )
    for (const [i, lease] of expected.entries()) lease.id = body.items[i]!.lease_id
    this.leases.push(...expected)
    note('handed out', expected.length)
    return expected
  }

  #shown = (lead: Leases['items'][number]['lead']) => ({
    version: lead.version,
    fields: lead.fields,
    disposition: lead.disposition,
    callback: lead.callback && { local: lead.callback.local, at: ms(lead.callback.at) },
    agent: lead.callback_agent,
    priority: lead.priority,
    client_approved: lead.client_approved,
    closed: lead.closed,
  })

  #expectedOf(lead: ModelLead) {
    const { disposition, callback, agent, priority, client_approved, closed } = lead.values
    return {
      version: lead.history.length,
      fields: fieldsOf(lead),
      disposition,
      callback: callback === null ? null : { local: callback, at: this.model.dueAt(lead) },
      agent,
      priority,
      client_approved,
      closed,
    }
  }

  /** Every lead as the model has it, in the shape in which the tables are read. */
  everyLead() {
    return this.model.leads
      .toSorted((a, b) => a.number - b.number)
      .map((lead) => {
        const { number, forgotten, states, history, values } = lead
        const { allocation, hours, callback, agent, disposition, priority, client_approved, closed } = values
        const calls = lead.calls.map(({ disposition }) => disposition.code)
        if (forgotten) return { number, calls, forgotten }
        const row = {
          version: history.length,
          allocation_id: allocation,
          fields: fieldsOf(lead),
          disposition,
          callback_agent: agent,
          priority,
          callback,
          hours,
          client_approved,
          closed,
          not_dialled: new Set(states.keys()),
        }
        return { number, calls, ...row }
      })
  }

  async report(lease: Lease, report: Report): Promise<void> {
    const expected = this.feed.report(lease, report)
    const { phone, at, fields, callback, ...rest } = report
    const body = {
      ...rest,
      phone: `+${phone}`,
      ...(at === undefined ? {} : { at: iso(at) }),
      ...(callback === undefined ? {} : { callback: callback?.slice(0, 16) ?? null }),
      fields: nullForNothing(fields as Record<string, string>),
    }
    const answer = await this.#client.put<Reported>(`/v1/leases/${lease.id}/outcome`, body)
    expect(answer.code, JSON.stringify(answer.body)).toBe(expected.code)
    note(`report ${answer.code}`)
    if (!expected.answer) return
    for (const held of answer.body.held) note(`report held ${held}`)
    for (const { code } of answer.body.not_taken) note(`report not taken ${code}`)
    note(
      answer.body.version === null ? 'report of a forgotten lead' : `report applied: ${answer.body.applied}`,
    )
    const { lease_id: _, lead_id: __, ...said } = answer.body
    const told = {
      ...said,
      callback_at: ms(said.callback_at),
      held: said.held.toSorted(),
      not_taken: said.not_taken.map(({ code }) => code),
    }
    const nothing = { callback_at: null, held: [], not_taken: [] }
    expect(told, 'answer to a report').toEqual({ ...nothing, ...expected.answer })
  }

  async extend(lease: Lease, lease_s: number): Promise<void> {
    const expected = this.feed.extend(lease, lease_s)
    const answer = await this.#client.patch<{ expires_at: string }>(`/v1/leases/${lease.id}`, { lease_s })
    expect(answer.code).toBe(expected === null ? 1004 : 0)
    note(`extend ${answer.code}`)
    if (expected !== null) expect(ms(answer.body.expires_at)).toBe(expected)
  }

  async handBack(lease: Lease): Promise<void> {
    this.feed.handBack(lease)
    expect((await this.#client.delete(`/v1/leases/${lease.id}`)).status).toBe(204)
  }

  async block(list: DncList, numbers: number[], expires: number | null): Promise<void> {
    const made = this.model.dnc.block(list, numbers, expires)
    const answer = await this.#client.post<{ added: number }>('/v1/dnc', {
      ...this.#list(list),
      phones: numbers.map((number) => `+${number}`),
      ...(expires === null ? {} : { expires_at: iso(expires) }),
    })
    expect(answer.code, JSON.stringify(answer.body)).toBe(0)
    expect(answer.body.added, 'entries made').toBe(made)
  }

  async unblock(list: DncList, numbers: number[]): Promise<void> {
    const not_listed = this.model.dnc.unblock(list, numbers)
    const { body } = await this.#client.post<{ not_listed: number }>('/v1/dnc/removals', {
      ...this.#list(list),
      phones: numbers.map((number) => `+${number}`),
      reason: 'simulated',
    })
    expect(body.not_listed, 'numbers that were not listed').toBe(not_listed)
  }

  #list = (list: DncList) => ({
    list,
    ...(list === 'campaign' ? { campaign_id: this.#place.campaign_id } : {}),
  })

  async start(allocation: number, started: boolean): Promise<void> {
    this.model.started.set(allocation, started)
    expect((await this.#client.patch(`/v1/allocations/${allocation}`, { started })).status).toBe(200)
  }

  async forget(lead: ModelLead): Promise<void> {
    const status = lead.forgotten ? 404 : 204
    if (!lead.forgotten) this.model.forget(lead)
    expect((await this.#client.delete(`/v1/leads/${this.idOf(lead)}`)).status).toBe(status)
  }

  async consent(lead: ModelLead, expires: number | null): Promise<void> {
    if (lead.forgotten) return
    const answer = await this.#client.addConsent(this.idOf(lead), {
      kind: 'express',
      text: 'You may call me',
      expires_at: expires === null ? null : iso(expires),
    })
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    const id = (answer.body as { consent_id: number }).consent_id
    // The same words at the same time are one consent.
    if (!lead.consents.some((consent) => consent.id === id))
      lead.consents.push({ id, expires, withdrawn: false })
    note('consent')
  }

  /** The newest one that is not withdrawn. */
  async withdraw(lead: ModelLead): Promise<void> {
    const consent = lead.consents.findLast(({ withdrawn }) => !withdrawn)
    if (!consent || lead.forgotten) return
    consent.withdrawn = true
    const answer = await this.#client.withdrawConsent(this.idOf(lead), consent.id, {})
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    note('consent withdrawn')
  }

  async move(leads: ModelLead[], from: number, to: number): Promise<void> {
    const moved = this.model.move(leads, from, to)
    const answer = await this.#client.post<{ moved: number }>(`/v1/allocations/${from}/moves`, {
      to_allocation_id: to,
      lead_ids: leads.map(this.idOf),
    })
    expect(answer.body.moved, 'moved').toBe(moved)
    note('moved', moved)
  }

  async recycle(allocation: number, dispositions: string[]): Promise<void> {
    const recycled = this.model.recycle(allocation, dispositions)
    const answer = await this.#client.post<{ recycled: number }>(`/v1/allocations/${allocation}/recycle`, {
      dispositions,
    })
    expect(answer.body.recycled, 'recycled').toBe(recycled)
    note('recycled', recycled)
  }

  /** Compares the next leads, and why a lead may be called or not. */
  async look(lead: ModelLead): Promise<void> {
    if (lead.forgotten) return
    const { allocation } = lead.values
    const { body } = await this.#client.get<Queue>(`/v1/allocations/${allocation}/queue`, {
      lead_id: this.idOf(lead),
      limit: LOOK_MAX,
    })
    const why = body.lead.reasons.map(({ why }) =>
      why === 'legal' ? 'law' : HOURS_REASONS.has(why) ? 'hours' : why,
    )
    const reasons = this.feed.reasons(lead)
    expect(body.lead.eligible, why.join()).toBe(reasons.length === 0)
    for (const reason of reasons.length === 0 ? ['eligible'] : reasons) note(`look: ${reason}`)
    // For whom a due callback is kept is told when nothing else is in the way.
    const told = (all: string[]) => all.filter((reason) => reason !== 'bound_to_agent' || all.length === 1)
    // Which of its numbers may be called first is not the model's to say.
    const is_mixed = reasons.includes('mixed')
    const plain = is_mixed ? why.filter((reason) => reason !== 'hours' && reason !== 'law') : why
    expect(is_mixed && plain.length === why.length, why.join()).toBe(false)
    expect(told(plain).toSorted()).toEqual(told(reasons.filter((reason) => reason !== 'mixed')).toSorted())
    const next = this.feed.next(allocation, null).map(this.idOf)
    expect(body.items.map(({ lead_id }) => lead_id)).toEqual(next.slice(0, LOOK_MAX))
  }

  async count(allocation: number): Promise<void> {
    const { body } = await this.#client.get<Counts>(`/v1/allocations/${allocation}/counts`)
    const { new: fresh, callback, parked, ...rest } = body
    note('parked', parked)
    // A blocked lead is parked when its turn comes: until then it is counted as what it was.
    expect({ ...rest, ready: fresh + callback + parked }).toEqual(this.feed.counts(allocation))
  }
}

interface Queue {
  items: { lead_id: string }[]
  lead: { eligible: boolean; reasons: { why: string }[] }
}

interface Counts {
  new: number
  callback: number
  waiting: number
  leased: number
  parked: number
  closed: Record<string, number>
}

/** As many as the product shows. */
const LOOK_MAX = 500

const HOURS_REASONS = new Set(['outside_hours', 'exception', 'not_valid'])
