// The shapes of leads and do-not-call entries: they validate what comes in and document what goes out.

import { type Static, Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { WARNING_CODES } from '../../core/warnings.ts'
import { GroupClass, Scalar, Take } from './conflict-schemas.ts'
import {
  ActorName,
  Closed,
  Id,
  NullableText,
  nullable,
  oneOf,
  Page,
  record,
  Sentence,
  Time,
} from './shapes.ts'

const List = oneOf(['private', 'client', 'campaign'])
const Phone = Type.String({ minLength: 1, maxLength: 100 })
const many = { minItems: 1, maxItems: LIMITS.dnc_numbers_max }
const Phones = Type.Array(Phone, {
  ...many,
  description:
    'As dialled in the region of the campaign that is named, else of the installation; or international (+61…)',
})
const Expiry = Type.String({ maxLength: 100, description: 'RFC 3339; absent: for good' })
const SkipInvalid = Type.Boolean({
  description:
    'Absent: what is no number is named under invalid and the others are written; a list without any number is refused. true: that one is answered too. false: one that is no number refuses all',
})

export const DncAddition = Type.Object(
  {
    list: List,
    campaign_id: Type.Optional(Id),
    phones: Type.Optional(Phones),
    entries: Type.Optional(
      Type.Array(Type.Object({ phone: Phone, expires_at: Type.Optional(Expiry) }, Closed), {
        ...many,
        description: 'Instead of phones: numbers that end at times of their own',
      }),
    ),
    reason: Type.Optional(Sentence),
    source: Type.Optional(Sentence),
    expires_at: Type.Optional(Expiry),
    skip_invalid: Type.Optional(SkipInvalid),
  },
  Closed,
)
export const DncRemoval = Type.Object(
  {
    list: List,
    campaign_id: Type.Optional(Id),
    phones: Phones,
    reason: Sentence,
    skip_invalid: Type.Optional(SkipInvalid),
  },
  Closed,
)
export const DncCheck = Type.Object({ campaign_id: Type.Optional(Id), phones: Phones }, Closed)
export const DncQuery = Type.Object({
  ...Page,
  cursor: Type.Optional(
    Type.String({ maxLength: 100, description: 'next_cursor of the page before, or follow_cursor' }),
  ),
  phone: Type.Optional(Type.String({ maxLength: 100 })),
  list: Type.Optional(List),
})
const entry = {
  entry_id: Type.Integer(),
  list: List,
  campaign_id: nullable(Type.Integer()),
  phone: Type.String(),
  reason: NullableText,
  source: NullableText,
  expires_at: NullableText,
  added_at: Time,
  added_by: Type.String(),
  removed_at: NullableText,
  removed_by: NullableText,
  removed_reason: NullableText,
}
export const DncEntry = Type.Object(entry)
export const DncEntries = Type.Object({
  items: Type.Array(DncEntry, { description: 'In the order in which they were last changed' }),
  next_cursor: nullable(Type.String({ description: 'Of the next page; null: there is none now' })),
  follow_cursor: Type.String({
    description:
      'Where to go on later: nothing is skipped. What was added while an older change still ran may come again',
  }),
})
const Count = Type.Integer()
const written = {
  items: Type.Array(DncEntry),
  invalid: Type.Array(Type.Object({ index: Type.Integer(), detail: Type.String() }), {
    description: 'What was left out, by its place in the list, and why',
  }),
}
export const DncAdded = Type.Object({ ...written, added: Count, already_listed: Count })
export const DncRemoved = Type.Object({ ...written, removed: Count, not_listed: Count })
export const DncChecked = Type.Object({
  items: Type.Array(
    Type.Object({
      phone: NullableText,
      sent: Type.String(),
      blocked: Type.Boolean(),
      list: Type.Optional(List),
      entry_id: Type.Optional(Type.Integer()),
      problem: Type.Optional(Type.String({ description: 'Why this is no number' })),
    }),
  ),
})

export const DncNumberParams = Type.Object({
  number: Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'As dialled in the region of the campaign or the installation, or international',
  }),
})
export const DncNumberQuery = Type.Object({ campaign_id: Type.Optional(Id) })
const standing = Type.Boolean({ description: 'Neither removed nor lapsed' })
export const DncNumber = Type.Object({
  number: Type.String(),
  campaign_id: nullable(Type.Integer()),
  blocked: Type.Boolean(),
  blocked_by: nullable(Type.Object({ ...entry, standing }), 'The entry that blocks'),
  entries: Type.Array(Type.Object({ ...entry, standing }), {
    description: 'All that speaks about the number: standing entries, then past ones, the newest first',
  }),
  explanation: Type.String({ description: 'One sentence for people' }),
})

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
