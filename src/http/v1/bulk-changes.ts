// Bulk changes: one change of many leads, counted, begun, watched, cancelled and undone.

import { type Static, Type } from 'typebox'
import {
  BULK_KINDS,
  BULK_STATES,
  type BulkChange,
  isUndoable,
  KEEP_REASONS,
  SKIP_REASONS,
} from '../../core/bulk-change.ts'
import { readExpiry } from '../../core/dnc-number.ts'
import { LIMITS } from '../../core/limits.ts'
import { refuseField, refuseFields } from '../../core/result.ts'
import { type BulkChangeRow, bulkChangeById, listBulkChanges } from '../../db/bulk-changes.ts'
import {
  type BulkAsked,
  cancelBulkChange,
  countBulkChange,
  rulesOfBulk,
  startBulkChange,
  undoBulkChange,
} from '../../intake/bulk-changes.ts'
import { continueBulkChange } from '../../intake/bulk-walk.ts'
import { certainly } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, routes } from '../route.ts'
import { orKnownAgent } from './callbacks.ts'
import { FieldConditions } from './fills.ts'
import { page } from './page.ts'
import { queryOf, SEARCHED, searchFilterOf } from './search.ts'
import { one } from './set-up.ts'
import {
  ActorName,
  Closed,
  Count,
  closed,
  DncListShape,
  Id,
  IdParams,
  Name,
  NullableText,
  nullable,
  oneOf,
  PAGE,
  pageOf,
  record,
  Sentence,
  shape,
  Time,
} from './shapes.ts'

/** Each change has a property of its own. */
const CHANGES = {
  disposition: Type.Optional({
    ...Name,
    description: 'Gives this outcome, as a person would; a lead that somebody has in a call is left to that',
  }),
  callback: Type.Optional(
    Type.Object(
      { local: Type.String({ description: 'Wall time in the zone of the contact hours, 2026-11-26T10:00' }) },
      { ...Closed, description: 'With a disposition' },
    ),
  ),
  callback_agent: Type.Optional({ ...Name, description: 'With a disposition: the agent who calls back' }),
  to_allocation_id: Type.Optional({ ...Id, description: 'Moves to this allocation of the campaign' }),
  dnc: Type.Optional(
    closed(
      'BulkDnc',
      {
        list: DncListShape,
        reason: Type.Optional(Sentence),
        expires_at: Type.Optional(Type.String({ maxLength: 100, description: 'RFC 3339; absent: for good' })),
      },
      { description: 'Puts all numbers of the leads on a do-not-call list' },
    ),
  ),
  forget: Type.Optional(
    closed(
      'BulkForget',
      { leads: Type.Optional({ ...Count, description: 'The count that was seen; a preview needs none' }) },
      { description: 'Forgets the leads for good' },
    ),
  ),
}

const BulkChangeRequest = closed('BulkChangeRequest', {
  lead_ids: Type.Optional(
    Type.Array(Type.String({ maxLength: 40 }), {
      minItems: 1,
      maxItems: LIMITS.batch_rows_max,
      description: 'These leads, all of one campaign',
    }),
  ),
  search: Type.Optional(
    closed('BulkSearch', SEARCHED, {
      description: 'Or those that a search of a campaign finds, as GET /v1/leads takes it',
    }),
  ),
  fields: Type.Optional(FieldConditions),
  ...CHANGES,
})
type Request = Static<typeof BulkChangeRequest>

const tally = (reasons: readonly string[], description: string) =>
  record(Count, `${description}: ${reasons.join(', ')}`)

const BulkPreview = shape('BulkChangePreview', {
  leads: Type.Integer({ minimum: 0, description: 'How many are meant' }),
  exact: Type.Boolean({ description: 'False: so many at least; counting all of them takes too long' }),
  changes: Type.Integer({ minimum: 0, description: 'How many of them would be changed' }),
  skipped: tally(SKIP_REASONS, 'How many would be left as they are, by why'),
})

const BulkChangeShape = shape('BulkChange', {
  bulk_change_id: Id,
  campaign_id: Id,
  kind: oneOf(BULK_KINDS),
  disposition: Type.Optional(Type.String()),
  to_allocation_id: Type.Optional(Id),
  list: Type.Optional(DncListShape),
  state: oneOf(
    BULK_STATES,
    'stopped: it could not go on, and detail says why; undone: what nobody had touched since is as it was',
  ),
  detail: NullableText,
  leads: Type.Integer({ minimum: 0, description: 'How many were counted when it began' }),
  exact: Type.Boolean({ description: 'False: so many at least' }),
  done: Type.Integer({ minimum: 0, description: 'How many have been changed' }),
  skipped: tally(SKIP_REASONS, 'How many were left as they are, by why'),
  undoable: Type.Boolean({ description: 'Whether it can be undone' }),
  undone: Type.Integer({ minimum: 0, description: 'How many are as they were again' }),
  kept: tally(KEEP_REASONS, 'How many undoing has left, by why'),
  created_at: Time,
  created_by: Type.String(),
  created_by_name: ActorName,
  finished_at: nullable(Time),
})

/** One of few leads is done before it is answered. */
const AT_ONCE_MS = 1_000

const ENDED = new Set(['done', 'cancelled', 'stopped'])

const shown = ({ change, ...row }: BulkChangeRow) => ({
  ...row,
  ...(change.kind === 'disposition' && { disposition: change.disposition }),
  ...(change.kind === 'move' && { to_allocation_id: change.to_allocation_id }),
  ...(change.kind === 'dnc' && { list: change.list }),
  undoable: ENDED.has(row.state) && isUndoable(change) && row.done > row.undone,
})

/** The one change that a body asks for. */
function changeIn(
  { disposition, callback, callback_agent, to_allocation_id, dnc, forget }: Request,
  now: string,
): BulkChange {
  const given = { disposition, to_allocation_id, dnc, forget }
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const all = Object.keys(given).join(', ')
  if (names.length !== 1)
    return orRefuse(refuseField(`/${names[1] ?? 'disposition'}`, `a bulk change is one of these: ${all}`))
  if (disposition === undefined && (callback ?? callback_agent) !== undefined)
    return orRefuse(refuseField(callback ? '/callback' : '/callback_agent', 'goes with a disposition'))
  if (disposition !== undefined)
    return {
      kind: 'disposition',
      disposition,
      callback: callback?.local ?? null,
      callback_agent: callback_agent ?? null,
      lists_numbers: false,
    }
  if (to_allocation_id !== undefined) return { kind: 'move', to_allocation_id }
  if (!dnc) return { kind: 'forget' }
  const expiry = readExpiry(dnc.expires_at, now, '/dnc/expires_at')
  if (expiry.problem) return orRefuse(refuseFields([expiry.problem]))
  return { kind: 'dnc', list: dnc.list, reason: dnc.reason ?? null, expires_at: expiry.value, team_ids: null }
}

/** The campaign and the leads that a body means, and the change. */
async function asked(call: Call, body: Request) {
  const { lead_ids, search, fields, forget } = body
  if ((lead_ids === undefined) === (search === undefined))
    orRefuse(refuseField('/search', 'say which leads: lead_ids, or search'))
  if (lead_ids && fields) orRefuse(refuseField('/fields', 'goes with a search'))
  const change = changeIn(body, call.services.now())
  const named = { campaign_id: search?.campaign_id ?? null, ...(lead_ids && { lead_ids }) }
  const rules = orRefuse(await rulesOfBulk(call, named))
  if (change.kind === 'disposition')
    await orKnownAgent(call, rules.campaign_id, change.callback_agent, '/callback_agent')
  const bulk: BulkAsked = {
    change,
    filter: await searchFilterOf(call, search ?? {}, '/search/'),
    query: queryOf(search?.q ?? '', rules.region, '/search/q'),
    ...(lead_ids && { lead_ids }),
    ...(fields && { fields }),
    ...(forget?.leads !== undefined && { leads_seen: forget.leads }),
  }
  return [rules, bulk] as const
}

export const bulkChanges = routes('leads', {
  previewBulkChange: post('/v1/bulk-change-previews', {
    scope: 'supervise',
    apart: true,
    repeatable: true,
    summary: 'Count the leads that a bulk change would change, and those that it would leave',
    body: BulkChangeRequest,
    answer: BulkPreview,
    handle: async (call) => orRefuse(await countBulkChange(call, ...(await asked(call, call.body)))),
  }),

  createBulkChange: post('/v1/bulk-changes', {
    scope: 'supervise',
    summary: 'Change many leads: give a disposition, move them, list their numbers, or forget them',
    body: BulkChangeRequest,
    created: BulkChangeShape,
    handle: async (call) => {
      const begun = orRefuse(await startBulkChange(call, ...(await asked(call, call.body))))
      call.reply.header('Location', `/v1/bulk-changes/${begun.bulk_change_id}`)
      return shown(await forAMoment(call, begun))
    },
  }),

  bulkChanges: get('/v1/bulk-changes', {
    scope: ['read', 'supervise', 'manage'],
    summary: 'Bulk changes, the newest first',
    query: Type.Object({ ...PAGE, campaign_id: Type.Optional(Id) }),
    answer: pageOf(BulkChangeShape),
    handle: async ({ services: { pool }, caller, query }) => {
      const campaign_id = query.campaign_id ?? null
      const { items, next_cursor } = await page(
        query,
        (bounds) => listBulkChanges(pool, caller, { ...bounds, campaign_id }),
        ({ bulk_change_id }) => bulk_change_id,
      )
      return { items: items.map(shown), next_cursor }
    },
  }),

  bulkChange: get('/v1/bulk-changes/:id', {
    scope: ['read', 'supervise', 'manage'],
    summary: 'How far a bulk change has come',
    params: IdParams,
    answer: BulkChangeShape,
    handle: async (call) => shown(await one(call, bulkChangeById, 'bulk change')),
  }),

  cancelBulkChange: del('/v1/bulk-changes/:id', {
    scope: 'supervise',
    summary: 'Cancel a bulk change, or its undoing; what it has done stays done',
    params: IdParams,
    answer: BulkChangeShape,
    handle: async (call) => shown(orRefuse(await cancelBulkChange(call, call.params.id))),
  }),

  undoBulkChange: post('/v1/bulk-changes/:id/undo', {
    scope: 'supervise',
    repeatable: true,
    summary: 'Give leads back what they had, where nobody has touched them since',
    params: IdParams,
    answer: BulkChangeShape,
    handle: async (call) =>
      shown(await forAMoment(call, orRefuse(await undoBulkChange(call, call.params.id)))),
  }),
})

/** Goes on with it for a moment, and answers how far it is. */
function forAMoment(call: Call, begun: BulkChangeRow): Promise<BulkChangeRow> {
  const { services, caller } = call
  const { pool, now, intake, feed } = services
  return certainly(call, begun, async () => {
    const onReady = (allocation_id: number) => feed.wake(allocation_id, Number.POSITIVE_INFINITY)
    const desk = { pool, now, targets: intake.targets }
    await continueBulkChange(desk, begun.bulk_change_id, { ms_max: AT_ONCE_MS, onReady })
    return bulkChangeById(pool, caller, begun.bulk_change_id)
  })
}
