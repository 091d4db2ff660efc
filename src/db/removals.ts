// Set-up that nothing uses is deleted. Its row is locked first: what looks for its users sees everybody who came before.

import type { AllocationRow } from './allocations.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

type AllocationKey = Pick<AllocationRow, 'campaign_id' | 'allocation_id'>

const LOCK_ALLOCATION = statement<
  Sight & { allocation_id: number },
  AllocationKey & Pick<AllocationRow, 'version'>
>(
  'allocations.lockAlone',
  `select a.campaign_id, a.allocation_id, a.version
   from allocations a join campaigns c using (campaign_id) join templates t using (template_id)
   where a.allocation_id = :allocation_id and ${visibleTo('t.team_id')} for update of a`,
)

/** Against its first lead, too. Undefined: the caller may not delete such an allocation. */
export const lockAllocationAlone = async (tx: Db, sight: Sight, allocation_id: number) =>
  (await tx.query(LOCK_ALLOCATION, { ...sight, allocation_id }))[0]

// A lead that was moved away left an audit entry, or was moved by a fill. The leases are looked through last, because no
// index has their allocation.
const USERS_OF_ALLOCATION = statement<
  AllocationKey,
  {
    had_leads: boolean
    key_ids: number[]
    action_ids: number[]
    virtual_ids: number[]
    pull_ids: number[]
  }
>(
  'allocations.users',
  `select case
       when exists (select from leads l where l.allocation_id = :allocation_id offset 0) then true
       when exists (
         select from call_records r
         where r.campaign_id = :campaign_id and r.allocation_id = :allocation_id offset 0) then true
       when exists (
         select from audit_log e
         where e.action = 'allocation.move' and e.subject = 'allocation:' || :allocation_id::integer offset 0)
         then true
       when exists (
         select from bulk_changes b
         where b.campaign_id = :campaign_id and :allocation_id = any (b.allocation_ids) offset 0) then true
       when exists (select from fill_sources f where f.allocation_id = :allocation_id offset 0) then true
       when exists (select from fills f where f.allocation_id = :allocation_id and f.moved > 0 offset 0)
         then true
       else exists (
         select from leases s
         where s.campaign_id = :campaign_id and :allocation_id in (s.allocation_id, s.drawn_by) offset 0)
       end as had_leads,
     array(
       select key_id from api_keys
       where :allocation_id = any (allocation_ids) and revoked_at is null order by key_id) as key_ids,
     array(
       select action_id from actions
       where kind = 'copy' and config ->> 'allocation_id' = :allocation_id::integer::text
       order by action_id) as action_ids,
     array(
       select allocation_id from allocation_members where member_id = :allocation_id
       order by allocation_id) as virtual_ids,
     array(
       select pull_id from pulls where allocation_id = :allocation_id order by pull_id) as pull_ids`,
)

/**
 * Whether it ever had or gave a lead, the keys that are bound to it, the actions that copy leads to it, the virtual
 * allocations that draw on it, and the pulls that fill it.
 */
export const usersOfAllocation = async (tx: Db, allocation: AllocationKey) =>
  (await tx.query(USERS_OF_ALLOCATION, allocation))[0]!

const REMOVE_ALLOCATION = statement<{ allocation_id: number }>(
  'allocations.remove',
  'delete from allocations where allocation_id = :allocation_id',
)

export const removeAllocation = (tx: Db, allocation_id: number) =>
  tx.query(REMOVE_ALLOCATION, { allocation_id })

const USERS_OF_CAMPAIGN = statement<
  { campaign_id: number },
  { allocation_ids: number[]; has_numbers: boolean }
>(
  'campaigns.users',
  `select array(
       select allocation_id from allocations where campaign_id = :campaign_id
       order by allocation_id) as allocation_ids,
     exists (select from dnc_entries where campaign_id = :campaign_id offset 0) as has_numbers`,
)

/** Its allocations, and whether its do-not-call list ever had a number. */
export const usersOfCampaign = async (tx: Db, campaign_id: number) =>
  (await tx.query(USERS_OF_CAMPAIGN, { campaign_id }))[0]!

const REMOVE_CAMPAIGN = statement<{ campaign_id: number }>(
  'campaigns.remove',
  'delete from campaigns where campaign_id = :campaign_id',
)

/** 23503: something uses it. */
export const removeCampaign = (tx: Db, campaign_id: number) => tx.query(REMOVE_CAMPAIGN, { campaign_id })

const LOCK_TEMPLATE = statement<Sight & { template_id: number }, { template_id: number; version: number }>(
  'templates.lockAlone',
  `select template_id, version from templates
   where template_id = :template_id and ${visibleTo('team_id')} for update`,
)

/** Undefined: the caller may not delete such a template. */
export const lockTemplateAlone = async (tx: Db, sight: Sight, template_id: number) =>
  (await tx.query(LOCK_TEMPLATE, { ...sight, template_id }))[0]

const REMOVE_FIELDS = statement<{ template_id: number }>(
  'fields.removeAll',
  'delete from fields where template_id = :template_id',
)
const REMOVE_TEMPLATE = statement<{ template_id: number }>(
  'templates.remove',
  'delete from templates where template_id = :template_id',
)

/** With its fields. 23503: something uses it. */
export async function removeTemplate(tx: Db, template_id: number) {
  await tx.query(REMOVE_FIELDS, { template_id })
  await tx.query(REMOVE_TEMPLATE, { template_id })
}

/** What belongs to a team, or is bound to it. */
const OF_TEAM = {
  template: 'select template_id as id from templates where team_id = :team_id',
  'contact hours': 'select contact_hours_id as id from contact_hours where team_id = :team_id',
  'disposition set': 'select disposition_set_id as id from disposition_sets where team_id = :team_id',
  action: 'select action_id as id from actions where team_id = :team_id',
  operator: 'select operator_id as id from operator_teams where team_id = :team_id',
  key: 'select key_id as id from api_keys where :team_id = any (team_ids) and revoked_at is null',
}

const USERS_OF_TEAM = statement<{ team_id: number }, { noun: string; ids: number[] }>(
  'teams.users',
  Object.entries(OF_TEAM)
    .map(([noun, ids]) => `select '${noun}' as noun, array(${ids} order by 1) as ids`)
    .join('\n   union all '),
)

/** By kind, those that keep it. */
export const usersOfTeam = async (tx: Db, team_id: number) =>
  (await tx.query(USERS_OF_TEAM, { team_id })).filter(({ ids }) => ids.length > 0)

const REMOVE_TEAM = statement<{ team_id: number }>(
  'teams.remove',
  'delete from teams where team_id = :team_id',
)

/** 23503: something uses it. */
export const removeTeam = (tx: Db, team_id: number) => tx.query(REMOVE_TEAM, { team_id })
