// The consents on the page of a lead: recorded and withdrawn by keys, until when they count, what the lead lacks.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { dialogOf, press, tabTo, typeInto } from './keyboard.ts'
import { hasFocus, screensOf, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { jane } = screensOf(leadline)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

const card = (page: Page) => page.getByRole('region', { name: 'Consents' })
const entries = (page: Page) => card(page).getByRole('listitem')
const consentsOf = async (id: string) => {
  const answer = await client.consents(id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body.items
}

test('a consent is recorded by keys, with its words, source and last day, and withdrawn by keys', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await card(page).getByText('No consent is on record.').waitFor()
  const add = card(page).getByRole('button', { name: 'Record a consent' })
  await press(page, add)
  const dialog = await dialogOf(page)
  // Nothing is recorded without its words.
  expect(await dialog.getByRole('button', { name: 'Record', exact: true }).isDisabled()).toBe(true)
  await page.keyboard.type('Yes, call me about solar.\nAny day but Friday.')
  await typeInto(page, dialog.getByLabel('Source', { exact: true }), 'Form 12')
  await typeInto(page, dialog.getByLabel('Given by, if not the lead'), 'Her husband')
  await typeInto(page, dialog.getByLabel('When it was given'), '3 Mar 2199 10:00')
  await tabTo(page, dialog.getByRole('radio', { name: 'As long as the law says' }))
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await typeInto(page, dialog.getByLabel('Last day'), '30 Nov 2199')
  await page.keyboard.press('Enter')
  // What is wrong is said at its field, which gets the focus; what was typed stays.
  await dialog.getByText('This time has not come yet. A consent is recorded once it was given.').waitFor()
  await expect
    .poll(() => dialog.getByLabel('When it was given').evaluate((input) => input === document.activeElement))
    .toBe(true)
  expect(await axeFinds(page)).toEqual([])
  expect(await consentsOf(id)).toEqual([])
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('3 Mar 2026 10:00')
  await page.keyboard.press('Enter')
  await toast(page, 'The consent is recorded.')
  const [recorded] = await consentsOf(id)
  expect(recorded).toMatchObject({
    kind: 'express',
    text: 'Yes, call me about solar.\nAny day but Friday.',
    source: 'Form 12',
    given_by: 'Her husband',
    counts: true,
  })
  const zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  const wall = (at: string) =>
    Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'minute' })
  expect(wall(recorded!.given_at)).toBe('2026-03-03T10:00')
  // The last day counts to its end.
  expect(wall(recorded!.expires_at!)).toBe('2199-12-01T00:00')
  const entry = entries(page)
  expect(await entry.textContent()).toMatch(
    /^Express.*counts.*Yes, call me.*Given on 3 Mar 2026 by Her husband.*Source: Form 12.*Counts until 30 Nov 2199.*You/s,
  )
  expect(await axeFinds(page)).toEqual([])
  await hasFocus(page, /^Record a consent$/)

  await press(page, entry.getByRole('button', { name: /^Withdraw the consent \(express\) of 3 Mar 2026/ }))
  const sure = await dialogOf(page)
  // Enter does nothing that cannot be taken back.
  await hasFocus(page, /^Cancel$/)
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('Escape')
  await sure.waitFor({ state: 'hidden' })
  expect((await consentsOf(id))[0]).toMatchObject({ withdrawn_at: null })
  await press(page, entry.getByRole('button', { name: /^Withdraw/ }))
  await typeInto(page, (await dialogOf(page)).getByLabel('Reason'), 'Moved away')
  await page.keyboard.press('Enter')
  await toast(page, 'The consent is withdrawn.')
  await entry.getByText(/^Withdrawn on .*, recorded by .*: Moved away$/).waitFor()
  expect((await consentsOf(id))[0]).toMatchObject({ withdrawn_reason: 'Moved away', counts: false })
  expect(await entry.getByRole('button').count()).toBe(0)
})

test('a lead that needs a consent says so until one counts; long texts and many consents are folded', async () => {
  const { template_id } = target
  expect(await client.patch(`/v1/templates/${template_id}`, { consent: 'required' })).toMatchObject({
    status: 200,
  })
  const made = await client.insertLead(target, { FirstPhone: mobile(), Name: 'Needs One' })
  const id = made.lead_id!
  const page = await open(`/leads/${id}`, { as: agent })
  await card(page)
    .getByText('This lead is called only with a consent. Record one to have it called.')
    .waitFor()
  await page.getByText(/^The template asks for a consent, and the lead has none that counts now/).waitFor()
  const words = `Call me. ${'Yes, really. '.repeat(40)}`.trim()
  const past = await client.addConsent(id, {
    kind: 'express',
    text: words,
    given_at: '2025-01-01T00:00:00Z',
    expires_at: '2025-02-01T00:00:00Z',
  })
  expect(past).toMatchObject({ status: 201 })
  await page.reload()
  await card(page)
    .getByText(/^None of them counts now/)
    .waitFor()
  expect(await entries(page).textContent()).toMatch(/^Express.*lapsed.*Counted until 1 Feb 2025/s)
  await press(page, card(page).getByRole('button', { name: 'Show the whole text' }))
  await card(page).getByText(words).waitFor()
  for (const n of [1, 2, 3])
    await client.addConsent(id, { kind: 'inferred', text: `Customer since ${n}`, expires_at: null })
  await page.reload()
  await press(page, card(page).getByRole('button', { name: 'Show 1 more' }))
  expect(await entries(page).count()).toBe(4)
  expect(
    await card(page)
      .getByText(/called only with/)
      .count(),
  ).toBe(0)
  await entries(page).first().getByText('Counts until it is withdrawn').waitFor()
  expect(await axeFinds(page)).toEqual([])
})

test('who may not see the lead any more keeps what was typed, and hears why nothing is recorded', async () => {
  const team = await client.post<{ team_id: number }>('/v1/teams', { name: 'Elsewhere' })
  expect(team).toMatchObject({ status: 201 })
  const moved = await leadline.asOperator('agent')
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: moved })
  await press(page, card(page).getByRole('button', { name: 'Record a consent' }))
  await dialogOf(page)
  await page.keyboard.type('Call me')
  const operators = await client.get<{ items: { operator_id: number }[] }>('/v1/operators')
  const { operator_id } = operators.body.items.at(-1)!
  const elsewhere = await client.patch(`/v1/operators/${operator_id}`, { teams: ['Elsewhere'] })
  expect(elsewhere).toMatchObject({ status: 200 })
  await press(page, page.getByRole('dialog').getByRole('button', { name: 'Record', exact: true }))
  await page.getByRole('dialog').getByRole('alert').waitFor()
  expect(await page.getByLabel('What was agreed to, word for word').inputValue()).toBe('Call me')
  expect(await consentsOf(id)).toEqual([])
})
