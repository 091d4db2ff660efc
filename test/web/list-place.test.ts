// The list and the leads opened from it: the way back, the place of a lead in the result, its neighbours.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople, person } from '../support/people.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const ids = await insertPeople(client, target, 120)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

const at = (page: Page, path: string) => page.waitForURL((url) => url.pathname + url.search === path)
const link = (page: Page, i: number) => page.locator(`a[data-opens][href="/leads/${ids[i]}"]`)
const back = (page: Page) => page.getByRole('main').getByRole('link', { name: 'Leads', exact: true })
const place = (page: Page, said: string) => page.getByText(said, { exact: true }).first().waitFor()

test('the way back from a lead keeps the search, the page, the scroll and the row', async () => {
  const page = await open('/leads?closed=no', { as: agent })
  await place(page, '1–50 of 120 leads')
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  await place(page, '51–100 of 120 leads')
  const list = new URL(page.url())
  await link(page, 25).scrollIntoViewIfNeeded()
  const scrolled = await page.evaluate(() => window.scrollY)
  expect(scrolled).toBeGreaterThan(200)
  await link(page, 25).click()
  await at(page, `/leads/${ids[25]}`)
  await place(page, 'Lead 95 of 120')

  await back(page).click()
  await at(page, list.pathname + list.search)
  await place(page, '51–100 of 120 leads')
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(scrolled)
  await expect.poll(() => link(page, 25).evaluate((row) => row === document.activeElement)).toBe(true)
  await page.getByRole('button', { name: 'Previous', exact: true }).click()
  await place(page, '1–50 of 120 leads')
})

test('a lead has neighbours, over the edge of a page too, and a reload keeps them', async () => {
  const page = await open('/leads', { as: agent })
  await link(page, 71).click()
  await place(page, 'Lead 49 of 120')
  await page.reload()
  await place(page, 'Lead 49 of 120')
  const next = page.getByRole('button', { name: 'Next lead' })
  await next.click()
  await at(page, `/leads/${ids[70]}`)
  await next.click()
  await at(page, `/leads/${ids[69]}`)
  await place(page, 'Lead 51 of 120')
  await page.keyboard.press('[')
  await at(page, `/leads/${ids[70]}`)
  await page.getByRole('button', { name: 'Previous lead' }).click()
  await at(page, `/leads/${ids[71]}`)
  await back(page).click()
  await at(page, '/leads')
  await place(page, '1–50 of 120 leads')
})

test('the first and the last lead say so, and a lead opened by a link has no neighbours', async () => {
  const page = await open('/leads?q=johansson', { as: agent })
  await link(page, 113).click()
  await place(page, 'Lead 1 of 6')
  expect(await page.getByRole('button', { name: 'Previous lead' }).isDisabled()).toBe(true)
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByRole('link', { name: person(113).Name }).click()
  await place(page, 'Lead 1 of 6')

  const other = await open(`/leads/${ids[3]}`, { as: agent })
  await other.getByRole('heading', { level: 1, name: person(3).Name }).waitFor()
  expect(await other.getByRole('button', { name: 'Next lead' }).count()).toBe(0)
  await back(other).click()
  await at(other, '/leads')
})

test('the way back from a new lead keeps the search', async () => {
  const page = await open('/leads?q=johansson', { as: agent })
  await link(page, 113).waitFor()
  await page.getByRole('link', { name: 'New lead' }).click()
  await page.getByRole('link', { name: 'Cancel' }).click()
  await at(page, '/leads?q=johansson')
  await page.getByRole('link', { name: 'New lead' }).click()
  await back(page).click()
  await at(page, '/leads?q=johansson')
})

test('a link to a page that is no page any more shows the first one, and says so', async () => {
  const page = await open('/leads?closed=no&cursor=MTIuMA-old', { as: agent })
  await place(page, '1–50 of 120 leads')
  await at(page, '/leads?closed=no')
  await page.getByText('That link no longer works. This is the first page.').waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
})
