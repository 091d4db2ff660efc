// The consents of a lead to be called: recorded and withdrawn, never changed.

import { Type } from 'typebox'
import { CONSENT_KINDS, readConsent, readLine } from '../../core/consent.ts'
import { LIMITS } from '../../core/limits.ts'
import { refuseField } from '../../core/result.ts'
import { contactHoursNamed } from '../../core/rules.ts'
import { consentsOf } from '../../db/consents.ts'
import { recordConsent, takeBackConsent } from '../../intake/consents.ts'
import { orRefuse } from '../errors.ts'
import { get, post, put, routes } from '../route.ts'
import { seenLead } from './leads.ts'
import { page } from './page.ts'
import {
  ActorName,
  closed,
  Id,
  LeadParams,
  NullableText,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  shape,
  Time,
} from './shapes.ts'

const Kind = oneOf(CONSENT_KINDS, 'express: said or written; inferred: from what the person does')
// Two units are one character at the most; the rule counts characters.
const Line = nullable(Type.String({ maxLength: 2 * LIMITS.short_text_points_max }))
const Instant = Type.String({ maxLength: 40, description: 'RFC 3339' })

const NewConsent = closed('NewConsent', {
  kind: Kind,
  given_at: Type.Optional({ ...Instant, description: 'When it was given, RFC 3339; absent: now' }),
  given_by: Type.Optional({ ...Line, description: 'The person who gave it, where it is not the lead' }),
  text: Type.String({
    maxLength: 2 * LIMITS.text_points_max,
    description: 'What was agreed to, word for word',
  }),
  source: Type.Optional({ ...Line, description: 'Where it was given: a form, a recording, a contract' }),
  expires_at: Type.Optional(
    nullable(
      Instant,
      'Until when it counts. Null: until it is withdrawn. Absent: as the law of the region says: in Australia express consent lapses after three months',
    ),
  ),
})
const Withdrawal = closed('ConsentWithdrawal', { reason: Type.Optional(Line) })

export const CONSENT = {
  kind: Kind,
  given_at: Time,
  given_by: NullableText,
  text: Type.String(),
  source: NullableText,
  expires_at: nullable(Time, 'From then on it does not count; null: until it is withdrawn'),
  withdrawn_at: nullable(Time),
  withdrawn_by: NullableText,
  withdrawn_by_name: ActorName,
  withdrawn_way: NullableText,
  withdrawn_reason: NullableText,
}
const Consent = shape('Consent', {
  consent_id: Id,
  lead_id: Type.String(),
  counts: Type.Boolean({ description: 'Neither withdrawn nor lapsed' }),
  ...CONSENT,
  at: Time,
  actor: Type.String({ description: 'key:7, operator:3 or system' }),
  actor_name: ActorName,
  way: Type.String(),
})
const ConsentParams = Type.Object({
  ...LeadParams.properties,
  consent_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})

export const consents = routes('leads', {
  consents: get('/v1/leads/:id/consents', {
    scope: 'read',
    summary: 'The consents of a lead, newest first',
    params: LeadParams,
    query: PageQuery,
    answer: pageOf(Consent),
    handle: async (call) => {
      const lead = await seenLead(call, call.params.id)
      return page(
        call.query,
        ({ after, rows_max }) => consentsOf(call.services.pool, lead, { before: after || null, rows_max }),
        (row) => row.consent_id,
      )
    },
  }),

  addConsent: post('/v1/leads/:id/consents', {
    scope: 'write',
    summary: 'Record a consent of a lead',
    params: LeadParams,
    body: NewConsent,
    created: Consent,
    handle: async (call) => {
      const { by, caller, services } = call
      const { campaign_id, number, contact_hours } = await seenLead(call, call.params.id)
      const rules = orRefuse(await services.intake.targets.find({ campaign_id }, caller))
      const { zone } = contactHoursNamed(rules, contact_hours) ?? rules.contact_hours
      const now = services.now()
      const consent = orRefuse(readConsent(call.body, { region: rules.region, zone }, now))
      const lead = { campaign_id, number }
      const recorded = orRefuse(await recordConsent(services.pool, lead, consent, { by, now }))
      services.feed.wakeAll(recorded.unparked)
      return recorded.consent
    },
  }),

  withdrawConsent: put('/v1/leads/:id/consents/:consent_id/withdrawal', {
    scope: 'write',
    summary: 'Withdraw a consent of a lead',
    params: ConsentParams,
    body: Withdrawal,
    answer: Consent,
    handle: async (call) => {
      const { by, body, params, services } = call
      const { campaign_id, number } = await seenLead(call, params.id)
      const reason = readLine(body.reason)
      if ('problem' in reason) return orRefuse(refuseField('/reason', reason.problem))
      const deed = { by, now: services.now() }
      const lead = { campaign_id, number }
      return orRefuse(
        await takeBackConsent(services.pool, lead, params.consent_id, reason.text || null, deed),
      )
    },
  }),
})
