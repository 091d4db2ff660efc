// The clients. They turn operations of the plan into requests, with the ids and versions that any client has seen so far.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { LeadlineClient } from '../../src/client/client.ts'
import { fateOf, fateOfError, type Request, type Sent, sameness, UNAVAILABLE } from './history.ts'
import {
  ALLOCATIONS,
  type Change,
  CLIENTS,
  type Deed,
  DISPOSITIONS,
  fieldGroup,
  type Op,
  operations,
  PHONES,
  SLOTS,
  TEXTS,
} from './plan.ts'
import { KEY, type Servers } from './servers.ts'

/** `version`: the newest that any client has seen. */
interface KnownLead {
  lead_id: string
  version: number
}

interface KnownLease extends KnownLead {
  lease_id: string
  phone: string
  report: Change | null
}

const ON_LEAD = ['update', 'patch', 'merge', 'revert', 'forget', 'look'] as const
const ON_LEASE = ['report', 'extend', 'handBack'] as const
type OnLead = (typeof ON_LEAD)[number]
type OnLease = (typeof ON_LEASE)[number]

export class Workload {
  readonly history: Sent[] = []
  readonly #servers: Servers
  readonly #plans: Iterator<Op, never>[]
  readonly #leads: (KnownLead | undefined)[] = Array(SLOTS)
  #leases: KnownLease[] = []
  #conflicts: { conflict_id: number; lead_id: string; groups: string[] }[] = []
  readonly #sendings = new Map<string, Sent[]>()
  #template_id = 0
  #campaigns: number[] = []
  #allocations: number[] = []

  constructor(servers: Servers, seed: number) {
    this.#servers = servers
    this.#plans = Array.from({ length: CLIENTS }, (_, client) => operations(seed, client))
  }

  /** Two campaigns, the first with two of the three allocations. */
  async setUp(): Promise<void> {
    const client = new LeadlineClient({ url: this.#servers.url(0)!, key: KEY })
    const make = async (path: string, body: object) => {
      const made = await client.post<Record<string, number>>(path, body)
      if (!made.ok) throw new Error(`${path}: ${JSON.stringify(made.body)}`)
      return made.body
    }
    const name = 'Torture'
    await make('/v1/contact-hours', { name, zone: 'Atlantic/Reykjavik' })
    const { disposition_set_id } = await make('/v1/disposition-sets', { name })
    for (const disposition of DISPOSITIONS)
      await make(`/v1/disposition-sets/${disposition_set_id}/dispositions`, disposition)
    const groups = (text: string) => (fieldGroup(text) === text ? null : fieldGroup(text))
    const fields = [
      ...TEXTS.map((text) => ({ name: text, kind: 'text', merge_group: groups(text) })),
      ...PHONES.map((phone) => ({ name: phone, kind: 'phone' })),
    ]
    const template = { name, region: 'IS', contact_hours: name, disposition_set: name, fields }
    const { template_id } = await make('/v1/templates', template)
    this.#template_id = template_id!
    for (const campaign of ['East', 'West'])
      this.#campaigns.push((await make('/v1/campaigns', { template_id, name: campaign })).campaign_id!)
    for (let place = 0; place < ALLOCATIONS; place++) {
      const allocation = { campaign_id: this.#campaigns[place >> 1], name: `${place}`, started: true }
      this.#allocations.push((await make('/v1/allocations', allocation)).allocation_id!)
    }
  }

  /** Runs all clients until then; resolves after the last answer. */
  async run(until: number): Promise<void> {
    await Promise.all(
      this.#plans.map(async (plan, client) => {
        while (performance.now() < until) {
          const op = plan.next().value
          await sleep(op.pause_ms)
          const request = this.#requestOf(op)
          for (let again = request !== undefined, tries = 1; again; tries++) {
            const { fate } = await this.#send(client, op, request!)
            again = fate === 'unknown' ? op.insists && tries < 3 : op.twice && tries < 2
          }
        }
      }),
    )
  }

  async #send(client: number, op: Op, request: Request): Promise<Sent> {
    let url = this.#servers.url(op.server)
    for (; url === null; url = this.#servers.url(op.server)) await sleep(20)
    const request_id = randomUUID()
    const text = sameness(op.deed, request)
    const sendings = (text !== undefined && this.#sendings.get(text)) || []
    if (text !== undefined) this.#sendings.set(text, sendings)
    const told = { fate: 'unknown', code: null, version: null, answer: null } as const
    const sent: Sent = { ...request, ...told, client, op, sendings, request_id, began: Date.now(), ended: 0 }
    sendings.push(sent)
    try {
      const { method, path, body, query } = request
      const headers = { ...request.headers, 'X-Request-Id': request_id }
      const sdk = new LeadlineClient({ url, key: KEY, timeout_ms: 15_000 })
      const answer = await sdk.request<Sent['answer']>(method, path, { body, query, headers })
      Object.assign(sent, { answer: answer.body, code: answer.code, fate: fateOf(answer) })
      const version = /^"v(\d+)"$/.exec(answer.headers.get('ETag') ?? '')?.[1]
      if (version && answer.ok) sent.version = Number(version)
      this.#learn(sent, answer.headers.get('X-Lead-Id') ?? answer.body?.lead_id ?? answer.body?.id)
    } catch (error) {
      sent.fate = fateOfError(error)
    }
    sent.ended = Date.now() + 1
    this.history.push(sent)
    // Clients do not flood a server that is away.
    if (sent.code === null || sent.code === UNAVAILABLE) await sleep(100)
    return sent
  }

  #learn(sent: Sent, named: unknown): void {
    const { op, fate, code, answer } = sent
    const version = sent.version ?? answer?.lead_version ?? 1
    if (typeof named === 'string') {
      if (fate === 'done') sent.lead_id ??= named
      if (op.deed === 'insert' && this.#leads[op.slot]?.lead_id !== named)
        this.#leads[op.slot] = { lead_id: named, version }
      for (const lead of this.#leads)
        if (lead?.lead_id === named) lead.version = Math.max(lead.version, version)
    }
    if (code === 101 || (op.deed === 'forget' && fate === 'done')) this.#leads[op.slot] = undefined
    const handed = op.deed === 'lease' && fate === 'done' ? answer.items : []
    for (const { lease_id, lead, numbers } of handed) {
      const known = { lead_id: lead.id, version: lead.version, phone: numbers[0].number }
      this.#leases = [...this.#leases.slice(-60), { lease_id, ...known, report: null }]
    }
    const settled = op.deed === 'settle' && (fate === 'done' || code === 1004) ? sent.conflict_id : null
    this.#conflicts = this.#conflicts.filter(({ conflict_id }) => conflict_id !== settled).slice(-20)
    if (fate === 'held') this.#conflicts.push(answer)
  }

  /** Undefined while the lead, lease or conflict is missing. */
  #requestOf(op: Op): Request | undefined {
    const { deed, slot, place } = op
    const lead = this.#leads[slot]
    if (is(ON_LEAD, deed)) return lead && this.#onLead[deed](op, lead)
    if (!is(ON_LEASE, deed)) return this.#others[deed](op)
    const fits = ({ report }: KnownLease) => deed !== 'report' || (report === null) === (op.report === 'new')
    const lease = this.#leases.filter(fits).at(-1 - place)
    return lease && { ...this.#onLease[deed](op, lease), lease_id: lease.lease_id, lead_id: lease.lead_id }
  }

  readonly #onLead: Record<OnLead, (op: Op, lead: KnownLead) => Request> = {
    update: (op, lead) => {
      const base = op.version === 'none' ? undefined : baseOf(lead, op)
      const keeps = { FirstPhone: '<NO CHANGE>', njDisposition: '<NO CHANGE>', njVersion: base }
      return { ...this.#classic(op.way === 'text' ? 'updateLead' : 'updateLeadFast', op, keeps), base }
    },
    patch: (op, { lead_id, ...lead }) => {
      const { change, on_conflict } = op
      const base = baseOf(lead, op)
      const facts = { lead_id, base, strict: on_conflict === 'fail', change, query: { on_conflict } }
      const headers = { 'If-Match': `"v${base}"` }
      return { ...facts, headers, method: 'PATCH', path: `/v1/leads/${lead_id}`, body: change }
    },
    merge: (op, { lead_id, version }) => {
      const { fields, disposition, priority } = op.change
      const groups = Object.keys(fields).map((name) => fieldGroup(`fields.${name}`))
      if (disposition !== undefined || priority !== undefined) groups.push('outcome')
      const versions = { base_version: baseOf({ version }, op), lead_version: version }
      const body = { ...versions, mine: op.change, decisions: decided(groups, op) }
      const change = op.take === 'mine' ? op.change : { ...op.change, fields: {}, disposition: undefined }
      const facts = { lead_id, base: version, strict: true, change }
      return { ...facts, method: 'POST', path: `/v1/leads/${lead_id}/merge`, body }
    },
    revert: ({ back }, { lead_id, version }) => {
      const body = { version: Math.max(1, version - back + 1), lead_version: version }
      const facts = { lead_id, base: version, strict: true }
      return { ...facts, method: 'POST', path: `/v1/leads/${lead_id}/revert`, body }
    },
    look: (_, { lead_id }) => ({ method: 'GET', path: `/v1/leads/${lead_id}`, lead_id }),
    forget: (_, { lead_id }) => ({ method: 'DELETE', path: `/v1/leads/${lead_id}`, lead_id }),
  }

  readonly #onLease: Record<OnLease, (op: Op, lease: KnownLease) => Request> = {
    report: ({ change, often, seldom, place, report }, lease) => {
      const { disposition = 'Again', fields, priority } = change
      const made = {
        ...{ disposition, phone: lease.phone, fields, priority },
        ...(seldom ? { phone_state: 'wrong' } : {}),
        ...(disposition === 'Callback' && often ? { callback_agent: `agent ${place}` } : {}),
      }
      lease.report ??= made
      const body = report === 'repeat' ? lease.report : made
      const path = `/v1/leases/${lease.lease_id}/outcome`
      return { method: 'PUT', path, body, change: body, base: lease.version }
    },
    extend: ({ lease_s }, { lease_id }) => {
      return { method: 'PATCH', path: `/v1/leases/${lease_id}`, body: { lease_s } }
    },
    handBack: (_, { lease_id }) => ({ method: 'DELETE', path: `/v1/leases/${lease_id}` }),
  }

  readonly #others: Record<Exclude<Deed, OnLead | OnLease>, (op: Op) => Request | undefined> = {
    insert: (op) => {
      const { change, way } = op
      if (way !== 'v1') return this.#classic(way === 'text' ? 'insertLead' : 'insertLeadFast', op)
      const allocation_id = this.#allocations[op.slot % ALLOCATIONS]
      // Leads without an external id take free numbers only, so that they stay few.
      const external_id = change.allow_duplicates ? `slot ${op.slot}` : null
      return { method: 'POST', path: '/v1/leads', body: { allocation_id, external_id, ...change }, change }
    },
    settle: (op) => {
      const { conflict_id, lead_id, groups } = this.#conflicts.at(-1 - op.place) ?? {}
      if (!conflict_id) return undefined
      const request = { method: 'PUT', path: `/v1/conflicts/${conflict_id}/resolution`, lead_id, conflict_id }
      if (op.way === 'text') return { ...request, body: { dismiss: true, reason: 'settled' } }
      const base = this.#leads.find((lead) => lead?.lead_id === lead_id)?.version ?? 1
      const body = { lead_version: base, decisions: decided(groups!, op) }
      return { ...request, base, strict: true, body }
    },
    lease: ({ allocation, numbers, lease_s, wait_s, place }) => {
      const body = { count: numbers.length, lease_s, wait_s, agent: `agent ${place}` }
      return this.#allocation(allocation, 'POST', '/leases', body)
    },
    block: (op) => {
      const expires_at = op.seldom ? new Date(Date.now() + 1_500).toISOString() : undefined
      return this.#list(op, '/v1/dnc', { expires_at })
    },
    unblock: (op) => this.#list(op, '/v1/dnc/removals', { reason: 'may be called' }),
    move: ({ often, seldom, slot }) => {
      const [from, to] = often ? [0, 1] : [1, 0]
      const lead = this.#leads[slot]
      const which = seldom || !lead ? { all: true } : { lead_ids: [lead.lead_id] }
      return this.#allocation(from!, 'POST', '/moves', { to_allocation_id: this.#allocations[to!], ...which })
    },
    recycle: (op) => this.#allocation(op.allocation, 'POST', '/recycle', { dispositions: ['Sold', 'Busy'] }),
    start: (op) => this.#allocation(op.allocation, 'PATCH', '', { started: op.often }),
  }

  #classic(call: string, { slot, change }: Op, keeps: object = {}): Request {
    const place = slot % ALLOCATIONS
    const { fields, disposition: njDisposition, priority: njPriority, allow_duplicates } = change
    const ids = { fTemplateId: this.#template_id, fCampaignId: this.#campaigns[place >> 1] }
    const texts = Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text ?? '']))
    const system = { njExternalLeadId: `slot ${slot}`, njPriority, ...(njDisposition && { njDisposition }) }
    return {
      ...{ method: 'POST', path: `/servicemanager/rest/CampaignAPI/${call}`, change },
      query: { ...ids, fAllocationId: this.#allocations[place], allowDuplicates: allow_duplicates },
      body: { ...keeps, ...texts, ...system },
    }
  }

  #list({ list, numbers, allocation }: Op, path: string, more: object): Request {
    const campaign_id = list === 'campaign' ? this.#campaigns[allocation >> 1] : undefined
    return { method: 'POST', path, body: { list, campaign_id, phones: numbers, ...more } }
  }

  #allocation(place: number, method: string, path: string, body: object): Request {
    const allocation_id = this.#allocations[place]!
    return { method, path: `/v1/allocations/${allocation_id}${path}`, body, allocation_id }
  }
}

const is = <T extends Deed>(deeds: readonly T[], deed: Deed): deed is T =>
  (deeds as readonly Deed[]).includes(deed)

const baseOf = ({ version }: Pick<KnownLead, 'version'>, op: Op) =>
  op.version === 'older' ? Math.max(1, version - op.back) : version

const decided = (groups: string[], { take }: Op) =>
  Object.fromEntries(groups.map((group) => [group, { take, reason: 'decided' }]))
