// Reading has connections of its own: however slow it is, leads get in; and lists are read from where they begin.

import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LeadlineClient } from '../src/client/client.ts'
import { BULKHEADS } from '../src/db/pools.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline({ damaged: true })
const { client, connection, target } = leadline

const insert = () => client.insertLeadFast(target, { Name: 'Ana Silva', FirstPhone: mobile() })

/** Keeps all readers and writers of these tables waiting until the test ends it. */
async function lockTables(...tables: string[]) {
  const session = new pg.Client(connection)
  await session.connect()
  await session.query(`begin; lock table ${tables.join()} in access exclusive mode`)
  let ended: Promise<unknown> | undefined
  const end = () => (ended ??= session.query('rollback'))
  onTestFinished(async () => {
    await end()
    await session.end()
  })
  return end
}

const elapsed = async (work: Promise<unknown>) => {
  const begun = performance.now()
  await work
  return performance.now() - begun
}

describe('reads that take too long', () => {
  test('keep no lead out, and no read of another key', async () => {
    const other = await leadline.clientWith(['read'])
    // Nothing that takes a lead in looks at held updates, nor does a list of templates.
    await lockTables('held_updates')
    const slow = Array.from({ length: 40 }, () => client.get('/v1/conflicts', { state: 'resolved' }))
    for (let i = 0; i < 30; i++) expect(await elapsed(insert())).toBeLessThan(1_500)
    for (let i = 0; i < 5; i++) expect(await elapsed(other.get('/v1/templates'))).toBeLessThan(1_500)
    for (const answer of await Promise.all(slow))
      expect(answer).toMatchObject({ status: 503, body: { code: 1013, retryable: true } })
  }, 60_000)

  test('leave the connections of intake to intake', async () => {
    await lockTables('held_updates')
    const slow = Array.from({ length: 40 }, () => client.get('/v1/conflicts', { state: 'resolved' }))
    await insert()
    const { rows } = await admin(
      { ...connection, database: 'postgres' },
      `select count(*)::integer as waiting from pg_stat_activity
       where datname = '${connection.database}' and wait_event_type = 'Lock'`,
    )
    // One key has half of the turns.
    expect(rows[0].waiting).toBe(BULKHEADS.reads.connections_max / 2)
    await Promise.all(slow)
  }, 60_000)
})

describe('what a team sees of a list', async () => {
  const teams = await admin(
    connection,
    `insert into teams (name) values ('North'), ('South') returning team_id`,
  )
  const [north, south] = teams.rows.map(({ team_id }) => team_id as number)
  const campaigns: number[] = []
  for (const team of ['North', 'South', 'North']) {
    const template = await client.post<{ template_id: number }>('/v1/templates', {
      name: `${team} ${campaigns.length}`,
      team,
      contact_hours: 'Australia/Melbourne',
      fields: [{ name: 'Phone', kind: 'phone' }],
    })
    const { template_id } = template.body
    const made = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'One' })
    campaigns.push(made.body.campaign_id)
  }
  const key_of_north = await leadline.clientWith(['read'], [north!])
  const key_of_both = await leadline.clientWith(['read'], [north!, south!])

  /** All of a list, page by page. */
  async function all<Item>(as: LeadlineClient, path: string, query: Record<string, string | number>) {
    const items: Item[] = []
    for (let cursor: number | null | undefined; cursor !== null; ) {
      const page = await as.get<{ items: Item[]; next_cursor: number | null }>(path, {
        ...query,
        limit: 7,
        ...(cursor === undefined ? {} : { cursor }),
      })
      items.push(...page.body.items)
      cursor = page.body.next_cursor
    }
    return items
  }

  test('of do-not-call entries is what everybody sees without the lists of other campaigns, page by page', async () => {
    for (let i = 0; i < 60; i++) {
      const list = ['private', 'client', 'campaign', 'campaign', 'campaign'][i % 5]
      const campaign = list === 'campaign' ? { campaign_id: campaigns[i % 3] } : {}
      expect((await client.post('/v1/dnc', { list, phones: [mobile()], ...campaign })).status).toBe(201)
    }
    interface Entry {
      entry_id: number
      list: string
      campaign_id: number | null
    }
    for (const list of [undefined, 'private', 'client', 'campaign']) {
      const query: Record<string, string> = list === undefined ? {} : { list }
      const everything = await all<Entry>(client, '/v1/dnc', query)
      expect(everything.length).toBeGreaterThan(10)
      for (const entry of everything) if (list !== undefined) expect(entry.list).toBe(list)
      const seen = (own: number[]) =>
        everything.filter(({ campaign_id }) => campaign_id === null || own.includes(campaign_id))
      expect(await all(key_of_north, '/v1/dnc', query)).toEqual(seen([campaigns[0]!, campaigns[2]!]))
      expect(await all(key_of_both, '/v1/dnc', query)).toEqual(everything)
    }
  })

  test('of runs of actions is what everybody sees without those of other campaigns, page by page', async () => {
    await admin(
      connection,
      `insert into actions (name, team_id, kind, config) select 'Hook', team_id, 'url', '{}' from teams where name = 'Global';
       insert into action_runs (action_id, campaign_id, lead_number, disposition, attempt, state, finished_at)
       select (select max(action_id) from actions), (array[${campaigns.join()}])[1 + i % 3], i, 'Busy', 1, 'done', now()
       from generate_series(1, 40) i`,
    )
    interface Run {
      run_id: number
      lead_id: string
    }
    const everything = await all<Run>(client, '/v1/action-runs', {})
    expect(everything).toHaveLength(40)
    const of_north = everything.filter(({ lead_id }) => !lead_id.startsWith(`${campaigns[1]}-`))
    expect(await all(key_of_north, '/v1/action-runs', {})).toEqual(of_north)
    const [run] = of_north
    expect(await all(key_of_north, '/v1/action-runs', { lead_id: run!.lead_id })).toEqual([run])
  })

  test.for(['resolved', 'expired', 'open', 'superseded'])('of held updates that are %s', async (state) => {
    await admin(
      connection,
      `insert into held_updates (campaign_id, lead_number, caller, groups, way, request_id, base_version, base, incoming, state, resolved_at, expires_at)
       select (array[${campaigns.join()}])[1 + i % 3], 1000 + i, '${state}:' || i, '{outcome}', 'classic', 'test', 1, '{}', '{}',
         case when '${state}' = 'expired' and i % 2 = 0 then 'open' else '${state}' end,
         case when '${state}' in ('resolved', 'superseded') then now() end,
         case when '${state}' = 'expired' then now() - interval '1 hour' else now() + interval '1 hour' end
       from generate_series(1, 30) i`,
    )
    interface Held {
      conflict_id: number
      lead_id: string
      state: string
    }
    const everything = await all<Held>(client, '/v1/conflicts', { state })
    expect(everything).toHaveLength(30)
    for (const held of everything) expect(held.state).toBe(state)
    const of_north = everything.filter(({ lead_id }) => !lead_id.startsWith(`${campaigns[1]}-`))
    expect(await all(key_of_north, '/v1/conflicts', { state })).toEqual(of_north)
  })
})
