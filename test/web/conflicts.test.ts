// The inbox: updates that met another change wait here for a person.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { hasFocus, screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { jane, others, view } = screensOf(leadline)
const open = browserAt(leadline.url)
const lead = await leadline.asOperator('lead')
const agent = await leadline.asOperator('agent')

let externals = 0

/** An update of the classic API that was answered 110: it wants Joan of Geelong, the lead is called Jo by now. */
async function held(): Promise<string> {
  const external_id = `CRM-${++externals}`
  const id = await jane({ external_id })
  await others(id, { fields: { Name: 'Jo' } })
  const refused = await client.updateLeadFast(
    target,
    {
      njExternalLeadId: external_id,
      FirstPhone: '<NO CHANGE>',
      Name: 'Joan',
      City: 'Geelong',
      njVersion: 1,
      njDisposition: 'Busy',
    },
    {},
  )
  expect(refused.code).toBe(110)
  return id
}

test('an update of the API that was answered 110 is settled, side by side with the lead', async () => {
  const id = await held()
  const page = await open('/conflicts', { as: lead })
  const row = page.getByRole('row').filter({ hasText: id })
  await row.getByText('1 clash').waitFor()
  await row.getByText('Geelong').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByText('The sender was answered 110').waitFor()
  await hasFocus(page, /^Use the update: Joan\. Name, conflict 1 of 1, was Jane Citizen$/)
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('1')
  await page.keyboard.press('Control+Enter')
  await page.getByText('No update waits.').waitFor()
  expect(await view(id)).toMatchObject({ disposition: 'Busy', fields: { Name: 'Joan', City: 'Geelong' } })

  await page.getByLabel('State').selectOption('Settled')
  await page.getByRole('link', { name: id }).click()
  await page.getByText('Somebody decided it.').waitFor()
})

test('what clashes no more is saved without a question, all of it at once', async () => {
  const ids = [await held(), await held()]
  for (const id of ids) await others(id, { fields: { Name: 'Jane Citizen' } })
  const page = await open('/conflicts', { as: lead })
  await page.getByRole('button', { name: 'Save 2 updates that clash no more' }).click()
  await page.getByText('No update waits.').waitFor()
  for (const id of ids) expect((await view(id)).fields).toMatchObject({ Name: 'Joan', City: 'Geelong' })
})

test('an update is dismissed with a reason, which stays on record', async () => {
  const id = await held()
  const page = await open(`/conflicts?lead_id=${id}`, { as: lead })
  await page.getByRole('link', { name: id }).click()
  await page.getByRole('button', { name: 'Dismiss…' }).click()
  await page.getByRole('dialog').getByLabel('Why').fill('an old export')
  await page.getByRole('dialog').getByRole('button', { name: 'Dismiss' }).click()
  await page.waitForURL('**/conflicts')
  expect((await view(id)).fields.Name).toBe('Jo')
  await page.getByLabel('State').selectOption('Dismissed')
  await page.getByRole('link', { name: id }).click()
  await page.getByText('an old export').waitFor()
})

test('one that somebody else settles meanwhile is not there any more', async () => {
  const id = await held()
  const page = await open(`/conflicts?lead_id=${id}`, { as: lead })
  await page.getByRole('link', { name: id }).click()
  await page.getByRole('radio', { name: /^Use the update/ }).check()
  const conflict_id = page.url().split('/').at(-1)
  await client.put(`/v1/conflicts/${conflict_id}/resolution`, { dismiss: true, reason: 'elsewhere' })
  await page.keyboard.press('Control+Enter')
  await page.getByText('This update does not wait any more.').waitFor()
})

test('agents see neither the inbox nor the way to it', async () => {
  const id = await held()
  const page = await open('/conflicts', { as: agent })
  await page.getByText('You may not see this').waitFor()
  await page.goto(`/leads/${id}`)
  await page.getByText('1 conflict waits').waitFor()
  await until('the rail is there', async () => (await page.getByRole('link', { name: 'Leads' }).count()) > 0)
  expect(await page.getByRole('link', { name: /onflict/ }).count()).toBe(0)
})
