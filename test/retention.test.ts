// What is older than its term goes at night, and nothing else does.

import { afterEach, expect, test } from 'vitest'
import { dropOldParts } from '../src/db/imports.ts'
import { applyRetention, type KeptDays, type RetentionStep } from '../src/jobs/retention.ts'
import { createLog } from '../src/log.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { admin } from './support/postgres.ts'

const NEVER: KeptDays = {
  leads: null,
  conflicts: null,
  action_runs: null,
  pull_runs: null,
  import_rows: null,
  audit: null,
}
const leadline = await startLeadline({ keep: { leads: 30 } })
const { client, connection, pool } = leadline
const { ana, changed } = leadsOf(leadline)
const log = createLog('silent')
const { signal } = new AbortController()

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

async function applied(terms: Partial<KeptDays>) {
  let at: RetentionStep | null = null
  do at = await applyRetention({ pool, log }, { ...NEVER, ...terms }, at, signal)
  while (at)
}

const isThere = async (id: string) => (await client.lead(id)).ok

/** Lets a lead grow old. */
const age = (id: string, days: number) =>
  admin(
    connection,
    `update leads set updated_at = now() - interval '${days} days' where campaign_id || '-' || number = '${id}'`,
  )

test('a lead that nobody has changed for its term is forgotten; a younger one and a callback stay', async () => {
  const [old, young, waiting, never] = [await ana(), await ana(), await ana(), await ana()]
  await changed(waiting.id, 1, { callback: { local: '2028-03-01T10:00' }, disposition: 'Callback' })
  for (const { id } of [old, waiting, never]) await age(id, 31)
  await age(young.id, 29)
  await changed(never.id, 1, { fields: { City: 'Perth' } })
  await applied({})
  expect(await isThere(old.id)).toBe(true)
  await applied({ leads: 30 })
  expect(await Promise.all([old, young, waiting, never].map(({ id }) => isThere(id)))).toEqual([
    false,
    true,
    true,
    true,
  ])
  const { rows } = await admin(
    connection,
    "select actor, details from audit_log where action = 'retention.apply' order by audit_id desc limit 1",
  )
  expect(rows).toEqual([
    {
      actor: 'system',
      details: { leads: 1, conflicts: 0, action_runs: 0, pull_runs: 0, import_rows: 0, audit: 0 },
    },
  ])
  // Its number is free again.
  expect(await client.createLead({ allocation_id: 1, fields: { FirstPhone: old.phone } })).toMatchObject({
    ok: true,
  })
})

test('settled conflicts, runs and entries of the audit log go; open ones, and those of leads, stay', async () => {
  const { id } = await ana()
  await changed(id, 1, { fields: { City: 'Carlton', Email: 'ana@example.com' } })
  await client.patchLead(id, 1, { fields: { City: 'Fitzroy' } }, 'hold')
  const settled = await client.patchLead(id, 1, { fields: { Email: 'ana@example.net' } }, 'hold')
  const { conflict_id } = settled.body as { conflict_id: number }
  await client.settleConflict(conflict_id, { dismiss: true, reason: 'old' })
  await admin(
    connection,
    `insert into action_runs (action_id, campaign_id, lead_number, disposition, attempt, state, finished_at)
     values (9, 1, 1, 'Sale', 1, 'done', now()), (9, 1, 1, 'Sale', 1, 'queued', null)`,
  )
  const count = async (table: string) =>
    (await admin(connection, `select count(*)::integer as rows from ${table}`)).rows[0].rows
  const before = await count('audit_log')
  await applied({ conflicts: 1, action_runs: 1, audit: 1 })
  expect([await count('held_updates'), await count('action_runs'), await count('audit_log')]).toEqual([
    2,
    2,
    before,
  ])
  for (const [table, at] of [
    ['held_updates', 'created_at'],
    ['action_runs', 'created_at'],
    ['audit_log', 'at'],
  ])
    await admin(connection, `update ${table} set ${at} = now() - interval '2 days'`)
  await applied({ conflicts: 1, action_runs: 1, audit: 1 })
  expect((await admin(connection, 'select state from held_updates')).rows).toEqual([{ state: 'open' }])
  expect((await admin(connection, 'select state from action_runs')).rows).toEqual([{ state: 'queued' }])
  const { rows } = await admin(connection, 'select distinct subject from audit_log order by 1')
  expect(rows.map(({ subject }) => subject.split(':')[0])).toEqual(
    expect.arrayContaining(['lead', 'retention']),
  )
  expect(rows.every(({ subject }) => /^(lead:|retention$)/.test(subject))).toBe(true)
  await admin(connection, "delete from action_runs where state = 'queued'")
})

test('a lead that is changed while the night works on it stays', async () => {
  const leads = await Promise.all(Array.from({ length: 24 }, () => ana()))
  for (const { id } of leads) await age(id, 40)
  const night = applied({ leads: 30 })
  const answers = await Promise.all(
    leads.map(({ id }) => client.patchLead(id, 1, { fields: { City: 'Perth' } }, 'merge')),
  )
  await night
  for (const [i, { ok }] of answers.entries()) expect(await isThere(leads[i]!.id)).toBe(ok)
})

test('the job queue does it, with the terms of the options', async () => {
  const { id } = await ana()
  await age(id, 31)
  await admin(connection, "select graphile_worker.add_job('retention')")
  await expect.poll(() => isThere(id), { timeout: 10_000 }).toBe(false)
  const { rows } = await admin(connection, 'select identifier from graphile_worker._private_known_crontabs')
  expect(rows).toEqual([{ identifier: 'retention' }])
})

test('runs of pulls go once they are over and old', async () => {
  await admin(
    connection,
    `insert into pulls (pull_id, allocation_id, name, request, format, id_key, every_minutes, enabled)
       values (9, 1, 'CRM', '{}', 'json', 'id', 5, false);
     insert into pull_runs (pull_id, started_by, state, created_at, finished_at)
       values (9, 'schedule', 'done', now() - interval '31 days', now()),
         (9, 'schedule', 'queued', now() - interval '31 days', null), (9, 'schedule', 'failed', now(), now())`,
  )
  await applied({})
  await applied({ pull_runs: 30 })
  const { rows } = await admin(connection, 'select state from pull_runs order by run_id')
  expect(rows).toEqual([{ state: 'queued' }, { state: 'failed' }])
})

test('rows of imports that have ended go, and so do files and rows with which nobody went on', async () => {
  const { mapped, uploaded, taken, rowsOf, inState } = importsOf(leadline)
  const file = () => `FirstPhone\n${mobile()}\n`
  const [old, young, left] = [await mapped(file()), await mapped(file()), await uploaded(file())]
  await taken(old.import_id)
  await taken(young.import_id)
  await admin(
    connection,
    `update imports set finished_at = now() - interval '31 days' where import_id = ${old.import_id};
     update imports set updated_at = now() - interval '31 days' where import_id = ${left.import_id}`,
  )
  await applied({ import_rows: 30 })
  expect(await rowsOf(young.import_id)).toHaveLength(1)
  for (const { import_id } of [old, left]) expect(await rowsOf(import_id)).toEqual([])
  expect(await inState(old.import_id, ['done'])).toMatchObject({
    done: { rows: 1, created: 1 },
    emptied_at: expect.any(String),
  })
  expect(await inState(left.import_id, ['cancelled'])).toMatchObject({ parts: [] })
})

test('an upload that nobody goes on with is given up after a day, and no file is kept for longer', async () => {
  const { uploaded, inState } = importsOf(leadline)
  const begun = await client.createImport({
    campaign_id: 1,
    allocation_id: 1,
    file_name: 'leads.csv',
    file_bytes: 6 * 1024 * 1024,
  })
  const { import_id } = begun.body as { import_id: number }
  await client.putImportPart(import_id, 2, new Uint8Array(1024 * 1024))
  const read = await uploaded(`FirstPhone\n${mobile()}\n`)
  await dropOldParts(pool)
  expect((await inState(import_id, ['uploading'])).parts).toEqual([2])
  await admin(connection, "update imports set updated_at = now() - interval '25 hours'")
  await dropOldParts(pool)
  expect(await inState(import_id, ['cancelled'])).toMatchObject({
    parts: [],
    detail: 'its file did not come to its end within a day',
  })
  expect(await inState(read.import_id, ['read'])).toMatchObject({ parts: [], rows: 1 })
  expect(await client.readImport(read.import_id, {})).toMatchObject({
    status: 422,
    body: { detail: 'the file is not kept any more: upload it again' },
  })
})
