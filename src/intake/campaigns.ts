// Creates, changes and deletes campaigns.

import { known, ok, type Result, refuseField } from '../core/result.ts'
import { stopAllocations } from '../db/allocations.ts'
import { audit } from '../db/audit.ts'
import {
  type CampaignRow,
  changeCampaign,
  createCampaign,
  leadsOfCampaign,
  lockCampaign,
} from '../db/campaigns.ts'
import { removeCampaign, usersOfCampaign } from '../db/removals.ts'
import { templateById } from '../db/templates.ts'
import {
  type Asker,
  type ChangeAsked,
  changeSetUp,
  counted,
  deleteSetUp,
  patchSetUp,
  refuseUsed,
} from './set-up.ts'

export const addCampaign = (asker: Asker, { template_id, name }: { template_id: number; name: string }) =>
  changeSetUp(asker, {
    action: 'campaign.create',
    details: { name },
    work: async (tx) => {
      const template = known(await templateById(tx, asker.caller, template_id), `template ${template_id}`)
      if (template.refusal) return template
      if (template.ok.archived_at !== null)
        return refuseField('/template_id', 'this template is archived: take it up again, or name another one')
      return known(await createCampaign(tx, asker.caller, template_id, name), `template ${template_id}`)
    },
    subject: ({ campaign_id }) => `campaign:${campaign_id}`,
  })

/** Renames, archives or takes up again. Archiving stops the allocations; taking up again leaves them stopped. */
export const patchCampaign = (
  asker: Asker,
  campaign_id: number,
  change: { name?: string; archived?: boolean },
  asked: ChangeAsked,
) =>
  patchSetUp(asker, {
    noun: 'campaign',
    id: campaign_id,
    asked,
    details: change,
    lock: lockCampaign,
    done: ({ name, archived_at }) =>
      (change.name ?? name) === name && (change.archived ?? archived_at !== null) === (archived_at !== null),
    write: async (tx, { name, archived_at }) => {
      const after = await changeCampaign(tx, campaign_id, { name, archived: archived_at !== null, ...change })
      if (change.archived)
        for (const allocation_id of await stopAllocations(tx, campaign_id))
          await audit(tx, { ...asker.by, action: 'allocation.stop', subject: `allocation:${allocation_id}` })
      return ok(after)
    },
    reach: (tx) => leadsOfCampaign(tx, campaign_id),
  })

export const deleteCampaign = (
  asker: Asker,
  campaign_id: number,
  asked: ChangeAsked,
): Promise<Result<CampaignRow>> =>
  deleteSetUp(asker, {
    noun: 'campaign',
    id: campaign_id,
    asked,
    lock: lockCampaign,
    objection: async (tx) => {
      const { allocation_ids, has_numbers } = await usersOfCampaign(tx, campaign_id)
      if (allocation_ids.length > 0)
        return refuseUsed(
          `campaign ${campaign_id} has ${counted('allocation', allocation_ids)}: delete them first, or archive the campaign`,
        )
      return has_numbers
        ? refuseUsed(
            `numbers are or were on the do-not-call list of campaign ${campaign_id}, and its entries stay: archive the campaign`,
          )
        : undefined
    },
    remove: removeCampaign,
  })
