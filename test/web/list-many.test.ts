// The list as a tool: columns, orders, many leads at once, and leads that come in while somebody reads.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { insertPeople, outcome, person } from '../support/people.ts'
import { axeFinds } from './axe.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const ids = await insertPeople(client, target, 20)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

const settled = (page: Page) => page.locator('table[data-settled]').waitFor()
const box = (page: Page, i: number) =>
  page
    .getByRole('row')
    .filter({ has: page.locator(`a[href="/leads/${ids[i]}"]`) })
    .getByRole('checkbox')
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const view = async (i: number) => {
  const answer = await client.lead(ids[i]!)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}

test('columns are chosen, fields of the template too, and kept for this operator in this browser', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  await button(page, 'Columns').click()
  await page.getByRole('checkbox', { name: 'City' }).check()
  await page.getByRole('checkbox', { name: 'Allocation' }).uncheck()
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('Escape')
  const heads = page.getByRole('columnheader')
  await page.reload()
  await settled(page)
  expect(await heads.allInnerTexts()).toEqual([
    'Name',
    'Lead',
    'Phone',
    'Outcome',
    'Next try',
    'Changed',
    'City',
  ])
  expect(
    await page
      .getByRole('cell', { name: person(19).City, exact: true })
      .first()
      .isVisible(),
  ).toBe(true)
  await button(page, 'Columns').click()
  await button(page, 'Usual columns').click()
  expect((await heads.allInnerTexts()).includes('City')).toBe(false)
})

test('the order is chosen and stands in the address; a text is listed newest first', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  const { version } = await view(4)
  await client.patchLead(ids[4]!, version, { fields: { City: 'Geelong' } })
  await page.getByLabel('Sort by').selectOption('Last changed first')
  await page.waitForURL('**/leads?sort=changed')
  await expect.poll(() => page.locator('a[data-opens]').first().innerText()).toBe(person(4).Name)
  await page.getByLabel('Search leads').fill('ann')
  await page.waitForURL('**q=ann**')
  expect(await page.getByLabel('Sort by').isDisabled()).toBe(true)
  expect(await page.getByLabel('Sort by').inputValue()).toBe('newest')
})

test('overdue callbacks are called overdue, and the longest waiting comes first', async () => {
  for (const [i, at] of [
    [11, '2026/11/20 10:30'],
    [12, '2026/11/18 09:00'],
    [13, '2026/11/22 12:00'],
  ] as const)
    await outcome(client, target, i, { njDisposition: 'Callback', njCallBackDate: at })
  const page = await open('/leads', { as: agent })
  await page.getByRole('button', { name: 'Callback', exact: true }).click()
  await page.getByRole('button', { name: 'Overdue' }).click()
  await page.getByRole('button', { name: 'Callback: Overdue' }).waitFor()
  await page.getByText('3 leads', { exact: true }).first().waitFor()
  expect(await page.locator('a[data-opens]').allInnerTexts()).toEqual([12, 11, 13].map((i) => person(i).Name))
  expect(await page.getByLabel('Sort by').inputValue()).toBe('callback')
  await page
    .getByRole('columnheader', { name: 'Next try' })
    .and(page.locator('[aria-sort="ascending"]'))
    .waitFor()
})

test('leads are selected by click, with Shift, by key and all at once; nothing moves meanwhile', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  const top = () => page.getByRole('table').evaluate((table) => table.getBoundingClientRect().top)
  const before = await top()
  await box(page, 17).click()
  await box(page, 14).click({ modifiers: ['Shift'] })
  await page.getByText('4 selected', { exact: true }).first().waitFor()
  expect(await top()).toBe(before)
  expect(new URL(page.url()).pathname).toBe('/leads')
  expect(await box(page, 15).isChecked()).toBe(true)
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.getByText('5 selected', { exact: true }).first().waitFor()
  expect(await axeFinds(page)).toEqual([])
  const all = page.getByLabel('Select all 20 leads on this page')
  await all.check()
  await page.getByText('20 selected', { exact: true }).first().waitFor()
  await all.uncheck()
  expect(await button(page, 'Set outcome').count()).toBe(0)
  await all.check()
  await button(page, 'Clear selection').click()
  expect(await all.isChecked()).toBe(false)
  // An agent neither moves nor forgets leads.
  await box(page, 17).click()
  expect(await button(page, 'Set outcome').isVisible()).toBe(true)
  expect([await button(page, 'Move').count(), await button(page, 'Forget').count()]).toEqual([0, 0])
})

test('an outcome for many by an agent: asked once, done once however often it is pressed, refusals by lead', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  for (const i of [0, 1, 2]) await box(page, i).click()
  // One of them is forgotten meanwhile.
  await client.forgetLead(ids[2]!)
  await button(page, 'Set outcome').click()
  const dialog = page.getByRole('dialog', { name: 'Set the outcome of 3 leads' })
  await dialog.getByLabel('Outcome').selectOption('Busy')
  await dialog.getByText('Logs a call for each of 3 leads.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Set outcome of 3 leads' }).dblclick()
  await dialog.getByText('Done: 2 of 3 leads.').waitFor()
  await dialog.getByRole('heading', { name: '1 lead not changed' }).waitFor()
  await dialog.getByRole('link', { name: person(2).Name }).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await button(page, 'Close').click()
  await page.getByText('1 selected', { exact: true }).first().waitFor()
  for (const i of [0, 1]) {
    expect((await view(i)).disposition).toBe('Busy')
    const calls = await client.leadCalls(ids[i]!)
    expect(calls.ok && calls.body.items.length, `calls of ${i}`).toBe(1)
  }
})

test('an agent puts the numbers of several leads on the private list', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  await box(page, 6).click()
  await box(page, 7).click()
  await button(page, 'Do not call').click()
  const dialog = page.getByRole('dialog', { name: 'Do not call 2 leads' })
  await dialog.getByText('3 numbers go on the private do-not-call list.').waitFor()
  // As people read them.
  await dialog.getByText(/\b04\d\d \d{3} \d{3}\b/).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await dialog.getByLabel('Reason (optional)').fill('Asked by mail')
  await button(page, 'Add 3 numbers to the list').click()
  await page.getByText('Done: 2 leads.').waitFor()
  await button(page, 'Close').click()
  expect((await view(7)).phones[0]!.blocked_by).toBe('private')
})

test('leads that come in are counted, and shown when somebody asks', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  const first = await page.locator('a[data-opens]').first().innerText()
  await client.insertLeadFast(target, { FirstPhone: mobile(), Name: 'Nora New' })
  await button(page, '1 new, show').waitFor()
  expect(await page.locator('a[data-opens]').first().innerText()).toBe(first)
  await button(page, '1 new, show').click()
  await expect.poll(() => page.locator('a[data-opens]').first().innerText()).toBe('Nora New')
  expect(await button(page, '1 new, show').count()).toBe(0)
})
