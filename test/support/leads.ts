// Leads over /v1 as the tests of their changes make and read them.

import { expect } from 'vitest'
import type { ConflictDocument, LeadPatch, NewLead, Values } from '../../src/client/api.ts'
import type { LeadlineClient } from '../../src/client/client.ts'
import { type Leadline, mobile } from './leadline.ts'

export const ADDRESS = { StreetAddress: '1 Rose St', City: 'Abbotsford', State: 'Vic', PostCode: '3067' }

/** The address as a side of a conflict shows it. */
export const addressIn = (City: string): Values =>
  Object.fromEntries(Object.entries({ ...ADDRESS, City }).map(([name, text]) => [`fields.${name}`, text]))

export const e164 = (phone: string) => `+61${phone.slice(1)}`

export function leadsOf({ client, target: { allocation_id } }: Leadline) {
  return {
    /** A new lead called Ana; its id and number. */
    async ana(more: Partial<NewLead> = {}) {
      const phone = mobile()
      const fields = { Name: 'Ana Silva', ...ADDRESS, FirstPhone: phone, ...more.fields }
      const made = await client.createLead({ allocation_id, ...more, fields })
      if (!made.ok) throw new Error(JSON.stringify(made.body))
      return { id: made.body.id, phone }
    },

    async view(id: string) {
      const lead = await client.lead(id)
      if (!lead.ok) throw new Error(lead.body.detail)
      return lead.body
    },

    /** A change that is not refused. */
    async changed(id: string, version: number, patch: LeadPatch, by: LeadlineClient = client) {
      const answer = await by.patchLead(id, version, patch)
      if (!answer.ok) throw new Error(`${answer.body.code} ${answer.body.detail}`)
      return answer.body
    },

    async callsOf(id: string) {
      const calls = await client.leadCalls(id, { limit: 500 })
      return calls.ok ? calls.body.items.map(({ disposition }) => disposition) : []
    },

    async historyOf(id: string) {
      const history = await client.leadHistory(id, { limit: 500 })
      return history.ok ? history.body.items : []
    },
  }
}

/** The conflict document of a refused change. */
export function metBy(answer: { ok: boolean; body: unknown }): ConflictDocument {
  expect(answer).toMatchObject({ ok: false, status: 412, code: 110 })
  return (answer.body as { conflict: ConflictDocument }).conflict
}

export const groupOf = (document: ConflictDocument, group: string) =>
  document.groups.find((found) => found.group === group)
