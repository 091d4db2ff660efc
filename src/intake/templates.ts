// Creates and changes templates.

import { type Field, judgeFields } from '../core/field.ts'
import { isRegion } from '../core/phone.ts'
import { known, type Result, refuse } from '../core/result.ts'
import { campaignsOfTemplate, lockTemplateAlone, removeTemplate } from '../db/removals.ts'
import { SEES_ALL } from '../db/sight.ts'
import {
  changeTemplate,
  createTemplate,
  type TemplateRow,
  type TemplateRules,
  templateById,
} from '../db/templates.ts'
import { type Asker, type ChangeAsked, changeSetUp, counted, deleteSetUp, refuseUsed } from './set-up.ts'
import { teamOf } from './teams.ts'

export interface NewTemplate extends TemplateRules {
  /** The name of its team. */
  team?: string
  fields: (Pick<Field, 'name' | 'kind'> & Partial<Field>)[]
}

export async function addTemplate(
  asker: Asker,
  { team, fields, ...rules }: NewTemplate,
): Promise<Result<TemplateRow>> {
  const region = rules.region.toUpperCase()
  if (!isRegion(region)) return refuse('INVALID_FIELD', 'is no region', { field: '/region' })
  const judged = judgeFields(
    fields.map(({ name, label = name, aliases = [], kind, choices = null, merge_group = null }) => ({
      name: name.normalize('NFC'),
      label,
      aliases,
      kind,
      choices,
      merge_group,
    })),
  )
  if (judged.refusal) return judged
  const team_id = await teamOf(asker, team)
  if (team_id.refusal) return team_id
  const template = { ...rules, region, team_id: team_id.ok, fields: judged.ok }
  return changeSetUp(asker, {
    action: 'template.create',
    details: { name: rules.name },
    work: async (tx) => {
      const template_id = await createTemplate(tx, template)
      if (template_id !== undefined)
        return known(await templateById(tx, SEES_ALL, template_id), `template ${template_id}`)
      return refuse('UNKNOWN_TARGET', 'the contact hours or the disposition set is not known to this team')
    },
    subject: ({ template_id }) => `template:${template_id}`,
  })
}

export const patchTemplate = (
  asker: Asker,
  template_id: number,
  change: Pick<TemplateRules, 'bad_values'>,
): Promise<Result<TemplateRow>> =>
  changeSetUp(asker, {
    action: 'template.change',
    details: change,
    work: async (tx) =>
      known(await changeTemplate(tx, asker.caller, template_id, change), `template ${template_id}`),
    subject: () => `template:${template_id}`,
  })

export const deleteTemplate = (
  asker: Asker,
  template_id: number,
  asked: ChangeAsked,
): Promise<Result<{ template_id: number }>> =>
  deleteSetUp(asker, {
    noun: 'template',
    id: template_id,
    asked,
    lock: lockTemplateAlone,
    objection: async (tx) => {
      const campaign_ids = await campaignsOfTemplate(tx, template_id)
      return campaign_ids.length > 0
        ? refuseUsed(
            `template ${template_id} has ${counted('campaign', campaign_ids)}: delete them first, or archive the template`,
          )
        : undefined
    },
    remove: removeTemplate,
  })
