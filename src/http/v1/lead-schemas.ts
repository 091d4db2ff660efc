// The shapes of do-not-call entries.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { Closed, Id, DncList as List, NullableText, nullable, Page, Sentence, Time } from './shapes.ts'

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
