// Do-not-call entries. Blocked is worked out from the lists as they are now, by one text, never stored.

import type { Block } from '../core/conflict-document.ts'
import type { ListPlace } from '../core/dnc-cursor.ts'
import type { LeadVersion } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import { formsOf } from '../core/phone-forms.ts'
import type { DncList } from '../core/result.ts'
import { actorName } from './actors.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { clock, type None, statement } from './statement.ts'

const serves = (file_id: string) => `exists (
       select from dnc_files f where f.file_id = ${file_id} and f.serves_at is not null)`

/** Whether somebody added an entry, or the file that it comes from serves. */
export const served = (e: string) => `(${e}.file_id is null or ${serves(`${e}.file_id`)})`

/** Whether an entry stands: it is neither removed nor lapsed, and its file serves. */
export const standing = (e: string, now = clock()) =>
  `(${e}.removed_at is null and (${e}.expires_at is null or ${e}.expires_at > ${now})
     and ${served(e)}
     and (${e}.ends_with is null or not ${serves(`${e}.ends_with`)}))`

/**
 * The entry that blocks a number in a campaign, as a subquery of at most one row (entry_id, list, blocked_until).
 * The private list blocks everywhere; the campaign list its campaign, unless the number is a client's. A number that has
 * two forms is blocked by an entry of either.
 * blocked_until: when the entries that stand now let the number go by themselves; null: never.
 * Arguments are SQL expressions. One read of the number's entries answers everything, without a sort.
 */
export const blockingEntry = (campaign_id: string, phone: string, now = clock()) => `
  select coalesce(b.private, b.campaign) as entry_id,
    case when b.private is null then 'campaign' else 'private' end as list,
    nullif(case when b.private_ends < b.client_ends then b.private_ends
      else greatest(b.private_ends, b.campaign_ends) end, 'infinity') as blocked_until
  from (
    select min(e.entry_id) filter (where e.list = 'private') as private,
      min(e.entry_id) filter (where e.list = 'campaign' and e.campaign_id = ${campaign_id}) as campaign,
      max(e.ends) filter (where e.list = 'private') as private_ends,
      max(e.ends) filter (where e.list = 'campaign' and e.campaign_id = ${campaign_id}) as campaign_ends,
      max(e.ends) filter (where e.list = 'client') as client_ends
    from (
      select e.*, coalesce(e.expires_at, 'infinity') as ends from dnc_entries e
      where e.phone in (${phone}, other_form(${phone})) and ${standing('e', now)}) e) b
  where b.private is not null or (b.campaign is not null and b.client_ends is null)`

const BLOCKED_SINCE = statement<{ leads: string }, { i: number; field: string }>(
  'dnc.blockedSince',
  `select lead.i, p.field
   from json_to_recordset(:leads::json)
       as lead (i integer, campaign_id integer, number bigint, version integer)
     cross join lateral (
       select e.at from events e
       where e.campaign_id = lead.campaign_id and e.lead_number = lead.number and e.version = lead.version
       limit 1) written
     cross join lateral (
       select p.field, p.phone from lead_phones p
       where p.campaign_id = lead.campaign_id and p.lead_number = lead.number and p.phone is not null
       offset 0) p
     cross join lateral (${blockingEntry('lead.campaign_id', 'p.phone')}) blocking
     cross join lateral (
       select from dnc_entries e
       where e.entry_id = blocking.entry_id and e.added_at > written.at limit 1) added_since
   order by lead.i, p.field`,
)

/** For each lead the phone fields whose number, as it is now, has come onto a list since the lead got its version. */
export async function blockedSince(db: Db, leads: readonly LeadVersion[]): Promise<string[][]> {
  const fields: string[][] = leads.map(() => [])
  const rows = leads.map(({ campaign_id, number, version }, i) => ({ i, campaign_id, number, version }))
  for (const { i, field } of await db.query(BLOCKED_SINCE, { leads: JSON.stringify(rows) }))
    fields[i]!.push(field)
  return fields
}

/** An entry of a file has the name of that for a source, if none was given. */
const SOURCE = 'coalesce(e.source, (select f.name from dnc_files f where f.file_id = e.file_id))'

/** A caller who is bound to teams sees reasons and sources of their own teams' entries only. */
const ofOwnTeam = (column: string) => `case
       when :team_ids::integer[] is null or e.campaign_id is not null or e.team_ids && :team_ids
       then ${column} end`

const BLOCKS = statement<
  Pick<Sight, 'team_ids'> & LeadVersion & { phones: number[] },
  Omit<Block, 'since_base'> & { phone: number; since_base: boolean }
>(
  'dnc.blocks',
  `select n.phone, e.list, coalesce(e.added_at > written.at, false) as since_base,
     ${ofOwnTeam('e.added_at')} as at, ${ofOwnTeam('e.added_by')} as actor,
     ${ofOwnTeam(actorName('e.added_by'))} as actor_name, ${ofOwnTeam('e.reason')} as reason,
     ${ofOwnTeam(SOURCE)} as source
   from unnest(:phones::bigint[]) as n (phone)
     cross join lateral (${blockingEntry(':campaign_id::integer', 'n.phone')}) blocking
     join dnc_entries e on e.entry_id = blocking.entry_id
     left join events written on written.campaign_id = :campaign_id and written.lead_number = :number
       and written.version = :version`,
)

/** What blocks numbers in the campaign of a lead now; `lead`: the version from which on an entry is new. */
export async function blocksOf(
  db: Db,
  { campaign_id, number, version }: LeadVersion,
  phones: number[],
  { team_ids }: Pick<Sight, 'team_ids'>,
): Promise<Map<number, Block>> {
  if (phones.length === 0) return new Map()
  const rows = await db.query(BLOCKS, { team_ids, campaign_id, number, version, phones })
  return new Map(rows.map(({ phone, ...block }) => [phone, block]))
}

export interface DncEntryRow {
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
  /** The file that it comes from; null: somebody added it. */
  file_id: number | null
}

/** What is said of an entry that a file has ended. */
export const ENDED_BY_FILE = 'not in the file that replaced the list'

/** Of the file that has ended an entry, which is removed a moment later. */
const ENDING = (column: string) => `(
    select ${column} from dnc_files f where f.file_id = e.ends_with and f.serves_at is not null)`

const ended = (column: string, of_file: string) =>
  `coalesce(e.${column}, ${ENDING(`f.${of_file}`)}) as ${column}`

/** An entry; `text`: how its reasons and source are read. */
const entryOf = (
  text: (column: string) => string,
) => `e.entry_id, e.list, e.campaign_id, '+' || e.phone as phone,
  ${text('e.reason')} as reason, ${text(SOURCE)} as source, e.expires_at, e.added_at, e.added_by,
  ${ended('removed_at', 'serves_at')}, ${ended('removed_by', 'actor')},
  ${text(`coalesce(e.removed_reason, ${ENDING(`'${ENDED_BY_FILE}'`)})`)} as removed_reason, e.file_id`

const ENTRY = entryOf((column) => column)

const VISIBLE_ENTRY = entryOf(ofOwnTeam)

/** The same with the names of those who added and removed it. */
export const NAMED_ENTRY = `${VISIBLE_ENTRY}, ${actorName('e.added_by')} as added_by_name,
     ${actorName('e.removed_by')} as removed_by_name`

/** The team whose lead an entry comes from, as its team_ids. `campaign_id` is an SQL expression. */
export const teamIdsOf = (campaign_id: string) => `(
  select array[t.team_id] from campaigns c join templates t using (template_id)
  where c.campaign_id = ${campaign_id})`

/**
 * Whether a number is on a list for as long already. A standing entry that lasts at least as long is enough, unless it goes
 * with the next file. Offset 0 makes this one probe per number: as a join, planned while the list is empty, it would read
 * the whole list until the next analyze. Arguments are SQL expressions; `until` null: for good.
 */
export const isListed = (of: { phone: string; list: string; campaign_id: string; until: string }) => `exists (
     select from dnc_entries s
     where s.phone = ${of.phone} and s.list = ${of.list} and s.file_id is null
       and s.campaign_id is not distinct from ${of.campaign_id} and ${standing('s')}
       and (s.expires_at is null or s.expires_at >= ${of.until}) offset 0)`

interface AddParams {
  list: DncList
  campaign_id: number | null
  phones: readonly number[]
  expiries: readonly (string | null)[]
  reason: string | null
  source: string | null
  actor: string
  /** The teams that the actor is bound to; null: none. */
  team_ids: readonly number[] | null
}

const ADD = statement<AddParams, DncEntryRow>(
  'dnc.add',
  `insert into dnc_entries as e (list, campaign_id, phone, reason, source, expires_at, added_by, team_ids)
   select :list, :campaign_id::integer, n.phone, :reason, :source, n.expires_at, :actor, :team_ids::integer[]
   from (
     select given.phone, nullif(max(coalesce(given.expires_at, 'infinity')), 'infinity') as expires_at
     from unnest(:phones::bigint[], :expiries::timestamptz[]) as given (phone, expires_at)
     group by given.phone) n
   where not ${isListed({
     phone: 'n.phone',
     list: ':list',
     campaign_id: ':campaign_id::integer',
     until: 'n.expires_at',
   })}
   order by n.phone
   returning ${ENTRY}`,
)

export interface ListedNumber {
  phone: number
  /** Null: for good. */
  expires_at: string | null
}

export interface NewDncEntries extends Omit<AddParams, 'phones' | 'expiries'> {
  /** A number that comes twice is on the list for the longer time. */
  numbers: readonly ListedNumber[]
}

/**
 * Answers the entries made; a number that is on the list for as long already makes none. Clients may be called
 * despite a campaign list: who adds them calls `lockParking` before and `unpark` after (parking.ts).
 */
export const addDncEntries = (db: Db, { numbers, ...addition }: NewDncEntries): Promise<DncEntryRow[]> => {
  const phones = numbers.map(({ phone }) => phone)
  const expiries = numbers.map(({ expires_at }) => expires_at)
  return db.query(ADD, { ...addition, phones, expiries })
}

const COUNT_ADDITION = statement<{ actor: string; numbers: number; numbers_max: number }>(
  'dnc.countAddition',
  `with past as (
     delete from dnc_additions where actor = :actor and day < (now() at time zone 'UTC')::date)
   insert into dnc_additions as d (actor, day, numbers)
   values (:actor, (now() at time zone 'UTC')::date, :numbers)
   on conflict (actor, day) do update set numbers = d.numbers + :numbers
     where d.numbers + :numbers <= :numbers_max
   returning numbers`,
)

/** Counts numbers that an actor has added today (UTC); false: they would be more than it may add. */
export const countDncAddition = async (tx: Db, actor: string, numbers: number, numbers_max: number) =>
  (await tx.query(COUNT_ADDITION, { actor, numbers, numbers_max })).length > 0

interface DncRemoval {
  list: DncList
  campaign_id: number | null
  phones: readonly number[]
  actor: string
  reason: string | null
}

// In the order of the numbers, so that two removals never wait for each other in a ring.
const REMOVE = statement<DncRemoval, DncEntryRow>(
  'dnc.remove',
  `with locked as materialized (
     select e.entry_id from (
         select given.phone from unnest(:phones::bigint[]) as given (phone) order by given.phone) given
       cross join lateral (
         select e.entry_id from dnc_entries e
         where e.phone = given.phone and e.list = :list
           and e.campaign_id is not distinct from :campaign_id::integer and e.removed_at is null
         for update) e)
   update dnc_entries e set removed_at = now(), removed_by = :actor, removed_reason = :reason
   from locked where e.entry_id = locked.entry_id
   returning ${ENTRY}`,
)

/**
 * Stamps every entry of these numbers on the list as removed; answers them. What blocked is gone, so `lockParking`
 * comes before and `unpark` after (parking.ts).
 */
export const removeDncEntries = (db: Db, { phones, ...removal }: DncRemoval) =>
  db.query(REMOVE, { ...removal, phones: phones.flatMap(formsOf) })

/** Entries of a campaign are shown to those who may see the campaign; the other lists are everybody's. */
export const VISIBLE_LIST = `(e.campaign_id is null or exists (
       select from campaigns c join templates t using (template_id)
       where c.campaign_id = e.campaign_id and ${visibleTo('t.team_id')}))`

/** One row more than the longest page says that there is another one. */
export const PAGE_MAX = LIMITS.page_rows_max + 1

const AFTER = '(e.changed_tx, e.entry_id) > (:tx::xid8, :entry_id::bigint)'
const IN_ORDER = 'order by e.changed_tx, e.entry_id'
const listed = (from: string) => `
   select ${VISIBLE_ENTRY}, e.changed_tx::text as tx,
     e.changed_tx < pg_snapshot_xmin(pg_current_snapshot()) as settled
   from ${from} ${IN_ORDER} limit :rows_max`

// Each list, or campaign that may be seen, from its own place in an index, and merged: under a generic plan an optional
// condition uses none, and would read the whole register for the few entries of a small list. Each limit stands in the
// text: with a parameter the planner expects a tenth of all rows, and may sort them.
const entriesOf = (list: DncList) => `
     (select e.* from dnc_entries e
      where e.list = '${list}' and (:list::text is null or :list = '${list}') and ${AFTER}
      ${IN_ORDER} limit ${PAGE_MAX})`

/** With its place in the list. */
export type ListedEntry = DncEntryRow & ListPlace & { settled: boolean }

type ListParams = Sight & ListPlace & { list: DncList | null; rows_max: number }

// For callers who see everything.
const LIST = statement<ListParams, ListedEntry>(
  'dnc.list',
  listed(`(${entriesOf('private')} union all ${entriesOf('client')} union all ${entriesOf('campaign')}) e`),
)

const LIST_OF_TEAMS = statement<ListParams, ListedEntry>(
  'dnc.listOfTeams',
  listed(`(${entriesOf('private')} union all ${entriesOf('client')} union all
     (select e.* from campaigns c join templates t using (template_id) cross join lateral (
        select e.* from dnc_entries e
        where e.campaign_id = c.campaign_id and ${AFTER} ${IN_ORDER} limit ${PAGE_MAX}) e
      where t.team_id = any (:team_ids::integer[]) and (:list::text is null or :list = 'campaign'))) e`),
)

const LIST_OF_PHONE = statement<ListParams & { phones: number[] }, ListedEntry>(
  'dnc.listOfPhone',
  listed(`dnc_entries e
   where e.phone = any (:phones::bigint[]) and ${AFTER} and (:list::text is null or e.list = :list)
     and ${VISIBLE_LIST}`),
)

/** Entries, removed ones included, in the order in which they were last changed, after a place; those that may be seen. */
export function listDncEntries(
  db: Db,
  sight: Sight,
  { phone, list }: { phone: number | null; list: DncList | null },
  { tx, entry_id }: ListPlace,
  rows_max: number,
): Promise<ListedEntry[]> {
  const params = { ...sight, tx, entry_id, list, rows_max }
  if (phone !== null) return db.query(LIST_OF_PHONE, { ...params, phones: formsOf(phone) })
  return db.query(sight.team_ids === null ? LIST : LIST_OF_TEAMS, params)
}

const IS_AHEAD = statement<{ tx: string }, { ahead: boolean }>(
  'dnc.isAhead',
  'select :tx::xid8 > pg_snapshot_xmax(pg_current_snapshot()) as ahead',
)

/** Whether a place is of a database that has counted further than this one. */
export const isAhead = async (db: Db, { tx }: ListPlace) => (await db.query(IS_AHEAD, { tx }))[0]!.ahead

const REWIND = statement<None>(
  'dnc.rewind',
  `update dnc_entries set changed_tx = '0'
   where entry_id = any (array(
     select e.entry_id
     from unnest(array['private', 'client', 'campaign']) as lists (list) cross join lateral (
       select entry_id from dnc_entries e
       where e.list = lists.list and e.changed_tx > pg_snapshot_xmax(pg_current_snapshot())
       limit 10000) e))
   returning entry_id`,
)

/** A database that was moved by its rows alone counts its transactions anew: what is there is old. True: there is more. */
export const rewindDnc = async (db: Db) => (await db.query(REWIND)).length > 0

const CHECK = statement<
  { campaign_id: number | null; phones: number[] },
  { phone: number; entry_id: number; list: DncList }
>(
  'dnc.check',
  `select n.phone, e.entry_id, e.list
   from unnest(:phones::bigint[]) as n (phone)
     cross join lateral (${blockingEntry(':campaign_id::integer', 'n.phone')}) e`,
)

/** The numbers that are blocked now, each with the entry that blocks it; null: in no campaign in particular. */
export const checkDnc = (db: Db, campaign_id: number | null, phones: number[]) =>
  db.query(CHECK, { campaign_id, phones })

export interface DncEvidenceRow extends DncEntryRow {
  added_by_name: string | null
  removed_by_name: string | null
  /** Neither removed nor lapsed. */
  standing: boolean
  /** It is the one that blocks. */
  blocks: boolean
}

// One statement, so that the verdict and what it rests on are of one moment.
const EVIDENCE = statement<
  Sight & { phone: number; campaign_id: number | null; rows_max: number },
  DncEvidenceRow
>(
  'dnc.evidence',
  `select ${NAMED_ENTRY}, ${standing('e')} as standing,
     e.entry_id is not distinct from blocking.entry_id as blocks
   from dnc_entries e
     left join lateral (${blockingEntry(':campaign_id::integer', ':phone::bigint')}) blocking on true
   where e.phone in (:phone::bigint, other_form(:phone::bigint)) and ${served('e')}
     and (:campaign_id::integer is null or e.campaign_id is null or e.campaign_id = :campaign_id)
     and ${VISIBLE_LIST}
   order by blocks desc, standing desc, e.entry_id desc limit :rows_max`,
)

/**
 * The entries of a number that count in a campaign (null: in every campaign that the caller sees): the one that blocks
 * it, the other standing ones, the past ones; the newest of each first.
 */
export const dncEvidence = (
  db: Db,
  sight: Sight,
  of: { phone: number; campaign_id: number | null },
  rows_max: number,
) => db.query(EVIDENCE, { ...sight, ...of, rows_max })
