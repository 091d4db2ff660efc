// Parts that the schemas of /v1 share.

import { type Static, type TSchema, Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'

export const oneOf = <const T extends readonly string[]>(values: T, description?: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...(description ? { description } : {}) })

/** The name that a schema has in the SDK and in OpenAPI. */
export const named = <T extends TSchema>(title: string, schema: T): T => ({ ...schema, title })

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
 * What core judges by the fields of a template: the schema describes it and checks nothing, so that all that is wrong
 * is answered together, each with its own code.
 */
export const judged = <T extends TSchema>(schema: T): T => ({ ...schema, 'x-judged': true })

/** An object with any keys. Type.Record looks at no key that holds a line break. */
export const record = <T extends TSchema>(value: T, description?: string) =>
  Type.Unsafe<Record<string, Static<T>>>({
    type: 'object',
    additionalProperties: value,
    ...(description ? { description } : {}),
  })

/** The scopes that may look at set-up, which has no values of leads: all but the one of a form that only inserts. */
export const LOOKS = ['read', 'write', 'dial', 'supervise', 'manage'] as const

export const Closed = { additionalProperties: false }
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
export const LeadParams = Type.Object({ id: Type.String({ description: 'campaign-number: 41-1207' }) })
export const ConflictParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})

export const Page = {
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
export const PageQuery = named('PageAsked', Type.Object(Page))

export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: nullable(Type.Integer()) })

/** Every refusal of /v1. Some codes add what helps: the clashing lead, the list, the conflict. */
export const Problem = Type.Object(
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
    written: Type.Optional(
      oneOf(
        ['no', 'unknown'],
        'With 109 and 1013. unknown: the connection to the database ended in the commit',
      ),
    ),
    errors: Type.Optional(Type.Array(Type.Object({}, { description: 'Every field that is wrong' }))),
  },
  { $id: 'Problem' },
)
