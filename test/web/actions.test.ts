// Actions on the screen, with the keyboard alone, against a target that answers.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import type { NewAction } from '../../src/client/api.ts'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { choose, dialogCloses, focusIsOn, press, tabTo, typeInto } from './keyboard-names.ts'
import { screensOf, toast } from './lead-screens.ts'

/** What came, and what it is answered. */
const came: { path: string; body: string; authorization: string | undefined }[] = []
let answer = 200
const crm = createServer(async (request, response) => {
  came.push({
    path: request.url!,
    body: await text(request),
    authorization: request.headers.authorization,
  })
  response.writeHead(answer).end()
})
await new Promise<void>((listening) => crm.listen(0, '127.0.0.1', listening))
afterAll(() => crm.close())
const host = `127.0.0.1:${(crm.address() as AddressInfo).port}`

const leadline = await startLeadline({ actions: { private_hosts: [host] } })
const { client } = leadline
const { jane, others } = screensOf(leadline)
const open = browserAt(leadline.url)
const manager = await leadline.asOperator('manager')

async function actionNamed(wanted: string) {
  const found = await client.actions({ limit: 500 })
  if (!found.ok) throw new Error(found.body.detail)
  const action = found.body.items.find(({ name }) => name === wanted)
  if (!action) throw new Error(`there is no action ${wanted}`)
  return action
}

const insert = async (page: Page, name: string) => {
  await tabTo(page, 'Insert a placeholder')
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
}

test('an action is made with placeholders from a list, tried on a lead, and sends exactly that', async () => {
  const id = await jane()
  const page = await open('/actions', { as: manager })
  await page.getByText('No actions yet.').waitFor()
  await press(page, 'Make an action')
  await focusIsOn(page, 'Name')
  await page.keyboard.type('Tell the CRM')
  await typeInto(page, 'Address', `http://${host}/sold/`)
  await typeInto(page, 'Headers', 'Authorization: Bearer s3cret')
  await typeInto(page, 'Body', '{"name": ""}')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await insert(page, 'Name')
  await focusIsOn(page, 'Body')
  await expect.poll(() => page.getByLabel('Body').inputValue()).toBe('{"name": "${Name}"}')
  await tabTo(page, 'Address', 'Shift+Tab')
  await page.keyboard.press('End')
  await insert(page, 'Lead number')
  await expect.poll(() => page.getByLabel('Address').inputValue()).toBe(`http://${host}/sold/\${njLead}`)
  expect(await axeFinds(page)).toEqual([])
  await press(page, 'Make the action')
  await toast(page, /^The action Tell the CRM is there/)
  // The secret is not shown again.
  await expect.poll(() => page.getByLabel('Headers').inputValue()).toBe('Authorization: ***')

  await press(page, 'Show it')
  await page.getByText('This would go out.').waitFor()
  const request = page.locator('pre')
  await request.getByText(`POST http://${host}/sold/${id}`).waitFor()
  expect(await request.innerText()).toContain('{"name": "Jane Citizen"}')
  expect(await axeFinds(page)).toEqual([])
  expect(came).toEqual([])

  const { action_id } = await actionNamed('Tell the CRM')
  await client.changeDispositionActions(1, 'Sale', { action_ids: [action_id] })
  await others(id, { disposition: 'Sale' })
  await page.goto('/actions')
  const run = page.getByRole('row').filter({ hasText: id })
  await run.getByText('Done').waitFor()
  await run.getByText('answered 200').waitFor()
  expect(came).toEqual([
    { path: `/sold/${id}`, body: '{"name": "Jane Citizen"}', authorization: 'Bearer s3cret' },
  ])
  expect(await axeFinds(page)).toEqual([])
})

test('failing runs are found, and run again once the target is mended', async () => {
  answer = 404
  const id = await jane()
  await others(id, { disposition: 'Sale' })
  const page = await open('/actions', { as: manager })
  await page.getByRole('heading', { name: 'Runs' }).waitFor()
  await choose(page, 'State', 'Failed')
  await page.waitForURL('**/actions?state=failed')
  const run = page.getByRole('row').filter({ hasText: id })
  await run.getByText('answered 404').first().waitFor()
  answer = 200
  await run.getByRole('button', { name: `Run again: Tell the CRM for ${id}` }).focus()
  await page.keyboard.press('Enter')
  await toast(page, 'It runs again.')
  await choose(page, 'State', 'Done')
  await page.getByRole('row').filter({ hasText: id }).getByText('answered 200').waitFor()
})

test('what cannot be is said at its field; a change beside somebody else’s is not lost', async () => {
  const { action_id } = await actionNamed('Tell the CRM')
  const page = await open(`/actions/${action_id}`, { as: manager })
  await page.getByRole('heading', { name: 'Tell the CRM' }).waitFor()
  await typeInto(page, 'Body', '{"name": ${Name}}')
  await press(page, 'Save')
  await page.getByText('This must be JSON. Put each placeholder between quotes.').waitFor()
  await focusIsOn(page, 'Body')
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText('{"who": "${Nobody}"}')
  await press(page, 'Save')
  await page.getByText('No template has the field Nobody.').waitFor()
  await page.getByLabel('Body').focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText('{"who": "${Name}"}')
  const now = await actionNamed('Tell the CRM')
  const config = now.config as { method: 'POST'; url: string }
  expect((await client.changeAction(action_id, { name: 'Told', kind: 'url', config })).ok).toBe(true)
  await press(page, 'Save')
  await page.getByText('Someone changed this action meanwhile. It is called Told now.').waitFor()
  expect(await page.getByLabel('Body').inputValue()).toBe('{"who": "${Name}"}')
  expect(await axeFinds(page)).toEqual([])
  await press(page, 'Save')
  await toast(page, 'Tell the CRM is saved.')
  expect((await actionNamed('Tell the CRM')).config).toMatchObject({ body: '{"who": "${Name}"}' })
  await page.getByRole('button', { name: 'Delete…' }).focus()
  await page.keyboard.press('Enter')
  await focusIsOn(page, 'Cancel')
  await press(page, 'Delete the action')
  await page.getByText('It cannot be deleted. Turn it off instead.').waitFor()
})

test('a trial of a decision names the action that would come next', async () => {
  const made = async (action: NewAction) => {
    const answer = await client.createAction(action)
    if (!answer.ok) throw new Error(answer.body.detail)
    return answer.body.action_id
  }
  await jane()
  const then_action_id = await made({ name: 'Put it on our list', kind: 'dnc', config: { list: 'private' } })
  const condition = { field: 'City', op: 'equals', value: 'Melbourne' }
  const id = await made({ name: 'Decide', kind: 'conditional', config: { condition, then_action_id } })
  const page = await open(`/actions/${id}`, { as: manager })
  await press(page, 'Show it')
  await page.getByText('The condition holds. Then starts: Put it on our list.').waitFor()
})

test('nobody leaves an action that is typed half', async () => {
  const page = await open('/actions/new', { as: manager })
  await focusIsOn(page, 'Name')
  await page.keyboard.type('Half an action')
  await page.getByRole('link', { name: 'Campaigns', exact: true }).focus()
  await page.keyboard.press('Enter')
  const asked = page.getByRole('dialog', { name: 'Leave without saving?' })
  await focusIsOn(page, 'Stay here')
  await page.keyboard.press('Enter')
  await asked.waitFor({ state: 'detached' })
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Half an action')
})

test('each kind can be made', async () => {
  const page = await open('/actions/new', { as: manager })
  const make = async (name: string, kind: string, fill: () => Promise<unknown>) => {
    await page.goto('/actions/new')
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel(kind).check()
    await fill()
    await page.getByRole('button', { name: 'Make the action' }).click()
    await page.waitForURL(/\/actions\/\d+$/)
    await page.getByRole('button', { name: 'Show it' }).click()
    await page
      .getByRole('status')
      .filter({ hasText: /would|run/ })
      .waitFor()
    return (await actionNamed(name)).config
  }
  expect(
    await make('Mail', 'Send an e-mail', async () => {
      await page.getByLabel('To').fill('boss@example.com')
      await page.getByLabel('Subject').fill('Sold to ${Name}')
      await page.getByLabel('Text', { exact: true }).fill('Well done')
    }),
  ).toEqual({ to: 'boss@example.com', subject: 'Sold to ${Name}', text: 'Well done' })
  expect(await make('List', 'Do not call', () => page.getByLabel(/^The list of the lead/).check())).toEqual({
    list: 'campaign',
  })
  const { action_id } = await actionNamed('List')
  expect(
    await make('Third', 'Decide by the attempt', () => page.getByLabel('Then start').selectOption('List')),
  ).toEqual({ attempt: 3, then_action_id: action_id })
  expect(
    await make('Rich', 'Decide by a value', async () => {
      await page.getByLabel('Field').selectOption('City')
      await page.getByLabel('Value', { exact: true }).fill('Toorak')
      await page.getByLabel('Then start').selectOption('List')
    }),
  ).toEqual({ condition: { field: 'City', op: 'equals', value: 'Toorak' }, then_action_id: action_id })
  expect(
    await make('Twice', 'Copy the lead', () =>
      page.getByLabel('Into which allocation?').selectOption({ index: 1 }),
    ),
  ).toMatchObject({ allow_duplicates: false })
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('button', { name: 'Delete the action' }).click()
  await page.waitForURL('**/actions')
  await dialogCloses(page)
})

test('others have no access, and the pages fit a phone', async () => {
  const theirs = await open('/actions', { as: await leadline.asOperator('lead') })
  await theirs.getByText('This page is for managers and administrators.').waitFor()
  for (const path of ['/actions', '/actions/new']) {
    const page = await open(path, { as: manager, width: 360 })
    await page.getByRole('combobox').first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  }
})
