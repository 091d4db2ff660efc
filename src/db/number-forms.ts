// Rewriting rows whose number is in a form that does not count any more (docs/decisions/0028): do-not-call entries first,
// then numbers and claims of leads, then the old entries end. In chunks, each a transaction of its own; whatever ends in
// between goes on from what is left.
//
// Meanwhile both forms block and both are held: every statement that looks a number up asks for `other_form` as well. An
// older version that still runs beside this one asks for one form alone, so the old entries stand until no lead has it.

import { OTHER_FORMS } from '../core/phone-forms.ts'
import { standing } from './dnc.ts'
import { lockClaims } from './lead-claims.ts'
import { TEXT } from './lead-texts.ts'
import { LOCKS } from './locks.ts'
import { lockParking } from './parking.ts'
import type { Db, Pool } from './pool.ts'
import { type None, type Statement, statement } from './statement.ts'

/** The ranges of old forms, and what has to be added to a number of each. */
const FORMS = OTHER_FORMS.map(
  ({ low, high, number }) => `(${low}::bigint, ${high}::bigint, ${number - low}::bigint)`,
)
const OLD_FORMS = `(values ${FORMS.join(', ')}) as f (low, high, shift)`

const LEFT = statement<None, { left: boolean }>(
  'numberForms.left',
  `select exists (
       select from ${OLD_FORMS} cross join lateral (
         select from dnc_entries e
         where e.phone between f.low and f.high and ${standing('e')} limit 1) e)
     or exists (
       select from ${OLD_FORMS} cross join campaigns c cross join lateral (
         select from lead_phones p
         where p.campaign_id = c.campaign_id and p.phone between f.low and f.high limit 1) p)
     or exists (
       select from ${OLD_FORMS} cross join campaigns c cross join lateral (
         select from claims k
         where k.campaign_id = c.campaign_id and k.phone between f.low and f.high limit 1) k) as "left"`,
)

/** Whether any row is left in an old form. */
export const oldFormsLeft = async (db: Db) => (await db.query(LEFT))[0]!.left

/** The name of the rewriting in the job queue. */
export const REWRITE_TASK = 'rewrite_numbers'

/** Where the rewriting is: its steps in order, and how far the step at work has come. */
export interface RewriteStep {
  step: 'list' | 'leads' | 'unlist'
  /** The entry or campaign that was done last. */
  after: number
}

const QUEUE = statement<{ step: string }>(
  'numberForms.queue',
  `select from graphile_worker.add_job('${REWRITE_TASK}', :step::json, max_attempts => 25,
     job_key => '${REWRITE_TASK}')`,
)

/** One job at a time: one that waits is taken over. */
export const queueRewriting = (db: Db, step: RewriteStep) => db.query(QUEUE, { step: JSON.stringify(step) })

export interface RewrittenEntries {
  /** Null: the step is done. */
  after: number | null
  rows: number
}

const ENTRIES_MAX = 5_000

const ENTRIES = `entries as materialized (
     select e.* from dnc_entries e where e.entry_id > :after::bigint
     order by e.entry_id limit ${ENTRIES_MAX}),
   old as materialized (
     select e.*, e.phone + f.shift as number
     from entries e join ${OLD_FORMS} on e.phone between f.low and f.high
     where ${standing('e')})`

/** A standing entry of the same list that has the number of an old entry and lasts at least as long. */
const TWIN = `select from dnc_entries s
     where s.phone = o.number and s.list = o.list and s.campaign_id is not distinct from o.campaign_id
       and ${standing('s')} and (s.expires_at is null or s.expires_at >= o.expires_at) offset 0`

const LIST = statement<{ after: number }, RewrittenEntries>(
  'numberForms.list',
  `with ${ENTRIES},
   made as (
     insert into dnc_entries as d (list, campaign_id, phone, reason, source, expires_at, added_at, added_by,
       team_ids, file_id)
     select distinct on (o.number, o.list, o.campaign_id) o.list, o.campaign_id, o.number, o.reason, o.source,
       o.expires_at, o.added_at, o.added_by, o.team_ids, o.file_id
     from old o where not exists (${TWIN})
     order by o.number, o.list, o.campaign_id, o.expires_at desc nulls first
     returning d.entry_id)
   select (select max(e.entry_id) from entries e) as after, (select count(*) from made) as rows`,
)

// An entry is removed only while its twin is in the same snapshot.
const UNLIST = statement<{ after: number }, RewrittenEntries>(
  'numberForms.unlist',
  `with ${ENTRIES},
   ended as (
     update dnc_entries d set removed_at = now(), removed_by = 'system',
       removed_reason = 'the list has the number as +' || o.number || ' now'
     from old o where d.entry_id = o.entry_id and exists (${TWIN})
     returning d.entry_id)
   select (select max(e.entry_id) from entries e) as after, (select count(*) from ended) as rows`,
)

/** Removals wait, so that none takes one form off a list while the other is put on it. */
const changeEntries = (
  pool: Pool,
  change: Statement<{ after: number }, RewrittenEntries>,
  after: number,
): Promise<RewrittenEntries> =>
  pool.transaction(
    async (tx) => {
      await lockParking(tx)
      return (await tx.query(change, { after }))[0]!
    },
    { retry: 'lock' },
  )

/** Puts the numbers of old entries on their lists: as they were asked for, by whom, when and why. */
export const listNumbers = (pool: Pool, after: number) => changeEntries(pool, LIST, after)

/** Ends the old entries whose numbers are on their lists. */
export const unlistOldForms = (pool: Pool, after: number) => changeEntries(pool, UNLIST, after)

const CAMPAIGN = statement<{ after: number }, { campaign_id: number | null }>(
  'numberForms.campaign',
  'select min(campaign_id) as campaign_id from campaigns where campaign_id > :after',
)

/** The campaign behind this one; null: there are no more. */
export const campaignAfter = async (db: Db, after: number) =>
  (await db.query(CAMPAIGN, { after }))[0]!.campaign_id

/** Numbers of one chunk: their leads are locked together. */
const NUMBERS_MAX = 200

// A claim may be left alone: an update has written the numbers of its lead anew.
const OLD_NUMBERS = statement<{ campaign_id: number }, { phone: number; shift: number }>(
  'numberForms.ofCampaign',
  `select u.phone, u.shift from ${OLD_FORMS} cross join lateral (
     select u.phone, f.shift from (
       (select p.phone from lead_phones p
        where p.campaign_id = :campaign_id and p.phone between f.low and f.high
        order by p.phone limit ${NUMBERS_MAX})
       union
       (select c.phone from claims c
        where c.campaign_id = :campaign_id and c.phone between f.low and f.high
        order by c.phone limit ${NUMBERS_MAX})) u) u
   order by u.phone limit ${NUMBERS_MAX}`,
)

const LOCK_INDEXER = statement<None>(
  'numberForms.lockIndexer',
  `select pg_advisory_xact_lock(${LOCKS.indexer}::bigint)`,
)

const LOCK_LEADS = statement<{ campaign_id: number; phones: number[] }, { number: number }>(
  'numberForms.lockLeads',
  `select l.number from (
       select distinct p.lead_number from unnest(:phones::bigint[]) as old (phone) cross join lateral (
         select p.lead_number from lead_phones p
         where p.campaign_id = :campaign_id and p.phone = old.phone offset 0) p
       order by p.lead_number) holder
     cross join lateral (
       select l.number from leads l
       where l.campaign_id = :campaign_id and l.number = holder.lead_number limit 1 for update of l) l`,
)

// Of two leads that held the two forms of one number the older one holds it; that they met is for an administrator to see.
const REWRITE = statement<{ campaign_id: number; phones: number[]; numbers: number[] }, Rewritten>(
  'numberForms.rewrite',
  `with rewriting as materialized (
     select * from unnest(:phones::bigint[], :numbers::bigint[]) as u (phone, number)),
   moved as (
     update lead_phones p set phone = r.number from rewriting r
     where p.campaign_id = :campaign_id and p.phone = r.phone returning p.lead_number),
   freed as (
     delete from claims c using rewriting r
     where c.campaign_id = :campaign_id and c.phone = r.phone returning r.number, c.lead_number),
   met as materialized (
     select least(f.lead_number, c.lead_number) as holder, greatest(f.lead_number, c.lead_number) as other
     from freed f cross join lateral (
       select c.lead_number from claims c
       where c.campaign_id = :campaign_id and c.phone = f.number and c.lead_number <> f.lead_number
       limit 1) c),
   taken as (
     insert into claims as c (campaign_id, phone, lead_number)
     select :campaign_id, f.number, f.lead_number from freed f order by f.number
     on conflict (campaign_id, phone) do update
       set lead_number = least(c.lead_number, excluded.lead_number)),
   noted as (
     insert into audit_log (actor, action, subject, details, team_ids)
     select 'system', 'lead.shareNumber', 'lead:' || :campaign_id::integer || '-' || m.other,
       jsonb_build_object('held_by', :campaign_id::integer || '-' || m.holder), (
         select array[t.team_id] from campaigns c join templates t using (template_id)
         where c.campaign_id = :campaign_id)
     from met m)
   select (select count(*) from moved) as phones, (select count(*) from met) as met`,
)

// Rewriting a number makes no new version of its lead, so the indexer does not notice it.
const WRITE_TEXTS = statement<{ campaign_id: number; numbers: number[] }>(
  'numberForms.writeTexts',
  `update lead_texts t set text = x.text
   from unnest(:numbers::bigint[]) as lead (number)
     cross join lateral (
       select * from leads l
       where l.campaign_id = :campaign_id and l.number = lead.number and l.forgotten_at is null limit 1) l
     cross join lateral (${TEXT}) x
   where t.campaign_id = :campaign_id and t.lead_number = lead.number and t.version = l.version
     and t.text <> x.text`,
)

export interface Rewritten {
  phones: number
  /** Pairs of leads that held one number in two forms. */
  met: number
}

/**
 * Rewrites some numbers of a campaign; undefined: none are left. The locks are those of an update that changes numbers,
 * in its order: leads, then claims.
 */
export const rewriteLeads = (pool: Pool, campaign_id: number): Promise<Rewritten | undefined> =>
  pool.transaction(
    async (tx) => {
      await tx.query(LOCK_INDEXER)
      const old = await tx.query(OLD_NUMBERS, { campaign_id })
      if (old.length === 0) return undefined
      const phones = old.map(({ phone }) => phone)
      const numbers = old.map(({ phone, shift }) => phone + shift)
      const leads = await tx.query(LOCK_LEADS, { campaign_id, phones })
      await lockClaims(tx, campaign_id, numbers)
      const [rewritten] = await tx.query(REWRITE, { campaign_id, phones, numbers })
      await tx.query(WRITE_TEXTS, { campaign_id, numbers: leads.map(({ number }) => number) })
      return rewritten
    },
    { retry: 'lock' },
  )

const SHARED = statement<{ rows_max: number }, { lead_id: string; held_by: string }>(
  'numberForms.shared',
  `select substr(a.subject, 6) as lead_id, a.details ->> 'held_by' as held_by
   from audit_log a
     cross join lateral (
       select split_part(substr(a.subject, 6), '-', 1)::integer as campaign_id,
         split_part(a.subject, '-', 2)::bigint as number,
         split_part(a.details ->> 'held_by', '-', 2)::bigint as holder) l
   where split_part(a.action, '.', 1) = 'lead' and a.action = 'lead.shareNumber' and 2 = (
       select count(*) from leads o
       where o.campaign_id = l.campaign_id and o.number in (l.number, l.holder) and o.closed_at is null)
     and exists (
       select from lead_phones p cross join lateral (
         select from lead_phones h
         where h.campaign_id = l.campaign_id and h.lead_number = l.holder and h.phone = p.phone offset 0) h
       where p.campaign_id = l.campaign_id and p.lead_number = l.number offset 0)
   order by a.audit_id limit :rows_max`,
)

/** Open leads that got a number in common by the rewriting and still have it: somebody decides which one is called. */
export const leadsThatShare = (db: Db, rows_max: number) => db.query(SHARED, { rows_max })
