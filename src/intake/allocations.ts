// Creates allocations of campaigns; changes, starts, stops and deletes them.

import { type Draws, drawProblems } from '../core/draw.ts'
import { known, ok, type Result, refuse, refuseProblems } from '../core/result.ts'
import { lockActions } from '../db/actions.ts'
import {
  type AllocationRow,
  type AllocationState,
  allocationById,
  changeAllocation,
  createAllocation,
  leadsOfAllocation,
  lockAllocation,
} from '../db/allocations.ts'
import { lockCampaign } from '../db/campaigns.ts'
import { drawable, writeDraws } from '../db/draws.ts'
import { lockParking, unpark } from '../db/parking.ts'
import type { Db } from '../db/pool.ts'
import { lockAllocationAlone, removeAllocation, usersOfAllocation } from '../db/removals.ts'
import {
  type Asker,
  type ChangeAsked,
  changeSetUp,
  counted,
  deleteSetUp,
  hasAlready,
  patchSetUp,
  refuseUsed,
} from './set-up.ts'

interface NewAllocation {
  campaign_id: number
  name: string
  started?: boolean
  /** It is virtual, and draws on these. */
  draws?: Draws
  /** It is called once it is washed. */
  needs_wash?: boolean
}

type AllocationChange = Partial<AllocationState> & { draws?: Draws }

export const addAllocation = (
  asker: Asker,
  { campaign_id, name, started = false, draws, needs_wash = false }: NewAllocation,
) =>
  changeSetUp(asker, {
    action: 'allocation.create',
    details: { name, started, ...(draws && { draws }), ...(needs_wash && { needs_wash }) },
    work: async (tx) => {
      if (draws && needs_wash) return refuseVirtualWash()
      // Locked, so that the new allocation is either there to be stopped when its campaign is archived, or refused.
      const campaign = known(await lockCampaign(tx, asker.caller, campaign_id), `campaign ${campaign_id}`)
      if (campaign.refusal) return campaign
      if (campaign.ok.archived_at !== null)
        return refuse(
          'INVALID_FIELD',
          `campaign ${campaign_id} is archived: take it up again before it gets an allocation`,
          { field: '/campaign_id' },
        )
      const made = known(
        await createAllocation(tx, asker.caller, { campaign_id, name, started, needs_wash }),
        `campaign ${campaign_id}`,
      )
      return made.ok && draws ? withMembers(tx, asker, made.ok, draws) : made
    },
    subject: ({ allocation_id }) => `allocation:${allocation_id}`,
  })

const refuseVirtualWash = () =>
  refuse('INVALID_FIELD', 'a virtual allocation has no leads of its own: wash those that it draws on', {
    field: '/needs_wash',
  })

/** The allocation as it is with these members. What is virtual, and what is not, never changes. */
async function withMembers(
  tx: Db,
  { caller }: Asker,
  { allocation_id, campaign_id }: AllocationRow,
  draws: Draws,
): Promise<Result<AllocationRow>> {
  const wrong = refuseProblems(drawProblems(draws))
  if (wrong) return wrong
  const ids = draws.members.map((member) => member.allocation_id)
  const there = await drawable(tx, campaign_id, ids)
  const foreign = ids.findIndex((id) => !there.includes(id))
  if (foreign >= 0)
    return refuse(
      'UNKNOWN_TARGET',
      'members are allocations of the same campaign that have leads of their own',
      {
        field: `/draws/members/${foreign}/allocation_id`,
      },
    )
  await writeDraws(tx, allocation_id, draws)
  return known(await allocationById(tx, caller, allocation_id), `allocation ${allocation_id}`)
}

/** Whether it draws on these already; the order in which they are named does not count. */
const hasDraws = (row: AllocationRow, { by, members }: Draws) =>
  hasAlready(row, {
    draws: { by, members: members.toSorted((a, b) => a.allocation_id - b.allocation_id) },
  })

/**
 * Renames, starts, stops, archives or takes up again; changes the members of a virtual one. An archived allocation is
 * stopped, and is not started by itself.
 */
export const patchAllocation = (
  asker: Asker,
  allocation_id: number,
  { draws, ...change }: AllocationChange,
  asked: ChangeAsked,
) =>
  patchSetUp(asker, {
    noun: 'allocation',
    ...switchOf({ ...change, ...(draws && { draws }) }),
    id: allocation_id,
    asked,
    lock: lockAllocation,
    done: (row) => {
      const before = stateOf(row)
      const after = stateAfter(before, change)
      return hasAlready(before, after) && (!draws || hasDraws(row, draws))
    },
    write: async (tx, before) => {
      if (draws && !before.draws)
        return refuse(
          'INVALID_FIELD',
          `allocation ${allocation_id} has leads of its own: create a virtual one beside it`,
          { field: '/draws' },
        )
      if (before.draws && change.needs_wash) return refuseVirtualWash()
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
      // What was set aside until a wash is called again.
      if (row && before.needs_wash && !after.needs_wash) {
        await lockParking(tx)
        await unpark(tx, null, row.campaign_id)
      }
      if (row) return draws && !hasDraws(before, draws) ? withMembers(tx, asker, row, draws) : ok(row)
      return refuse(
        'INVALID_FIELD',
        `campaign ${before.campaign_id} is archived: take it up again before you start its allocations`,
        { field: '/started' },
      )
    },
    reach: (tx) => leadsOfAllocation(tx, allocation_id),
  })

/** A change that only starts or stops has an audit entry of its own, which needs no details. */
function switchOf(change: AllocationChange): { action?: string; details: object } {
  const is_switch = change.started !== undefined && Object.keys(change).length === 1
  if (!is_switch) return { details: change }
  return { action: change.started ? 'allocation.start' : 'allocation.stop', details: {} }
}

const stateOf = ({ name, started, needs_wash, archived_at }: AllocationRow): AllocationState => ({
  name,
  started,
  needs_wash,
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
      const { had_leads, key_ids, action_ids, virtual_ids, pull_ids } = await usersOfAllocation(tx, {
        campaign_id,
        allocation_id,
      })
      if (had_leads)
        return refuseUsed(`allocation ${allocation_id} has or had leads, and their history stays: archive it`)
      if (virtual_ids.length > 0)
        return refuseUsed(
          `allocation ${allocation_id} is drawn on by ${counted('allocation', virtual_ids)}: take it out first, or archive it`,
        )
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
