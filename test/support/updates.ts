// Leads that have been called, updates of them that meet, and the held updates that come of it.

import { expect } from 'vitest'
import type { Page } from '../../src/client/answer.ts'
import type { CallRecord, Conflict, HistoryEvent, Lead } from '../../src/client/api.ts'
import type { ClassicBody, LeadDocument, LeadlineClient, Target } from '../../src/client/client.ts'
import { type Leadline, mobile } from './leadline.ts'
import { ADDRESS } from './leads.ts'

export interface Known {
  lead_id: string
  njExternalLeadId: string
  phone: string
  target: Target
}

export const codesOf = (answers: { code: number }[]) => answers.map(({ code }) => code).sort((a, b) => a - b)

export function updatesOn({ client, target }: Leadline) {
  let leads = 0

  /** A lead that has been called once, so that its updates need no disposition; version 1. */
  async function lead(more: LeadDocument = {}, into: Target = target): Promise<Known> {
    const [phone, njExternalLeadId] = [mobile(), `lead-${++leads}`]
    const document = { FirstPhone: phone, njExternalLeadId, njDisposition: 'Busy', ...more }
    const { code, lead_id } = await client.insertLead(into, document)
    expect(code).toBe(0)
    return { lead_id: lead_id!, njExternalLeadId, phone, target: into }
  }

  const ana = (more: LeadDocument = {}) => lead({ Name: 'Ana Silva', ...ADDRESS, ...more })

  const update = (
    { njExternalLeadId, target }: Known,
    values: LeadDocument,
    query: { allowDuplicates?: boolean } = {},
    by: LeadlineClient = client,
  ) => by.updateLeadFast(target, { njExternalLeadId, FirstPhone: '<NO CHANGE>', ...values }, query)

  const view = async ({ lead_id }: Known) => (await client.get<Lead>(`/v1/leads/${lead_id}`)).body

  const calls = async ({ lead_id }: Known) =>
    (await client.get<Page<CallRecord>>(`/v1/leads/${lead_id}/calls`)).body.items

  const history = async ({ lead_id }: Known) =>
    (await client.get<Page<HistoryEvent>>(`/v1/leads/${lead_id}/history`, { limit: 500 })).body.items

  const conflict = async (id: number | undefined) => (await client.get<Conflict>(`/v1/conflicts/${id}`)).body

  const conflictsOf = async ({ lead_id }: Known, state?: string) =>
    (await client.get<Page<Conflict>>('/v1/conflicts', { lead_id, state, limit: 500 })).body.items

  const settle = (id: number | undefined, resolution: object) =>
    client.put<ClassicBody & { version: number; name: string }>(`/v1/conflicts/${id}/resolution`, resolution)

  /** An update of version 1 that clashes: the lead has `theirs` since version 2. */
  async function clash(theirs: LeadDocument, mine: LeadDocument, of?: Known) {
    const known = of ?? (await ana())
    expect(await update(known, { ...theirs, njVersion: 1 })).toMatchObject({ code: 0, version: 2 })
    const refused = await update(known, { ...mine, njVersion: 1 })
    expect(refused).toMatchObject({ status: 400, code: 110, lead_id: known.lead_id })
    return { known, refused, conflict_id: refused.body.conflict_id! }
  }

  async function campaignOf(template_id: number, name: string): Promise<Target> {
    const { body } = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
    const { campaign_id } = body
    const { body: allocation } = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id,
      name,
      started: true,
    })
    return { template_id, campaign_id, allocation_id: allocation.allocation_id }
  }

  /** A campaign of a template like the sample, with other rules. */
  async function campaign(
    name: string,
    rules: { dnc_rule?: 'all' | 'any'; duplicate_rule?: 'any' | 'all' } = {},
  ) {
    const { body } = await client.post<{ template_id: number }>('/v1/templates', {
      name,
      contact_hours: 'Australia/Melbourne',
      ...rules,
      fields: [
        { name: 'Name', kind: 'text' },
        { name: 'FirstPhone', kind: 'phone' },
        { name: 'SecondPhone', kind: 'phone' },
      ],
    })
    return campaignOf(body.template_id, name)
  }

  return {
    lead,
    ana,
    update,
    view,
    calls,
    history,
    conflict,
    conflictsOf,
    settle,
    clash,
    campaignOf,
    campaign,
  }
}
