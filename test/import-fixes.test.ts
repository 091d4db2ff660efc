// Rows of an import are corrected alike, judged again, and given back what they had.

import { afterEach, expect, test } from 'vitest'
import type { Import, ImportedRow, ImportFix, ImportFixAsked } from '../src/client/api.ts'
import { fixImportRows, importFixes, previewFix, undoImportFix } from '../src/client/import-fixes.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const { client, connection } = leadline
const { body, inState, mapped, rowsOf, checked, taken } = importsOf(leadline)
const { ana } = leadsOf(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const csv = (...rows: string[][]) => rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')

/** The import after the correction, whose count of rows the preview has foretold. */
async function fixed(import_id: number, asked: ImportFixAsked): Promise<Import> {
  const { rows, exact } = body<{ rows: number; exact: boolean }>(await previewFix(client, import_id, asked))
  expect(exact).toBe(true)
  body(await fixImportRows(client, import_id, asked))
  const found = await inState(import_id, ['read'])
  expect((await fixesOf(import_id))[0]?.rows ?? 0).toBe(rows)
  return found
}

const fixesOf = async (import_id: number) =>
  body<{ items: ImportFix[] }>(await importFixes(client, import_id)).items

async function undone(import_id: number, { fix_id }: ImportFix): Promise<Import> {
  body(await undoImportFix(client, import_id, fix_id))
  return inState(import_id, ['read'])
}

const cellsOf = async (import_id: number, column: number) =>
  (await rowsOf(import_id)).map(({ cells }) => cells[column])

/** 1,200 rows in three chunks: every fourth number is the same wrong one, every tenth town is misspelt. */
const ROWS = 1_200
const manyRows = () =>
  csv(
    ['FirstPhone', 'City'],
    ...Array.from({ length: ROWS }, (_, i) => [
      i % 4 === 0 ? '0412' : mobile(),
      i % 10 === 0 ? 'Pert' : 'Perth',
    ]),
  )

test('all rows with one value are changed and judged again, the others stay as they are', async () => {
  const { import_id } = await mapped(manyRows())
  const before = await checked(import_id)
  expect(before.checked).toMatchObject({ created: 900, rejected: 300, counts: { 1006: 300 } })
  const cells = await cellsOf(import_id, 0)

  const after = await fixed(import_id, { column: 'City', find: 'Pert', replace: 'Perth' })
  expect(after.checked).toEqual(before.checked)
  expect(await cellsOf(import_id, 1)).toEqual(Array(ROWS).fill('Perth'))
  expect(await cellsOf(import_id, 0)).toEqual(cells)

  // One number for 300 rows: the first of them is taken, the others meet it.
  const phone = mobile()
  const one = await fixed(import_id, { column: 'FirstPhone', find: '0412', replace: phone, code: 1006 })
  expect(one.checked).toMatchObject({ rows: ROWS, created: 901, rejected: 299, counts: { 0: 901, 105: 299 } })
  const met = (await rowsOf(import_id, { code: 105 })).map(({ other_row }) => other_row)
  expect(new Set(met)).toEqual(new Set([2]))
  const done = await taken(import_id)
  expect(done.done).toEqual(one.checked)
})

test('a piece of text is replaced wherever a cell has it, and only in rows of the code that is named', async () => {
  const [good, first, second] = [mobile(), mobile(), mobile()]
  const { import_id } = await mapped(
    csv(
      ['FirstPhone', 'City'],
      [`${good.slice(0, 4)}-${good.slice(4)}`, 'A-B'],
      [`${first}x-x`, 'A-B'],
      [`x-x${second}`, 'A-B'],
    ),
  )
  expect((await checked(import_id)).checked).toMatchObject({ created: 1, rejected: 2 })
  const asked = { column: 'FirstPhone', find: 'x-x', replace: '', whole_cell: false, code: 1006 }
  expect((await fixed(import_id, asked)).checked).toMatchObject({ created: 3, rejected: 0 })
  expect((await cellsOf(import_id, 0)).slice(1)).toEqual([first, second])
  expect(await cellsOf(import_id, 1)).toEqual(['A-B', 'A-B', 'A-B'])
})

test('a correction is undone, and rows that were corrected again since stay as they are', async () => {
  const { import_id } = await mapped(manyRows())
  const before = await checked(import_id)
  const was = await rowsOf(import_id)
  await fixed(import_id, { column: 'FirstPhone', find: '0412', replace: '0413' })
  await fixed(import_id, { column: 'City', find: 'Pert', replace: 'Albany' })
  const own = mobile()
  body(await client.editImportRow(import_id, 2, { cells: [own, 'Albany'] }))
  const [cities, phones] = (await fixesOf(import_id)) as [ImportFix, ImportFix]

  await undone(import_id, phones)
  await undone(import_id, cities)
  expect(await fixesOf(import_id)).toEqual([])
  const now = await rowsOf(import_id)
  const plain = ({ row, cells, fate, code }: ImportedRow) => ({ row, cells, fate, code })
  expect(now.slice(1).map(plain)).toEqual(was.slice(1).map(plain))
  expect(now[0]).toMatchObject({ cells: [own, 'Pert'], fate: 'created' })
  const after = await inState(import_id, ['read'])
  expect(after.checked).toMatchObject({ rows: ROWS, created: before.checked!.created + 1 })
})

test('rows are corrected before anybody has checked them', async () => {
  const { import_id } = await mapped(csv(['FirstPhone', 'City'], [mobile(), 'Pert'], [mobile(), '']))
  expect((await fixed(import_id, { column: 'City', find: '', replace: 'Hobart' })).checked).toBeNull()
  expect(await cellsOf(import_id, 1)).toEqual(['Pert', 'Hobart'])
})

test('what changes nothing leaves nothing to undo', async () => {
  const { import_id } = await mapped(csv(['FirstPhone'], [mobile()]))
  await fixed(import_id, { column: 'FirstPhone', find: 'nothing like this', replace: 'x' })
  expect(await fixesOf(import_id)).toEqual([])
})

test('corrections that make no sense are refused with the value that is wrong', async () => {
  const { import_id } = await mapped(csv(['FirstPhone'], [mobile()]))
  for (const [asked, field] of [
    [{ column: 'Town', find: 'a', replace: 'b' }, '/column'],
    [{ column: 'FirstPhone', find: '', replace: 'b', whole_cell: false }, '/find'],
    [{ column: 'FirstPhone', find: 'a', replace: 'a' }, '/replace'],
  ] as const) {
    const wrong = { ok: false, code: 1005, body: { field } }
    expect(await fixImportRows(client, import_id, asked)).toMatchObject(wrong)
    expect(await previewFix(client, import_id, asked)).toMatchObject(wrong)
  }
  expect(await undoImportFix(client, import_id, 999_999)).toMatchObject({ ok: false, code: 1004 })
  await taken(import_id)
  expect(
    await fixImportRows(client, import_id, { column: 'FirstPhone', find: '0', replace: '1' }),
  ).toMatchObject({ ok: false, code: 1005, body: { field: '/state', detail: 'the import has ended' } })
})

test('a correction that is stopped stays as far as it came, and is undone all the same', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => [mobile(), i % 2 === 0 ? 'Pert' : 'Perth'])
  const { import_id } = await mapped(csv(['FirstPhone', 'City'], ...rows))
  await checked(import_id)
  body(await fixImportRows(client, import_id, { column: 'City', find: 'Pert', replace: 'Perth' }))
  expect(await client.mapImport(import_id, { columns: [], constants: [] })).toMatchObject({
    code: 1005,
    body: { field: '/state' },
  })
  body(await client.pauseImport(import_id))
  const stopped = await inState(import_id, ['read'])
  expect(stopped.checked).toMatchObject({ rows: 20_000, created: 20_000 })
  const changed = (await cellsOf(import_id, 1)).filter((city) => city === 'Perth').length - 10_000
  const [fix] = await fixesOf(import_id)
  expect(fix?.rows ?? 0).toBe(changed)
  if (fix) await undone(import_id, fix)
  expect((await cellsOf(import_id, 1)).filter((city) => city === 'Pert')).toHaveLength(10_000)
})

test('nothing of corrections is kept once the rows are taken, or a lead that they met is forgotten', async () => {
  const kept = async (import_id: number) =>
    (
      await admin(
        connection,
        `select (select count(*) from import_fixes where import_id = ${import_id})::integer as fixes,
           (select count(*) from import_fixed_cells where import_id = ${import_id})::integer as cells`,
      )
    ).rows[0]
  const known = await ana({ external_id: 'forget-me' })
  const first = await mapped(
    csv(['njExternalLeadId', 'FirstPhone', 'City'], ['forget-me', '', 'Broom'], ['', mobile(), 'Broom']),
    { mode: 'upsert' },
  )
  await checked(first.import_id)
  await fixed(first.import_id, { column: 'City', find: 'Broom', replace: 'Broome' })
  expect(await kept(first.import_id)).toEqual({ fixes: 1, cells: 1 })
  expect((await client.delete(`/v1/leads/${known.id}`)).status).toBe(204)
  expect(await kept(first.import_id)).toEqual({ fixes: 0, cells: 0 })

  const second = await mapped(csv(['FirstPhone', 'City'], [mobile(), 'Broom']))
  await fixed(second.import_id, { column: 'City', find: 'Broom', replace: 'Broome' })
  expect(await kept(second.import_id)).toEqual({ fixes: 1, cells: 1 })
  await taken(second.import_id)
  expect(await kept(second.import_id)).toEqual({ fixes: 0, cells: 0 })
  const audit = JSON.stringify((await client.auditLog({ subject: `import:${second.import_id}` })).body)
  expect(audit).toContain('import.fix')
  expect(audit).not.toContain('Broom')
})
