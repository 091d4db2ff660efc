// Parts that the descriptions of classic routes share. Nothing is validated with them: the documents and parameters of
// the classic API are judged by rules of their own, in the published order.

import { type TSchema, Type } from 'typebox'
import { IsWritten } from '../v1/shapes.ts'

export const text = (description: string) => Type.Optional(Type.String({ description }))

export const KEY = { apiKey: text('API key, where it does not come in a header') }
export const IDS = {
  fTemplateId: text('Id of the template'),
  fCampaignId: text('Id of the campaign'),
  fAllocationId: text('Id of the allocation'),
}
export const ALLOW = {
  allowDuplicates: text('true: numbers that the campaign has already are taken too'),
}

const Flat = Type.Record(Type.String(), Type.Unsafe({}), {
  description:
    'Field names of the template and system fields (njExternalLeadId, njPriority, …) with their values: texts, numbers, booleans, null, lists of them; anything under a key that is not a field',
})
// Handlers read the bytes of a body themselves: for the compiler it is unknown.
export const FlatLead = Type.Unsafe<unknown>(Flat)
export const FlatLeads = Type.Unsafe<unknown>({ anyOf: [Flat, Type.Array(Flat)] })

/** An answer that its handler writes as text, exactly as it is published. */
const written = (schema: TSchema) => Type.Unsafe<string>(schema)

export const Taken = written(
  Type.Object(
    { code: Type.Integer(), message: Type.String() },
    {
      description:
        'Code 0: taken. Otherwise a code of the list with what helps: detail, field, errors, lead_id',
    },
  ),
)

/** Every refusal of the classic API. */
export const ClassicRefusal = Type.Object(
  {
    code: Type.Integer(),
    message: Type.String(),
    detail: Type.String(),
    written: IsWritten,
  },
  { $id: 'Refusal', description: 'A code of the list with what helps: detail, field, errors, lead_id' },
)
