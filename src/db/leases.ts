// Leases: which lead was handed to whom, and what became of it.

import { teamIdsOf } from './dnc.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

export interface LeaseKey {
  campaign_id: number
  lease_number: number
}

export interface Lease extends LeaseKey {
  lead_number: number
  allocation_id: number
  /** What the dialler saw. */
  lead_version: number
  taker: string
  leased_at: string
  expires_at: string
  ended_how: 'outcome' | 'returned' | null
  outcome: { digest: string; answer: Record<string, unknown> } | null
  /** Outcomes of the lead from elsewhere since the lease began. */
  since: { disposition: string; at: string }[]
}

const FIND = statement(
  'leases.find',
  `select s.campaign_id, s.lease_number, s.lead_number, s.allocation_id, s.lead_version, s.taker, s.leased_at,
     s.expires_at, s.ended_how, s.outcome, (
       select coalesce(json_agg(json_build_object('disposition', r.disposition, 'at', r.at)), '[]')
       from (
         select r.disposition, r.at from call_records r
         where r.campaign_id = s.campaign_id and r.lead_number = s.lead_number
         order by r.call_id offset s.lead_calls) r) as since
   from leases s where s.campaign_id = $1 and s.lease_number = $2`,
)

export const findLease = async (db: Db, { campaign_id, lease_number }: LeaseKey) =>
  (await db.query<Lease>(FIND, [campaign_id, lease_number]))[0]

const SHOWN = statement(
  'leases.shown',
  `update leases s set lead_version = u.version, lead_calls = u.calls
   from unnest($2::bigint[], $3::integer[], $4::integer[]) as u (lease_number, version, calls)
   where s.campaign_id = $1 and s.lease_number = u.lease_number`,
)

/** Leases whose lead has changed between being leased and being shown. */
export const noteShown = (
  db: Db,
  campaign_id: number,
  rows: readonly { lease_number: number; version: number; calls: number }[],
) =>
  db.query(SHOWN, [
    campaign_id,
    rows.map(({ lease_number }) => lease_number),
    rows.map(({ version }) => version),
    rows.map(({ calls }) => calls),
  ])

const RETURNED = statement(
  'leases.returned',
  `update leases set ended_at = coalesce($3::timestamptz, now()), ended_how = 'returned'
   where campaign_id = $1 and lease_number = $2 and ended_how is null`,
)

export const noteReturned = (tx: Db, { campaign_id, lease_number }: LeaseKey, now: string | null) =>
  tx.query(RETURNED, [campaign_id, lease_number, now])

const OUTCOME_OF_FORGOTTEN = statement(
  'leases.outcomeOfForgotten',
  `with ended as (
     update leases set ended_at = coalesce(ended_at, $4), ended_how = 'outcome', outcome = $5::jsonb
     where campaign_id = $1 and lease_number = $2 and outcome is null
     returning lead_number, allocation_id),
   call as (
     insert into call_records (campaign_id, lead_number, allocation_id, disposition, at, duration_s, lease_number, actor, way, request_id)
     select $1, lead_number, allocation_id, $3, $4::timestamptz, $10::integer, $2, $6, $7, $8 from ended),
   blocked as (
     insert into dnc_entries (list, phone, reason, added_by, team_ids)
     select 'private', $9::bigint, $3, $6, ${teamIdsOf('$1')} from ended where $9 is not null)
   select lead_number from ended`,
)

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

/** Keeps the outcome of a lead that is forgotten; false: the lease has one already. */
export const writeForgottenOutcome = async (db: Db, outcome: ForgottenOutcome) =>
  (
    await db.query(OUTCOME_OF_FORGOTTEN, [
      outcome.campaign_id,
      outcome.lease_number,
      outcome.disposition,
      outcome.at,
      JSON.stringify(outcome.outcome),
      outcome.actor,
      outcome.way,
      outcome.request_id,
      outcome.dnc_phone,
      outcome.duration_s,
    ])
  ).length > 0
