// The shapes of allocations: slices of a campaign that are called, what stands in them, and moving it.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { Closed, Id, Name, nullable, Page, Time } from './shapes.ts'

export const NewAllocation = Type.Object(
  { campaign_id: Id, name: Name, started: Type.Optional(Type.Boolean()) },
  Closed,
)
export const Allocation = Type.Object({
  allocation_id: Id,
  campaign_id: Id,
  name: Type.String(),
  started: Type.Boolean(),
  created_at: Time,
})
export const AllocationQuery = Type.Object({ ...Page, campaign_id: Type.Optional(Id) })
export const AllocationPatch = Type.Object({ started: Type.Boolean() }, Closed)

const Count = Type.Integer({ minimum: 0 })
export const Counts = Type.Object({
  new: Count,
  callback: Type.Integer({ minimum: 0, description: 'Due now' }),
  waiting: Type.Integer({ minimum: 0, description: 'Callbacks of the future' }),
  leased: Count,
  parked: Type.Integer({ minimum: 0, description: 'Every number is on a do-not-call list' }),
  closed: Type.Record(Type.String(), Count, { description: 'By disposition' }),
})
export const CountedAllocation = Type.Object({
  ...Allocation.properties,
  counts: Type.Optional({ ...Counts, description: 'Absent when they could not be counted in time' }),
})

const Code = nullable({ ...Name, description: 'Null: none yet' })
export const Move = Type.Object(
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
)
export const Moved = Type.Object({ moved: Count })
export const Recycle = Type.Object({ dispositions: Type.Array(Name, { minItems: 1, maxItems: 100 }) }, Closed)
export const Recycled = Type.Object({ recycled: Count })
