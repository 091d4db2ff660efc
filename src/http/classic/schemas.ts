// What the description of the API says of the classic routes. It documents only: their documents are judged by
// the rules of the campaign, not by a schema.

import { type TSchema, Type } from 'typebox'

const text = (description: string) => Type.Optional(Type.String({ description }))

const KEY = { apiKey: text('API key, where it does not come as Authorization: Bearer') }
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
  ...ALLOW,
  ...KEY,
})
export const KeyQuery = Type.Object(KEY)
export const CampaignsQuery = Type.Object({ fTemplateId: IDS.fTemplateId, ...KEY })
export const AllocationsQuery = Type.Object({ fCampaignId: IDS.fCampaignId, ...KEY })
export const CallsQuery = Type.Object({
  fTemplateId: IDS.fTemplateId,
  campaignId: IDS.fCampaignId,
  allocationId: IDS.fAllocationId,
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
