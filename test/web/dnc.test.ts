// The do-not-call lists on the screen: numbers are checked, added, corrected and removed, with the keyboard alone.

import { text } from 'node:stream/consumers'
import { beforeAll, expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { dialogCloses, focusIsOn, press, tabTo, typeInto } from './keyboard-names.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')
const lead = await leadline.asOperator('lead')
const manager = await leadline.asOperator('manager')

/** 0412345678 as 0412 345 678 */
const spaced = (phone: string) => phone.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1 $2 $3')

const blocked = async (phone: string, campaign_id?: number) => {
  const answer = await client.dncNumber(phone, { campaign_id })
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body.blocked
}

let campaign = ''
beforeAll(async () => {
  const answer = await client.campaign(target.campaign_id)
  if (answer.ok) campaign = answer.body.name
})

test('a number is checked in any spelling: whether, since when, by whom, why and until when', async () => {
  const phone = mobile()
  const page = await open('/dnc', { as: agent })
  await page.getByRole('heading', { name: 'Do not call' }).waitFor()
  await page.keyboard.press('Tab')
  await focusIsOn(page, /./)
  await page.getByLabel('Number', { exact: true }).focus()
  await page.keyboard.type(`+61 (0)${phone.slice(1, 4)}-${phone.slice(4)}`)
  await page.keyboard.press('Enter')
  await page.getByText(`${spaced(phone)} can be called`).waitFor()
  await page.getByText('It is not on a list, and never was.').waitFor()

  const expires_at = '2031-01-01T00:00:00+11:00'
  await manager.addToDnc({ list: 'private', phones: [phone], reason: 'asked twice', expires_at })
  await page.keyboard.press('Enter')
  const verdict = page.getByRole('status').filter({ hasText: `Do not call ${spaced(phone)}` })
  await verdict.waitFor()
  const row = page.getByRole('row').filter({ hasText: 'asked twice' }).first()
  await row.getByText(`by ${manager.operator.name}`).waitFor()
  await row.getByText('To the end of 31 Dec 2030').waitFor()
  expect(await axeFinds(page)).toEqual([])
  // A link to the answer shows it again.
  await page.reload()
  await verdict.waitFor()
})

test('text that is not a number is refused at the field', async () => {
  const page = await open('/dnc', { as: agent })
  await page.getByLabel('Number', { exact: true }).focus()
  await page.keyboard.type('0412 call me')
  await page.keyboard.press('Enter')
  await page.getByText('Enter digits only, without letters.').waitFor()
})

test('the list of a campaign blocks there only, and the client list lifts it', async () => {
  const phone = mobile()
  await client.addToDnc({ list: 'campaign', campaign_id: target.campaign_id, phones: [phone] })
  const page = await open(`/dnc?number=${phone}`, { as: lead })
  await page.getByText(`Except in ${campaign}.`).waitFor()
  await page.getByLabel('Campaign').first().focus()
  await page.keyboard.type(campaign)
  await page.getByText(`It must not be called in ${campaign}.`).waitFor()
  await client.addToDnc({ list: 'client', phones: [phone] })
  await page.getByLabel('Number', { exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('It is on the client list').waitFor()
})

test('many numbers are pasted: each line has its result, and bad ones stay to be corrected', async () => {
  const [known, fresh, spoilt] = [mobile(), mobile(), mobile()]
  await client.addToDnc({ list: 'private', phones: [known] })
  const page = await open('/dnc', { as: agent })
  await page.getByRole('heading', { name: 'Do not call' }).waitFor()
  await press(page, 'Add numbers…')
  await page.getByRole('dialog', { name: 'Add numbers' }).waitFor()
  await focusIsOn(page, 'Numbers')
  await page.keyboard.insertText(`${spaced(known)}\n\n${fresh}\n${spoilt}x`)
  await typeInto(page, 'Reason', 'letters of May')
  await press(page, 'Add 3 numbers')
  await page.getByText('1 added · 1 on the list already · 1 to fix').waitFor()
  const results = page.getByRole('list', { name: 'Result of each line' })
  await results
    .getByRole('listitem')
    .filter({ hasText: `${spoilt}x` })
    .getByText('Enter digits only')
    .waitFor()
  await results
    .getByRole('listitem')
    .filter({ hasText: spaced(known) })
    .getByText('already')
    .waitFor()
  expect(await axeFinds(page)).toEqual([])
  expect(await blocked(fresh)).toBe(true)
  // Only the bad line is left, and the focus is in it.
  await focusIsOn(page, 'Numbers')
  expect(await page.getByRole('textbox', { name: 'Numbers' }).inputValue()).toBe(`${spoilt}x`)
  await page.keyboard.press('End')
  await page.keyboard.press('Backspace')
  await press(page, 'Add 1 number')
  await page.getByRole('dialog').getByText('1 added', { exact: true }).waitFor()
  await focusIsOn(page, 'Close')
  await page.keyboard.press('Enter')
  await dialogCloses(page)
  expect(await blocked(spoilt)).toBe(true)
  await page
    .getByRole('row')
    .filter({ hasText: spaced(spoilt) })
    .getByText('letters of May')
    .waitFor()
})

test('an agent adds a hundred at most, and only to the private list', async () => {
  const page = await open('/dnc', { as: agent })
  await page.getByRole('heading', { name: 'Do not call' }).waitFor()
  expect(await page.getByRole('button', { name: 'Remove numbers…' }).count()).toBe(0)
  await press(page, 'Add numbers…')
  await focusIsOn(page, 'Numbers')
  expect(await page.getByRole('radio').count()).toBe(1)
  await page.keyboard.insertText(Array.from({ length: 101 }, mobile).join('\n'))
  await page.getByText('These are 101 numbers.').waitFor()
  expect(await page.getByRole('button', { name: 'Add 101 numbers' }).isDisabled()).toBe(true)
})

test('a team lead keeps the list of a campaign, with a last day', async () => {
  const phone = mobile()
  const page = await open('/dnc', { as: lead })
  await page.getByRole('heading', { name: 'Do not call' }).waitFor()
  await press(page, 'Add numbers…')
  await focusIsOn(page, 'Numbers')
  await page.keyboard.insertText(phone)
  await tabTo(page, /^Private list/, 'Shift+Tab')
  await page.keyboard.press('ArrowDown')
  await typeInto(page, 'Last day', '30 Nov 2030')
  await press(page, 'Add 1 number')
  await page.getByRole('dialog').getByText('1 added', { exact: true }).waitFor()
  expect(await blocked(phone)).toBe(false)
  expect(await blocked(phone, target.campaign_id)).toBe(true)
  await page.keyboard.press('Enter')
  await dialogCloses(page)
  const row = page.getByRole('row').filter({ hasText: spaced(phone) })
  await row.getByText(`Campaign · ${campaign}`).waitFor()
  await row.getByText('To the end of 30 Nov 2030').waitFor()

  // It comes off again with a reason, which stays on record.
  await row
    .getByRole('button', { name: `Remove ${spaced(phone)} from the list Campaign · ${campaign}` })
    .focus()
  await page.keyboard.press('Enter')
  await focusIsOn(page, 'Reason')
  await page.keyboard.type('typed wrongly')
  await press(page, 'Remove 1 number')
  await page.getByRole('dialog').getByText('1 removed', { exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await dialogCloses(page)
  await until('the row is gone', async () => (await row.count()) === 0)
  expect(await blocked(phone, target.campaign_id)).toBe(false)
  await page.getByLabel('Entries').focus()
  await page.keyboard.type('Removed')
  await row.getByText(`by ${lead.operator.name}`).first().waitFor()
  await row.getByText('Reason: typed wrongly').waitFor()
  await page.waitForURL('**/dnc?entries=past')
})

test('many are removed by a manager; who may not is shown no way to', async () => {
  const phones = [mobile(), mobile()]
  await client.addToDnc({ list: 'private', phones })
  const page = await open('/dnc', { as: manager })
  await page.getByRole('heading', { name: 'Do not call' }).waitFor()
  await press(page, 'Remove numbers…')
  await focusIsOn(page, 'Numbers')
  await page.keyboard.insertText([...phones, mobile()].join('\n'))
  await typeInto(page, 'Reason', 'a test list')
  await press(page, 'Remove 3 numbers')
  await page.getByRole('dialog').getByText('2 removed · 1 not on this list').waitFor()
  for (const phone of phones) expect(await blocked(phone)).toBe(false)

  await client.addToDnc({ list: 'private', phones })
  const theirs = await open('/dnc', { as: lead })
  await theirs
    .getByRole('row')
    .filter({ hasText: spaced(phones[0]!) })
    .first()
    .waitFor()
  expect(
    await theirs.getByRole('button', { name: new RegExp(`^Remove ${spaced(phones[0]!)}`) }).count(),
  ).toBe(0)
})

test('the list is read on, page by page, and fits a phone', async () => {
  const phones = Array.from({ length: 60 }, mobile)
  await client.addToDnc({ list: 'client', phones })
  const page = await open('/dnc?list=client', { as: manager, width: 360 })
  await page.locator('table[data-settled]').waitFor()
  expect(await page.getByRole('button', { name: /from the list Client$/ }).count()).toBe(50)
  await page.getByRole('button', { name: 'Show more' }).click()
  await until(
    'all are there',
    async () => (await page.getByRole('button', { name: /from the list Client$/ }).count()) >= 60,
  )
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await axeFinds(page)).toEqual([])
})

test('a file is imported: chosen, followed, with its rows that could not be taken; another one takes its place', async () => {
  const [one, two, by_hand] = [mobile(), mobile(), mobile()]
  await client.addToDnc({ list: 'private', phones: [by_hand] })
  const page = await open('/dnc', { as: manager })
  await page.getByRole('heading', { name: 'Files' }).waitFor()
  await page.getByText('No file was imported yet.').waitFor()
  const importFile = async (name: string, text: string, mode: string) => {
    await press(page, 'Import a file…')
    const dialog = page.getByRole('dialog', { name: 'Import a file' })
    await dialog.waitFor()
    await focusIsOn(page, 'File')
    // The choice of files is a window of the system, with keys of its own.
    await dialog.getByLabel('File').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    await tabTo(page, /^Keep them/)
    if (mode === 'replace') await page.keyboard.press('ArrowDown')
    await typeInto(page, 'Reason', 'register')
    expect(await axeFinds(page)).toEqual([])
    await press(page, 'Import')
  }
  await importFile('june.csv', `Name,Phone\nAna,${one}\nBob,no number\n`, 'add')
  await page.getByRole('dialog').getByText('1 added', { exact: true }).waitFor()
  await page.getByText('1 row could not be taken.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  expect(await blocked(one)).toBe(true)
  const download = page.waitForEvent('download')
  await press(page, 'Download these rows')
  const saved = await download
  expect(saved.suggestedFilename()).toBe('rows-to-correct-june.csv')
  expect(await text(await saved.createReadStream())).toContain('\r\n3,1006,Phone,')
  await tabTo(page, 'Close', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await dialogCloses(page)
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) })
  await row('june.csv').getByText('1 row could not be taken').waitFor()

  await importFile('july.csv', `${two}\n`, 'replace')
  await page.getByRole('dialog').getByText('1 added · 1 removed', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await dialogCloses(page)
  await row('july.csv').getByText('Replaced earlier files').waitFor()
  expect([await blocked(one), await blocked(two), await blocked(by_hand)]).toEqual([false, true, true])

  await importFile('names.csv', 'Name,City\nAna,Perth\n', 'add')
  await page.getByText('The file was not imported. Nothing has changed.').waitFor()
  await page.getByText('No column holds numbers. Name that column Phone.').first().waitFor()
  await page.keyboard.press('Escape')
  await dialogCloses(page)
})

test('a file whose part was lost goes on from there, also after a reload', async () => {
  const page = await open('/dnc', { as: manager })
  // More than one part of 5 MB.
  const content = `Phone\n${Array.from({ length: 500_000 }, (_, i) => `04${75_000_000 + i}`).join('\n')}\n`
  const made: string[] = []
  const parts: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && /\/dnc\/files$/.test(request.url())) made.push(request.url())
    const part = /\/parts\/(\d+)$/.exec(request.url())?.[1]
    if (part) parts.push(part)
  })
  const choose = async () => {
    await page.getByRole('button', { name: 'Import a file…' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Import a file' })
    await dialog
      .getByLabel('File')
      .setInputFiles({ name: 'register.csv', mimeType: 'text/csv', buffer: Buffer.from(content) })
    await dialog.getByRole('button', { name: 'Import', exact: true }).click()
    return dialog
  }
  await page.route(/\/parts\/2$/, () => undefined)
  await choose()
  await expect.poll(() => parts).toEqual(['1', '2'])
  await page.reload()
  await page.unroute(/\/parts\/2$/)
  let lost = 0
  await page.route(/\/parts\/2$/, (route) => (lost++ === 0 ? route.abort() : route.continue()))
  const dialog = await choose()
  await dialog.getByText(/^The connection was lost/).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Cancel the import' }).waitFor()
  expect(made).toHaveLength(1)
  expect(parts).toEqual(['1', '2', '2', '2'])
  await dialog.getByRole('button', { name: 'Cancel the import' }).click()
  await dialog.getByText('The import was cancelled. Nothing has changed.').waitFor()
})

test('files are for those who may put any amount of numbers on a list; a lead imports to the lists of campaigns', async () => {
  const page = await open('/dnc', { as: agent })
  await page.getByRole('heading', { name: 'Do not call' }).waitFor()
  expect(await page.getByRole('button', { name: 'Import a file…' }).count()).toBe(0)
  expect(await page.getByRole('heading', { name: 'Files' }).count()).toBe(0)
  const other = await open('/dnc', { as: lead })
  await press(other, 'Import a file…')
  await other.getByRole('dialog').getByText('List of a campaign').waitFor()
  expect(await other.getByRole('dialog').getByText('Private list').count()).toBe(0)
})
