// Creates campaigns and their allocations, and starts and stops allocations.

import { known, ok } from '../core/result.ts'
import { createAllocation, startAllocation } from '../db/allocations.ts'
import { changeCampaign, createCampaign, leadsOfCampaign, lockCampaign } from '../db/campaigns.ts'
import { type Asker, type ChangeAsked, changeSetUp, patchSetUp } from './set-up.ts'

export const addCampaign = (asker: Asker, { template_id, name }: { template_id: number; name: string }) =>
  changeSetUp(asker, {
    action: 'campaign.create',
    details: { name },
    work: async (tx) =>
      known(await createCampaign(tx, asker.caller, template_id, name), `template ${template_id}`),
    subject: ({ campaign_id }) => `campaign:${campaign_id}`,
  })

/** Renames, archives or takes up again. */
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
    write: async (tx, { name, archived_at }) =>
      ok(await changeCampaign(tx, campaign_id, { name, archived: archived_at !== null, ...change })),
    reach: (tx) => leadsOfCampaign(tx, campaign_id),
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
