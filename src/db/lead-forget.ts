// Forgetting a lead: what is left of it names nobody.

import type { LeadKey } from '../core/lead.ts'
import { FORGOTTEN } from './lead-row.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

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
   handed_out as (
     update leases s set numbers = null
     from (
       select l.lease_number from leases l
       where l.campaign_id = :campaign_id and l.lead_number = :number and l.ended_at is null
       union
       select r.lease_number from call_records r
       where r.campaign_id = :campaign_id and r.lead_number = :number and r.lease_number is not null) known
     where s.campaign_id = :campaign_id and s.lease_number = known.lease_number and s.numbers is not null),
   notes as (delete from lead_notes where campaign_id = :campaign_id and lead_number = :number),
   consents as (delete from lead_consents where campaign_id = :campaign_id and lead_number = :number),
   phones as (delete from lead_phones where campaign_id = :campaign_id and lead_number = :number),
   -- A row even where there is none yet: the indexer may have read the lead and be about to write.
   text as (
     insert into lead_texts (campaign_id, lead_number, version, text)
     select :campaign_id, :number, version, '' from tombstone
     on conflict (campaign_id, lead_number) do update set version = excluded.version, text = ''),
   -- What is no number of the lead may be a row that was not taken of a do-not-call file.
   rejects as (
     delete from dnc_file_rejects r
     where r.phone = any (array(
       select given.value from leads l cross join lateral jsonb_each_text(l.fields) given
       where l.campaign_id = :campaign_id and l.number = :number))),
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
