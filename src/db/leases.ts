// Leases: which lead was handed to whom, and what became of it.

import { LIMITS } from '../core/limits.ts'
import { teamIdsOf } from './dnc.ts'
import type { Db } from './pool.ts'
import { clock, statement } from './statement.ts'

export interface LeaseKey {
  campaign_id: number
  lease_number: number
}

export interface Lease extends LeaseKey {
  lead_number: number
  allocation_id: number
  /** The virtual allocation that was asked; null: the lead's own. */
  drawn_by: number | null
  /** The version that the dialler saw. */
  lead_version: number
  taker: string
  leased_at: string
  expires_at: string
  ended_how: 'outcome' | 'returned' | null
  outcome: { digest: string; answer: Record<string, unknown> } | null
  /** Outcomes of the lead from elsewhere since the lease began. */
  since: { disposition: string; at: string }[]
}

const FIND = statement<LeaseKey, Lease>(
  'leases.find',
  `select s.campaign_id, s.lease_number, s.lead_number, s.allocation_id, s.drawn_by, s.lead_version, s.taker,
     s.leased_at, s.expires_at, s.ended_how, s.outcome, (
       select coalesce(json_agg(json_build_object('disposition', r.disposition, 'at', r.at)), '[]')
       from (
         select r.disposition, r.at from call_records r
         where r.campaign_id = s.campaign_id and r.lead_number = s.lead_number
         order by r.call_id offset s.lead_calls) r) as since
   from leases s where s.campaign_id = :campaign_id and s.lease_number = :lease_number`,
)

export const findLease = async (db: Db, { campaign_id, lease_number }: LeaseKey) =>
  (await db.query(FIND, { campaign_id, lease_number }))[0]

/** A lease that runs, as its taker has it. */
export interface HeldLease extends LeaseKey {
  lead_number: number
  agent: string | null
  leased_at: string
  expires_at: string
  /** E.164, in their order. Null: calls are not counted, so every number of the lead may be dialled. */
  numbers: string[] | null
}

const HELD = statement<{ allocation_ids: readonly number[]; taker: string; rows_max: number }, HeldLease>(
  'leases.held',
  `select s.campaign_id, s.lead_number, s.lease_number, s.agent, s.leased_at, s.expires_at,
     case when s.numbers is not null then array(
       select '+' || n.number from unnest(s.numbers) with ordinality n (number, nth) order by n.nth)
     end as numbers
   from queue q join leases s on s.campaign_id = q.campaign_id and s.lease_number = q.lease_number
   where q.allocation_id = any (:allocation_ids::integer[]) and q.wake_at > ${clock()}
     and q.wake_at <= ${clock()} + interval '${LIMITS.lease_s_max} s'
     and q.state = 'leased' and s.taker = :taker
   order by s.lease_number limit :rows_max`,
)

/** The leads of the allocations that a taker has now, the first one taken first. */
export const heldLeases = (db: Db, allocation_ids: readonly number[], taker: string, rows_max: number) =>
  db.query(HELD, { allocation_ids, taker, rows_max })

const RETURNED = statement<LeaseKey & { now: string | null }>(
  'leases.returned',
  `update leases set ended_at = ${clock()}, ended_how = 'returned', numbers = null
   where campaign_id = :campaign_id and lease_number = :lease_number and ended_how is null`,
)

export const noteReturned = (tx: Db, { campaign_id, lease_number }: LeaseKey, now: string | null) =>
  tx.query(RETURNED, { campaign_id, lease_number, now })

export interface ForgottenOutcome extends LeaseKey {
  disposition: string
  at: string
  duration_s: number | null
  outcome: object
  actor: string
  way: string
  request_id: string
  /** The number that must not be called again; null: no such outcome. The call record of a forgotten lead has none. */
  dnc_phone: number | null
}

const OUTCOME_OF_FORGOTTEN = statement<Omit<ForgottenOutcome, 'outcome'> & { outcome: string }>(
  'leases.outcomeOfForgotten',
  `with ended as (
     update leases set ended_at = coalesce(ended_at, :at::timestamptz), ended_how = 'outcome',
       outcome = :outcome::jsonb
     where campaign_id = :campaign_id and lease_number = :lease_number and outcome is null
     returning lead_number, allocation_id),
   call as (
     insert into call_records (campaign_id, lead_number, allocation_id, disposition, at, duration_s,
       lease_number, actor, way, request_id)
     select :campaign_id, lead_number, allocation_id, :disposition, :at, :duration_s::integer,
       :lease_number, :actor, :way, :request_id from ended),
   blocked as (
     insert into dnc_entries (list, phone, reason, added_by, team_ids)
     select 'private', :dnc_phone::bigint, :disposition, :actor, ${teamIdsOf(':campaign_id')}
     from ended where :dnc_phone is not null)
   select lead_number from ended`,
)

/** Keeps the outcome of a lead that is forgotten; false: the lease has one already. */
export const writeForgottenOutcome = async (db: Db, outcome: ForgottenOutcome) => {
  const params = { ...outcome, outcome: JSON.stringify(outcome.outcome) }
  return (await db.query(OUTCOME_OF_FORGOTTEN, params)).length > 0
}
