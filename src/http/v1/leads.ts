// One lead: its values now and in the past, its history, its calls; and forgetting it.

import { Type } from 'typebox'
import { mayDo } from '../../core/access.ts'
import { type LeadState, readLeadId, valuesOf } from '../../core/lead.ts'
import { hasRole } from '../../core/operator.ts'
import { refuse } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { WARNING_CODES } from '../../core/warnings.ts'
import { callsOf } from '../../db/calls.ts'
import { eventOf, eventsOf, shownOf, type Viewed, viewLead } from '../../db/leads.ts'
import { mergesOf } from '../../db/merges.ts'
import { forget } from '../../intake/forget.ts'
import { baseOf, type Reader } from '../../intake/sides.ts'
import type { Call, Caller } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { tagOf } from '../if-match.ts'
import { del, get, routes } from '../route.ts'
import { DecidedMerge, RestoredSide, withMerges } from './decided.ts'
import { page } from './page.ts'
import {
  ActorName,
  Lead,
  LeadParams,
  NullableText,
  named,
  nullable,
  OldAndNew,
  oneOf,
  PageQuery,
  pageOf,
  record,
  shape,
  Time,
  ValuesShape,
  Version,
} from './shapes.ts'

const Warning = shape('Warning', { code: named('WarningCode', oneOf(WARNING_CODES)), field: Type.String() })
const Restored = Type.Object({
  merge_id: Type.Integer({ description: 'The decision that had given them up' }),
  group: Type.String(),
  side: RestoredSide,
})
const HistoryEvent = shape('HistoryEvent', {
  version: Type.Integer(),
  at: Time,
  actor: Type.String({ description: 'key:7, operator:3, action:4 or system' }),
  actor_name: ActorName,
  way: Type.String(),
  request_id: Type.String(),
  changes: nullable(record(OldAndNew), 'Path to [old, new]; null for the insert'),
  warnings: Type.Array(Warning, { description: 'Values that were read otherwise than they were sent' }),
  merge: nullable(DecidedMerge, 'The decisions of a person where changes had met; null: none were needed'),
  set_aside: Type.Array(DecidedMerge, {
    description:
      'Decisions about this version that left the lead as it was: they gave up values all the same',
  }),
  reverts: nullable(Version, 'The version that this one undid; null: it undid none'),
  restores: nullable(Restored, 'The values that this version gave back; null: it gave none back'),
})
const CallRecord = shape('CallRecord', {
  call_id: Type.Integer(),
  lead_id: Type.String(),
  disposition: Type.String(),
  phone: NullableText,
  at: Time,
  duration_s: nullable(
    Type.Integer({ description: 'How long the call lasted; null: the dialler did not say' }),
  ),
  unique_call_id: nullable(
    Type.String({ description: 'The id of the call in the telephone system, as the dialler said it' }),
  ),
  actor: Type.String(),
  actor_name: ActorName,
  way: Type.String(),
})

const VersionParams = Type.Object({ id: Type.String(), version: Version })
const FieldTexts = Type.Record(Type.String(), Type.String())
const LeadVersion = shape('LeadVersion', {
  lead_id: Type.String(),
  version: Type.Integer(),
  at: Time,
  actor: Type.String(),
  actor_name: ActorName,
  way: Type.String(),
  request_id: Type.String(),
  values: ValuesShape,
  fields: FieldTexts,
  unmapped: FieldTexts,
})

export const leads = routes('leads', {
  lead: get('/v1/leads/:id', {
    scope: 'read',
    summary: 'A lead',
    params: LeadParams,
    answer: Lead,
    handle: async (call) => {
      const { intake, now } = call.services
      const lead = await intake.targets.marked(shownOf(await seenLead(call, call.params.id)), now())
      call.reply.header('ETag', tagOf(lead.version))
      return lead
    },
  }),

  forgetLead: del('/v1/leads/:id', {
    scope: 'supervise',
    summary: 'Forget a lead',
    params: LeadParams,
    handle: async (call) => {
      const { campaign_id, number } = await seenLead(call, call.params.id)
      if (!(await forget(call.services.pool, campaign_id, number, call.by))) orRefuse(NO_LEAD)
    },
  }),

  leadHistory: get('/v1/leads/:id/history', {
    scope: 'read',
    summary: 'The changes of a lead: values, time, author',
    params: LeadParams,
    query: PageQuery,
    answer: pageOf(HistoryEvent),
    handle: async (call) => {
      const lead = await seenLead(call, call.params.id)
      const { pool } = call.services
      const events = await page(
        call.query,
        (asked) => eventsOf(pool, lead, asked),
        (row) => row.version,
      )
      const [first, last] = [events.items[0], events.items.at(-1)]
      const merges = first && last ? await mergesOf(pool, lead, first.version, last.version) : []
      return { ...events, items: events.items.map((event) => withMerges(event, merges)) }
    },
  }),

  leadVersion: get('/v1/leads/:id/versions/:version', {
    scope: 'read',
    summary: 'A lead as it was',
    params: VersionParams,
    answer: LeadVersion,
    handle: async (call) => {
      const { id, version } = call.params
      const { lead, rules } = await foundLead(call, id)
      const { pool } = call.services
      const was = await baseOf(pool, lead, version, rules)
      if (was.refusal) return orRefuse(refuse('UNKNOWN_TARGET', was.refusal.detail))
      const { at, actor, actor_name, way, request_id } = (await eventOf(pool, lead, version))!
      const { fields, unmapped } = was.ok
      const values = valuesOf(was.ok)
      return { lead_id: id, version, at, actor, actor_name, way, request_id, values, fields, unmapped }
    },
  }),

  leadCalls: get('/v1/leads/:id/calls', {
    scope: 'read',
    summary: 'Call records of a lead',
    params: LeadParams,
    query: PageQuery,
    answer: pageOf(CallRecord),
    handle: async (call) => {
      const lead = await seenLead(call, call.params.id)
      return page(
        call.query,
        (asked) => callsOf(call.services.pool, lead, asked),
        (row) => row.call_id,
      )
    },
  }),
})

const NO_LEAD = refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead')

/** The lead of an id, if the caller may see it. */
export async function seenLead({ services, caller }: Call, id: string): Promise<Viewed> {
  const key = readLeadId(id)
  const lead = key && (await viewLead(services.pool, key, caller))
  return lead ?? orRefuse(NO_LEAD)
}

/** The lead of an id as it is now, with the rules of its campaign, if the caller may see it. */
export async function foundLead(
  { services: { intake }, caller, deadline, by, notes }: Call,
  id: string,
): Promise<{ lead: LeadState; rules: Rules }> {
  const key = readLeadId(id)
  if (!key) return orRefuse(NO_LEAD)
  const rules = await intake.targets.find({ campaign_id: key.campaign_id }, caller)
  if (rules.refusal) return orRefuse(NO_LEAD)
  notes.campaign_id = key.campaign_id
  const lead = await intake.find({ ...key, external_id: null }, deadline, by)
  return lead ? { lead, rules: rules.ok } : orRefuse(NO_LEAD)
}

/**
 * Whether the caller may raise a priority although the customer has asked for the call: operators with some say may,
 * keys may not.
 */
export const mayPutOff = ({ operator }: Caller) => operator !== null && hasRole(operator.role, 'lead')

/** The caller as a reader of conflicts. */
export const readerOf = ({ team_ids, scopes }: Caller): Reader => ({
  team_ids,
  may_overrule: mayDo(scopes, ['supervise']),
})

export const mayRead = ({ scopes }: Caller) => mayDo(scopes, ['read'])
