// Reads the settings of PostgreSQL, the age of its transaction ids, and obstacles to cleaning up.

import type { Settings, Upkeep } from '../core/checks.ts'
import type { Db } from './pool.ts'
import { type None, statement } from './statement.ts'

const SETTINGS = statement<None, Settings>(
  'health.settings',
  `select current_setting('server_version') as version,
     current_setting('server_version_num')::integer as version_num,
     current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
     current_setting('autovacuum') as autovacuum, current_setting('server_encoding') as encoding,
     current_setting('log_error_verbosity') as log_error_verbosity,
     current_setting('log_parameter_max_length_on_error') as log_parameters,
     current_setting('transaction_read_only') = 'on' as read_only`,
)

export const readSettings = async (db: Db) => (await db.query(SETTINGS))[0]!

const AGE = statement<None, Pick<Upkeep, 'datname' | 'xids' | 'multixacts'>>(
  'health.age',
  `select datname, age(datfrozenxid) as xids, mxid_age(datminmxid) as multixacts
   from pg_database order by greatest(age(datfrozenxid), mxid_age(datminmxid)) desc limit 1`,
)

// An hour is longer than a healthy backup or migration.
const HOLDERS = statement<None, Upkeep['holders'][number]>(
  'health.holders',
  `select 'transaction' as kind, pid::text as name, application_name as detail,
     extract(epoch from now() - xact_start)::float8 as age_s
   from pg_stat_activity
   where backend_type = 'client backend' and coalesce(backend_xid, backend_xmin) is not null
     and xact_start < now() - interval '1 hour'
   union all
   select 'prepared', gid, '', extract(epoch from now() - prepared)::float8
   from pg_prepared_xacts where prepared < now() - interval '1 hour'
   union all
   select 'slot', slot_name, '', null from pg_replication_slots where not active
   order by 1, 2 limit 20`,
)

const DEAD = statement<None, Upkeep['dead'][number]>(
  'health.dead',
  `select relname as table, n_dead_tup as dead_rows, n_live_tup as rows from pg_stat_user_tables
   where schemaname = current_schema() and n_dead_tup > 100000 and n_dead_tup > n_live_tup / 2
   order by n_dead_tup desc limit 5`,
)

export async function readUpkeep(db: Db): Promise<Upkeep> {
  const [age] = await db.query(AGE)
  const holders = await db.query(HOLDERS)
  return { ...age!, holders, dead: await db.query(DEAD) }
}
