// The lists: only what the key may see. Senders ask them by GET and by POST.

import { Type } from 'typebox'
import { systemValues, textIn } from '../../core/action-values.ts'
import type { FieldKind } from '../../core/field.ts'
import { leadId } from '../../core/lead.ts'
import { LIMITS } from '../../core/limits.ts'
import { refuse } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { listAllocations } from '../../db/allocations.ts'
import { type CallWithLead, newestCalls } from '../../db/calls.ts'
import { campaignById, listCampaigns } from '../../db/campaigns.ts'
import { dispositionsOfTemplate } from '../../db/dispositions.ts'
import { listTemplates, templateById } from '../../db/templates.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { get, routes } from '../route.ts'
import { CLASSIC } from '../style.ts'
import { classicQuery, eitherOf, idIn, idsIn, requiredId } from './request.ts'
import { IDS, KEY, text } from './shapes.ts'

const LISTS = ['insert', 'read', 'dial'] as const
/** Callers that update leads must know these, too. */
const SETS = [...LISTS, 'write'] as const

const KeyQuery = Type.Object(KEY)
const AllocationsQuery = Type.Object({ fCampaignId: IDS.fCampaignId, ...KEY })
const TemplateQuery = Type.Object({ fTemplateId: IDS.fTemplateId, ...KEY })
const CallsQuery = Type.Object({
  ...IDS,
  campaignId: text('The same as fCampaignId'),
  allocationId: text('The same as fAllocationId'),
  fDispositions: text('Ids of dispositions: 47,48; absent: all'),
  before: text('Only calls before this one: next_before of the last answer'),
  ...KEY,
})

const Entities = Type.Object({
  code: Type.Integer(),
  message: Type.String(),
  entities: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String() })),
})
const CallRecords = Type.Object({
  code: Type.Integer(),
  message: Type.String(),
  entities: Type.Array(
    Type.Object(
      { njCallRecordId: Type.Integer(), lead_id: Type.String() },
      {
        additionalProperties: true,
        description: 'The call, njLeadId and the like, and the fields of the lead',
      },
    ),
  ),
  next_before: Type.Optional(Type.Integer({ description: 'There are more: ask for those before this call' })),
})
const FieldDefinitions = Type.Array(
  Type.Object({
    type: Type.String(),
    key: Type.String(),
    required: Type.Boolean(),
    label: Type.String(),
    help_text: Type.String(),
    choices: Type.Optional(Type.Array(Type.String())),
  }),
)

const byGet = routes('classic', {
  getCampaignTemplateList: get(`${CLASSIC}/getCampaignTemplateList`, {
    scope: LISTS,
    summary: 'Templates',
    query: KeyQuery,
    answer: Entities,
    handle: async (call) => {
      const rows = await listTemplates(call.services.pool, call.caller)
      return entities(
        call,
        rows.map(({ template_id, name }) => ({ id: template_id, name })),
      )
    },
  }),

  getCampaignList: get(`${CLASSIC}/getCampaignList`, {
    scope: LISTS,
    summary: 'Campaigns of a template',
    query: TemplateQuery,
    answer: Entities,
    handle: async (call) => {
      const { template_id } = await templateOf(call)
      const rows = await listCampaigns(call.services.pool, call.caller, { template_id })
      return entities(
        call,
        rows.map(({ campaign_id, name }) => ({ id: campaign_id, name })),
      )
    },
  }),

  getAllocationList: get(`${CLASSIC}/getAllocationList`, {
    scope: LISTS,
    summary: 'Allocations of a campaign',
    query: AllocationsQuery,
    answer: Entities,
    handle: async (call) => {
      const campaign_id = requiredId(classicQuery(call), 'fCampaignId')
      orRefuse(await call.services.intake.targets.find({ campaign_id }, call.caller))
      const rows = await listAllocations(call.services.pool, call.caller, { campaign_id })
      return entities(
        call,
        // A virtual one takes no leads, and senders ask where theirs can go.
        rows
          .filter(({ draws }) => draws === null)
          .map(({ allocation_id, name }) => ({ id: allocation_id, name })),
      )
    },
  }),

  // Those that can be given now; the calls of a disabled one are still asked for by its id.
  getDispositionList: get(`${CLASSIC}/getDispositionList`, {
    scope: SETS,
    summary: 'Dispositions of a template',
    query: TemplateQuery,
    answer: Entities,
    handle: async (call) => {
      const { template_id } = await templateOf(call)
      const rows = await dispositionsOfTemplate(call.services.pool, call.caller, template_id)
      const enabled = rows.filter((row) => row.enabled)
      return entities(
        call,
        enabled.map(({ disposition_id, code }) => ({ id: disposition_id, name: code })),
      )
    },
  }),

  getFieldList: get(`${CLASSIC}/getFieldList`, {
    scope: SETS,
    summary: 'Fields of a template',
    query: TemplateQuery,
    answer: Entities,
    handle: async (call) => {
      const fields = await fieldsOf(call)
      return entities(
        call,
        fields.map(({ field_id, name }) => ({ id: field_id, name })),
      )
    },
  }),

  // A bare array, as published.
  getFieldDefn: get(`${CLASSIC}/getFieldDefn`, {
    scope: SETS,
    summary: 'Fields of a template as a form builder takes them',
    query: TemplateQuery,
    answer: FieldDefinitions,
    handle: async (call) => {
      const fields = await fieldsOf(call)
      call.notes.code = 0
      return fields.map(({ name, label, kind, choices }) => ({
        type: TYPES[kind],
        key: name,
        required: false,
        label,
        help_text: label,
        ...(choices ? { choices } : {}),
      }))
    },
  }),

  getCallRecordList: get(`${CLASSIC}/getCallRecordList`, {
    scope: 'read',
    summary: 'Calls of a campaign or an allocation, newest first',
    query: CallsQuery,
    answer: CallRecords,
    handle: async (call) => {
      const query = classicQuery(call)
      const template_id = requiredId(query, 'fTemplateId')
      const campaign_id = requiredId(eitherOf(query, 'fCampaignId', 'campaignId'), 'fCampaignId')
      const allocation_id = idIn(eitherOf(query, 'fAllocationId', 'allocationId'), 'fAllocationId')
      const before = idIn(query, 'before', Number.MAX_SAFE_INTEGER) ?? null
      const target = { template_id, campaign_id, allocation_id }
      const rules = orRefuse(await call.services.intake.targets.find(target, call.caller))
      const { pool } = call.services
      const found = await newestCalls(pool, {
        campaign_id,
        allocation_id: allocation_id ?? null,
        dispositions: await codesOf(call, idsIn(query, 'fDispositions'), rules),
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
      return { ...entities(call, records), ...(more ? { next_before: oldest.call_id } : {}) }
    },
  }),
})

export const lists = byGet.flatMap((route) => [
  route,
  { ...route, name: `${route.name}ByPost`, method: 'POST' as const },
])

function entities<Entity>(call: Call, rows: Entity[]) {
  call.notes.code = 0
  return { code: 0, message: 'OK', entities: rows }
}

/** The template that the query names, if the caller may see it. */
async function templateOf(call: Call) {
  const template_id = requiredId(classicQuery(call), 'fTemplateId')
  const found = await templateById(call.services.pool, call.caller, template_id)
  if (found) return found
  return orRefuse<NonNullable<typeof found>>(
    refuse('UNKNOWN_TARGET', `template ${template_id}: not known`, { field: 'fTemplateId' }),
  )
}

const fieldsOf = async (call: Call) => (await templateOf(call)).fields.filter(({ retired }) => !retired)

/**
 * The types of the form builder that reads this answer. It converts typed text into the type, so a kind is only named
 * where the field takes the converted value: a date is not, because the builder would send a datetime.
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

/** The codes of the dispositions of these ids; without ids, all of the template's set. */
async function codesOf(call: Call, ids: number[] | undefined, rules: Rules): Promise<string[]> {
  if (ids === undefined) return [...rules.dispositions.values()].map(({ code }) => code)
  const rows = await dispositionsOfTemplate(call.services.pool, call.caller, rules.template_id)
  const codes = new Map(rows.map(({ disposition_id, code }) => [disposition_id, code]))
  const unknown = ids.find((id) => !codes.has(id))
  if (unknown !== undefined)
    orRefuse(
      refuse('UNKNOWN_TARGET', `disposition ${unknown}: not known to template ${rules.template_id}`, {
        field: 'fDispositions',
      }),
    )
  return ids.map((id) => codes.get(id)!)
}

/**
 * The call, and its lead as it is now. A field replaces an entry of ours that has the same name: a reader of `name` means
 * the name of the lead. The call is njCallRecordId in any case.
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
