// Pulls as set-up: what is refused, secrets, versions, teams; and what a change does to a run that is at work.

import { afterAll, expect, test } from 'vitest'
import type { NewPull, PullRun } from '../src/client/api.ts'
import type { LeadlineClient } from '../src/client/client.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { leadSource, requestTo } from './support/source.ts'
import { until } from './support/until.ts'

const source = await leadSource()
afterAll(() => source.stop())
const leadline = await startLeadline({ actions: { private_hosts: [source.host] } })
const { client, connection, target } = leadline
const { allocation_id, campaign_id } = target

let names = 0
const newPull = (more: Partial<NewPull> = {}): NewPull => ({
  allocation_id,
  name: `Pull ${++names}`,
  request: { method: 'GET', url: 'https://crm.example/leads?after=${last_id}' },
  format: 'json',
  id_key: 'id',
  enabled: false,
  ...more,
})

async function pullOf(more: Partial<NewPull> = {}, by: LeadlineClient = client) {
  const made = await by.createPull(newPull(more))
  if (!made.ok) throw new Error(JSON.stringify(made.body))
  return made.body
}

const get = { method: 'GET' as const, url: 'https://crm.example/' }

test.for<[string, object, string]>([
  ['no address', { request: { ...get, url: 'ftp://crm.example/' } }, '/request/url'],
  ['a password in the address', { request: { ...get, url: 'https://a:b@crm.example/' } }, '/request/url'],
  ['the id as a host', { request: { ...get, url: 'https://${last_id}/' } }, '/request/url'],
  ['another placeholder', { request: { ...get, url: 'https://crm.example/${Name}' } }, '/request/url'],
  ['a header of ours', { request: { ...get, headers: { Host: 'x' } } }, '/request/headers/Host'],
  ['a body with GET', { request: { ...get, body: '{}' } }, '/request/body'],
  ['another method', { request: { ...get, method: 'DELETE' } }, '/request/method'],
  ['no pointer', { rows_at: 'data' }, '/rows_at'],
  ['a pointer into CSV', { rows_at: '/data', format: 'csv' }, '/rows_at'],
  ['a key that means no field', { keys: { 'a/b': 'Nmae' } }, '/keys/a~1b'],
  ['no pause', { every_minutes: 0 }, '/every_minutes'],
  ['an allocation that is not there', { allocation_id: 999_999 }, '/allocation_id'],
] as const)('a pull with %s is refused at its place', async ([, wrong, field]) => {
  expect(await client.createPull(newPull(wrong as never))).toMatchObject({ ok: false, body: { field } })
  const { pull_id } = await pullOf()
  expect(await client.changePull(pull_id, wrong as never)).toMatchObject({ ok: false, body: { field } })
})

test('secrets are shown to nobody, are kept when they come back masked, and go to no other server', async () => {
  const request = {
    method: 'GET' as const,
    url: `${source.url}/?after=\${last_id}&api_key=s3cret-1`,
    headers: { Authorization: 'Bearer s3cret-2', 'X-Sid': 's3cret-3' },
    secrets: ['X-Sid'],
  }
  const made = await pullOf({ request })
  expect(JSON.stringify(made)).not.toContain('s3cret')
  const { pull_id } = made
  const shown = made.request as typeof request
  expect(
    await client.changePull(pull_id, { request: { ...shown, headers: { ...shown.headers, Accept: '*/*' } } }),
  ).toMatchObject({
    ok: true,
    body: { version: 2, request: { headers: { Authorization: '***', 'X-Sid': '***', Accept: '*/*' } } },
  })
  source.rows = []
  const trial = await client.tryPull(pull_id)
  expect(trial).toMatchObject({ ok: true, body: { problem: null } })
  expect(JSON.stringify(trial)).not.toContain('s3cret')
  expect(source.received.at(-1)).toMatchObject({
    url: '/?after=&api_key=s3cret-1',
    headers: { authorization: 'Bearer s3cret-2', 'x-sid': 's3cret-3', accept: '*/*' },
  })
  const elsewhere = { ...shown, url: shown.url.replace(source.url, 'https://thief.example') }
  expect(await client.changePull(pull_id, { request: elsewhere })).toMatchObject({
    ok: false,
    body: { code: 1005, field: '/request/url' },
  })
  const { rows } = await admin(
    connection,
    `select details::text from audit_log where subject = 'pull:${pull_id}'`,
  )
  expect(rows.length).toBe(2)
  expect(JSON.stringify(rows)).not.toContain('s3cret')
})

test('a pull changes from a version, is rehearsed, and has a name of its own', async () => {
  const { pull_id, name } = await pullOf()
  expect(await client.changePull(pull_id, { every_minutes: 7 }, { dry_run: true }, 1)).toMatchObject({
    body: { every_minutes: 7, version: 1, touches: { leads: 0 } },
  })
  expect(await client.changePull(pull_id, { every_minutes: 7 }, {}, 1)).toMatchObject({
    body: { version: 2 },
  })
  expect(await client.changePull(pull_id, { every_minutes: 7 }, {}, 1)).toMatchObject({
    body: { version: 2 },
  })
  expect(await client.changePull(pull_id, { every_minutes: 8 }, {}, 1)).toMatchObject({
    status: 412,
    code: 110,
  })
  expect(await client.createPull(newPull({ name }))).toMatchObject({ body: { code: 1005, field: '/name' } })
  expect(await client.deletePull(pull_id, {}, 1)).toMatchObject({ status: 412 })
  expect(await client.deletePull(pull_id, {}, 2)).toMatchObject({ ok: true })
  expect(await client.pull(pull_id)).toMatchObject({ status: 404, code: 1004 })
})

test('a pull belongs to the team of its allocation', async () => {
  const east_id = await ensureTeam(leadline.pool, 'East')
  const template = await client.post<{ template_id: number }>('/v1/templates', {
    name: 'East',
    team: 'East',
    contact_hours: 'Australia/Melbourne',
    fields: [{ name: 'Phone', kind: 'phone' }],
  })
  const { template_id } = template.body
  const campaign = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'East' })
  const made = await client.createAllocation({ campaign_id: campaign.body.campaign_id, name: 'East' })
  const own = made.ok ? made.body.allocation_id : 0
  const east = await leadline.clientWith(['manage'], [east_id])
  expect(await pullOf({ allocation_id: own }, east)).toMatchObject({ team: 'East' })
  expect(await east.createPull(newPull())).toMatchObject({ ok: false, body: { field: '/allocation_id' } })
  const { pull_id } = await pullOf()
  for (const asked of [
    east.pull(pull_id),
    east.pullRuns(pull_id),
    east.startPull(pull_id),
    east.tryPull(pull_id),
  ])
    expect(await asked).toMatchObject({ status: 404, code: 1004 })
  expect((await east.pulls()).body).toMatchObject({ items: [{ team: 'East' }] })
  const reader = await leadline.clientWith(['read', 'write', 'supervise'])
  expect(await reader.pulls()).toMatchObject({ status: 403, code: 1002 })
})

const runsOf = async (pull_id: number): Promise<PullRun[]> => {
  const runs = await client.pullRuns(pull_id)
  return runs.ok ? runs.body.items : []
}
async function runOf(pull_id: number) {
  await client.startPull(pull_id)
  await until('the run ends', async () => (await runsOf(pull_id))[0]?.finished_at != null)
  return (await runsOf(pull_id))[0]!
}
let ids = 0
const row = (more: object = {}) => ({ id: ++ids, FirstPhone: mobile(), ...more })

test('an archived allocation takes no rows: the run fails and goes on once it is taken up', async () => {
  const made = await client.createAllocation({ campaign_id, name: 'Filled' })
  const filled = made.ok ? made.body.allocation_id : 0
  source.rows = [row(), row()]
  const { pull_id } = await pullOf({ allocation_id: filled, request: requestTo(source) })
  expect(await client.deleteAllocation(filled)).toMatchObject({
    body: { detail: expect.stringContaining(`pull ${pull_id}`) },
  })
  await client.changeAllocation(filled, { archived: true })
  expect(await runOf(pull_id)).toMatchObject({
    state: 'failed',
    rows: 0,
    detail: expect.stringContaining('archived'),
  })
  expect(await client.tryPull(pull_id)).toMatchObject({
    body: { problem: expect.stringContaining('archived') },
  })
  await client.changeAllocation(filled, { archived: false })
  expect(await runOf(pull_id)).toMatchObject({ state: 'done', counts: { 0: 2 } })
})

test('a change ends the run that is at work; the next one goes on behind the last row', async () => {
  source.rows = Array.from({ length: 6_000 }, () => row())
  source.page_rows = 200
  const { pull_id, version } = await pullOf({ request: requestTo(source) })
  await client.startPull(pull_id)
  await until('some rows are taken', async () => ((await runsOf(pull_id))[0]?.rows ?? 0) > 0)
  expect(await client.changePull(pull_id, { allow_duplicates: true }, {}, version)).toMatchObject({
    ok: true,
  })
  await until('the run ends', async () => (await runsOf(pull_id))[0]?.finished_at != null)
  const [first] = await runsOf(pull_id)
  expect(first).toMatchObject({ state: 'done', detail: expect.stringContaining('changed') })
  expect(first!.rows).toBeLessThan(6_000)
  const second = await runOf(pull_id)
  expect(second).toMatchObject({ state: 'done', detail: null })
  expect((first!.counts[0] ?? 0) + (second.counts[0] ?? 0)).toBe(6_000)
  source.page_rows = 1_000
})

test('a row that the database fails at is 103, and its neighbours are taken', async () => {
  await admin(
    connection,
    `create function poison() returns trigger language plpgsql as
       $$ begin if new.fields ->> 'City' = 'Poison' then raise exception 'poison' using errcode = '22000'; end if; return new; end $$;
     create trigger poison before insert on leads for each row execute function poison()`,
  )
  source.rows = Array.from({ length: 20 }, (_, i) => row(i % 7 === 3 ? { City: 'Poison' } : {}))
  const { pull_id } = await pullOf({ request: requestTo(source) })
  expect(await runOf(pull_id)).toMatchObject({ state: 'done', rows: 20, counts: { 0: 17, 103: 3 } })
  expect((await runsOf(pull_id))[0]!.refused.map((one) => one.row)).toEqual([4, 11, 18])
  await admin(connection, 'drop trigger poison on leads; drop function poison')
})
