// Files of leads on their way in: uploaded in parts, read, mapped.

import { afterEach, describe, expect, test } from 'vitest'
import { LIMITS } from '../src/core/limits.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { client, connection, target, clientWith } = leadline
const { body, inState, uploaded, mapped } = importsOf(leadline)
const { campaign_id, allocation_id } = target

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const csv = (...rows: string[][]) => rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')
const HEADINGS = ['FirstPhone', 'City', 'Favourite colour']

describe('the file', () => {
  test('comes in parts, in any order, and each as often as it is sent; the last one starts the reading', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => [`04${70_000_000 + i}`, 'Perth', 'x'.repeat(90)])
    const bytes = new TextEncoder().encode(csv(HEADINGS, ...rows))
    const begun = body<{ import_id: number; parts_all: number }>(
      await client.createImport({
        campaign_id,
        allocation_id,
        file_name: 'long.csv',
        file_bytes: bytes.length,
      }),
    )
    const { import_id } = begun
    expect(begun).toMatchObject({ state: 'uploading', parts: [], parts_all: 2, table: null, rows: 0 })
    const part = (nth: number) =>
      bytes.slice((nth - 1) * LIMITS.import_part_bytes, nth * LIMITS.import_part_bytes)
    expect(await client.putImportPart(import_id, 2, part(2))).toMatchObject({
      ok: true,
      body: { parts: [2] },
    })
    expect(await client.putImportPart(import_id, 2, part(2))).toMatchObject({
      ok: true,
      body: { parts: [2] },
    })
    expect(await client.putImportPart(import_id, 1, part(2))).toMatchObject({
      status: 422,
      code: 1005,
      body: { detail: `part 1 of this file has ${LIMITS.import_part_bytes} bytes; ${part(2).length} came` },
    })
    expect(await client.putImportPart(import_id, 3, part(2))).toMatchObject({ status: 422, code: 1005 })
    expect(await client.putImportPart(import_id, 1, part(1))).toMatchObject({
      ok: true,
      body: { parts: [1, 2], state: 'reading' },
    })
    // Its answer was lost, and it comes again.
    expect(await client.putImportPart(import_id, 1, part(1))).toMatchObject({ ok: true })
    const read = await inState(import_id, ['read'])
    expect(read).toMatchObject({
      rows: 60_000,
      table: { format: 'text', encoding: 'utf-8', delimiter: ',', heading_row: 1, columns: HEADINGS },
      mapping: null,
      checked: null,
      done: null,
    })
    const { rows: chunks } = await admin(
      connection,
      `select count(*)::integer as chunks, sum(rows)::integer as rows from import_chunks where import_id = ${import_id}`,
    )
    expect(chunks).toEqual([{ chunks: 120, rows: 60_000 }])
  })

  test('that cannot be read says why', async () => {
    expect(await uploaded('PK\u0003\u0004 no archive')).toMatchObject({
      state: 'unreadable',
      detail: 'The file is damaged, or was not uploaded to its end.',
      rows: 0,
    })
    expect(await uploaded('\n\n\n')).toMatchObject({ state: 'unreadable', detail: 'The file holds no rows.' })
  })

  test('is read again by another delimiter, and the mapping of before counts no more', async () => {
    const { import_id } = await mapped(`FirstPhone;City\n${mobile()};"Perth, WA"\n${mobile()};Albany\n`)
    const again = await client.readImport(import_id, { delimiter: ',' })
    expect(again).toMatchObject({ ok: true, body: { state: 'reading', mapping: null } })
    expect(await inState(import_id, ['read'])).toMatchObject({
      table: { delimiter: ',', columns: ['FirstPhone;City', 'Column B'] },
      mapping: null,
    })
    const no_sheet = await client.readImport(import_id, { delimiter: ';;' })
    expect(no_sheet).toMatchObject({ status: 422, code: 1005 })
    body(await client.readImport(import_id, {}))
    expect(await inState(import_id, ['read'])).toMatchObject({ rows: 2, table: { delimiter: ';' } })
  })

  test('needs a place for its leads, and one that the caller sees', async () => {
    const file = { file_name: 'a.csv', file_bytes: 10 }
    expect(await client.createImport({ campaign_id, ...file })).toMatchObject({
      status: 422,
      code: 1005,
      body: { errors: [{ field: '/allocation_id' }] },
    })
    expect(await client.createImport({ campaign_id, mode: 'update', ...file })).toMatchObject({ ok: true })
    expect(await client.createImport({ campaign_id, allocation_id: 99, ...file })).toMatchObject({
      status: 404,
      code: 1004,
    })
    const stranger = await clientWith(['supervise'], [77])
    expect(await stranger.createImport({ campaign_id, allocation_id, ...file })).toMatchObject({
      status: 404,
      code: 1004,
    })
  })
})

describe('the columns', () => {
  test('find their fields, and a mapping that does not fit says what is wrong with it', async () => {
    const { import_id } = await uploaded(
      csv(HEADINGS, [mobile(), 'Perth', 'blue'], [mobile(), 'Albany', 'red']),
    )
    const suggestion = await client.suggestMapping(import_id)
    expect(suggestion).toMatchObject({
      ok: true,
      body: {
        from_import_id: null,
        columns: [
          { column: 'FirstPhone', target: { to: 'field', field: 'FirstPhone' }, confidence: 'sure' },
          { column: 'City', target: { to: 'field', field: 'City' }, confidence: 'sure' },
          { column: 'Favourite colour', target: { to: 'unmapped', key: 'Favourite colour' } },
        ],
      },
    })
    const target_of = (target: object) => ({ column: 'City', target }) as never
    const wrong = await client.mapImport(import_id, {
      columns: [
        target_of({ to: 'field', field: 'FirstPhone' }),
        { column: 'FirstPhone', target: { to: 'field', field: 'firstphone' } },
        { column: 'Town', target: { to: 'ignored' } },
        { column: 'Favourite colour', target: { to: 'field', field: 'Colour' } },
      ],
      constants: [{ target: { to: 'field', field: 'Nothing' }, text: 'x' }],
    })
    expect(wrong).toMatchObject({
      status: 422,
      code: 1005,
      body: {
        errors: [
          { field: '/columns/1/target', detail: 'another column goes there' },
          { field: '/columns/2/column', detail: 'is no column of the file' },
          { field: '/columns/3/target', detail: 'is no field of the template' },
          { field: '/constants/0/target', detail: 'is no field of the template' },
        ],
      },
    })
  })

  test('of the next file with the same headings are mapped as those of the last one', async () => {
    const headings = ['Tel', 'Town', 'Shoe size']
    const first = await mapped(
      csv(headings, [mobile(), 'Perth', '38']),
      {},
      {
        columns: [
          { column: 'Tel', target: { to: 'field', field: 'SecondPhone' } },
          { column: 'Town', target: { to: 'field', field: 'City' }, values: { perth: 'PERTH' } },
          { column: 'Shoe size', target: { to: 'ignored' } },
        ],
        constants: [{ target: { to: 'system', key: 'priority' }, text: '3' }],
      },
    )
    const next = await uploaded(
      csv(['_row', '_code', 'Town', 'Tel', 'Shoe size'], ['2', '105', 'Perth', mobile(), '40']),
    )
    expect(body(await client.suggestMapping(next.import_id))).toMatchObject({
      from_import_id: first.import_id,
      columns: [
        {
          column: 'Tel',
          target: { to: 'field', field: 'SecondPhone' },
          reason: 'earlier',
          confidence: 'sure',
        },
        { column: 'Town', values: { perth: 'PERTH' } },
        { column: 'Shoe size', target: { to: 'ignored' } },
        { column: '_row', target: { to: 'ignored' } },
        { column: '_code', target: { to: 'ignored' } },
      ],
      constants: [{ target: { to: 'system', key: 'priority' }, text: '3' }],
    })
  })
})

test('an import is seen by its team alone, and listed newest first', async () => {
  const { import_id } = await uploaded(csv(HEADINGS, [mobile(), 'Perth', 'blue']))
  const page = body<{ items: { import_id: number }[] }>(await client.imports({ campaign_id, limit: 2 }))
  expect(page.items[0]!.import_id).toBe(import_id)
  const next = body<{ items: { import_id: number }[] }>(await client.imports({ cursor: import_id, limit: 1 }))
  expect(next.items[0]!.import_id).toBeLessThan(import_id)
  const stranger = await clientWith(['supervise'], [77])
  expect(await stranger.import(import_id)).toMatchObject({ status: 404, code: 1004 })
  expect((await stranger.imports()).body).toEqual({ items: [], next_cursor: null })
})

test('values of a mapping are looked up by their own names alone', async () => {
  const { import_id } = await uploaded(csv(['FirstPhone', 'City'], [mobile(), 'constructor']))
  const columns = [
    { column: 'FirstPhone', target: { to: 'field' as const, field: 'FirstPhone' } },
    { column: 'City', target: { to: 'field' as const, field: 'City' }, values: { perth: 'Perth' } },
  ]
  body(await client.mapImport(import_id, { columns, constants: [] }))
  body(await client.checkImport(import_id))
  expect((await inState(import_id, ['read'])).checked).toMatchObject({ created: 1, rejected: 0 })
})

test('a file whose reading fails again and again, through an error of ours, is given up with a reason', async () => {
  await admin(
    connection,
    `create function fails() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
     create trigger fails before insert on import_chunks for each row execute function fails();`,
  )
  const reading = uploaded(csv(['FirstPhone'], [mobile()]))
  await until('it has failed once', async () => {
    const { rowCount } = await admin(
      connection,
      `update graphile_worker._private_jobs set attempts = 4, run_at = now()
       where key like 'import:%' and attempts = 1 and locked_at is null returning id`,
    )
    return rowCount === 1
  })
  expect(await reading).toMatchObject({
    state: 'unreadable',
    detail: expect.stringContaining('an error of ours'),
  })
  await admin(connection, 'drop function fails() cascade')
})
