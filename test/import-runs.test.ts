// Files of leads become leads: tried out first, then taken, with the same counts.

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import type { Import } from '../src/client/api.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { client, connection, target } = leadline
const { body, inState, mapped, rowsOf, checked, taken } = importsOf(leadline)
const { ana, view, changed, historyOf } = leadsOf(leadline)
const { campaign_id, allocation_id } = target

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const csv = (...rows: string[][]) => rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')
const NONE = { created: 0, updated: 0, unchanged: 0, moved: 0, held: 0, rejected: 0 }

/** The import once its rows are taken; a dry run before that has the same counts. */
async function triedAndTaken({ import_id }: Pick<Import, 'import_id'>) {
  const tried = await checked(import_id)
  const done = await taken(import_id)
  expect(done.done).toEqual(tried.checked)
  expect(done.state).toBe('done')
  return done
}

const leads = async () =>
  (await admin(connection, 'select count(*)::integer as leads from leads')).rows[0].leads as number

let names = 0
const allocationCalled = async (name = `Allocation ${++names}`) =>
  body<{ allocation_id: number }>(await client.createAllocation({ campaign_id, name })).allocation_id

describe('new leads', () => {
  test('are counted by a dry run that writes none, and then taken, each row with its lead', async () => {
    const known = await ana()
    const blocked = mobile()
    await client.post('/v1/dnc', { list: 'private', phones: [blocked] })
    const again = mobile()
    const begun = await mapped(
      csv(
        ['FirstPhone', 'City', 'njExternalLeadId', 'njPriority'],
        [mobile(), 'Perth', 'n-1', '3'],
        [known.phone, 'Perth', 'n-2', ''],
        [blocked, 'Perth', 'n-3', ''],
        ['', 'Perth', 'n-4', ''],
        ['12', 'Perth', 'n-5', ''],
        [again, 'Perth', 'n-6', ''],
        [again, 'Albany', 'n-7', ''],
        [mobile(), 'Albany', 'n-1', ''],
        [mobile(), 'Albany', 'n-8', '999'],
      ),
    )
    const { import_id } = begun
    const before = await leads()
    const tried = await checked(import_id)
    expect(await leads()).toBe(before)
    const counts = { 0: 2, 102: 1, 104: 1, 105: 2, 112: 1, 1006: 1, 1008: 1 }
    expect(tried.checked).toEqual({ ...NONE, rows: 9, created: 2, rejected: 7, counts })
    const found = await rowsOf(import_id)
    expect(found.map(({ row, code, field, other_row }) => [row, code, field, other_row])).toEqual([
      [2, 0, null, null],
      [3, 105, null, null],
      [4, 104, null, null],
      [5, 102, 'FirstPhone', null],
      [6, 1006, 'FirstPhone', null],
      [7, 0, null, null],
      [8, 105, null, 7],
      [9, 112, null, 2],
      [10, 1008, 'njPriority', null],
    ])
    expect(found[1]!.lead_id).toBe(known.id)

    const done = await taken(import_id)
    expect(done).toMatchObject({ state: 'done', done: tried.checked })
    expect(await leads()).toBe(before + 2)
    const [first, ...others] = await rowsOf(import_id, { fate: 'created' })
    expect(others).toHaveLength(1)
    expect(await view(first!.lead_id!)).toMatchObject({
      allocation_id,
      external_id: 'n-1',
      priority: 3,
      fields: { City: 'Perth' },
      created_way: 'import',
      created_by: `import:${import_id}`,
    })
    expect(await rowsOf(import_id, { code: 105 })).toHaveLength(2)
    const { rows } = await admin(
      connection,
      `select count(*)::integer as n from leads where import_id = ${import_id}`,
    )
    expect(rows).toEqual([{ n: 2 }])
  })

  test('go to the allocation that their row names', async () => {
    const other = await allocationCalled('Evening')
    const done = await triedAndTaken(
      await mapped(
        csv(['FirstPhone', 'njAllocationName'], [mobile(), 'evening'], [mobile(), ''], [mobile(), 'Nowhere']),
      ),
    )
    expect(done.done).toMatchObject({ created: 2, rejected: 1, counts: { 0: 2, 1004: 1 } })
    const [first, second] = await rowsOf(done.import_id, { fate: 'created' })
    expect((await view(first!.lead_id!)).allocation_id).toBe(other)
    expect((await view(second!.lead_id!)).allocation_id).toBe(allocation_id)
  })

  test('are refused where their row names an allocation that is archived or virtual', async () => {
    const archived = await allocationCalled('Archived')
    body(await client.patch(`/v1/allocations/${archived}`, { archived: true }))
    const draws = { by: 'ratio' as const, members: [{ allocation_id, share: 1 }] }
    const virtual = body<{ allocation_id: number }>(
      await client.createAllocation({ campaign_id, name: 'Virtual', draws }),
    ).allocation_id
    const known = await ana({ external_id: 'named-1' })
    const done = await triedAndTaken(
      await mapped(
        csv(
          ['FirstPhone', 'njExternalLeadId', 'njAllocationName', 'njAction'],
          [mobile(), '', 'Archived', ''],
          [mobile(), '', 'Virtual', ''],
          [mobile(), '', '', ''],
          ['', 'named-1', 'Archived', 'reallocate'],
          ['', 'named-1', 'Virtual', 'reallocate'],
        ),
      ),
    )
    expect(done.done).toMatchObject({ created: 1, moved: 0, rejected: 4, counts: { 0: 1, 1004: 4 } })
    const refused = await rowsOf(done.import_id, { fate: 'rejected' })
    expect(refused.map(({ field }) => field)).toEqual(Array(4).fill('njAllocationName'))
    expect(refused[0]!.detail).toContain('is archived')
    expect(refused[1]!.detail).toContain(`allocation ${virtual} is virtual`)
    expect((await view(known.id)).allocation_id).toBe(allocation_id)
    const { import_id } = await mapped(csv(['FirstPhone', 'njAllocationName'], [mobile(), '']))
    await checked(import_id)
    expect(await client.editImportRow(import_id, 2, { cells: [mobile(), 'Archived'] })).toMatchObject({
      ok: true,
      body: { fate: 'rejected', code: 1004, field: 'njAllocationName' },
    })
  })

  test('of thousands of rows are taken in chunks, and numbers that come twice are found across them', async () => {
    const phones = Array.from({ length: 1_300 }, mobile)
    const rows = [...phones, ...phones.slice(0, 100)].map((phone, i) => [phone, `Town ${i}`])
    const done = await triedAndTaken(await mapped(csv(['FirstPhone', 'City'], ...rows)))
    expect(done.done).toMatchObject({
      rows: 1_400,
      created: 1_300,
      rejected: 100,
      counts: { 0: 1_300, 105: 100 },
    })
    const twice = await rowsOf(done.import_id, { code: 105 })
    expect(twice.map(({ row }) => row)).toEqual(Array.from({ length: 100 }, (_, i) => 1_302 + i))
  })
})

describe('leads that are there', () => {
  test('are changed by rows that name them, and only they are in the mode update', async () => {
    const [one, two, three] = [await ana({ external_id: 'u-1' }), await ana(), await ana()]
    const done = await triedAndTaken(
      await mapped(
        csv(
          ['njExternalLeadId', 'njLeadId', 'FirstPhone', 'City'],
          ['u-1', '', '', 'Perth'],
          ['', two.id, '', 'Perth'],
          ['', '', three.phone, 'Perth'],
          ['u-1', '', '', 'Perth'],
          ['nobody', '', mobile(), 'Perth'],
          ['', '', mobile(), 'Perth'],
        ),
        { mode: 'update', allocation_id: null },
      ),
    )
    expect(done.done).toEqual({
      ...NONE,
      rows: 6,
      updated: 3,
      unchanged: 1,
      rejected: 2,
      counts: { 0: 4, 101: 2 },
    })
    for (const { id } of [one, two, three]) expect((await view(id)).fields.City).toBe('Perth')
    expect((await historyOf(one.id)).at(-1)).toMatchObject({
      version: 2,
      actor: `import:${done.import_id}`,
      actor_name: 'leads.csv',
      way: 'import',
    })
  })

  test('are changed by an upsert, which makes the others', async () => {
    const known = await ana({ external_id: 'up-1' })
    const held = await ana()
    const done = await triedAndTaken(
      await mapped(
        csv(
          ['njExternalLeadId', 'FirstPhone', 'City'],
          ['up-1', '', 'Perth'],
          ['up-2', mobile(), 'Albany'],
          ['up-3', held.phone, 'Bunbury'],
          ['up-2', mobile(), 'Broome'],
        ),
        { mode: 'upsert' },
      ),
    )
    expect(done.done).toMatchObject({ created: 1, updated: 3, rejected: 0 })
    expect((await view(known.id)).fields.City).toBe('Perth')
    expect((await view(held.id)).fields.City).toBe('Bunbury')
    const [made] = await rowsOf(done.import_id, { fate: 'created' })
    expect((await view(made!.lead_id!)).fields.City).toBe('Broome')
  })

  test('and hold the number of a row are moved to its allocation, if that is wished', async () => {
    const known = await ana()
    const other = await allocationCalled()
    const done = await triedAndTaken(
      await mapped(csv(['FirstPhone', 'City'], [known.phone, 'Perth'], [mobile(), 'Perth']), {
        allocation_id: other,
        duplicates: 'move',
      }),
    )
    expect(done.done).toMatchObject({ created: 1, moved: 1 })
    const { allocation_id: now, fields } = await view(known.id)
    expect([now, fields.City]).toEqual([other, 'Abbotsford'])
  })

  test('and were changed by a person since the dry run are not overwritten: the row waits as a conflict', async () => {
    const [clashes, moved_on] = [await ana({ external_id: 'c-1' }), await ana({ external_id: 'c-2' })]
    const { import_id } = await mapped(
      csv(['njExternalLeadId', 'Name'], ['c-1', 'Ana of the file'], ['c-2', 'Ana of the file']),
      { mode: 'update' },
    )
    expect((await checked(import_id)).checked).toMatchObject({ updated: 2, held: 0 })
    await changed(clashes.id, 1, { fields: { Name: 'Ana of a person' } })
    await changed(moved_on.id, 1, { priority: 4 })
    const done = await taken(import_id)
    expect(done.done).toMatchObject({ updated: 1, held: 1, counts: { 0: 1, 110: 1 } })
    expect((await view(clashes.id)).fields.Name).toBe('Ana of a person')
    expect(await view(moved_on.id)).toMatchObject({ priority: 4, fields: { Name: 'Ana of the file' } })
    const [held] = await rowsOf(import_id, { fate: 'held' })
    expect(held).toMatchObject({ code: 110, lead_id: clashes.id, conflict_id: expect.any(Number) })
    expect((await client.get(`/v1/conflicts/${held!.conflict_id}`)).body).toMatchObject({
      caller: `import:${import_id}`,
    })
  })
})

describe('a run', () => {
  const many = (rows: number) => csv(['FirstPhone'], ...Array.from({ length: rows }, () => [mobile()]))

  test('is paused, resumed and cancelled; what is answered is final', async () => {
    const { import_id } = await mapped(many(8_000))
    body(await client.startImport(import_id))
    const paused = body<Import>(await client.pauseImport(import_id))
    expect(paused.state).toBe('paused')
    const before = await leads()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await leads()).toBe(before)
    expect(body<Import>(await client.import(import_id))).toMatchObject({ state: 'paused', done: paused.done })
    expect(body<Import>(await client.pauseImport(import_id)).state).toBe('paused')
    body(await client.resumeImport(import_id))
    const cancelled = body<Import>(await client.cancelImport(import_id))
    expect(cancelled).toMatchObject({ state: 'cancelled', finished_at: expect.any(String) })
    const { rows } = await admin(
      connection,
      `select count(*)::integer as n from leads where import_id = ${import_id}`,
    )
    expect(rows[0].n).toBe(cancelled.done?.created)
    expect(await client.startImport(import_id)).toMatchObject({ status: 422, code: 1005 })
  })

  test('pauses when too many rows are refused, and goes on when that is allowed', async () => {
    const bad = Array.from({ length: 1_500 }, () => ['12'])
    const { import_id } = await mapped(
      csv(['FirstPhone'], ...bad, [mobile()]),
      { bad_percent_max: 50 },
      {
        columns: [{ column: 'FirstPhone', target: { to: 'field', field: 'FirstPhone' } }],
        constants: [],
      },
    )
    const paused = await taken(import_id)
    expect(paused).toMatchObject({
      state: 'paused',
      detail:
        '1000 of 1000 rows were refused, more than 50 %: correct the file, or raise the limit and resume',
      done: { rows: 1_000 },
    })
    const some = body<{ items: { fate: string }[] }>(
      await client.importRows(import_id, { from: 1_002, fate: 'pending' }),
    ).items
    expect(some[0]).toMatchObject({ row: 1_002, code: null })
    body(await client.changeImport(import_id, { bad_percent_max: null }))
    body(await client.resumeImport(import_id))
    expect((await inState(import_id, ['done'])).done).toMatchObject({ rows: 1_501, created: 1 })
  })

  test('shows of rows that it has not come to nothing that a dry run found; the limit keeps the dry run', async () => {
    const allocation_id = await allocationCalled()
    const { import_id, mapping } = await mapped(many(600), { allocation_id })
    expect(await rowsOf(import_id, { fate: 'pending' })).toHaveLength(600)
    const tried = await checked(import_id)
    const limited = body<Import>(await client.changeImport(import_id, { bad_percent_max: 7 }))
    expect(limited).toMatchObject({ bad_percent_max: 7, checked: tried.checked })
    expect(await rowsOf(import_id, { fate: 'created' })).toHaveLength(600)
    body(await client.mapImport(import_id, mapping!))
    expect(await rowsOf(import_id, { fate: 'pending' })).toHaveLength(600)
    expect(await rowsOf(import_id, { fate: 'created' })).toHaveLength(0)
    await checked(import_id)
    body(await client.patch(`/v1/allocations/${allocation_id}`, { archived: true }))
    expect(await taken(import_id)).toMatchObject({ state: 'paused', done: { rows: 0 } })
    expect(await rowsOf(import_id, { fate: 'pending' })).toHaveLength(600)
    const results = body<string>((await client.importResults(import_id)) as never)
    expect(results.match(/,pending,/g)).toHaveLength(600)
  })

  test('halts when its allocation is archived, and says so', async () => {
    const allocation_id = await allocationCalled()
    const { import_id } = await mapped(many(3), { allocation_id })
    body(await client.patch(`/v1/allocations/${allocation_id}`, { archived: true }))
    expect(await taken(import_id)).toMatchObject({
      state: 'paused',
      detail: `allocation ${allocation_id} is archived, or its campaign is: it takes no leads`,
    })
  })

  test('needs a mapping, and a dry run can be stopped', async () => {
    const { uploaded } = importsOf(leadline)
    const { import_id } = await uploaded(many(5_000))
    for (const begin of [client.checkImport(import_id), client.startImport(import_id)])
      expect(await begin).toMatchObject({ status: 422, body: { errors: [{ field: '/mapping' }] } })
    const again = await mapped(many(20_000))
    body(await client.checkImport(again.import_id))
    const stopped = body<Import>(await client.pauseImport(again.import_id))
    expect(stopped.state).toBe('read')
    expect(stopped.checked!.rows).toBeLessThan(20_000)
  })
})

test('a row that is corrected is looked at again, and taken', async () => {
  const phone = mobile()
  const { import_id } = await mapped(
    csv(['FirstPhone', 'City'], [mobile(), 'Perth'], ['12', 'Perth']),
    {},
    {
      columns: [
        { column: 'FirstPhone', target: { to: 'field', field: 'FirstPhone' } },
        { column: 'City', target: { to: 'field', field: 'City' } },
      ],
      constants: [],
    },
  )
  expect((await checked(import_id)).checked).toMatchObject({ created: 1, rejected: 1 })
  expect(await client.editImportRow(import_id, 3, { cells: [phone, 'Perth'] })).toMatchObject({
    ok: true,
    body: { row: 3, cells: [phone, 'Perth'], fate: 'created', code: 0 },
  })
  expect(body<Import>(await client.import(import_id)).checked).toMatchObject({ created: 2, rejected: 0 })
  expect(await client.editImportRow(import_id, 4, { cells: [phone] })).toMatchObject({
    status: 404,
    code: 1004,
  })
  expect((await taken(import_id)).done).toMatchObject({ created: 2 })
})

describe('files of what came of the rows', () => {
  const HEADINGS = ['Tel', 'Town', 'Remark']
  const columns = [
    { column: 'Tel', target: { to: 'field' as const, field: 'FirstPhone' } },
    { column: 'Town', target: { to: 'field' as const, field: 'City' } },
    { column: 'Remark', target: { to: 'unmapped' as const, key: 'Remark' } },
  ]

  test('refused rows are corrected in a spreadsheet, dropped in again, and map themselves', async () => {
    const known = await ana()
    const file = csv(
      HEADINGS,
      [mobile(), 'Perth', 'fine'],
      ['12', 'Broome, WA', '=1+1'],
      [known.phone, 'Albany', '-5'],
    )
    const { import_id } = await mapped(file, {}, { columns, constants: [] })
    await taken(import_id)
    const rejects = body<string>((await client.importRejects(import_id)) as never)
    expect(rejects).toBe(
      'Tel,Town,Remark,_row,_code,_field,_message\r\n' +
        '12,"Broome, WA",\'=1+1,3,1006,Tel,is a short or emergency number\r\n' +
        `${known.phone},Albany,'-5,4,105,,a lead of the campaign has this phone number\r\n`,
    )
    const [phone, other] = [mobile(), mobile()]
    // A spreadsheet knows by its first bytes that it is UTF-8.
    const file_sent = await fetch(`${leadline.url}/v1/imports/${import_id}/rejects.csv`, {
      headers: { Authorization: `Bearer ${leadline.key}` },
    })
    expect(file_sent.headers.get('Content-Type')).toBe('text/csv; charset=utf-8')
    expect(new Uint8Array(await file_sent.arrayBuffer()).slice(0, 3)).toEqual(
      new Uint8Array([0xef, 0xbb, 0xbf]),
    )
    const corrected = rejects.replace('\n12,', `\n${phone},`).replace(known.phone, other)
    const again = await mapped(corrected)
    expect(again.mapping!.columns.slice(0, 3)).toEqual(columns)
    const done = await triedAndTaken(again)
    expect(done.done).toMatchObject({ created: 2, rejected: 0 })
    const [first, second] = await rowsOf(done.import_id)
    expect(await view(first!.lead_id!)).toMatchObject({
      fields: { FirstPhone: phone, City: 'Broome, WA' },
      unmapped: { Remark: '=1+1' },
    })
    expect((await view(second!.lead_id!)).unmapped).toEqual({ Remark: '-5' })
  })

  test('all rows are answered with the ids of their leads', async () => {
    const { import_id } = await mapped(
      csv(HEADINGS, [mobile(), 'Perth', ''], ['', 'Perth', 'x']),
      {},
      {
        columns,
        constants: [],
      },
    )
    const pending = body<string>((await client.importResults(import_id)) as never)
    expect(pending.split('\r\n')[1]).toMatch(/,2,pending,,,,$/)
    await taken(import_id)
    const results = body<string>((await client.importResults(import_id)) as never)
    const [first] = await rowsOf(import_id)
    expect(results.split('\r\n').slice(0, 3)).toEqual([
      'Tel,Town,Remark,_row,_fate,_code,_field,_message,_lead_id',
      expect.stringMatching(new RegExp(`,Perth,,2,created,0,,,${first!.lead_id}$`)),
      expect.stringMatching(/^,Perth,x,3,rejected,102,Tel,/),
    ])
  })
})

describe('a person who asks', () => {
  test('to be forgotten is gone from the files, too: made, changed and refused rows', async () => {
    const canary = 'Quentin Canary'
    const phone = mobile()
    const columns = [
      { column: 'FirstPhone', target: { to: 'field' as const, field: 'FirstPhone' } },
      { column: 'Name', target: { to: 'field' as const, field: 'Name' } },
    ]
    const file = (name: string) => csv(['FirstPhone', 'Name'], [phone, name], [mobile(), 'Somebody'])
    const made = await mapped(file(canary), {}, { columns, constants: [] })
    await triedAndTaken(made)
    const met = await mapped(file(`${canary} II`), {}, { columns, constants: [] })
    await triedAndTaken(met)
    const upserted = await mapped(file(`${canary} III`), { mode: 'upsert' }, { columns, constants: [] })
    await triedAndTaken(upserted)
    const [first] = await rowsOf(made.import_id)
    const held = body<{ leads: { file_rows: object[] }[] }>(await client.personalData({ phone }))
    expect(held.leads[0]!.file_rows).toEqual([
      expect.objectContaining({
        import_id: made.import_id,
        row: 2,
        cells: { FirstPhone: phone, Name: canary },
      }),
      expect.objectContaining({
        import_id: met.import_id,
        cells: expect.objectContaining({ Name: `${canary} II` }),
      }),
      expect.objectContaining({ import_id: upserted.import_id, file_name: 'leads.csv' }),
    ])
    expect(await client.delete(`/v1/leads/${first!.lead_id}`)).toMatchObject({ ok: true })
    for (const { import_id } of [made, met, upserted]) {
      const rows = await rowsOf(import_id)
      expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${canary}|${phone}`))
      expect(rows).toMatchObject([
        { row: 2, cells: [] },
        { row: 3, cells: [expect.any(String), 'Somebody'] },
      ])
    }
    // The files themselves went when their rows were taken, and behind that goes what the dry runs had noted.
    const own = [made, met].map(({ import_id }) => import_id).join(', ')
    const left = async () =>
      (
        await admin(
          connection,
          `select (select count(*)::integer from import_parts where import_id in (${own})) as parts,
             (select count(*)::integer from import_keys join imports using (check_id)
              where import_id in (${own})) as keys`,
        )
      ).rows[0]
    await expect.poll(left, { timeout: 10_000 }).toEqual({ parts: 0, keys: 0 })
  })

  test('to be forgotten while their row waits for its turn is not taken from it', async () => {
    const known = await ana()
    const waiting = mobile()
    const columns = ['FirstPhone', 'Name'].map((column) => ({
      column,
      target: { to: 'field' as const, field: column },
    }))
    const others = Array.from({ length: 600 }, () => [mobile(), 'Somebody'])
    const rows = [[waiting, 'Somebody'], ...others, [known.phone, 'Quentin Canary']]
    const { import_id } = await mapped(csv(['FirstPhone', 'Name'], ...rows), {}, { columns, constants: [] })
    expect((await checked(import_id)).checked).toMatchObject({ created: 601, rejected: 1 })

    // The first rows wait for a number that somebody else is about to take; those behind them are read meanwhile.
    const session = new pg.Client(connection)
    await session.connect()
    await session.query(
      `begin; insert into claims (campaign_id, phone, lead_number) values (${campaign_id}, 61${waiting.slice(1)}, 1)`,
    )
    body(await client.startImport(import_id))
    await until('the first rows wait', async () => {
      const { rows } = await admin(
        connection,
        `select count(*)::integer as n from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows[0].n > 0
    })
    await sleep(200)
    expect(await client.delete(`/v1/leads/${known.id}`)).toMatchObject({ ok: true })
    await session.query('rollback')
    await session.end()

    const done = await inState(import_id, ['done'])
    expect(done.done).toMatchObject({ rows: 602, created: 601, rejected: 1, counts: { 0: 601, 102: 1 } })
    const { rows: named } = await admin(
      connection,
      `select count(*)::integer as n from leads where fields ->> 'Name' = 'Quentin Canary'`,
    )
    expect(named).toEqual([{ n: 0 }])
  })
})

test('an import is undone: what it made goes, what it changed comes back, and what was touched since stays', async () => {
  const [changed_one, changed_two] = [await ana({ external_id: 'w-1' }), await ana({ external_id: 'w-2' })]
  const [phone, touched, noted] = [mobile(), mobile(), mobile()]
  const { import_id } = await mapped(
    csv(
      ['njExternalLeadId', 'FirstPhone', 'City'],
      ['w-1', '', 'Perth'],
      ['w-2', '', 'Perth'],
      ['w-3', phone, 'Perth'],
      ['w-4', touched, 'Perth'],
      ['w-5', noted, 'Perth'],
      ['w-3', '', 'Albany'],
      ['w-6', '12', ''],
    ),
    { mode: 'upsert' },
  )
  expect(await client.undoImport(import_id)).toMatchObject({ status: 422, code: 1005 })
  expect(body(await client.previewUndo(import_id))).toMatchObject({ rows: 0, removed: 0, exact: true })
  const done = await taken(import_id)
  expect(done.done).toMatchObject({ created: 3, updated: 3, rejected: 1 })
  const leads = (await rowsOf(import_id)).map(({ lead_id }) => lead_id!)
  await changed(changed_two.id, 2, { priority: 3 })
  await changed(leads[3]!, 1, { fields: { Name: 'Somebody' } })
  await client.addNote(leads[4]!, { text: 'called us' })
  expect(body(await client.previewUndo(import_id))).toEqual({
    rows: 7,
    removed: 1,
    restored: 2,
    kept: 3,
    nothing: 1,
    exact: true,
  })
  expect(body<Import>(await client.undoImport(import_id)).state).toBe('undoing')
  const undone = await inState(import_id, ['undone'])
  expect(undone.undone).toEqual({ rows: 7, removed: 1, restored: 2, kept: 3, nothing: 1 })
  expect((await rowsOf(import_id)).map(({ undone, cells }) => [undone, cells.length])).toEqual([
    ['restored', 3],
    ['kept', 3],
    ['removed', 0],
    ['kept', 3],
    ['kept', 3],
    // It changed the lead that is removed.
    ['restored', 0],
    ['nothing', 3],
  ])
  expect(await view(changed_one.id)).toMatchObject({ version: 3, fields: { City: 'Abbotsford' } })
  expect(await view(changed_two.id)).toMatchObject({ version: 3, priority: 3, fields: { City: 'Perth' } })
  expect(await client.lead(leads[2]!)).toMatchObject({ status: 404 })
  for (const id of [leads[3]!, leads[4]!]) expect((await view(id)).fields.City).toBe('Perth')
  // The number is free again.
  expect(await client.createLead({ allocation_id, fields: { FirstPhone: phone } })).toMatchObject({
    ok: true,
  })
  expect(body<Import>(await client.undoImport(import_id)).state).toBe('undone')
})
