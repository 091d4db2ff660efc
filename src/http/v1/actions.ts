// Actions: what an outcome triggers. Set up, chosen for outcomes, rehearsed.

import { Type } from 'typebox'
import { ACTION_KINDS, type ActionSetUp, URL_METHODS } from '../../core/action.ts'
import { CONDITION_OPS } from '../../core/action-condition.ts'
import { shownConfig } from '../../core/action-secrets.ts'
import { type ActionRow, actionById, listActions } from '../../db/actions.ts'
import {
  actionsOfOutcome,
  addAction,
  changeAction,
  chooseActions,
  deleteAction,
} from '../../intake/actions.ts'
import { rehearse } from '../../jobs/dry-run.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, put, routes } from '../route.ts'
import { DispositionParams } from './disposition-sets.ts'
import { CHANGES, changeAsked, changed, created, listed, one, TOUCHES } from './set-up.ts'
import {
  Closed,
  closed,
  Id,
  IdParams,
  Name,
  named,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  record,
  shape,
  Time,
  Version,
} from './shapes.ts'

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

const NewAction = named('NewAction', byKind({ team: { ...Name, description: 'Global without one' } }))
const ActionChange = named('ActionChange', byKind({}))

export const Kind = named('ActionKind', oneOf(ACTION_KINDS))
const Action = shape('Action', {
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
  version: Version,
  created_at: Time,
  updated_at: Time,
})

const TouchedOutcomes = shape(
  'TouchedOutcomes',
  { dispositions: Type.Integer({ minimum: 0 }) },
  { description: 'Of a dry run: how many dispositions start it' },
)

const Chosen = Type.Object(
  { action_ids: Type.Array(Id, { maxItems: 50, description: 'In this order' }) },
  Closed,
)
const Linked = Type.Object({
  items: Type.Array(Type.Object({ action_id: Id, name: Type.String(), kind: Kind, enabled: Type.Boolean() })),
  version: { ...Version, description: 'Of the disposition set' },
})

const DryRunRequest = closed('DryRunRequest', {
  lead_id: Type.String({ maxLength: 40 }),
  disposition: Type.Optional({
    ...Name,
    description: 'The outcome to suppose; that of the lead without one',
  }),
  attempt: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 1 })),
})
const Free = (description: string) =>
  Type.Optional(Type.Unsafe<object>({ type: 'object', additionalProperties: true, description }))
const DryRun = shape('DryRun', {
  kind: Kind,
  problem: nullable(Type.String({ description: 'Why a run would fail' })),
  request: Free('url: method, url, headers and body as they would be sent'),
  email: Free('email: the mail as it would be sent'),
  copy: Free('copy: where it would go, with which fields'),
  dnc: Free('dnc: which numbers would go on which list'),
  choice: Free('conditional, nth_attempt: what was found and which action would come next'),
})

const OUTCOME = '/v1/disposition-sets/:id/dispositions/:code/actions'

export const actions = routes('set-up', {
  dispositionActions: get(OUTCOME, {
    scope: 'manage',
    summary: 'The actions of an outcome',
    params: DispositionParams,
    answer: Linked,
    handle: async (call) =>
      linked(changed(call, await actionsOfOutcome(call.services.pool, call.caller, call.params))),
  }),

  changeDispositionActions: put(OUTCOME, {
    ...CHANGES,
    params: DispositionParams,
    scope: 'manage',
    summary: 'Choose the actions of an outcome',
    body: Chosen,
    answer: Type.Object({ ...Linked.properties, touches: TOUCHES }),
    handle: async (call) =>
      linked(changed(call, await chooseActions(call, call.params, call.body.action_ids, changeAsked(call)))),
  }),

  actions: get('/v1/actions', {
    scope: 'manage',
    summary: 'Actions',
    query: PageQuery,
    answer: pageOf(Action),
    handle: async (call) => {
      const found = await listed(call, listActions, 'action_id')
      return { ...found, items: found.items.map(shown) }
    },
  }),

  createAction: post('/v1/actions', {
    scope: 'manage',
    summary: 'Create an action',
    body: NewAction,
    created: Action,
    handle: async (call) => shown(created(call, await addAction(call, call.body), 'action_id')),
  }),

  action: get('/v1/actions/:id', {
    scope: 'manage',
    summary: 'An action',
    params: IdParams,
    answer: Action,
    handle: async (call) => shown(await one(call, actionById, 'action')),
  }),

  changeAction: put('/v1/actions/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Change or disable an action',
    body: ActionChange,
    answer: shape('ChangedAction', { ...Action.properties, touches: Type.Optional(TouchedOutcomes) }),
    handle: async (call) =>
      shown(changed(call, await changeAction(call, call.params.id, call.body, changeAsked(call)))),
  }),

  deleteAction: del('/v1/actions/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Delete an action that nothing uses',
    handle: async (call) => {
      orRefuse(await deleteAction(call, call.params.id, changeAsked(call)))
    },
  }),

  dryRun: post('/v1/actions/:id/dry-run', {
    scope: 'manage',
    summary: 'Show what an action would do to a lead',
    repeatable: true,
    params: IdParams,
    body: DryRunRequest,
    answer: DryRun,
    handle: async (call) => orRefuse(await rehearse(call, call.params.id, call.body)),
  }),
})

const shown = <Row extends ActionRow>(row: Row) => {
  const { team_id: _, ...rest } = row
  return { ...rest, config: shownConfig(row) }
}

const linked = <Row extends { code: string; team_id: number }>({ code: _, team_id: __, ...row }: Row) => row
