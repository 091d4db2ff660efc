// Finds and deletes what is older than its term, a chunk at a time.

import type { LeadKey } from '../core/lead.ts'
import { AT_WORK } from './imports.ts'
import type { Db } from './pool.ts'
import { clock, statement } from './statement.ts'

/** Rows that one statement looks at. */
const CHUNK = 1_000

/** Leads that are looked at together; the next chunk begins behind the last of them. */
const OLD_LEADS = statement<LeadKey & { days: number }, { last: LeadKey | null; old: LeadKey[] }>(
  'retention.oldLeads',
  `with chunk as materialized (
     select l.campaign_id, l.number, l.forgotten_at is null
       and l.updated_at < ${clock()} - make_interval(days => :days::integer)
       and coalesce(l.callback_at < ${clock()}, true) as is_old
     from leads l where (l.campaign_id, l.number) > (:campaign_id::integer, :number::bigint)
     order by l.campaign_id, l.number limit ${CHUNK})
   select (
       select json_build_object('campaign_id', campaign_id, 'number', number)
       from chunk order by campaign_id desc, number desc limit 1) as last,
     (select coalesce(json_agg(json_build_object('campaign_id', campaign_id, 'number', number)), '[]')
      from chunk where is_old) as old`,
)

/** Those of the next leads that nobody has changed for so long and that wait for no callback. Null in `last`: no more. */
export const oldLeads = async (db: Db, { campaign_id, number }: LeadKey, days: number) =>
  (await db.query(OLD_LEADS, { campaign_id, number, days }))[0]!

const IS_OLD = statement<LeadKey & { days: number }, { is_old: boolean }>(
  'retention.isOldLead',
  `select l.updated_at < ${clock()} - make_interval(days => :days::integer)
     and coalesce(l.callback_at < ${clock()}, true) as is_old
   from leads l where l.campaign_id = :campaign_id and l.number = :number`,
)

/** The same of one lead, which is locked by now: somebody may have changed it since it was found. */
export const isOldLead = async (tx: Db, { campaign_id, number }: LeadKey, days: number) =>
  (await tx.query(IS_OLD, { campaign_id, number, days }))[0]?.is_old ?? false

type Chunk = { after: number; days: number }
interface Swept {
  deleted: number
  /** The last row that was looked at; null: there are no more, or they are too young. */
  last: number | null
}

/**
 * SQL: deletes those of the next rows of a table that are old and over. Ids rise with time, so that the walk ends at the
 * first row that is too young.
 */
const sweep = (table: string, id: string, at: string, is_over: string) => `
   with chunk as materialized (
     select r.${id}, ${is_over} as is_over,
       r.${at} < ${clock()} - make_interval(days => :days::integer) as is_old
     from ${table} r where r.${id} > :after::bigint order by r.${id} limit ${CHUNK}),
   deleted as (
     delete from ${table} r using chunk c
     where r.${id} = c.${id} and c.is_old and c.is_over
     returning r.${id})
   select (select count(*)::integer from deleted) as deleted,
     (select max(${id}) from chunk having bool_and(is_old)) as last`

const ACTION_RUNS = statement<Chunk, Swept>(
  'retention.actionRuns',
  sweep('action_runs', 'run_id', 'created_at', "r.state <> 'queued'"),
)
const CONFLICTS = statement<Chunk, Swept>(
  'retention.conflicts',
  sweep('held_updates', 'held_update_id', 'created_at', 'r.expires_at <= now() or r.resolved_at is not null'),
)
// What people decided about a lead belongs to its history, and goes with the lead. That an allocation had leads which were
// moved away keeps it from being deleted.
const AUDIT = statement<Chunk, Swept>(
  'retention.audit',
  sweep('audit_log', 'audit_id', 'at', "r.subject not like 'lead:%' and r.action <> 'allocation.move'"),
)

const PULL_RUNS = statement<Chunk, Swept>(
  'retention.pullRuns',
  sweep('pull_runs', 'run_id', 'created_at', 'r.finished_at is not null'),
)

const DNC_REJECTS = statement<Chunk, Swept>(
  'retention.dncRejects',
  sweep('dnc_file_rejects', 'reject_id', 'created_at', 'true'),
)

// Those that ended, and those with which nobody went on, one at a time: each can have a million rows. What came of them stays.
const IMPORT_ROWS = statement<Chunk, Swept>(
  'retention.importRows',
  `with chunk as materialized (
     select i.import_id from imports i
     where i.import_id > :after::bigint and i.emptied_at is null
       and i.state not in ${AT_WORK}
       and coalesce(i.finished_at, i.updated_at) < ${clock()} - make_interval(days => :days::integer)
     order by i.import_id limit 1 for no key update skip locked),
   rows as (delete from import_chunks c using chunk o where c.import_id = o.import_id),
   parts as (delete from import_parts p using chunk o where p.import_id = o.import_id),
   fixes as (delete from import_fixes f using chunk o where f.import_id = o.import_id),
   emptied as (
     update imports i set emptied_at = ${clock()},
       state = case when i.finished_at is null then 'cancelled' else i.state end,
       finished_at = coalesce(i.finished_at, ${clock()})
     from chunk o where i.import_id = o.import_id
     returning i.import_id)
   select (select count(*)::integer from emptied) as deleted, (select max(import_id) from chunk) as last`,
)

const SWEEPS = {
  import_rows: IMPORT_ROWS,
  action_runs: ACTION_RUNS,
  pull_runs: PULL_RUNS,
  conflicts: CONFLICTS,
  audit: AUDIT,
  dnc_rejects: DNC_REJECTS,
} as const
export type SweptKind = keyof typeof SWEEPS

/** Deletes the old ones among the next rows of a kind. */
export const sweepOld = async (db: Db, kind: SweptKind, chunk: Chunk) =>
  (await db.query(SWEEPS[kind], chunk))[0]!
