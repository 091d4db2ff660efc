// The classic lead API as its tests speak it, and what they set up.

import { expect } from 'vitest'
import type { Lead } from '../../src/client/api.ts'
import type { ClassicBody, LeadDocument, Target } from '../../src/client/client.ts'
import { type Leadline, mobile } from './leadline.ts'

/** The clock of these tests. */
export const NOW = '2026-07-01T00:00:00Z'
export const API = '/servicemanager/rest/CampaignAPI'

export const idsOf = ({ template_id, campaign_id, allocation_id }: Target) => ({
  fTemplateId: String(template_id),
  fCampaignId: String(campaign_id),
  fAllocationId: String(allocation_id),
})

/** An answer as it came over the wire. */
export interface Reply {
  status: number
  headers: Headers
  text: string
  body: ClassicBody
}

export type Query = Record<string, string | undefined>

export function classicOn(leadline: Leadline) {
  const { client, target } = leadline

  /** Sends bytes as they are; the key goes into the query, as the wiki's samples have it. */
  async function post(
    call: string,
    query: Query | URLSearchParams,
    body: string | Uint8Array<ArrayBuffer>,
    { server = leadline, type = 'application/json' }: { server?: Leadline; type?: string } = {},
  ): Promise<Reply> {
    const params =
      query instanceof URLSearchParams
        ? query
        : new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]))
    if (!params.has('apiKey')) params.set('apiKey', server.key)
    const response = await fetch(`${server.url}${API}/${call}?${params}`, {
      method: 'POST',
      headers: { Accept: 'application/json', 'Content-Type': type },
      body,
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }

  let references = 0
  const reference = () => `ref-${++references}`

  const shown = async (lead_id: string | null, as = client) =>
    (await as.get<Lead>(`/v1/leads/${lead_id}`)).body

  const itemsOf = async (path: string, as = client) =>
    (await as.get<{ items: Record<string, unknown>[] }>(path)).body.items

  const calls = async (lead_id: string | null) =>
    (await itemsOf(`/v1/leads/${lead_id}/calls`)).map(({ disposition }) => disposition)

  const events = (lead_id: string | null) => itemsOf(`/v1/leads/${lead_id}/history`)

  /** A new lead; it must be taken. */
  async function inserted(lead: LeadDocument = {}, where: Target = target) {
    const answer = await client.insertLeadFast(where, { FirstPhone: mobile(), ...lead })
    expect(answer.body).toEqual({ code: 0, message: 'OK' })
    return answer.lead_id!
  }

  /** A lead that was called once, so that an update may leave its disposition alone, with what to address it by. */
  async function called(lead: LeadDocument = {}, where: Target = target) {
    const njExternalLeadId = reference()
    const FirstPhone = mobile()
    const document = { FirstPhone, njExternalLeadId, njDisposition: 'Busy', ...lead }
    const answer = await client.insertLead(where, document)
    expect(answer.code).toBe(0)
    const change = (fields: LeadDocument, query: { allowDuplicates?: boolean } = {}) =>
      client.updateLeadFast(where, { njExternalLeadId, FirstPhone: '<NO CHANGE>', ...fields }, query)
    return { lead_id: answer.lead_id!, njExternalLeadId, FirstPhone, change }
  }

  const blocked = async (phone: string) => {
    expect((await client.post('/v1/dnc', { list: 'private', phones: [phone] })).status).toBe(201)
    return phone
  }

  /** A template with a campaign and an allocation. */
  async function setUp(template: object, as = client): Promise<Target> {
    const name = reference()
    const base = { name, contact_hours: 'Australia/Melbourne', fields: [{ name: 'Phone', kind: 'phone' }] }
    const made = await as.post<{ template_id: number }>('/v1/templates', { ...base, ...template })
    expect(made.status).toBe(201)
    return { ...(await campaignOf(made.body.template_id, as)), template_id: made.body.template_id }
  }

  async function campaignOf(template_id: number, as = client): Promise<Target> {
    const name = reference()
    const { body } = await as.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
    return { template_id, ...(await allocationOf(body.campaign_id, as)) }
  }

  async function allocationOf(campaign_id: number, as = client) {
    const name = reference()
    const { body } = await as.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name })
    return { campaign_id, allocation_id: body.allocation_id }
  }

  return {
    ids: idsOf(target),
    post,
    reference,
    shown,
    itemsOf,
    calls,
    events,
    inserted,
    called,
    blocked,
    setUp,
    campaignOf,
    allocationOf,
  }
}
