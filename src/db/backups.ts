// When this database was backed up and restored, and by which history its readers go.

import type { LeadKey } from '../core/lead.ts'
import type { Db } from './pool.ts'
import { type None, statement } from './statement.ts'

const CAN_BE_NOTED = statement<None, { yes: boolean }>(
  'backups.canBeNoted',
  `select to_regclass('backups') is not null and not pg_is_in_recovery() as yes`,
)
const NOTE = statement<{ snapshot_at: string; file: string; bytes: number }>(
  'backups.note',
  'insert into backups (snapshot_at, file, bytes) values (:snapshot_at, :file, :bytes)',
)

/** False: the database is of an older version, or a standby. */
export async function noteBackup(
  db: Db,
  backup: { snapshot_at: string; file: string; bytes: number },
): Promise<boolean> {
  if (!(await db.query(CAN_BE_NOTED))[0]!.yes) return false
  await db.query(NOTE, backup)
  return true
}

const LAST = statement<
  None,
  { age_s: number | null; installed_s: number | null; archived_s: number | null; archives: boolean }
>(
  'backups.last',
  `select (
       select extract(epoch from now() - b.snapshot_at)::float8
       from backups b order by b.backup_id desc limit 1) as age_s, (
       select extract(epoch from now() - min(m.applied_at))::float8 from schema_migrations m) as installed_s,
     extract(epoch from now() - a.last_archived_time)::float8 as archived_s,
     current_setting('archive_mode') <> 'off' as archives
   from pg_stat_archiver a`,
)

/** Ages in seconds: of the last backup, of the installation, of the last file that the server has archived. */
export const lastBackup = async (db: Db) => (await db.query(LAST))[0]!

const HISTORY = statement<None, { history: string }>(
  'restores.history',
  `select coalesce((select r.history from restores r order by r.restore_id desc limit 1), '') as history`,
)

/** The history that the database is in; empty: it never was restored. */
export const historyOf = async (db: Db) => (await db.query(HISTORY))[0]!.history

const UNFORGOTTEN = statement<{ leads: string }, LeadKey>(
  'restores.unforgotten',
  `select l.campaign_id, l.number
   from json_to_recordset(:leads::json) as asked (campaign_id integer, number bigint) cross join lateral (
     select * from leads l
     where l.campaign_id = asked.campaign_id and l.number = asked.number limit 1) l
   where l.forgotten_at is null`,
)

/** Those of these leads that are there and not forgotten. */
export const unforgotten = (db: Db, leads: readonly LeadKey[]) =>
  db.query(UNFORGOTTEN, { leads: JSON.stringify(leads) })
