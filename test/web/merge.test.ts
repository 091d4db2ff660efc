// The merge screen, with real collisions: by keyboard alone, with a third change, a lost connection, and put aside.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { LeadPatch } from '../../src/client/api.ts'
import { browserAt, type Visit } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { focused, hasFocus, hears, screensOf, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane, others, view } = screensOf(leadline)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')
const lead = await leadline.asOperator('lead')

const THEIRS: LeadPatch = {
  fields: { Name: 'Jane M. Citizen', City: 'Ballarat', PostCode: '3350', Email: 'jm@example.com' },
}

/** Mine: Joan of Geelong with another e-mail. Theirs are saved first, then mine meet them. */
async function collide(visit: Visit, theirs = THEIRS): Promise<{ page: Page; id: string }> {
  const id = await jane()
  const page = await open(`/leads/${id}`, visit)
  await page.getByLabel('Name', { exact: true }).fill('Joan Citizen')
  await page.getByLabel('City').fill('Geelong')
  await page.getByLabel('Email').fill('joan@example.com')
  await others(id, theirs)
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/merge')
  // Then its keys work, too.
  await hasFocus(page, /, conflict 1 of/)
  return { page, id }
}
const left = (page: Page, n: number) =>
  page
    .getByText(n === 0 ? 'All decided' : `${n} to decide`, { exact: true })
    .first()
    .waitFor()
const mine = (page: Page, value: string) => page.getByRole('radio', { name: `Keep mine: ${value}` })
const saved = (page: Page, id: string) => page.waitForURL(`**/leads/${id}`)

test('three conflicts are settled with the keyboard alone, a key for each and one to save', async () => {
  const { page, id } = await collide({ as: agent })
  await left(page, 3)
  expect(await page.getByRole('radio', { checked: true }).count()).toBe(0)
  expect(await page.getByRole('button', { name: /^Save merge/ }).getAttribute('aria-disabled')).toBe('true')
  await page.getByRole('heading', { level: 1, name: 'Jane M. Citizen: 3 changes conflict' }).waitFor()
  await hasFocus(page, /^Name, conflict 1 of 3, was Jane Citizen$/)
  // On a row nothing is chosen yet, however often somebody presses Enter.
  for (let i = 0; i < 3; i++) await page.keyboard.press('Enter')
  await hears(page, /^Choose first: 1 is “Keep mine”, 2 is “Use /)
  await left(page, 3)
  await page.keyboard.press('1')
  await hears(page, /Keep mine: chosen\. 2 conflicts left/)
  await hasFocus(page, /Address, conflict 2 of 3/)
  await page.keyboard.press('2')
  await hears(page, /^Use .*: chosen\. 1 conflict left/)
  await page.keyboard.press('0')
  await hears(page, /Everything is decided/)
  await hasFocus(page, /^Save merge/)
  // The fourth key: the last decision leads to the button.
  await page.keyboard.press('Enter')
  await saved(page, id)
  await toast(page, 'Merged and saved.')
  expect(await view(id)).toMatchObject({
    version: 3,
    fields: { Name: 'Joan Citizen', City: 'Ballarat', PostCode: '3350', Email: 'jane@example.com' },
  })

  await page.getByRole('button', { name: 'Undo' }).click()
  await toast(page, /^Undone: the values are as before/)
  expect((await view(id)).fields).toMatchObject({ Name: 'Jane M. Citizen', Email: 'jm@example.com' })
})

test('decisions are undone and done again; what was merged by itself can be turned back', async () => {
  const { page, id } = await collide(
    { as: agent },
    { fields: { Name: 'Jane M. Citizen', SecondPhone: '0383218111' } },
  )
  await left(page, 1)
  await page.keyboard.press('2')
  await left(page, 0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await left(page, 1)
  // Steps back and forth outlive a reload.
  await page.reload()
  await left(page, 1)
  await page.getByRole('button', { name: 'Redo' }).click()
  await left(page, 0)
  await page.getByText('Merged automatically (3)').click()
  await page.getByRole('radio', { name: /^Keep old: City Melbourne/ }).click()
  await page.getByRole('radio', { name: /^Keep old: empty\. Second phone/ }).click()
  await page.getByText('Second phone ← old').waitFor()
  await page.getByRole('button', { name: 'Preview lead' }).click()
  await page.getByRole('dialog').getByText('Melbourne', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Save merge/ }).click()
  await saved(page, id)
  const { fields } = await view(id)
  expect(fields).toMatchObject({ Name: 'Jane M. Citizen', City: 'Melbourne', Email: 'joan@example.com' })
  expect(fields.SecondPhone).toBeUndefined()
})

/** Somebody closes a lead for ever, while somebody else has another outcome for it. */
async function closedMeanwhile(as: typeof agent) {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('d')
  await page.keyboard.type('no answer')
  await page.getByRole('option', { name: 'No Answer' }).waitFor()
  await page.keyboard.press('Enter')
  await others(id, { disposition: 'Do Not Call' })
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/merge')
  await page.getByText(/marked “Do Not Call” at \d\d:\d\d; you marked “No Answer” for /).waitFor()
  return { id, page }
}

test('an agent cannot go on calling somebody who asked not to be called, but can ask a team lead', async () => {
  const { page } = await closedMeanwhile(agent)
  await page.getByText('Only a team lead can choose “Keep mine”.').waitFor()
  expect(await page.getByRole('radio', { name: /^Keep mine/ }).count()).toBe(0)
  await page.keyboard.press('1')
  await hears(page, /Only a team lead/)
  await left(page, 1)
  await page.getByRole('table').getByRole('button', { name: 'Ask a team lead…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click()
  await toast(page, /Handed over/)
})

test('a lead that somebody closed: what follows is said, and the other side needs a reason', async () => {
  const { id, page } = await closedMeanwhile(lead)
  expect(await page.getByText('recommended', { exact: true }).count()).toBe(1)
  await page.keyboard.press('2')
  await page
    .getByText(/^The lead stays closed\. 04.* stays on the private list\. No call will be made\.$/)
    .waitFor()
  await page.getByRole('radio', { name: /^Keep mine: Outcome No Answer/ }).focus()
  await page.keyboard.press('Enter')
  await hears(page, /needs a reason/)
  await page.keyboard.type('she rang back')
  await page.keyboard.press('Enter')
  await page
    .getByText(/^Opens the lead again\. 04.* stays on the private list\. No call will be made\.$/)
    .waitFor()
  await left(page, 0)
  await page.keyboard.press('Control+Enter')
  await saved(page, id)
  expect(await view(id)).toMatchObject({ disposition: 'No Answer', closed: false })
})

test('a third change opens what it touches again, marked; the other decisions stay, through a reload too', async () => {
  const { page, id } = await collide({ as: agent })
  await page.keyboard.press('1')
  await page.keyboard.press('1')
  await left(page, 1)
  await others(id, { fields: { City: 'Bendigo' } })
  await page.getByText(/ changed it again\. Your other decisions are kept\./).waitFor()
  await left(page, 2)
  await page.getByRole('rowheader', { name: /^Address new/ }).waitFor()
  expect(await mine(page, 'Joan Citizen').isChecked()).toBe(true)

  await page.reload()
  await left(page, 2)
  expect(await mine(page, 'Joan Citizen').isChecked()).toBe(true)
  await page.keyboard.press('2')
  await page.keyboard.press('1')
  await page.keyboard.press('Control+Enter')
  await saved(page, id)
  expect((await view(id)).fields).toMatchObject({
    Name: 'Joan Citizen',
    City: 'Bendigo',
    Email: 'joan@example.com',
  })
})

test('a change at the moment of saving is met, not overwritten', async () => {
  const { page, id } = await collide({ as: agent })
  for (const key of ['1', '1', '1']) await page.keyboard.press(key)
  await left(page, 0)
  // The page hears of it only by the answer to its save.
  await page.route(
    '**/v1/leads/*/merge',
    async (route) => {
      await others(id, { fields: { Email: 'third@example.com' } })
      await route.continue()
    },
    { times: 1 },
  )
  await page.keyboard.press('Control+Enter')
  await left(page, 1)
  await page.getByRole('rowheader', { name: /^Email new/ }).waitFor()
  expect((await view(id)).fields).toMatchObject({ Email: 'third@example.com', City: 'Ballarat' })
})

test('without a connection decisions are kept, and saved once there is one', async () => {
  const { page, id } = await collide({ as: agent })
  await page.route('**/v1/leads/*/merge', (route) => route.abort())
  for (const key of ['1', '2', '1']) await page.keyboard.press(key)
  await page.keyboard.press('Control+Enter')
  await page.getByText(/The server does not answer\. Your decisions are kept/).waitFor()
  await page.unroute('**/v1/leads/*/merge')
  await page.getByRole('button', { name: 'Try again now' }).click()
  await saved(page, id)
  expect((await view(id)).fields).toMatchObject({ Name: 'Joan Citizen', City: 'Ballarat' })
})

test('a result typed by hand is judged like any value', async () => {
  const { page, id } = await collide({ as: agent }, { fields: { Email: 'jm@example.com' } })
  await hasFocus(page, /^Email, conflict 1 of 1/)
  await page.keyboard.press('e')
  const result = page.getByRole('form', { name: 'Result for Email' })
  await result.getByLabel('Email').fill('jane at home')
  await page.keyboard.press('Enter')
  await result.getByText('Enter a valid e-mail address.').waitFor()
  await result.getByLabel('Email').fill('both@example.com')
  await page.keyboard.press('Enter')
  await left(page, 0)
  await page.getByText('1 edited').waitFor()
  await page.keyboard.press('Control+Enter')
  await saved(page, id)
  expect((await view(id)).fields.Email).toBe('both@example.com')

  const { page: other } = await collide({ as: agent }, { fields: { Email: 'jm@example.com' } })
  await hasFocus(other, /^Email, conflict 1 of 1/)
  await other.keyboard.press('e')
  await other.keyboard.press('Escape')
  await hasFocus(other, /^Email, conflict 1 of 1/)
  expect(other.url()).toContain('/merge')
})

test('put aside it waits in the inbox, and a team lead settles it there', async () => {
  const { page, id } = await collide({ as: agent })
  await page.getByRole('button', { name: 'Ask a team lead…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click()
  await toast(page, 'Handed over. A team lead decides.')
  await page.getByRole('link', { name: /^1 conflict/ }).waitFor()
  expect((await view(id)).fields.Name).toBe('Jane M. Citizen')

  const inbox = await open('/conflicts', { as: lead })
  await inbox.getByRole('row').filter({ hasText: id }).getByRole('link').click()
  await inbox.getByRole('heading', { level: 1, name: /^Jane M. Citizen: 3 changes held$/ }).waitFor()
  await hasFocus(inbox, /^Name, conflict 1 of 3/)
  expect(await inbox.getByRole('radio', { name: /^Apply Robin’s: Joan Citizen\. Name/ }).count()).toBe(1)
  for (const key of ['1', '2', '1']) await inbox.keyboard.press(key)
  await inbox.keyboard.press('Control+Enter')
  await toast(inbox, 'Settled and saved.')
  expect((await view(id)).fields).toMatchObject({
    Name: 'Joan Citizen',
    City: 'Ballarat',
    Email: 'joan@example.com',
  })
})

test('discarded changes can be had back', async () => {
  const { page, id } = await collide({ as: agent })
  await page.getByRole('button', { name: 'Discard my changes' }).click()
  await saved(page, id)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('3 unsaved changes').waitFor()
  expect(await page.getByRole('textbox', { name: 'City' }).inputValue()).toBe('Geelong')
})

test('axe finds nothing deciding, decided and gone', async () => {
  // So high that no part lies behind the bar at the foot.
  const { page, id } = await collide({ as: agent, height: 2_400 }, { ...THEIRS, disposition: 'Do Not Call' })
  await left(page, 3)
  await page.getByText('Merged automatically (1)').click()
  await page.getByText('Unchanged (2)').click()
  expect(await axeFinds(page), 'deciding').toEqual([])
  for (const key of ['1', '2']) await page.keyboard.press(key)
  await others(id, { fields: { City: 'Bendigo' } })
  await page.getByText(/ changed it again\./).waitFor()
  expect(await axeFinds(page), 'moved again').toEqual([])
  await page.keyboard.press('e')
  expect(await axeFinds(page), 'editing').toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Use all/ }).click()
  await left(page, 0)
  expect(await axeFinds(page), 'decided').toEqual([])
  // Deleted when the save is on its way: sooner, and the page would know before anybody can press.
  await page.route(`**/v1/leads/${id}/merge`, async (route) => {
    await client.delete(`/v1/leads/${id}`)
    await route.continue()
  })
  await page.getByRole('button', { name: /^Save merge/ }).click()
  await page.getByRole('heading', { level: 1, name: 'Lead not found' }).waitFor()
  expect(await axeFinds(page), 'gone').toEqual([])
})

test('on a narrow screen nothing is cut off and the focus is never hidden behind a bar', async () => {
  const { page } = await collide({ as: agent, width: 320, height: 640 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await mine(page, 'Joan Citizen').focus()
  const [heads, foot] = await Promise.all([
    page.getByRole('banner').boundingBox(),
    page.getByRole('region', { name: 'Result' }).boundingBox(),
  ])
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab')
    const name = await focused(page)
    if (/Save merge|Preview lead/.test(name)) break
    const box = await page.evaluate(() => {
      const { top, bottom } = (
        document.activeElement?.closest('td') ?? document.activeElement!
      ).getBoundingClientRect()
      return { top, bottom }
    })
    expect(box.top, name).toBeGreaterThanOrEqual(heads!.height - 1)
    expect(box.bottom, name).toBeLessThanOrEqual(foot!.y + 1)
  }
})
