// Held updates: the sides of a clash, and a person's decision.

import { type Static, Type } from 'typebox'
import { mayDo } from '../../core/access.ts'
import { readLeadId } from '../../core/lead.ts'
import { refuse } from '../../core/result.ts'
import { listHeldUpdates, settleHeldUpdate } from '../../db/held-updates.ts'
import { decisionOn } from '../../db/merges.ts'
import { type Settlement, senderOf } from '../../intake/settle.ts'
import { readConflict } from '../../intake/sides.ts'
import { nameWarnings } from '../answer.ts'
import { orRefuse } from '../errors.ts'
import { tagOf } from '../if-match.ts'
import { del, get, put, routes } from '../route.ts'
import { orKnownOutcome } from './callbacks.ts'
import { ConflictDocumentShape, DecisionsShape } from './conflict-shapes.ts'
import {
  beside,
  ConflictQuery,
  ConflictState,
  clashing,
  filterOf,
  maySettle,
  notOpen,
  rulesOfHeld,
  seenHeld,
  shown,
} from './conflict-views.ts'
import { DecidedMerge, shownMerge } from './decided.ts'
import { mayPutOff, readerOf } from './leads.ts'
import { page } from './page.ts'
import {
  ActorName,
  ConflictParams,
  closed,
  NullableText,
  nullable,
  pageOf,
  record,
  Sentence,
  shape,
  Time,
  ValuesShape,
} from './shapes.ts'

export const ConflictShape = shape('Conflict', {
  conflict_id: Type.Integer(),
  lead_id: Type.String(),
  lead_name: nullable(Type.String({ description: "As far as the template's fields reveal it" })),
  template_id: Type.Integer(),
  kind: Type.String({ description: 'The same for all of one template, sender and groups' }),
  state: ConflictState,
  caller: Type.String(),
  caller_name: ActorName,
  way: Type.String(),
  request_id: Type.String(),
  groups: Type.Array(Type.String()),
  base_version: Type.Integer(),
  base: ValuesShape,
  mine: ValuesShape,
  allow_duplicates: Type.Boolean(),
  theirs: nullable(
    ValuesShape,
    'The values of the lead now, for the same paths; null: settled, or the lead is forgotten',
  ),
  lead_version: nullable(Type.Integer()),
  clashes: Type.Array(Type.String(), { description: 'Groups that need a decision now' }),
  resolution: nullable(record(Type.Unknown())),
  resolved_by: NullableText,
  resolved_by_name: ActorName,
  resolved_at: NullableText,
  assigned_to: nullable(Type.Integer(), 'The operator who takes care of it'),
  assigned_to_name: NullableText,
  note: nullable(
    Type.String({
      description: 'What its author asks of those who settle it; what others ask begins with their name',
    }),
  ),
  present: Type.Array(
    shape('OperatorOnLead', {
      operator_id: Type.Integer(),
      name: Type.String(),
      editing: Type.Boolean(),
      since: Time,
    }),
    { description: 'Operators who have the lead open' },
  ),
  settled_version: nullable(
    Type.Integer(),
    'The version of the lead that settling it made; null: nothing of the lead was written',
  ),
  bulk_id: nullable(Type.Integer(), 'The decision for many that settled it'),
  created_at: Time,
  expires_at: Time,
  conflict: Type.Optional(
    nullable(
      ConflictDocumentShape,
      'Everything that a person needs to decide; where one is read, and only while it is open',
    ),
  ),
  decided: Type.Optional(
    nullable(
      DecidedMerge,
      'What was decided, and the values that were given up; where one is read, once a person has settled it',
    ),
  ),
})

const Resolution = closed(
  'Resolution',
  {
    dismiss: Type.Optional(Type.Literal(true)),
    reason: Type.Optional(Sentence),
    lead_version: Type.Optional(Type.Integer({ minimum: 1 })),
    decisions: Type.Optional(DecisionsShape),
  },
  {
    description: '{dismiss: true, reason} or {lead_version, decisions: {group: {take, value?, reason?}}}',
  },
)
const Settled = Type.Object({ lead_id: Type.String(), version: Type.Integer() })
const Reopened = Type.Object({
  ...Settled.properties,
  state: { ...ConflictState, description: 'superseded: its sender has sent a newer update since' },
})

export const conflicts = routes('leads', {
  conflicts: get('/v1/conflicts', {
    scope: 'read',
    summary: 'Held updates (code 110)',
    query: ConflictQuery,
    answer: pageOf(ConflictShape),
    handle: async (call) => {
      const { query, services, caller } = call
      const lead = query.lead_id === undefined ? undefined : readLeadId(query.lead_id)
      if (query.lead_id !== undefined && !lead) return { items: [], next_cursor: null }
      const asked = { state: query.state ?? 'open', lead, filter: filterOf(call, query) }
      const read = (bounds: { after: number; rows_max: number }) =>
        listHeldUpdates(services.pool, caller, asked, bounds)
      if (query.clashing !== undefined) return clashing(call, query, read)
      const found = await page(query, read, (row) => row.held_update_id)
      return { ...found, items: (await beside(call, found.items)).map(shown) }
    },
  }),

  conflict: get('/v1/conflicts/:id', {
    scope: 'read',
    summary: 'A held update with its three sides',
    params: ConflictParams,
    answer: ConflictShape,
    handle: async (call) => {
      const [found] = await beside(call, [await seenHeld(call, call.params.id)])
      const { sides, held } = found!
      const { pool } = call.services
      const conflict = sides && (await readConflict(pool, sides, senderOf(held), readerOf(call.caller)))
      const decided = await decisionOn(pool, held)
      return {
        ...shown(found!),
        conflict: conflict ?? null,
        decided: decided ? shownMerge(decided) : null,
      }
    },
  }),

  settleConflict: put('/v1/conflicts/:id/resolution', {
    scope: ['supervise', 'write'],
    repeatable: false,
    summary: 'Settle a held update: any one, or one that you were given',
    params: ConflictParams,
    body: Resolution,
    answer: Settled,
    handle: async (call) => {
      const held = await seenHeld(call, call.params.id)
      if (!maySettle(call, held))
        return orRefuse(refuse('FORBIDDEN', 'a team lead settles it, or the operator whom it was given'))
      const { intake, now } = call.services
      if (call.body.decisions) await orKnownOutcome(call, held.campaign_id, call.body.decisions)
      const rules = await rulesOfHeld(call, held)
      const result = await intake.settle({
        held,
        rules,
        resolution: readResolution(call.body),
        may_put_off: mayPutOff(call.caller),
        reader: readerOf(call.caller),
        by: call.by,
        now: now(),
        deadline: call.deadline,
      })
      if (result.refusal?.name === 'UNKNOWN_TARGET') return notOpen(call)
      const { warnings, ...settled } = orRefuse(result)
      nameWarnings(call, warnings)
      call.reply.header('ETag', tagOf(settled.version))
      return settled
    },
  }),

  reopenConflict: del('/v1/conflicts/:id/resolution', {
    scope: ['supervise', 'write'],
    summary:
      'Take a settlement back, any or your own: what it wrote is undone, and the conflict is open again',
    params: ConflictParams,
    answer: Reopened,
    handle: async (call) => {
      const held = await seenHeld(call, call.params.id)
      const { by, deadline, services } = call
      if (!mayDo(call.caller.scopes, ['supervise']) && held.resolved_by !== by.actor)
        return orRefuse(refuse('FORBIDDEN', 'a team lead takes it back, or the operator who settled it'))
      const rules = await rulesOfHeld(call, held)
      const may_put_off = mayPutOff(call.caller)
      const reader = readerOf(call.caller)
      const now = services.now()
      return orRefuse(await services.intake.reopen({ held, rules, may_put_off, reader, by, now, deadline }))
    },
  }),

  takeBackConflict: del('/v1/conflicts/:id', {
    scope: 'write',
    summary: 'Take back a change that you handed over',
    params: ConflictParams,
    handle: async (call) => {
      const held = await seenHeld(call, call.params.id)
      if (held.caller !== call.by.actor)
        return orRefuse(refuse('FORBIDDEN', 'only its author takes a change back'))
      const taken_back = { taken_back: true }
      const { pool } = call.services
      if (!(await settleHeldUpdate(pool, held.held_update_id, 'dismissed', taken_back, call.by.actor))) {
        const { resolution } = await seenHeld(call, call.params.id)
        if (resolution?.taken_back !== true) return notOpen(call)
      }
    },
  }),
})

function readResolution({ dismiss, reason, lead_version, decisions }: Static<typeof Resolution>): Settlement {
  if (dismiss && decisions)
    return orRefuse(refuse('INVALID_FIELD', 'dismiss it or decide it, not both', { field: '/dismiss' }))
  if (dismiss)
    return { dismiss, reason: reason ?? orRefuse(refuse('INVALID_FIELD', 'say why', { field: '/reason' })) }
  if (lead_version === undefined || !decisions)
    return orRefuse(
      refuse('INVALID_FIELD', 'needs lead_version and decisions, or dismiss and reason', {
        field: '/decisions',
      }),
    )
  return { lead_version, decisions }
}
