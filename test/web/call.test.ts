// The page of a lead for somebody on a call: numbers, the log, the outcome with its note, what to do next.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { much } from '../support/much.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { screensOf, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane, others, view } = screensOf(leadline)
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

const inLog = (page: Page) => page.getByRole('region', { name: 'Calls and notes' }).getByRole('listitem')
const note = (page: Page) => page.getByRole('textbox', { name: 'Note', exact: true })
const inView = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

async function notesOf(id: string): Promise<string[]> {
  const answer = await client.leadNotes(id)
  return answer.ok ? answer.body.items.map(({ text }) => text) : []
}

test('an outcome, its time and its note are one save by keys, and one entry of the log', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByText('No calls or notes yet.').waitFor()
  await page.keyboard.press('2')
  expect(await page.getByRole('button', { name: 'Callback', exact: true }).getAttribute('aria-pressed')).toBe(
    'true',
  )
  // A callback asks for its time first.
  await page.keyboard.press('Enter')
  await page.keyboard.press('n')
  await page.keyboard.type('Asks for Tuesday. 3 dogs')
  await page.getByText('3 unsaved changes').waitFor()
  await page.keyboard.press('Control+s')
  await toast(page, 'Saved.')
  expect(await view(id)).toMatchObject({ disposition: 'Callback', version: 2 })
  const entry = inLog(page)
  await entry.getByText('Asks for Tuesday. 3 dogs').waitFor()
  expect(await entry.count()).toBe(1)
  expect(await entry.textContent()).toMatch(/^Callback.*You/)
  expect(await note(page).inputValue()).toBe('')
  // The keys of the page work at once; a note alone makes no version, and nobody could undo it.
  await page.keyboard.press('n')
  await page.keyboard.type('And a cat')
  await page.keyboard.press('Control+s')
  await expect.poll(() => notesOf(id)).toEqual(['And a cat', 'Asks for Tuesday. 3 dogs'])
  await toast(page, 'Saved.')
  expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0)
  expect((await view(id)).version).toBe(2)
})

test('a note survives a reload and a clash, and is saved with the merge', async () => {
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: agent })
  await page.getByRole('textbox', { name: 'City' }).fill('Geelong')
  await note(page).fill('Has moved')
  await page.reload()
  expect(await note(page).inputValue()).toBe('Has moved')
  await others(id, { fields: { City: 'Ballarat' } })
  await page.getByText('Changed meanwhile to Ballarat.').waitFor()
  await page.keyboard.press('Control+s')
  await page.waitForURL(`**/leads/${id}/merge`)
  expect(await notesOf(id)).toEqual([])
  await page.getByRole('radio').first().waitFor()
  await page.keyboard.press('1')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => notesOf(id)).toEqual(['Has moved'])
  expect((await view(id)).fields.City).toBe('Geelong')
})

test('the log shows five entries, more on demand, and the start of a long note', async () => {
  const id = await jane()
  for (let i = 1; i <= 7; i++) await client.addNote(id, { text: `Note ${i}\nof seven` })
  await client.addNote(id, { text: `${'long '.repeat(200)}end` })
  const page = await open(`/leads/${id}`, { as: agent })
  await inLog(page).first().waitFor()
  expect(await inLog(page).count()).toBe(5)
  await page.getByRole('button', { name: 'Show the whole note' }).click()
  await page.getByText(/long end$/).waitFor()
  await page.getByRole('button', { name: 'Show 3 more' }).click()
  expect(await inLog(page).count()).toBe(8)
  await inLog(page).last().getByText('Note 1').waitFor()
})

test('says why a lead is not called and what to do, and where it is in the queue', async () => {
  const id = await jane({ callback: { local: '2027-03-03T10:00' } })
  const page = await open(`/leads/${id}`, { as: agent })
  const numbers = inView(page, 'Numbers')
  await numbers.getByRole('heading', { name: 'Why isn’t this lead called?' }).waitFor()
  await numbers
    .getByText(/It waits for its callback\. Next try Wed 3 Mar.* 10:00\. Change the callback/)
    .waitFor()
  // Before and after the save the time is one at which somebody is called, not the midnight of the next day.
  await page.getByRole('button', { name: 'No Answer' }).click()
  const promised = page.getByText(/^Next try .*Priority and callback are set when you save/)
  const [, next] = /^Next try (.*? \d\d:\d\d)\./.exec((await promised.textContent())!)!
  expect(next).not.toMatch(/00:00/)
  await page.keyboard.press('Control+s')
  await numbers.getByText(`It waits for its callback. Next try ${next}.`).waitFor()
  const { next_attempt_at, callback } = await view(id)
  expect(Date.parse(next_attempt_at!)).toBeGreaterThan(Date.parse(callback!.at))
  await others(id, { disposition: 'Sale' })
  await numbers.getByText(/^The lead is closed\./).waitFor()
  const [phone] = (await view(id)).phones
  await client.post('/v1/dnc', { list: 'private', phones: [phone!.number], reason: 'asked by mail' })
  await page.reload()
  await numbers.getByText(/^Every number is on a do-not-call list/).waitFor()
  // Nobody calls it by a slip of the finger.
  expect(await numbers.getByRole('link').count()).toBe(0)
  expect(await numbers.textContent()).not.toMatch(/\+61|allocation_stopped|\d{4}-\d\d-\d\d/)
  expect(await axeFinds(page), 'blocked and closed').toEqual([])
})

test('sixty fields: empty ones on demand, a way to each by name, one key to edit and one to leave', async () => {
  const fields = Array.from({ length: 60 }, (_, i) => ({
    name: `Field${i + 1}`,
    kind: i < 10 ? ('phone' as const) : i > 57 ? ('long_text' as const) : ('text' as const),
    ...(i > 30 && i < 40 ? { merge_group: 'vehicle' } : {}),
  }))
  const template = await client.post<{ template_id: number }>('/v1/templates', {
    name: 'Sixty',
    contact_hours: 'Australia/Melbourne',
    fields,
  })
  const { template_id } = template.body
  const { body: campaign } = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: 'Sixty',
  })
  const { body: allocation } = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id: campaign.campaign_id,
    name: 'Sixty',
  })
  const made = await client.createLead({
    allocation_id: allocation.allocation_id,
    fields: {
      Field1: mobile(),
      Field12: `${'Konstantinopolitanischer'.repeat(8)}`,
      Field35: 'مرحبا',
      Field59: 'A\nB',
    },
  })
  if (!made.ok) throw new Error(made.body.detail)
  const page = await open(`/leads/${made.body.id}`, { as: agent })
  const box = (name: string) => page.getByRole('textbox', { name, exact: true })
  await page.getByRole('button', { name: 'Show 56 empty fields' }).waitFor()
  expect(await box('Field13').count()).toBe(0)
  await page.keyboard.press('e')
  expect(await box('Field1').evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.press('Escape')
  await page.keyboard.press('f')
  await page.keyboard.type('field33')
  await page.locator('[data-combobox-selected]:visible').getByText('Field33').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => box('Field33').evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.type('Ute')
  await page.keyboard.press('Control+s')
  await toast(page, 'Saved.')
  expect((await view(made.body.id)).fields.Field33).toBe('Ute')
  // Emptied, it stays where it was.
  await box('Field33').fill('')
  await page.keyboard.press('Control+s')
  await until('it is saved', async () => !(await view(made.body.id)).fields.Field33)
  expect(await box('Field33').count()).toBe(1)
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Vehicle' }).click()
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Vehicle')
  expect(await axeFinds(page), 'with an index').toEqual([])
  await page.getByRole('button', { name: /^Show \d+ empty fields$/ }).click()
  await box('Field13').waitFor()
  await page.setViewportSize({ width: 320, height: 640 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await page.getByRole('button', { name: 'Open the calendar' }).first().click()
  await page.getByRole('dialog', { name: 'Calendar' }).getByRole('button', { name: 'Done' }).waitFor()
  expect(await page.evaluate(() => [document.documentElement.scrollWidth, window.scrollX])).toEqual([320, 0])
})

test('the loop of an agent takes at most twelve keys, and each is answered at once', async () => {
  const loops = much(5, 20)
  const numbers = Array.from({ length: loops }, () => mobile())
  const ids = []
  for (const FirstPhone of numbers) ids.push(await jane({ fields: { FirstPhone } }))
  const page = await open('/leads', { as: agent })
  await page.locator('table[data-settled]').waitFor()
  const took: number[] = []
  let keys = 0
  /** Presses a key and measures until what it brings is painted. */
  const press = async (key: string, answer: () => Promise<unknown>) => {
    keys++
    const from = performance.now()
    await page.keyboard.press(key)
    await answer()
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(true))))
    took.push(performance.now() - from)
  }
  for (const [i, number] of numbers.entries()) {
    keys = 0
    const search = page
      .getByRole('searchbox')
      .or(page.getByRole('textbox', { name: /search/i }))
      .first()
    await press('/', () => expect.poll(() => search.evaluate((e) => e === document.activeElement)).toBe(true))
    await search.fill(number)
    await page.locator(`a[data-opens][href$="/leads/${ids[i]}"]`).waitFor()
    await expect.poll(() => page.locator('a[data-opens]').count()).toBe(1)
    await press('ArrowDown', () => page.locator('a[data-opens]:focus').waitFor())
    await press('Enter', () => page.getByRole('heading', { level: 1, name: 'Jane Citizen' }).waitFor())
    await press('2', () => page.locator('[aria-pressed="true"]').waitFor())
    await press('Enter', () => page.getByText('2 unsaved changes').waitFor())
    await press('n', () => page.locator('textarea:focus').waitFor())
    await page.keyboard.insertText('Asks for Tuesday')
    await press('Control+s', () => toast(page, 'Saved.'))
    await press('g', async () => undefined)
    await press('l', () => page.locator('table[data-settled]').waitFor())
    expect(keys).toBeLessThanOrEqual(12)
    expect(await notesOf(ids[i]!)).toEqual(['Asks for Tuesday'])
  }
  const p95 = took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.95)]!
  console.log(
    `agent's loop: ${keys} keys, p95 from key to painted answer ${Math.round(p95)} ms, ${loops} loops`,
  )
})
