// Allocations of campaigns.

import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

export interface AllocationRow {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
  created_at: string
}

const ROW = 'a.allocation_id, a.campaign_id, a.name, a.started, a.created_at'

const LIST = statement<
  Sight & PageBounds & { campaign_id: number | null; allocation_id: number | null },
  AllocationRow
>(
  'allocations.list',
  `select ${ROW}
   from allocations a join campaigns c using (campaign_id) join templates t using (template_id)
   where ${visibleTo('t.team_id', 'select a.allocation_id')}
     and (:campaign_id::integer is null or a.campaign_id = :campaign_id)
     and (:allocation_id::integer is null or a.allocation_id = :allocation_id)
     and a.allocation_id > :after::bigint
   order by a.allocation_id limit :rows_max`,
)

export const listAllocations = (
  db: Db,
  sight: Sight,
  asked: Partial<PageBounds> & { campaign_id?: number; allocation_id?: number } = {},
) => db.query(LIST, { ...sight, ...EVERYTHING, campaign_id: null, allocation_id: null, ...asked })

export const allocationById = async (db: Db, sight: Sight, allocation_id: number) =>
  (await listAllocations(db, sight, { allocation_id }))[0]

const CREATE = statement<Sight & { campaign_id: number; name: string; started: boolean }, AllocationRow>(
  'allocations.create',
  `insert into allocations as a (campaign_id, name, started)
   select c.campaign_id, :name, :started from campaigns c join templates t using (template_id)
   where c.campaign_id = :campaign_id and ${visibleTo('t.team_id')}
   returning ${ROW}`,
)

/** Undefined: the caller sees no such campaign. Names are unique in the campaign (23505). */
export const createAllocation = async (
  db: Db,
  sight: Sight,
  campaign_id: number,
  name: string,
  started: boolean,
) => (await db.query(CREATE, { ...sight, campaign_id, name, started }))[0]

const START = statement<Sight & { allocation_id: number; started: boolean }, AllocationRow>(
  'allocations.start',
  `update allocations a set started = :started from campaigns c, templates t
   where a.allocation_id = :allocation_id and c.campaign_id = a.campaign_id and t.template_id = c.template_id
     and ${visibleTo('t.team_id')}
   returning ${ROW}`,
)

/** Starts or stops; undefined: the caller sees no such allocation. */
export const startAllocation = async (db: Db, sight: Sight, allocation_id: number, started: boolean) =>
  (await db.query(START, { ...sight, allocation_id, started }))[0]

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
