// Commands that are ready to paste into a terminal. They take the key from $LEADLINE_API_KEY.

import type { Allocation, Scope } from '../../../src/client/api.ts'
import { BASE } from '../api/client.ts'
import { calledAllocations, liveFields, openAllocations, type SetUp, templateOf } from '../api/set-up.ts'

const SAMPLES: Record<string, string> = {
  name: 'Jane Smith',
  city: 'Abbotsford',
  state: 'Vic',
  postcode: '3067',
}

const SAMPLE_PHONE = '0383218199'

/** Between single quotes a shell reads everything as it is, except the quote itself. */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

const KEY_HEADER = '-H "Authorization: Bearer $LEADLINE_API_KEY"'
const API = 'v1'
const addressOf = (path: string) => window.location.origin + BASE + path
const getExample = (path: string) => `curl -sS ${quoted(addressOf(`${API}/${path}`))} \\\n  ${KEY_HEADER}`

/** The one that an example is about: of these, if they are named, one that is being called, if there is one. */
function allocationOf(allocations: readonly Allocation[], allocation_ids: readonly number[] | null) {
  const some = allocation_ids
    ? allocations.filter((one) => allocation_ids.includes(one.allocation_id))
    : allocations
  return some.find(({ started }) => started) ?? some[0]
}

interface Example {
  campaign: string
  curl: string
}

/** A request of the classic API for an allocation: with its ids, and fields that its template has. */
export function insertExample(
  set_up: SetUp,
  allocation_ids: readonly number[] | null = null,
): Example | undefined {
  const allocation = allocationOf(openAllocations(set_up), allocation_ids)
  const campaign = set_up.campaigns.find(({ campaign_id }) => campaign_id === allocation?.campaign_id)
  const template = templateOf(set_up, campaign?.campaign_id)
  if (!allocation || !campaign || !template) return undefined
  const fields = liveFields(template)
  const lead: Record<string, string> = {}
  for (const { name } of fields) {
    const sample = SAMPLES[name.toLowerCase()]
    if (sample !== undefined) lead[name] = sample
  }
  const phone = fields.find(({ kind }) => kind === 'phone')
  if (phone) lead[phone.name] = SAMPLE_PHONE
  const query = `fTemplateId=${template.template_id}&fCampaignId=${campaign.campaign_id}&fAllocationId=${allocation.allocation_id}`
  const url = addressOf(`servicemanager/rest/CampaignAPI/insertLeadFast?${query}`)
  return {
    campaign: campaign.name,
    curl: `curl -sS ${quoted(url)} \\\n  ${KEY_HEADER} \\\n  -d ${quoted(JSON.stringify(lead))}`,
  }
}

/** The first request of somebody who has got a key; undefined: there is nothing that it could ask for yet. */
export function firstRequest(
  set_up: SetUp,
  { scopes, allocation_ids }: { scopes: readonly Scope[]; allocation_ids: readonly number[] | null },
): string | undefined {
  const may = (...some: Scope[]) => some.some((scope) => scopes.includes(scope))
  if (may('insert', 'write', 'admin')) return insertExample(set_up, allocation_ids)?.curl
  if (may('read')) return getExample('leads?limit=5')
  const allocation = allocationOf(calledAllocations(set_up), allocation_ids)
  if (may('dial')) return allocation && getExample(`allocations/${allocation.allocation_id}/queue`)
  if (may('supervise', 'manage')) return getExample('campaigns')
  return undefined
}
