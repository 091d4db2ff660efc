// Pulls as set-up. One belongs to the team of its allocation.

import type { PullSetUp } from '../core/pull.ts'
import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { clock, statement } from './statement.ts'

export interface PullRow extends PullSetUp {
  pull_id: number
  team: string
  campaign_id: number
  /** The id of the last row that was taken; null: none yet. */
  last_id: string | null
  /** Runs that have failed since the last one that did not. */
  failures: number
  next_at: string | null
  version: number
  created_at: string
  updated_at: string
}

const ROW = `p.pull_id, p.allocation_id, p.name, p.request, p.format, p.rows_at, p.id_key, p.keys,
     p.allow_duplicates, p.every_minutes, p.enabled, p.last_id, p.failures, p.next_at, p.version,
     p.created_at, p.updated_at, a.campaign_id, teams.name as team`

const PLACED = `join allocations a using (allocation_id) join campaigns c using (campaign_id)
     join templates t using (template_id) join teams using (team_id)`

const LIST = statement<Sight & PageBounds & { pull_id: number | null }, PullRow>(
  'pulls.list',
  `select ${ROW} from pulls p ${PLACED}
   where ${visibleTo('t.team_id', 'select p.allocation_id')}
     and (:pull_id::integer is null or p.pull_id = :pull_id) and p.pull_id > :after::bigint
   order by p.pull_id limit :rows_max`,
)

export const listPulls = (db: Db, sight: Sight, page = EVERYTHING) =>
  db.query(LIST, { ...sight, ...page, pull_id: null })

/** Undefined: there is no such pull that the caller may see. */
export const pullById = async (db: Db, sight: Sight, pull_id: number) =>
  (await db.query(LIST, { ...sight, ...EVERYTHING, pull_id }))[0]

const LOCK = statement<{ pull_id: number }>(
  'pulls.lock',
  'select from pulls where pull_id = :pull_id for no key update',
)

/** Undefined: the caller may not change such a pull. */
export async function lockPull(tx: Db, sight: Sight, pull_id: number) {
  await tx.query(LOCK, { pull_id })
  return pullById(tx, sight, pull_id)
}

/** What callers set: the set-up, and where the rows go on. */
export type PullGiven = PullSetUp & { last_id: string | null }

type PullParams = Omit<PullGiven, 'request' | 'keys'> & { request: string; keys: string }

const paramsOf = ({ request, keys, ...pull }: PullGiven): PullParams => ({
  ...pull,
  request: JSON.stringify(request),
  keys: JSON.stringify(keys),
})

const CREATE = statement<PullParams, { pull_id: number }>(
  'pulls.create',
  `insert into pulls (allocation_id, name, request, format, rows_at, id_key, keys, allow_duplicates,
     every_minutes, enabled, last_id, next_at)
   values (:allocation_id, :name, :request::jsonb, :format, :rows_at, :id_key, :keys::jsonb,
     :allow_duplicates, :every_minutes, :enabled, :last_id, case when :enabled::boolean then ${clock()} end)
   returning pull_id`,
)

/** The new pull's id. Names are unique (23505). */
export const createPull = async (tx: Db, pull: PullGiven) =>
  (await tx.query(CREATE, paramsOf(pull)))[0]!.pull_id

const REPLACE = statement<PullParams & { pull_id: number }>(
  'pulls.replace',
  `update pulls set allocation_id = :allocation_id, name = :name, request = :request::jsonb,
     format = :format, rows_at = :rows_at, id_key = :id_key, keys = :keys::jsonb,
     allow_duplicates = :allow_duplicates, every_minutes = :every_minutes, enabled = :enabled,
     last_id = :last_id, failures = 0, next_at = case when :enabled::boolean then ${clock()} end,
     version = version + 1, updated_at = now()
   where pull_id = :pull_id`,
)

/** Of a locked pull. Names are unique (23505). */
export const replacePull = (tx: Db, pull_id: number, pull: PullGiven) =>
  tx.query(REPLACE, { ...paramsOf(pull), pull_id })

const REMOVE = statement<{ pull_id: number }>('pulls.remove', 'delete from pulls where pull_id = :pull_id')

/** With its runs. */
export const removePull = (tx: Db, pull_id: number) => tx.query(REMOVE, { pull_id })
