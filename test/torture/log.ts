// A log of every committed change of a row, kept by triggers in the transaction that makes the change. It still has the
// values that later changes overwrite and that forgetting removes.

import type pg from 'pg'

const TABLES = [
  ...['leads', 'events', 'lead_phones', 'claims', 'call_records', 'leases', 'dnc_entries'],
  ...['held_updates', 'audit_log', 'allocations'],
]

export const WATCH = `
  create schema torture;
  create table torture.log (
    at bigint generated always as identity, tx xid8 default pg_current_xact_id(),
    clock timestamptz default clock_timestamp(), what text, old jsonb, new jsonb, heir bigint);
  create function torture.note() returns trigger language plpgsql as $$
  declare heir bigint;
  begin
    -- The lead that must inherit the claim.
    if tg_table_name = 'claims' and tg_op <> 'INSERT' then
      select min(p.lead_number) into heir from lead_phones p
      where p.campaign_id = old.campaign_id and p.phone = old.phone and p.lead_number <> old.lead_number;
    end if;
    insert into torture.log (what, old, new, heir) values (tg_table_name,
      case when tg_op <> 'INSERT' then to_jsonb(old) end, case when tg_op <> 'DELETE' then to_jsonb(new) end, heir);
    return null;
  end $$;
  ${TABLES.map((table) => `create trigger torture after insert or update or delete on ${table} for each row execute function torture.note();`).join('\n')}`

// biome-ignore lint/suspicious/noExplicitAny: rows of ten tables, as the database has them
export type Stored = any

/** `old` is null for an insert, `new` for a delete. */
export interface Row {
  what: string
  old: Stored
  new: Stored
  heir: number | null
  /** Milliseconds. */
  clock: number
}

const TAKE = `
  with gone as (delete from torture.log returning *)
  select tx::text, what, old, new, heir::float8, extract(epoch from clock)::float8 * 1000 as clock from gone order by at`

/**
 * The transactions noted since the last time, each as its rows. One that waited for a row of another has its last row
 * after all of that one's: in the order of their last rows, none comes before what it depends on.
 */
export async function takeLog(client: pg.Client): Promise<Row[][]> {
  const txs = new Map<string, Row[]>()
  for (const { tx, ...row } of (await client.query<Row & { tx: string }>(TAKE)).rows) {
    const rows = txs.get(tx) ?? []
    txs.delete(tx)
    txs.set(tx, [...rows, row])
  }
  return [...txs.values()]
}
