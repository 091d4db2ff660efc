// The feed of a dialler: leases and outcomes.

import { Type } from 'typebox'
import { leadId, leaseId, readLeaseId } from '../../core/lead.ts'
import { LIMITS } from '../../core/limits.ts'
import { refuse } from '../../core/result.ts'
import { findLease, heldLeases, type Lease } from '../../db/leases.ts'
import { isAmong, NO_LEASE } from '../../intake/outcome.ts'
import { nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, put, routes } from '../route.ts'
import { admitted } from './queue.ts'
import {
  BadValueQuery,
  Closed,
  closed,
  IdParams,
  Lead,
  Name,
  NullableText,
  nullable,
  oneOf,
  readingOf,
  record,
  shape,
  Time,
} from './shapes.ts'

const LeaseSeconds = Type.Integer({ minimum: 1, maximum: LIMITS.lease_s_max })

const LeaseParams = Type.Object({
  id: Type.String({ maxLength: 60, description: 'campaign-lead-lease: 41-1207-88213' }),
})
const LeaseRequest = closed('LeaseRequest', {
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.leases_max, default: 1 })),
  lease_s: Type.Optional({ ...LeaseSeconds, default: LIMITS.lease_s_default }),
  agent: Type.Optional({ ...Name, description: 'The agent whose own callbacks may be among the leads' }),
  wait_s: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LIMITS.lease_wait_s_max,
      default: 0,
      description: 'How long to wait for the first lead when there is none',
    }),
  ),
})
const HandedOut = shape('HandedOut', {
  lease_id: Type.String(),
  expires_at: Time,
  numbers: Type.Array(Type.Object({ field: Type.String(), number: Type.String() }), {
    description: 'The numbers to dial, in this order',
  }),
  lead: Lead,
})
const Leases = Type.Object({ items: Type.Array(HandedOut) })
const HeldLease = shape('HeldLease', {
  lease_id: Type.String(),
  lead_id: Type.String(),
  agent: NullableText,
  leased_at: Time,
  expires_at: Time,
  numbers: Type.Unsafe<string[] | null>({
    anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }],
    description:
      'The numbers that may be dialled, in this order; null: every one that the lead shows as free',
  }),
})
const LeasePatch = Type.Object({ lease_s: LeaseSeconds }, Closed)
const Extended = Type.Object({ lease_id: Type.String(), expires_at: Time })

const Text = Type.String({ maxLength: 100_000 })
const Texts = record(Type.Union([Text, Type.Null()]))
const Report = closed('CallReport', {
  disposition: Type.String({ minLength: 1, maxLength: 200 }),
  phone: Type.String({ minLength: 1, maxLength: 100, description: 'The number that was dialled' }),
  phone_state: Type.Optional(oneOf(['wrong', 'disconnected'], 'What the call showed about the number')),
  at: Type.Optional(
    Type.String({ maxLength: 40, description: 'When the call ended, RFC 3339; absent: now' }),
  ),
  duration_s: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LIMITS.call_s_max,
      description: 'How long the call lasted, seconds',
    }),
  ),
  unique_call_id: Type.Optional(
    Type.String({ maxLength: 1_000, description: 'The id of the call in the telephone system' }),
  ),
  callback: Type.Optional(
    nullable(
      Type.String({
        maxLength: 40,
        description: "Local wall time in the lead's contact hours: 2026-10-04T14:30",
      }),
    ),
  ),
  callback_agent: Type.Optional(nullable({ ...Name })),
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  fields: Type.Optional(Texts),
  unmapped: Type.Optional(Texts),
  note: Type.Optional(Type.String({ maxLength: 100_000, description: 'A note about the lead' })),
})
const Reported = shape('CallReported', {
  lease_id: Type.String(),
  lead_id: Type.String(),
  version: nullable(Type.Integer({ description: 'Null: the lead is forgotten' })),
  applied: Type.Boolean({
    description: 'False: a stricter or later outcome was reported meanwhile, and the lead follows that one',
  }),
  disposition: NullableText,
  closed: Type.Boolean(),
  callback_at: NullableText,
  priority: nullable(Type.Integer()),
  held: Type.Array(Type.String(), { description: 'Groups that clash and wait under /v1/conflicts' }),
  not_taken: Type.Array(
    Type.Object({
      code: Type.Integer(),
      name: Type.String(),
      field: Type.String(),
      detail: Type.String(),
    }),
    { description: 'Phone fields that the lead could not get' },
  ),
})

export const feed = routes('dialling', {
  takeLeases: post('/v1/allocations/:id/leases', {
    scope: 'dial',
    summary: 'Take the next leads to call',
    params: IdParams,
    body: LeaseRequest,
    answer: Leases,
    handle: async (call) => {
      const { services, by, body } = call
      const { id } = call.params
      const gone = new AbortController()
      if (call.request.raw.socket.destroyed) gone.abort()
      call.reply.raw.once('close', () => {
        if (!call.reply.raw.writableEnded) gone.abort()
      })
      const items = await services.feed.lease({
        allocation_id: id,
        admit: async () => {
          await call.readmit()
          return admitted(call, id)
        },
        count: body.count ?? 1,
        lease_s: body.lease_s ?? LIMITS.lease_s_default,
        agent: body.agent ?? null,
        taker: by.actor,
        wait_ms: (body.wait_s ?? 0) * 1_000,
        signal: gone.signal,
      })
      return { items }
    },
  }),

  heldLeases: get('/v1/allocations/:id/leases', {
    scope: 'dial',
    summary: 'The leads that you have now',
    params: IdParams,
    answer: Type.Object({ items: Type.Array(HeldLease) }),
    handle: async (call) => {
      const { id } = call.params
      const { members = [id] } = await admitted(call, id)
      const held = await heldLeases(call.services.pool, members, call.by.actor, LIMITS.leases_max)
      const items = held.map(({ campaign_id, lead_number, lease_number, ...lease }) => ({
        lease_id: leaseId(campaign_id, lead_number, lease_number),
        lead_id: leadId(campaign_id, lead_number),
        ...lease,
      }))
      return { items }
    },
  }),

  reportOutcome: put('/v1/leases/:id/outcome', {
    scope: 'dial',
    summary: 'Report the outcome of a call',
    params: LeaseParams,
    query: BadValueQuery,
    body: Report,
    answer: Reported,
    handle: async (call) => {
      const { lease, rules } = await namedLease(call, call.params.id)
      const { answer, warnings } = orRefuse(
        await call.services.intake.report({
          rules,
          lease,
          allocation_ids: call.caller.allocation_ids,
          report: call.body,
          reading: readingOf(call.query),
          by: { ...call.by, way: 'dialler' },
          now: call.services.now(),
          deadline: call.deadline,
        }),
      )
      nameWarnings(call, warnings)
      return answer
    },
  }),

  extendLease: patch('/v1/leases/:id', {
    scope: 'dial',
    repeatable: true,
    summary: 'Keep a lead for longer',
    params: LeaseParams,
    body: LeasePatch,
    answer: Extended,
    handle: async (call) => {
      const { id } = call.params
      const lease = await leaseOf(call, id)
      const expires_at = await call.services.feed.extend(lease, call.body.lease_s)
      if (expires_at === undefined)
        return orRefuse(refuse('UNKNOWN_TARGET', 'this lease has ended: its outcome can still be reported'))
      return { lease_id: id, expires_at }
    },
  }),

  handBackLease: del('/v1/leases/:id', {
    scope: 'dial',
    summary: 'Hand a lead back without a call',
    params: LeaseParams,
    handle: async (call) => {
      const lease = await leaseOf(call, call.params.id)
      await call.services.feed.handBack(lease)
    },
  }),
})

/** The lease that an id names, if the caller may see its campaign. Whether it exists is not known yet. */
async function namedLease({ services, caller }: Call, id: string) {
  const lease = readLeaseId(id) ?? orRefuse(NO_LEASE)
  const { campaign_id } = lease
  const rules = await services.intake.targets.find({ campaign_id }, caller)
  return { lease, rules: orRefuse(rules.refusal ? NO_LEASE : rules) }
}

/** The lease of an id, if the caller may see it. */
async function leaseOf(call: Call, id: string): Promise<Lease> {
  const named = (await namedLease(call, id)).lease
  const lease = await findLease(call.services.pool, named)
  if (lease?.lead_number !== named.lead_number || !isAmong(call.caller.allocation_ids, lease))
    return orRefuse(NO_LEASE)
  return lease
}
