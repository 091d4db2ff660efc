// The shapes of templates with their fields, and of campaigns.

import { Type } from 'typebox'
import { FIELD_KINDS } from '../../core/field.ts'
import { Closed, Id, Name, NullableText, nullable, oneOf, Page, Time } from './shapes.ts'

export const Field = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^(?![nN][jJ])[^\\u0000-\\u001f\\u007f]+$',
      description: 'Permanent; does not begin with nj',
    }),
    label: Type.Optional(Name),
    aliases: Type.Optional(Type.Array(Name, { maxItems: 20 })),
    kind: oneOf(FIELD_KINDS),
    choices: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 500 })),
    merge_group: Type.Optional(
      nullable(Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' })),
    ),
  },
  Closed,
)

const BadValues = oneOf(
  ['keep', 'refuse'],
  "A text that does not fit its field's kind. keep: stored with a mark, never instead of a good value. refuse: 1005",
)

export const NewTemplate = Type.Object(
  {
    name: Name,
    team: Type.Optional(Name),
    region: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    contact_hours: Name,
    disposition_set: Type.Optional(Name),
    duplicate_rule: Type.Optional(oneOf(['any', 'all'])),
    dnc_rule: Type.Optional(oneOf(['all', 'any'])),
    bad_values: Type.Optional(BadValues),
    fields: Type.Array(Field, { minItems: 1, maxItems: 200 }),
  },
  Closed,
)

export const TemplatePatch = Type.Object({ bad_values: BadValues }, Closed)

export const Template = Type.Object({
  template_id: Id,
  name: Type.String(),
  team: Type.String(),
  region: Type.String(),
  contact_hours: Type.String(),
  disposition_set: Type.String(),
  duplicate_rule: oneOf(['any', 'all']),
  dnc_rule: oneOf(['all', 'any']),
  bad_values: BadValues,
  fields: Type.Array(
    Type.Object({
      field_id: Id,
      name: Type.String(),
      label: Type.String(),
      aliases: Type.Array(Type.String()),
      kind: oneOf(FIELD_KINDS),
      choices: nullable(Type.Array(Type.String())),
      merge_group: NullableText,
      retired: Type.Boolean(),
    }),
  ),
  created_at: Time,
})

export const NewCampaign = Type.Object({ template_id: Id, name: Name }, Closed)
export const Campaign = Type.Object({
  campaign_id: Id,
  template_id: Id,
  name: Type.String(),
  created_at: Time,
})
export const CampaignQuery = Type.Object({ ...Page, template_id: Type.Optional(Id) })
