// The shapes of leads: they validate what comes in and document what goes out.

import { type Static, Type } from 'typebox'
import { WARNING_CODES } from '../../core/warnings.ts'
import { GroupClass, Scalar, Take } from './conflict-schemas.ts'
import { ActorName, Id, NullableText, nullable, oneOf, record, Time } from './shapes.ts'

const List = oneOf(['private', 'client', 'campaign'])
const Texts = Type.Record(Type.String(), Type.String())
export const Lead = Type.Object({
  id: Type.String(),
  campaign_id: Id,
  allocation_id: Id,
  external_id: NullableText,
  version: Type.Integer(),
  fields: Texts,
  unmapped: Texts,
  bad_values: Type.Array(Type.String(), {
    description: 'Fields whose text does not fit their kind: kept as it was sent, and not used as one',
  }),
  phones: Type.Array(
    Type.Object({
      field: Type.String(),
      number: Type.Optional(
        Type.String({ description: 'E.164, as it is dialled; absent where the text is no number' }),
      ),
      state: oneOf(
        ['ok', 'unlisted', 'invalid', 'wrong', 'disconnected'],
        'unlisted: right by the shape of its plan, and dialled like ok',
      ),
      blocked_by: Type.Optional(List),
    }),
  ),
  disposition: NullableText,
  callback: nullable(Type.Object({ local: Type.String(), zone: Type.String(), at: Time })),
  callback_agent: NullableText,
  priority: Type.Integer(),
  contact_hours: Type.String(),
  client_approved: Type.Boolean(),
  closed: Type.Boolean(),
  open_conflicts: Type.Integer({ description: 'Held updates that wait for a person' }),
  source: NullableText,
  created_way: Type.String(),
  created_by: Type.String(),
  created_at: Time,
  updated_at: Time,
})

const DecidedMerge = Type.Object({
  base_version: Type.Integer({ description: 'What both had started from' }),
  lead_version: Type.Integer({ description: 'The lead that the decisions were made for' }),
  classes: Type.Record(Type.String(), GroupClass, {
    description: 'By group, without those that nobody changed',
  }),
  decisions: Type.Record(Type.String(), Type.Object({ take: Take, reason: NullableText }), {
    description: 'By group',
  }),
})
type Value = Static<typeof Scalar>
const OldAndNew = Type.Unsafe<[Value, Value]>({ type: 'array', items: Scalar, minItems: 2, maxItems: 2 })
export const Event = Type.Object({
  version: Type.Integer(),
  at: Time,
  actor: Type.String({ description: 'key:7, operator:3, action:4 or system' }),
  actor_name: ActorName,
  way: Type.String(),
  request_id: Type.String(),
  changes: nullable(record(OldAndNew), 'Path to [old, new]; null for the insert'),
  warnings: Type.Array(Type.Object({ code: oneOf(WARNING_CODES), field: Type.String() }), {
    description: 'What was read otherwise than it was sent',
  }),
  merge: nullable(DecidedMerge, 'What a person decided where changes had met; null: nobody had to'),
})
export const CallRecord = Type.Object({
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
