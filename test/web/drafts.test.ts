// Unsaved input on desks that people share: nobody else reads it, and signing out asks what becomes of it.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { jane } = screensOf(leadline)
const open = browserAt(leadline.url)

const bar = (page: Page) => page.getByRole('region', { name: 'Unsaved changes' })
const city = (page: Page) => page.getByLabel('City', { exact: true })

/** Everything that the browser keeps for the app. */
const stored = (page: Page) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
const drafts = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('leadline.kept.')))

test('what is typed survives a reload, and nothing of the lead can be read where it is kept', async () => {
  const ann = await leadline.asOperator('agent')
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: ann })
  await city(page).fill('Ballarat')
  await bar(page).waitFor()
  await expect.poll(() => drafts(page)).toHaveLength(1)
  expect(await stored(page)).not.toMatch(/Ballarat|Melbourne|Citizen|Collins|example\.com/)
  await page.reload()
  await bar(page).waitFor()
  expect(await city(page).inputValue()).toBe('Ballarat')

  const beside = await page.context().newPage()
  await beside.goto(`/leads/${id}`)
  await bar(beside).waitFor()
  await city(beside).fill('Bendigo')
  await expect.poll(() => city(page).inputValue()).toBe('Bendigo')
  await bar(beside).getByRole('button', { name: 'Discard' }).click()
  await bar(page).waitFor({ state: 'detached' })
  expect(await drafts(page)).toEqual([])
})
