// A database while a backup is being restored into it: it says so, so that no server starts on a half of it.
//
// These run on a session of their own: they hold its lock until the restore ends, whatever becomes of the process.

import type pg from 'pg'
import { LOCKS } from './locks.ts'
import { UNFINISHED_RESTORE } from './migrate.ts'
import type { Pool } from './pool.ts'

/** Why a backup is not restored into a database; the message says what to do. */
export class NotEmpty extends Error {}

// What belongs to an extension is the server's, such as the views of pg_stat_statements.
const OWN = (class_id: string, id: string) => `not exists (
    select from pg_depend d
    where d.classid = '${class_id}'::regclass and d.objid = ${id} and d.deptype = 'e')`

const CONTENT = `/* unfinishedRestore.content */
  select to_regclass('${UNFINISHED_RESTORE}') is not null as is_unfinished,
    to_regnamespace('graphile_worker') is not null or exists (
      select from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and ${OWN('pg_class', 'c.oid')}) as has_tables`

// All of it was made by the restore that was cut off: the database was empty before.
const CLEAN = `/* unfinishedRestore.clean */ do $$
  declare
    made text;
  begin
    drop schema if exists graphile_worker cascade;
    for made in
      select 'table ' || c.oid::regclass from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
        and ${OWN('pg_class', 'c.oid')}
    loop
      execute 'drop ' || made || ' cascade';
    end loop;
    for made in
      select 'sequence ' || c.oid::regclass from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S'
        and ${OWN('pg_class', 'c.oid')}
      union all
      select 'function ' || p.oid::regprocedure from pg_proc p
      where p.pronamespace = current_schema()::regnamespace and ${OWN('pg_proc', 'p.oid')}
    loop
      execute 'drop ' || made || ' cascade';
    end loop;
  end $$`

interface UnfinishedRestore {
  /** What an earlier restore left was removed. */
  was_cut_off: boolean
  /** Ends the leases and takes the mark away: from here on servers start. */
  finish: (restore: { snapshot_at: string; forgotten: number }) => Promise<void>
}

/** Marks an empty database as half restored, and does the work. */
export const whileUnfinished = <T>(
  pool: Pool,
  work: (restore: UnfinishedRestore) => Promise<T>,
): Promise<T> =>
  pool.session(async (client) => {
    const turn = await client.query(
      `/* unfinishedRestore.turn */ select pg_try_advisory_lock(${LOCKS.restore}) as mine`,
    )
    if (!turn.rows[0].mine)
      throw new NotEmpty('Another restore into this database is running: wait for it, or stop it.')
    const was_cut_off = await mark(client)
    return work({ was_cut_off, finish: (restore) => finish(client, restore) })
  })

/** A server that starts at the same moment either finds the mark, or has made tables before it. */
async function mark(client: pg.Client): Promise<boolean> {
  await client.query('set client_min_messages = warning')
  await client.query(`/* unfinishedRestore.lock */ select pg_advisory_lock(${LOCKS.migrate})`)
  const { rows } = await client.query<{ is_unfinished: boolean; has_tables: boolean }>(CONTENT)
  const { is_unfinished, has_tables } = rows[0]!
  if (has_tables && !is_unfinished)
    throw new NotEmpty(
      'The database is not empty, and a restore overwrites nothing: name a new LEADLINE_DATA_DIR, ' +
        'or an empty database in DATABASE_URL.',
    )
  await client.query('begin')
  if (is_unfinished) await client.query(CLEAN)
  await client.query(
    `/* unfinishedRestore.mark */
     create table ${UNFINISHED_RESTORE} (begun_at timestamptz not null default now())`,
  )
  await client.query('commit')
  await client.query(`/* unfinishedRestore.unlock */ select pg_advisory_unlock(${LOCKS.migrate})`)
  return is_unfinished
}

// Whoever held a lead at the moment of the backup has finished or lost it since.
const END_LEASES = `/* unfinishedRestore.endLeases */
  with ended as (
    update leases set expires_at = least(expires_at, now()) where ended_at is null)
  update queue set wake_at = least(wake_at, now()) where state = 'leased'`

async function finish(
  client: pg.Client,
  { snapshot_at, forgotten }: { snapshot_at: string; forgotten: number },
): Promise<void> {
  await client.query('begin')
  await client.query(END_LEASES)
  await client.query(
    '/* unfinishedRestore.note */ insert into restores (snapshot_at, forgotten) values ($1, $2)',
    [snapshot_at, forgotten],
  )
  await client.query(`/* unfinishedRestore.finish */ drop table ${UNFINISHED_RESTORE}`)
  await client.query('commit')
}
