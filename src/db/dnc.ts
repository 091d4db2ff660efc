// Do-not-call entries. Blocked is worked out from the lists as they are now, by one text, never stored.

import type { DncList } from '../core/result.ts'
import { type Db, statement } from './pool.ts'

/**
 * The entry that blocks a number in a campaign, as a subquery of at most one row (entry_id, list).
 * The private list blocks everywhere; the campaign list its campaign, unless the number is a client's.
 * Arguments are SQL expressions.
 */
export const blockingEntry = (campaign_id: string, phone: string) => `
  select e.entry_id, e.list from dnc_entries e
  where e.phone = ${phone} and e.removed_at is null and (e.expires_at is null or e.expires_at > now())
    and (e.list = 'private' or (e.list = 'campaign' and e.campaign_id = ${campaign_id}
      and not exists (
        select from dnc_entries c
        where c.phone = ${phone} and c.list = 'client' and c.removed_at is null
          and (c.expires_at is null or c.expires_at > now()))))
  order by e.list = 'private' desc, e.entry_id limit 1`

export interface DncEntry {
  entry_id: number
  list: DncList
  campaign_id: number | null
  /** +61383218199 */
  phone: string
  reason: string | null
  source: string | null
  expires_at: string | null
  added_at: string
  added_by: string
  removed_at: string | null
  removed_by: string | null
  removed_reason: string | null
}

const ENTRY = `entry_id, list, campaign_id, '+' || phone as phone, reason, source, expires_at, added_at, added_by,
  removed_at, removed_by, removed_reason`

const ADD = statement(
  'dnc.add',
  `insert into dnc_entries (list, campaign_id, phone, reason, source, expires_at, added_by)
   select $1, $2::integer, n.phone, $4, $5, $6::timestamptz, $7
   from (select distinct phone from unnest($3::bigint[]) as u (phone)) n
   where not exists (
     -- A standing entry that lasts at least as long says it already. Offset 0 makes this one probe per number: as a
     -- join, planned while the list is empty, it would read the whole list until the next analyze.
     select from dnc_entries e
     where e.phone = n.phone and e.list = $1 and e.campaign_id is not distinct from $2::integer and e.removed_at is null
       and (e.expires_at is null or (e.expires_at > now() and e.expires_at >= $6::timestamptz)) offset 0)
   order by n.phone
   returning ${ENTRY}`,
)

export interface DncAddition {
  list: DncList
  campaign_id: number | null
  phones: number[]
  reason: string | null
  source: string | null
  expires_at: string | null
  actor: string
}

/** Answers the entries made; a number that stands on the list for as long already makes none. */
export const addDncEntries = (
  db: Db,
  { list, campaign_id, phones, reason, source, expires_at, actor }: DncAddition,
) => db.query<DncEntry>(ADD, [list, campaign_id, phones, reason, source, expires_at, actor])

const REMOVE = statement(
  'dnc.remove',
  `update dnc_entries set removed_at = now(), removed_by = $4, removed_reason = $5
   where list = $1 and campaign_id is not distinct from $2::integer and phone = any ($3::bigint[]) and removed_at is null
   returning ${ENTRY}`,
)

/** Stamps every standing entry of these numbers on the list as removed; answers them. */
export const removeDncEntries = (
  db: Db,
  list: DncList,
  campaign_id: number | null,
  phones: number[],
  actor: string,
  reason: string | null,
) => db.query<DncEntry>(REMOVE, [list, campaign_id, phones, actor, reason])

const LISTED = `e.entry_id > $1 and ($2::text is null or e.list = $2)
     and ($3::integer[] is null or e.campaign_id is null or exists (
       select from campaigns c join templates t using (template_id)
       where c.campaign_id = e.campaign_id and t.team_id = any ($3)))
   order by e.entry_id limit $4`

const LIST = statement('dnc.list', `select ${ENTRY} from dnc_entries e where ${LISTED}`)

// Its own statement: under a generic plan an optional number would read the whole list.
const LIST_OF_PHONE = statement(
  'dnc.listOfPhone',
  `select ${ENTRY} from dnc_entries e where e.phone = $5::bigint and ${LISTED}`,
)

/**
 * Entries, removed ones included, in the order in which they were added, after an entry id.
 * What a campaign must not call is shown to those who may see the campaign; the other lists are everybody's.
 */
export function listDncEntries(
  db: Db,
  team_ids: number[] | null,
  phone: number | null,
  list: DncList | null,
  after: number,
  rows_max: number,
): Promise<DncEntry[]> {
  const common = [after, list, team_ids, rows_max]
  return phone === null ? db.query(LIST, common) : db.query(LIST_OF_PHONE, [...common, phone])
}

const CHECK = statement(
  'dnc.check',
  `select n.phone, e.entry_id, e.list
   from unnest($2::bigint[]) as n (phone) cross join lateral (${blockingEntry('$1::integer', 'n.phone')}) e`,
)

/** The numbers that are blocked now, each with the entry that blocks it; null: in no campaign in particular. */
export const checkDnc = (db: Db, campaign_id: number | null, phones: number[]) =>
  db.query<{ phone: number; entry_id: number; list: DncList }>(CHECK, [campaign_id, phones])
