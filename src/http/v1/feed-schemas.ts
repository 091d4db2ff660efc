// The shapes of the feed: leases, outcomes, the queue.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { Lead } from './lead-schemas.ts'
import { Closed, Id, Name, NullableText, nullable, oneOf, record, Time } from './shapes.ts'

const LeaseSeconds = Type.Integer({ minimum: 1, maximum: LIMITS.lease_s_max })

export const LeaseParams = Type.Object({
  id: Type.String({ maxLength: 60, description: 'campaign-lead-lease: 41-1207-88213' }),
})
export const LeaseRequest = Type.Object(
  {
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.leases_max, default: 1 })),
    lease_s: Type.Optional({ ...LeaseSeconds, default: LIMITS.lease_s_default }),
    agent: Type.Optional({ ...Name, description: 'Whose own callbacks may be among the leads' }),
    wait_s: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LIMITS.lease_wait_s_max,
        default: 0,
        description: 'How long to wait for the first lead when there is none',
      }),
    ),
  },
  Closed,
)
export const HandedOut = Type.Object({
  lease_id: Type.String(),
  expires_at: Time,
  numbers: Type.Array(Type.Object({ field: Type.String(), number: Type.String() }), {
    description: 'What may be dialled, in this order',
  }),
  lead: Lead,
})
export const Leases = Type.Object({ items: Type.Array(HandedOut) })
export const LeasePatch = Type.Object({ lease_s: LeaseSeconds }, Closed)
export const Extended = Type.Object({ lease_id: Type.String(), expires_at: Time })

const Text = Type.String({ maxLength: 100_000 })
const Texts = record(Type.Union([Text, Type.Null()]))
export const Report = Type.Object(
  {
    disposition: Type.String({ minLength: 1, maxLength: 200 }),
    phone: Type.String({ minLength: 1, maxLength: 100, description: 'The number that was dialled' }),
    phone_state: Type.Optional(oneOf(['wrong', 'disconnected'], 'What the call told about the number')),
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
  },
  Closed,
)
export const Reported = Type.Object({
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

export const QueueQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.leases_max, default: 20 })),
  lead_id: Type.Optional(Type.String({ maxLength: 40, description: 'Why this lead comes, or does not' })),
})
export const Queue = Type.Object({
  allocation_id: Id,
  started: Type.Boolean(),
  items: Type.Array(
    Type.Object({
      lead_id: Type.String(),
      priority: Type.Integer(),
      due_at: NullableText,
      agent: NullableText,
    }),
    { description: 'Who comes next, in order, when a dialler asks now' },
  ),
  lead: Type.Optional(
    Type.Object({
      lead_id: Type.String(),
      eligible: Type.Boolean(),
      next_at: NullableText,
      reasons: Type.Array(Type.Object({ why: Type.String(), detail: Type.String(), until: NullableText })),
    }),
  ),
})
