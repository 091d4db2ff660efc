// An allocation is washed from its page: the register is asked, its answer is brought, with the keyboard alone.

import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { admin } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { dialogCloses, focusIsOn, press, tabTo } from './keyboard-names.ts'

const leadline = await startLeadline({ has_loop_back: true })
const { client, target } = leadline
const open = browserAt(leadline.url)
const manager = await leadline.asOperator('manager')
const lead = await leadline.asOperator('lead')

let names = 0
async function allocation(...phones: string[]): Promise<number> {
  const name = `Week ${++names}`
  const made = await client.createAllocation({ campaign_id: target.campaign_id, name })
  if (!made.ok) throw new Error(made.body.detail)
  const { allocation_id } = made.body
  for (const FirstPhone of phones) await client.insertLead({ ...target, allocation_id }, { FirstPhone })
  return allocation_id
}

test('an allocation is washed: made, numbers downloaded, answered, and then it says until when', async () => {
  const [one, two] = [mobile(), mobile()]
  const id = await allocation(one, two)
  const page = await open(`/allocations/${id}`, { as: manager })
  const wash = page.getByRole('region', { name: 'Wash' })
  await wash.getByText('This allocation is called without a wash.').waitFor()
  await press(page, 'Wash…')
  const dialog = page.getByRole('dialog', { name: 'Wash Week 1' })
  await dialog.waitFor()
  await focusIsOn(page, 'Register')
  expect(await axeFinds(page)).toEqual([])
  await press(page, 'Wash')
  await dialogCloses(page)
  await wash.getByText('Nobody is called until a register has answered.').waitFor()
  await wash.getByText('2 numbers to ask about. Download them, then upload the answer.').waitFor()
  const download = page.waitForEvent('download')
  await press(page, /^Download numbers of wash/)
  const saved = await download
  expect(saved.suggestedFilename()).toMatch(/^WASH_\d+\.csv$/)
  expect(await text(await saved.createReadStream())).toBe(`${one}\n${two}\n`)

  const bring = async (content: string) => {
    await press(page, /^Upload the answer of wash/)
    const answer = page.getByRole('dialog', { name: /^Answer of wash/ })
    await answer.waitFor()
    await focusIsOn(page, 'File')
    // The choice of files is a window of the system, with keys of its own.
    const buffer = Buffer.from(content)
    await answer.getByLabel('File').setInputFiles({ name: 'washed.csv', mimeType: 'text/csv', buffer })
    await tabTo(page, /^All numbers, with a result each/)
    expect(await axeFinds(page)).toEqual([])
    await press(page, 'Upload')
  }
  await bring(`${one}\n${two}\n`)
  await page.getByText('The answer was not taken. Nothing has changed.').waitFor()
  await page.getByText('No column says which numbers are on the register.').first().waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('Escape')
  await dialogCloses(page)
  await bring(`${one},Y\n${two},N\n`)
  await page.getByRole('dialog').getByText('2 numbers answered', { exact: true }).waitFor()
  await page.getByText('The answer counts from now on.').waitFor()
  await page.keyboard.press('Escape')
  await dialogCloses(page)
  await wash.getByText(/^Washed until .+, 30 days from now\.$/).waitFor()
  await wash.getByText('1 listed · 1 clear').waitFor()
  await wash.getByText('Counts now').waitFor()
  expect(await axeFinds(page)).toEqual([])
  // The first number of the lead says why it is not called.
  const found = await client.leads({ q: one })
  if (!found.ok) throw new Error(found.body.detail)
  const lead_page = await open(`/leads/${found.body.items[0]!.id}`, { as: manager })
  await lead_page.getByText('Do not call · register').click()
  await lead_page.getByText(/^The wash of its allocation found it on the do-not-call register\./).waitFor()
})

test('a wash is cancelled; a team lead makes one, and a manager downloads its numbers', async () => {
  const id = await allocation(mobile())
  await client.makeWash(id, { register: 'au' })
  const page = await open(`/allocations/${id}`, { as: lead, width: 360 })
  const wash = page.getByRole('region', { name: 'Wash' })
  await wash.getByText('A manager can download the numbers.').waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await axeFinds(page)).toEqual([])
  await press(page, /^Cancel wash/)
  await wash.getByText('Cancelled').waitFor()
  await wash.getByRole('button', { name: 'Wash…' }).waitFor()
})

test('a wash that ends soon says so, and one that is over says that nobody is called', async () => {
  const id = await allocation(mobile())
  const made = await client.makeWash(id, { register: 'loop_back', valid_days: 2 })
  if (!made.ok) throw new Error(made.body.detail)
  await until('it has answered', async () => {
    const wash = await client.wash(made.body.wash_id)
    return wash.ok && wash.body.state === 'done'
  })
  const page = await open(`/allocations/${id}`, { as: lead })
  await page.getByText(/^The wash ends on .+, 2 days from now\. Wash again so that calls go on\.$/).waitFor()
  await admin(
    leadline.connection,
    `update allocations set washed_until = now() - interval '1 hour' where allocation_id = ${id}`,
  )
  await page.reload()
  await page
    .getByText(/^The wash ended on .+\. Nobody is called until a register has answered again\.$/)
    .waitFor()
  expect(await axeFinds(page)).toEqual([])
})
