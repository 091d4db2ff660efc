// Outcome sets by keyboard alone: a set is made, an outcome added and changed after its review, and tried out.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople, outcome } from '../support/people.ts'
import { axeFinds } from './axe.ts'
import { choose, dialogOf, press, typeInto } from './keyboard.ts'
import { hasFocus, hears } from './lead-screens.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const open = browserAt(leadline.url)
const manager = await leadline.asOperator('manager')
const lead = await leadline.asOperator('lead')
await insertPeople(client, target, 3)
await outcome(client, target, 1, { njDisposition: 'No Answer' })

const set = async (id: number) => {
  const answer = await client.dispositionSet(id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}

test('a set is copied, gets an outcome, and the sentence says what it does', async () => {
  const page = await open('/outcomes', { as: manager })
  await press(page, page.getByRole('button', { name: 'New outcome set' }))
  await dialogOf(page)
  await page.keyboard.type('Solar')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Solar' }).waitFor()
  const id = Number(page.url().split('/').at(-1))
  await press(page, page.getByRole('button', { name: 'New outcome', exact: true }))
  const dialog = await dialogOf(page)
  await page.keyboard.type('Info Pack')
  await choose(page, dialog.getByLabel('When the lead comes back'), 'the next day')
  await typeInto(page, dialog.getByLabel('Calls after the first'), '1')
  await dialog.getByText('again the next day, at most 1 more time, then closed.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('Enter')
  await hears(page, /^Info Pack is added/)
  await page.getByText('After Info Pack: again the next day, at most 1 more time, then closed.').waitFor()
  expect((await set(id)).dispositions.find(({ code }) => code === 'Info Pack')).toMatchObject({
    kind: 'retry',
    next_day: true,
    delay_s: null,
    redials_max: 1,
  })
})

test('a change shows the old sentence and the new one, and the leads that have the outcome', async () => {
  const page = await open('/outcomes/1', { as: manager })
  await press(page, page.getByRole('button', { name: 'Change No Answer' }))
  const dialog = await dialogOf(page)
  await choose(page, dialog.getByLabel('When the lead comes back'), 'after a while')
  await typeInto(page, dialog.getByLabel('After how long'), '90')
  await choose(page, dialog.getByLabel('Unit'), 'minutes')
  await press(page, dialog.getByRole('button', { name: 'Review' }))
  await dialog.getByText('1 lead is affected.').waitFor()
  await dialog
    .getByRole('row', { name: /the next day, at most 4.*after 1 hour 30 minutes, at most 4/ })
    .waitFor()
  // Somebody is faster.
  await client.changeDisposition(1, 'No Answer', { priority: 20 })
  await page.keyboard.press('Enter')
  await dialog.getByText('Somebody else changed this meanwhile').waitFor()
  await dialog.getByRole('row', { name: /Priority 12 20/ }).waitFor()
  await press(page, dialog.getByRole('button', { name: 'Review' }))
  await dialog.getByText('1 lead is affected.').waitFor()
  await page.keyboard.press('Enter')
  await hears(page, /^No Answer is saved/)
  expect((await set(1)).dispositions.find(({ code }) => code === 'No Answer')).toMatchObject({
    delay_s: 5_400,
    next_day: false,
    redials_max: 4,
    priority: 20,
  })
})

test('an outcome chooses its actions, in an order, beside a change of somebody else', async () => {
  const made = async (name: string) => {
    const answer = await client.createAction({ name, kind: 'dnc', config: { list: 'private' } })
    if (!answer.ok) throw new Error(answer.body.detail)
    return answer.body.action_id
  }
  const [first, second] = [await made('Block it'), await made('Block it again')]
  const page = await open('/outcomes/1', { as: manager })
  await press(page, page.getByRole('button', { name: 'Actions of Busy' }))
  const dialog = await dialogOf(page)
  await dialog.getByText('This outcome starts no action yet.').waitFor()
  const another = dialog.getByLabel('Another action')
  const add = dialog.getByRole('button', { name: 'Add', exact: true })
  await choose(page, another, 'Block it')
  await press(page, add)
  await choose(page, another, 'Block it again')
  await press(page, add)
  await press(page, dialog.getByRole('button', { name: 'Move Block it again up' }))
  await hears(page, /^Block it again is number 1 of 2 now/)
  await hasFocus(page, /^Move Block it again up/)
  expect(await axeFinds(page)).toEqual([])
  await client.changeDisposition(1, 'Busy', { priority: 21 })
  await press(page, dialog.getByRole('button', { name: 'Save' }))
  await dialog.getByText('Saved for this outcome now: no action.').waitFor()
  await press(page, dialog.getByRole('button', { name: 'Save' }))
  await hears(page, /^The actions of Busy are saved/)
  const answer = await client.dispositionActions(1, 'Busy')
  expect(answer.ok && answer.body.items.map(({ action_id }) => action_id)).toEqual([second, first])
})

test('what is Global is read by a manager of a team, who makes sets for that team', async () => {
  for (const name of ['West', 'East']) await client.createTeam({ name })
  const bound = await leadline.asOperator('manager', ['West', 'East'])
  const page = await open('/outcomes/1', { as: bound })
  await page.getByText('It is Global: every team uses it').waitFor()
  expect(await page.getByRole('button', { name: /^(Change|More|New outcome)/ }).count()).toBe(0)
  await press(page, page.getByRole('button', { name: 'Actions of Busy' }))
  await dialogOf(page)
  await page.keyboard.press('Escape')

  await page.goto('/outcomes')
  await press(page, page.getByRole('button', { name: 'New outcome set' }))
  const dialog = await dialogOf(page)
  await page.keyboard.type('Wind')
  await choose(page, dialog.getByLabel('Team'), 'East')
  await press(page, dialog.getByRole('button', { name: 'Make the set' }))
  await page.getByRole('heading', { level: 1, name: 'Wind' }).waitFor()
  await page.getByRole('button', { name: 'New outcome', exact: true }).waitFor()
  expect(await set(Number(page.url().split('/').at(-1)))).toMatchObject({ team: 'East' })
})

test.for([
  ['with the browser’s own times', false],
  ['in a browser that has no Temporal', true],
] as const)('outcomes are tried one after the other, %s', async ([, without_temporal]) => {
  const page = await open('/login', { as: lead })
  if (without_temporal)
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'Temporal')
    })
  await page.goto('/outcomes/1')
  await typeInto(page, page.getByLabel('The lead comes in'), '1 Mar 2027 10:00')
  await page.keyboard.press('Tab')
  await page.getByText('First call Mon 1 Mar 2027 10:00').waitFor()
  const calls = page.getByRole('list', { name: 'Calls' }).getByRole('listitem')
  const give = (code: string) => press(page, page.getByRole('button', { name: code, exact: true }))
  await give('Busy')
  await expect.poll(() => calls.last().innerText()).toMatch(/called again Mon 1 Mar 2027 10:15/)
  await give('Answering Machine')
  // The law of Australia opens at nine.
  await expect.poll(() => calls.last().innerText()).toMatch(/called again Tue 2 Mar 2027 09:00/)
  await give('Client Approved Callback')
  await expect.poll(() => calls.last().innerText()).toMatch(/because no time is agreed/)
  await typeInto(page, page.getByLabel('Agreed time of call 3'), '7 Mar 2027 15:00')
  await page.keyboard.press('Tab')
  // Never on a Sunday.
  await expect.poll(() => calls.last().innerText()).toMatch(/called again Mon 8 Mar 2027 09:00/)
  await give('Sale')
  // The outcomes are gone; the focus is not.
  await hasFocus(page, /^Take back the last/)
  await expect.poll(() => calls.last().innerText()).toMatch(/Sale\s+closed/)
  expect(await page.getByRole('group', { name: /^Outcome of call/ }).count()).toBe(0)
  await press(page, page.getByRole('button', { name: 'Take back the last' }))
  await expect.poll(() => calls.count()).toBe(3)
  expect(await page.getByRole('button', { name: /^(Change|New outcome)/ }).count()).toBe(0)
})

test('an outcome that was used is not deleted, and one that nobody used is', async () => {
  const added = await client.createDisposition(1, { code: 'Letter', kind: 'final' })
  expect(added.ok).toBe(true)
  await outcome(client, target, 2, { njDisposition: 'Letter' })
  const page = await open('/outcomes/1', { as: manager })
  await press(page, page.getByRole('button', { name: 'Change Letter' }))
  let dialog = await dialogOf(page)
  await press(page, dialog.getByRole('button', { name: 'Delete…' }))
  dialog = await dialogOf(page)
  await dialog.getByText('Calls have this outcome, so it stays. Switch it off instead').waitFor()
  await page.keyboard.press('Escape')

  await client.createDisposition(1, { code: 'Fax Back', kind: 'final' })
  await page.reload()
  await press(page, page.getByRole('button', { name: 'Change Fax Back' }))
  dialog = await dialogOf(page)
  await press(page, dialog.getByRole('button', { name: 'Delete…' }))
  dialog = await dialogOf(page)
  await press(page, dialog.getByRole('button', { name: 'Delete', exact: true }))
  await hears(page, /^Fax Back is deleted/)
})
