// A consent of a lead is recorded or withdrawn. It changes no value, so it makes no version and can clash with nothing.

import type { Consent } from '../core/consent.ts'
import { type LeadKey, leadId } from '../core/lead.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { freeSharers, numbersOfLead } from '../db/attempts.ts'
import { audit } from '../db/audit.ts'
import { addConsent, type ConsentRow, consentOf, withdrawConsent } from '../db/consents.ts'
import { lockLead } from '../db/lead-update.ts'
import type { Unparked } from '../db/parking.ts'
import type { Db, Pool } from '../db/pool.ts'
import type { Actor } from './actor.ts'
import { pastLocks } from './locks.ts'

interface Deed {
  by: Actor
  now: string
}

/** Answers the consent, and which leads may be called by now. */
export const recordConsent = (
  pool: Pool,
  lead: LeadKey,
  consent: Consent,
  { by, now }: Deed,
): Promise<Result<{ consent: ConsentRow; unparked: Unparked[] }>> =>
  withLead(pool, lead, async (tx) => {
    const added = await addConsent(tx, { ...lead, ...consent, ...authorOf(by), at: now })
    if (added.is_new) await note(tx, lead, 'consent.add', added.consent, by)
    // Whoever parks it for want of a consent holds its numbers, and is done by then.
    const unparked = await freeSharers(tx, await numbersOfLead(tx, lead))
    return ok({ consent: added.consent, unparked })
  })

/** One that was withdrawn before stays as it was withdrawn first. */
export const takeBackConsent = (
  pool: Pool,
  lead: LeadKey,
  consent_id: number,
  reason: string | null,
  { by, now }: Deed,
): Promise<Result<ConsentRow>> =>
  withLead(pool, lead, async (tx) => {
    const { actor, way } = by
    const is_new = await withdrawConsent(tx, { ...lead, consent_id, at: now, actor, way, reason })
    const consent = await consentOf(tx, { ...lead, consent_id })
    if (!consent) return refuse('UNKNOWN_TARGET', 'the lead has no such consent')
    if (is_new) await note(tx, lead, 'consent.withdraw', consent, by)
    return ok(consent)
  })

const authorOf = ({ actor, way, request_id }: Actor) => ({ actor, way, request_id })

const note = (
  tx: Db,
  { campaign_id, number }: LeadKey,
  action: string,
  { consent_id, kind }: ConsentRow,
  by: Actor,
) =>
  audit(tx, {
    ...by,
    action,
    subject: `lead:${leadId(campaign_id, number)}`,
    details: { consent_id, kind },
  })

/** The lock keeps a lead that is being forgotten from getting a consent that nobody would remove. */
async function withLead<T>(
  pool: Pool,
  { campaign_id, number }: LeadKey,
  work: (tx: Db) => Promise<Result<T>>,
): Promise<Result<T>> {
  const done = await pastLocks(() =>
    pool.transaction(async (tx) => (await lockLead(tx, { campaign_id, number })) && (await work(tx)), {
      retry: 'clash',
    }),
  )
  return done ?? refuse('COULDNT_FIND_THE_LEAD', 'the lead was forgotten meanwhile')
}
