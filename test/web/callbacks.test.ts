// The callbacks that are kept for an agent: found by day, opened, moved in the time of the lead.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { localIn } from '../../src/core/times.ts'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import type { OperatorClient } from '../support/operator.ts'
import { placeIn } from '../support/regions.ts'
import { axeFinds } from './axe.ts'
import { toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const open = browserAt(leadline.url)
const place = await placeIn(leadline, 'NZ')

const HOUR_MS = 3_600_000
const MELBOURNE = 'Australia/Melbourne'
let line = 4_700_000

/** A lead with a callback, so many hours from now; its contact hours are in UTC. */
async function promise(agent: OperatorClient, Name: string, hours: number): Promise<string> {
  const made = await client.createLead({
    allocation_id: place.allocation_id,
    fields: { Name, Phone: `027${++line}` },
    callback: { local: localIn(Date.now() + hours * HOUR_MS, 'UTC') },
    callback_agent: agent.operator.login,
  })
  if (!made.ok) throw new Error(JSON.stringify(made.body))
  return made.body.id
}

const section = (page: Page, name: RegExp) => page.getByRole('region', { name })
const view = async (id: string) => {
  const lead = await client.lead(id)
  if (!lead.ok) throw new Error(lead.body.detail)
  return lead.body
}

test('overdue ones come first, then later ones; the calendar shows those of a day; others’ are not there', async () => {
  const ann = await leadline.asOperator('agent')
  await promise(ann, 'Late Lara', -30)
  await promise(ann, 'Early Eddie', 26)
  await promise(ann, 'Patient Pat', 80)
  await promise(await leadline.asOperator('agent'), 'Foreign Fay', 26)
  const page = await open('/callbacks', { as: ann })
  await section(page, /^Overdue 1 callback/)
    .getByText('Late Lara')
    .waitFor()
  await section(page, /^Later 2 callbacks/)
    .getByText('Early Eddie')
    .waitFor()
  expect(await page.getByText('Foreign Fay').count()).toBe(0)
  expect(
    await page.getByRole('listitem').filter({ hasText: 'Open and call' }).locator('strong').allTextContents(),
  ).toEqual(['Late Lara', 'Early Eddie', 'Patient Pat'])
  expect(await axeFinds(page)).toEqual([])
  const day = localIn(Date.now() + 26 * HOUR_MS, MELBOURNE).slice(0, 10)
  const calendar = page.getByRole('complementary', { name: 'By day' })
  const shown = calendar.locator(`[data-day="${day}"]`)
  if ((await shown.count()) === 0) await calendar.getByRole('button', { name: 'Next month' }).click()
  expect(await shown.getAttribute('aria-label')).toMatch(/: 1 callback$/)
  await shown.click()
  await section(page, /^On /).getByText('Early Eddie').waitFor()
  expect(await page.getByText('Patient Pat').count()).toBe(0)
  expect(page.url()).toContain(`day=${day}`)
  await page.getByRole('button', { name: 'Show all days' }).click()
  await page.getByRole('link', { name: 'Open and call Patient Pat' }).click()
  await page.getByRole('heading', { level: 1, name: 'Patient Pat' }).waitFor()
})

test('a callback is moved in the clock of the lead; one that somebody else moved is not overwritten', async () => {
  const ann = await leadline.asOperator('agent')
  const id = await promise(ann, 'Moving Mo', 30)
  const page = await open('/callbacks', { as: ann })
  const dialog = page.getByRole('dialog', { name: 'When to call Moving Mo' })
  const callback = dialog.getByRole('textbox', { name: 'Callback' })
  await page.getByRole('button', { name: 'Move the callback of Moving Mo' }).click()
  await callback.fill('in a while')
  await dialog.getByText('Enter a day and a time, like 30 Nov 10:00.').waitFor()
  expect(await axeFinds(page), 'a callback is moved').toEqual([])
  expect(await dialog.getByRole('button', { name: 'Move the callback' }).isDisabled()).toBe(true)
  const [year] = localIn(Date.now(), 'UTC').split('-')
  await callback.fill(`3 Mar ${Number(year) + 1} 10:15`)
  await dialog.getByText('Your time: ').waitFor()
  await dialog.getByRole('button', { name: 'Move the callback' }).click()
  await toast(page, /^Moving Mo: the callback is moved to .* 3 Mar.* 10:15/)
  const moved = await view(id)
  expect(moved.callback).toMatchObject({ local: `${Number(year) + 1}-03-03T10:15:00`, zone: 'UTC' })
  expect(moved.callback_agent).toBe(ann.operator.login)

  await page.getByRole('button', { name: 'Move the callback of Moving Mo' }).click()
  await client.patchLead(id, moved.version, { callback: { local: `${Number(year) + 1}-04-04T09:00` } })
  await callback.fill(`5 May ${Number(year) + 1} 10:15`)
  await dialog.getByRole('button', { name: 'Move the callback' }).click()
  await dialog.getByText('Somebody else has just changed this callback.', { exact: false }).waitFor()
  expect((await view(id)).callback!.local).toBe(`${Number(year) + 1}-04-04T09:00:00`)
})

test('without any it says how one comes here', async () => {
  const page = await open('/callbacks', { as: await leadline.asOperator('agent') })
  await page.getByRole('heading', { name: 'No callbacks are kept for you' }).waitFor()
})
