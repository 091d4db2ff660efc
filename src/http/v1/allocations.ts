// Allocations: started and stopped, counted; their leads are moved, and taken up again.

import { type Static, Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { refuseField } from '../../core/result.ts'
import { readInstant } from '../../core/times.ts'
import { type AllocationRow, allocationById, listAllocations } from '../../db/allocations.ts'
import { addAllocation, deleteAllocation, patchAllocation } from '../../intake/allocations.ts'
import { shiftCallbacks } from '../../intake/callback-shifts.ts'
import { sumOfCounts } from '../../intake/counts.ts'
import { moveLeads, recycleLeads } from '../../intake/rearrange.ts'
import { certainly } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { CHANGES, changeAsked, changed, created, DRY_RUN, listed, one, TOUCHES } from './set-up.ts'
import {
  ARCHIVED,
  Closed,
  Count,
  CountsShape,
  closed,
  Id,
  IdParams,
  LOOKS,
  Name,
  named,
  nullable,
  oneOf,
  PAGE,
  pageOf,
  shape,
  Time,
  Version,
} from './shapes.ts'

const Draws = closed(
  'Draws',
  {
    by: oneOf(
      ['ratio', 'penalty'],
      'ratio: each member gives its share; penalty: all leads in one order, with the penalties added to their priority',
    ),
    members: Type.Array(
      closed('DrawnMember', {
        allocation_id: Id,
        share: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 100,
            description: 'By ratio: this part of the sum of all shares',
          }),
        ),
        penalty: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 100,
            description: 'By penalty: added to the priority of its leads',
          }),
        ),
      }),
      { minItems: 1, maxItems: LIMITS.members_max },
    ),
  },
  { description: 'Of a virtual allocation, which has no leads of its own' },
)

const NeedsWash = Type.Boolean({
  description: 'Only numbers that a wash found free are called, and leads whose person has asked for it',
})

const Allocation = shape('Allocation', {
  allocation_id: Id,
  campaign_id: Id,
  name: Type.String(),
  started: Type.Boolean(),
  archived_at: nullable(
    Time,
    'Since when it takes no leads and cannot be started; null: it does, unless its campaign is archived',
  ),
  draws: Type.Unsafe<Static<typeof Draws> | null>({ anyOf: [Draws, { type: 'null' }] }),
  needs_wash: NeedsWash,
  wash_id: nullable(Type.Integer(), 'The wash whose answer counts, or counted last; null: none yet'),
  washed_until: nullable(Time, 'When its answer no longer counts'),
  version: Version,
  created_at: Time,
})
const AllocationChange = closed(
  'AllocationChange',
  {
    name: Type.Optional(Name),
    started: Type.Optional(Type.Boolean()),
    archived: Type.Optional(Type.Boolean()),
    draws: Type.Optional(Draws),
    needs_wash: Type.Optional(NeedsWash),
  },
  { minProperties: 1 },
)

const CountedAllocation = shape('CountedAllocation', {
  ...Allocation.properties,
  touches: TOUCHES,
  counts: Type.Optional({ ...CountsShape, description: 'Absent when they could not be counted in time' }),
})

const Code = nullable({ ...Name, description: 'Null: none yet' })
const Move = named(
  'Move',
  Type.Object(
    {
      to_allocation_id: Id,
      lead_ids: Type.Optional(
        Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: LIMITS.batch_rows_max }),
      ),
      dispositions: Type.Optional(Type.Array(Code, { minItems: 1, maxItems: 100 })),
      open_only: Type.Optional(Type.Boolean({ default: false })),
      all: Type.Optional(Type.Literal(true)),
    },
    { ...Closed, description: 'lead_ids, or dispositions, or all: true' },
  ),
)
const Recycle = Type.Object({ dispositions: Type.Array(Name, { minItems: 1, maxItems: 100 }) }, Closed)

const CallbackShift = closed('CallbackShift', {
  from: Type.String({ maxLength: 40, description: 'RFC 3339: callbacks at this instant or later' }),
  to: Type.String({ maxLength: 40, description: 'RFC 3339: callbacks before this instant' }),
  minutes: Type.Integer({
    minimum: -525_600,
    maximum: 525_600,
    description: 'By how much the wall times move; below zero: earlier',
  }),
  dispositions: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 100 })),
  client_approved: Type.Optional(
    Type.Boolean({ default: false, description: 'Callbacks that customers have asked for move too' }),
  ),
})
const ShiftedCallbacks = shape('ShiftedCallbacks', {
  shifted: Count,
  kept: Type.Integer({ minimum: 0, description: 'Callbacks that customers have asked for' }),
})

/** Those of a virtual allocation are the sum over its members. */
async function countsOf({ services, by }: Call, { campaign_id, allocation_id, draws }: AllocationRow) {
  const ids = draws ? draws.members.map((member) => member.allocation_id) : [allocation_id]
  const counts = ids.map((id) =>
    services.counts.submit({ campaign_id, allocation_id: id }, Number.POSITIVE_INFINITY, by.actor),
  )
  return sumOfCounts(await Promise.all(counts))
}

export const allocations = routes('set-up', {
  allocations: get('/v1/allocations', {
    scope: LOOKS,
    summary: 'Allocations',
    query: Type.Object({ ...PAGE, ...ARCHIVED, campaign_id: Type.Optional(Id) }),
    answer: pageOf(Allocation),
    handle: (call) => listed(call, listAllocations, 'allocation_id'),
  }),

  createAllocation: post('/v1/allocations', {
    scope: 'manage',
    summary: 'Create an allocation',
    body: closed('NewAllocation', {
      campaign_id: Id,
      name: Name,
      started: Type.Optional(Type.Boolean()),
      draws: Type.Optional(Draws),
      needs_wash: Type.Optional(NeedsWash),
    }),
    created: Allocation,
    handle: async (call) => created(call, await addAllocation(call, call.body), 'allocation_id'),
  }),

  allocation: get('/v1/allocations/:id', {
    scope: LOOKS,
    summary: 'An allocation',
    params: IdParams,
    answer: Allocation,
    handle: (call) => one(call, allocationById, 'allocation'),
  }),

  changeAllocation: patch('/v1/allocations/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Start, stop or rename an allocation, archive it, take it up again, or change what it draws on',
    body: AllocationChange,
    answer: CountedAllocation,
    handle: async (call) => {
      const asked = changeAsked(call)
      const row = changed(call, await patchAllocation(call, call.params.id, call.body, asked))
      if (row.started && !asked.dry_run) call.services.feed.wake(row.allocation_id, Number.POSITIVE_INFINITY)
      const counts = await certainly(call, undefined, () => countsOf(call, row))
      return { ...row, ...(counts ? { counts } : {}) }
    },
  }),

  deleteAllocation: del('/v1/allocations/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Delete an allocation that never had a lead',
    handle: async (call) => {
      orRefuse(await deleteAllocation(call, call.params.id, changeAsked(call)))
    },
  }),

  allocationCounts: get('/v1/allocations/:id/counts', {
    scope: ['read', 'supervise', 'manage'],
    summary: 'Count the leads of an allocation by state',
    params: IdParams,
    answer: CountsShape,
    handle: async (call) => countsOf(call, await one(call, allocationById, 'allocation')),
  }),

  moveLeads: post('/v1/allocations/:id/moves', {
    scope: 'supervise',
    repeatable: true,
    summary: 'Move leads to another allocation',
    params: IdParams,
    body: Move,
    answer: Type.Object({ moved: Count }),
    handle: async (call) => {
      const moved = orRefuse(await moveLeads(call, call.params.id, call.body))
      call.services.feed.wake(call.body.to_allocation_id, moved)
      return { moved }
    },
  }),

  recycleLeads: post('/v1/allocations/:id/recycle', {
    scope: 'supervise',
    repeatable: true,
    summary: 'Take closed leads up again',
    params: IdParams,
    body: Recycle,
    answer: Type.Object({ recycled: Count }),
    handle: async (call) => {
      const recycled = orRefuse(await recycleLeads(call, call.params.id, call.body.dispositions))
      call.services.feed.wake(call.params.id, recycled)
      return { recycled }
    },
  }),

  shiftCallbacks: post('/v1/allocations/:id/callback-shifts', {
    scope: 'supervise',
    summary: 'Put a block of callbacks off, or bring it forward',
    params: IdParams,
    query: DRY_RUN,
    body: CallbackShift,
    answer: ShiftedCallbacks,
    handle: async (call) => {
      const { from, to, ...body } = call.body
      const { dry_run = false } = call.query
      const block = { from: instant(from, '/from'), to: instant(to, '/to') }
      const done = orRefuse(await shiftCallbacks(call, call.params.id, { ...body, ...block, dry_run }))
      if (!dry_run) call.services.feed.wake(call.params.id, done.shifted)
      return done
    },
  }),
})

function instant(text: string, field: string): string {
  const read = readInstant(text)
  return 'at' in read ? read.at : orRefuse(refuseField(field, read.problem))
}
