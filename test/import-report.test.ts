// What an import tells of its rows and leads: what changes from old to new, workbooks, and the leads that it made.

import { afterAll, afterEach, expect, test } from 'vitest'
import type { FoundLeads, ImportedRow } from '../src/client/api.ts'
import { exportFile, importWorkbook } from '../src/client/export.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { Folder } from './support/read-files.ts'

const leadline = await startLeadline()
const { client, connection, target } = leadline
const { body, mapped, rowsOf, checked, taken } = importsOf(leadline)
const { ana, changed, view } = leadsOf(leadline)

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())
afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const csv = (...rows: string[][]) => rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')

const changesOf = (rows: readonly ImportedRow[]) => rows.map(({ changes }) => changes)

test('rows that update a lead say what it has and what it would have, then what they changed', async () => {
  const known = await ana({ external_id: 'old-1' })
  const { import_id } = await mapped(
    csv(
      ['njExternalLeadId', 'FirstPhone', 'City', 'State'],
      ['old-1', '', 'Geelong', 'Vic'],
      ['new-1', mobile(), 'Perth', 'WA'],
      ['old-1', '', 'Geelong', ''],
    ),
    { mode: 'upsert' },
  )
  await checked(import_id)
  expect(changesOf(await rowsOf(import_id))).toEqual([undefined, undefined, undefined])
  const wanted = { 'fields.City': ['Abbotsford', 'Geelong'] }
  const before = await rowsOf(import_id, { changes: true })
  expect(changesOf(before)[0]).toEqual(wanted)
  expect(changesOf(before)[1]).toBeUndefined()

  // Somebody changes it before the run: the report says what the row changed.
  const { version } = await view(known.id)
  await changed(known.id, version, { fields: { Name: 'Ana Maria' } })
  await taken(import_id)
  expect(await rowsOf(import_id, { changes: true, fate: 'updated' })).toMatchObject([
    { row: 2, lead_id: known.id, changes: wanted },
  ])
})

test('a row that waits for a decision says what it would change', async () => {
  const known = await ana({ external_id: 'held-1' })
  const { import_id } = await mapped(
    csv(['njExternalLeadId', 'City', 'njVersion'], ['held-1', 'Geelong', '1']),
    { mode: 'update' },
  )
  await changed(known.id, 1, { fields: { City: 'Ballarat' } })
  expect((await checked(import_id)).checked).toMatchObject({ held: 1 })
  expect(changesOf(await rowsOf(import_id, { changes: true }))).toEqual([
    { 'fields.City': ['Ballarat', 'Geelong'] },
  ])
})

test('refused rows come as a workbook that keeps digits, and is imported once it is corrected', async () => {
  const { import_id } = await mapped(
    csv(
      ['FirstPhone', 'PostCode', 'City'],
      [mobile(), '3000', 'Perth'],
      ['12', '0800', '=1+1'],
      ['', '0801', ''],
    ),
  )
  await taken(import_id)
  const workbook = await bytesOf(await importWorkbook(client, import_id, 'rejects'))
  const { shape, rows } = await folder.read(folder.put(workbook))
  expect(shape.format).toBe('xlsx')
  expect(shape.columns).toEqual(['FirstPhone', 'PostCode', 'City', '_row', '_code', '_field', '_message'])
  expect(rows.map(({ cells }) => cells.slice(0, 6))).toEqual([
    ['12', '0800', '=1+1', '3', '1006', 'FirstPhone'],
    ['', '0801', '', '4', '102', 'FirstPhone'],
  ])
  const again = await mapped(workbook, { file_name: 'refused.xlsx' })
  expect(again.mapping!.columns.filter(({ target }) => target.to !== 'ignored')).toHaveLength(3)
  expect((await checked(again.import_id)).checked).toMatchObject({ rejected: 2 })

  const results = await bytesOf(await importWorkbook(client, import_id, 'results'))
  const all = await folder.read(folder.put(results))
  expect(all.rows.map(({ cells }) => cells[4])).toEqual(['created', 'rejected', 'rejected'])
  const nowhere = await importWorkbook(client, 999_999, 'rejects')
  expect(nowhere).toMatchObject({ ok: false, code: 1004 })
})

async function bytesOf(answer: Awaited<ReturnType<typeof importWorkbook>>): Promise<Buffer> {
  if (!answer.ok) throw new Error(answer.body.detail)
  return Buffer.concat(await Array.fromAsync(answer.body))
}

test('the leads that an import made are searched, exported and filled from', async () => {
  const { campaign_id, allocation_id } = target
  await ana()
  const phones = [mobile(), mobile(), mobile()]
  const { import_id } = await mapped(
    csv(['FirstPhone', 'City'], ...phones.map((phone, i) => [phone, i === 0 ? 'Perth' : 'Hobart'])),
  )
  await taken(import_id)
  const made = (await rowsOf(import_id)).map(({ lead_id }) => lead_id)
  const find = async (query: object) => {
    const { items, total } = body<FoundLeads>(await client.leads({ import_id, ...query }))
    return { ids: items.map(({ id }) => id), total }
  }
  const newest = made.toReversed()
  expect(await find({})).toEqual({ ids: newest, total: { count: 3, exact: true } })
  expect((await find({ campaign_id, allocation_id })).ids).toEqual(newest)
  expect((await find({ q: 'perth' })).ids).toEqual([made[0]])
  expect((await find({ sort: 'changed' })).ids.toSorted()).toEqual(made.toSorted())
  expect((await find({ import_id: 999_999 })).ids).toEqual([])

  const file = await bytesOf(await exportFile(client, 'leads.ndjson', { import_id }))
  expect(file.toString().trim().split('\n')).toHaveLength(3)

  const other = body<{ allocation_id: number }>(
    await client.createAllocation({ campaign_id, name: 'Of one file' }),
  )
  const preview = body<{ leads: number }>(
    await client.previewFill(other.allocation_id, { search: { import_id } }),
  )
  expect(preview).toMatchObject({ leads: 3 })
})
