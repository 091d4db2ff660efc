// A lead on the screen: reading, editing, saving; what others do meanwhile; nothing typed is lost.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { PASSWORD } from '../support/operator.ts'
import { admin } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { hears, screensOf, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane, others, view } = screensOf(leadline)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

test('shows who it is, when to call in the zone of the lead, and why a number must not be called', async () => {
  const id = await jane({
    fields: { SecondPhone: '03 8321 8199' },
    callback: { local: '2027-03-03T10:00' },
    unmapped: { source_id: 'FB-2231' },
  })
  await client.post('/v1/dnc', { list: 'private', phones: ['0383218199'], reason: 'asked by mail' })
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByRole('heading', { level: 1, name: 'Jane Citizen' }).waitFor()
  expect(await page.title()).toBe('Jane Citizen · Leads · Leadline')
  expect(await page.getByLabel('Callback', { exact: true }).inputValue()).toMatch(
    /^Wed (3 Mar|Mar 3,) 2027 10:00$/,
  )
  await page.getByText('Melbourne time (contact hours').waitFor()
  await page.getByText('FB-2231').waitFor()
  // As people of the region read it, to be called or copied.
  const numbers = page.getByRole('region', { name: 'Numbers', exact: true }).getByRole('link')
  await numbers.and(page.getByRole('link', { name: /^Call 04\d\d \d{3} \d{3}$/ })).waitFor()
  expect(await numbers.getAttribute('href')).toMatch(/^tel:\+614\d{8}$/)
  // The one that must not be called is no link.
  expect(await numbers.count()).toBe(1)
  await page.getByRole('button', { name: 'Copy (03) 8321 8199' }).click()
  await hears(page, /^\(03\) 8321 8199 copied$/)
  await page.getByRole('button', { name: 'Do not call · private list' }).click()
  await page.getByRole('dialog').getByText('private').waitFor()
})

test('an outcome and a callback by keyboard alone, in six presses and the time', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  // The form is there, and with it its keys.
  await page.getByRole('textbox', { name: 'City' }).waitFor()
  await page.keyboard.press('d')
  await page.keyboard.type('busy')
  await page.keyboard.press('Enter')
  await page.getByText('1 unsaved change', { exact: true }).waitFor()
  await page.keyboard.press('Control+s')
  await toast(page, 'Saved.')
  expect(await view(id)).toMatchObject({ disposition: 'Busy', version: 2 })
  await hears(page, /Saved/)

  await page.getByRole('button', { name: 'Undo' }).click()
  await toast(page, /^Undone: the values are as before/)
  expect(await view(id)).toMatchObject({ disposition: null, version: 3 })
})

test('what is edited is marked, counted, and can be taken back one by one', async () => {
  const page = await open(`/leads/${await jane()}`, { as: agent })
  await page.getByRole('textbox', { name: 'City' }).fill('Geelong')
  await page.getByRole('spinbutton', { name: 'Priority' }).fill('3')
  await page.getByText('2 unsaved changes').waitFor()
  await page.getByText('was Melbourne').waitFor()
  await page.getByRole('button', { name: 'Take back the change of City' }).click()
  expect(await page.getByRole('textbox', { name: 'City' }).inputValue()).toBe('Melbourne')
  await page.getByText('1 unsaved change', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Discard' }).click()
  expect(await page.getByRole('spinbutton', { name: 'Priority' }).inputValue()).toBe('10')
  await page.getByRole('button', { name: 'Undo' }).click()
  expect(await page.getByRole('spinbutton', { name: 'Priority' }).inputValue()).toBe('3')
})

test('what is typed survives a reload and the end of the session', async () => {
  const id = await jane()
  const who = await leadline.asOperator('agent')
  const page = await open(`/leads/${id}`, { as: who })
  await page.getByRole('textbox', { name: 'City' }).fill('Geelong')
  await page.reload()
  await page.getByText(/Restored what you typed/).waitFor()
  expect(await page.getByRole('textbox', { name: 'City' }).inputValue()).toBe('Geelong')

  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Save' }).click()
  const again = page.getByRole('dialog')
  await again.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await again.waitFor({ state: 'detached' })
  expect(await page.getByRole('textbox', { name: 'City' }).inputValue()).toBe('Geelong')
  await page.keyboard.press('Control+s')
  await until('it is saved', async () => (await view(id)).fields.City === 'Geelong')
})

test('what others change is there within two seconds, in fields that are not edited', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByRole('textbox', { name: 'Name' }).fill('Joan Citizen')
  await page.waitForResponse((response) => response.url().includes('/presence'))
  await others(id, { fields: { City: 'Ballarat' } })
  await expect.poll(() => page.getByRole('textbox', { name: 'City' }).inputValue()).toBe('Ballarat')
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Joan Citizen')
  await hears(page, /^bootstrap changed Address/)
  await page.keyboard.press('Control+s')
  await until('both are saved', async () => {
    const { fields } = await view(id)
    return fields.City === 'Ballarat' && fields.Name === 'Joan Citizen'
  })
})

test('the save bar says who changed what is being edited, and theirs can be taken at once', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByRole('textbox', { name: 'City' }).fill('Geelong')
  await page.getByRole('textbox', { name: 'Name' }).fill('Joan')
  await others(id, { fields: { PostCode: '3350' } })
  await page.getByText(/changed Address.*You are changing Address too/).waitFor()
  await page.getByRole('button', { name: 'Use theirs' }).click()
  expect(await page.getByRole('textbox', { name: 'City' }).inputValue()).toBe('Melbourne')
  expect(await page.getByRole('textbox', { name: 'Post code' }).inputValue()).toBe('3350')
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Joan')
})

test('a save keeps what others changed elsewhere, and says so', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByRole('textbox', { name: 'City' }).fill('Geelong')
  // The page does not know of the change when it saves.
  await page.route(
    /\/v1\/leads\/[^/]+\?on_conflict=/,
    async (route) => {
      await others(id, { fields: { Name: 'Jane M. Citizen' } })
      await route.continue()
    },
    { times: 1 },
  )
  await page.keyboard.press('Control+s')
  await hears(page, /^Saved, together with 1 change by .+\.$/)
  expect((await view(id)).fields).toMatchObject({ City: 'Geelong', Name: 'Jane M. Citizen' })
  await page.getByRole('button', { name: 'Review' }).click()
  await page.waitForURL(`**/leads/${id}/history?*`)
  // Both versions beside each other, each value with its author.
  const review = page.getByRole('table', { name: 'Differences between version 1 and version 3' })
  await review.getByRole('row', { name: 'Name Jane Citizen Jane M. Citizen bootstrap' }).waitFor()
  await review.getByRole('row', { name: 'City Melbourne Geelong You' }).waitFor()
})

test('what the server refuses stands at its field; a number of another lead leads there', async () => {
  const [phone, id] = [mobile(), await jane()]
  const other = await jane({ fields: { FirstPhone: phone } })
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByRole('textbox', { name: 'Email' }).fill('jane at home')
  await page.getByRole('button', { name: 'Save' }).click()
  await page
    .getByRole('alert')
    .getByRole('button', { name: /^Email: / })
    .click()
  const email = page.getByRole('textbox', { name: 'Email' })
  expect(await email.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await email.getAttribute('aria-invalid')).toBe('true')

  await email.fill('jane@example.com')
  await page.getByLabel('First phone').fill(phone)
  await page.keyboard.press('Control+s')
  const link = page.getByRole('link', { name: `Open Jane Citizen (${other})` })
  expect(await link.getAttribute('href')).toBe(`/leads/${other}`)
  await page.getByRole('button', { name: 'Save anyway' }).click()
  await toast(page, 'Saved.')
  expect((await view(id)).fields.FirstPhone).toBe(phone)
})

test('two who have it open see each other', async () => {
  const id = await jane()
  const lea = await leadline.asOperator('lead')
  const one = await open(`/leads/${id}`, { as: agent })
  const other = await open(`/leads/${id}`, { as: lea })
  await one.getByText(`${lea.operator.name} is viewing`).waitFor()
  await other.getByRole('textbox', { name: 'City' }).fill('Geelong')
  await one.getByText(`${lea.operator.name} is editing`).waitFor()
})

test('of a lead that is deleted while somebody edits it, what was typed can still be copied', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByRole('textbox', { name: 'City' }).fill('Geelong')
  await client.delete(`/v1/leads/${id}`)
  await page.keyboard.press('Control+s')
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Lead not found' }).waitFor()
  await page.getByText('Geelong').waitFor()
  await page.getByRole('button', { name: 'Discard' }).click()
  expect(await page.getByText('Geelong').count()).toBe(0)
})

test('axe finds nothing on the lead, edited and refused', async () => {
  const id = await jane({
    fields: { SecondPhone: '03 8321 8199' },
    allow_duplicates: true,
    unmapped: { source_id: 'FB-2231' },
  })
  const page = await open(`/leads/${id}`, { as: agent, height: 2_000 })
  await page.getByText('Lead created').waitFor()
  await page.getByText('No calls or notes yet.').waitFor()
  const [campaign_id, number] = id.split('-')
  await others(id, { disposition: 'Busy' })
  await admin(
    leadline.connection,
    `update call_records set duration_s = 61 where campaign_id = ${campaign_id} and lead_number = ${number}`,
  )
  await page.reload()
  await page.getByText('lasted 1:01').waitFor()
  expect(await axeFinds(page), 'read').toEqual([])
  await page.getByRole('textbox', { name: 'Email' }).fill('jane at home')
  await page.keyboard.press('Control+s')
  await page.getByRole('alert').waitFor()
  expect(await axeFinds(page), 'refused').toEqual([])
})

test('at 320 pixels nothing of the lead is cut off', async () => {
  const page = await open(`/leads/${await jane()}`, { as: agent, width: 320, height: 640 })
  await page.getByRole('textbox', { name: 'City' }).fill('Geelong')
  await page.getByText('1 unsaved change', { exact: true }).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
})

test('a value that does not fit its field is marked, and the rest of the lead can be saved', async () => {
  const lead = { FirstPhone: mobile(), Name: 'Jane Citizen\r', Email: 'ask Jane', tags: ['a', 'b'] }
  const { lead_id } = await client.insertLeadFast(leadline.target, lead)
  const page = await open(`/leads/${lead_id}`, { as: agent })
  const email = page.getByRole('textbox', { name: 'Email' })
  await email.waitFor()
  expect(await email.inputValue()).toBe('ask Jane')
  const mark = page.getByText('Not an e-mail address', { exact: true })
  await mark.waitFor()
  await page.getByText('Kept as it was sent, and not used until it is corrected.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.getByRole('button', { name: /^Show \d+ empty fields$/ }).click()
  await page.getByRole('textbox', { name: 'City' }).fill('Geelong')
  await page.keyboard.press('Control+s')
  await toast(page, 'Saved.')
  expect(await view(lead_id!)).toMatchObject({
    version: 2,
    fields: { City: 'Geelong', Email: 'ask Jane' },
    bad_values: ['Email'],
  })

  await email.fill('jane@')
  await page.keyboard.press('Control+s')
  await page.getByText('Enter a valid e-mail address.').first().waitFor()
  await email.fill('jane@example.com')
  await page.keyboard.press('Control+s')
  await until('it is saved', async () => (await view(lead_id!)).bad_values.length === 0)
  await mark.waitFor({ state: 'detached' })

  await page.goto(`${leadline.url}/leads/${lead_id}/history`)
  const created = page.getByRole('listitem').filter({
    has: page.getByRole('heading', { name: 'Link to version 1' }),
  })
  for (const said of [
    'Name: Line ends, tabs or characters that show nothing are taken off its ends.',
    'Email: The text does not fit the kind of the field: it is kept with a mark, and not used.',
    'tags: A list of values: they are joined with commas.',
  ])
    await created.getByText(said).waitFor()
  expect(await axeFinds(page)).toEqual([])
})
