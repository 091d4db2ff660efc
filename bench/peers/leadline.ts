// Leadline itself: single leads over the classic API, and many per request through the SDK.

import type { LeadAnswer, LeadDocument, LeadlineClient, Target } from '../../src/client/client.ts'
import {
  type Adapter,
  failed,
  type HttpAnswer,
  type Outcome,
  type Peer,
  refused,
  type SampleLead,
  type TakenLead,
  taken,
} from './peer.ts'

/** Refusals by rules for leads: blocked, duplicate, a clash of changes, the external id is taken. */
const REFUSALS = new Set([104, 105, 110, 112])

export const leadDocument = (lead: SampleLead): LeadDocument => ({
  Name: `${lead.first_name} ${lead.last_name}`,
  StreetAddress: lead.street,
  City: lead.city,
  State: lead.state,
  PostCode: lead.post_code,
  Email: lead.email,
  FirstPhone: lead.mobile,
  SecondPhone: lead.landline,
  njExternalLeadId: lead.external_id,
})

export const changeDocument = ({ external_id }: TakenLead, city: string): LeadDocument => ({
  njExternalLeadId: external_id,
  FirstPhone: '<NO CHANGE>',
  City: city,
  njDisposition: 'No Answer',
})

export function leadlineSingle({ template_id, campaign_id, allocation_id }: Target, key: string): Adapter {
  const request = (call: string, body: LeadDocument) => ({
    method: 'POST' as const,
    path: `/servicemanager/rest/CampaignAPI/${call}?fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return {
    insert: (lead) => request('insertLeadFast', leadDocument(lead)),
    update: (lead, city) => request('updateLeadFast', changeDocument(lead, city)),
    read: readSingle,
  }
}

function readSingle({ status, body }: HttpAnswer): Outcome {
  const code = Number(/^\{"code":(\d+)/.exec(body)?.[1] ?? Number.NaN)
  if (status === 200 && code === 0) return taken()
  if (Number.isNaN(code)) return failed(`HTTP ${status}`)
  return REFUSALS.has(code) ? refused(String(code)) : failed(String(code))
}

/** `rows`: how many leads one request has. */
export function leadlineBulk(client: LeadlineClient, target: Target, rows: number): Peer {
  return {
    name: `leadline by ${rows}`,
    rows,
    insert: async (leads) => readMany(await client.insertLead(target, leads.map(leadDocument))),
    update: async (leads, city) =>
      readMany(
        await client.updateLead(
          target,
          leads.map((lead) => changeDocument(lead, city)),
        ),
      ),
  }
}

/** Reads the counts, and the reason at the end of each line of the CSV. */
export function readMany({ body }: Pick<LeadAnswer, 'body'>): Outcome {
  const counts = /^Imported (\d+) Updated (\d+) Rejected \d+ leads/.exec(body.message)
  if (counts === null) return failed(String(body.code))
  const outcome = taken(Number(counts[1]) + Number(counts[2]))
  for (const [, code] of body.message.matchAll(/,"?(\d+) [A-Z_]+: .*,$/gm)) {
    const by_reason = REFUSALS.has(Number(code)) ? outcome.refused : outcome.errors
    by_reason[code!] = (by_reason[code!] ?? 0) + 1
  }
  return outcome
}
