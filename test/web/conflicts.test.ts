// The inbox: updates that met another change wait here for a person.

import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import type { LeadlineClient } from '../../src/client/client.ts'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { hasFocus, screensOf, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { jane, others, senderNamed, view } = screensOf(leadline)
const open = browserAt(leadline.url)
const lead = await leadline.asOperator('lead')
const second = await leadline.asOperator('lead')
const manager = await leadline.asOperator('manager')
const agent = await leadline.asOperator('agent')

let externals = 0

/** An update of the classic API wants Joan of Geelong. */
const wants = (njExternalLeadId: string) =>
  client.updateLeadFast(
    target,
    {
      njExternalLeadId,
      FirstPhone: '<NO CHANGE>',
      Name: 'Joan',
      City: 'Geelong',
      njVersion: 1,
      njDisposition: 'Busy',
    },
    {},
  )

/** It was answered 110: the lead is called Jo by now. */
async function held(by?: LeadlineClient): Promise<string> {
  const external_id = `CRM-${++externals}`
  const id = await jane({ external_id })
  await others(id, { fields: { Name: 'Jo' } }, by)
  expect((await wants(external_id)).code).toBe(110)
  return id
}

// Nothing is left of the test before.
beforeEach(async () => {
  const { body } = await client.conflicts({ limit: 500 })
  if (!('items' in body)) throw new Error(body.detail)
  await Promise.all(
    body.items.map(({ conflict_id }) =>
      client.settleConflict(conflict_id, { dismiss: true, reason: 'done' }),
    ),
  )
})

test('a held change is settled side by side with the lead; its row says who, what and since when', async () => {
  const id = await held(await senderNamed('Back office'))
  const page = await open('/conflicts', { as: lead })
  const row = page.getByRole('row').filter({ hasText: id })
  await row.getByText('1 conflict').waitFor()
  await row.getByText('Name Jane Citizen → Joan (now Jo)').waitFor()
  await row.getByText('City Melbourne → Geelong').waitFor()
  await row.getByText('<1 min', { exact: true }).waitFor()
  expect((await row.boundingBox())!.height).toBeLessThanOrEqual(46)
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Jo: 1 change held' }).waitFor()
  await hasFocus(page, /^Name, conflict 1 of 1, was Jane Citizen$/)
  await page.getByText('Details', { exact: true }).click()
  await page.getByText('The sender was told that the change waits').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.getByText('Details', { exact: true }).click()
  await page.getByRole('radio', { name: /^Apply / }).click()
  await page.keyboard.press('Control+Enter')
  await page.getByText('No conflicts wait.').waitFor()
  expect(await view(id)).toMatchObject({ disposition: 'Busy', fields: { Name: 'Joan', City: 'Geelong' } })

  await page.getByLabel('State').selectOption('Settled')
  await page.getByRole('link', { name: 'Joan' }).click()
  // What was taken from whom and what was given up, by name; one key gives it back, and its undo takes it again.
  await page.getByText(/^You settled bootstrap’s change: took bootstrap’s .*Name/).waitFor()
  const decided = page
    .getByRole('list', { name: 'Values taken and given up' })
    .getByRole('listitem')
    .filter({ has: page.getByText('Name', { exact: true }) })
  const told = await decided.locator('dl > div').allInnerTexts()
  expect(told.map((each) => each.split(/\n+/).slice(0, 2))).toEqual([
    ['Took bootstrap’s', 'Joan'],
    ['Back office’s was', 'Jo'],
    ['Before', 'Jane Citizen'],
  ])
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('r')
  await toast(page, 'Back office’s Name is restored.')
  expect((await view(id)).fields).toMatchObject({ Name: 'Jo', City: 'Geelong' })
  await page.getByText('The lead has this now.').waitFor()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await decided.getByRole('button', { name: 'Restore Back office’s: Name Jo' }).waitFor()
  expect((await view(id)).fields.Name).toBe('Joan')
  await page.getByRole('button', { name: 'Open it again' }).press('Enter')
  await toast(page, 'Undone. The conflict is open again.')
  expect((await view(id)).fields.Name).toBe('Jo')
})

test('one is settled after the other, in the order and by the filters of the list', async () => {
  const ids = [await held(), await held(), await held()]
  const page = await open('/conflicts', { as: lead })
  await page.getByLabel('Fields').selectOption('Name')
  await page.getByRole('row').filter({ hasText: ids[0] }).getByRole('link').click()
  await page.getByText('1 of 3').waitFor()
  await page.getByRole('link', { name: 'Next conflict' }).click()
  await page.getByText('2 of 3').waitFor()
  await page.getByRole('radio', { name: /^Keep (?!old)/ }).click()
  await page.keyboard.press('Control+Enter')
  await page.getByText('2 of 2').waitFor()
  await page.getByText('You decided Jo.').waitFor()
  expect(new URL(page.url()).searchParams.get('group')).toBe('fields.Name')
  // Whoever has it, and whoever looks at it, is seen in the list.
  await page.getByRole('button', { name: 'With nobody' }).click()
  await page.getByRole('menuitem', { name: 'Assign to me' }).click()
  await page.getByRole('button', { name: 'With you' }).waitFor()
  const other = await open(`/conflicts?assigned=${lead.operator.operator_id}`, { as: second })
  const row = other.getByRole('row').filter({ hasText: ids[2] })
  await row.getByText(`${lead.operator.name} is on it`).waitFor()
  await other.getByText('1 conflict', { exact: true }).first().waitFor()
})

test('65 of one kind are decided at once and undone at once', async () => {
  const ids = await Promise.all(Array.from({ length: 65 }, () => held()))
  const page = await open('/conflicts', { as: lead })
  // The way back from one leads to the filters and the place that the list had.
  await page.getByLabel('Fields').selectOption('Name')
  const far = page.locator('a[data-opens]').nth(40)
  await far.click()
  await page.getByText('41 of 65').waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Conflicts', exact: true }).click()
  await page.waitForURL('**/conflicts?group=fields.Name')
  await expect.poll(async () => (await far.boundingBox())?.y).toBeLessThan(800)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  // One that has moved on since the look at it is left.
  await page.getByRole('button', { name: /^Decide all….*bootstrap · Name$/ }).click()
  await page.getByRole('radio', { name: 'Apply the change' }).check()
  await page.getByText('65 conflicts can be decided together.').waitFor()
  await page.getByText('Some of them, with the result').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await others(ids[7]!, { fields: { Name: 'Jack' } })
  await page.getByRole('button', { name: 'Settle 65' }).click()
  await page.getByText('64 conflicts are settled.').waitFor()
  await page.getByText('Jack the lead was changed meanwhile').waitFor()
  expect((await view(ids[0]!)).fields).toMatchObject({ Name: 'Joan', City: 'Geelong' })
  await page.getByRole('button', { name: 'Undo all 64' }).click()
  await page.getByText('64 conflicts are open again').waitFor()
  for (const id of [ids[0]!, ids[64]!]) expect((await view(id)).fields.Name).toBe('Jo')
  await page.getByRole('button', { name: 'Close' }).last().click()
  await page.goto('/conflicts/rules')
  await page.getByRole('row').filter({ hasText: 'Apply the change' }).waitFor()
})

test('after one is decided, the same is offered for all like it', async () => {
  const ids = [await held(), await held(), await held()]
  const page = await open(`/conflicts?group=fields.Name`, { as: lead })
  await page.getByRole('row').filter({ hasText: ids[0] }).getByRole('link').click()
  await page.getByRole('radio', { name: /^Keep (?!old)/ }).click()
  await page.keyboard.press('Control+Enter')
  await page.getByRole('button', { name: 'Do the same for 2 like this…' }).click()
  await page.getByText('Name Jo stays as it is').first().waitFor()
  await page.getByRole('button', { name: 'Settle 2' }).click()
  await page.getByText('2 conflicts are settled.').waitFor()
  for (const id of ids) expect((await view(id)).fields).toMatchObject({ Name: 'Jo', City: 'Geelong' })
})

test('what no longer conflicts is applied without a question, all of it at once', async () => {
  const ids = [await held(), await held()]
  for (const id of ids) await others(id, { fields: { Name: 'Jane Citizen' } })
  const page = await open('/conflicts', { as: lead })
  await page.getByRole('button', { name: 'Apply 2 that no longer conflict' }).click()
  await page.getByRole('button', { name: 'Settle 2' }).click()
  await page.getByText('2 conflicts are settled.').waitFor()
  for (const id of ids) expect((await view(id)).fields).toMatchObject({ Name: 'Joan', City: 'Geelong' })
})

test('a change is dismissed with a reason, which stays on record', async () => {
  const id = await held()
  const page = await open(`/conflicts?lead_id=${id}`, { as: lead })
  await page.getByRole('link', { name: 'Jo', exact: true }).click()
  await page.getByRole('button', { name: 'Dismiss…' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('an old export')
  await page.getByRole('dialog').getByRole('button', { name: 'Dismiss' }).click()
  await page.waitForURL('**/conflicts?lead_id=*')
  expect((await view(id)).fields.Name).toBe('Jo')
  await page.getByLabel('State').selectOption('Dismissed')
  await page.getByRole('link', { name: 'Jo', exact: true }).click()
  await page.getByText('an old export').waitFor()
  await page.getByText(/^You dismissed bootstrap’s change/).waitFor()
})

test('the slower of two who settle is told who was faster, and what was decided', async () => {
  const id = await held()
  const page = await open(`/conflicts?lead_id=${id}`, { as: lead })
  await page.getByRole('link', { name: 'Jo', exact: true }).click()
  await page.getByRole('radio', { name: /^Apply / }).click()
  const conflict_id = Number(new URL(page.url()).pathname.split('/').at(-1))
  const decisions = { 'fields.Name': { take: 'theirs' as const } }
  const { version } = await view(id)
  expect((await second.settleConflict(conflict_id, { lead_version: version, decisions })).ok).toBe(true)
  await page.keyboard.press('Control+Enter')
  await page.getByText(`${second.operator.name} was faster`).waitFor()
  await page.getByText(`${second.operator.name} settled bootstrap’s change`).waitFor()
})

test('a manager makes a rule of a group, which settles what comes, and revokes it', async () => {
  await held()
  const page = await open('/conflicts', { as: manager })
  await page.getByRole('button', { name: /^Make this a rule…/ }).click()
  await page.getByRole('radio', { name: 'The lead wins' }).check()
  await page.getByLabel('Reason').fill('the floor knows the names')
  await page.getByLabel(/^Also settle the 1 conflict/).check()
  expect(await axeFinds(page)).toEqual([])
  await page.getByRole('button', { name: 'Make the rule' }).click()
  await page.getByText('The rule is made. It settled 1 conflict.').first().waitFor()
  const external_id = `CRM-${++externals}`
  const id = await jane({ external_id })
  await others(id, { fields: { Name: 'Jo' } })
  expect(await wants(external_id)).toMatchObject({ code: 0 })
  expect((await view(id)).fields).toMatchObject({ Name: 'Jo', City: 'Geelong' })
  await page.goto('/conflicts/rules')
  const row = page.getByRole('row').filter({ hasText: 'the floor knows the names' })
  await row.getByText('2', { exact: true }).waitFor()
  await page.getByText('Conflicts a day').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await row.getByRole('button', { name: /^Revoke/ }).click()
  await row.getByText(`Revoked by ${manager.operator.name}`).waitFor()
  expect((await client.conflictRules()).body).toMatchObject({ items: [{ in_force: false }] })
})

test('an agent hands a change over with a note, follows it, and takes it back', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByLabel('Name', { exact: true }).fill('Joan Citizen')
  await others(id, { fields: { Name: 'Jo' } })
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/merge')
  await page.getByRole('button', { name: 'Ask a team lead…' }).click()
  await page.getByLabel('What should they know?').fill('She spelled it for me')
  expect(await axeFinds(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click()
  await page.waitForURL(`**/leads/${id}`)
  const inbox = await open(`/conflicts?lead_id=${id}`, { as: lead })
  await inbox.getByRole('link', { name: 'Jo', exact: true }).click()
  await inbox.getByText('She spelled it for me').waitFor()
  expect(await axeFinds(inbox)).toEqual([])

  // The badge of the lead leads to what the agent handed over.
  await page.getByRole('link', { name: /^1 conflict/ }).click()
  await page.getByText('Note: She spelled it for me').waitFor()
  await page.reload()
  await page.getByText('Note: She spelled it for me').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.getByRole('button', { name: 'Take back the change of Jo' }).click()
  await page.waitForURL(`**/leads/${id}`)
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Joan Citizen')
  await page.goto('/conflicts/handed-over')
  await page.getByText('Taken back').waitFor()
})

test('an agent hands a change over to the colleague who is on the lead, and who settles it', async () => {
  const id = await jane()
  const ben = await leadline.asOperator('agent')
  const { name } = ben.operator
  const his = await open(`/leads/${id}`, { as: ben })
  await his.getByText('No calls or notes yet.').waitFor()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByText(`${name} is viewing`).waitFor()
  // A note of one is seen by the other without a reload.
  await ben.addNote(id, { text: 'She spells it with a K' })
  await page.getByText('She spells it with a K').waitFor({ timeout: 3_000 })
  await page.getByLabel('Name', { exact: true }).fill('Joan Citizen')
  await others(id, { fields: { Name: 'Jo' } }, ben)
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/merge')
  await page.getByText(`${name} is on this lead now.`).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.getByRole('button', { name: `Hand over to ${name}…` }).click()
  await page.getByLabel('What should they know?').fill('Her passport says Joan')
  await page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click()
  await toast(page, `Handed over to ${name}.`)

  await his.getByRole('link', { name: '1 change handed to you' }).click()
  await his.getByRole('link', { name: 'Handed over 1 open' }).waitFor()
  await his.getByText('Note: Her passport says Joan').waitFor()
  expect(await axeFinds(his)).toEqual([])
  await his.getByRole('row').getByRole('link', { name: 'Jo', exact: true }).click()
  await his.getByText('1 of 1').waitFor()
  await his.getByText('Her passport says Joan').waitFor()
  expect(await axeFinds(his)).toEqual([])
  await his.keyboard.press('1')
  await his.keyboard.press('Control+Enter')
  await toast(his, 'Settled and saved.')
  await his.getByText('Nothing is handed to you.').waitFor()
  expect((await view(id)).fields.Name).toBe('Joan Citizen')
  await his.getByRole('button', { name: 'Undo', exact: true }).click()
  await his.getByRole('row').getByRole('link', { name: 'Jo', exact: true }).click()

  // Whoever cannot tell passes it on; then it is theirs no more.
  await his.getByRole('button', { name: 'Ask a team lead…' }).click()
  await his.getByLabel('What should they know?').fill('I never saw a passport')
  // The way back is faster than what the server says of the change by now.
  await his.route(/\/v1\/conflicts\/\d+$/, async (route) => {
    await sleep(1_000)
    await route.continue()
  })
  await his.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click()
  await his.getByText('Nothing is handed to you.').waitFor()
  await his.goBack()
  await his.getByText('Only a team lead can settle this').waitFor()
  await his.getByRole('link', { name: 'Open the lead' }).click()
  const inbox = await open(`/conflicts?lead_id=${id}`, { as: lead })
  await inbox.getByRole('link', { name: 'Jo', exact: true }).click()
  await inbox.getByText(`${name}: I never saw a passport`).waitFor()
  await inbox.getByText(`${name} is on this lead now.`).waitFor()
  await inbox.getByRole('button', { name: `Hand over to ${name}…` }).click()
  await inbox.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click()
  await inbox.getByRole('button', { name: `With ${name}` }).waitFor()
})

test('agents see neither the inbox nor the way to it', async () => {
  const id = await held()
  const page = await open('/conflicts', { as: agent })
  await page.locator('h1').waitFor()
  expect(await page.getByRole('table').count()).toBe(0)
  await page.goto(`/leads/${id}`)
  await page.getByRole('link', { name: /^1 conflict/ }).waitFor()
  await until('the rail is there', async () => (await page.getByRole('link', { name: 'Leads' }).count()) > 0)
  const rail = page.getByRole('navigation').first()
  expect(await rail.getByRole('link', { name: /onflict/ }).count()).toBe(0)
})

test('at 360 px a conflict is a card', async () => {
  await held()
  const page = await open('/conflicts', { as: lead, width: 360 })
  await page.getByRole('row').filter({ hasText: 'Jo' }).first().waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
})
