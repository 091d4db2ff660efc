// Templates, campaigns and allocations by keyboard alone: made, started, stopped, renamed, archived, deleted; and why a lead
// is not called.

import { expect, test } from 'vitest'
import type { NewAllocation } from '../../src/client/api.ts'
import { browserAt, laterThanDoubleClick } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople } from '../support/people.ts'
import { axeFinds } from './axe.ts'
import { chooseFromMenu, dialogOf, press, tabTo, typeInto } from './keyboard.ts'
import { hears } from './lead-screens.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const open = browserAt(leadline.url)
const manager = await leadline.asOperator('manager')
const lead = await leadline.asOperator('lead')
const agent = await leadline.asOperator('agent')
// Open round the clock, whenever the test runs: a country without rules of its own.
const night = await client.createTemplate({
  name: 'Night desk',
  region: 'NZ',
  contact_hours: 'Australia/Melbourne',
  fields: [
    { name: 'Name', kind: 'text' },
    { name: 'Phone', kind: 'phone' },
  ],
})
if (!night.ok) throw new Error(night.body.detail)

test('from nothing to a started allocation, and back to nothing', async () => {
  const page = await open('/leads', { as: manager })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.type('gm')
  await page.getByRole('heading', { level: 1, name: 'Campaigns' }).waitFor()

  await press(page, page.getByRole('button', { name: 'New campaign of Night desk' }))
  await dialogOf(page)
  await page.keyboard.type('Spring')
  await page.keyboard.press('Enter')
  await hears(page, /^Spring is there/)
  await press(page, page.getByRole('button', { name: 'New allocation of Spring' }))
  await dialogOf(page)
  await page.keyboard.type('Week 1')
  await page.keyboard.press('Enter')
  await hears(page, /^Week 1 is there\. It is stopped/)

  await press(page, page.getByRole('button', { name: 'Start Week 1' }))
  await hears(page, /^Week 1 is started: 0 leads can be called now/)
  const { items } = (await client.allocations()).body as { items: { name: string; started: boolean }[] }
  expect(items.find(({ name }) => name === 'Week 1')).toMatchObject({ started: true })
  await laterThanDoubleClick(page)
  await press(page, page.getByRole('button', { name: 'Stop Week 1' }))
  await hears(page, /^Week 1 is stopped/)

  await chooseFromMenu(page, 'More for Week 1', 'Rename…')
  await dialogOf(page)
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Week 2')
  await page.keyboard.press('Enter')
  await hears(page, /^It is called Week 2 now/)

  await chooseFromMenu(page, 'More for Week 2', 'Delete…')
  const sure = await dialogOf(page)
  await sure.getByText('Nothing uses it.').waitFor()
  // Nobody deletes by an Enter too many.
  await tabTo(page, sure.getByRole('button', { name: 'Cancel' }))
  expect(await axeFinds(page)).toEqual([])
  await press(page, sure.getByRole('button', { name: 'Delete' }))
  await hears(page, /^Week 2 is deleted/)
  await expect.poll(() => page.getByRole('link', { name: 'Week 2' }).count()).toBe(0)
})

test('a double click starts an allocation, and does not stop it again', async () => {
  const { allocation_id } = target
  await client.changeAllocation(allocation_id, { started: false })
  const page = await open(`/allocations/${allocation_id}`, { as: manager })
  await page.getByRole('button', { name: 'Start Sample allocation' }).dblclick()
  await hears(page, /^Sample allocation is started/)
  // Whatever the second click did is done by then.
  await page.waitForTimeout(300)
  expect((await client.allocation(allocation_id)).body).toMatchObject({ started: true })
})

test('at 360 px nothing is cut off, on any of these screens', async () => {
  const page = await open('/campaigns', { as: manager, width: 360 })
  for (const [path, text] of [
    ['/campaigns', 'Sample allocation'],
    [`/allocations/${target.allocation_id}`, 'Next to be called'],
    [`/templates/${target.template_id}`, 'Street address'],
    ['/outcomes', 'Standard'],
    ['/outcomes/1', 'Try it out'],
    ['/contact-hours', 'Australia, Melbourne'],
    ['/contact-hours/1', 'Exceptions'],
  ] as const) {
    await page.goto(path)
    await page.getByText(text).first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360)
  }
})

test('archiving says first how many leads it reaches, and a used allocation is not deleted', async () => {
  await insertPeople(client, target, 3)
  const page = await open('/campaigns', { as: manager })
  await chooseFromMenu(page, 'More for Sample allocation', 'Delete…')
  const refused = await dialogOf(page)
  await refused.getByText('It has or had leads, and their history stays. Archive it instead.').waitFor()
  expect(await refused.getByRole('button', { name: 'Delete' }).count()).toBe(0)
  await page.keyboard.press('Escape')

  await chooseFromMenu(page, 'More for Sample allocation', 'Archive…')
  const sure = await dialogOf(page)
  await sure.getByText('Its 3 leads stay, with their history.').waitFor()
  await press(page, sure.getByRole('button', { name: 'Archive' }))
  await hears(page, /^Sample allocation is archived/)
  await tabTo(page, page.getByRole('switch', { name: 'Show archived' }))
  await page.keyboard.press('Space')
  await page.waitForURL('**/campaigns?archived=true')
  await chooseFromMenu(page, 'More for Sample allocation', 'Take up again')
  await hears(page, /^Sample allocation is back/)
  await client.changeAllocation(target.allocation_id, { started: true })
})

test('a name that somebody else changed is not overwritten unseen', async () => {
  const made = await client.createCampaign({ template_id: night.body.template_id, name: 'Autumn' })
  if (!made.ok) throw new Error(made.body.detail)
  const page = await open('/campaigns', { as: manager })
  await chooseFromMenu(page, 'More for Autumn', 'Rename…')
  const dialog = await dialogOf(page)
  await client.changeCampaign(made.body.campaign_id, { name: 'Autumn 2027' })
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Fall')
  await page.keyboard.press('Enter')
  await dialog.getByText('it is called Autumn 2027 now').waitFor()
  expect(await dialog.getByLabel('Name of the campaign').inputValue()).toBe('Fall')
  await page.keyboard.press('Enter')
  await hears(page, /^It is called Fall now/)
})

test('the next leads are named, and a lead that waits says until when', async () => {
  const { template_id } = night.body
  const campaign = await client.createCampaign({ template_id, name: 'Winter' })
  if (!campaign.ok) throw new Error(campaign.body.detail)
  const { campaign_id } = campaign.body
  const made = await client.createAllocation({ campaign_id, name: 'South', started: true })
  if (!made.ok) throw new Error(made.body.detail)
  const { allocation_id } = made.body
  for (const [Name, Phone, callback] of [
    ['Aroha Ngata', '021 123 4501', undefined],
    ['Tane Walker', '021 123 4502', { local: '2027-03-03T10:00' }],
  ] as const) {
    const answer = await client.createLead({ allocation_id, fields: { Name, Phone }, callback })
    if (!answer.ok) throw new Error(answer.body.detail)
  }
  // A team lead looks, and changes nothing.
  const page = await open(`/allocations/${allocation_id}`, { as: lead })
  await page.getByRole('row').filter({ hasText: 'Aroha Ngata' }).getByText('New').waitFor()
  expect(await page.getByRole('button', { name: /^(Start|Stop|More)/ }).count()).toBe(0)
  await typeInto(page, page.getByLabel('Name, number or id'), 'tane')
  await page.keyboard.press('Enter')
  await page.getByText(/It waits for its callback\. Next try Wed 3 Mar 2027 10:00/).waitFor()
  await typeInto(page, page.getByLabel('Name, number or id'), 'nobody')
  await page.keyboard.press('Enter')
  await page.getByText('No lead of this allocation fits.').waitFor()
})

test('a virtual allocation says what it draws on; its leads are counted once, and none are sent to it', async () => {
  const campaign = await client.createCampaign({ template_id: night.body.template_id, name: 'Autumn' })
  if (!campaign.ok) throw new Error(campaign.body.detail)
  const { campaign_id } = campaign.body
  const made = async (name: string, more: Partial<NewAllocation> = {}) => {
    const answer = await client.createAllocation({ campaign_id, name, started: true, ...more })
    if (!answer.ok) throw new Error(answer.body.detail)
    return answer.body.allocation_id
  }
  const [east, west] = [await made('East'), await made('West')]
  for (const [allocation_id, Name, Phone] of [
    [east, 'Ana Ellis', '021 123 4601'],
    [west, 'Rewi Moana', '021 123 4602'],
  ] as const)
    await client.createLead({ allocation_id, fields: { Name, Phone } })
  const members = [
    { allocation_id: east, share: 3 },
    { allocation_id: west, share: 1 },
  ]
  const both = await made('Both', { draws: { by: 'ratio', members } })

  const page = await open('/campaigns', { as: manager })
  const part = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { level: 3, name: 'Autumn' }) })
  await part.getByText('Virtual').waitFor()
  // The sum, and the virtual one itself.
  await expect.poll(() => part.getByText('2 new').count()).toBe(2)

  await page.goto(`${leadline.url}/allocations/${both}`)
  const draws = page.getByRole('region', { name: 'Draws on' })
  await draws.getByText('75 %').waitFor()
  await draws.getByText('25 %').waitFor()
  await page.getByRole('row').filter({ hasText: 'Ana Ellis' }).waitFor()
  expect(await page.getByRole('heading', { name: 'Why not this lead?' }).count()).toBe(0)
  expect(await page.getByRole('link', { name: 'Show its leads' }).count()).toBe(0)
  expect(await axeFinds(page)).toEqual([])
  await draws.getByRole('link', { name: 'East' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'East' }).waitFor()

  await page.goto(`${leadline.url}/leads/new?allocation=${both}`)
  const into = page.getByRole('combobox', { name: 'Allocation' })
  await into.waitFor()
  expect(await into.inputValue()).not.toBe('Both')
  await into.click()
  await page.getByRole('option', { name: 'East' }).waitFor()
  expect(await page.getByRole('option', { name: 'Both' }).count()).toBe(0)
})

test('an agent is told that this is for others', async () => {
  const page = await open('/campaigns', { as: agent })
  await page.getByRole('heading', { name: 'You don’t have access' }).waitFor()
  expect(await page.getByRole('link', { name: 'Campaigns' }).count()).toBe(0)
})
