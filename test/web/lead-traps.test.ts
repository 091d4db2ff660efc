// Saving a lead on a busy floor: clicks and keys too many, refusals, slips that are taken back, a server that is away.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { screensOf, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane, others, view } = screensOf(leadline)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

const bar = (page: Page) => page.getByRole('region', { name: 'Save' })
const saveButton = (page: Page) => bar(page).getByRole('button', { name: 'Save', exact: true })
const city = (page: Page) => page.getByRole('textbox', { name: 'City' })

/** Chooses an outcome as an agent does: by typing. */
async function choose(page: Page, typed: string): Promise<void> {
  await city(page).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('h1').click()
  await page.keyboard.press('d')
  await page.keyboard.type(typed)
  await page.locator('[data-combobox-selected]:visible').waitFor()
  await page.keyboard.press('Enter')
}

test('nothing comes to lie where Save is: clicks and keys too many save once', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await city(page).fill('Geelong')
  const { x, y, width, height } = (await saveButton(page).boundingBox())!
  for (const [round, share] of [0.1, 0.5, 0.9].entries()) {
    await city(page).fill(`Geelong ${round}`)
    const at = [x + width * share, y + height / 2] as const
    await page.mouse.click(...at)
    await toast(page, 'Saved.')
    const hit = await page.evaluate(
      ([x, y]) => document.elementFromPoint(x!, y!)?.closest('button')?.textContent,
      at,
    )
    expect(hit).toMatch(/^Save/)
    await page.mouse.click(...at)
    await page.mouse.dblclick(...at)
  }
  await city(page).fill('Ballarat')
  await saveButton(page).focus()
  for (const key of ['Enter', 'Enter', ' ', 'Control+s', 'Enter', 'Control+s']) await page.keyboard.press(key)
  await until('it is saved', async () => (await view(id)).fields.City === 'Ballarat')
  await toast(page, 'Saved.')
  expect(await page.getByText('Undone').count()).toBe(0)
  expect(await view(id)).toMatchObject({ version: 5, fields: { City: 'Ballarat' } })
  expect(await axeFinds(page), 'with a message').toEqual([])

  await bar(page).getByRole('button', { name: 'Undo' }).dblclick()
  await toast(page, 'Undone: the values are as before.')
  expect(await view(id)).toMatchObject({ version: 6, fields: { City: 'Geelong 2' } })
})

test('what is typed in full is chosen; a callback needs its time; the agent takes an own slip back', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await choose(page, 'Callback')
  const outcome = page.getByRole('combobox', { name: 'Outcome' })
  await expect.poll(() => outcome.inputValue()).toBe('Callback')

  await page.keyboard.press('Escape')
  await page.locator('h1').click()
  await page.keyboard.press('d')
  await page.keyboard.type('client appr')
  const option = page.locator('[role="option"][data-combobox-selected]')
  await option.waitFor()
  const [name, explained] = await option.evaluate((element) => {
    const { color } = getComputedStyle(element)
    return [color, getComputedStyle(element.querySelector('[data-kind]')!).color]
  })
  expect(explained).toBe(name)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+s')
  await bar(page).getByRole('alert').getByText('Choose when to call back').waitFor()
  const callback = page.getByLabel('Callback', { exact: true })
  expect(await callback.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await callback.getAttribute('aria-invalid')).toBe('true')
  expect(await view(id)).toMatchObject({ version: 1, disposition: null })

  await page.getByRole('button', { name: 'Tomorrow 9:00' }).click()
  await page.keyboard.press('Control+s')
  await toast(page, 'Saved.')
  expect(await view(id)).toMatchObject({ disposition: 'Client Approved Callback', client_approved: true })
  await bar(page).getByRole('button', { name: 'Undo' }).click()
  await toast(page, /^Undone.*The call stays on record\.$/)
  expect(await view(id)).toMatchObject({
    disposition: null,
    client_approved: false,
    priority: 10,
    callback: null,
  })
})

test('Do Not Call names the numbers and asks once; the undo says that they stay on the list', async () => {
  const id = await jane()
  // As the region writes it.
  const number = (await view(id)).phones[0]!.number!.replace(/^\+61(\d{3})(\d{3})(\d{3})$/, '0$1 $2 $3')
  const page = await open(`/leads/${id}`, { as: agent })
  await choose(page, 'Do Not')
  await page.keyboard.press('Control+s')
  const sure = page.getByRole('dialog', { name: 'Never call again?' })
  await sure.getByText(number).waitFor()
  expect(await axeFinds(page), 'the question').toEqual([])
  await page.keyboard.press('Control+s')
  await page.keyboard.press('Enter')
  await sure.waitFor({ state: 'detached' })
  expect((await view(id)).version).toBe(1)

  await page.keyboard.press('Control+s')
  await sure.getByRole('button', { name: 'Do not call' }).click()
  await toast(page, 'Saved.')
  expect(await view(id)).toMatchObject({ closed: true, disposition: 'Do Not Call' })
  await bar(page).getByRole('button', { name: 'Undo' }).click()
  await toast(page, `${number} on the do-not-call list. A manager of all teams can remove it.`)
  const lead = await view(id)
  expect(lead).toMatchObject({ closed: false, disposition: null })
  expect(lead.phones[0]!.blocked_by).toBe('private')

  // Names and days for people, no ids.
  await page.getByRole('button', { name: /^Do not call/ }).click()
  const why = page.getByRole('dialog')
  await why.getByText(`added by ${agent.operator.name} (Do Not Call)`).waitFor()
  expect(await why.textContent()).not.toMatch(/operator:|\d{4}-\d\d-\d\d/)

  // It is called no more, whatever the outcome says.
  await page.reload()
  await choose(page, 'Busy')
  await page.getByText('Nobody is called: every number is on a do-not-call list.').waitFor()
})

test('a refused save is seen at the field and in the bar, wherever the page is scrolled', async () => {
  const [taken, blocked, id] = [mobile(), mobile(), await jane()]
  const other = await jane({ fields: { Name: 'Omar Haddad', FirstPhone: taken } })
  await client.post('/v1/dnc', { list: 'private', phones: [blocked], reason: 'asked by mail' })
  const page = await open(`/leads/${id}`, { as: agent, height: 600 })
  const phone = page.getByRole('textbox', { name: 'First phone' })
  await city(page).fill('Geelong')
  await page.keyboard.press('Control+s')
  await toast(page, 'Saved.')
  await phone.fill(taken)
  await city(page).scrollIntoViewIfNeeded()
  await city(page).focus()
  await page.keyboard.press('Control+s')
  const alert = bar(page).getByRole('alert')
  await alert.waitFor()
  await alert.getByRole('link', { name: `Open Omar Haddad (${other})` }).waitFor()
  const focused = (element: Element) => element === document.activeElement
  expect(await phone.evaluate(focused)).toBe(true)
  expect(await phone.getAttribute('aria-invalid')).toBe('true')
  expect(await phone.getAttribute('aria-describedby')).toMatch(/-problem/)
  expect(await page.locator('[data-toast]').count()).toBe(0)
  expect(await alert.getByRole('button', { name: 'Try again' }).count()).toBe(0)

  await city(page).focus()
  await alert.getByRole('button', { name: 'Go to First phone' }).click()
  expect(await phone.evaluate(focused)).toBe(true)
  await phone.fill(blocked)
  await page.keyboard.press('Control+s')
  await alert.getByText(/On the private list since .*asked by mail/).waitFor()
  expect(await alert.getByRole('button', { name: 'Try again' }).count()).toBe(0)
  expect(await phone.evaluate(focused)).toBe(true)
  expect(await axeFinds(page), 'refused').toEqual([])
})

test('a change of the very field that is edited is marked there and named in the bar', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent, height: 500 })
  await city(page).fill('Geelong')
  await others(id, { fields: { City: 'Ballarat' } })
  await page.getByText('Changed meanwhile to Ballarat.').waitFor()
  const said = bar(page).getByText(/changed Address.*You are changing Address too/)
  await said.waitFor()
  const box = (await said.boundingBox())!
  expect(box.y + box.height).toBeLessThanOrEqual(500)
  // Neither does the bar cover what is said at the field.
  const use = page.getByRole('button', { name: 'Use this' })
  const over = bar(page)
  await expect
    .poll(async () => {
      const [one, other] = [(await use.boundingBox())!, (await over.boundingBox())!]
      return one.y + one.height <= other.y
    })
    .toBe(true)
  await use.click()
  expect(await city(page).inputValue()).toBe('Ballarat')
})

test('a sign shows that changes of others come late', async () => {
  const page = await open('/leads', { as: agent })
  await page.route('**/v1/events?**', (route) => route.abort())
  await page.goto(`${leadline.url}/leads/${await jane()}`)
  await page.getByText('Connection interrupted: changes by others appear late').waitFor()
})

test('a save without an answer is sent again by itself, after a reload too, and counts one call', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await choose(page, 'busy')
  // It is saved, but the answer is lost.
  const lost = /\/v1\/leads\/[^/]+\?on_conflict=/
  await page.route(lost, async (route) => {
    await route.fetch()
    await route.abort()
  })
  await page.keyboard.press('Control+s')
  await bar(page).getByText('No connection to the server').waitFor()
  await until('the server has saved it', async () => (await view(id)).version === 2)
  await others(id, { fields: { City: 'Ballarat' } })
  await page.reload()
  await bar(page).getByText('No connection to the server').waitFor()
  await page.unroute(lost)
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await toast(page, /^Saved/)
  expect(await view(id)).toMatchObject({ version: 3, disposition: 'Busy', fields: { City: 'Ballarat' } })
  const calls = await client.leadCalls(id, {})
  expect(calls.ok && calls.body.items).toHaveLength(1)
})

test('a callback outside the contact hours says when they open; its agent is one of the operators', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  const callback = page.getByLabel('Callback', { exact: true })
  // A Sunday in the night.
  await callback.fill('2027-03-07T03:00')
  await page.getByText(/Nobody is called at that time\. The next call is possible/).waitFor()
  await page.getByRole('button', { name: /^Take \w{3} \d/ }).click()
  await page.getByText(/Nobody is called at that time/).waitFor({ state: 'detached' })
  await callback.fill('2026-01-15T10:00')
  await page.getByText('This time has passed: the lead is called as soon as possible.').waitFor()

  const lea = await leadline.asOperator('lead')
  await page.reload()
  const whose = page.getByRole('combobox', { name: 'Callback agent' })
  await whose.fill('nobody-like-this')
  await page.getByText('No operator has that name').waitFor()
  await whose.fill(lea.operator.login)
  await page.locator('[role="option"]:visible').first().waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+s')
  await toast(page, 'Saved.')
  expect((await view(id)).callback_agent).toBe(lea.operator.login)
})

test.each([
  ['200 %', 640, 400],
  ['400 %', 320, 200],
])('at %s the bars leave the field in sight that is typed in', async (_, width, height) => {
  const page = await open(`/leads/${await jane()}`, { as: agent, width, height })
  for (const name of ['City', 'Email', 'Name']) {
    const input = page.getByRole('textbox', { name, exact: true })
    await input.focus()
    await page.keyboard.type('x')
    await page.getByText('1 unsaved change', { exact: true }).waitFor()
    const is_clear = await input.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      return [top + 2, top + height - 2].every(
        (y) => document.elementFromPoint(left + width / 2, y) === element,
      )
    })
    expect(is_clear, name).toBe(true)
    await page.getByRole('button', { name: `Take back the change of ${name}` }).click()
  }
})

test('Escape closes the menu of a phone and gives the focus back', async () => {
  const page = await open(`/leads/${await jane()}`, { as: agent, width: 360, height: 640 })
  const menu = page.getByRole('button', { name: 'Open the menu' })
  await menu.click()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Leads' }).waitFor()
  await page.keyboard.press('Escape')
  await menu.waitFor()
  expect(await menu.evaluate((element) => element === document.activeElement)).toBe(true)
})
