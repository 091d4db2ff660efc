// The list getters: only what the key may see.

import { systemValues, textIn } from '../../core/action-values.ts'
import type { FieldKind } from '../../core/field.ts'
import { leadId } from '../../core/lead.ts'
import { LIMITS } from '../../core/limits.ts'
import { ok, type Result, refuse } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { listAllocations } from '../../db/allocations.ts'
import { type CallWithLead, newestCalls } from '../../db/calls.ts'
import { campaignById, listCampaigns } from '../../db/campaigns.ts'
import { dispositionsOfTemplate } from '../../db/dispositions.ts'
import { listTemplates, templateById } from '../../db/templates.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { readEither, readId, readIds, readQuery, requireId } from './request.ts'

function answered<Answer>(call: Call, answer: Answer): Answer {
  call.request.raw.leadline!.code = 0
  return answer
}

const entities = (call: Call, rows: { id: number; name: string }[]) =>
  answered(call, { code: 0, message: 'OK', entities: rows })

export async function getCampaignTemplateList(call: Call) {
  const rows = await listTemplates(call.services.pool, call.caller)
  return entities(
    call,
    rows.map(({ template_id, name }) => ({ id: template_id, name })),
  )
}

export async function getCampaignList(call: Call) {
  const { template_id } = await templateOf(call)
  const rows = await listCampaigns(call.services.pool, call.caller, template_id)
  return entities(
    call,
    rows.map(({ campaign_id, name }) => ({ id: campaign_id, name })),
  )
}

/** The template that the query names, if the caller may see it. */
async function templateOf(call: Call) {
  const template_id = orRefuse(requireId(orRefuse(readQuery(call)), 'fTemplateId'))
  const found = await templateById(call.services.pool, call.caller, template_id)
  if (found) return found
  return orRefuse<NonNullable<typeof found>>(
    refuse('UNKNOWN_TARGET', `template ${template_id}: not known`, { field: 'fTemplateId' }),
  )
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

/** Those that can be given now; the calls of a disabled one are still asked for by its id. */
export async function getDispositionList(call: Call) {
  const { template_id } = await templateOf(call)
  const rows = await dispositionsOfTemplate(call.services.pool, call.caller, template_id)
  return entities(
    call,
    rows
      .filter(({ enabled }) => enabled)
      .map(({ disposition_id, code }) => ({ id: disposition_id, name: code })),
  )
}

export async function getFieldList(call: Call) {
  const fields = await fieldsOf(call)
  return entities(
    call,
    fields.map(({ field_id, name }) => ({ id: field_id, name })),
  )
}

const fieldsOf = async (call: Call) => (await templateOf(call)).fields.filter(({ retired }) => !retired)

/**
 * The types of the form builder that this answer is made for. It turns what people type into the type, so a kind is only
 * named where the field takes what comes out of that: a datetime is no date.
 */
const TYPES: Record<FieldKind, string> = {
  text: 'unicode',
  long_text: 'text',
  phone: 'unicode',
  email: 'unicode',
  date: 'unicode',
  number: 'decimal',
  choice: 'unicode',
  check: 'bool',
}

/** A bare array, as published. */
export async function getFieldDefn(call: Call) {
  const fields = await fieldsOf(call)
  return answered(
    call,
    fields.map(({ name, label, kind, choices }) => ({
      type: TYPES[kind],
      key: name,
      required: false,
      label,
      help_text: label,
      ...(choices ? { choices } : {}),
    })),
  )
}

export async function getCallRecordList(call: Call) {
  const query = orRefuse(readQuery(call))
  const template_id = orRefuse(requireId(query, 'fTemplateId'))
  const campaign_id = orRefuse(
    requireId(orRefuse(readEither(query, 'fCampaignId', 'campaignId')), 'fCampaignId'),
  )
  const allocation_id = orRefuse(
    readId(orRefuse(readEither(query, 'fAllocationId', 'allocationId')), 'fAllocationId'),
  )
  const before = orRefuse(readId(query, 'before', Number.MAX_SAFE_INTEGER)) ?? null
  const target = { template_id, campaign_id, allocation_id }
  const rules = orRefuse(await call.services.intake.targets.find(target, call.caller))
  const { pool } = call.services
  const dispositions = orRefuse(await codesOf(call, orRefuse(readIds(query, 'fDispositions')), rules))
  const found = await newestCalls(pool, {
    campaign_id,
    allocation_id: allocation_id ?? null,
    dispositions,
    before,
    rows_max: LIMITS.calls_max + 1,
    bytes_max: LIMITS.calls_bytes_max,
  })
  const shown = found.slice(0, LIMITS.calls_max)
  const oldest = shown.at(-1)
  const campaign = await campaignById(pool, call.caller, campaign_id)
  const name = campaign?.name ?? ''
  const records = await Promise.all(shown.map((row) => inSlices(() => recordOf(row, rules, name))))
  const more = oldest !== undefined && oldest.found > shown.length
  return answered(call, {
    code: 0,
    message: 'OK',
    entities: records,
    ...(more ? { next_before: oldest.call_id } : {}),
  })
}

/** The codes of the dispositions of these ids; without ids, all of the template's set. */
async function codesOf(call: Call, ids: number[] | undefined, rules: Rules): Promise<Result<string[]>> {
  if (ids === undefined) return ok([...rules.dispositions.values()].map(({ code }) => code))
  const rows = await dispositionsOfTemplate(call.services.pool, call.caller, rules.template_id)
  const codes = new Map(rows.map(({ disposition_id, code }) => [disposition_id, code]))
  const unknown = ids.find((id) => !codes.has(id))
  if (unknown !== undefined)
    return refuse('UNKNOWN_TARGET', `disposition ${unknown}: not known to template ${rules.template_id}`, {
      field: 'fDispositions',
    })
  return ok(ids.map((id) => codes.get(id)!))
}

/**
 * What is known of the call and, as it is now, of its lead. A field that has the name of an entry of ours stands in its
 * place: whoever reads `name` of a lead that has a name means that. The call is njCallRecordId in any case.
 */
function recordOf(row: CallWithLead, rules: Rules, campaign_name: string) {
  const { call_id, disposition, allocation_name, campaign_id, number, at, fields } = row
  return {
    id: call_id,
    name: disposition,
    lead_id: leadId(campaign_id, number),
    at,
    njCallRecordId: call_id,
    ...systemValues(row, rules, { campaign_name, allocation_name, disposition, call: row }),
    ...Object.fromEntries(rules.fields.all.map(({ name }) => [name, textIn(fields, name)])),
  }
}
