// An import whose server and PostgreSQL are killed at random moments ends as the same file does that nobody disturbs.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Import } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import { EmbeddedProcess, type Killed } from './support/embedded-process.ts'
import { importsOf } from './support/imports.ts'
import { mobile } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin, type Connection } from './support/postgres.ts'

const KEY = `test_${'k'.repeat(40)}`
const KILLS = much(3, 50)
const ROWS = much(3_000, 40_000)
/** A job that lost its database comes again after some seconds. */
const WAIT_MS_MAX = 240_000

/** New leads, numbers that come twice, changes of leads of the file, and values that are refused. */
function fileOf(rows_min: number): string {
  const rows = [['njExternalLeadId', 'FirstPhone', 'City', 'njDisposition', 'njPriority']]
  for (let i = 1; rows.length <= rows_min; i++) {
    const phone = mobile()
    rows.push([`id-${i}`, phone, `Town ${i}`, '', ''])
    // Written twice it would be two calls.
    if (i % 20 === 0) rows.push([`id-${i - 7}`, '', '', 'Busy', ''])
    if (i % 50 === 0) rows.push([`twice-${i}`, phone, '', '', ''])
    if (i % 90 === 0) rows.push([`wrong-${i}`, '12', '', '', ''], [`wrong-${i + 1}`, mobile(), '', '', '999'])
  }
  return rows.map((row) => row.join(',')).join('\n')
}

/** What is there of the leads of a campaign, but for ids and times. */
const STATE = (campaign_id: number) => `
  select l.external_id, l.version, l.fields, l.unmapped, l.disposition, l.priority, l.calls, l.attempts, l.closed_at is null as open,
    l.callback_local is not null as is_put_off,
    (select jsonb_agg(jsonb_build_array(p.field, p.phone, p.state) order by p.field) from lead_phones p
     where p.campaign_id = l.campaign_id and p.lead_number = l.number) as phones,
    (select jsonb_agg(c.phone order by c.phone) from claims c
     where c.campaign_id = l.campaign_id and c.lead_number = l.number) as claims,
    (select jsonb_agg(jsonb_build_array(e.version, e.way, e.changes - 'callback') order by e.version) from events e
     where e.campaign_id = l.campaign_id and e.lead_number = l.number) as events,
    (select jsonb_agg(r.disposition) from call_records r
     where r.campaign_id = l.campaign_id and r.lead_number = l.number) as calls_made,
    (select jsonb_agg(q.state) from queue q
     where q.campaign_id = l.campaign_id and q.lead_number = l.number) as places
  from leads l where l.campaign_id = ${campaign_id} order by l.external_id`

async function until(what: string, holds: () => Promise<boolean>) {
  const gives_up = performance.now() + WAIT_MS_MAX
  // The server may be away in between.
  while (!(await holds().catch(() => false))) {
    if (performance.now() > gives_up) throw new Error(`it did not come to this: ${what}`)
    await sleep(20)
  }
}

/** A campaign of its own, so that the file meets no lead of the other one. */
async function targetOf(client: LeadlineClient, name: string) {
  const { campaign_id } = (await client.createCampaign({ template_id: 1, name })).body as {
    campaign_id: number
  }
  const { allocation_id } = (await client.createAllocation({ campaign_id, name })).body as {
    allocation_id: number
  }
  return { template_id: 1, campaign_id, allocation_id }
}

/** What came of each row, with the external id of its lead in the place of the lead's own. */
async function outcomesOf(
  client: LeadlineClient,
  connection: Connection,
  target: Awaited<ReturnType<typeof targetOf>>,
  import_id: number,
) {
  const { rows } = await admin(
    connection,
    `select campaign_id || '-' || number as lead_id, external_id from leads where campaign_id = ${target.campaign_id}`,
  )
  const names = new Map(rows.map(({ lead_id, external_id }) => [lead_id, external_id]))
  const found = await importsOf({ client, target }).rowsOf(import_id, { limit: 500 })
  return found.map(({ lead_id, ...row }) => ({ ...row, lead: lead_id === null ? null : names.get(lead_id) }))
}

test('killed with its PostgreSQL at random moments: the end is that of a run that nobody disturbs', {
  timeout: much(300_000, 3_600_000),
}, async ({ onTestFinished }) => {
  const own = new EmbeddedProcess('import-kills', { LEADLINE_BOOTSTRAP_API_KEY: KEY })
  onTestFinished(() => own.remove())
  await own.serve()
  /** A server that comes back has another address. */
  const client = () => new LeadlineClient({ url: own.url, key: KEY })
  const file = fileOf(ROWS)
  const wishes = { mode: 'upsert', duplicates: 'reject' } as const

  const importNow = async (import_id: number) => (await client().import(import_id)).body as Import
  const inState = (import_id: number, state: Import['state']) =>
    until(`import ${import_id} is ${state}`, async () => (await importNow(import_id)).state === state)

  const quiet = await targetOf(client(), 'Nobody disturbs it')
  const { import_id } = await importsOf({ client: client(), target: quiet }).mapped(file, wishes)
  await client().checkImport(import_id)
  await inState(import_id, 'read')
  await client().startImport(import_id)
  await inState(import_id, 'done')
  const expected = await importNow(import_id)
  const outcomes_expected = await outcomesOf(client(), await own.connection(), quiet, import_id)
  expect(expected.done).toEqual(expected.checked)

  const target = await targetOf(client(), 'Killed')
  const begun = await importsOf({ client: client(), target }).mapped(file, wishes)
  const now = () => importNow(begun.import_id)
  const behind = async (walk: 'checked' | 'done') => (await now())[walk]?.rows ?? 0
  const kinds: readonly Killed[] = ['server', 'postgres', 'both']
  const rows = expected.done!.rows
  const back_ms: Record<Killed, number[]> = { server: [], postgres: [], both: [] }
  const on_ms: Record<Killed, number[]> = { server: [], postgres: [], both: [] }
  /** Each kill comes once more rows are behind it than behind the one before. */
  const killIn = async (walk: 'checked' | 'done', kills: number, first: number) => {
    for (let kill = 0; kill < kills; kill++) {
      const place = (rows * (kill + Math.random() / 2)) / (kills + 1)
      await until(`${walk} ${place}`, async () => (await behind(walk)) >= place)
      await sleep(Math.random() * 150)
      const what = kinds[(first + kill) % kinds.length]!
      const since = performance.now()
      await own.kill(what)
      const back = performance.now()
      const before = await behind(walk)
      const hasGoneOn = async () => (await behind(walk)) > before || before === rows
      await until(`it goes on after ${what}`, hasGoneOn)
      back_ms[what].push(back - since)
      on_ms[what].push(performance.now() - back)
    }
  }
  const in_dry_run = Math.ceil(KILLS / 3)
  await client().checkImport(begun.import_id)
  await killIn('checked', in_dry_run, 0)
  await inState(begun.import_id, 'read')
  const checked = (await now()).checked
  expect(checked).toEqual(expected.checked)

  await client().startImport(begun.import_id)
  await killIn('done', KILLS - in_dry_run, 1)
  await inState(begun.import_id, 'done')
  const { done } = await now()
  const longest = (times: Record<Killed, number[]>) =>
    kinds.map((kind) => `${kind} ${Math.round(Math.max(0, ...times[kind]))} ms`).join(', ')
  console.log(
    `${KILLS} kills among ${rows} rows; back after at most ${longest(back_ms)}; the rows go on after that within ${longest(on_ms)}`,
  )
  expect(done).toEqual(expected.done)

  const connection = await own.connection()
  const outcomes = await outcomesOf(client(), connection, target, begun.import_id)
  expect(outcomes.length).toBe(rows)
  expect(outcomes.every(({ fate }) => fate !== null)).toBe(true)
  expect(outcomes).toEqual(outcomes_expected)
  const [broken, unbroken] = await Promise.all(
    [target, quiet].map(async ({ campaign_id }) => (await admin(connection, STATE(campaign_id))).rows),
  )
  expect(broken!.length).toBe(done!.created)
  expect(broken).toEqual(unbroken)
  expect(await checkDatabase(connection)).toEqual([])
})
