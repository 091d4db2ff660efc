// The list of leads: finding, filters and pages that stand in the address, keys, and what it shows when there is nothing.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { insertPeople, outcome, person } from '../support/people.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const ids = await insertPeople(client, target, 60)
await outcome(client, target, 3, { njDisposition: 'Busy' })
await outcome(client, target, 5, { njDisposition: 'Callback', njCallBackDate: '2027/03/04 10:30' })
await outcome(client, target, 6, { njDisposition: 'Sale' })
await client.post('/v1/dnc', { list: 'private', phones: [person(59).FirstPhone] })
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

const row = (page: Page, i: number) =>
  page.getByRole('row').filter({ has: page.locator(`a[href="/leads/${ids[i]}"]`) })
const names = (page: Page) => page.locator('a[data-opens]').allInnerTexts()
const settled = (page: Page) => page.locator('table[data-settled]').waitFor()

test('the newest lead stands first, with what an agent needs to know of each', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  expect(await page.getByRole('table').getByRole('row').count()).toBe(51)
  expect((await names(page)).slice(0, 2)).toEqual([person(59).Name, person(58).Name])
  expect(await page.title()).toBe('Leads · Leadline')
  expect(await page.getByText('1–50 of 60 leads', { exact: true }).first().isVisible()).toBe(true)
  expect(await row(page, 59).innerText()).toMatch(/04\d\d \d{3} \d{3}\s+DNC/)
})

test('a number in any spelling, a part of a name, an external id: one box finds them, from the keyboard', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  for (const [typed, found] of [
    [person(7).FirstPhone.replace(/(....)(...)(...)/, '$1 $2 $3'), 7],
    ['papadop', 55],
  ] as const) {
    await page.keyboard.press('/')
    await page.keyboard.type(typed)
    await row(page, found).waitFor()
    await page.waitForFunction((q) => new URLSearchParams(location.search).get('q') === q, typed)
    await page.keyboard.press('ArrowDown')
  }
  // The only one that is found opens: three are found before.
  await page.keyboard.press('/')
  await page.keyboard.press('Enter')
  await page.keyboard.type('crm-1044')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/leads/${ids[4]}`)
  await page.goBack()
  await row(page, 4).waitFor()
  expect(await page.getByLabel('Search leads').inputValue()).toBe('crm-1044')
  await page.getByLabel('Search leads').press('Enter')
  await page.waitForURL(`**/leads/${ids[4]}`)
})

test('letters inside of a word are found where no word begins with them, and the list says so', async () => {
  const page = await open('/leads?q=apadop', { as: agent })
  await row(page, 55).waitFor()
  const said = page.getByText('No lead has a word that begins like this.')
  expect(await said.isVisible()).toBe(true)
  await page.getByLabel('Search leads').fill('papadop')
  await said.waitFor({ state: 'detached' })
  await row(page, 55).waitFor()
})

test('the number that was looked for is shown, whichever field it stands in', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  const { FirstPhone, SecondPhone } = person(9)
  const box = page.getByLabel('Search leads')
  for (const typed of [
    `Tel: ${SecondPhone}`,
    `\u202a+61 ${SecondPhone!.slice(1)}\u202c`,
    SecondPhone!.slice(3),
  ]) {
    await box.fill(typed)
    await row(page, 9).getByText('Second phone').waitFor()
    expect((await row(page, 9).innerText()).replace(/[\s()]/g, '')).toContain(SecondPhone)
    await box.fill(FirstPhone)
    await row(page, 9)
      .getByText(FirstPhone.replace(/(....)(...)(...)/, '$1 $2 $3'))
      .waitFor()
    expect(await row(page, 9).innerText()).not.toContain('Second phone')
  }
})

test('cells of a sheet and a name over two lines can be pasted', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const { Name, FirstPhone } = person(10)
  for (const pasted of [
    `${Name.replace(' ', '\r\n')}\r\n`,
    `${Name}\t${FirstPhone}\n`,
    `${Name}\u200e\n${FirstPhone}`,
  ]) {
    await page.evaluate((text) => navigator.clipboard.writeText(text), `${pasted}`)
    await page.getByLabel('Search leads').fill('')
    await page.getByLabel('Search leads').press('Control+v')
    await row(page, 10).waitFor()
    await page.waitForFunction((name) => {
      const links = [...document.querySelectorAll('a[data-opens]')]
      return links.length > 0 && links.every(({ textContent }) => textContent === name)
    }, Name)
  }
})

test('an address shows the same list to whoever opens it', async () => {
  const query = `?q=ma&campaign_id=${target.campaign_id}&disposition=Sale&closed=yes`
  const page = await open(`/leads${query}`, { as: agent })
  await row(page, 6).waitFor()
  expect(await names(page)).toEqual([person(6).Name])
  for (const chip of ['Campaign: Sample campaign', 'Outcome: Sale', 'State: Closed'])
    expect(await page.getByRole('button', { name: chip, exact: true }).isVisible(), chip).toBe(true)
  expect(await row(page, 6).innerText()).toContain('Closed')
})

test('filters are set and taken away by mouse and keyboard, and stand in the address', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  await page.getByRole('button', { name: 'Outcome' }).click()
  await page.getByLabel('Find: outcome').fill('callback')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/leads?disposition=Callback')
  await row(page, 5).getByText('4 Mar 2027 10:30').waitFor()

  await page.getByRole('button', { name: 'Callback', exact: true }).click()
  await page.getByLabel('From').fill('2027-03-04')
  await page.getByLabel('To', { exact: true }).fill('2027-03-04')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Callback: 4 Mar 2027 to 4 Mar 2027' }).waitFor()
  await row(page, 5).waitFor()

  await page.getByRole('button', { name: 'Has a conflict' }).click()
  await page.getByRole('heading', { name: 'No leads match' }).waitFor()
  expect(await page.getByRole('button', { name: 'Has a conflict' }).getAttribute('aria-pressed')).toBe('true')
  await page.getByRole('button', { name: 'Remove the filter Callback' }).click()
  await page.getByRole('button', { name: 'Clear all' }).click()
  await page.waitForURL('**/leads')
  await settled(page)
  expect(await page.getByRole('table').getByRole('row').count()).toBe(51)
})

test('who changed a lead can be asked for', async () => {
  const { body } = await agent.get<{ version: number }>(`/v1/leads/${ids[2]}`)
  await agent.request('PATCH', `/v1/leads/${ids[2]}`, {
    headers: { 'If-Match': `"v${body.version}"` },
    body: { fields: { City: 'Geelong' } },
  })
  const page = await open('/leads', { as: agent })
  await page.getByRole('button', { name: 'Changed by' }).click()
  await page.getByRole('option', { name: 'Me' }).click()
  await row(page, 2).waitFor()
  expect(await names(page)).toEqual([person(2).Name])

  const lead = await open('/leads', { as: await leadline.asOperator('lead') })
  await lead.getByRole('button', { name: 'Changed by' }).click()
  await lead.getByRole('option', { name: agent.operator.name }).click()
  await row(lead, 2).waitFor()
  expect(await names(lead)).toEqual([person(2).Name])
  await lead.getByRole('button', { name: 'State' }).click()
  await lead.keyboard.press('Enter')
  await lead.getByRole('button', { name: 'State: Open' }).waitFor()
})

test('what is found is marked where it is, also in a value that no column shows', async () => {
  const page = await open('/leads?q=crm-1044', { as: agent })
  await row(page, 4).getByText('External id:').waitFor()
  expect(await row(page, 4).locator('mark').allInnerTexts()).toEqual(['CRM-1044'])
  await page.getByLabel('Search leads').fill(`abbots ${person(5).FirstPhone.slice(4)}`)
  await row(page, 5).getByText('City:').waitFor()
  expect(
    (await row(page, 5).locator('mark').allInnerTexts()).map((text) => text.replaceAll(' ', '')),
  ).toEqual(['Abbots', person(5).FirstPhone.slice(4)])
  // What the name shows already is not shown again in the e-mail.
  await page.getByLabel('Search leads').fill('jane abbots')
  await row(page, 0).getByText('City:').waitFor()
  expect(await row(page, 0).locator('mark').allInnerTexts()).toEqual(['Jane', 'Abbots'])
})

test('a lead without a name is called by its number, and a number that nobody has begins a new lead', async () => {
  const nobody = mobile()
  const { lead_id } = await client.insertLeadFast(target, { FirstPhone: nobody })
  const page = await open('/leads?q=0499 123 456', { as: agent })
  await page.getByRole('heading', { name: 'No leads match' }).waitFor()
  await page.getByRole('link', { name: 'New lead with 0499 123 456' }).click()
  expect(await page.getByLabel('First phone').inputValue()).toBe('0499 123 456')
  await page.goto(`/leads?q=${lead_id}`)
  const link = page.locator(`a[data-opens][href="/leads/${lead_id}"]`)
  await expect.poll(() => link.innerText()).toMatch(/^\+?[\d ]+$/)
  expect(await link.innerText()).not.toBe(lead_id)
  await client.forgetLead(lead_id!)
})

test('pages: forward and back, also from a link into the middle', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  expect(await page.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Next' }).click()
  await row(page, 0).waitFor()
  expect(await names(page)).toHaveLength(10)
  expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
  const middle = new URL(page.url())
  await page.keyboard.press('[')
  await row(page, 59).waitFor()

  const other = await open(middle.pathname + middle.search, { as: agent })
  await row(other, 0).waitFor()
  await other.getByRole('button', { name: 'Previous' }).click()
  await row(other, 59).waitFor()
  expect(new URL(other.url()).search).toBe('')
})

test('j and k go from lead to lead, Enter opens; keys can be switched off', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  const focused = () => page.evaluate(() => document.activeElement?.textContent)
  await page.keyboard.press('j')
  expect(await focused()).toBe(person(59).Name)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  expect(await focused()).toBe(person(58).Name)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/leads/${ids[58]}`)
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.waitForURL('**/leads')
  await settled(page)

  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await sheet.getByText('Next lead', { exact: true }).waitFor()
  await sheet.getByLabel('Use single-key shortcuts').uncheck({ force: true })
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await page.keyboard.press('j')
  expect(await focused()).not.toBe(person(59).Name)
})

test('nothing yet, nothing found, a fault: each says what to do', async () => {
  const empty = await startLeadline()
  const admin = await empty.asOperator('admin')
  const page = await open(`${empty.url}/leads`, { as: admin })
  await page.getByRole('heading', { name: 'No leads yet' }).waitFor()
  await page.goto(`${empty.url}/leads?q=nobody`)
  await page.getByRole('heading', { name: 'No leads match' }).waitFor()
  await page.getByRole('button', { name: 'Clear search and filters' }).click()
  await page.getByRole('heading', { name: 'No leads yet' }).waitFor()

  const problem = {
    code: 103,
    name: 'EXCEPTION',
    detail: 'an error of ours; it is logged under the request id',
    fix: 'Our fault: report the request id.',
    request_id: '7a1f3c',
    retryable: false,
  }
  await page.route('**/v1/leads?*', (route) =>
    route.fulfill({ status: 500, headers: { 'X-Request-Id': '7a1f3c' }, json: problem }),
  )
  await page.goto(`${empty.url}/leads?q=ana`)
  const alert = page.getByRole('alert')
  await alert.getByText('Something broke on the server').waitFor()
  expect(await alert.innerText()).not.toMatch(/7a1f3c|EXCEPTION|Try again/)
  await alert.getByRole('button', { name: 'Details' }).click()
  await page.getByRole('dialog', { name: 'Details' }).getByText('7a1f3c').waitFor()

  Object.assign(problem, { code: 1013, name: 'UNAVAILABLE', retryable: true })
  await page.reload()
  await alert.getByText('The server cannot answer right now.').waitFor()
  await page.unroute('**/v1/leads?*')
  await alert.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'No leads match' }).waitFor()
})

test('on a phone the list fits, and the menu opens and closes', async () => {
  const page = await open('/leads', { as: agent, width: 360, height: 740 })
  await settled(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  const places = page.getByRole('navigation', { name: 'Main' })
  expect(await places.isVisible()).toBe(false)
  await page.getByRole('button', { name: 'Open the menu' }).click()
  await places.getByRole('link', { name: 'Leads' }).click()
  await places.waitFor({ state: 'hidden' })
})

test('the rail shows what the role may see, and remembers that it was collapsed', async () => {
  const page = await open('/conflicts', { as: agent })
  await page.getByRole('heading', { level: 1, name: 'You don’t have access' }).waitFor()
  expect(await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts()).toEqual([
    'Next lead',
    'My callbacks',
    'Leads',
    'Do not call',
  ])
  await page.getByRole('button', { name: 'Collapse' }).click()
  await page.reload()
  await page.getByRole('button', { name: 'Expand the menu' }).waitFor()
  const lead = await open('/leads', { as: await leadline.asOperator('lead') })
  await lead.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Conflicts' }).waitFor()
})

test('the first Tab leads past the navigation', async () => {
  const page = await open('/leads', { as: agent })
  await settled(page)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
})
