// A file of leads from the list of imports to its report: uploaded, mapped, checked, corrected, imported.

import { text } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { importsOf } from '../support/imports.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { choose, press, typeInto } from './keyboard.ts'

const leadline = await startLeadline()
const { client } = leadline
const { body, inState, mapped, uploaded } = importsOf(leadline)
const open = browserAt(leadline.url)
const lead = await leadline.asOperator('lead')
const other = await leadline.asOperator('lead')
const agent = await leadline.asOperator('agent')

const csv = (...rows: string[][]) => rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')
const file = (name: string, content: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
const idOf = (page: Page) => Number(/\/imports\/(\d+)/.exec(page.url())?.[1])
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()

/** The button opens the dialog of the browser; the file is what a person picks there. */
async function pick(page: Page, chosen: ReturnType<typeof file>): Promise<void> {
  const asked = page.waitForEvent('filechooser')
  await press(page, page.getByRole('button', { name: 'Choose a file…' }))
  await (await asked).setFiles(chosen)
}

test('the empty list says what to do, and people without the right are told so', async () => {
  const page = await open('/imports', { as: lead })
  await page.getByText(/^No file has been imported yet/).waitFor()
  expect(await axeFinds(page)).toEqual([])
  const forbidden = await open('/imports', { as: agent })
  await heading(forbidden, 'You don’t have access')
})

test('a file that cannot be read says why, and leads to another one', async () => {
  const page = await open('/imports/new', { as: lead })
  await pick(page, file('broken.xlsx', 'PK\u0003\u0004 no archive'))
  await page.getByText('This file cannot be read').waitFor()
  await page.getByText('The file is damaged, or was not uploaded to its end.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await press(page, page.getByRole('link', { name: 'Begin with another file' }))
  await page.waitForURL(/\/imports\/new\?/)
})

test('an upload goes on by itself after a lost connection', async () => {
  const page = await open('/imports/new', { as: lead })
  let lost = 0
  await page.route(/\/parts\/2$/, (route) => (lost++ === 0 ? route.abort() : route.continue()))
  // More than one part of 5 MB.
  const rows = Array.from({ length: 60_000 }, (_, i) => [`04${70_000_000 + i}`, 'Perth', 'x'.repeat(90)])
  await pick(page, file('long.csv', csv(['FirstPhone', 'City', 'Colour'], ...rows)))
  await page.getByText('The connection was lost', { exact: false }).waitFor()
  await heading(page, 'What was found')
  expect(lost).toBe(2)
  await page.getByText(/60,000 rows, 3 columns/).waitFor()
})

test('an upload that a reload cut off goes on once the same file is chosen', async () => {
  const page = await open('/imports/new', { as: lead })
  await page.route(/\/parts\/2$/, () => undefined)
  const rows = Array.from({ length: 60_000 }, (_, i) => [`04${71_000_000 + i}`, 'Perth', 'y'.repeat(90)])
  const long = file('reloaded.csv', csv(['FirstPhone', 'City', 'Colour'], ...rows))
  await pick(page, long)
  await page.waitForURL(/\/imports\/\d+\/file/)
  const id = idOf(page)
  await expect.poll(async () => body<{ parts: number[] }>(await client.import(id)).parts).toEqual([1])
  await page.reload()
  await page.getByText('The upload was interrupted').waitFor()
  await page.unroute(/\/parts\/2$/)
  await pick(page, file('reloaded.csv', csv(['FirstPhone'], ['0412345678'])))
  await page.getByText(/^This is another file/).waitFor()
  await pick(page, long)
  await heading(page, 'What was found')
  expect(await inState(id, ['read'])).toMatchObject({ rows: 60_000, parts_all: 2 })
})

test('rows that were copied from a spreadsheet are pasted', async () => {
  const page = await open('/imports/new', { as: lead })
  await press(page, page.getByRole('button', { name: 'Paste rows instead' }))
  await page
    .getByLabel(/^Rows with their headings/)
    .fill(`FirstPhone\tCity\n${mobile()}\tPerth\n${mobile()}\tHobart`)
  await press(page, page.getByRole('button', { name: 'Import these rows' }))
  await heading(page, 'What was found')
  await page.getByText('2 rows, 2 columns').waitFor()
  await page.getByRole('cell', { name: 'Hobart' }).waitFor()
})

test('what was found can be corrected, and the first rows follow', async () => {
  const rows = [
    ['Leads of March', ''],
    ['FirstPhone', 'City'],
    [mobile(), 'Perth'],
    [mobile(), 'Ballarat'],
  ]
  const { import_id } = await uploaded(rows.map((row) => row.join(';')).join('\n'), { file_name: 'odd.csv' })
  const page = await open(`/imports/${import_id}`, { as: lead })
  await heading(page, 'What was found')
  await page.getByLabel('Headings').selectOption({ label: 'The file has none' })
  await page.getByRole('columnheader', { name: 'Column A' }).waitFor()
  await page.getByRole('cell', { name: 'Leads of March' }).waitFor()
  await expect.poll(() => page.getByLabel('Headings').isEnabled()).toBe(true)
  await page.getByLabel('Headings').selectOption({ label: 'Row 2' })
  await page.getByRole('columnheader', { name: 'FirstPhone' }).waitFor()
  expect(await axeFinds(page)).toEqual([])
})

test('going back loses nothing, and somebody else goes on where the first one was', async () => {
  const leads = csv(['FirstPhone', 'Colour'], [mobile(), 'red'], [mobile(), 'blue'])
  const { import_id } = await uploaded(leads, { file_name: 'shared.csv' })
  const page = await open(`/imports/${import_id}/columns`, { as: lead })
  await page.getByLabel('What is Colour?').selectOption({ label: 'City' })
  await page.getByRole('button', { name: 'Add a value' }).click()
  await page.getByLabel('Field', { exact: true }).selectOption({ label: 'Source' })
  await page.getByLabel('Value', { exact: true }).fill('Fair')
  // At once: what was typed is saved on the way out.
  await page.getByRole('link', { name: 'Back', exact: true }).click()
  await heading(page, 'What was found')
  await page.goBack()
  await expect
    .poll(() => page.getByLabel('What is Colour?').locator('option:checked').textContent())
    .toBe('City')
  const theirs = await open(`/imports/${import_id}/columns`, { as: other })
  await expect.poll(() => theirs.getByLabel('Value', { exact: true }).inputValue()).toBe('Fair')
  expect(await theirs.getByLabel('What is Colour?').locator('option:checked').textContent()).toBe('City')
  expect(await axeFinds(theirs)).toEqual([])
  // Two columns cannot fill one field.
  await theirs.getByLabel('What is Colour?').selectOption({ label: 'First phone' })
  await theirs
    .getByRole('row', { name: /^Colour/ })
    .getByText(/^Another column goes there already/)
    .waitFor()
})

const LEADS = 10_000
/** Rows that are wrong in the same way, besides four others. */
const ALIKE = 296

/** A tile: how many rows come to what. */
const tile = (page: Page, n: string, what: string) =>
  page.getByRole('button', { name: new RegExp(`^${n}\\s*${what}$`) })

const rowNumbers = async (page: Page) =>
  (await page.getByRole('rowheader').allTextContents()).map((text) => Number(text))

test('ten thousand leads with 300 bad ones are checked, corrected alike and imported by keyboard alone', async () => {
  const [taken, mended] = [mobile(), mobile()]
  const rows = Array.from({ length: LEADS }, (_, i) => [
    `Person ${i}`,
    mobile(),
    'Perth',
    // There is no such day.
    i % 30 === 5 && i / 30 < ALIKE ? '31/02/2026' : `${1 + (i % 12)}/05/2026`,
  ])
  // Row 1 has the headings.
  const set = (row: number, phone: string) => {
    rows[row - 2]![1] = phone
  }
  set(10, '0412')
  set(20, '')
  set(31, rows[28]![1]!)
  set(40, taken)
  const { allocation_id } = leadline.target
  body(await client.createLead({ allocation_id, fields: { FirstPhone: taken } }))

  const page = await open('/leads', { as: lead })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await heading(page, 'Imports')
  await press(page, page.getByRole('link', { name: 'Import a file' }).first())
  await heading(page, 'Where the leads go')
  expect(await axeFinds(page)).toEqual([])
  await pick(page, file('people.csv', csv(['Name', 'Mobile', 'Town', 'Visited'], ...rows)))
  await heading(page, 'What was found')
  const import_id = idOf(page)
  await page.getByText('10,000 rows, 4 columns').waitFor()
  expect(await axeFinds(page)).toEqual([])

  await press(page, page.getByRole('link', { name: 'Next: the columns' }))
  await heading(page, 'What each column is')
  await choose(page, page.getByLabel('What is Mobile?'), 'First phone')
  await choose(page, page.getByLabel('What is Town?'), 'City')
  await choose(page, page.getByLabel('What is Visited?'), 'Callback time')
  await page.getByText('4 of 4 columns imported').waitFor()
  expect(await axeFinds(page)).toEqual([])
  // Only a person can say whether 2/05 is in May, and the step does not go on before.
  await press(page, page.getByRole('button', { name: 'Next: check the rows' }))
  await page.getByText('Say first how days are written in Visited.').waitFor()
  await choose(page, page.getByLabel('How are days written?'), '30/11/2026 (day first)')
  await press(page, page.getByRole('button', { name: 'Next: check the rows' }))

  await heading(page, 'What would become of each row')
  const again = page.getByRole('button', { name: 'Check again' })
  await again.waitFor()
  await tile(page, '9,700', 'New leads').waitFor()
  await tile(page, '296', 'Invalid callback time').waitFor()
  await tile(page, '1', 'Invalid phone number').waitFor()
  await tile(page, '1', 'No phone number').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await press(page, tile(page, '2', 'Duplicates'))
  await expect.poll(() => rowNumbers(page)).toEqual([31, 40])
  const twice = page.getByRole('row').filter({ hasText: 'Row 30 of the file has the same number' })
  expect(await twice.getByRole('rowheader').textContent()).toBe('31')

  // One row is corrected in place, and judged at once.
  await press(page, tile(page, '1', 'Invalid phone number'))
  await expect.poll(() => rowNumbers(page)).toEqual([10])
  await press(page, page.getByRole('button', { name: 'Edit row 10' }))
  const cell = page.getByLabel('Mobile, row 10')
  await expect.poll(() => cell.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await axeFinds(page)).toEqual([])
  await typeInto(page, cell, mended)
  await page.keyboard.press('Enter')
  await page.getByText('Row 10 was saved: new lead.').first().waitFor()
  await tile(page, '9,701', 'New leads').waitFor()

  // All rows that are alike are changed at once, counted before, and given back what they had.
  await press(page, tile(page, '296', 'Invalid callback time'))
  await expect.poll(async () => (await rowNumbers(page)).slice(0, 2)).toEqual([7, 37])
  await changeAllAlike(page)
  await tile(page, '9,997', 'New leads').waitFor()
  await press(page, page.getByRole('button', { name: 'Undo “31/02/2026” → “28/02/2026”' }))
  await page.getByText('The correction was undone.').first().waitFor()
  await press(page, tile(page, '296', 'Invalid callback time'))
  await expect.poll(async () => (await rowNumbers(page)).slice(0, 2)).toEqual([7, 37])
  await changeAllAlike(page)
  await page.getByRole('heading', { name: 'Corrections' }).waitFor()
  expect(await axeFinds(page)).toEqual([])

  await press(page, page.getByRole('button', { name: 'Import 10,000 rows' }))
  await heading(page, 'What came of the rows')
  await tile(page, '9,997', 'New leads').waitFor()
  await tile(page, '2', 'Duplicates').waitFor()
  await tile(page, '1', 'No phone number').waitFor()
  expect(await axeFinds(page)).toEqual([])
  const { done } = await inState(import_id, ['done'])
  expect(done).toMatchObject({ rows: LEADS, created: 9_997, rejected: 3 })

  const download = page.waitForEvent('download')
  await press(page, page.getByRole('link', { name: 'Refused rows (CSV)' }))
  const rejects = (await text(await (await download).createReadStream())).trim().split('\r\n')
  expect(rejects).toHaveLength(4)
  expect(rejects[0]).toMatch(/Name,Mobile,Town,Visited,_row,_code,_field,_message$/)
  expect(rejects.slice(1).map((line) => /,"?(\d+)"?,"?(102|105)"?,/.exec(line)?.slice(1))).toEqual([
    ['20', '102'],
    ['31', '105'],
    ['40', '105'],
  ])

  // The lead of the corrected row is there, and is one tile and one link away.
  const workbook = page.waitForEvent('download')
  await press(page, page.getByRole('link', { name: 'Refused rows (Excel)' }))
  expect((await workbook).suggestedFilename()).toBe(`import-${import_id}-rejects.xlsx`)

  await press(page, tile(page, '9,997', 'New leads'))
  await press(page, page.getByRole('link', { name: 'Open the lead of row 10' }))
  await page.getByRole('heading', { level: 1, name: 'Person 8' }).waitFor()
  expect(await client.leads({ q: mended })).toMatchObject({
    body: { items: [{ fields: { Name: 'Person 8' } }] },
  })
  await page.goBack()
  await press(page, page.getByRole('link', { name: 'Leads that it made' }))
  await page.getByRole('button', { name: 'Imported', pressed: true }).waitFor()
  await page
    .getByRole('row')
    .filter({ hasText: `Person ${LEADS - 1}` })
    .waitFor()
  expect(await axeFinds(page)).toEqual([])
})

/** Opens the correction of all rows like the first one, and sends it once it has said how many there are. */
async function changeAllAlike(page: Page): Promise<void> {
  await press(page, page.getByRole('button', { name: 'Change all… like row 7', exact: true }))
  const dialog = page.getByRole('dialog', { name: 'Change all rows with this value' })
  const replace = dialog.getByLabel('Replace with')
  await expect.poll(() => replace.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.type('28/02/2026')
  await dialog.getByRole('button', { name: 'Change 296 rows' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('296 rows were changed and checked again.').first().waitFor()
  // The focus is not lost with the row that had the button.
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true)
}

test('a text is found and replaced in a column, and nothing is changed where it is not there', async () => {
  const leads = csv(
    ['FirstPhone', 'City'],
    [mobile(), 'Pert CBD'],
    [mobile(), 'South Pert'],
    [mobile(), 'Hobart'],
  )
  const { import_id } = await mapped(leads, { file_name: 'towns.csv' })
  body(await client.checkImport(import_id))
  await inState(import_id, ['read'])
  const page = await open(`/imports/${import_id}/check`, { as: lead })
  await press(page, page.getByRole('button', { name: 'Find and replace…' }))
  const dialog = page.getByRole('dialog', { name: 'Find and replace' })
  await choose(page, dialog.getByLabel('Column'), 'City')
  await typeInto(page, dialog.getByLabel('Find'), 'Albany')
  await typeInto(page, dialog.getByLabel('Replace with'), 'Perth')
  await dialog.getByText('No row has this.').waitFor()
  await typeInto(page, dialog.getByLabel('Find'), 'Pert')
  await dialog.getByText('2 rows change.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await press(page, dialog.getByRole('button', { name: 'Change 2 rows' }))
  await page.getByRole('cell', { name: 'South Perth' }).waitFor()
  await page.getByRole('cell', { name: 'Perth CBD' }).waitFor()
})

test('rows that update a lead show what it has and what it would have, then what they changed', async () => {
  const { allocation_id } = leadline.target
  const fields = { FirstPhone: mobile(), City: 'Perth' }
  body(await client.createLead({ allocation_id, external_id: 'shown-1', fields }))
  const { import_id } = await mapped(
    csv(
      ['njExternalLeadId', 'FirstPhone', 'City'],
      ['shown-1', '', 'Albany'],
      ['shown-2', mobile(), 'Hobart'],
    ),
    { file_name: 'updates.csv', mode: 'upsert' },
  )
  body(await client.checkImport(import_id))
  await inState(import_id, ['read'])
  const page = await open(`/imports/${import_id}/check`, { as: lead })
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: '2', exact: true }) })
  await row.getByText('Perth → Albany').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.getByRole('button', { name: 'Import 2 rows' }).click()
  await heading(page, 'What came of the rows')
  await row.getByText('Perth → Albany').waitFor()
})

test('the check does not open before it is known how days are written', async () => {
  const leads = csv(['FirstPhone', 'Visited'], [mobile(), '1/05/2026'], [mobile(), '2/05/2026'])
  const { import_id } = await uploaded(leads, { file_name: 'visits.csv' })
  const page = await open(`/imports/${import_id}/columns`, { as: lead })
  await page.getByLabel('What is Visited?').selectOption({ label: 'Callback time' })
  await page.getByText('Saved', { exact: true }).first().waitFor()
  const steps = page.getByRole('navigation', { name: 'Steps of the import' })
  expect(await steps.getByRole('link', { name: 'Check' }).count()).toBe(0)
  await page.getByRole('link', { name: 'Back', exact: true }).click()
  await heading(page, 'What was found')
  expect(await steps.getByRole('link', { name: 'Check' }).count()).toBe(0)
  // Nor by its address, which leads to the question.
  const theirs = await open(`/imports/${import_id}/check`, { as: other })
  await heading(theirs, 'What each column is')
  await theirs.getByLabel('How are days written?').selectOption({ label: '30/11/2026 (day first)' })
  await theirs
    .getByRole('navigation', { name: 'Steps of the import' })
    .getByRole('link', { name: 'Check' })
    .waitFor()
})

test('a run that refuses too many rows pauses, says why, and goes on when the limit is raised', async () => {
  const rows = Array.from({ length: 1_500 }, (_, i) => [i % 2 === 0 ? '0412' : mobile(), 'Perth'])
  const { import_id } = await mapped(csv(['FirstPhone', 'City'], ...rows), { file_name: 'half.csv' })
  const page = await open(`/imports/${import_id}`, { as: lead })
  await heading(page, 'What would become of each row')
  await page.getByRole('button', { name: 'Check 1,500 rows' }).waitFor()
  await page.getByLabel(/^Pause when more than this share/).fill('10')
  await page.getByRole('button', { name: 'Import 1,500 rows' }).click()
  await page.getByText(/^500 of 1,000 rows were refused, which is more than 10 %/).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.getByLabel(/^Pause when more than this share/).fill('')
  await page.getByRole('button', { name: 'Resume' }).click()
  await heading(page, 'What came of the rows')
  await tile(page, '750', 'Invalid phone number').waitFor()
})

test('an import is cancelled after a question, and its file can be chosen for another one', async () => {
  const { import_id } = await mapped(csv(['FirstPhone'], [mobile()]), { file_name: 'not-this.csv' })
  const page = await open(`/imports/${import_id}`, { as: lead })
  await page.getByRole('button', { name: 'Cancel the import…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel this import?' })
  await dialog.waitFor()
  expect(await axeFinds(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Cancel the import' }).click()
  await heading(page, 'Imports')
  const line = page.getByRole('row').filter({ hasText: 'not-this.csv' })
  await line.getByText('Cancelled').waitFor()
  await line.getByRole('link').click()
  await page.getByText('This import was cancelled before any row was imported.', { exact: false }).waitFor()
})

test('a file that came before is named before it is imported again', async () => {
  const leads = csv(['FirstPhone', 'City'], [mobile(), 'Perth'])
  const { import_id } = await mapped(leads, { file_name: 'monday.csv' })
  body(await client.startImport(import_id))
  await inState(import_id, ['done'])
  const page = await open('/imports/new', { as: lead })
  await pick(page, file('tuesday.csv', leads))
  await page.getByText('This file was imported before').waitFor()
  await page.getByRole('link', { name: /^monday.csv, 1 row/ }).waitFor()
  await page.getByRole('link', { name: 'Next: the columns' }).click()
  await page.getByText('An earlier file had the same headings, so its columns were taken over.').waitFor()
})

test('an import is undone after its number of rows is typed', async () => {
  const [first, second] = [mobile(), mobile()]
  const { import_id } = await mapped(csv(['FirstPhone'], [first], [second]), { file_name: 'wrong-list.csv' })
  body(await client.startImport(import_id))
  await inState(import_id, ['done'])
  const page = await open(`/imports/${import_id}`, { as: lead })
  await press(page, page.getByRole('button', { name: 'Undo the import…' }))
  const dialog = page.getByRole('dialog', { name: 'Undo this import?' })
  await dialog.getByText('2 removed').waitFor()
  expect(await axeFinds(page)).toEqual([])
  const submit = dialog.getByRole('button', { name: 'Undo the import' })
  expect(await submit.isDisabled()).toBe(true)
  await typeInto(page, dialog.getByLabel('Type 2, the number of rows, to confirm'), '2')
  await page.keyboard.press('Enter')
  await page.getByText('This import was undone.').waitFor()
  expect(await inState(import_id, ['undone'])).toMatchObject({ undone: { removed: 2 } })
  expect(await axeFinds(page)).toEqual([])
})
