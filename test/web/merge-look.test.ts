// The merge screen as people see it: whose values meet, and how little room and how few steps they take.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { hasFocus, hears, screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane, others, senderNamed, view } = screensOf(leadline)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')
const ben = await leadline.asOperator('lead')
const crm = await senderNamed('CRM nightly sync')
const office = await senderNamed('Back office')

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}, `) })
const save = (page: Page) => page.getByRole('button', { name: /^Save merge/ })

async function meet(page: Page): Promise<void> {
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/merge')
  await hasFocus(page, /, conflict 1 of/)
}

/** Everybody who changed the lead, in the order of their changes. */
async function severalChange(id: string): Promise<void> {
  await others(id, { fields: { Name: 'Jane M. Citizen', Email: 'jm@example.com' } }, crm)
  await others(id, { fields: { SecondPhone: mobile() } }, office)
  await others(id, { fields: { City: 'Ballarat' } }, ben)
}

test('each value has the name of who made it, and a person who is still there is named', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByLabel('Name', { exact: true }).fill('Joan Citizen')
  await page.getByLabel('City').fill('Geelong')
  await page.getByLabel('Email').fill('joan@example.com')
  await severalChange(id)
  const there = await open(`/leads/${id}`, { as: ben })
  await there.getByRole('heading', { level: 1 }).waitFor()
  await meet(page)
  await row(page, 'Name').getByRole('radio', { name: 'Use CRM’s: Jane M. Citizen.' }).waitFor()
  await row(page, 'Email').getByRole('radio', { name: 'Use CRM’s: jm@example.com.' }).waitFor()
  await row(page, 'Address').getByRole('radio', { name: 'Use Robin’s: City Ballarat' }).waitFor()
  await row(page, 'Name').getByText('just now', { exact: true }).waitFor()
  await page.getByText(`${ben.operator.name} is on this lead now.`).waitFor()
  // Whoever changed nothing that clashes is no side of it.
  await page.getByText('Second phone ← Back office’s').waitFor()
  expect(await page.getByRole('columnheader').filter({ hasText: 'Back office' }).count()).toBe(0)
  // In the order of the columns.
  const all = page.getByRole('columnheader').getByRole('button')
  expect(await all.evaluateAll((each) => each.map((one) => one.getAttribute('aria-label')))).toEqual([
    'Keep all mine',
    'Use all theirs',
  ])
  await page.getByRole('button', { name: 'Details' }).click()
  await page.getByText('Back office', { exact: true }).waitFor()
  expect(await axeFinds(page), 'details').toEqual([])
  await page.keyboard.press('Escape')
  expect(page.url()).toContain('/merge')

  // The value itself is the button.
  await page.getByText('Jane M. Citizen', { exact: true }).last().click()
  await hears(page, /Use CRM’s: chosen\. 2 conflicts left\./)
  await row(page, 'Name').getByText('CRM’s', { exact: true }).waitFor()

  // On a phone what is decided takes one line, also of a field that has a label of its own.
  await page.setViewportSize({ width: 360, height: 740 })
  await row(page, 'Address')
    .getByRole('radio', { name: /^Keep mine/ })
    .click()
  await expect.poll(async () => (await row(page, 'Address').boundingBox())!.height).toBeLessThan(60)
})

test('a side that says more is suggested with its reason, and taken with its key', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByLabel('Name', { exact: true }).fill('Jane Citizen-Hall')
  await page.getByLabel('Email').fill('joan@example.com')
  await others(id, { fields: { Name: 'Jane M. Citizen-Hall', Email: 'jm@example.com' } }, crm)
  await meet(page)
  await row(page, 'Name').getByText('suggested: says the same and more').waitFor()
  expect(await page.getByRole('radio', { checked: true }).count()).toBe(0)
  expect(await axeFinds(page), 'suggested').toEqual([])
  for (const key of ['2', '1']) await page.keyboard.press(key)
  await hasFocus(page, /^Save merge/)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/leads/${id}`)
  expect((await view(id)).fields.Name).toBe('Jane M. Citizen-Hall')
})

test('Ctrl+S saves what is decided, and until then goes to what is left', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByLabel('Name', { exact: true }).fill('Joan Citizen')
  await others(id, { fields: { Name: 'Jo Citizen' } }, crm)
  await meet(page)
  // One is not "all".
  expect(await page.getByRole('button', { name: / all / }).count()).toBe(0)
  await page.evaluate(() => {
    window.addEventListener('keydown', (event) => {
      document.documentElement.dataset.prevented = String(event.defaultPrevented)
    })
  })
  await page.keyboard.press('Control+s')
  await hears(page, /^Not saved yet: 1 conflict to decide first/)
  expect(await page.locator('html').getAttribute('data-prevented')).toBe('true')
  await page.keyboard.press('1')
  await hasFocus(page, /^Save merge/)
  await page.keyboard.press('Control+s')
  await page.waitForURL(`**/leads/${id}`)
  expect((await view(id)).fields.Name).toBe('Joan Citizen')
})

const TWELVE = [
  'Name',
  'Company',
  'Job',
  'Email',
  'Web',
  'Street',
  'City',
  'State',
  'Plan',
  'Budget',
  'Size',
  'Language',
]
const values = (of: string) => Object.fromEntries(TWELVE.map((name) => [name, `${name} ${of}`]))

/** A campaign whose leads have twelve fields. */
async function twelveFields(): Promise<number> {
  const made = async <T>(path: string, body: object): Promise<T> => {
    const answer = await client.post<T>(path, body)
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const fields = TWELVE.map((name) => ({ name, label: name, kind: 'text' }))
  const { template_id } = await made<{ template_id: number }>('/v1/templates', {
    name: 'Twelve',
    contact_hours: 'Australia/Melbourne',
    fields: [
      ...fields,
      { name: 'Notes', label: 'Notes', kind: 'long_text' },
      { name: 'Mobile', label: 'Mobile', kind: 'phone' },
    ],
  })
  const { campaign_id } = await made<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: 'Twelve',
  })
  return (await made<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: 'Twelve' }))
    .allocation_id
}

test('twelve conflicts fit on a laptop; on a phone each takes one tap, and the next one comes', async () => {
  const fields = { ...values('old'), Notes: 'one\ntwo\nthree', Mobile: mobile() }
  const made = await client.createLead({ allocation_id: await twelveFields(), fields })
  if (!made.ok) throw new Error(made.body.detail)
  const { id } = made.body
  const page = await open(`/leads/${id}`, { as: agent })
  for (const [name, value] of Object.entries({ ...values('mine'), Notes: 'ONE\ntwo\nthree' }))
    await page.getByLabel(name, { exact: true }).fill(value)
  await others(id, { fields: { ...values('theirs'), Notes: 'one\ntwo\nTHREE' } }, crm)
  await meet(page)
  const rows = page.locator('tbody tr')
  expect(await rows.count()).toBe(12)
  const heights = await rows.evaluateAll((each) => each.map((one) => one.getBoundingClientRect().height))
  expect(Math.max(...heights)).toBeLessThanOrEqual(46)
  const foot = page.getByRole('region', { name: 'Result' })
  const inView = async () =>
    (await rows.last().boundingBox())!.y + heights.at(-1)! <= (await foot.boundingBox())!.y + 3
  expect(await page.evaluate(() => window.scrollY)).toBe(0)
  expect(await inView(), 'the last one is in view').toBe(true)
  // Keys are shown where they count only.
  expect(await page.locator('kbd[data-key]:visible').count()).toBe(4)
  expect(await axeFinds(page), 'twelve on a laptop').toEqual([])

  // More than three are asked about once.
  await page.keyboard.press('Shift+Digit1')
  await page.getByRole('dialog', { name: 'Keep yours for all 12?' }).waitFor()
  expect(await axeFinds(page), 'asking').toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Close this hint' }).click()

  // Two edits of one text are in one, and can be taken apart again.
  await page.getByText('Notes ← both').click()
  await row(page, 'Notes')
    .getByRole('radio', { name: /^Keep mine/ })
    .click()
  await page.getByText('Notes ← mine').waitFor()
  await row(page, 'Notes')
    .getByRole('radio', { name: /^Keep both/ })
    .click()
  await page.getByText('Notes ← both').click()

  await page.setViewportSize({ width: 360, height: 740 })
  expect(await axeFinds(page), 'twelve on a phone').toEqual([])
  const head = page.getByText(/ to decide$/).first()
  for (const [i, name] of TWELVE.entries()) {
    await row(page, name)
      .getByRole('radio', { name: i % 2 === 0 ? /^Keep mine/ : /^Use CRM’s/ })
      .click()
    const next = TWELVE[i + 1]
    if (!next || i > 7) continue
    // Right below the line that stays.
    const [above, card] = [(await head.boundingBox())!, (await row(page, next).boundingBox())!]
    expect(above.y).toBeLessThan(70)
    expect(card.y - above.y, next).toBeGreaterThan(0)
    expect(card.y - above.y, next).toBeLessThan(70)
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  // What is decided takes one line, and can be changed.
  expect((await row(page, 'Company').boundingBox())!.height).toBeLessThan(60)
  await page.getByRole('button', { name: 'Change the decision about Company' }).click()
  await row(page, 'Company')
    .getByRole('radio', { name: /^Keep old/ })
    .click()
  expect(await axeFinds(page), 'decided on a phone').toEqual([])
  await save(page).click()
  await page.waitForURL(`**/leads/${id}`)
  expect((await view(id)).fields).toMatchObject({
    Name: 'Name mine',
    Company: 'Company old',
    Email: 'Email theirs',
    Notes: 'ONE\ntwo\nTHREE',
  })

  // Who has read the hint does not get it again.
  await page.getByLabel('Name', { exact: true }).fill('Joan')
  await others(id, { fields: { Name: 'Jo' } }, crm)
  await meet(page)
  expect(await page.getByText('New here?').count()).toBe(0)
})
