// The tables of the schema as PostgreSQL knows them, so that a backup takes every table, also those of migrations to come.
//
// A backup asks on a session of its own, so these are no declared statements.

import type pg from 'pg'
import { UNFINISHED_RESTORE } from './migrate.ts'

/** Tables that a restored database must not have from another time. */
export const NOT_BACKED_UP: ReadonlySet<string> = new Set([
  // The schema itself says which migrations it has.
  'schema_migrations',
  UNFINISHED_RESTORE,
  // Processes and open pages of the moment.
  'heartbeats',
  'job_workers',
  'presence',
  'intake_answers',
  // Who signed out since must not be signed in again.
  'sessions',
  'setup_codes',
  'sign_in_failures',
])

export interface CatalogTable {
  /** Quoted where it must be, here and in the columns. */
  table: string
  columns: string[]
  /** Those that hold numbers of transactions. */
  tx_columns: string[]
  /** What PostgreSQL thinks. */
  rows: number
}

export async function tablesOf(client: pg.ClientBase): Promise<CatalogTable[]> {
  const { rows } = await client.query<CatalogTable>(
    `/* catalog.tables */
     select quote_ident(c.relname) as table, greatest(c.reltuples, 0)::float8 as rows,
       array_agg(quote_ident(a.attname) order by a.attnum) as columns,
       coalesce(array_agg(quote_ident(a.attname)) filter (where a.atttypid = 'xid8'::regtype), '{}')
         as tx_columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by c.oid, c.relname, c.reltuples order by c.relname`,
  )
  return rows.filter(({ table }) => !NOT_BACKED_UP.has(table))
}

/** What makes loading slow, or refuses rows that come before those that they name: dropped before it and made after. */
export interface Extra {
  drop: string
  make: string
}

/** The constraints and indexes of the tables, in the order in which they can be made. */
export async function extrasOf(client: pg.ClientBase): Promise<Extra[]> {
  const { rows } = await client.query<Extra>(
    `/* catalog.extras */
     with tables as (
       select oid, quote_ident(relname) as name from pg_class
       where relnamespace = current_schema()::regnamespace and relkind = 'r')
     select 'alter table ' || t.name || ' drop constraint ' || quote_ident(c.conname) as drop,
       'alter table ' || t.name || ' add constraint ' || quote_ident(c.conname) || ' '
         || pg_get_constraintdef(c.oid) as make,
       case when c.contype = 'f' then 3 else 1 end as place
     from tables t join pg_constraint c on c.conrelid = t.oid
     where c.contype in ('p', 'u', 'x', 'f')
     union all
     select 'drop index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), 2
     from tables t join pg_index i on i.indrelid = t.oid
     where not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype <> 'f')
     order by place, make`,
  )
  return rows.map(({ drop, make }) => ({ drop, make }))
}
