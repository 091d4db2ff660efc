// The one statement that writes new leads: a batch in, a verdict for each row out, one commit.
//
// PostgreSQL decides who holds a number and an external id: no "on conflict" on them, a clash with a transaction
// that committed meanwhile fails the statement (23505) and the batch is tried again, now seeing the winner.
// Lookups are laterals with LIMIT 1, so that every one is an index probe however large the tables are.

import type { Dedupe } from '../core/dedupe.ts'
import type { DncList } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { RUNS_QUEUED, startRuns } from './action-runs.ts'
import { takesLeads } from './allocations.ts'
import { type Arrays, arraysOf, fromArrays } from './arrays.ts'
import { blockingEntry, teamIdsOf } from './dnc.ts'
import { type DedupeParams, MET, MET_LEAD, type Met, sameArrays, UNMET } from './import-dedupe.ts'
import { INSERTED, LEAD_COLUMNS, type LeadRow, STALE_ROWS, WRITTEN_ONCE_COLUMNS } from './lead-row.ts'
import { hashArrays, haveLists, LIST_COLUMN, LISTED, type Listed, UNLISTED } from './master-list-check.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

interface InsertRow extends LeadRow, Pick<Rules, 'duplicate_rule' | 'dnc_rule'> {
  /** Place in the batch. */
  i: number
  /**
   * True: another row of the batch wants the same number or external id, so this one may be refused by what was
   * there before the batch, but not written: it comes again in a later batch.
   */
  probe: boolean
  /** Distinct valid numbers, ascending. */
  numbers: number[]
  allow_duplicates: boolean
  /** The master list that its hashes were made for; null: none is asked. */
  master_list_id: number | null
  hashes: readonly string[]
  /** What an import compares it by, folded; null: nothing. */
  same: string | null
}

/**
 * number set: written. Otherwise the obstacle: a refusal, or a claim that another transaction has locked. Without any of
 * them: a probe that nothing refuses yet.
 */
export interface InsertVerdict {
  number: number | null
  /** The row rests on what has changed since: the zone of contact hours, its disposition, or an allocation that took leads. */
  stale: boolean
  code: 112 | 104 | 105 | null
  locked: boolean
  /** The lead that has the external id or holds the number. Null with 105: see below, else the master list has the lead. */
  clash: number | null
  /** The lead that an import must not repeat. */
  met_number?: number | null
  met_campaign_id?: number | null
  list: DncList | null
}

const COLUMNS = {
  ...LEAD_COLUMNS,
  ...WRITTEN_ONCE_COLUMNS,
  probe: 'boolean',
  allow_duplicates: 'boolean',
  duplicate_rule: 'text',
  dnc_rule: 'text',
}
const LISTED_COLUMNS = { ...COLUMNS, ...LIST_COLUMN }
const PHONE_COLUMNS = { i: 'integer', field: 'text', phone: 'bigint', state: 'text' }
const NUMBER_COLUMNS = { i: 'integer', phone: 'bigint' }

/**
 * The parts of the statement for leads with a disposition, a callback or contact hours of their own; most batches need not
 * even start them.
 */
interface Parts {
  /** Before anything is judged. */
  stale: string
  is_stale: string
  outcomes: string
  condition: string
}
const NO_OUTCOMES: Parts = { stale: '', is_stale: 'false', outcomes: '', condition: '' }
const OUTCOMES: Parts = {
  stale: `${STALE_ROWS},`,
  is_stale: 'g.i in (select i from stale)',
  outcomes: `
   called as materialized (
     select a.*, nextval('call_records_call_id_seq') as call_id from accepted a where outcome is not null),
   new_calls as (
     insert into call_records (campaign_id, call_id, lead_number, allocation_id, disposition, at, actor, way,
       request_id)
     select campaign_id, call_id, number, allocation_id, outcome, called_at, actor, way, request_id
     from called),${startRuns(
       `select campaign_id, number as lead_number, outcome as disposition, 1 as attempts, call_id
       from called`,
     )},
   new_dnc as (
     insert into dnc_entries (list, phone, reason, source, added_by, team_ids)
     select distinct on (n.phone) 'private', n.phone, a.outcome, a.campaign_id || '-' || a.number, a.actor,
       ${teamIdsOf('a.campaign_id')}
     from numbers n join accepted a using (i) where a.outcome_kind = 'dnc'),`,
  condition: `where ${RUNS_QUEUED}`,
}

/** The parts of the statement that look for who holds a number. */
interface Claims {
  held: string
  is_locked: string
  locked: string
}
const STRICT: Claims = {
  held: `
   held as materialized (
     select n.i, n.phone, c.lead_number from numbers n cross join lateral (
       select c.lead_number from claims c
       where c.campaign_id = n.campaign_id and c.phone in (n.phone, other_form(n.phone)) limit 1) c),`,
  is_locked: 'false',
  locked: '',
}
/** Some rows may be written although a number is held. */
const LENIENT: Claims = {
  held: `
   held_by_others as materialized (
     select n.i, n.phone, c.lead_number from numbers n cross join lateral (
       select c.lead_number from claims c
       where c.campaign_id = n.campaign_id and c.phone in (n.phone, other_form(n.phone)) limit 1) c
     where not n.lenient),
   -- A row that is written although a number is held locks the claim: the claim cannot vanish before the row
   -- is there to inherit it. A claim that somebody else has locked, or that goes in this moment, is passed
   -- over: its row comes again.
   claims_beside as materialized (
     select n.i, c.campaign_id, n.phone, c.phone as claimed from numbers n cross join lateral (
       select c.campaign_id, c.phone from claims c
       where c.campaign_id = n.campaign_id and c.phone in (n.phone, other_form(n.phone)) limit 1) c
     where n.lenient order by c.campaign_id, c.phone),
   locked_beside as materialized (
     select b.i, b.phone, c.lead_number from claims_beside b left join lateral (
       select c.lead_number from claims c where c.campaign_id = b.campaign_id and c.phone = b.claimed limit 1
       for key share skip locked) c on true),
   held as materialized (
     select * from held_by_others
     union all select i, phone, lead_number from locked_beside where lead_number is not null),
   not_locked as materialized (select distinct i from locked_beside where lead_number is null),`,
  is_locked: 'not_locked.i is not null',
  locked: 'left join not_locked using (i)',
}

/** Whether the claims refuse a row. */
const IS_HELD = `not g.allow_duplicates and holders.numbers > 0
           and (g.duplicate_rule = 'any' or holders.numbers = counted.numbers)`

const batch = (
  { stale, is_stale, outcomes, condition }: Parts,
  { held, is_locked, locked }: Claims,
  listed: Listed = UNLISTED,
  met: Met = UNMET,
) => `with given as materialized (
     select * from ${fromArrays('lead', listed === UNLISTED ? COLUMNS : LISTED_COLUMNS)}),${stale}
   -- An archived allocation takes no lead. One that never had a lead can be deleted, unless its first lead
   -- has locked it, as a foreign key would.
   taking as materialized (
     select d.allocation_id
     from (select distinct allocation_id from given offset 0) d cross join lateral (
       select from allocations a join campaigns c using (campaign_id)
       where a.allocation_id = d.allocation_id and ${takesLeads()} limit 1) a
     where exists (select from leads l where l.allocation_id = d.allocation_id offset 0)
       or exists (select from allocations f where f.allocation_id = d.allocation_id for key share of f)),
   -- Numbers in one order everywhere, so that two batches never wait for each other in a ring.
   numbers as materialized (
     select i, g.campaign_id, number.phone, g.allow_duplicates or g.duplicate_rule = 'all' as lenient
     from given g join ${fromArrays('number', NUMBER_COLUMNS)} using (i)
     order by g.campaign_id, number.phone),
   same_id as materialized (
     select g.i, l.number from given g cross join lateral (
       select l.number from leads l
       where l.campaign_id = g.campaign_id and l.external_id = g.external_id limit 1) l
     where g.external_id is not null),
   blocked as materialized (
     select n.i, count(*) as numbers, min(e.list) filter (where e.list = 'private') as private,
       min(e.list) as list
     from numbers n cross join lateral (
       ${blockingEntry('n.campaign_id', 'n.phone')}) e group by n.i),${listed.parts}${met.parts}${held}
   counted as materialized (select i, count(*) as numbers from numbers group by i),
   holders as materialized (
     select i, count(*) as numbers, min(lead_number) as lead_number from held group by i),
   judged as materialized (
     select g.i, g.probe,
       ${is_stale} or g.allocation_id not in (select allocation_id from taking)${listed.is_stale} as stale,
       ${met === UNMET ? '' : MET_LEAD}same_id.number as taken_by,
       case when ${IS_HELD} then holders.lead_number end as held_by,
       coalesce(blocked.private, blocked.list) as list, ${is_locked} as is_locked,
       case
         when same_id.i is not null then 112
         when blocked.numbers > 0 and (g.dnc_rule = 'any' or blocked.numbers = counted.numbers) then 104
         when ${IS_HELD} then 105${met.is_met}${listed.is_listed}
       end as code
     from given g left join same_id using (i) left join counted using (i) left join blocked using (i)
       left join holders using (i) ${locked} ${listed.join} ${met.join}),
   accepted as materialized (
     select a.*, nextval('lead_numbers') as number
     from (
       select g.* from given g join judged j using (i)
       where j.code is null and not j.stale and not j.is_locked and not j.probe order by g.i) a),
   new_leads as (
     insert into leads (campaign_id, number, fields, unmapped, ${INSERTED},
       closed_at, created_way, created_by, import_id, calls, attempts)
     select campaign_id, number, fields, unmapped, ${INSERTED},
       case when closed then now() end, way, actor,
       case when way = 'import' then substring(actor from '^import:([0-9]+)$')::bigint end,
       case when outcome is null then 0 else 1 end,
       case when outcome is not null then jsonb_build_object(outcome, 1) end
     from accepted),
   new_phones as (
     insert into lead_phones (campaign_id, lead_number, field, phone, state)
     select a.campaign_id, a.number, phone.field, phone.phone, phone.state
     from accepted a join ${fromArrays('phone', PHONE_COLUMNS)} using (i)),
   new_claims as (
     insert into claims (campaign_id, phone, lead_number)
     select n.campaign_id, n.phone, a.number from numbers n join accepted a using (i)
     where not exists (select from held h where h.i = n.i and h.phone = n.phone)
     order by n.campaign_id, n.phone),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, warnings)
     select campaign_id, number, 1, actor, way, request_id, warnings from accepted),
${outcomes}
   queued as (
     insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, zone_set, priority, due_at,
       agent, state, wake_at)
     select campaign_id, number, allocation_id, coalesce(contact_hours_id, 0), zone_set, priority,
       callback_at, callback_agent, queue_state, wake_at
     from accepted where queue_state is not null)
   select j.i, a.number, j.code, case j.code when 112 then j.taken_by when 105 then j.held_by end as clash,
     case when j.code = 104 then j.list end as list, j.stale,
     j.code is null and j.is_locked as locked${met.columns}
   from judged j left join accepted a using (i) ${condition} order by j.i`

const INSERT = statement<Arrays, InsertVerdict>('leads.insertBatch', batch(NO_OUTCOMES, STRICT))
const INSERT_LENIENT = statement<Arrays, InsertVerdict>(
  'leads.insertLenientBatch',
  batch(NO_OUTCOMES, LENIENT),
)
const INSERT_WITH_OUTCOMES = statement<Arrays, InsertVerdict>(
  'leads.insertBatchWithOutcomes',
  batch(OUTCOMES, LENIENT),
)

const INSERT_LISTED = statement<Arrays, InsertVerdict>(
  'leads.insertListedBatch',
  batch(NO_OUTCOMES, STRICT, LISTED),
)
const INSERT_LISTED_WITH_OUTCOMES = statement<Arrays, InsertVerdict>(
  'leads.insertListedBatchWithOutcomes',
  batch(OUTCOMES, LENIENT, LISTED),
)

type ImportParams = Record<string, DedupeParams[keyof DedupeParams]>
const IMPORT = {
  phone: statement<ImportParams, InsertVerdict>(
    'leads.importByNumber',
    batch(OUTCOMES, LENIENT, LISTED, MET.phone),
  ),
  external_id: statement<ImportParams, InsertVerdict>(
    'leads.importById',
    batch(OUTCOMES, LENIENT, LISTED, MET.external_id),
  ),
  fields: statement<ImportParams, InsertVerdict>(
    'leads.importByFields',
    batch(OUTCOMES, LENIENT, LISTED, MET.fields),
  ),
}

/** What an import compares new leads with beyond their campaign. */
export interface Comparing extends DedupeParams {
  by: Dedupe['by']
}

/**
 * One verdict per row, in order; all of it in one durable commit. Throws 23505 and 40P01 when the batch must be tried
 * again.
 */
export async function insertLeads(
  db: Db,
  rows: readonly InsertRow[],
  comparing: Comparing | null = null,
): Promise<InsertVerdict[]> {
  const has_outcomes = rows.some(
    (row) => row.outcome !== null || row.callback_at !== null || row.contact_hours_id !== null,
  )
  const is_lenient = rows.some((row) => row.allow_duplicates || row.duplicate_rule === 'all')
  const is_listed = comparing !== null || haveLists(rows)
  const arrays = {
    ...arraysOf('lead', is_listed ? LISTED_COLUMNS : COLUMNS, rows),
    ...arraysOf(
      'phone',
      PHONE_COLUMNS,
      rows.flatMap(({ i, phones }) => phones.map((phone) => ({ i, ...phone }))),
    ),
    ...arraysOf(
      'number',
      NUMBER_COLUMNS,
      rows.flatMap(({ i, numbers }) => numbers.map((phone) => ({ i, phone }))),
    ),
    ...(is_listed ? hashArrays(rows) : {}),
  }
  const insertAs = () => {
    if (comparing) {
      const { by, ...params } = comparing
      return db.query(IMPORT[by], { ...arrays, ...sameArrays(rows), ...params })
    }
    if (is_listed)
      return db.query(has_outcomes || is_lenient ? INSERT_LISTED_WITH_OUTCOMES : INSERT_LISTED, arrays)
    return db.query(has_outcomes ? INSERT_WITH_OUTCOMES : is_lenient ? INSERT_LENIENT : INSERT, arrays)
  }
  const verdicts = await insertAs()
  if (verdicts.length !== rows.length) throw new Error(`${rows.length} rows gave ${verdicts.length} verdicts`)
  return verdicts
}
