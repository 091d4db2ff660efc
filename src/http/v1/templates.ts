// Templates: the fields and rules that campaigns share.

import { Type } from 'typebox'
import { FIELD_KINDS } from '../../core/field.ts'
import { listTemplates, templateById } from '../../db/templates.ts'
import { addTemplate, deleteTemplate, patchTemplate } from '../../intake/templates.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { CHANGES, changeAsked, created, listed, one } from './set-up.ts'
import {
  Closed,
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
} from './shapes.ts'

const NewField = closed('NewField', {
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
})

const DuplicateRule = oneOf(['any', 'all'])
const DncRule = oneOf(['all', 'any'])
const BadValues = oneOf(
  ['keep', 'refuse'],
  "A text that does not fit its field's kind. keep: stored with a mark, never instead of a good value. refuse: 1005",
)

const NewTemplate = closed('NewTemplate', {
  name: Name,
  team: Type.Optional(Name),
  region: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
  contact_hours: Name,
  disposition_set: Type.Optional(Name),
  duplicate_rule: Type.Optional(DuplicateRule),
  dnc_rule: Type.Optional(DncRule),
  bad_values: Type.Optional(BadValues),
  fields: Type.Array(NewField, { minItems: 1, maxItems: 200 }),
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
  fields: Type.Array(TemplateField),
  created_at: Time,
})

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
    scope: 'manage',
    repeatable: true,
    summary: 'Change the rules of a template',
    params: IdParams,
    body: Type.Object({ bad_values: BadValues }, Closed),
    answer: Template,
    handle: async (call) => orRefuse(await patchTemplate(call, call.params.id, call.body)),
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
