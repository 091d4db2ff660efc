// The leads of a bulk change: which are chosen, which of them would be left and why, and which nobody has touched since.

import type { BulkChange, BulkKind, KeepReason, SkipReason } from '../core/bulk-change.ts'
import type { LeadVersion } from '../core/lead.ts'
import {
  CHOICE_ASKED,
  CHOSEN,
  type ChoiceParams,
  type CountStep,
  countBy,
  type LeadChoice,
  nextChosen,
  paramsOfChoice,
} from './chosen-leads.ts'
import { isListed } from './dnc.ts'
import type { Db } from './pool.ts'
import { clock, statement } from './statement.ts'

/** Which leads a bulk change is for. It is kept with the change until that ends. */
export interface BulkChoice extends LeadChoice {
  /** Those that were chosen one by one; null: those that a search finds. */
  numbers: number[] | null
}

/** The leads among which all chosen are; null: they are many. */
const foundOf = ({ numbers, typed }: BulkChoice) => numbers ?? typed?.found ?? null

const paramsOf = ({ numbers: _, ...choice }: BulkChoice) => paramsOfChoice(choice)

/** The next leads, newest first, and where to go on. */
export const nextOfBulk = (tx: Db, choice: BulkChoice, place: number) =>
  nextChosen(tx, paramsOf(choice), { found: foundOf(choice), order: 'newest', place })

/** What of a change says which leads are left. */
interface WhyParams {
  kind: BulkKind
  to_id: number | null
  list: string | null
  list_campaign_id: number | null
  until: string | null
}

const whyParams = (change: BulkChange, campaign_id: number): WhyParams => ({
  kind: change.kind,
  to_id: change.kind === 'move' ? change.to_allocation_id : null,
  list: change.kind === 'dnc' ? change.list : null,
  list_campaign_id: change.kind === 'dnc' && change.list === 'campaign' ? campaign_id : null,
  until: change.kind === 'dnc' ? change.expires_at : null,
})

/** Whether somebody has the lead in a row `l` in a call. */
const LEASED = `exists (
         select from leases s
         where s.campaign_id = l.campaign_id and s.lead_number = l.number and s.ended_at is null
           and s.expires_at > ${clock()} offset 0)`

const NUMBERS = `select from lead_phones p
         where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.phone is not null`

/** Why the lead in a row `l` would be left as it is; null: it is changed. */
const WHY = `case :kind::text
       when 'disposition' then case when ${LEASED} then 'leased' end
       when 'move' then case when l.allocation_id = :to_id::integer then 'there' end
       when 'dnc' then case when not exists (
         ${NUMBERS} offset 0) then 'no_number'
         when not exists (
         ${NUMBERS} and not ${isListed({
           phone: 'p.phone',
           list: ':list::text',
           campaign_id: ':list_campaign_id::integer',
           until: ':until::timestamptz',
         })} offset 0) then 'listed' end end`

type AskParams = ChoiceParams & WhyParams

const COUNT = statement<AskParams & { place: number }, CountStep>(
  'bulkLeads.count',
  countBy(`coalesce(${WHY}, '')`),
)

export interface JudgedLead {
  number: number
  version: number
  allocation_id: number
  /** Null: it is changed. */
  why: SkipReason | null
}

const JUDGE = statement<AskParams & { numbers: number[] }, JudgedLead>(
  'bulkLeads.judge',
  `with ${CHOICE_ASKED}
   select l.number, l.version, l.allocation_id, ${WHY} as why
   from unnest(:numbers::bigint[]) with ordinality as u (number, nth) cross join lateral (
     select * from leads l where l.campaign_id = :campaign_id and l.number = u.number limit 1) l
   where ${CHOSEN}
   order by u.nth`,
)

/** Those of the leads that are chosen as they are now, and which of them would be left. */
export const judgeLeads = (db: Db, choice: BulkChoice, change: BulkChange, numbers: number[]) =>
  db.query(JUDGE, { ...paramsOf(choice), ...whyParams(change, choice.campaign_id), numbers })

/** How many of the next leads are changed ('') and left, by why; where to go on, or null. */
export async function countStep(
  db: Db,
  choice: BulkChoice,
  change: BulkChange,
  place: number,
): Promise<CountStep> {
  const found = foundOf(choice)
  if (!found) {
    const asked = { ...paramsOf(choice), ...whyParams(change, choice.campaign_id), place }
    return (await db.query(COUNT, asked))[0]!
  }
  const by_why = Map.groupBy(await judgeLeads(db, choice, change, found), ({ why }) => why ?? '')
  return { end: null, leads: Object.fromEntries([...by_why].map(([why, { length }]) => [why, length])) }
}

const KEEP_TAKERS_OFF = statement<{ campaign_id: number; numbers: number[] }>(
  'bulkLeads.keepTakersOff',
  `select from (select number from unnest(:numbers::bigint[]) as u (number) order by number) u
     cross join lateral (
       select from queue q
       where q.campaign_id = :campaign_id and q.lead_number = u.number limit 1 for update of q) q`,
)

/**
 * Keeps takers from the leads until the transaction ends: who is in a call is known from then on. A statement of its own,
 * so that the next one sees a lease that was being made. The leads are locked before.
 */
export const keepTakersOff = (tx: Db, campaign_id: number, numbers: number[]) =>
  tx.query(KEEP_TAKERS_OFF, { campaign_id, numbers })

const PHONES = statement<{ campaign_id: number; numbers: number[] }, { phone: number }>(
  'bulkLeads.phones',
  `select distinct p.phone from unnest(:numbers::bigint[]) as u (number) cross join lateral (
     select p.phone from lead_phones p
     where p.campaign_id = :campaign_id and p.lead_number = u.number and p.phone is not null offset 0) p`,
)

/** The numbers of leads that can be listed. */
export const phonesOfLeads = async (db: Db, campaign_id: number, numbers: number[]) =>
  (await db.query(PHONES, { campaign_id, numbers })).map(({ phone }) => phone)

/** What was changed by the version of a lead, and why that cannot be taken back. */
export interface Since {
  number: number
  /** Null: nobody has touched the lead since. */
  why: KeepReason | null
  /** Path to [old, new]. */
  changes: Record<string, [unknown, unknown]> | null
}

const SINCE = statement<{ campaign_id: number; numbers: number[]; versions: number[] }, Since>(
  'bulkLeads.since',
  `select u.number, case when l.forgotten_at is not null then 'gone'
       when l.version <> u.version then 'touched'
       when ${LEASED} then 'leased' end as why, (
       select e.changes from events e
       where e.campaign_id = :campaign_id and e.lead_number = u.number and e.version = u.version) as changes
   from unnest(:numbers::bigint[], :versions::integer[]) with ordinality as u (number, version, nth)
     cross join lateral (
       select * from leads l where l.campaign_id = :campaign_id and l.number = u.number limit 1) l
   order by u.nth`,
)

/** Of locked leads: whether they are still as these versions have made them. */
export const sinceOfLeads = (
  tx: Db,
  campaign_id: number,
  leads: readonly Pick<LeadVersion, 'number' | 'version'>[],
): Promise<Since[]> =>
  tx.query(SINCE, {
    campaign_id,
    numbers: leads.map(({ number }) => number),
    versions: leads.map(({ version }) => version),
  })
