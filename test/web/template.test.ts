// The template editor by keyboard alone: rules and order with their review, fields added, changed, retired and taken back.

import { expect, test } from 'vitest'
import type { Template } from '../../src/client/api.ts'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople } from '../support/people.ts'
import { axeFinds } from './axe.ts'
import { choose, dialogOf, press, tabTo, typeInto } from './keyboard.ts'
import { hasFocus, hears } from './lead-screens.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const open = browserAt(leadline.url)
const manager = await leadline.asOperator('manager')
const lead = await leadline.asOperator('lead')
await insertPeople(client, target, 4)

const template = async (): Promise<Template> => {
  const answer = await client.template(target.template_id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}
const address = `/templates/${target.template_id}`
const orderOf = ({ fields }: Template) => fields.filter(({ retired }) => !retired).map(({ name }) => name)

test('a rule and the order of fields are changed together, after their review', async () => {
  const before = orderOf(await template())
  const page = await open(address, { as: manager })
  await choose(page, page.getByLabel('Duplicates in a campaign'), 'Refuse if all numbers are there')
  const down = page.getByRole('button', { name: 'Move Name down' })
  await press(page, down)
  await hears(page, /^Name is number 2 of \d+ now/)
  // The focus goes with the field, so that it can go on.
  await hasFocus(page, /^Move Name down/)
  await page.keyboard.press('Alt+ArrowDown')
  await hears(page, /^Name is number 3/)
  await page.keyboard.press('Alt+ArrowUp')
  await page.getByText('2 unsaved changes').waitFor()
  await page.keyboard.press('Control+s')
  const review = await dialogOf(page)
  await review.getByText('4 leads are affected.').waitFor()
  await review.getByRole('row', { name: /Duplicates.*one number.*all numbers/ }).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('Enter')
  await hears(page, /^Saved\./)
  const after = await template()
  expect(after.duplicate_rule).toBe('all')
  expect(orderOf(after)).toEqual([before[1], before[0], ...before.slice(2)])
})

test('somebody else’s change is shown, and what was typed stays', async () => {
  const page = await open(address, { as: manager })
  await typeInto(page, page.getByLabel('Name', { exact: true }), 'Home loans')
  const other = await client.changeTemplate(target.template_id, { dnc_rule: 'any' })
  expect(other.ok).toBe(true)
  await page.keyboard.press('Control+s')
  const met = page.getByRole('alert')
  await met.getByText('Somebody else changed this meanwhile').waitFor()
  await met.getByRole('row', { name: /Do not call.*all numbers.*one number/ }).waitFor()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Home loans')
  expect((await template()).name).not.toBe('Home loans')
  await page.keyboard.press('Control+s')
  await dialogOf(page)
  await page.keyboard.press('Enter')
  await hears(page, /^Saved\./)
  expect(await template()).toMatchObject({ name: 'Home loans', dnc_rule: 'any' })
})

test('nobody leaves unsaved changes behind by mistake', async () => {
  const page = await open(address, { as: manager })
  await typeInto(page, page.getByLabel('Name', { exact: true }), 'Car loans')
  await press(page, page.getByRole('link', { name: 'Outcomes', exact: true }))
  const asked = await dialogOf(page)
  await asked.getByText('Your changes on this page are not saved.').waitFor()
  await page.keyboard.press('Enter')
  await asked.waitFor({ state: 'detached' })
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Car loans')
  await press(page, page.getByRole('link', { name: 'Outcomes', exact: true }))
  await press(page, (await dialogOf(page)).getByRole('button', { name: 'Leave without saving' }))
  await page.getByRole('heading', { level: 1, name: 'Outcomes' }).waitFor()
})

test('Escape leaves neither a review nor its dialog while a save is on its way', async () => {
  const page = await open(address, { as: manager })
  const patches: (() => void)[] = []
  await page.route('**/v1/templates/**', async (route) => {
    const request = route.request()
    if (request.method() !== 'PATCH' || request.url().includes('dry_run')) return route.continue()
    await new Promise<void>((resolve) => patches.push(resolve))
    await route.fulfill({ status: 500, json: {} })
  })
  const escapeDuringSave = async () => {
    const review = await dialogOf(page)
    await review.getByRole('button', { name: 'Save' }).waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => patches.length).toBe(1)
    await page.keyboard.press('Escape')
    await page.waitForTimeout(300)
    patches.pop()!()
    await review.getByRole('alert').waitFor()
    // Once the refusal has been seen, it goes.
    await page.keyboard.press('Escape')
    await review.waitFor({ state: 'detached' })
  }
  await typeInto(page, page.getByLabel('Name', { exact: true }), 'Bike loans')
  await page.keyboard.press('Control+s')
  await escapeDuringSave()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Bike loans')
  await press(page, page.getByRole('button', { name: 'Discard' }))

  await press(page, page.getByRole('button', { name: 'Change Email' }))
  const dialog = await dialogOf(page)
  await typeInto(page, dialog.getByLabel('Label'), 'E-mail')
  await page.keyboard.press('Enter')
  await dialog.getByText('leads are affected').waitFor()
  await escapeDuringSave()
})

test('a field is added, gets other names and a group, is retired and taken back', async () => {
  const page = await open(address, { as: manager })
  await press(page, page.getByRole('button', { name: 'New field' }))
  let dialog = await dialogOf(page)
  await page.keyboard.type('Roof')
  await choose(page, dialog.getByLabel('Kind'), 'Choice from a list')
  await typeInto(page, dialog.getByLabel('Choices'), 'Tile')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Metal')
  await press(page, dialog.getByRole('button', { name: 'Add the field' }))
  await hears(page, /^Roof is added/)
  expect((await template()).fields.at(-1)).toMatchObject({ kind: 'choice', choices: ['Tile', 'Metal'] })

  await press(page, page.getByRole('button', { name: 'Change Roof' }))
  dialog = await dialogOf(page)
  await typeInto(page, dialog.getByLabel('Other names'), 'rooftype')
  await typeInto(page, dialog.getByLabel('Decide together with'), 'the house')
  await press(page, dialog.getByRole('button', { name: 'Review' }))
  await dialog.getByText('Use letters, digits, - and _ only, without blanks.').first().waitFor()
  await typeInto(page, dialog.getByLabel('Decide together with'), 'the-house')
  await press(page, dialog.getByRole('button', { name: 'Review' }))
  await dialog.getByRole('row', { name: /Other names.*none.*rooftype/ }).waitFor()
  await dialog.getByText('No leads are affected.').waitFor()
  await page.keyboard.press('Enter')
  await hears(page, /^Roof is saved/)
  expect((await template()).fields.at(-1)).toMatchObject({ aliases: ['rooftype'], merge_group: 'the-house' })

  await press(page, page.getByRole('button', { name: 'Change City' }))
  dialog = await dialogOf(page)
  await press(page, dialog.getByRole('button', { name: 'Retire…' }))
  dialog = await dialogOf(page)
  await dialog.getByText('4 leads have a value in it, and keep it.').waitFor()
  await press(page, dialog.getByRole('button', { name: 'Retire', exact: true }))
  await hears(page, /^City is retired/)
  // A double click asks for it once.
  let asked = 0
  page.on('request', (request) => {
    if (request.method() === 'PATCH') asked++
  })
  await page.getByRole('button', { name: 'Take City back' }).dblclick()
  await hears(page, /^City is back/)
  expect(asked).toBe(1)
  expect(orderOf(await template())).toContain('City')
})

test('a field that is added meanwhile comes behind an order that is not saved yet', async () => {
  const before = orderOf(await template())
  const page = await open(address, { as: manager })
  await press(page, page.getByRole('button', { name: 'Move Name down' }))
  await press(page, page.getByRole('button', { name: 'New field' }))
  await dialogOf(page)
  await page.keyboard.type('Budget')
  await page.keyboard.press('Enter')
  await hears(page, /^Budget is added/)
  await page.keyboard.press('Control+s')
  const review = await dialogOf(page)
  await review.getByRole('row', { name: /Order of the fields/ }).waitFor()
  expect(await page.getByText('Somebody else changed this meanwhile').count()).toBe(0)
  await page.keyboard.press('Enter')
  await hears(page, /^Saved\./)
  const at = before.indexOf('Name')
  expect(orderOf(await template())).toEqual([...before.toSpliced(at, 2, before[at + 1]!, 'Name'), 'Budget'])
})

test('what the server refuses is said in words, at the field where there is one', async () => {
  const page = await open(address, { as: manager })
  await press(page, page.getByRole('button', { name: 'New field' }))
  const dialog = await dialogOf(page)
  await page.keyboard.type('email')
  await page.keyboard.press('Enter')
  await dialog.getByText('Another field of this template already has this name.').waitFor()
  const name = dialog.getByLabel('Name', { exact: true })
  await expect.poll(() => name.evaluate((input) => input === document.activeElement)).toBe(true)
  expect(await name.getAttribute('aria-invalid')).toBe('true')
  expect(await name.inputValue()).toBe('email')
  await page.keyboard.press('Escape')

  await press(page, page.getByRole('button', { name: 'Change First phone' }))
  const edit = await dialogOf(page)
  expect(await edit.getByLabel('Kind').isDisabled()).toBe(true)
})

test('a team lead reads it', async () => {
  const page = await open(address, { as: lead })
  await page.getByText('Only a manager can change this.').waitFor()
  expect(await page.getByLabel('Name', { exact: true }).isDisabled()).toBe(true)
  expect(await page.getByRole('button', { name: /^(Change|Move|New field)/ }).count()).toBe(0)
})

test('a field is dragged to another place', async () => {
  const page = await open(address, { as: manager })
  const [first] = orderOf(await template())
  const rows = page.getByRole('list', { name: 'Fields' }).getByRole('listitem')
  await rows.first().locator('[draggable]').dragTo(rows.nth(2))
  await page.getByText('1 unsaved change').waitFor()
  await tabTo(page, page.getByRole('button', { name: 'Review and save' }))
  await page.keyboard.press('Enter')
  await dialogOf(page)
  await page.keyboard.press('Enter')
  await hears(page, /^Saved\./)
  expect(orderOf(await template())[2]).toBe(first)
})
