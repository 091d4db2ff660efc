// Templates: the fields and rules that campaigns share.

import { Type } from 'typebox'
import { FIELD_KINDS } from '../../core/field.ts'
import { LIMITS } from '../../core/limits.ts'
import { listTemplates, templateById } from '../../db/templates.ts'
import { addTemplateField, changeTemplateField } from '../../intake/fields.ts'
import { addTemplate, deleteTemplate, patchTemplate } from '../../intake/templates.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { AttemptRulesShape, GivenAttemptRulesShape } from './attempt-rules.ts'
import { CHANGES, changeAsked, changed, created, listed, one, TOUCHES } from './set-up.ts'
import {
  closed,
  Id,
  IdParams,
  LOOKS,
  Name,
  NullableText,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  shape,
  Time,
  Version,
} from './shapes.ts'

const FIELD_PROPERTIES = {
  label: Type.Optional(Name),
  aliases: Type.Optional(Type.Array(Name, { maxItems: 20 })),
  choices: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 500 })),
  merge_group: Type.Optional(
    nullable(Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' })),
  ),
}
const NewField = closed('NewField', {
  name: Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: '^(?![nN][jJ])[^\\u0000-\\u001f\\u007f]+$',
    description: 'Permanent; does not begin with nj',
  }),
  kind: oneOf(FIELD_KINDS),
  ...FIELD_PROPERTIES,
})
const FieldChange = closed('FieldChange', {
  kind: Type.Optional(oneOf(FIELD_KINDS)),
  ...FIELD_PROPERTIES,
  retired: Type.Optional(Type.Boolean()),
})
const FieldParams = Type.Object({ id: Id, name: Type.String({ maxLength: 300 }) })

const DuplicateRule = oneOf(['any', 'all'])
const DncRule = oneOf(['all', 'any'])
const BadValues = oneOf(
  ['keep', 'refuse'],
  "A text that does not fit its field's kind. keep: stored with a mark, never instead of a good value. refuse: 1005",
)

const ZoneField = nullable(
  Name,
  'The field with the state or post code of a lead, which tells its time zone beside its numbers; null: numbers alone tell it',
)
const ConsentRule = oneOf(
  ['none', 'required'],
  'required: a lead without a consent that counts now is not handed out',
)
const GivenRules = nullable(
  GivenAttemptRulesShape,
  'How often a number and a lead may be called; null: no limit',
)

const Region = Type.String({ pattern: '^[A-Za-z]{2}$' })

const NewTemplate = closed('NewTemplate', {
  name: Name,
  team: Type.Optional(Name),
  region: Type.Optional(Region),
  contact_hours: Name,
  disposition_set: Type.Optional(Name),
  duplicate_rule: Type.Optional(DuplicateRule),
  dnc_rule: Type.Optional(DncRule),
  bad_values: Type.Optional(BadValues),
  zone_field: Type.Optional(ZoneField),
  attempt_rules: Type.Optional(GivenRules),
  consent: Type.Optional(ConsentRule),
  fields: Type.Array(NewField, { minItems: 1, maxItems: LIMITS.fields_max }),
})

const TemplateField = shape('TemplateField', {
  field_id: Id,
  name: Type.String(),
  label: Type.String(),
  aliases: Type.Array(Type.String()),
  kind: oneOf(FIELD_KINDS),
  choices: nullable(Type.Array(Type.String())),
  merge_group: NullableText,
  retired: Type.Boolean(),
})
const Template = shape('Template', {
  template_id: Id,
  name: Type.String(),
  team: Type.String(),
  region: Type.String(),
  contact_hours: Type.String(),
  disposition_set: Type.String(),
  duplicate_rule: DuplicateRule,
  dnc_rule: DncRule,
  bad_values: BadValues,
  zone_field: NullableText,
  attempt_rules: nullable(AttemptRulesShape, 'How often a number and a lead may be called; null: no limit'),
  consent: ConsentRule,
  fields: Type.Array(TemplateField),
  archived_at: nullable(Time, 'Since when it gets no new campaigns'),
  version: Version,
  created_at: Time,
})
const TemplateChange = closed('TemplateChange', {
  name: Type.Optional(Name),
  region: Type.Optional(Region),
  contact_hours: Type.Optional(Name),
  disposition_set: Type.Optional(Name),
  duplicate_rule: Type.Optional(DuplicateRule),
  dnc_rule: Type.Optional(DncRule),
  bad_values: Type.Optional(BadValues),
  zone_field: Type.Optional(ZoneField),
  attempt_rules: Type.Optional(GivenRules),
  consent: Type.Optional(ConsentRule),
  archived: Type.Optional(Type.Boolean()),
  field_order: Type.Optional(
    Type.Array(Type.String(), { description: 'The names of the fields that are not retired, each once' }),
  ),
})
const ChangedTemplate = shape('ChangedTemplate', { ...Template.properties, touches: TOUCHES })

export const templates = routes('set-up', {
  templates: get('/v1/templates', {
    scope: LOOKS,
    summary: 'Templates with their fields',
    query: PageQuery,
    answer: pageOf(Template),
    handle: (call) => listed(call, listTemplates, 'template_id'),
  }),

  createTemplate: post('/v1/templates', {
    scope: 'manage',
    summary: 'Create a template',
    body: NewTemplate,
    created: Template,
    handle: async (call) => {
      const template = {
        region: call.services.region,
        disposition_set: 'Standard',
        duplicate_rule: 'any',
        dnc_rule: 'all',
        bad_values: 'keep',
        zone_field: null,
        attempt_rules: null,
        consent: 'none',
        ...call.body,
      } as const
      return created(call, await addTemplate(call, template), 'template_id')
    },
  }),

  template: get('/v1/templates/:id', {
    scope: LOOKS,
    summary: 'A template',
    params: IdParams,
    answer: Template,
    handle: (call) => one(call, templateById, 'template'),
  }),

  changeTemplate: patch('/v1/templates/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Change the rules of a template and the order of its fields, archive it, or take it up again',
    body: TemplateChange,
    answer: ChangedTemplate,
    handle: async (call) =>
      changed(call, await patchTemplate(call, call.params.id, call.body, changeAsked(call))),
  }),

  addField: post('/v1/templates/:id/fields', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Add a field behind the others',
    body: NewField,
    answer: ChangedTemplate,
    handle: async (call) =>
      changed(call, await addTemplateField(call, call.params.id, call.body, changeAsked(call))),
  }),

  changeField: patch('/v1/templates/:id/fields/:name', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Change a field, retire it, or take it up again',
    params: FieldParams,
    body: FieldChange,
    answer: ChangedTemplate,
    handle: async (call) => {
      const { id, name } = call.params
      return changed(call, await changeTemplateField(call, id, name, call.body, changeAsked(call)))
    },
  }),

  deleteTemplate: del('/v1/templates/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Delete a template that has no campaigns',
    handle: async (call) => {
      orRefuse(await deleteTemplate(call, call.params.id, changeAsked(call)))
    },
  }),
})
