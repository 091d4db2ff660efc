// A file of leads from the list of imports to its report: uploaded, mapped, checked, corrected, imported.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { importsOf } from '../support/imports.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { choose, press, tabTo, typeInto } from './keyboard.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { body, inState, uploaded } = importsOf(leadline)
const open = browserAt(leadline.url)
const lead = await leadline.asOperator('lead')
const other = await leadline.asOperator('lead')
const agent = await leadline.asOperator('agent')

const csv = (...rows: string[][]) => rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')
const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
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
  const text = csv(['FirstPhone', 'Colour'], [mobile(), 'red'], [mobile(), 'blue'])
  const { import_id } = await uploaded(text, { file_name: 'shared.csv' })
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
