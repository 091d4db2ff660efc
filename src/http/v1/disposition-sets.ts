// Disposition sets: which outcomes there are, and what each does to a lead.

import { Type } from 'typebox'
import { DISPOSITION_KINDS } from '../../core/rules.ts'
import { type DispositionSetRow, dispositionSetById, listDispositionSets } from '../../db/dispositions.ts'
import {
  addDispositionSet,
  addDispositionTo,
  changeDisposition,
  deleteDisposition,
  deleteDispositionSet,
  patchDispositionSet,
} from '../../intake/disposition-sets.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { CHANGES, changeAsked, changed, created, one, TOUCHES } from './set-up.ts'
import { closed, Id, IdParams, LOOKS, Name, nullable, oneOf, pageOf, shape, Version } from './shapes.ts'

const Kind = oneOf(DISPOSITION_KINDS, 'Decides whether the lead closes, and when it comes back')
const Priority = Type.Integer({ minimum: 0, maximum: 100, description: 'Lower first' })
const Delay = nullable(
  Type.Integer({ minimum: 0, maximum: 31_536_000, description: 'Seconds after which the lead comes back' }),
)
const NextDay = Type.Boolean({ description: 'It comes back on the next day instead' })
const Redials = nullable(
  Type.Integer({
    minimum: 0,
    maximum: 1_000,
    description: 'Re-dials before the lead closes: 5 means six calls; null: no limit',
  }),
)

const OPTIONAL = {
  priority: Type.Optional(Priority),
  delay_s: Type.Optional(Delay),
  next_day: Type.Optional(NextDay),
  redials_max: Type.Optional(Redials),
  enabled: Type.Optional(Type.Boolean()),
}
const Code = Type.String({ ...Name, maxLength: 100 })
const NewDisposition = closed('NewDisposition', { code: Code, kind: Kind, ...OPTIONAL })
const DispositionChange = closed('DispositionChange', { kind: Type.Optional(Kind), ...OPTIONAL })
export const DispositionParams = Type.Object({ id: Id, code: Type.String({ maxLength: 300 }) })

const NewDispositionSet = closed('NewDispositionSet', {
  name: Name,
  team: Type.Optional(Name),
  copy_of: Type.Optional({ ...Id, description: 'A set whose dispositions it begins with' }),
})
const Disposition = shape('Disposition', {
  disposition_id: Id,
  code: Type.String(),
  kind: Kind,
  priority: Type.Integer(),
  delay_s: Delay,
  next_day: NextDay,
  redials_max: Redials,
  built_in: Type.Boolean(),
  enabled: Type.Boolean(),
})
const DispositionSet = shape('DispositionSet', {
  disposition_set_id: Id,
  name: Type.String(),
  team: Type.String(),
  dispositions: Type.Array(Disposition),
  used_by: Type.Array(Type.Object({ template_id: Id, name: Type.String() })),
  version: { ...Version, description: 'Counts changes of its dispositions, and of their actions, too' },
  warnings: Type.Optional(
    Type.Array(Type.String(), { description: 'Other things that a change of this set affects' }),
  ),
})

const ChangedSet = shape('ChangedDispositionSet', { ...DispositionSet.properties, touches: TOUCHES })

export const dispositionSets = routes('set-up', {
  dispositionSets: get('/v1/disposition-sets', {
    scope: LOOKS,
    summary: 'Disposition sets',
    answer: pageOf(DispositionSet),
    handle: async ({ services, caller }) => ({
      items: (await listDispositionSets(services.pool, caller)).map(shown),
      next_cursor: null,
    }),
  }),

  createDispositionSet: post('/v1/disposition-sets', {
    scope: 'manage',
    summary: 'Create a disposition set',
    body: NewDispositionSet,
    created: DispositionSet,
    handle: async (call) =>
      shown(created(call, await addDispositionSet(call, call.body), 'disposition_set_id')),
  }),

  dispositionSet: get('/v1/disposition-sets/:id', {
    scope: LOOKS,
    summary: 'A disposition set',
    params: IdParams,
    answer: DispositionSet,
    handle: async (call) => shown(await one(call, dispositionSetById, 'disposition set')),
  }),

  changeDispositionSet: patch('/v1/disposition-sets/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Rename a disposition set',
    body: closed('DispositionSetChange', { name: Type.Optional(Name) }),
    answer: ChangedSet,
    handle: async (call) =>
      warned(changed(call, await patchDispositionSet(call, call.params.id, call.body, changeAsked(call)))),
  }),

  deleteDispositionSet: del('/v1/disposition-sets/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Delete a disposition set that no template has',
    handle: async (call) => {
      orRefuse(await deleteDispositionSet(call, call.params.id, changeAsked(call)))
    },
  }),

  createDisposition: post('/v1/disposition-sets/:id/dispositions', {
    scope: 'manage',
    summary: 'Add a disposition',
    params: IdParams,
    headers: CHANGES.headers,
    body: NewDisposition,
    created: DispositionSet,
    handle: async (call) => {
      const asked = changeAsked({ headers: call.headers, query: {} })
      return warned(changed(call, await addDispositionTo(call, call.params.id, call.body, asked)))
    },
  }),

  changeDisposition: patch('/v1/disposition-sets/:id/dispositions/:code', {
    ...CHANGES,
    params: DispositionParams,
    scope: 'manage',
    summary: 'Change or disable a disposition',
    body: DispositionChange,
    answer: ChangedSet,
    handle: async (call) =>
      warned(changed(call, await changeDisposition(call, call.params, call.body, changeAsked(call)))),
  }),

  deleteDisposition: del('/v1/disposition-sets/:id/dispositions/:code', {
    ...CHANGES,
    params: DispositionParams,
    scope: 'manage',
    summary: 'Delete a disposition that nobody has used',
    handle: async (call) => {
      changed(call, await deleteDisposition(call, call.params, changeAsked(call)))
    },
  }),
})

const shown = <Row extends DispositionSetRow>({ templates: _, team_id: __, ...set }: Row) => set

/** After a change: a set that several templates share is changed for all of them. */
const warned = <Row extends DispositionSetRow & { found?: unknown }>({ found: _, ...set }: Row) => ({
  ...shown(set),
  warnings:
    set.templates > 1 ? [`${set.templates} templates share this set: the change is one for all of them`] : [],
})
