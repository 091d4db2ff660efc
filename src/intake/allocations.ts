// Creates allocations of campaigns; changes, starts, stops and deletes them.

import { known, ok, type Result, refuse } from '../core/result.ts'
import { lockActions } from '../db/actions.ts'
import {
  type AllocationRow,
  type AllocationState,
  changeAllocation,
  createAllocation,
  leadsOfAllocation,
  lockAllocation,
} from '../db/allocations.ts'
import { lockCampaign } from '../db/campaigns.ts'
import { lockAllocationAlone, removeAllocation, usersOfAllocation } from '../db/removals.ts'
import {
  type Asker,
  type ChangeAsked,
  changeSetUp,
  counted,
  deleteSetUp,
  patchSetUp,
  refuseUsed,
} from './set-up.ts'

export const addAllocation = (
  asker: Asker,
  { campaign_id, name, started = false }: { campaign_id: number; name: string; started?: boolean },
) =>
  changeSetUp(asker, {
    action: 'allocation.create',
    details: { name, started },
    work: async (tx) => {
      // Locked, so that the new allocation is either there to be stopped when its campaign is archived, or refused.
      const campaign = known(await lockCampaign(tx, asker.caller, campaign_id), `campaign ${campaign_id}`)
      if (campaign.refusal) return campaign
      if (campaign.ok.archived_at !== null)
        return refuse(
          'INVALID_FIELD',
          `campaign ${campaign_id} is archived: take it up again before it gets an allocation`,
          { field: '/campaign_id' },
        )
      return known(
        await createAllocation(tx, asker.caller, campaign_id, name, started),
        `campaign ${campaign_id}`,
      )
    },
    subject: ({ allocation_id }) => `allocation:${allocation_id}`,
  })

/** Renames, starts, stops, archives or takes up again. An archived allocation is stopped, and is not started by itself. */
export const patchAllocation = (
  asker: Asker,
  allocation_id: number,
  change: Partial<AllocationState>,
  asked: ChangeAsked,
) =>
  patchSetUp(asker, {
    noun: 'allocation',
    ...switchOf(change),
    id: allocation_id,
    asked,
    lock: lockAllocation,
    done: (row) => {
      const before = stateOf(row)
      const after = stateAfter(before, change)
      return (
        after.name === before.name && after.started === before.started && after.archived === before.archived
      )
    },
    write: async (tx, before) => {
      const after = stateAfter(stateOf(before), change)
      if (after.started && after.archived)
        return refuse(
          'INVALID_FIELD',
          change.archived
            ? 'an archived allocation is stopped: archive it, or start it'
            : `allocation ${allocation_id} is archived: take it up again ("archived": false) before you start it`,
          { field: '/started' },
        )
      const row = await changeAllocation(tx, allocation_id, after)
      if (row) return ok(row)
      return refuse(
        'INVALID_FIELD',
        `campaign ${before.campaign_id} is archived: take it up again before you start its allocations`,
        { field: '/started' },
      )
    },
    reach: (tx) => leadsOfAllocation(tx, allocation_id),
  })

/** A change that only starts or stops has an audit entry of its own, which needs no details. */
function switchOf(change: Partial<AllocationState>): { action?: string; details: object } {
  const is_switch = change.started !== undefined && Object.keys(change).length === 1
  if (!is_switch) return { details: change }
  return { action: change.started ? 'allocation.start' : 'allocation.stop', details: {} }
}

const stateOf = ({ name, started, archived_at }: AllocationRow): AllocationState => ({
  name,
  started,
  archived: archived_at !== null,
})

/** Archiving stops. Whether it may be started, nobody has judged yet. */
const stateAfter = (before: AllocationState, change: Partial<AllocationState>): AllocationState => ({
  ...before,
  ...(change.archived ? { started: false } : {}),
  ...change,
})

export const deleteAllocation = (
  asker: Asker,
  allocation_id: number,
  asked: ChangeAsked,
): Promise<Result<Pick<AllocationRow, 'allocation_id' | 'version'>>> =>
  deleteSetUp(asker, {
    noun: 'allocation',
    id: allocation_id,
    asked,
    lock: async (tx, sight, id) => {
      // In the order of whoever makes an action that copies to it.
      await lockActions(tx)
      return lockAllocationAlone(tx, sight, id)
    },
    objection: async (tx, { campaign_id }) => {
      const { had_leads, key_ids, action_ids, pull_ids } = await usersOfAllocation(tx, {
        campaign_id,
        allocation_id,
      })
      if (had_leads)
        return refuseUsed(`allocation ${allocation_id} has or had leads, and their history stays: archive it`)
      if (key_ids.length > 0)
        return refuseUsed(
          `allocation ${allocation_id} binds ${counted('key', key_ids)}: revoke them first, or archive it`,
        )
      if (action_ids.length > 0)
        return refuseUsed(
          `allocation ${allocation_id} gets the copies of ${counted('action', action_ids)}: give them another one first, or archive it`,
        )
      return pull_ids.length > 0
        ? refuseUsed(
            `allocation ${allocation_id} is filled by ${counted('pull', pull_ids)}: give them another one first, or archive it`,
          )
        : undefined
    },
    remove: removeAllocation,
  })
