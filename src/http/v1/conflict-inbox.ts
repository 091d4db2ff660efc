// The inbox of conflicts: what there is of each kind, the way from one to the next, whose task it is, and figures.

import { Type } from 'typebox'
import { mayDo, SCOPES_OF } from '../../core/access.ts'
import { ROLES } from '../../core/operator.ts'
import { refuse, refuseField } from '../../core/result.ts'
import { conflictFigures } from '../../db/conflict-figures.ts'
import {
  assignees,
  assignHeldUpdate,
  countKinds,
  neighboursOf,
  noteHeldUpdate,
} from '../../db/conflict-inbox.ts'
import { heldUpdatesOf } from '../../db/held-updates.ts'
import { orRefuse } from '../errors.ts'
import { get, put, routes } from '../route.ts'
import {
  beside,
  ConflictFilterShape,
  filterOf,
  maySettle,
  notOpen,
  rulesOfHeld,
  seenHeld,
  shown,
} from './conflict-views.ts'
import { ConflictShape } from './conflicts.ts'
import {
  ActorName,
  ConflictParams,
  closed,
  Id,
  NullableText,
  nullable,
  Sentence,
  shape,
  Time,
} from './shapes.ts'

const Groups = Type.Array(Type.String())
const ConflictKind = shape('ConflictKind', {
  kind: Type.String(),
  template_id: Id,
  caller: Type.String(),
  caller_name: ActorName,
  groups: Groups,
  open: Type.Integer(),
  oldest_at: Time,
})
const Neighbours = Type.Object({
  previous: nullable(Type.Integer()),
  next: nullable(Type.Integer()),
  before: Type.Integer({ description: 'How many come before it' }),
  open: Type.Integer({ description: 'How many there are' }),
})
const Assignment = closed('ConflictAssignment', {
  operator_id: nullable(Id, 'Who takes care of it, and may settle it; null: whoever may settle any'),
  was: nullable(Id, 'Who takes care of it until now: if somebody else does, nothing is changed'),
  note: Type.Optional({
    ...Sentence,
    description:
      'What you ask of them. It is added to the note that is there; with your name, unless the change is yours',
  }),
})
const Assignee = shape('ConflictAssignee', { operator_id: Id, name: Type.String() })
const Assigned = shape('ConflictAssigned', {
  assigned_to: nullable(Id),
  assigned_to_name: NullableText,
})
const Note = closed('ConflictNote', {
  note: nullable(Sentence, 'What its author asks of those who settle it; null: nothing'),
})
const Figures = shape('ConflictFigures', {
  caller: Type.String(),
  caller_name: ActorName,
  held: Type.Integer({ description: 'Updates that clashed and were held' }),
  merged: Type.Integer({ description: 'Updates that met other changes and were merged without a person' }),
  median_s: nullable(
    Type.Integer(),
    'Half of those that people settled took longer, seconds; null: nobody settled one',
  ),
  top_groups: Type.Array(Type.Object({ template_id: Id, group: Type.String(), held: Type.Integer() }), {
    description: 'The groups that clashed most',
  }),
})
const DAYS_DEFAULT = 30

/** The roles that may settle conflicts. */
const SETTLERS = ROLES.filter((role) => mayDo(SCOPES_OF[role], ['supervise']))

export const conflictInbox = routes('leads', {
  conflictKinds: get('/v1/conflict-kinds', {
    scope: 'read',
    summary: 'Open conflicts, counted by template, sender and groups',
    query: ConflictFilterShape,
    answer: Type.Object({ items: Type.Array(ConflictKind) }),
    handle: async (call) => {
      const { services, caller } = call
      return { items: await countKinds(services.pool, caller, filterOf(call, call.query)) }
    },
  }),

  handedOver: get('/v1/handed-over', {
    scope: 'session',
    summary: 'The changes that you handed over, the newest first',
    answer: Type.Object({ items: Type.Array(ConflictShape) }),
    handle: async (call) => {
      const rows = await heldUpdatesOf(call.services.pool, call.caller, call.by.actor)
      return { items: (await beside(call, rows)).map(shown) }
    },
  }),

  conflictNeighbours: get('/v1/conflicts/:id/neighbours', {
    scope: 'read',
    summary: 'The open conflicts before and after one, in the order of the list',
    params: ConflictParams,
    query: ConflictFilterShape,
    answer: Neighbours,
    handle: async (call) => {
      const { held_update_id } = await seenHeld(call, call.params.id)
      return neighboursOf(call.services.pool, call.caller, held_update_id, filterOf(call, call.query))
    },
  }),

  conflictAssignees: get('/v1/conflict-assignees', {
    scope: 'supervise',
    summary: 'Operators who may settle conflicts of your teams',
    answer: Type.Object({ items: Type.Array(Assignee) }),
    handle: async ({ services, caller }) => {
      const found = await assignees(services.pool, caller, SETTLERS)
      return { items: found.map(({ team_ids: _, ...one }) => one) }
    },
  }),

  assignConflict: put('/v1/conflicts/:id/assignment', {
    scope: ['supervise', 'write'],
    summary: 'Say who takes care of a conflict: any one, one that you handed over, one that you were given',
    params: ConflictParams,
    body: Assignment,
    answer: Assigned,
    handle: async (call) => {
      const { services, caller, by, body } = call
      const held = await seenHeld(call, call.params.id)
      const is_own = held.caller === by.actor
      if (!is_own && !maySettle(call, held))
        return orRefuse(refuse('FORBIDDEN', 'it is neither your change, nor were you given it'))
      const { team_id } = await rulesOfHeld(call, held)
      const known = await assignees(services.pool, caller, ROLES)
      const chosen = known.find(
        ({ operator_id, team_ids }) =>
          operator_id === body.operator_id && (team_ids?.includes(team_id) ?? true),
      )
      if (body.operator_id !== null && !chosen)
        return orRefuse(refuseField('/operator_id', 'is nobody who works on this lead'))
      if (held.state !== 'open') return notOpen(call)
      const { held_update_id } = held
      const { operator_id, was } = body
      const signed = is_own || !caller.operator ? '' : `${caller.operator.name}: `
      const note = body.note === undefined ? null : signed + body.note
      if (!(await assignHeldUpdate(services.pool, { held_update_id, operator_id, was, note }))) {
        const now = await seenHeld(call, held_update_id)
        if (now.state !== 'open') return notOpen(call)
        if (now.assigned_to !== operator_id)
          return orRefuse(refuseField('/was', `${now.assigned_to_name ?? 'nobody'} takes care of it by now`))
      }
      return { assigned_to: body.operator_id, assigned_to_name: chosen?.name ?? null }
    },
  }),

  noteConflict: put('/v1/conflicts/:id/note', {
    scope: 'write',
    summary: 'Say what you ask of those who settle a change that you handed over',
    params: ConflictParams,
    body: Note,
    handle: async (call) => {
      const { held_update_id, caller } = await seenHeld(call, call.params.id)
      if (caller !== call.by.actor && !mayDo(call.caller.scopes, ['supervise']))
        return orRefuse(refuse('FORBIDDEN', 'only its author writes a note for a change'))
      const { pool } = call.services
      if (!(await noteHeldUpdate(pool, held_update_id, call.body.note))) return notOpen(call)
    },
  }),

  conflictFigures: get('/v1/conflict-figures', {
    scope: 'supervise',
    summary: 'How often updates clash, by sender',
    query: Type.Object({
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90, default: DAYS_DEFAULT })),
    }),
    answer: Type.Object({ days: Type.Integer(), items: Type.Array(Figures) }),
    handle: async ({ services, caller, query: { days = DAYS_DEFAULT } }) => ({
      days,
      items: await conflictFigures(services.pool, caller, days),
    }),
  }),
})
