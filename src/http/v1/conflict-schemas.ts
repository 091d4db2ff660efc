// The shapes of changes that met: every group with its sides, the decisions of a person, held updates.

import { Type } from 'typebox'
import { ActorName, Closed, NullableText, nullable, oneOf, Page, record, Sentence, Time } from './shapes.ts'

export const Scalar = Type.Unsafe<string | number | boolean | null>({
  type: ['string', 'number', 'boolean', 'null'],
})
export const Values = Type.Record(Type.String(), Scalar, {
  description: 'By path: fields.City, unmapped.source_id, disposition, callback (wall time), priority',
})
const Side = oneOf(['mine', 'theirs'])
export const GroupClass = oneOf(
  ['unchanged', 'only_mine', 'only_theirs', 'agreed', 'conflict', 'linked'],
  'conflict and linked need a decision',
)
export const Take = oneOf(
  ['mine', 'theirs', 'base', 'value'],
  'mine: the change; theirs: the lead as it is; base: what both started from; value: what is given here',
)
export const ConflictGroup = Type.Object({
  group: Type.String(),
  class: GroupClass,
  paths: Type.Array(Type.String()),
  base: Values,
  mine: Values,
  theirs: Values,
  reason: Type.Optional(
    oneOf(
      ['closed_and_outcome', 'number_blocked', 'moved_and_outcome', 'client_approved'],
      'Why the group is linked',
    ),
  ),
  recommended: Type.Optional(Side),
  needs_reason: Type.Optional(
    Type.Array(Side, {
      description: 'The side that may be taken only with a reason; base and value then need one too',
    }),
  ),
})
export const ConflictDocument = Type.Object({
  lead_id: Type.String(),
  base_version: Type.Integer(),
  lead_version: Type.Integer(),
  theirs: Type.Object(
    {
      version: Type.Integer(),
      actor: Type.String(),
      actor_name: ActorName,
      at: Time,
      way: Type.String(),
      request_id: Type.String(),
      versions_between: Type.Integer({ description: 'How many changes there were since the base' }),
    },
    { description: 'The newest change of the lead' },
  ),
  base: Values,
  mine: Values,
  current: Values,
  groups: Type.Array(ConflictGroup),
})

export const Decisions = record(
  Type.Object(
    {
      take: Take,
      value: Type.Optional(record(NullableText, 'Texts by path')),
      reason: Type.Optional(Sentence),
    },
    Closed,
  ),
  'By group; every open one needs a decision, any other may have one',
)
const State = oneOf(['open', 'resolved', 'dismissed', 'superseded', 'expired', 'forgotten'])
export const ConflictQuery = Type.Object({
  ...Page,
  state: Type.Optional(State),
  lead_id: Type.Optional(Type.String()),
})
export const Conflict = Type.Object({
  conflict_id: Type.Integer(),
  lead_id: Type.String(),
  state: State,
  caller: Type.String(),
  caller_name: ActorName,
  way: Type.String(),
  request_id: Type.String(),
  groups: Type.Array(Type.String()),
  base_version: Type.Integer(),
  base: Values,
  mine: Values,
  allow_duplicates: Type.Boolean(),
  theirs: nullable(
    Values,
    'What the lead has now, for the same paths; null: settled, or the lead is forgotten',
  ),
  lead_version: nullable(Type.Integer()),
  clashes: Type.Array(Type.String(), { description: 'Groups that need a decision now' }),
  resolution: nullable(record(Type.Unknown())),
  resolved_by: NullableText,
  resolved_by_name: ActorName,
  resolved_at: NullableText,
  created_at: Time,
  expires_at: Time,
  conflict: Type.Optional(
    nullable(
      ConflictDocument,
      'Everything that a person needs to decide; where one is read, and only while it is open',
    ),
  ),
})

export const Resolution = Type.Object(
  {
    dismiss: Type.Optional(Type.Literal(true)),
    reason: Type.Optional(Sentence),
    lead_version: Type.Optional(Type.Integer({ minimum: 1 })),
    decisions: Type.Optional(Decisions),
  },
  {
    ...Closed,
    description: '{dismiss: true, reason} or {lead_version, decisions: {group: {take, value?, reason?}}}',
  },
)
export const Settled = Type.Object({ lead_id: Type.String(), version: Type.Integer() })
