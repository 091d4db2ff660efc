// Consents of leads to be called: a record that only grows. A withdrawal is stamped on its consent.

import type { Consent } from '../core/consent.ts'
import type { LeadKey } from '../core/lead.ts'
import { actorName } from './actors.ts'
import type { Db } from './pool.ts'
import { clock, statement } from './statement.ts'

/** Whether a consent counts, as SQL. */
export const countsNow = (consent: string, now = clock()) =>
  `${consent}.withdrawn_at is null and (${consent}.expires_at is null or ${consent}.expires_at > ${now})`

export interface ConsentRow extends Consent {
  consent_id: number
  lead_id: string
  counts: boolean
  at: string
  actor: string
  actor_name: string | null
  way: string
  withdrawn_at: string | null
  withdrawn_by: string | null
  withdrawn_by_name: string | null
  withdrawn_way: string | null
  withdrawn_reason: string | null
}

const CONSENT = `c.consent_id, c.campaign_id || '-' || c.lead_number as lead_id, c.kind, c.given_at,
     c.given_by, c.text, c.source, c.expires_at, ${countsNow('c')} as counts, c.at, c.actor,
     ${actorName('c.actor')} as actor_name, c.way, c.withdrawn_at, c.withdrawn_by,
     ${actorName('c.withdrawn_by')} as withdrawn_by_name, c.withdrawn_way, c.withdrawn_reason`

interface Deed {
  /** RFC 3339 */
  at: string
  actor: string
  way: string
  request_id: string
}

const ADD = statement<LeadKey & Consent & Deed, ConsentRow & { is_new: boolean }>(
  'consents.add',
  `with there as (
     select * from lead_consents
     where campaign_id = :campaign_id and lead_number = :number and actor = :actor and kind = :kind
       and given_at = :given_at::timestamptz and text = :text and withdrawn_at is null
       and (given_by, source, expires_at)
         is not distinct from (:given_by::text, :source::text, :expires_at::timestamptz)
     limit 1),
   added as (
     insert into lead_consents (campaign_id, lead_number, kind, given_at, given_by, text, source, expires_at,
       at, actor, way, request_id)
     select :campaign_id, :number, :kind, :given_at, :given_by, :text, :source, :expires_at,
       :at, :actor, :way, :request_id
     where not exists (select from there)
     returning *)
   select ${CONSENT}, exists (select from added) as is_new
   from (select * from there union all select * from added) c`,
)

/** Adds a consent to a locked lead; one that is sent again is the one that is there. */
export async function addConsent(
  tx: Db,
  consent: LeadKey & Consent & Deed,
): Promise<{ consent: ConsentRow; is_new: boolean }> {
  const { is_new, ...row } = (await tx.query(ADD, consent))[0]!
  return { consent: row, is_new }
}

type ConsentKey = LeadKey & { consent_id: number }

const WITHDRAW = statement<ConsentKey & Omit<Deed, 'request_id'> & { reason: string | null }>(
  'consents.withdraw',
  `update lead_consents
   set withdrawn_at = :at, withdrawn_by = :actor, withdrawn_way = :way, withdrawn_reason = :reason
   where campaign_id = :campaign_id and lead_number = :number and consent_id = :consent_id
     and withdrawn_at is null
   returning consent_id`,
)

/** False: there is no such consent, or it was withdrawn before. */
export const withdrawConsent = async (
  tx: Db,
  withdrawal: ConsentKey & Omit<Deed, 'request_id'> & { reason: string | null },
) => (await tx.query(WITHDRAW, withdrawal)).length > 0

const FIND = statement<ConsentKey, ConsentRow>(
  'consents.find',
  `select ${CONSENT} from lead_consents c
   where c.campaign_id = :campaign_id and c.lead_number = :number and c.consent_id = :consent_id`,
)

export const consentOf = async (db: Db, { campaign_id, number, consent_id }: ConsentKey) =>
  (await db.query(FIND, { campaign_id, number, consent_id }))[0]

interface Asked {
  /** Consents before this one; null: from the newest. */
  before: number | null
  rows_max: number
}

const OF_LEAD = statement<LeadKey & Asked, ConsentRow>(
  'consents.ofLead',
  `select ${CONSENT} from lead_consents c
   where c.campaign_id = :campaign_id and c.lead_number = :number
     and (:before::bigint is null or c.consent_id < :before)
   order by c.consent_id desc limit :rows_max`,
)

/** The consents of a lead, newest first, withdrawn and lapsed ones included. */
export const consentsOf = (db: Db, { campaign_id, number }: LeadKey, { before, rows_max }: Asked) =>
  db.query(OF_LEAD, { campaign_id, number, before, rows_max })
