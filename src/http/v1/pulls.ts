// Pulls: addresses of other systems that leads are fetched from. Set up, tried, run now, with their runs.

import { Type } from 'typebox'
import { shownConfig } from '../../core/action-secrets.ts'
import { PULL_FORMATS } from '../../core/pull.ts'
import { known } from '../../core/result.ts'
import { listPullRuns, PULL_RUN_STATES } from '../../db/pull-runs.ts'
import { listPulls, type PullRow, pullById } from '../../db/pulls.ts'
import { addPull, changePull, deletePull, startPull } from '../../intake/pulls.ts'
import { tryPull } from '../../jobs/pull-trial.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { page } from './page.ts'
import { CHANGES, changeAsked, changed, created, listed, one, TOUCHES } from './set-up.ts'
import {
  Closed,
  closed,
  Id,
  IdParams,
  Name,
  NullableText,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  record,
  shape,
  Time,
  Version,
} from './shapes.ts'

const Text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description })
const MINUTES_MAX = 10_080

const Request = Type.Object(
  {
    method: oneOf(['GET', 'POST']),
    url: Text(4_000, 'http or https; ${last_id} in its path or query is the id of the last row'),
    headers: Type.Optional(record(Type.String({ maxLength: 4_000 }))),
    body: Type.Optional(Text(64_000, 'Of a POST; ${last_id} is escaped for its Content-Type')),
    secrets: Type.Optional(
      Type.Array(Name, {
        maxItems: 50,
        description:
          'Headers, parameters of the query and names in the body whose values are masked, besides those whose name says so',
      }),
    ),
  },
  Closed,
)
const SHOWN = {
  allocation_id: { ...Id, description: 'Where new leads go; the pull belongs to its team' },
  name: Name,
  format: oneOf(PULL_FORMATS),
  rows_at: Type.String({
    maxLength: 1_000,
    description: 'JSON pointer to the list of rows in a JSON document; empty: the document is the list',
  }),
  id_key: { ...Name, description: 'The key of a row that holds its id' },
  keys: record(
    nullable(Type.String({ maxLength: 200 })),
    'Key of a row to the field or system field that it means; null: the key is left out. Other keys are found by their name',
  ),
  allow_duplicates: Type.Boolean({
    description: 'Takes numbers that another lead of the campaign holds; never one that must not be called',
  }),
  every_minutes: Type.Integer({ minimum: 1, maximum: MINUTES_MAX }),
  enabled: Type.Boolean({ description: 'Whether it is fetched by itself' }),
  last_id: nullable(
    Type.String({ minLength: 1, maxLength: 200 }),
    'The id of the last row that was taken; null: none yet',
  ),
}
const { allocation_id, name, format, id_key, ...withDefault } = SHOWN
const optional = {
  rows_at: Type.Optional(withDefault.rows_at),
  keys: Type.Optional(withDefault.keys),
  allow_duplicates: Type.Optional(withDefault.allow_duplicates),
  every_minutes: Type.Optional(withDefault.every_minutes),
  enabled: Type.Optional(withDefault.enabled),
  last_id: Type.Optional(withDefault.last_id),
}
const NewPull = closed('NewPull', { allocation_id, name, request: Request, format, id_key, ...optional })
const PullChange = closed('PullChange', {
  allocation_id: Type.Optional(allocation_id),
  name: Type.Optional(name),
  request: Type.Optional(Request),
  format: Type.Optional(format),
  id_key: Type.Optional(id_key),
  ...optional,
})
const Pull = shape('Pull', {
  pull_id: Id,
  team: Type.String(),
  campaign_id: Id,
  ...SHOWN,
  request: Type.Unsafe<object>({
    type: 'object',
    additionalProperties: true,
    description: 'As it was given; secrets are masked, and keep their value when they come back so',
  }),
  failures: Type.Integer({ description: 'Runs that failed in a row; 0: the last one did not' }),
  next_at: nullable(Type.String(), 'When it is fetched next, RFC 3339; null: not by itself'),
  version: Version,
  created_at: Time,
  updated_at: Time,
})

const COUNTS = {
  rows: Type.Integer(),
  counts: record(Type.Integer(), 'Result code to the number of rows that got it'),
  refused: Type.Array(
    shape('RefusedRow', {
      row: Type.Integer({ description: 'Its place among the rows of the run, from 1' }),
      code: Type.Integer(),
      field: NullableText,
      detail: Type.String(),
      lead_id: NullableText,
      conflict_id: nullable(Type.Integer()),
    }),
    { description: 'The first hundred that were not taken, without their values' },
  ),
}
const RunId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Run = shape('PullRun', {
  run_id: RunId,
  pull_id: Id,
  started_by: oneOf(['schedule', 'person']),
  state: oneOf(PULL_RUN_STATES),
  pages: Type.Integer({ description: 'Answers that were fetched' }),
  ...COUNTS,
  detail: nullable(Type.String(), 'Why it failed, or ended early'),
  created_at: Time,
  started_at: NullableText,
  finished_at: NullableText,
})
const Trial = shape('PullTrial', {
  request: nullable(
    Type.Object({
      method: Type.String(),
      url: Type.String(),
      headers: Type.Record(Type.String(), Type.String()),
      body: NullableText,
    }),
    'As it was sent; secrets are masked',
  ),
  problem: nullable(Type.String(), 'Why a run would fail'),
  ...COUNTS,
  complete: Type.Boolean({ description: 'Whether these are all rows of the first answer' }),
})

export const pulls = routes('set-up', {
  pulls: get('/v1/pulls', {
    scope: 'manage',
    summary: 'Pulls',
    query: PageQuery,
    answer: pageOf(Pull),
    handle: async (call) => {
      const found = await listed(call, listPulls, 'pull_id')
      return { ...found, items: found.items.map(shown) }
    },
  }),

  createPull: post('/v1/pulls', {
    scope: 'manage',
    summary: 'Create a pull',
    body: NewPull,
    created: Pull,
    handle: async (call) => shown(created(call, await addPull(call, call.body), 'pull_id')),
  }),

  pull: get('/v1/pulls/:id', {
    scope: 'manage',
    summary: 'A pull',
    params: IdParams,
    answer: Pull,
    handle: async (call) => shown(await one(call, pullById, 'pull')),
  }),

  changePull: patch('/v1/pulls/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Change a pull, switch it on or off',
    body: PullChange,
    answer: shape('ChangedPull', { ...Pull.properties, touches: TOUCHES }),
    handle: async (call) =>
      shown(changed(call, await changePull(call, call.params.id, call.body, changeAsked(call)))),
  }),

  deletePull: del('/v1/pulls/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Delete a pull with its runs; its leads stay',
    handle: async (call) => {
      orRefuse(await deletePull(call, call.params.id, changeAsked(call)))
    },
  }),

  tryPull: post('/v1/pulls/:id/dry-run', {
    scope: 'manage',
    summary: 'Fetch the next rows of a pull, and say what would become of them',
    repeatable: true,
    params: IdParams,
    answer: Trial,
    handle: async (call) => orRefuse(await tryPull(call, call.params.id)),
  }),

  startPull: post('/v1/pulls/:id/runs', {
    scope: 'manage',
    summary: 'Run a pull now; a run that has not ended is answered instead',
    repeatable: true,
    params: IdParams,
    created: Run,
    handle: async (call) => orRefuse(await startPull(call, call.params.id)),
  }),

  pullRuns: get('/v1/pulls/:id/runs', {
    scope: 'manage',
    summary: 'Runs of a pull, newest first',
    params: IdParams,
    query: PageQuery,
    answer: pageOf(Run),
    handle: async ({ services: { pool }, caller, params: { id }, query }) => {
      orRefuse(known(await pullById(pool, caller, id), `pull ${id}`))
      return page(
        query,
        (asked) => listPullRuns(pool, caller, id, asked),
        (run) => run.run_id,
      )
    },
  }),
})

const shown = <Row extends PullRow>(row: Row) => ({
  ...row,
  request: shownConfig({ kind: 'url', config: row.request }),
})
