// Runs of actions: what was done because of which outcome. A run can be repeated.

import { Type } from 'typebox'
import { readLeadId } from '../../core/lead.ts'
import { listRuns, RUN_STATES, runById } from '../../db/action-runs.ts'
import { runAgain } from '../../intake/actions.ts'
import { orRefuse } from '../errors.ts'
import { get, post, routes } from '../route.ts'
import { Kind } from './actions.ts'
import { page } from './page.ts'
import { one } from './set-up.ts'
import { Id, NullableText, nullable, oneOf, PAGE, pageOf, shape, Time } from './shapes.ts'

const RunId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const RunParams = Type.Object({ id: RunId })
const RunQuery = Type.Object({
  ...PAGE,
  lead_id: Type.Optional(Type.String({ maxLength: 40 })),
  action_id: Type.Optional(Id),
  state: Type.Optional(oneOf(RUN_STATES)),
})
const Run = shape('ActionRun', {
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

export const actionRuns = routes('set-up', {
  actionRuns: get('/v1/action-runs', {
    scope: 'read',
    summary: 'Runs of actions, newest first',
    query: RunQuery,
    answer: pageOf(Run),
    handle: async ({ services, caller, query }) => {
      const { lead_id, action_id = null, state = null } = query
      const lead = lead_id === undefined ? null : readLeadId(lead_id)
      if (lead === undefined) return { items: [], next_cursor: null }
      const filter = { lead, action_id, state }
      return page(
        query,
        ({ after: before, rows_max }) => listRuns(services.pool, caller, filter, { before, rows_max }),
        (run) => run.run_id,
      )
    },
  }),

  actionRun: get('/v1/action-runs/:id', {
    scope: 'read',
    summary: 'A run',
    params: RunParams,
    answer: Run,
    handle: (call) => one(call, runById, 'run'),
  }),

  repeatActionRun: post('/v1/action-runs/:id/rerun', {
    scope: 'supervise',
    summary: 'Run an action again',
    params: RunParams,
    created: Run,
    handle: async (call) => {
      const run = orRefuse(await runAgain(call, call.params.id))
      call.reply.header('Location', `/v1/action-runs/${run.run_id}`)
      return run
    },
  }),
})
