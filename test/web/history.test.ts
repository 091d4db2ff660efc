// The history of a lead on the screen: what changed, two versions beside each other, taking a change back.

import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { jane, others, view } = screensOf(leadline)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

/** Version 2 by a key: the city; version 3 by the operator: an outcome; version 4 by a key: the name. */
async function threeChanges() {
  const id = await jane()
  await others(id, { fields: { City: 'Geelong' } })
  await others(id, { disposition: 'Busy' }, agent)
  await others(id, { fields: { Name: 'Joan Citizen' } })
  return id
}

test('says who changed what from what to what, and filters by field, by whom and way', async () => {
  const id = await threeChanges()
  const page = await open(`/leads/${id}/history`, { as: agent })
  await page.getByText('4 versions').waitFor()
  const entry = (version: number) =>
    page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: `Link to version ${version}` }) })
  await entry(2)
    .getByRole('row', { name: /^City Melbourne Geelong$/ })
    .waitFor()
  await entry(3).getByText('You', { exact: true }).waitFor()
  expect(await entry(1).getByRole('button', { name: /Undo/ }).count()).toBe(0)
  await entry(1)
    .getByText(/^Created by /)
    .waitFor()
  await entry(1).getByRole('button', { name: 'Show values' }).click()
  await entry(1).getByText('12 Collins Street').waitFor()
  // Ids are there for support, behind their chip.
  expect(await entry(3).innerText()).not.toMatch(/operator:|[\da-f]{8}-/)
  await entry(3).getByRole('button', { name: 'Details of version 3' }).click()
  const details = page.getByRole('dialog', { name: 'Details' })
  await details.getByText(`operator:${agent.operator.operator_id}`).waitFor()
  await page.keyboard.press('Escape')
  await page.getByLabel('Field').selectOption({ label: 'City' })
  await page.getByText('1 of 4 versions').waitFor()
  expect(page.url()).toContain('field=fields.City')
  await page.getByLabel('By').selectOption({ label: 'You' })
  await page.getByText('No changes match these filters.').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByText('4 versions').waitFor()
  expect(await axeFinds(page)).toEqual([])
})

test('two versions stand beside each other, and the address shows the same again', async () => {
  const id = await threeChanges()
  const page = await open(`/leads/${id}/history`, { as: agent })
  await page.getByRole('button', { name: 'Compare' }).click()
  await page.getByLabel('Version', { exact: true }).selectOption('1')
  await page.waitForURL(/from=1/)
  await page.reload()
  const table = page.getByRole('table', { name: 'Differences between version 1 and version 4' })
  await table.getByRole('row', { name: /^City Melbourne Geelong .+/ }).waitFor()
  await table.getByRole('row', { name: /^Name Jane Citizen Joan Citizen .+/ }).waitFor()
})

test('a change is taken back; where the same was changed since, both are looked at', async () => {
  const id = await threeChanges()
  const page = await open(`/leads/${id}/history`, { as: agent })
  await page.getByRole('button', { name: 'Undo this change, version 2' }).click()
  await page.getByText('5 versions').waitFor()
  await page.getByText('Undo of version 2', { exact: true }).waitFor()
  expect((await view(id)).fields).toMatchObject({ City: 'Melbourne', Name: 'Joan Citizen' })

  await others(id, { fields: { Name: 'Jo' } })
  await page.getByRole('button', { name: 'Undo this change, version 4' }).click()
  await page.waitForURL('**/merge')
  await page.getByRole('radio', { name: /^Keep mine: Jane Citizen/ }).click()
  await page.keyboard.press('Control+Enter')
  await page.waitForURL(`**/leads/${id}`)
  expect((await view(id)).fields.Name).toBe('Jane Citizen')
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByText(/You merged this change with version 6: .*kept Name/).waitFor()
})

test('it can be had as a file', async () => {
  const id = await threeChanges()
  const page = await open(`/leads/${id}/history`, { as: agent })
  const downloads = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download CSV' }).click()
  const download = await downloads
  expect(download.suggestedFilename()).toBe(`history-${id}.csv`)
  const csv = await text(await download.createReadStream())
  expect(
    csv
      .trim()
      .split('\r\n')
      .filter((line) => line.includes('fields.City,Melbourne,Geelong')),
  ).toHaveLength(1)
})
