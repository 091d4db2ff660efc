// Templates, their campaigns, and the allocations of those: created, changed, started.

import { type Field, judgeFields } from '../core/field.ts'
import { isRegion } from '../core/phone.ts'
import { known, type Result, refuse } from '../core/result.ts'
import { createAllocation, startAllocation } from '../db/allocations.ts'
import { createCampaign } from '../db/campaigns.ts'
import { SEES_ALL } from '../db/sight.ts'
import {
  changeTemplate,
  createTemplate,
  type TemplateRow,
  type TemplateRules,
  templateById,
} from '../db/templates.ts'
import { type Asker, changeSetUp } from './set-up.ts'
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

export const addCampaign = (asker: Asker, { template_id, name }: { template_id: number; name: string }) =>
  changeSetUp(asker, {
    action: 'campaign.create',
    details: { name },
    work: async (tx) =>
      known(await createCampaign(tx, asker.caller, template_id, name), `template ${template_id}`),
    subject: ({ campaign_id }) => `campaign:${campaign_id}`,
  })

export const addAllocation = (
  asker: Asker,
  { campaign_id, name, started = false }: { campaign_id: number; name: string; started?: boolean },
) =>
  changeSetUp(asker, {
    action: 'allocation.create',
    details: { name, started },
    work: async (tx) =>
      known(await createAllocation(tx, asker.caller, campaign_id, name, started), `campaign ${campaign_id}`),
    subject: ({ allocation_id }) => `allocation:${allocation_id}`,
  })

/** Starts or stops it. */
export const switchAllocation = (asker: Asker, allocation_id: number, started: boolean) =>
  changeSetUp(asker, {
    action: started ? 'allocation.start' : 'allocation.stop',
    work: async (tx) =>
      known(await startAllocation(tx, asker.caller, allocation_id, started), `allocation ${allocation_id}`),
    subject: () => `allocation:${allocation_id}`,
  })
