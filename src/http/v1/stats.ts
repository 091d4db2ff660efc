// The figures of the dashboard.

import { Type } from 'typebox'
import { get, routes } from '../route.ts'
import { ActorName, Count, CountsShape, Id, nullable, oneOf, record, shape, Time } from './shapes.ts'

const TAKEN = {
  counted_at: Time,
  inserted: Type.Integer({ minimum: 0, description: 'New leads' }),
  updated: Type.Integer({ minimum: 0, description: 'Leads that were changed' }),
  refused: Type.Integer({ minimum: 0, description: 'Inserts and updates that were refused' }),
}
const Waiting = shape('StatsWaiting', {
  count: Type.Integer({ minimum: 0, description: 'At most 10,000' }),
  oldest_at: nullable(Time),
})

const CampaignStats = shape('CampaignStats', {
  campaign_id: Id,
  name: Type.String(),
  started: Type.Boolean({ description: 'At least one of its allocations is started' }),
  counted_at: nullable(Time, 'Null: not counted yet'),
  counts: nullable(CountsShape),
  calls: nullable(
    shape('CallsToday', {
      since: { ...Time, description: 'When the day began, by the clock of the contact hours' },
      calls: Count,
      outcomes: record(Count, 'By disposition'),
    }),
  ),
})

const Stats = shape('Stats', {
  minute: shape('StatsMinute', {
    ...TAKEN,
    busy: Type.Integer({ description: 'Requests that are at work on this server' }),
    waiting: Type.Integer({ description: 'Requests that wait for a slot on this server' }),
  }),
  hour: shape('StatsHour', {
    ...TAKEN,
    minutes: Type.Array(Type.Object({ at: Time, inserted: Count, refused: Count }), {
      description: 'Minutes in which nothing came are left out',
    }),
    codes: Type.Array(
      Type.Object({
        deed: oneOf(['insert', 'update']),
        code: Type.Integer(),
        name: Type.String(),
        answers: Count,
      }),
      { description: 'The refusals, the most frequent first' },
    ),
    senders: Type.Array(
      Type.Object({ actor: Type.String(), actor_name: ActorName, taken: Count, refused: Count }),
      { description: 'The senders that were refused most often' },
    ),
  }),
  attention: shape('StatsAttention', {
    counted_at: Time,
    conflicts: { ...Waiting, description: 'Held updates that wait for a person' },
    runs_failed: { ...Waiting, description: 'Action runs that failed within a day' },
    runs_queued: { ...Waiting, description: 'Action runs that wait' },
    callbacks_overdue: { ...Waiting, description: 'Open leads whose callback is past' },
    pulls_failing: Type.Array(
      Type.Object({
        pull_id: Id,
        name: Type.String(),
        allocation_id: Id,
        failures: Type.Integer({ description: 'Runs in a row' }),
      }),
      { description: 'At most ten' },
    ),
  }),
  campaigns: shape('StatsCampaigns', {
    items: Type.Array(CampaignStats, { description: 'Those that are not archived, the newest first' }),
    has_more: Type.Boolean({ description: 'There are more than 100' }),
  }),
})

export const stats = routes('leads', {
  stats: get('/v1/stats', {
    scope: ['read', 'supervise'],
    background: true,
    summary: 'Figures: what came in and was refused, what waits for somebody, how far campaigns are',
    answer: Stats,
    handle: async ({ services, caller: { team_ids } }) => services.stats.of(team_ids),
  }),
})
