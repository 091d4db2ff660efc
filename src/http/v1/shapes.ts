// Parts that the schemas of /v1 share.

import { type Static, type TProperties, type TSchema, Type } from 'typebox'
import { GROUP_CLASSES, TAKES } from '../../core/conflict.ts'
import { KEEPING, type Leniency, STRICT } from '../../core/entries.ts'
import { LIMITS } from '../../core/limits.ts'
import { DNC_LISTS } from '../../core/result.ts'
import { CALL_BLOCKS } from '../../core/wash.ts'
import { ZONE_ORIGINS } from '../../core/zone-set.ts'

export const Closed = { additionalProperties: false }

export const oneOf = <const T extends readonly string[]>(values: T, description?: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...(description ? { description } : {}) })

/** The name that a schema has in the SDK and in OpenAPI. */
export const named = <T extends TSchema>(title: string, schema: T): T => ({ ...schema, title })

/** An object of that name; `options` describe it. */
export const shape = <Properties extends TProperties>(title: string, properties: Properties, options = {}) =>
  named(title, Type.Object(properties, options))

/** The same without any other properties, for bodies of requests. */
export const closed = <Properties extends TProperties>(title: string, properties: Properties, options = {}) =>
  shape(title, properties, { ...Closed, ...options })

/** The schema, or null. `description` takes the place of the schema's own. */
export function nullable<T extends TSchema>(schema: T, description?: string) {
  const { type, enum: values }: { type?: unknown; enum?: unknown[] } = schema
  return Type.Unsafe<Static<T> | null>({
    ...schema,
    type: [type, 'null'],
    ...(values && { enum: [...values, null] }),
    ...(description && { description }),
  })
}

export const ActorName = nullable(Type.String({ description: 'Of the key or operator' }))

/**
 * A body that core judges by the fields of a template, so that everything wrong is answered together, each problem with
 * its own code. The schema describes it and checks nothing: a handler gets it as unknown.
 */
export const judged = (schema: TSchema) => Type.Unsafe<unknown>({ ...schema, 'x-judged': true })

/** A body of bytes. Nothing checks them. */
export const bytesBody = (description: string) =>
  Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary', description, 'x-judged': true })

/** An object with any keys. Type.Record looks at no key that holds a line break. */
export const record = <T extends TSchema>(value: T, description?: string) =>
  Type.Unsafe<Record<string, Static<T>>>({
    type: 'object',
    additionalProperties: value,
    ...(description ? { description } : {}),
  })

/** The scopes that may look at set-up, which has no values of leads: all but the one of a form that only inserts. */
export const LOOKS = ['read', 'write', 'dial', 'supervise', 'manage'] as const

export const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
export const Name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^(?!\\s*$)[^\\u0000-\\u001f\\u007f]*$',
})
export const Sentence = Type.String({ minLength: 1, maxLength: 1_000 })
export const Time = Type.String({ description: 'RFC 3339' })
export const NullableText = nullable(Type.String())

export const IdParams = Type.Object({ id: Id })
export const Version = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
export const LeadParams = Type.Object({ id: Type.String({ description: 'campaign-number: 41-1207' }) })
export const ConflictParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})

export const PAGE = {
  cursor: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'next_cursor of the page before',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: LIMITS.page_rows_max, default: LIMITS.page_rows_default }),
  ),
}
/** Of a list whose things can be archived. */
export const ARCHIVED = {
  archived: Type.Optional(Type.Boolean({ default: false, description: 'With the archived ones' })),
}
export const PageQuery = shape('PageAsked', PAGE)

export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: nullable(Type.Integer()) })

export const Count = Type.Integer({ minimum: 0 })
export const CountsShape = shape('Counts', {
  new: Count,
  callback: Type.Integer({ minimum: 0, description: 'Due now' }),
  waiting: Type.Integer({ minimum: 0, description: 'Callbacks of the future' }),
  leased: Count,
  parked: Type.Integer({ minimum: 0, description: 'Every number is on a do-not-call list' }),
  closed: Type.Record(Type.String(), Count, { description: 'By disposition' }),
})
export const DncListShape = named('DncList', oneOf(DNC_LISTS))
/** What blocks a call to a number. */
export const CallBlockShape = named(
  'CallBlock',
  oneOf(
    CALL_BLOCKS,
    'A do-not-call list; register: the wash of the allocation found it listed; unwashed: no wash that counts has asked about it',
  ),
)

export const ZoneOriginShape = oneOf(
  ZONE_ORIGINS,
  'both: the number and the zone field agree; apart: they have no zone in common, so those of both count; country: only the country is known; no_rules: Leadline knows no rules of its country',
)
export const CalledZones = Type.Array(
  shape('CalledZones', { number: Type.String(), zones: Type.Array(Type.String()), origin: ZoneOriginShape }),
  {
    description:
      'The time zones in which the owner of each number may be. In all of them calls must be allowed',
  },
)

const Texts = Type.Record(Type.String(), Type.String())
export const Lead = shape('Lead', {
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
    shape('LeadPhone', {
      field: Type.String(),
      number: Type.Optional(
        Type.String({ description: 'E.164, as it is dialled; absent where the text is not a number' }),
      ),
      state: oneOf(
        ['ok', 'unlisted', 'invalid', 'wrong', 'disconnected'],
        'unlisted: right by the shape of its plan, and dialled like ok',
      ),
      blocked_by: Type.Optional(CallBlockShape),
    }),
  ),
  disposition: NullableText,
  callback: nullable(shape('Callback', { local: Type.String(), zone: Type.String(), at: Time })),
  next_attempt_at: Type.Optional(
    nullable(
      Type.String(),
      'When it can be called again: at its callback, or when its contact hours open after that; a time that has passed: now. Null: it has no callback, is closed, or has no number that may be dialled. Absent where the lead is handed out',
    ),
  ),
  callback_agent: NullableText,
  priority: Type.Integer(),
  contact_hours: Type.String(),
  zones: Type.Optional(CalledZones),
  client_approved: Type.Boolean(),
  closed: Type.Boolean(),
  open_conflicts: Type.Integer({ description: 'Held updates that wait for a person' }),
  source: NullableText,
  created_way: Type.String(),
  created_by: Type.String(),
  created_at: Time,
  updated_at: Time,
})

export const ScalarShape = Type.Unsafe<string | number | boolean | null>({
  type: ['string', 'number', 'boolean', 'null'],
})
type ScalarValue = Static<typeof ScalarShape>
/** A value before and after a change. */
export const OldAndNew = Type.Unsafe<[ScalarValue, ScalarValue]>({
  type: 'array',
  items: ScalarShape,
  minItems: 2,
  maxItems: 2,
})
export const ValuesShape = named(
  'Values',
  Type.Record(Type.String(), ScalarShape, {
    description: 'By path: fields.City, unmapped.source_id, disposition, callback (wall time), priority',
  }),
)

export const GroupClassShape = named(
  'GroupClass',
  oneOf(
    GROUP_CLASSES,
    'conflict and linked need a decision; merged: both changed a text, and both changes fit',
  ),
)
export const TakeShape = named(
  'Take',
  oneOf(
    TAKES,
    'mine: the change; theirs: the lead as it is; base: what both started from; merged: both texts in one; value: what is given here',
  ),
)

const OnBadValue = Type.Optional(
  named(
    'OnBadValue',
    oneOf(
      ['refuse', 'keep'],
      "What becomes of a value that cannot be kept as it is. refuse (default): 1005. keep: it is mended, cut, left out or, where it does not fit its field's kind, kept with a mark; X-Leadline-Warnings names it",
    ),
  ),
)
export const BadValueQuery = Type.Object({ on_bad_value: OnBadValue })

/** /v1 is strict unless its caller says otherwise. */
export const readingOf = ({ on_bad_value }: Static<typeof BadValueQuery>): Leniency =>
  on_bad_value === 'keep' ? KEEPING : STRICT

export const IsWritten = Type.Optional(
  oneOf(['no', 'unknown'], 'With 109 and 1013. unknown: the connection to the database ended in the commit'),
)

/** Every refusal of /v1. Some codes add what helps: the clashing lead, the list, the conflict. */
export const ProblemDetails = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.Integer({ description: 'docs/generated/result-codes.md' }),
    name: Type.String(),
    detail: Type.String(),
    fix: Type.String({ description: 'What the caller can do' }),
    request_id: Type.String(),
    retryable: Type.Boolean({ description: 'The same again can help, and does nothing twice' }),
    written: IsWritten,
    errors: Type.Optional(Type.Array(Type.Object({}, { description: 'Every field that is wrong' }))),
  },
  { $id: 'Problem' },
)
