// Contact hours by keyboard alone, and the grid by mouse: the week, exceptions, holidays, the law, and whether they are open.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { chooseFromMenu, dialogOf, press, tabTo, typeInto } from './keyboard.ts'
import { hasFocus, hears } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const open = browserAt(leadline.url)
const manager = await leadline.asOperator('manager')
const lead = await leadline.asOperator('lead')

const hoursOf = async (id: number) => {
  const answer = await client.contactHours(id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}
const OFFICE = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:30' }]
const office = async (name: string) => {
  const made = await client.createContactHours({
    name,
    zone: 'Australia/Perth',
    weekly: OFFICE as Parameters<typeof client.createContactHours>[0]['weekly'],
  })
  if (!made.ok) throw new Error(made.body.detail)
  return made.body.contact_hours_id
}

test('contact hours are made, and their week is typed and painted by keys', async () => {
  const page = await open('/contact-hours', { as: manager })
  await press(page, page.getByRole('button', { name: 'New contact hours' }))
  const dialog = await dialogOf(page)
  await page.keyboard.type('Perth desk')
  await tabTo(page, dialog.getByRole('combobox', { name: 'Time zone' }))
  await page.keyboard.type('perth')
  await page.keyboard.press('Enter')
  await press(page, dialog.getByRole('button', { name: 'Make the contact hours' }))
  await page.getByRole('heading', { level: 1, name: 'Perth desk' }).waitFor()
  const id = Number(page.url().split('/').at(-1))

  // From round the clock to what the law allows, and from there on by hand.
  await tabTo(page, page.getByRole('switch', { name: 'Open round the clock' }))
  await page.keyboard.press('Space')
  await tabTo(page, page.getByRole('gridcell', { name: /^Monday 09:00/ }))
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowUp')
  await hasFocus(page, /^Monday 08:00 to 09:00: closed, not allowed by law/)
  await page.keyboard.press('Space')
  await hasFocus(page, /^Monday 08:00 to 09:00: open, not allowed by law/)
  await page.keyboard.press('Shift+ArrowRight')
  await hasFocus(page, /^Tuesday 08:00 to 09:00: open/)
  await typeInto(page, page.getByLabel('Sunday', { exact: true }), '10:15-12, 13-14:30')
  await page.keyboard.press('Control+s')
  const review = await dialogOf(page)
  await review.getByText('No leads are affected.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('Enter')
  await hears(page, /^The contact hours are saved/)
  expect((await hoursOf(id)).weekly).toEqual([
    { days: ['mon'], from: '08:00', to: '09:00' },
    { days: ['mon'], from: '10:00', to: '20:00' },
    { days: ['tue'], from: '08:00', to: '20:00' },
    { days: ['wed', 'thu', 'fri'], from: '09:00', to: '20:00' },
    { days: ['sat'], from: '09:00', to: '17:00' },
    { days: ['sun'], from: '10:15', to: '12:00' },
    { days: ['sun'], from: '13:00', to: '14:30' },
  ])
})

test('hours go by the clock of the called person, and the review says what that does', async () => {
  const id = await office('Called desk')
  const page = await open(`/contact-hours/${id}`, { as: manager })
  const theirs = page.getByRole('switch', { name: 'Use the time of the person who is called' })
  await tabTo(page, theirs)
  await page.keyboard.press('Space')
  await page.keyboard.press('Control+s')
  const review = await dialogOf(page)
  await review.getByText('of the person who is called').waitFor()
  await review.getByText(/^Callbacks keep the time of day/).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('Enter')
  await hears(page, /^The contact hours are saved/)
  expect(await hoursOf(id)).toMatchObject({ local_to_lead: true, version: 2 })
  await page
    .getByText(/^Times in Perth. This is for somebody in Australia whose time zone is not known/)
    .waitFor()
  await page.goto(`${leadline.url}/contact-hours`)
  const row = page.getByRole('listitem').filter({ hasText: 'Called desk' })
  await row.getByText('Time of the person who is called').waitFor()
  // Who may not manage sees it and cannot change it.
  const other = await open(`/contact-hours/${id}`, { as: lead })
  expect(
    await other.getByRole('switch', { name: 'Use the time of the person who is called' }).isDisabled(),
  ).toBe(true)
})

test('the mouse paints hours as it is drawn over them', async () => {
  const id = await office('Mouse desk')
  const page = await open(`/contact-hours/${id}`, { as: manager, height: 1_400 })
  const cell = (name: RegExp) => page.getByRole('gridcell', { name })
  const centre = async (name: RegExp) => {
    const box = (await cell(name).boundingBox())!
    return [box.x + box.width / 2, box.y + box.height / 2] as const
  }
  await cell(/^Saturday 10:00/).scrollIntoViewIfNeeded()
  await page.mouse.move(...(await centre(/^Saturday 10:00/)))
  await page.mouse.down()
  await page.mouse.move(...(await centre(/^Saturday 11:00/)))
  await page.mouse.move(...(await centre(/^Saturday 12:00/)))
  await page.mouse.up()
  await page.mouse.move(...(await centre(/^Saturday 15:00/)))
  await cell(/^Saturday 12:00 to 13:00: open/).waitFor()
  expect(await cell(/^Saturday 15:00 to 16:00: closed/).count()).toBe(1)
  await cell(/^Friday 17:00 to 18:00: open in part/).click()
  await cell(/^Friday 17:00 to 18:00: open,?/).waitFor()
  await page.keyboard.press('Control+s')
  await dialogOf(page)
  await page.keyboard.press('Enter')
  await hears(page, /^The contact hours are saved/)
  expect((await hoursOf(id)).weekly).toEqual([
    { days: ['mon', 'tue', 'wed', 'thu'], from: '09:00', to: '17:30' },
    { days: ['fri'], from: '09:00', to: '18:00' },
    { days: ['sat'], from: '10:00', to: '13:00' },
  ])
})

test('a finger that scrolls changes no hours; a tap does', async () => {
  const page = await open(`/contact-hours/${await office('Tablet desk')}`, { as: manager })
  const cell = page.getByRole('gridcell', { name: /^Sunday 12:00/ })
  await cell.dispatchEvent('pointerdown', { pointerType: 'touch', button: 0 })
  await cell.dispatchEvent('pointercancel', { pointerType: 'touch' })
  expect(await cell.getAttribute('aria-selected')).toBe('false')
  await cell.dispatchEvent('pointerdown', { pointerType: 'touch', button: 0 })
  await cell.dispatchEvent('click')
  await expect.poll(() => cell.getAttribute('aria-selected')).toBe('true')
})

test('hours that cannot be read change nothing, and nothing goes on before they are corrected', async () => {
  const id = await office('Typing desk')
  const page = await open(`/contact-hours/${id}`, { as: manager })
  const monday = page.getByLabel('Monday', { exact: true })
  await typeInto(page, page.getByLabel('Sunday', { exact: true }), '10-12')
  await typeInto(page, monday, '9-17x')
  await page.getByText('1 unsaved change').waitFor()
  await page.keyboard.press('Control+s')
  await expect.poll(() => monday.evaluate((input) => input === document.activeElement)).toBe(true)
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(await monday.inputValue()).toBe('9-17x')
  await page.keyboard.press('Backspace')
  await page.keyboard.type('.15')
  await page.keyboard.press('Control+s')
  await dialogOf(page)
  await page.keyboard.press('Enter')
  await hears(page, /^The contact hours are saved/)
  expect((await hoursOf(id)).weekly).toContainEqual({ days: ['mon'], from: '09:00', to: '17:15' })

  await typeInto(page, page.getByLabel('Day', { exact: true }), '5 Mar 2030')
  await typeInto(page, page.getByRole('textbox', { name: 'Name' }).last(), 'Half a day')
  const hours = page.getByLabel('Hours', { exact: true })
  await typeInto(page, hours, '9-12x')
  await page.keyboard.press('Enter')
  await hasFocus(page, /^$/)
  expect(await page.getByRole('row').filter({ hasText: 'Half a day' }).count()).toBe(0)
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Enter')
  await page.getByRole('row').filter({ hasText: 'Half a day' }).getByText('09:00–12:00').waitFor()
})

test('a day off and all public holidays of a year become exceptions', async () => {
  const id = await office('Holiday desk')
  const page = await open(`/contact-hours/${id}`, { as: manager })
  const year = new Date().getUTCFullYear() + 1
  await typeInto(page, page.getByLabel('Day', { exact: true }), `3 Mar ${year}`)
  await typeInto(page, page.getByRole('textbox', { name: 'Name', exact: true }).last(), 'Team day')
  await typeInto(page, page.getByLabel('Hours', { exact: true }), '9-12')
  await page.keyboard.press('Enter')
  await page.getByRole('row', { name: /Team day 09:00–12:00/ }).waitFor()
  await press(page, page.getByRole('button', { name: `Add the public holidays of Australia ${year}` }))
  await hears(page, /^\d+ days added/)
  await press(page, page.getByRole('button', { name: /^Remove Boxing Day, / }))
  await page.keyboard.press('Control+s')
  const review = await dialogOf(page)
  await review.getByRole('row', { name: /Good Friday: closed/ }).waitFor()
  await page.keyboard.press('Enter')
  await hears(page, /^The contact hours are saved/)
  const { exceptions } = await hoursOf(id)
  expect(exceptions).toContainEqual({
    date: `${year}-03-03`,
    name: 'Team day',
    windows: [{ from: '09:00', to: '12:00' }],
  })
  expect(exceptions).toContainEqual({ date: `${year}-12-25`, name: 'Christmas Day', windows: [] })
  expect(exceptions.some(({ name }) => name === 'Boxing Day')).toBe(false)
})

test('a change of somebody else is shown, and the painted hours stay', async () => {
  const id = await office('Shared desk')
  const page = await open(`/contact-hours/${id}`, { as: manager })
  await typeInto(page, page.getByLabel('Monday', { exact: true }), '8-12')
  await client.changeContactHours(id, { zone: 'Australia/Adelaide' })
  await page.keyboard.press('Control+s')
  const met = page.getByRole('alert')
  await met.getByRole('row', { name: /Time zone.*Perth.*Adelaide/ }).waitFor()
  expect(await page.getByLabel('Monday', { exact: true }).inputValue()).toMatch(/8/)
  await page.keyboard.press('Control+s')
  await dialogOf(page)
  await page.keyboard.press('Enter')
  await hears(page, /^The contact hours are saved/)
  expect(await hoursOf(id)).toMatchObject({
    zone: 'Australia/Adelaide',
    weekly: [
      { days: ['mon'], from: '08:00', to: '12:00' },
      { days: ['tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:30' },
    ],
  })
})

test('it is said why they are closed now, and used hours are not deleted', async () => {
  const made = await client.createContactHours({ name: 'Never', zone: 'Australia/Perth', weekly: [] })
  if (!made.ok) throw new Error(made.body.detail)
  const page = await open(`/contact-hours/${made.body.contact_hours_id}`, { as: lead })
  await page.getByText('It is outside their hours. They do not open within a year.').waitFor()
  expect(await page.getByRole('grid').getAttribute('aria-readonly')).toBe('true')
  expect(await page.getByRole('button', { name: /^(More|Add)/ }).count()).toBe(0)

  const other = await open('/contact-hours/1', { as: manager })
  await chooseFromMenu(other, /^More for/, 'Delete…')
  const dialog = await dialogOf(other)
  await dialog.getByText('Templates, leads or held changes use these contact hours, so they stay.').waitFor()
})
