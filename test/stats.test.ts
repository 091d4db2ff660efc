// The figures of the dashboard: they agree with the rows at rest, show no team those of another, and cost the same however many
// look at them.

import { afterAll, expect, onTestFinished, test } from 'vitest'
import type { Stats as Figures } from '../src/client/api.ts'
import type { Followed } from '../src/client/events.ts'
import { revokeKey } from '../src/db/keys.ts'
import { SEES_ALL } from '../src/db/sight.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { newCounts } from '../src/intake/counts.ts'
import { Stats } from '../src/intake/stats.ts'
import { Watch } from '../src/intake/watch.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { spyOnQueries } from './support/queries.ts'
import { leadSource, requestTo } from './support/source.ts'
import { until } from './support/until.ts'

const source = await leadSource()
afterAll(() => source.stop())
const actions = { private_hosts: [source.host] }
const leadline = await startLeadline({ actions })
const { client, connection, target, clientWith, pool } = leadline
const second = await startLeadline({ connection, actions })

const ask = async (by = client): Promise<Figures> => {
  const answer = await by.stats()
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}

/** The figures once they say what is expected; everything in them is at most ten seconds old. */
async function figures(what: string, are: (now: Figures) => boolean, by = client): Promise<Figures> {
  let now: Figures | undefined
  await until(what, async () => {
    now = await ask(by)
    return are(now)
  })
  return now!
}

/** What our own question to the database answers. */
const rows = async <Row>(sql: string) => (await admin(connection, sql)).rows as Row[]
const number = async (sql: string) => Number((await rows<{ n: string }>(sql))[0]!.n)

async function insert(fields: Record<string, string> = {}) {
  const FirstPhone = mobile()
  const { code, lead_id } = await client.insertLeadFast(target, { Name: 'Ana Silva', FirstPhone, ...fields })
  return { code, lead_id, FirstPhone }
}

function followed(by: Pick<typeof client, 'follow'>) {
  const got: Extract<Followed, { event: 'stats' }>[] = []
  const stop = new AbortController()
  const ended = by.follow({
    topics: ['stats'],
    signal: stop.signal,
    on: (event) => event.event === 'stats' && got.push(event),
  })
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  return { got, ended }
}

test('before the first lead everything is there, and zero', async () => {
  const { minute, hour, attention, campaigns } = await figures(
    'the sample is counted',
    (now) => now.campaigns.items[0]?.counts != null,
  )
  expect(minute).toMatchObject({ inserted: 0, updated: 0, refused: 0, waiting: 0 })
  expect(hour).toMatchObject({ inserted: 0, refused: 0, minutes: [], codes: [], senders: [] })
  const none = { count: 0, oldest_at: null }
  expect(attention).toMatchObject({
    conflicts: none,
    runs_failed: none,
    runs_queued: none,
    callbacks_overdue: none,
    pulls_failing: [],
  })
  expect(campaigns).toMatchObject({
    has_more: false,
    items: [{ name: 'Sample campaign', started: true, counts: { new: 0, closed: {} }, calls: { calls: 0 } }],
  })
})

test('at rest the figures are those of the rows', async () => {
  const leads = []
  for (let i = 0; i < 12; i++) leads.push(await insert())
  const [first] = leads
  expect((await insert({ FirstPhone: first!.FirstPhone })).code).toBe(105)
  expect((await insert({ FirstPhone: leads[1]!.FirstPhone })).code).toBe(105)
  expect((await client.insertLeadFast(target, { Name: 'No number' })).code).toBe(102)
  const blocked = mobile()
  await client.post('/v1/dnc', { list: 'private', phones: [blocked, leads[2]!.FirstPhone] })
  expect((await insert({ FirstPhone: blocked })).code).toBe(104)
  // Two rows of one request: one is taken.
  const both = [{ FirstPhone: mobile() }, { FirstPhone: first!.FirstPhone }]
  await client.post(
    `/servicemanager/rest/CampaignAPI/insertLead?fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`,
    both,
  )
  await client.patchLead(leads[3]!.lead_id!, 1, { fields: { City: 'Perth' } })
  const clash = await client.patchLead(leads[3]!.lead_id!, 1, { fields: { City: 'Hobart' } }, 'hold')
  expect(clash.status).toBe(202)
  await client.patchLead(leads[4]!.lead_id!, 1, { disposition: 'Sale' })
  await client.patchLead(leads[5]!.lead_id!, 1, { disposition: 'Sale' })
  await client.patchLead(leads[6]!.lead_id!, 1, { disposition: 'Busy' })
  await client.patchLead(leads[7]!.lead_id!, 1, {
    disposition: 'Callback',
    callback: { local: '2031-01-02T10:00' },
  })
  await client.patchLead(leads[8]!.lead_id!, 1, { callback: { local: '2026-01-02T10:00' } })
  await client.post(`/v1/allocations/${target.allocation_id}/leases`, { count: 2 })

  const now = await figures(
    'they are counted',
    ({ hour, campaigns }) =>
      hour.inserted === 13 &&
      hour.updated === 6 &&
      hour.refused === 6 &&
      campaigns.items[0]?.calls?.calls === 4,
  )
  expect(now.hour).toMatchObject({
    inserted: await number('select count(*) as n from leads'),
    updated: 6,
    refused: 6,
    codes: [
      { deed: 'insert', code: 105, name: 'DUPLICATE', answers: 3 },
      { deed: 'insert', code: 102, name: 'NO_PHONE_FIELDS', answers: 1 },
      { deed: 'insert', code: 104, name: 'DNC', answers: 1 },
      { deed: 'update', code: 110, name: 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT', answers: 1 },
    ],
    senders: [
      { actor: expect.stringMatching(/^key:\d+$/), actor_name: expect.any(String), taken: 19, refused: 6 },
    ],
  })
  expect(now.minute.inserted).toBe(13)
  expect(now.hour.minutes.reduce((sum, one) => sum + one.inserted, 0)).toBe(13)
  expect(now.attention.conflicts.count).toBe(
    await number("select count(*) as n from held_updates where state = 'open'"),
  )
  expect(now.attention.callbacks_overdue).toMatchObject({
    count: await number(
      'select count(*) as n from leads where callback_at < now() and closed_at is null and forgotten_at is null',
    ),
    oldest_at: expect.stringMatching(/^2026-01-0[12]T\d\d:00:00Z$/),
  })
  const [{ counts, calls }] = now.campaigns.items as [Figures['campaigns']['items'][number]]
  const queue = await rows<{ state: string; n: string }>(
    'select state, count(*) as n from queue group by state',
  )
  const inState = (state: string) => Number(queue.find((row) => row.state === state)?.n ?? 0)
  expect(counts!.leased).toBe(inState('leased'))
  expect(counts!.parked).toBe(inState('parked'))
  expect(counts!.leased + counts!.parked + counts!.new + counts!.callback + counts!.waiting).toBe(
    await number('select count(*) as n from leads where closed_at is null'),
  )
  expect(counts!.closed).toEqual({
    Sale: await number(
      "select count(*) as n from leads where closed_at is not null and disposition = 'Sale'",
    ),
  })
  const outcomes = await rows<{ disposition: string; n: string }>(
    'select disposition, count(*) as n from call_records group by disposition',
  )
  expect(calls!.outcomes).toEqual(
    Object.fromEntries(outcomes.map(({ disposition, n }) => [disposition, Number(n)])),
  )
})

test('failed actions and pulls wait for somebody', async () => {
  const { campaign_id, allocation_id } = target
  const { action_id } = (
    await admin(
      connection,
      `insert into actions (team_id, name, kind, config) values (1, 'Tell', 'url', '{}') returning action_id`,
    )
  ).rows[0]
  await admin(
    connection,
    `insert into action_runs (action_id, campaign_id, lead_number, disposition, attempt, state, finished_at)
     select ${action_id}, ${campaign_id}, 1, 'Sale', 1, 'failed', now() - ages.age
     from (values (interval '1 minute'), (interval '2 days')) as ages (age)`,
  )
  await admin(
    connection,
    `insert into pulls (allocation_id, name, request, format, id_key, every_minutes, failures, next_at)
     values (${allocation_id}, 'CRM', '{}', 'json', 'id', 60, 3, now() + interval '1 hour')`,
  )
  const { attention } = await figures('they show', (now) => now.attention.pulls_failing.length > 0)
  expect(attention.runs_failed.count).toBe(1)
  expect(attention.pulls_failing).toEqual([
    { pull_id: expect.any(Number), name: 'CRM', allocation_id, failures: 3 },
  ])
  await admin(connection, 'delete from action_runs; delete from actions; delete from pulls')
})

/** A campaign of a team of its own; the names of what is in it begin with that of the team. */
async function campaignOf(team: string) {
  await ensureTeam(pool, team)
  const template = await client.createTemplate({
    name: team,
    team,
    contact_hours: 'Australia/Melbourne',
    fields: [{ name: 'Phone', kind: 'phone' }],
  })
  if (!template.ok) throw new Error(template.body.detail)
  const { template_id } = template.body
  const campaign = await client.createCampaign({ template_id, name: `${team} campaign` })
  if (!campaign.ok) throw new Error(campaign.body.detail)
  const { campaign_id } = campaign.body
  const allocation = await client.createAllocation({ campaign_id, name: `${team} list`, started: true })
  if (!allocation.ok) throw new Error(allocation.body.detail)
  return { template_id, campaign_id, allocation_id: allocation.body.allocation_id }
}

test('only calls since midnight count for today, by the clock of the contact hours', async () => {
  const { campaign_id, allocation_id } = await campaignOf('Calls')
  const itself = ({ campaigns }: Figures) => campaigns.items.find((one) => one.campaign_id === campaign_id)
  const { since } = itself(await figures('it is counted', (now) => itself(now)?.calls != null))!.calls!
  const clock = new Date(since).toLocaleTimeString('en-GB', { timeZone: 'Australia/Melbourne' })
  expect(clock).toBe('00:00:00')
  expect(Date.now() - Date.parse(since)).toBeLessThan(25 * 3_600_000)

  const call = (times: number, disposition: string, after: string) =>
    admin(
      connection,
      `insert into call_records (campaign_id, lead_number, allocation_id, disposition, at, actor, way, request_id)
       select ${campaign_id}, 1, ${allocation_id}, '${disposition}', timestamptz '${since}' + interval '${after}',
         'system', 'v1', 'r'
       from generate_series(1, ${times})`,
    )
  await call(300, 'Old', '-3 days')
  await call(100, 'Late', '-2 minutes')
  // Its transaction began before midnight, or after it: they run side by side.
  await call(1, 'Sale', '1 second')
  await call(7, 'Late', '-1 second')
  await call(40, 'Busy', '2 seconds')
  // They were reported late.
  await call(300, 'Old', '-3 days')
  const { calls } = itself(await figures('they are counted', (now) => (itself(now)?.calls?.calls ?? 0) > 0))!
  expect(calls).toEqual({ since, calls: 41, outcomes: { Busy: 40, Sale: 1 } })
  await admin(connection, `delete from call_records where campaign_id = ${campaign_id}`)
})

test('a callback of an archived campaign is not overdue', async () => {
  const { campaign_id, allocation_id } = await campaignOf('Archived')
  const overdue = ({ attention }: Figures) => attention.callbacks_overdue.count
  const before = overdue(await figures('they are read', () => true))
  const fields = { Phone: mobile() }
  const lead = await client.createLead({ allocation_id, fields, callback: { local: '2026-01-02T10:00' } })
  expect(lead.status).toBe(201)
  await figures('one more is overdue', (now) => overdue(now) === before + 1)
  expect((await client.changeCampaign(campaign_id, { archived: true })).status).toBe(200)
  await figures('it is not any more', (now) => overdue(now) === before)
})

test('a team sees its own campaigns, refusals and conflicts, and none of another', async () => {
  const [east, west] = [await campaignOf('East'), await campaignOf('West')]
  const readers = new Map<string, typeof client>()
  for (const team of ['East', 'West'])
    readers.set(team, await clientWith(['read'], [await ensureTeam(pool, team)]))
  for (let i = 0; i < 3; i++) await client.insertLeadFast(east, { Phone: mobile() })
  await client.insertLeadFast(east, {})
  const Phone = mobile()
  const { lead_id } = await client.insertLeadFast(east, { Phone })
  await client.patchLead(lead_id!, 1, { fields: { Phone: mobile() } })
  await client.patchLead(lead_id!, 1, { fields: { Phone: mobile() } }, 'hold')
  // No campaign at all: that belongs to no team.
  await client.insertLeadFast({ ...east, campaign_id: 999_999 }, { Phone })

  const seen = await figures('East is counted', (now) => now.hour.inserted === 4, readers.get('East'))
  expect(seen.hour.codes.map(({ code }) => code)).toEqual([102, 110])
  expect(seen.attention.conflicts.count).toBe(1)
  expect(seen.campaigns.items.map(({ campaign_id }) => campaign_id)).toEqual([east.campaign_id])
  const other = await ask(readers.get('West'))
  expect(other).toMatchObject({
    hour: { inserted: 0, updated: 0, refused: 0, codes: [], senders: [] },
    attention: { conflicts: { count: 0 } },
    campaigns: { items: [{ campaign_id: west.campaign_id }] },
  })
  await figures(
    'all is counted',
    (now) => now.hour.codes.some(({ code }) => code === 1004) && now.campaigns.items.length > 2,
  )
})

test('what one server took in, another shows', async () => {
  const before = (await ask(second.client)).hour.inserted
  await insert()
  await figures('it is shown', (now) => now.hour.inserted === before + 1, second.client)
})

test('rows of a pull count one by one, under its name', async () => {
  const pulled = await campaignOf('Pulled')
  const Phone = mobile()
  source.rows = [
    { id: '1', Phone },
    { id: '2', Phone },
    { id: '3', Phone: 'none' },
    { id: '4', Phone: mobile() },
  ]
  const made = await client.createPull({
    allocation_id: pulled.allocation_id,
    name: 'CRM of Pulled',
    request: requestTo(source),
    format: 'json',
    id_key: 'id',
    keys: { id: null },
    enabled: false,
  })
  if (!made.ok) throw new Error(JSON.stringify(made.body))
  await client.startPull(made.body.pull_id)
  const { hour } = await figures('they are counted', (now) =>
    now.hour.senders.some(({ actor_name }) => actor_name === 'CRM of Pulled'),
  )
  const sender = hour.senders.find(({ actor_name }) => actor_name === 'CRM of Pulled')!
  expect(sender.taken).toBe(
    await number(`select count(*) as n from leads where campaign_id = ${pulled.campaign_id}`),
  )
  expect(sender).toMatchObject({ actor: `pull:${made.body.pull_id}`, taken: 2, refused: 2 })
})

test('a key that may not read gets no figures', async () => {
  const dialler = await clientWith(['dial'])
  expect(await dialler.stats()).toMatchObject({ status: 403, body: { code: 1002 } })
  expect(await (await clientWith(['supervise'])).stats()).toMatchObject({ status: 200 })
})

test('the stream has all figures first, then every two seconds what is newer', async () => {
  const { got } = followed(client)
  await until('the first comes', async () => got.length > 0)
  expect(Object.keys(got[0]!).sort()).toEqual(['at', 'attention', 'campaigns', 'event', 'hour', 'minute'])
  await until('five have come', async () => got.length >= 5)
  const gaps = got.slice(1).map(({ at }, i) => Date.parse(at) - Date.parse(got[i]!.at))
  expect(Math.max(...gaps)).toBeLessThan(4_500)
  expect(got.slice(1).filter(({ minute }) => minute !== undefined).length).toBeGreaterThan(2)
  expect(got.slice(1, 4).some(({ attention }) => attention === undefined)).toBe(true)
})

test('the stream ends within a second when its key is revoked', async () => {
  const { got, ended } = followed(await clientWith(['read']))
  await until('figures come', async () => got.length > 0)
  const { key_id } = (await rows<{ key_id: number }>('select max(key_id) as key_id from api_keys'))[0]!
  await revokeKey(pool, SEES_ALL, key_id)
  const revoked = performance.now()
  // It comes back once, and is refused: that is after the two seconds that it waits.
  expect(await ended).toBe(401)
  expect(performance.now() - revoked).toBeLessThan(2_000 + 1_000 + 500)
})

test('a follower that does not keep up misses figures, and gets all that is newer when it does', async () => {
  const stats = new Stats(
    leadline.pools.reads,
    newCounts(leadline.pools.reads, () => new Date().toISOString()),
    {
      busy: 0,
      waiting: 0,
    },
  )
  const watch = new Watch(pool, stats)
  onTestFinished(() => {
    watch.stop()
    stats.stop()
  })
  let is_behind = false
  const told: object[] = []
  const { key_id } = (await rows<{ key_id: number }>('select min(key_id) as key_id from api_keys'))[0]!
  watch.follow({
    credential: { key_id, session_id: null },
    grant: { scopes: ['admin'], team_ids: null, allocation_ids: null },
    leads: [],
    conflicts: null,
    newest: null,
    stats: { team_ids: null },
    isBehind: () => is_behind,
    tell: (happening) => told.push(happening),
    end: () => undefined,
  })
  await until('the first comes', async () => told.length === 1)
  is_behind = true
  await new Promise((resolve) => setTimeout(resolve, 6_000))
  expect(told).toHaveLength(1)
  is_behind = false
  await until('it goes on', async () => told.length === 2)
  expect(Object.keys(told[1]!)).toEqual(expect.arrayContaining(['minute', 'hour', 'attention', 'campaigns']))
})

test('many who look cost no more questions than one, and nobody who looks costs none', async () => {
  const third = await startLeadline({ connection })
  const query = spyOnQueries(third.pools.reads)
  onTestFinished(() => query.mockRestore())
  const asked = (name: string) => query.mock.calls.filter(([statement]) => statement.name === name).length
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(query.mock.calls).toEqual([])
  const stop = new AbortController()
  let ticks = 0
  const following = Array.from({ length: 50 }, () =>
    third.client.follow({ topics: ['stats'], signal: stop.signal, on: () => ticks++ }),
  )
  await until('all have figures', async () => ticks >= 100)
  stop.abort()
  await Promise.all(following)
  expect(asked('intakeAnswers.lastHour')).toBeGreaterThan(0)
  expect(asked('intakeAnswers.lastHour')).toBeLessThan(8)
  expect(asked('stats.attention')).toBeLessThan(4)
})
