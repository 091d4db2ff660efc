// Held updates: the sides of a clash, and a person's decision.

import { type Static, Type } from 'typebox'
import { openGroups } from '../../core/conflict.ts'
import { leadId, readLeadId, valuesOf } from '../../core/lead.ts'
import { refuse } from '../../core/result.ts'
import { type HeldUpdate, heldUpdateById, listHeldUpdates } from '../../db/held-updates.ts'
import { findLeads } from '../../db/leads.ts'
import { type HeldSides, heldSides, type Settlement, senderOf } from '../../intake/settle.ts'
import { readConflict } from '../../intake/sides.ts'
import { nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { get, put, routes } from '../route.ts'
import { ConflictDocumentShape, DecisionsShape } from './conflict-shapes.ts'
import { mayPutOff, readerOf } from './leads.ts'
import { page } from './page.ts'
import {
  ActorName,
  ConflictParams,
  closed,
  NullableText,
  nullable,
  oneOf,
  PAGE,
  pageOf,
  record,
  Sentence,
  shape,
  Time,
  ValuesShape,
} from './shapes.ts'

const State = oneOf(['open', 'resolved', 'dismissed', 'superseded', 'expired', 'forgotten'])
const ConflictQuery = Type.Object({
  ...PAGE,
  state: Type.Optional(State),
  lead_id: Type.Optional(Type.String()),
})
const Conflict = shape('Conflict', {
  conflict_id: Type.Integer(),
  lead_id: Type.String(),
  state: State,
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
  created_at: Time,
  expires_at: Time,
  conflict: Type.Optional(
    nullable(
      ConflictDocumentShape,
      'Everything that a person needs to decide; where one is read, and only while it is open',
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

export const conflicts = routes('leads', {
  conflicts: get('/v1/conflicts', {
    scope: 'read',
    summary: 'Held updates (code 110)',
    query: ConflictQuery,
    answer: pageOf(Conflict),
    handle: async (call) => {
      const { query, services, caller } = call
      const lead = query.lead_id === undefined ? undefined : readLeadId(query.lead_id)
      if (query.lead_id !== undefined && !lead) return { items: [], next_cursor: null }
      const filter = { state: query.state ?? 'open', lead }
      const found = await page(
        query,
        (asked) => listHeldUpdates(services.pool, caller, filter, asked),
        (row) => row.held_update_id,
      )
      return { ...found, items: (await beside(call, found.items)).map(shown) }
    },
  }),

  conflict: get('/v1/conflicts/:id', {
    scope: 'read',
    summary: 'A held update with its three sides',
    params: ConflictParams,
    answer: Conflict,
    handle: async (call) => {
      const [found] = await beside(call, [await heldOf(call, call.params.id)])
      const { sides } = found!
      const conflict =
        sides && (await readConflict(call.services.pool, sides, senderOf(found!), readerOf(call.caller)))
      return { ...shown(found!), conflict: conflict ?? null }
    },
  }),

  settleConflict: put('/v1/conflicts/:id/resolution', {
    scope: 'supervise',
    repeatable: false,
    summary: 'Settle a held update',
    params: ConflictParams,
    body: Resolution,
    answer: Settled,
    handle: async (call) => {
      const held = await heldOf(call, call.params.id)
      const { intake, now } = call.services
      const rules = orRefuse(await intake.targets.find({ campaign_id: held.campaign_id }, call.caller))
      const { warnings, ...settled } = orRefuse(
        await intake.settle({
          held,
          rules,
          resolution: readResolution(call.body),
          may_put_off: mayPutOff(call.caller),
          reader: readerOf(call.caller),
          by: call.by,
          now: now(),
          deadline: call.deadline,
        }),
      )
      nameWarnings(call, warnings)
      call.reply.header('ETag', `"v${settled.version}"`)
      return settled
    },
  }),
})

async function heldOf({ services, caller }: Call, id: number): Promise<HeldUpdate> {
  const held = await heldUpdateById(services.pool, id, caller)
  return held ?? orRefuse(refuse('UNKNOWN_TARGET', `conflict ${id}: not known`))
}

interface Shown extends HeldUpdate {
  /** Undefined: it is settled, or the lead is forgotten. */
  sides: HeldSides | undefined
}

/** Held updates, the open ones beside their leads as they are now: those are read at once. */
async function beside(call: Call, rows: readonly HeldUpdate[]): Promise<Shown[]> {
  const { pool, intake, now } = call.services
  const open = rows.filter(({ state }) => state === 'open')
  const keys = open.map(({ campaign_id, lead_number }) => ({
    campaign_id,
    number: lead_number,
    external_id: null,
  }))
  const leads = keys.length > 0 ? await findLeads(pool, keys) : []
  const there = []
  for (const [i, held] of open.entries()) {
    const { campaign_id } = held
    const rules = orRefuse(await intake.targets.find({ campaign_id }, call.caller))
    const lead = leads[i]
    if (lead) there.push({ held, lead, rules })
  }
  const sides = await heldSides(pool, there, now())
  const sides_of = new Map(there.map(({ held }, i) => [held, sides[i]]))
  return rows.map((held) => ({ ...held, sides: sides_of.get(held) }))
}

function shown({ held_update_id, campaign_id, lead_number, incoming, sides, ...rest }: Shown) {
  const now = sides && valuesOf(sides.lead)
  const theirs: Static<typeof ValuesShape> = {}
  for (const path of Object.keys(rest.base)) theirs[path] = now?.[path] ?? null
  return {
    conflict_id: held_update_id,
    lead_id: leadId(campaign_id, lead_number),
    ...rest,
    mine: incoming,
    theirs: now ? theirs : null,
    lead_version: sides?.lead.version ?? null,
    clashes: openGroups(sides?.groups ?? []).map(({ group }) => group),
  }
}

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
