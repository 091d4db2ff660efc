// Leads are exported from the list: counted, chosen, downloaded by the browser.

import { buffer } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { DatabaseUnavailable } from '../../src/db/pool.ts'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople, person } from '../support/people.ts'
import { spyOnQueries } from '../support/queries.ts'
import { axeFinds } from './axe.ts'
import { press, tabTo } from './keyboard.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const ids = await insertPeople(client, target, 20)
const open = browserAt(leadline.url)
const manager = await leadline.asOperator('manager')
const agent = await leadline.asOperator('agent')

const settled = (page: Page) => page.locator('table[data-settled]').waitFor()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test('without a mouse: what the list shows is counted, and downloaded with the chosen columns', async () => {
  const page = await open(`/leads?campaign_id=${target.campaign_id}`, { as: manager })
  await settled(page)
  await press(page, button(page, 'Export'))
  const dialog = page.getByRole('dialog', { name: 'Export leads' })
  await dialog.getByText('20 leads match the search and its filters.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await tabTo(page, dialog.getByRole('radio', { name: 'Excel workbook' }))
  await page.keyboard.press('ArrowDown')
  expect(await dialog.getByRole('radio', { name: 'CSV' }).isChecked()).toBe(true)
  for (const name of ['Version', 'Notes', 'Source', 'Created', 'Changed']) {
    const box = dialog.getByRole('checkbox', { name, exact: true })
    if ((await box.count()) === 0 || !(await box.isChecked())) continue
    await tabTo(page, box)
    await page.keyboard.press('Space')
  }
  const download = page.waitForEvent('download')
  await press(page, dialog.getByRole('button', { name: 'Download' }))
  const file = await download
  expect(file.suggestedFilename()).toMatch(
    new RegExp(`^leads-campaign-${target.campaign_id}-\\d{4}-\\d\\d-\\d\\d\\.csv$`),
  )
  const text = (await buffer(await file.createReadStream())).toString()
  const lines = text.trimEnd().split('\r\n')
  expect(text.charCodeAt(0)).toBe(0xfeff)
  expect(lines[0]).toMatch(/^\ufefflead_id,external_id,/)
  expect(lines[0]).not.toMatch(/version|updated_at/)
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(ids)
  expect(lines[1]).toContain(person(0).City)
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText('Your browser is downloading the file.').first().waitFor()
})

test('the search goes along; nothing that is found is nothing to download', async () => {
  const page = await open('/leads?q=geelong', { as: manager })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.goto(`${leadline.url}/leads?closed=no`)
  await settled(page)
  // Meanwhile they were closed.
  await page.route(/\/v1\/exports\?/, (route) =>
    route.continue({ url: route.request().url().replace('closed=false', 'closed=true') }),
  )
  await button(page, 'Export').click()
  await page.getByText('No leads match the search and its filters.').waitFor()
  expect(await button(page, 'Download').isDisabled()).toBe(true)
})

test('a server that cannot count says so, and is asked again', async () => {
  const page = await open('/leads', { as: manager })
  await settled(page)
  const failing = spyOnQueries(leadline.pools.exports)
  failing.mockImplementation(() => Promise.reject(new DatabaseUnavailable(false, undefined)))
  await button(page, 'Export').click()
  const again = page.getByRole('dialog').getByRole('button', { name: /again/i })
  await again.waitFor()
  expect(await button(page, 'Download').isDisabled()).toBe(true)
  failing.mockRestore()
  await again.click()
  await page.getByText('20 leads match').waitFor()
})

test('an agent sees no button', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  await button(page, 'Columns').waitFor()
  expect(await button(page, 'Export').count()).toBe(0)
})
