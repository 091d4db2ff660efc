// The shapes of contact hours.

import { type TSchema, Type } from 'typebox'
import { DAYS, type Exception, type Window } from '../../core/rules.ts'
import { Closed, Id, Name, NullableText, nullable, oneOf, Time } from './schema-parts.ts'

const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$', description: 'HH:MM' })
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'yyyy-MM-dd, local' })
const Span = Type.Object({ from: Clock, to: Clock }, Closed)
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const Weekly = orNull(
  Type.Array(
    Type.Object(
      { days: Type.Array(oneOf(DAYS), { minItems: 1, maxItems: 7 }), from: Clock, to: Clock },
      Closed,
    ),
    { maxItems: 100, description: 'Null: round the clock' },
  ),
)
const Exceptions = Type.Array(
  Type.Object({ date: Day, name: Name, windows: Type.Array(Span, { maxItems: 20 }) }, Closed),
  { maxItems: 1_000, description: 'Days that differ; without windows: closed' },
)
const Zone = Type.String({ maxLength: 100, description: 'IANA time zone' })

const OPTIONAL = {
  weekly: Type.Optional(Weekly),
  exceptions: Type.Optional(Exceptions),
  valid_from: Type.Optional(orNull(Day)),
  valid_to: Type.Optional(orNull(Day)),
}
export const NewContactHours = Type.Object(
  { name: Name, zone: Zone, team: Type.Optional(Name), ...OPTIONAL },
  Closed,
)
export const ContactHoursPatch = Type.Object(
  { name: Type.Optional(Name), zone: Type.Optional(Zone), ...OPTIONAL },
  Closed,
)
export const ContactHours = Type.Object({
  contact_hours_id: Id,
  name: Type.String(),
  team: Type.String(),
  zone: Type.String(),
  weekly: Type.Unsafe<Window[] | null>(Weekly),
  exceptions: Type.Unsafe<Exception[]>(Exceptions),
  valid_from: NullableText,
  valid_to: NullableText,
  callback_move: nullable<object>({
    type: 'object',
    properties: {
      moved: Type.Integer({ description: 'Callbacks that have their new instant' }),
      begun_at: Time,
      finished_at: NullableText,
    },
    description: 'How far callbacks have followed the last change of the zone; null: it never changed',
  } as { type: string }),
})
export const OpeningQuery = Type.Object({
  at: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339; absent: now' })),
  region: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z]{2}$',
      description: 'Whose law counts; absent: that of the installation',
    }),
  ),
})
export const Opening = Type.Object({
  at: Time,
  region: Type.String(),
  open: Type.Boolean(),
  until: Type.Optional(NullableText),
  why: Type.Optional(oneOf(['outside_hours', 'exception', 'not_valid', 'legal'])),
  detail: Type.Optional(Type.String()),
  opens_at: Type.Optional(NullableText),
})
