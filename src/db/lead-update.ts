// Writing a change of leads that are there. The version is compared inside the statement: a row whose lead has
// moved on since it was read is not written, and comes back as not written.

import type { LeadKey, LeadPhone } from '../core/lead.ts'
import { canonicalNumber, formsOf } from '../core/phone-forms.ts'
import type { DncList } from '../core/result.ts'
import { RUNS_QUEUED, START_RUNS } from './action-runs.ts'
import { type Arrays, arraysOf, fromArrays } from './arrays.ts'
import { blockingEntry, teamIdsOf } from './dnc.ts'
import { FORGOTTEN, LEAD_COLUMNS, type LeadRow, STALE_ROWS, UPDATED } from './lead-row.ts'
import type { Db } from './pool.ts'
import { putInQueue } from './queue.ts'
import { clock, statement } from './statement.ts'

export interface UpdateRow extends Omit<LeadRow, 'phones'> {
  number: number
  /** The version that the row was worked out from. */
  version: number
  /**
   * How many outcomes the lead had then. The rule of another one is worked out from them, and so is the place in the
   * queue: the state that a call shows for a number makes no version.
   */
  calls: number
  /** False: nothing of the lead is written; its version is compared all the same. */
  writes: boolean
  /** Path to [old, new]: the event. */
  changes: Record<string, [unknown, unknown]>
  /** Whether the lead's place in the queue is written. */
  requeue: boolean
  /** Tells the request when it is sent again; absent: it named no version. */
  request_digest?: string | null
  /** The dialler's report of the call: its length and id, the dialled number, and what the call showed about it. */
  duration_s?: number | null
  unique_call_id?: string | null
  phone?: number | null
  phone_state?: 'wrong' | 'disconnected' | null
  /** The lease whose outcome this is. A second outcome of a lease is not written. */
  lease_number?: number
  lease_outcome?: object
}

/** Whether a row of the queue has another lease than the one that ends. */
const HELD_BY_OTHERS = 'q.lease_number is distinct from m.lease_number'

const COLUMNS = {
  ...LEAD_COLUMNS,
  number: 'bigint',
  version: 'integer',
  calls: 'integer',
  writes: 'boolean',
  changes: 'jsonb',
  requeue: 'boolean',
  request_digest: 'text',
  duration_s: 'integer',
  unique_call_id: 'text',
  phone: 'bigint',
  phone_state: 'text',
  lease_number: 'bigint',
  lease_outcome: 'jsonb',
}

const UPDATE = statement<Arrays, { i: number; what: UpdateVerdict }>(
  'leads.updateBatch',
  `with given as materialized (
     select * from ${fromArrays('lead', COLUMNS)}),
   ${STALE_ROWS},
   -- Lookup, order and lock in one: leads are locked in the order of their key, and once locked their version
   -- is the newest one, whatever the statement's snapshot says. A callback that has not followed its zone yet
   -- gets its instant here, so its place in the queue is written as well. A lateral, because a plain join
   -- that is planned while leads is empty reads the whole table, and that plan stays until the next analyze.
   -- A lead that somebody else has locked is passed over: the batch must not wait for it.
   leads_now as materialized (
     select g.i, l.version as version_now, l.calls as calls_now, l.allocation_id,
       g.requeue or l.callback_at is distinct from g.callback_at as places,
       l.version is null and exists (
         select from leads l
         where l.campaign_id = g.campaign_id and l.number = g.number
           and l.forgotten_at is null offset 0) as locked
     from (
         select i, campaign_id, number, requeue, callback_at from given
         where i not in (select i from stale) order by campaign_id, number) g
       left join lateral (
         select l.version, l.calls, l.allocation_id, l.callback_at from leads l
         where l.campaign_id = g.campaign_id and l.number = g.number and l.forgotten_at is null limit 1
         for update of l skip locked) l on true),
   -- The id of the call record is drawn here: the counter and the runs take it along without a join.
   matched as materialized (
     select g.*, n.allocation_id, n.places,
       case when g.outcome is not null then nextval('call_records_call_id_seq') end as call_id
     from given g join leads_now n using (i)
     where n.version_now = g.version and (n.calls_now = g.calls or g.outcome is null and not n.places)
       and (g.lease_number is null or exists (
         select from leases s
         where s.campaign_id = g.campaign_id and s.lease_number = g.lease_number
           and s.outcome is null offset 0))),
   -- What the events need comes out of the update itself: a join of two CTEs would be a nested loop,
   -- quadratic in the rows of the batch.
   written as (
     update leads l set version = l.version + 1, fields = m.fields, unmapped = m.unmapped,
       ${UPDATED('m')},
       calls = case when m.outcome is null then l.calls else l.calls + 1 end,
       closed_at = case when m.closed then coalesce(l.closed_at, now()) end, updated_at = now()
     from matched m
     where m.writes and l.campaign_id = m.campaign_id and l.number = m.number and l.version = m.version
     returning l.campaign_id, l.number, l.version, m.actor, m.way, m.request_id, m.changes, m.warnings),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes, warnings)
     select campaign_id, number, version, actor, way, request_id, changes, warnings from written),
   new_calls as (
     insert into call_records (campaign_id, call_id, lead_number, allocation_id, disposition, phone, at,
       duration_s, unique_call_id, lease_number, actor, way, request_id, request_digest)
     select campaign_id, call_id, number, allocation_id, outcome, phone, called_at, duration_s,
       unique_call_id, lease_number, actor, way, request_id, request_digest
     from matched where outcome is not null),
   new_attempts as (
     insert into attempts as a (campaign_id, lead_number, disposition, attempts, call_id)
     select campaign_id, number, outcome, 1, call_id from matched where outcome is not null
     on conflict (campaign_id, lead_number, disposition)
       do update set attempts = a.attempts + 1, call_id = excluded.call_id
     returning campaign_id, lead_number, disposition, attempts, call_id),${START_RUNS},
   new_dnc as (
     insert into dnc_entries (list, phone, reason, source, added_by, team_ids)
     select distinct on (p.phone) 'private', p.phone, m.outcome, m.campaign_id || '-' || m.number, m.actor,
       ${teamIdsOf('m.campaign_id')}
     from matched m cross join lateral (
       select p.phone from lead_phones p where p.campaign_id = m.campaign_id and p.lead_number = m.number
       union select m.phone) p
     where m.outcome_kind = 'dnc' and p.phone is not null
       and not exists (
         select from dnc_entries e where e.phone = p.phone and e.list = 'private' and e.removed_at is null
           and e.expires_at is null offset 0)),
   states as (
     update lead_phones p set state = m.phone_state from matched m
     where m.phone_state is not null and p.campaign_id = m.campaign_id and p.lead_number = m.number
       and p.phone in (m.phone, other_form(m.phone))),
   ended as (
     update leases s
     set ended_at = coalesce(s.ended_at, m.called_at), ended_how = 'outcome', outcome = m.lease_outcome
     from matched m where s.campaign_id = m.campaign_id and s.lease_number = m.lease_number),
   -- The lead is locked, so nobody else gives it a row or takes its row away; another one's lease keeps its
   -- hold.
   requeued as (
     update queue q
     set contact_hours_id = coalesce(m.contact_hours_id, 0), priority = m.priority, due_at = m.callback_at,
       agent = m.callback_agent,
       state = case when ${HELD_BY_OTHERS} and q.state = 'leased'
         then q.state else m.queue_state end,
       wake_at = case when ${HELD_BY_OTHERS} and q.state = 'leased'
         then q.wake_at else m.wake_at end,
       lease_number = case when ${HELD_BY_OTHERS} then q.lease_number end
     from matched m
     where m.places and m.queue_state is not null and q.campaign_id = m.campaign_id
       and q.lead_number = m.number
     returning q.campaign_id, q.lead_number),
   queued as (${putInQueue(
     `select m.campaign_id, m.number as lead_number, m.allocation_id,
         coalesce(m.contact_hours_id, 0) as contact_hours_id, m.priority, m.callback_at as due_at,
         m.callback_agent as agent, m.queue_state as state, m.wake_at, m.lease_number as ending_lease
       from matched m
       where m.places and m.queue_state is not null
         and (m.campaign_id, m.number) not in (select q.campaign_id, q.lead_number from requeued q)`,
     clock(),
   )}),
   unqueued as (
     delete from queue q using matched m
     where m.places and m.queue_state is null and q.campaign_id = m.campaign_id and q.lead_number = m.number)
   select i, 'written' as what from matched where ${RUNS_QUEUED}
   union all select i, 'locked' from leads_now where locked`,
)

/**
 * moved: the row rests on something that has changed. The lead has another version, or is forgotten; the zone of its contact
 * hours, or the disposition, was changed. locked: another transaction has the lead. Neither wrote anything.
 */
type UpdateVerdict = 'written' | 'moved' | 'locked'

/** The verdict on each row, in order. */
export async function updateLeads(db: Db, rows: readonly UpdateRow[]): Promise<UpdateVerdict[]> {
  const found = await db.query(
    UPDATE,
    arraysOf(
      'lead',
      COLUMNS,
      rows.map((row, i) => ({ i, ...row })),
    ),
  )
  const verdicts = new Map(found.map(({ i, what }) => [i, what]))
  return rows.map((_, i) => verdicts.get(i) ?? 'moved')
}

// Neither waits, because others wait for the turn of the caller: it comes again (55P03).
const LOCK = statement<LeadKey, { version: number; calls: number }>(
  'leads.lock',
  `select version, calls from leads
   where campaign_id = :campaign_id and number = :number and forgotten_at is null for update nowait`,
)

/** Locks the lead until the transaction ends; undefined: it is not there, or forgotten. Throws 55P03 when it is locked. */
export const lockLead = async (tx: Db, lead: LeadKey) => (await tx.query(LOCK, lead))[0]

const LOCK_CLAIMS = statement<{ campaign_id: number; phones: number[] }, { phone: number }>(
  'claims.lock',
  `select phone from claims
   where campaign_id = :campaign_id and phone = any (:phones::bigint[]) order by phone for update nowait`,
)

/**
 * Locks the claims on numbers, in either form; answers the numbers that were claimed. Every change of a number passes here,
 * one at a time, so the statements that follow in the transaction see each lead that was written beside a claim. Throws
 * 55P03 when a claim is locked.
 */
export async function lockClaims(tx: Db, campaign_id: number, numbers: number[]): Promise<Set<number>> {
  const claims = await tx.query(LOCK_CLAIMS, { campaign_id, phones: numbers.flatMap(formsOf) })
  return new Set(claims.map(({ phone }) => canonicalNumber(phone)))
}

const JUDGE = statement<
  { campaign_id: number; phones: number[] },
  { phone: number; list: DncList | null; held_by: number | null }
>(
  'claims.judge',
  `select n.phone, blocking.list, claim.lead_number as held_by
   from unnest(:phones::bigint[]) as n (phone)
     left join lateral (${blockingEntry(':campaign_id::integer', 'n.phone')}) blocking on true
     left join lateral (
       select c.lead_number from claims c
       where c.campaign_id = :campaign_id and c.phone in (n.phone, other_form(n.phone)) limit 1) claim on true
   order by n.phone`,
)

/** The lists and claims that are in the way of numbers for a lead of the campaign. */
export const judgeNumbers = (tx: Db, campaign_id: number, phones: number[]) =>
  tx.query(JUDGE, { campaign_id, phones })

const REPLACE_PHONES = statement<LeadKey & { phones: string; fields: string[] }>(
  'leadPhones.replace',
  `with gone as (
     delete from lead_phones
     where campaign_id = :campaign_id and lead_number = :number and not field = any (:fields::text[]))
   insert into lead_phones (campaign_id, lead_number, field, phone, state)
   select :campaign_id, :number, p.field, p.phone, p.state
   from json_to_recordset(:phones::json) as p (field text, phone bigint, state text)
   on conflict (campaign_id, lead_number, field) do update set phone = excluded.phone, state = excluded.state
     where (lead_phones.phone, lead_phones.state) is distinct from (excluded.phone, excluded.state)`,
)

/** Makes these the phone rows of the lead. */
export const replacePhones = (tx: Db, lead: LeadKey, phones: readonly LeadPhone[]) =>
  tx.query(REPLACE_PHONES, {
    ...lead,
    phones: JSON.stringify(phones),
    fields: phones.map(({ field }) => field),
  })

type KeyAndPhones = LeadKey & { phones: number[] }

const RELEASE_CLAIMS = statement<KeyAndPhones>(
  'claims.release',
  `with mine as materialized (
     select c.phone, (
       select p.lead_number from lead_phones p
       where p.campaign_id = :campaign_id and p.phone in (c.phone, other_form(c.phone))
         and p.lead_number <> :number
       order by p.lead_number limit 1) as heir
     from claims c
     where c.campaign_id = :campaign_id and c.phone = any (:phones::bigint[]) and c.lead_number = :number),
   passed as (
     update claims c set lead_number = mine.heir from mine
     where c.campaign_id = :campaign_id and c.phone = mine.phone and mine.heir is not null)
   delete from claims c using mine
   where c.campaign_id = :campaign_id and c.phone = mine.phone and mine.heir is null`,
)

/** Gives up a lead's claims on numbers: each passes to the oldest other lead of the campaign that has the number. */
export const releaseClaims = (tx: Db, { campaign_id, number }: LeadKey, numbers: number[]) =>
  tx.query(RELEASE_CLAIMS, { campaign_id, number, phones: numbers.flatMap(formsOf) })

const TAKE_CLAIMS = statement<KeyAndPhones>(
  'claims.take',
  `insert into claims (campaign_id, phone, lead_number)
   select :campaign_id, n.phone, :number from unnest(:phones::bigint[]) as n (phone) order by n.phone`,
)

/** Claims numbers that nobody held when they were locked; one that was claimed since fails with 23505. */
export const takeClaims = (tx: Db, { campaign_id, number }: LeadKey, phones: number[]) =>
  tx.query(TAKE_CLAIMS, { campaign_id, number, phones })

const FORGET = statement<LeadKey & { actor: string; way: string; request_id: string }>(
  'leads.forget',
  `with tombstone as (
     update leads set version = version + 1, fields = '{}', unmapped = '{}', ${FORGOTTEN},
       closed_at = coalesce(closed_at, now()), forgotten_at = now(), updated_at = now()
     where campaign_id = :campaign_id and number = :number returning version),
   history as (
     update events set changes = null, warnings = null
     where campaign_id = :campaign_id and lead_number = :number),
   calls as (
     update call_records set phone = null, request_digest = null, unique_call_id = null
     where campaign_id = :campaign_id and lead_number = :number
       and (phone is not null or request_digest is not null or unique_call_id is not null)),
   notes as (delete from lead_notes where campaign_id = :campaign_id and lead_number = :number),
   phones as (delete from lead_phones where campaign_id = :campaign_id and lead_number = :number),
   -- A row even where there is none yet: the indexer may have read the lead and be about to write.
   text as (
     insert into lead_texts (campaign_id, lead_number, version, text)
     select :campaign_id, :number, version, '' from tombstone
     on conflict (campaign_id, lead_number) do update set version = excluded.version, text = ''),
   unqueued as (delete from queue where campaign_id = :campaign_id and lead_number = :number),
   held as (
     update held_updates set base = '{}', incoming = '{}', resolution = null, note = null,
       state = case when state = 'open' then 'forgotten' else state end
     where campaign_id = :campaign_id and lead_number = :number),
   decided as (delete from merges where campaign_id = :campaign_id and lead_number = :number),
   reasons as (
     update audit_log set details = details - 'decisions'
     where subject = 'lead:' || :campaign_id::integer || '-' || :number::bigint and action = 'lead.merge'),
   event as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes)
     select :campaign_id, :number, version, :actor, :way, :request_id, '{"forgotten": [false, true]}'
     from tombstone)
   select version from tombstone`,
)

/** Removes every value of the lead and of its history. The number, the versions and the call records stay. */
export const forgetLead = (
  tx: Db,
  { campaign_id, number }: LeadKey,
  { actor, way, request_id }: { actor: string; way: string; request_id: string },
) => tx.query(FORGET, { campaign_id, number, actor, way, request_id })
