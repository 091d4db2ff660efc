// One decision for many conflicts: looked at before, applied in parts, undone as a whole.

import { Type } from 'typebox'
import { openGroups, resultOf } from '../../core/conflict.ts'
import { type LeadState, leadId, valuesOf } from '../../core/lead.ts'
import { leadName } from '../../core/lead-name.ts'
import { LIMITS } from '../../core/limits.ts'
import { type Scalar, valueAt } from '../../core/merge.ts'
import { known } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import {
  bulkDecisionById,
  bulkDecisionsOf,
  makeBulkDecision,
  markUndone,
  settledByBulk,
} from '../../db/bulk-decisions.ts'
import { type HeldUpdate, heldUpdatesById, listHeldUpdates } from '../../db/held-updates.ts'
import { behindCommit } from '../../db/pool.ts'
import { decisionsFor, LEFT_REASONS } from '../../intake/settle-many.ts'
import { certainly } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, routes } from '../route.ts'
import { beside, CONFLICT_FILTER, filterOf, withRules } from './conflict-views.ts'
import { mayPutOff, readerOf } from './leads.ts'
import {
  ActorName,
  closed,
  IdParams,
  NullableText,
  named,
  nullable,
  oneOf,
  record,
  ScalarShape,
  shape,
  Time,
  Version,
} from './shapes.ts'

const Takes = named(
  'BulkTakes',
  record(oneOf(['mine', 'theirs', 'base']), 'The side that is taken, by group'),
)
const Question = closed('BulkQuestion', {
  where: closed('ConflictFilter', CONFLICT_FILTER),
  decisions: Takes,
})
const Named = {
  conflict_id: Type.Integer(),
  lead_id: Type.String(),
  lead_name: NullableText,
}
const Left = shape('LeftConflict', {
  ...Named,
  why: oneOf(LEFT_REASONS, 'Why a person must look at it'),
  detail: Type.Optional(Type.String()),
})
const Preview = shape('BulkPreview', {
  ready: Type.Array(shape('ReadyConflict', { conflict_id: Type.Integer(), lead_version: Type.Integer() })),
  samples: Type.Array(
    shape('BulkSample', {
      ...Named,
      changes: record(
        Type.Unsafe<[Scalar, Scalar]>({
          type: 'array',
          items: ScalarShape,
          minItems: 2,
          maxItems: 2,
        }),
        'Path to [now, result]; none: the lead stays as it is',
      ),
    }),
  ),
  left: Type.Array(Left),
  more: Type.Boolean({ description: 'There are more than were looked at' }),
})
const NewBulkDecision = closed('NewBulkDecision', {
  caller: nullable(Type.String({ maxLength: 50 }), 'The sender of all; null: they have several'),
  groups: nullable(Type.Array(Type.String()), 'The groups that clashed; null: several'),
  decisions: Takes,
})
const BulkDecision = shape('BulkDecision', {
  bulk_id: Type.Integer(),
  caller: NullableText,
  caller_name: ActorName,
  groups: nullable(Type.Array(Type.String())),
  decisions: Takes,
  settled: Type.Integer({ description: 'How many are settled by it now' }),
  made_by: Type.String(),
  made_by_name: ActorName,
  made_at: Time,
  undone_by: NullableText,
  undone_by_name: ActorName,
  undone_at: NullableText,
})
/** Each is a transaction of its own: a request never takes long. */
const PART_MAX = 25
const Part = closed('BulkPart', {
  items: Type.Array(
    closed('BulkItem', { conflict_id: Type.Integer({ minimum: 1 }), lead_version: Version }),
    {
      minItems: 1,
      maxItems: PART_MAX,
    },
  ),
})
const NotUndone = shape('ConflictNotUndone', {
  ...Named,
  why: oneOf(['changed', 'gone', 'refused'], 'changed: the lead was changed again since'),
  detail: Type.String(),
})
const SAMPLES_MAX = 5

export const bulkDecisions = routes('leads', {
  previewBulkDecision: post('/v1/bulk-decisions/preview', {
    scope: 'supervise',
    repeatable: true,
    summary: 'What one decision would do to many conflicts; writes nothing',
    body: Question,
    answer: Preview,
    handle: async (call) => {
      const { where, decisions } = call.body
      const asked = { state: 'open', lead: undefined, filter: filterOf(call, where) } as const
      const rows_max = LIMITS.page_rows_max
      const rows = await listHeldUpdates(call.services.pool, call.caller, asked, {
        after: 0,
        rows_max: rows_max + 1,
      })
      const ready = []
      const samples = []
      const left = []
      for (const { held, lead, rules, sides } of await beside(call, rows.slice(0, rows_max))) {
        const named = {
          ...nameOf(held),
          lead_name: (lead && leadName(lead.fields, rules.fields.all)) ?? null,
        }
        const judged = sides ? decisionsFor(sides, decisions) : 'gone'
        if (typeof judged === 'string') left.push({ ...named, why: judged })
        else {
          ready.push({ conflict_id: held.held_update_id, lead_version: sides!.lead.version })
          if (samples.length === SAMPLES_MAX) continue
          const values = valuesOf(sides!.lead)
          const patch = resultOf(sides!.groups, judged)
          // What clashed comes first, also where it stays.
          const clashed = openGroups(sides!.groups).flatMap(({ paths }) => paths)
          const changes: Record<string, [Scalar, Scalar]> = {}
          for (const path of new Set([...clashed, ...Object.keys(patch)])) {
            const now = valueAt(values, path)
            changes[path] = [now, Object.hasOwn(patch, path) ? valueAt(patch, path) : now]
          }
          samples.push({ ...named, changes })
        }
      }
      return { ready, samples, left, more: rows.length > rows_max }
    },
  }),

  bulkDecisions: get('/v1/bulk-decisions', {
    scope: 'supervise',
    summary: 'Your last decisions for many conflicts',
    answer: Type.Object({ items: Type.Array(BulkDecision) }),
    handle: async ({ services, by }) => ({ items: await bulkDecisionsOf(services.pool, by.actor) }),
  }),

  makeBulkDecision: post('/v1/bulk-decisions', {
    scope: 'supervise',
    summary: 'Make a decision for many conflicts, to be applied to them in parts',
    body: NewBulkDecision,
    created: BulkDecision,
    handle: ({ services, body, by }) => makeBulkDecision(services.pool, { ...body, made_by: by.actor }),
  }),

  settleConflicts: post('/v1/bulk-decisions/:id/settlements', {
    scope: 'supervise',
    repeatable: true,
    summary: 'Settle conflicts by a decision; those that need a person, or have moved on, stay open',
    params: IdParams,
    body: Part,
    answer: Type.Object({ settled: Type.Array(Type.Integer()), left: Type.Array(Left) }),
    handle: async (call) => {
      const { services, caller, by, deadline, body } = call
      const { bulk_id, decisions } = await bulkOf(call)
      const versions = new Map(body.items.map(({ conflict_id, lead_version }) => [conflict_id, lead_version]))
      const helds = await heldUpdatesById(services.pool, caller, [...versions.keys()])
      const many = await services.intake.settleMany({
        helds: (await withRules(call, helds)).map((one) => ({
          ...one,
          lead_version: versions.get(one.held.held_update_id)!,
        })),
        takes: decisions,
        bulk_id,
        may_put_off: mayPutOff(caller),
        reader: readerOf(caller),
        by,
        now: services.now(),
        deadline,
      })
      return {
        settled: many.settled.map(({ held_update_id }) => held_update_id),
        left: await withNames(call, many.left),
      }
    },
  }),

  undoBulkDecision: del('/v1/bulk-decisions/:id/settlements', {
    scope: 'supervise',
    summary: 'Undo a decision for many conflicts, part by part: they are open again',
    params: IdParams,
    query: Type.Object({ cursor: Type.Optional(Type.Integer({ minimum: 0 })) }),
    answer: Type.Object({
      undone: Type.Integer(),
      left: Type.Array(NotUndone),
      next_cursor: nullable(Type.Integer()),
    }),
    handle: async (call) => {
      const { services, caller, by, deadline } = call
      const { bulk_id } = await bulkOf(call)
      const { pool, intake } = services
      const asked = { bulk_id, after: call.query.cursor ?? 0, rows_max: PART_MAX }
      const rows = await settledByBulk(pool, caller, asked)
      let undone = 0
      const left: { held: HeldUpdate; why: 'changed' | 'gone' | 'refused'; detail: string }[] = []
      for (const { held, rules } of await withRules(call, rows)) {
        const may_put_off = mayPutOff(caller)
        const reader = readerOf(caller)
        const now = services.now()
        const one = () => intake.reopen({ held, rules, may_put_off, reader, by, now, deadline })
        const { refusal } = await (undone > 0 ? behindCommit(one) : one())
        if (refusal)
          left.push({ held, why: WHY_NOT_UNDONE[refusal.name] ?? 'refused', detail: refusal.detail })
        else undone++
      }
      if (undone > 0) await certainly(call, undefined, () => markUndone(pool, bulk_id, by.actor))
      return {
        undone,
        left: await withNames(call, left),
        next_cursor: rows.length < PART_MAX ? null : rows.at(-1)!.held_update_id,
      }
    },
  }),
})

const WHY_NOT_UNDONE: Partial<Record<string, 'changed' | 'gone'>> = {
  LEAD_NOT_UPDATED_DUE_TO_CONFLICT: 'changed',
  COULDNT_FIND_THE_LEAD: 'gone',
}

async function bulkOf({ services, caller, by, params: { id } }: Call & { params: { id: number } }) {
  const found = await bulkDecisionById(services.pool, caller, by.actor, id)
  return orRefuse(known(found, `decision ${id}`))
}

const nameOf = ({ held_update_id, campaign_id, lead_number }: HeldUpdate) => ({
  conflict_id: held_update_id,
  lead_id: leadId(campaign_id, lead_number),
})

/** Those that were left, with the names of their leads where these can be read. */
async function withNames<One extends { held: HeldUpdate }>(call: Call, left: readonly One[]) {
  const helds = left.map(({ held }) => held)
  const leads = await certainly(call, [], () => beside(call, helds))
  return left.map(({ held, ...why }, i) => ({ ...nameOf(held), lead_name: leadNameOf(leads[i]), ...why }))
}

const leadNameOf = (found: { lead: LeadState | undefined; rules: Rules } | undefined) =>
  (found?.lead && leadName(found.lead.fields, found.rules.fields.all)) ?? null
