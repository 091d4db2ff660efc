// The leads that an import meets: as they were when their file was made, and as its dry run would have them.

import type { Scalar } from '../core/merge.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

const SEEN = statement<
  { campaign_id: number; numbers: number[]; seen_at: string; actor: string },
  { number: number; version: number }
>(
  'importLeads.seen',
  `select u.number, greatest(s.version, 1) as version
   from (select distinct number from unnest(:numbers::bigint[]) as u (number)) u cross join lateral (
     select l.number from leads l
     where l.campaign_id = :campaign_id and l.number = u.number and l.updated_at > :seen_at::timestamptz
     limit 1) l
     cross join lateral (
     select min(e.version) - 1 as version from events e
     where e.campaign_id = :campaign_id and e.lead_number = u.number and e.at > :seen_at
       and e.actor <> :actor) s
   where s.version is not null`,
)

/** Of the leads that somebody else has changed since then: the version before that. */
export async function seenVersions(
  tx: Db,
  {
    campaign_id,
    numbers,
    seen_at,
    actor,
  }: { campaign_id: number; numbers: number[]; seen_at: string; actor: string },
): Promise<ReadonlyMap<number, number>> {
  if (numbers.length === 0) return new Map()
  const seen = await tx.query(SEEN, { campaign_id, numbers, seen_at, actor })
  return new Map(seen.map(({ number, version }) => [number, version]))
}

const KEYS = statement<{ check_id: number; keys: number[]; before: number }, { key: number; row: number }>(
  'importLeads.keys',
  `select k.key, k.row
   from (select distinct key from unnest(:keys::bigint[]) as u (key)) u cross join lateral (
     select k.key, k.row from import_keys k
     where k.check_id = :check_id and k.key = u.key and k.row < :before
     order by k.row desc limit 20) k`,
)

/** The last rows before one that a dry run would take, and that have one of these keys. */
export const rowsOfKeys = (db: Db, check_id: number, keys: number[], before: number) =>
  db.query(KEYS, { check_id, keys, before })

const ADD_KEYS = statement<{ check_id: number; keys: number[]; rows: number[] }>(
  'importLeads.addKeys',
  `insert into import_keys (check_id, key, row)
   select :check_id, key, row from unnest(:keys::bigint[], :rows::integer[]) as u (key, row)
   order by key, row on conflict do nothing`,
)

/** What a dry run would give to rows. */
export const addKeys = (tx: Db, check_id: number, taken: readonly { key: number; row: number }[]) =>
  tx.query(ADD_KEYS, {
    check_id,
    keys: taken.map(({ key }) => key),
    rows: taken.map(({ row }) => row),
  })

const DROP_KEYS = statement<{ keys_max: number }, { dropped: number }>(
  'importLeads.dropKeys',
  `with recursive found as (
     (select k.check_id from import_keys k order by k.check_id limit 1)
     union all
     select (
       select k.check_id from import_keys k where k.check_id > f.check_id order by k.check_id limit 1)
     from found f where f.check_id is not null),
   old as materialized (
     select f.check_id from found f
     where f.check_id is not null and not exists (
       select from imports i
       where i.check_id = f.check_id and i.checked is not null and i.state in ('checking', 'read') offset 0)
     order by f.check_id limit 1),
   gone as (
     delete from import_keys k using (
       select k.ctid as place from old o cross join lateral (
         select k.ctid from import_keys k where k.check_id = o.check_id
         limit :keys_max for update skip locked) k) g
     where k.ctid = g.place returning k.row)
   select count(*)::integer as dropped from gone`,
)

/** Removes some of the keys that no dry run needs any more; answers how many. */
export const dropOldKeys = async (db: Db, keys_max: number) =>
  (await db.query(DROP_KEYS, { keys_max }))[0]!.dropped

const TOUCHED = statement<
  { campaign_id: number; numbers: number[]; versions: number[]; actor: string },
  { number: number }
>(
  'importLeads.touched',
  `select u.number from unnest(:numbers::bigint[], :versions::integer[]) as u (number, version)
   where not exists (
       select from leads l
       where l.campaign_id = :campaign_id and l.number = u.number and l.forgotten_at is null offset 0)
     or exists (
       select from events e
       where e.campaign_id = :campaign_id and e.lead_number = u.number and e.version > u.version
         and e.actor <> :actor offset 0)
     or exists (
       select from leases s
       where s.campaign_id = :campaign_id and s.lead_number = u.number and s.ended_at is null offset 0)
     or exists (
       select from lead_notes n where n.campaign_id = :campaign_id and n.lead_number = u.number offset 0)
     or exists (
       select from lead_consents c where c.campaign_id = :campaign_id and c.lead_number = u.number offset 0)
     or exists (
       select from held_updates h
       where h.campaign_id = :campaign_id and h.lead_number = u.number and h.caller <> :actor offset 0)`,
)

/** Those of the leads that somebody else has touched since an import wrote their version, that are called, or that are gone. */
export async function touchedLeads(
  db: Db,
  {
    campaign_id,
    import_id,
    rows,
  }: { campaign_id: number; import_id: number; rows: readonly { number: number; version: number }[] },
): Promise<ReadonlySet<number>> {
  if (rows.length === 0) return new Set()
  const found = await db.query(TOUCHED, {
    campaign_id,
    numbers: rows.map(({ number }) => number),
    versions: rows.map(({ version }) => version),
    actor: `import:${import_id}`,
  })
  return new Set(found.map(({ number }) => number))
}

const CHANGES = statement<
  { campaign_id: number; numbers: number[]; versions: number[] },
  { i: number; changes: Record<string, [Scalar, Scalar]> | null }
>(
  'importLeads.changes',
  `select u.i::integer - 1 as i, e.changes
   from unnest(:numbers::bigint[], :versions::integer[]) with ordinality as u (number, version, i)
     cross join lateral (
       select e.changes from events e
       where e.campaign_id = :campaign_id and e.lead_number = u.number and e.version = u.version limit 1) e`,
)

/** What these versions of leads changed, in order; null or undefined: nothing that is kept. */
export async function changesOfVersions(
  db: Db,
  campaign_id: number,
  versions: readonly { number: number; version: number }[],
): Promise<(Record<string, [Scalar, Scalar]> | null | undefined)[]> {
  if (versions.length === 0) return []
  const found = await db.query(CHANGES, {
    campaign_id,
    numbers: versions.map(({ number }) => number),
    versions: versions.map(({ version }) => version),
  })
  const changes: Awaited<ReturnType<typeof changesOfVersions>> = versions.map(() => undefined)
  for (const { i, changes: one } of found) changes[i] = one
  return changes
}
