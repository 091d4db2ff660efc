// Allocations of campaigns.

import type { Draws } from '../core/draw.ts'
import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

export interface AllocationRow {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
  /** Null: it is not archived by itself; its campaign may be. */
  archived_at: string | null
  /** Of a virtual allocation, which has no leads of its own; null: it has its own. */
  draws: Draws | null
  /** Only numbers that a wash found free are called, and leads whose person has asked for it. */
  needs_wash: boolean
  /** The wash whose answer counts, or counted last; null: none yet. */
  wash_id: number | null
  washed_until: string | null
  version: number
  created_at: string
}

const ROW = `a.allocation_id, a.campaign_id, a.name, a.started, a.archived_at, a.needs_wash, a.wash_id,
     a.washed_until, a.version, a.created_at,
     case when a.draws_by is not null then json_strip_nulls(json_build_object('by', a.draws_by, 'members', (
       select coalesce(json_agg(json_build_object(
         'allocation_id', m.member_id, 'share', m.share, 'penalty', m.penalty) order by m.member_id), '[]')
       from allocation_members m where m.allocation_id = a.allocation_id))) end as draws`

/**
 * Whether an allocation takes leads, can be started and is in the lists, as SQL: neither it nor its campaign is archived.
 * An archived one is stopped. Its leads are read, searched, updated and moved out as ever, and outcomes of running leases
 * are taken.
 */
export const takesLeads = (allocation = 'a', campaign = 'c') =>
  `${allocation}.archived_at is null and ${campaign}.archived_at is null`

const LIST = statement<
  Sight & PageBounds & { campaign_id: number | null; allocation_id: number | null; archived: boolean },
  AllocationRow
>(
  'allocations.list',
  `select ${ROW}
   from allocations a join campaigns c using (campaign_id) join templates t using (template_id)
   where ${visibleTo('t.team_id', 'select a.allocation_id')}
     and (:campaign_id::integer is null or a.campaign_id = :campaign_id)
     and (:allocation_id::integer is null or a.allocation_id = :allocation_id)
     and (:archived::boolean or ${takesLeads()})
     and a.allocation_id > :after::bigint
   order by a.allocation_id limit :rows_max`,
)

/** `archived`: with the archived ones. */
export const listAllocations = (
  db: Db,
  sight: Sight,
  asked: Partial<PageBounds> & { campaign_id?: number; allocation_id?: number; archived?: boolean } = {},
) =>
  db.query(LIST, {
    ...sight,
    ...EVERYTHING,
    campaign_id: null,
    allocation_id: null,
    archived: false,
    ...asked,
  })

export const allocationById = async (db: Db, sight: Sight, allocation_id: number) =>
  (await listAllocations(db, sight, { allocation_id, archived: true }))[0]

interface NewAllocationRow {
  campaign_id: number
  name: string
  started: boolean
  needs_wash: boolean
}

const CREATE = statement<Sight & NewAllocationRow, AllocationRow>(
  'allocations.create',
  `insert into allocations as a (campaign_id, name, started, needs_wash)
   select c.campaign_id, :name, :started, :needs_wash from campaigns c join templates t using (template_id)
   where c.campaign_id = :campaign_id and ${visibleTo('t.team_id')}
   returning ${ROW}`,
)

/** Undefined: the caller sees no such campaign. Names are unique in the campaign (23505). */
export const createAllocation = async (db: Db, sight: Sight, allocation: NewAllocationRow) =>
  (await db.query(CREATE, { ...sight, ...allocation }))[0]

// An allocation is not started while its campaign is being archived: whoever changes one keeps its campaign as it is, and
// locks it first, as the archiving does.
const KEEP_CAMPAIGN = statement<{ allocation_id: number }>(
  'allocations.keepCampaign',
  `select from campaigns c
   where c.campaign_id = (select a.campaign_id from allocations a where a.allocation_id = :allocation_id)
   for share of c`,
)

const LOCK = statement<Sight & { allocation_id: number }, AllocationRow>(
  'allocations.lock',
  `select ${ROW} from allocations a join campaigns c using (campaign_id) join templates t using (template_id)
   where a.allocation_id = :allocation_id and ${visibleTo('t.team_id')} for no key update of a`,
)

/** Undefined: the caller may not change such an allocation. Those who put leads into it do not wait. */
export async function lockAllocation(tx: Db, sight: Sight, allocation_id: number) {
  await tx.query(KEEP_CAMPAIGN, { allocation_id })
  return (await tx.query(LOCK, { ...sight, allocation_id }))[0]
}

export interface AllocationState {
  name: string
  started: boolean
  archived: boolean
  needs_wash: boolean
}

const CHANGE = statement<AllocationState & { allocation_id: number }, AllocationRow>(
  'allocations.change',
  `update allocations a set name = :name, started = :started, needs_wash = :needs_wash,
     version = a.version + 1,
     archived_at = case when :archived then coalesce(a.archived_at, now()) end
   from campaigns c
   where a.allocation_id = :allocation_id and c.campaign_id = a.campaign_id
     and (not :started::boolean or c.archived_at is null)
   returning ${ROW}`,
)

/**
 * Of a locked allocation. Undefined: it cannot be started, because its campaign is archived. Names are unique in the
 * campaign (23505).
 */
export const changeAllocation = async (tx: Db, allocation_id: number, state: AllocationState) =>
  (await tx.query(CHANGE, { allocation_id, ...state }))[0]

const STOP = statement<{ campaign_id: number }, { allocation_id: number }>(
  'allocations.stopAll',
  `update allocations a set started = false, version = a.version + 1
   where a.campaign_id = :campaign_id and a.started
   returning a.allocation_id`,
)

/** Stops the allocations of a locked campaign; answers which were started. */
export const stopAllocations = async (tx: Db, campaign_id: number) =>
  (await tx.query(STOP, { campaign_id })).map(({ allocation_id }) => allocation_id)

const KEEP = statement<
  { allocation_ids: readonly number[] },
  { allocation_id: number; takes_leads: boolean; is_virtual: boolean }
>(
  'allocations.keep',
  `select a.allocation_id, ${takesLeads()} as takes_leads, a.draws_by is not null as is_virtual
   from allocations a join campaigns c using (campaign_id)
   where a.allocation_id = any (:allocation_ids::integer[]) order by a.allocation_id for key share of a`,
)

/** Those of them that are there; until the transaction ends, none of them is deleted. */
export const keepAllocations = (tx: Db, allocation_ids: readonly number[]) =>
  tx.query(KEEP, { allocation_ids })

const LEADS = statement<{ allocation_id: number }, { leads: number }>(
  'allocations.leads',
  `select count(*)::integer as leads from leads
   where allocation_id = :allocation_id and forgotten_at is null`,
)

export const leadsOfAllocation = async (db: Db, allocation_id: number) =>
  (await db.query(LEADS, { allocation_id }))[0]!.leads

export interface Names {
  campaign_name: string
  allocation_name: string
}

const NAMES = statement<{ allocation_ids: readonly number[] }, Names & { allocation_id: number }>(
  'allocations.names',
  `select a.allocation_id, c.name as campaign_name, a.name as allocation_name
   from allocations a join campaigns c using (campaign_id)
   where a.allocation_id = any (:allocation_ids::integer[])`,
)

/** The names of allocations and their campaigns; empty for an allocation that is gone. */
export async function namesOf(db: Db, allocation_ids: readonly number[]): Promise<Names[]> {
  const rows = await db.query(NAMES, { allocation_ids })
  const names = new Map(rows.map((row) => [row.allocation_id, row]))
  return allocation_ids.map((id) => names.get(id) ?? { campaign_name: '', allocation_name: '' })
}
