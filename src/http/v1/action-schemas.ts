// The shapes of actions and their runs.

import { Type } from 'typebox'
import { ACTION_KINDS, type ActionSetUp, URL_METHODS } from '../../core/action.ts'
import { CONDITION_OPS } from '../../core/action-condition.ts'
import { Closed, Id, Name, NullableText, nullable, oneOf, Page, record, Time } from './shapes.ts'

const RUN_STATES = ['queued', 'done', 'failed', 'skipped'] as const

/** Placeholders are written as a dollar sign with the name of a field in braces; docs/actions.md shows them. */
const Template = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, description: `${description}; a template` })

const CONFIGS = {
  url: Type.Object(
    {
      method: oneOf(URL_METHODS),
      url: Template(4_000, 'http or https; placeholders in its path and query only'),
      headers: Type.Optional(record(Type.String({ maxLength: 4_000 }))),
      body: Type.Optional(Template(64_000, 'Escaped for its Content-Type, which is JSON without one')),
      secrets: Type.Optional(
        Type.Array(Name, {
          maxItems: 50,
          description:
            'Headers, parameters of the query and names in the body whose values are masked, besides those whose name says so',
        }),
      ),
    },
    Closed,
  ),
  email: Type.Object(
    {
      to: Template(2_000, 'Addresses, separated by commas'),
      cc: Type.Optional(Template(2_000, 'Addresses')),
      bcc: Type.Optional(Template(2_000, 'Addresses')),
      from: Type.Optional(Template(500, 'One address; LEADLINE_MAIL_FROM without one')),
      subject: Template(1_000, 'One line'),
      text: Type.Optional(Template(64_000, 'The mail as text')),
      html: Type.Optional(Template(64_000, 'The mail as HTML')),
    },
    Closed,
  ),
  copy: Type.Object(
    {
      allocation_id: { ...Id, description: 'Where the copy goes, through the same checks as any lead' },
      allow_duplicates: Type.Optional(Type.Boolean({ default: false })),
    },
    Closed,
  ),
  dnc: Type.Object({ list: oneOf(['private', 'campaign']) }, Closed),
  conditional: Type.Object(
    {
      condition: Type.Object(
        { field: Name, op: oneOf(CONDITION_OPS), value: Type.Optional(Type.String({ maxLength: 1_000 })) },
        Closed,
      ),
      then_action_id: Id,
      else_action_id: Type.Optional(Id),
    },
    Closed,
  ),
  nth_attempt: Type.Object(
    {
      attempt: Type.Integer({
        minimum: 1,
        maximum: 1_000,
        description: 'Which time the lead gets the outcome',
      }),
      then_action_id: Id,
    },
    Closed,
  ),
} as const satisfies Record<ActionSetUp['kind'], object>

/** A body whose config is what its kind needs; a wrong one is told about its own kind only. */
const byKind = (more: Record<string, object>) =>
  Type.Unsafe<{ name: string; team?: string; enabled?: boolean } & ActionSetUp>({
    type: 'object',
    required: ['name', 'kind', 'config'],
    discriminator: { propertyName: 'kind' },
    oneOf: ACTION_KINDS.map((kind) => ({
      type: 'object',
      required: ['name', 'kind', 'config'],
      additionalProperties: false,
      properties: {
        name: Name,
        kind: { type: 'string', const: kind },
        enabled: { type: 'boolean', default: true },
        config: CONFIGS[kind],
        ...more,
      },
    })),
  })

export const NewAction = byKind({ team: { ...Name, description: 'Global without one' } })
export const ChangedAction = byKind({})

const Kind = oneOf(ACTION_KINDS)
export const Action = Type.Object({
  action_id: Id,
  team: Type.String(),
  name: Type.String(),
  kind: Kind,
  config: Type.Unsafe<object>({
    type: 'object',
    additionalProperties: true,
    description: 'As it was given; secrets are masked, and keep their value when they come back so',
  }),
  enabled: Type.Boolean(),
  dispositions: Type.Array(Type.Object({ disposition_set_id: Id, code: Type.String() }), {
    description: 'The outcomes that start it',
  }),
  created_at: Time,
  updated_at: Time,
})

export const Links = Type.Object(
  { action_ids: Type.Array(Id, { maxItems: 50, description: 'In this order' }) },
  Closed,
)
export const Linked = Type.Object({
  items: Type.Array(Type.Object({ action_id: Id, name: Type.String(), kind: Kind, enabled: Type.Boolean() })),
})

export const DryRunRequest = Type.Object(
  {
    lead_id: Type.String({ maxLength: 40 }),
    disposition: Type.Optional({
      ...Name,
      description: 'The outcome to suppose; that of the lead without one',
    }),
    attempt: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 1 })),
  },
  Closed,
)
const Free = (description: string) =>
  Type.Optional(Type.Unsafe<object>({ type: 'object', additionalProperties: true, description }))
export const DryRun = Type.Object({
  kind: Kind,
  problem: nullable(Type.String({ description: 'Why a run would fail' })),
  request: Free('url: method, url, headers and body as they would be sent'),
  email: Free('email: the mail as it would be sent'),
  copy: Free('copy: where it would go, with which fields'),
  dnc: Free('dnc: which numbers would go on which list'),
  choice: Free('conditional, nth_attempt: what was found and which action would come next'),
})

const RunId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
export const RunParams = Type.Object({ id: RunId })
export const RunQuery = Type.Object({
  ...Page,
  lead_id: Type.Optional(Type.String({ maxLength: 40 })),
  action_id: Type.Optional(Id),
  state: Type.Optional(oneOf(RUN_STATES)),
})
export const Run = Type.Object({
  run_id: RunId,
  action_id: Id,
  action: Type.String(),
  kind: Kind,
  lead_id: Type.String(),
  disposition: Type.String({ description: 'The outcome that started it' }),
  attempt: Type.Integer({ description: 'Which time the lead got that outcome' }),
  started_by: oneOf(['outcome', 'action', 'rerun']),
  parent_run_id: nullable(Type.Integer()),
  delivery_id: Type.String({ description: 'The same for every try, as header Leadline-Delivery-Id' }),
  state: oneOf(RUN_STATES),
  tries: Type.Integer(),
  status: nullable(
    Type.Integer({ description: 'Of the last try: HTTP or SMTP status, or the result code of a copy' }),
  ),
  detail: NullableText,
  created_at: Time,
  finished_at: NullableText,
})
