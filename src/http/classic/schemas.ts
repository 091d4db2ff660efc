// What the description of the API says of the classic routes. It documents only: their documents are judged by
// the rules of the campaign, not by a schema.

import { type TSchema, Type } from 'typebox'

const text = (description: string) => Type.Optional(Type.String({ description }))

const KEY = { apiKey: text('API key, where it does not come in a header') }
const IDS = {
  fTemplateId: text('Id of the template'),
  fCampaignId: text('Id of the campaign'),
  fAllocationId: text('Id of the allocation'),
}
const ALLOW = { allowDuplicates: text('true: numbers that the campaign has already are taken too') }

export const InsertQuery = Type.Object({ ...IDS, ...ALLOW, ...KEY })
export const UpdateQuery = Type.Object({
  ...IDS,
  njExternalLeadId: text('External id of the lead, where it is not in the body'),
  njLeadId: text(
    'Id of the lead, where it is not named by its external id: 41-1207, or 1207 in the campaign',
  ),
  ...ALLOW,
  ...KEY,
})
export const KeyQuery = Type.Object(KEY)
export const AllocationsQuery = Type.Object({ fCampaignId: IDS.fCampaignId, ...KEY })
export const TemplateQuery = Type.Object({ fTemplateId: IDS.fTemplateId, ...KEY })
export const CallsQuery = Type.Object({
  ...IDS,
  campaignId: text('The same as fCampaignId'),
  allocationId: text('The same as fAllocationId'),
  fDispositions: text('Ids of dispositions: 47,48; absent: all'),
  before: text('Only calls before this one: next_before of the last answer'),
  ...KEY,
})

const Values = Type.Record(Type.String(), Type.Unsafe({}), {
  description:
    'Field names of the template and system fields (njExternalLeadId, njPriority, …) with their values: texts, numbers, booleans, null, lists of them; anything under a key that is no field',
})
export const LeadBody: TSchema = Values
export const LeadsBody: TSchema = Type.Unsafe({ anyOf: [Values, Type.Array(Values)] })

export const Answer = Type.Object(
  { code: Type.Integer(), message: Type.String() },
  {
    description:
      'Code 0: taken. Otherwise a code of the list with what helps: detail, field, errors, lead_id',
  },
)
export const Refusal = Type.Object(
  {
    code: Type.Integer(),
    message: Type.String(),
    detail: Type.String(),
    written: Type.Optional(
      Type.Unsafe({
        type: 'string',
        enum: ['no', 'unknown'],
        description: 'With 109 and 1013. unknown: the connection to the database ended in the commit',
      }),
    ),
  },
  { $id: 'Refusal', description: 'A code of the list with what helps: detail, field, errors, lead_id' },
)
export const Entities = Type.Object({
  code: Type.Integer(),
  message: Type.String(),
  entities: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String() })),
})
export const CallRecords = Type.Object({
  code: Type.Integer(),
  message: Type.String(),
  entities: Type.Array(
    Type.Object(
      { njCallRecordId: Type.Integer(), lead_id: Type.String() },
      {
        additionalProperties: true,
        description: 'The call, njLeadId and the like, and the fields of the lead',
      },
    ),
  ),
  next_before: Type.Optional(Type.Integer({ description: 'There are more: ask for those before this call' })),
})
export const FieldDefinitions = Type.Array(
  Type.Object({
    type: Type.String(),
    key: Type.String(),
    required: Type.Boolean(),
    label: Type.String(),
    help_text: Type.String(),
    choices: Type.Optional(Type.Array(Type.String())),
  }),
)
