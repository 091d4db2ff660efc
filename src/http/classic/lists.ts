// The list getters: only what the key may see.

import { type Outcome, ok, refuse } from '../../core/result.ts'
import { callsOfAllocation } from '../../db/leads.ts'
import { listAllocations, listCampaigns, listTemplates, templateById } from '../../db/setup.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { readQuery, requireId } from './request.ts'

/** How many calls getCallRecordList answers, newest first. */
const CALLS_MAX = 1_000

const entities = (call: Call, rows: { id: number; name: string }[]) => {
  call.request.raw.leadline!.code = 0
  return { code: 0, message: 'OK', entities: rows }
}

export async function getCampaignTemplateList(call: Call) {
  const rows = await listTemplates(call.services.pool, call.caller)
  return entities(
    call,
    rows.map(({ template_id, name }) => ({ id: template_id, name })),
  )
}

export async function getCampaignList(call: Call) {
  const template_id = orRefuse(requireId(orRefuse(readQuery(call)), 'fTemplateId'))
  orRefuse(await visibleTemplate(call, template_id))
  const rows = await listCampaigns(call.services.pool, call.caller, template_id)
  return entities(
    call,
    rows.map(({ campaign_id, name }) => ({ id: campaign_id, name })),
  )
}

async function visibleTemplate(call: Call, template_id: number): Promise<Outcome<true>> {
  if (await templateById(call.services.pool, call.caller, template_id)) return ok(true)
  return refuse('UNKNOWN_TARGET', `template ${template_id}: not known`, { field: 'fTemplateId' })
}

export async function getAllocationList(call: Call) {
  const campaign_id = orRefuse(requireId(orRefuse(readQuery(call)), 'fCampaignId'))
  orRefuse(await call.services.intake.targets.find({ campaign_id }, call.caller))
  const rows = await listAllocations(call.services.pool, call.caller, campaign_id)
  return entities(
    call,
    rows.map(({ allocation_id, name }) => ({ id: allocation_id, name })),
  )
}

export async function getCallRecordList(call: Call) {
  const query = orRefuse(readQuery(call))
  const template_id = orRefuse(requireId(query, 'fTemplateId'))
  const campaign_id = orRefuse(requireId(query, 'campaignId'))
  const allocation_id = orRefuse(requireId(query, 'allocationId'))
  orRefuse(await call.services.intake.targets.find({ template_id, campaign_id, allocation_id }, call.caller))
  const calls = await callsOfAllocation(call.services.pool, campaign_id, allocation_id, CALLS_MAX)
  return entities(
    call,
    calls.map(({ call_id, disposition, lead_id, at }) => ({ id: call_id, name: disposition, lead_id, at })),
  )
}
