// Fills: the leads that a search finds are counted, and moved to an allocation.

import { type Static, Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { known } from '../../core/result.ts'
import { allocationById } from '../../db/allocations.ts'
import { type FillRow, fillById, listFills } from '../../db/fills.ts'
import { cancelFill, continueFill, previewFill, startFill } from '../../intake/fills.ts'
import { certainly } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, routes } from '../route.ts'
import { page } from './page.ts'
import { queryOf, SEARCHED, searchFilterOf } from './search.ts'
import { one } from './set-up.ts'
import {
  closed,
  Id,
  IdParams,
  Name,
  NullableText,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  shape,
  Time,
} from './shapes.ts'

const Count = Type.Integer({ minimum: 0 })
const LeadsMax = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

/** Leads with values of their own fields, of fills and bulk changes. */
export const FieldConditions = Type.Array(
  closed('FieldCondition', {
    field: { ...Name, description: 'Name, label or alias of a field that holds no number to call' },
    is: Type.Array(nullable(Type.String({ maxLength: LIMITS.text_points_max })), {
      minItems: 1,
      maxItems: LIMITS.fill_values_max,
      description: 'One of these; capitals and accents do not count. Null or blank: no value',
    }),
  }),
  {
    minItems: 1,
    maxItems: LIMITS.fill_fields_max,
    description: 'Only leads with these values, besides what search finds; each must hold',
  },
)

const FillRequest = closed('FillRequest', {
  search: Type.Optional(
    closed('FillSearch', SEARCHED, {
      description: 'As GET /v1/leads takes it; absent: every lead of the campaign',
    }),
  ),
  fields: Type.Optional(FieldConditions),
  from_allocation_ids: Type.Optional(
    Type.Array(Id, {
      minItems: 1,
      maxItems: LIMITS.batch_rows_max,
      description: 'Absent: from all others of the campaign',
    }),
  ),
  dispositions: Type.Optional(
    Type.Array(
      closed('FillPick', {
        disposition: nullable({ ...Name, description: 'Null: none yet' }),
        leads_max: Type.Optional(LeadsMax),
      }),
      {
        minItems: 1,
        maxItems: 100,
        description: 'Only leads with one of these, so many of each; absent: any',
      },
    ),
  ),
  leads_max: Type.Optional({ ...LeadsMax, description: 'So many in all; absent: all that are found' }),
  order: Type.Optional(
    oneOf(['newest', 'oldest'], 'Which leads go first; newest (default): the highest lead number'),
  ),
})

const FillPreview = shape('FillPreview', {
  leads: Type.Integer({ minimum: 0, description: 'How many are found in other allocations' }),
  exact: Type.Boolean({ description: 'False: so many at least; counting all of them takes too long' }),
  dispositions: Type.Array(Type.Object({ disposition: NullableText, leads: Count }), {
    description: 'The same by disposition, null for none yet',
  }),
  moves: Type.Integer({ minimum: 0, description: 'How many a fill would move within its limits' }),
})

const Fill = shape('Fill', {
  fill_id: Id,
  allocation_id: Id,
  state: oneOf(
    ['running', 'done', 'cancelled', 'stopped'],
    'stopped: the allocation, or its campaign, was archived meanwhile',
  ),
  moved: Count,
  changed: Type.Integer({
    minimum: 0,
    description:
      'Leads that had changed when it was their turn, did not fit any more, and stayed where they were',
  }),
  dispositions: Type.Array(Type.Object({ disposition: NullableText, moved: Count }), {
    description: 'The moved ones by disposition, null for none yet',
  }),
  created_at: Time,
  created_by: Type.String(),
  finished_at: nullable(Time),
})

/** A fill of few leads is done before it is answered. */
const AT_ONCE_MS = 1_000

const shown = ({ moved_with, ...row }: FillRow) => ({
  ...row,
  dispositions: Object.entries(moved_with)
    .map(([code, moved]) => ({ disposition: code === '' ? null : code, moved }))
    .sort((a, b) => b.moved - a.moved),
})

/** The leads that a body means. */
async function asked(
  call: Call,
  { search = {}, ...rest }: Static<typeof FillRequest>,
  allocation_id: number,
) {
  const rules = orRefuse(await call.services.intake.targets.ofAllocation(allocation_id, call.caller))
  return {
    ...rest,
    filter: await searchFilterOf(call, search, '/search/'),
    query: queryOf(search.q ?? '', rules.region, '/search/q'),
  }
}

export const fills = routes('set-up', {
  previewFill: post('/v1/allocations/:id/fills/preview', {
    scope: 'supervise',
    apart: true,
    repeatable: true,
    summary: 'Count the leads that a fill would find',
    params: IdParams,
    body: FillRequest,
    answer: FillPreview,
    handle: async (call) => {
      const { id } = call.params
      return orRefuse(await previewFill(call, id, await asked(call, call.body, id)))
    },
  }),

  fillAllocation: post('/v1/allocations/:id/fills', {
    scope: 'supervise',
    summary: 'Move the leads that a search finds to an allocation',
    params: IdParams,
    body: FillRequest,
    created: Fill,
    handle: async (call) => {
      const { services, caller, params } = call
      const fill = orRefuse(await startFill(call, params.id, await asked(call, call.body, params.id)))
      const { fill_id } = fill
      const now = await certainly(call, fill, async () => {
        const onMoved = (to_id: number, leads: number) => services.feed.wake(to_id, leads)
        await continueFill(services.pool, fill_id, { ms_max: AT_ONCE_MS, onMoved })
        return fillById(services.pool, caller, fill_id)
      })
      call.reply.header('Location', `/v1/fills/${fill_id}`)
      return shown(now)
    },
  }),

  fills: get('/v1/allocations/:id/fills', {
    scope: ['read', 'supervise', 'manage'],
    summary: 'The fills of an allocation',
    params: IdParams,
    query: PageQuery,
    answer: pageOf(Fill),
    handle: async ({ services: { pool }, caller, params: { id: allocation_id }, query }) => {
      orRefuse(known(await allocationById(pool, caller, allocation_id), `allocation ${allocation_id}`))
      const { items, next_cursor } = await page(
        query,
        (bounds) => listFills(pool, caller, { ...bounds, allocation_id }),
        ({ fill_id }) => fill_id,
      )
      return { items: items.map(shown), next_cursor }
    },
  }),

  fill: get('/v1/fills/:id', {
    scope: ['read', 'supervise', 'manage'],
    summary: 'How far a fill has come',
    params: IdParams,
    answer: Fill,
    handle: async (call) => shown(await one(call, fillById, 'fill')),
  }),

  cancelFill: del('/v1/fills/:id', {
    scope: 'supervise',
    summary: 'Cancel a fill; the leads that it has moved stay where they are',
    params: IdParams,
    answer: Fill,
    handle: async (call) => shown(orRefuse(await cancelFill(call, call.params.id))),
  }),
})
