// Templates and campaigns.

import type { Static } from 'typebox'
import { fold } from '../../core/field.ts'
import { isRegion } from '../../core/phone.ts'
import { refuse } from '../../core/result.ts'
import { campaignById, createCampaign, listCampaigns } from '../../db/campaigns.ts'
import { SEES_ALL } from '../../db/sight.ts'
import { changeTemplate, createTemplate, listTemplates, templateById } from '../../db/templates.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { change } from './change.ts'
import { type PageAsked, page } from './page.ts'
import type * as schemas from './setup-schemas.ts'
import { teamOf } from './team.ts'

const unknown = (what: string) => refuse('UNKNOWN_TARGET', `${what}: not known`)

export const getTemplates = (call: Call) =>
  page(
    call.request.query as PageAsked,
    (page) => listTemplates(call.services.pool, call.caller, page),
    (row) => row.template_id,
  )

export async function getTemplate(call: Call) {
  const { id } = call.request.params as { id: number }
  return (await templateById(call.services.pool, call.caller, id)) ?? orRefuse(unknown(`template ${id}`))
}

export async function postTemplate(call: Call) {
  const body = call.request.body as Static<typeof schemas.NewTemplate>
  const region = (body.region ?? call.services.region).toUpperCase()
  if (!isRegion(region)) orRefuse(refuse('INVALID_FIELD', 'is no region', { field: '/region' }))
  const fields = body.fields.map((field) => ({
    name: field.name.normalize('NFC'),
    label: field.label ?? field.name,
    aliases: field.aliases ?? [],
    kind: field.kind,
    choices: field.choices ?? null,
    merge_group: field.merge_group ?? null,
  }))
  const names = new Set<string>()
  for (const [i, field] of fields.entries()) {
    const at = `/fields/${i}`
    if (['__proto__', 'constructor', 'prototype'].includes(field.name) || field.merge_group === 'outcome')
      orRefuse(refuse('INVALID_FIELD', 'this name is not allowed', { field: at }))
    for (const name of [field.name, ...field.aliases]) {
      if (names.has(fold(name)))
        orRefuse(refuse('INVALID_FIELD', 'another field has this name or alias', { field: at }))
      names.add(fold(name))
    }
    if ((field.kind === 'choice') !== (field.choices !== null))
      orRefuse(
        refuse('INVALID_FIELD', 'a choice field, and only one, has choices', { field: `${at}/choices` }),
      )
  }
  if (!fields.some((field) => field.kind === 'phone'))
    orRefuse(refuse('INVALID_FIELD', 'a template needs a phone field', { field: '/fields' }))
  const template = {
    name: body.name,
    team_id: await teamOf(call, body.team),
    region,
    contact_hours: body.contact_hours,
    disposition_set: body.disposition_set ?? 'Standard',
    duplicate_rule: body.duplicate_rule ?? 'any',
    dnc_rule: body.dnc_rule ?? 'all',
    bad_values: body.bad_values ?? 'keep',
    fields,
  }
  const made = await change(
    call,
    'template.create',
    async (tx) => {
      const template_id = await createTemplate(tx, template)
      return template_id === undefined ? undefined : templateById(tx, SEES_ALL, template_id)
    },
    ({ template_id }) => `template:${template_id}`,
    { name: body.name },
  )
  if (!made)
    return orRefuse(
      refuse('UNKNOWN_TARGET', 'the contact hours or the disposition set is not known to this team'),
    )
  call.reply.code(201).header('Location', `/v1/templates/${made.template_id}`)
  return made
}

export async function patchTemplate(call: Call) {
  const { id } = call.request.params as { id: number }
  const body = call.request.body as Static<typeof schemas.TemplatePatch>
  const changed = await change(
    call,
    'template.change',
    (tx) => changeTemplate(tx, call.caller, id, body),
    () => `template:${id}`,
    body,
  )
  return changed ?? orRefuse(unknown(`template ${id}`))
}

export const getCampaigns = (call: Call) => {
  const query = call.request.query as PageAsked & { template_id?: number }
  return page(
    query,
    (page) => listCampaigns(call.services.pool, call.caller, query.template_id ?? null, page),
    (row) => row.campaign_id,
  )
}

export async function getCampaign(call: Call) {
  const { id } = call.request.params as { id: number }
  return (await campaignById(call.services.pool, call.caller, id)) ?? orRefuse(unknown(`campaign ${id}`))
}

export async function postCampaign(call: Call) {
  const { template_id, name } = call.request.body as Static<typeof schemas.NewCampaign>
  const made = await change(
    call,
    'campaign.create',
    (tx) => createCampaign(tx, call.caller, template_id, name),
    (row) => `campaign:${row.campaign_id}`,
    { name },
  )
  if (!made) return orRefuse(unknown(`template ${template_id}`))
  call.reply.code(201).header('Location', `/v1/campaigns/${made.campaign_id}`)
  return made
}
