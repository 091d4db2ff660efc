// The history of a lead on the screen: what changed, two versions beside each other, taking a change back.

import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { LeadPatch } from '../../src/client/api.ts'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { PASSWORD } from '../support/operator.ts'
import { axeFinds } from './axe.ts'
import { screensOf, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
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
  // By a key: where version 2 had its button, version 4 has its own now, and a second click there is for the first one.
  await page.getByRole('button', { name: 'Undo this change, version 4' }).press('Enter')
  await page.waitForURL('**/merge')
  await page.getByRole('radio', { name: /^Keep mine: Jane Citizen/ }).click()
  await page.keyboard.press('Control+Enter')
  await page.waitForURL(`**/leads/${id}`)
  expect((await view(id)).fields.Name).toBe('Jane Citizen')
  await page.getByRole('link', { name: 'History' }).click()
  // Who merged with whom, what was taken, and what was given up: it comes back by one key, and goes again.
  const merged = page.locator('#v7')
  await merged.getByText(/^You merged this change with .*bootstrap’s: .*kept your Name/).waitFor()
  await merged.getByText('Kept yours', { exact: true }).waitFor()
  await merged.getByText('bootstrap’s was', { exact: true }).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.reload()
  await merged.getByRole('button', { name: 'Restore bootstrap’s: Name Jo' }).waitFor()
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await page.getByRole('dialog').getByText('Restore a value that was given up').waitFor()
  await page.keyboard.press('Escape')
  await merged.focus()
  for (const key of ['r', 'r', 'r']) await page.keyboard.press(key)
  await toast(page, 'bootstrap’s Name is restored.')
  await page.getByText('Restored bootstrap’s Name, which was given up in version 7').waitFor()
  await merged.getByText('The lead has this now.').waitFor()
  expect(await view(id)).toMatchObject({ version: 8, fields: { Name: 'Jo' } })
  await page.getByRole('button', { name: 'Undo this change, version 8' }).click()
  await page.getByText('Undo of version 8', { exact: true }).waitFor()
  expect((await view(id)).fields.Name).toBe('Jane Citizen')
  // A merge can be undone, also after the page was left.
  await page.getByRole('button', { name: 'Undo this change, version 7' }).click()
  await page.getByText('Undo of version 7', { exact: true }).waitFor()
  expect((await view(id)).fields.Name).toBe('Jo')
})

const leader = await leadline.asOperator('lead')

/** Version 2 by others, met by the agent, who took all of it. */
async function gaveUp(theirs: LeadPatch, mine: LeadPatch, group: string) {
  const id = await jane()
  await others(id, theirs)
  const decisions = { [group]: { take: 'theirs' as const, reason: 'They know better' } }
  const merged = await agent.mergeLead(id, { base_version: 1, lead_version: 2, mine, decisions })
  if (!merged.ok) throw new Error(merged.body.detail)
  return id
}

test('nothing is restored over what was not seen, and every refusal says why', async () => {
  const id = await gaveUp({ fields: { City: 'Geelong' } }, { fields: { City: 'Ballarat' } }, 'address')
  const page = await open(`/leads/${id}/history`, { as: agent })
  const restore = page.getByRole('button', { name: 'Restore yours: Address Ballarat' })
  await page.getByText('You merged another change with bootstrap’s: took bootstrap’s Address.').waitFor()
  await page.getByText('The lead stayed as it was · just now').waitFor()
  await page.getByText('Address: They know better').waitFor()
  /** Something happens after the key was pressed, before the server hears of it. */
  const meanwhile = (does: () => Promise<unknown>) =>
    page.route(
      '**/restore',
      async (route) => {
        await does()
        await route.continue()
      },
      { times: 1 },
    )
  await meanwhile(() => others(id, { fields: { City: 'Bendigo' } }))
  await restore.click()
  await page
    .getByRole('alert')
    .getByText(
      'bootstrap changed Address meanwhile, so nothing was restored. Look at the lead as it is now, then restore again.',
    )
    .waitFor()
  expect((await view(id)).fields.City).toBe('Bendigo')
  await page.getByText('Now', { exact: true }).waitFor()
  expect(await axeFinds(page)).toEqual([])

  // The session ends: after the sign-in it is restored, once.
  await page.context().clearCookies()
  await restore.click()
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Restored your Address, which was given up in version 2').waitFor()
  expect(await view(id)).toMatchObject({ version: 4, fields: { City: 'Ballarat' } })

  const [mine, theirs] = [mobile(), mobile()]
  const number = await gaveUp(
    { fields: { FirstPhone: theirs } },
    { fields: { FirstPhone: mine } },
    'fields.FirstPhone',
  )
  const holder = await jane({ fields: { FirstPhone: mine } })
  await page.goto(`/leads/${number}/history`)
  const of_number = page.getByRole('button', { name: /^Restore yours: / })
  await of_number.click()
  await page
    .getByText('Another lead of this campaign has this number now, so nothing was restored.')
    .waitFor()
  expect(await page.getByRole('link', { name: 'Open that lead' }).getAttribute('href')).toContain(holder)
  await client.delete(`/v1/leads/${holder}`)
  await client.post('/v1/dnc', { list: 'private', phones: [mine], reason: 'asked us not to call' })
  await of_number.click()
  await page.getByText('This number is on a do-not-call list now, so nothing was restored.').waitFor()
  await meanwhile(() => client.delete(`/v1/leads/${number}`))
  await of_number.click()
  await page.getByRole('heading', { name: 'Lead not found' }).waitFor()
})

test('only a team lead puts a promised call off, or opens a lead again, from the history', async () => {
  const id = await gaveUp(
    { disposition: 'Client Approved Callback', callback: { local: '2026-12-01T10:00' } },
    { disposition: 'Busy' },
    'outcome',
  )
  await others(id, { disposition: 'Client Approved Callback', callback: { local: '2026-12-02T10:00' } })
  const page = await open(`/leads/${id}/history`, { as: agent })
  await page.getByText('Only a team lead can restore this: the customer asked for this call.').waitFor()
  expect(await page.getByRole('button', { name: /^(Restore|Undo)/ }).count()).toBe(1)
  await page.getByText('Only a team lead can undo this: the customer asked for this call.').waitFor()
  const led = await open(`/leads/${id}/history`, { as: leader })
  await led.getByRole('button', { name: /^Restore .*: Outcome Busy/ }).click()
  await toast(led, /Outcome is restored/)
  expect(await view(id)).toMatchObject({ disposition: 'Busy' })

  const sold = await gaveUp({ disposition: 'Sale' }, { disposition: 'Busy' }, 'outcome')
  await page.goto(`/leads/${sold}/history`)
  await page.getByText('Only a team lead can restore this: it opens the lead again.').waitFor()
  await led.goto(`/leads/${sold}/history`)
  await led.getByText('Opens the lead again.').waitFor()
  await led.locator('#v2').focus()
  await led.keyboard.press('r')
  await toast(led, /Outcome is restored/)
  expect(await view(sold)).toMatchObject({ disposition: 'Busy', closed: false })
})

test('however many versions a lead has, the newest is there', async () => {
  const id = await jane()
  for (let version = 1; version <= 501; version++)
    expect((await client.patchLead(id, version, { fields: { City: `City ${version}` } })).status).toBe(200)
  const page = await open(`/leads/${id}/history`, { as: agent })
  await page.getByText('502 versions').waitFor()
  await page.getByRole('row', { name: 'City City 500 City 501' }).waitFor()
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
