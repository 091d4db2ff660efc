// A new lead by hand: the fields of its template, every mistake named, and the lead that holds the number already.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { hasFocus, hears } from './lead-screens.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const open = browserAt(leadline.url)
const agent = await leadline.asOperator('agent')

test('what is typed becomes a lead, made by the operator at the screen', async () => {
  const page = await open('/leads/new', { as: agent })
  await page.getByLabel('First phone').fill('0383 218 199')
  await page.getByLabel('Name', { exact: true }).fill('Jane Citizen')
  await page.getByLabel('City', { exact: true }).fill('Abbotsford')
  await page.getByLabel('External id').fill('CRM-7')
  await page.getByLabel('Callback', { exact: true }).fill('1 mar 2027 10:30')
  await page.getByLabel('Priority').fill('3')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/leads\/\d+-\d+$/)
  const id = page.url().split('/').at(-1)!
  expect((await client.get(`/v1/leads/${id}`)).body).toMatchObject({
    allocation_id: target.allocation_id,
    external_id: 'CRM-7',
    fields: { Name: 'Jane Citizen', City: 'Abbotsford', FirstPhone: '0383 218 199' },
    phones: [{ field: 'FirstPhone', number: '+61383218199', state: 'ok' }],
    callback: { local: '2027-03-01T10:30:00' },
    priority: 3,
    created_way: 'screen',
    created_by: `operator:${agent.operator.operator_id}`,
  })
})

test('every mistake is named in a summary that leads to its field, and at the field', async () => {
  const page = await open('/leads/new', { as: agent })
  await page.getByLabel('Email').fill('jane at home')
  await page.getByLabel('Priority').fill('200')
  await page.getByRole('button', { name: 'Create the lead' }).click()
  const summary = page.getByRole('alert')
  await summary.getByText('3 things to fix').waitFor()
  expect(await summary.innerText()).not.toMatch(/INVALID_FIELD|1005/)
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('alert')

  for (const label of ['Email', 'First phone', 'Priority']) {
    const field = page.getByLabel(label)
    await summary.getByRole('link', { name: label }).click()
    expect(await field.evaluate((element) => element === document.activeElement), label).toBe(true)
    expect(await field.getAttribute('aria-invalid'), label).toBe('true')
    const described = (await field.getAttribute('aria-describedby'))?.split(' ').filter(Boolean) ?? []
    const said = await Promise.all(described.map((id) => page.locator(`[id="${id}"]`).innerText()))
    expect(said.join(' '), label).toMatch(/\w+\.$/)
  }
  expect(await page.getByLabel('Email').inputValue()).toBe('jane at home')
})

test('a number that another lead has: what was typed goes to that lead, or makes a second one', async () => {
  const phone = mobile()
  const { lead_id } = await client.insertLeadFast(target, { FirstPhone: phone, Name: 'Oliver Smith' })
  const page = await open('/leads/new', { as: agent })
  const save = page.getByRole('button', { name: 'Create the lead' })
  await page.getByLabel('Name', { exact: true }).fill('Oliver J. Smith')
  await page.getByLabel('City', { exact: true }).fill('Geelong')
  await page.getByLabel('First phone').fill(`${phone.slice(0, 4)} ${phone.slice(4)}`)
  await save.click()
  const summary = page.getByRole('alert')
  await summary.getByText(`Oliver Smith (${lead_id}) already has this number`).waitFor()
  const other = summary.getByRole('link', { name: 'Open that lead' })
  expect(await other.getAttribute('href')).toBe(`/leads/${lead_id}`)
  await other.click()
  await page.waitForURL(`**/leads/${lead_id}`)
  await page.goBack()
  expect(await page.getByLabel('City', { exact: true }).inputValue()).toBe('Geelong')

  await save.click()
  await summary.getByRole('button', { name: 'Add what I typed to that lead' }).click()
  await page.waitForURL(`**/leads/${lead_id}`)
  await page.getByText('was Oliver Smith').waitFor()
  expect(await page.getByLabel('City', { exact: true }).inputValue()).toBe('Geelong')
  expect(await page.getByLabel('First phone', { exact: true }).inputValue()).toBe(phone)
  await page.keyboard.press('Control+s')
  await expect
    .poll(async () => (await client.get<{ fields: object }>(`/v1/leads/${lead_id}`)).body.fields)
    .toMatchObject({ Name: 'Oliver J. Smith', City: 'Geelong', FirstPhone: phone })

  await page.goto('/leads/new')
  expect(await page.getByLabel('City', { exact: true }).inputValue()).toBe('')
  await page.getByLabel('First phone').fill(phone)
  await save.click()
  await summary.getByRole('button', { name: 'Create anyway' }).click()
  await page.waitForURL(
    (url) => /\/leads\/\d+-\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${lead_id}`),
  )
})

test('a number that must not be called is marked, with the list that blocks it, once', async () => {
  const phone = mobile()
  await client.post('/v1/dnc', { list: 'private', phones: [phone] })
  const page = await open('/leads/new', { as: agent })
  const field = page.getByLabel('First phone')
  await field.fill(phone)
  await page.keyboard.press('Enter')
  const summary = page.getByRole('alert')
  await summary.getByRole('link', { name: 'First phone' }).click()
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  expect((await summary.innerText()).match(/do-not-call list/g)).toHaveLength(1)
  expect(await summary.innerText()).toContain('This number is on the private do-not-call list.')
  expect(await summary.getByRole('button', { name: 'Try again' }).count()).toBe(0)
  expect(await summary.innerText()).not.toMatch(/DNC|104/)
  await summary.getByRole('button', { name: 'Details' }).click()
  const details = page.getByRole('dialog', { name: 'Details' })
  await details.getByText('104 DNC').waitFor()
  await details.getByRole('button', { name: 'Copy the details' }).click()
  await hears(page, /^Copied$/)
})

test('each kind of field has an input that fits, and is stored as its kind wants it', async () => {
  const { body: template } = await client.post<{ template_id: number }>('/v1/templates', {
    name: 'Solar',
    contact_hours: 'Australia/Melbourne',
    fields: [
      { name: 'Mobile', kind: 'phone' },
      { name: 'Notes', kind: 'long_text' },
      { name: 'Roof/Type', label: 'Roof', kind: 'choice', choices: ['Tiles', 'Metal'] },
      { name: 'Born', kind: 'date' },
      { name: 'Bill', kind: 'number' },
      { name: 'Owner', kind: 'check' },
    ],
  })
  const { template_id } = template
  const campaign = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: 'Solar autumn',
  })
  const { campaign_id } = campaign.body
  await client.post('/v1/allocations', { campaign_id, name: 'Solar north', started: true })

  const page = await open('/leads/new', { as: agent })
  await page.getByRole('combobox', { name: 'Allocation' }).click()
  await page.getByRole('option', { name: 'Solar north' }).click()
  await page.getByLabel('Mobile').fill(mobile())
  await page.getByLabel('Notes').fill('Rings after six.\nHas a dog.')
  await page.getByLabel('Roof').selectOption('Metal')
  // Picked from the calendar, by keyboard.
  const born = page.getByLabel('Born')
  await born.fill('1 mar 80')
  await born.press('ArrowDown')
  const calendar = page.getByRole('dialog', { name: 'Calendar' })
  await calendar.getByText('March 1980').waitFor()
  await hasFocus(page, /1 March 1980|March 1, 1980/)
  await page.keyboard.press('ArrowLeft')
  await hasFocus(page, /29 February 1980|February 29, 1980/)
  expect(await axeFinds(page)).toEqual([])
  await page.keyboard.press('Enter')
  await calendar.waitFor({ state: 'detached' })
  expect(await born.inputValue()).toMatch(/^(29 Feb|Feb 29,) 1980$/)
  expect(await born.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.getByLabel('Bill').fill('12,5')
  await page.getByLabel('Owner').selectOption('yes')
  await page.getByRole('button', { name: 'Create the lead' }).click()
  await page.getByText('1 thing to fix').waitFor()
  await page.getByLabel('Bill').fill('12.5')
  await page.getByRole('button', { name: 'Create the lead' }).click()
  await page.waitForURL(/\/leads\/\d+-\d+$/)
  const lead = await client.get<{ fields: object }>(`/v1/leads/${page.url().split('/').at(-1)}`)
  expect(lead.body.fields).toMatchObject({
    Notes: 'Rings after six.\nHas a dog.',
    'Roof/Type': 'Metal',
    Born: '1980-02-29',
    Bill: '12.5',
    Owner: 'true',
  })
})

test('what is typed is kept until the lead is created or it is discarded', async () => {
  const page = await open('/leads', { as: agent })
  await page.getByRole('link', { name: 'New lead' }).click()
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Lucas Silva')
  await page.reload()
  expect(await name.inputValue()).toBe('Lucas Silva')
  await page.getByText('This is what you typed last time.').waitFor()

  await page.getByRole('link', { name: 'Cancel' }).click()
  await page.waitForURL('**/leads')
  await page.getByRole('link', { name: 'New lead' }).click()
  expect(await name.inputValue()).toBe('Lucas Silva')
  await page.getByRole('button', { name: 'Discard' }).click()
  expect(await name.inputValue()).toBe('')
  await page.getByRole('button', { name: 'Undo' }).click()
  expect(await name.inputValue()).toBe('Lucas Silva')

  await page.getByLabel('First phone').fill(mobile())
  await page.getByRole('button', { name: 'Create the lead' }).click()
  await page.getByRole('heading', { level: 1, name: 'Lucas Silva' }).waitFor()
  await page.goto('/leads/new')
  await name.waitFor()
  expect(await name.inputValue()).toBe('')
  expect(await page.getByText('This is what you typed last time.').count()).toBe(0)
})

test('the allocation of the last lead is the next one, and a double click makes one lead', async () => {
  const { campaign_id } = target
  await client.post('/v1/allocations', { campaign_id, name: 'Evenings', started: false })
  const page = await open('/leads/new', { as: agent })
  const allocation = page.getByRole('combobox', { name: 'Allocation' })
  await allocation.click()
  await page.getByRole('option', { name: 'Evenings (stopped)' }).click()
  let posts = 0
  await page.route('**/v1/leads', async (route) => {
    posts++
    // Both clicks come before the answer.
    await new Promise((resolve) => setTimeout(resolve, 400))
    await route.continue()
  })
  await page.getByLabel('First phone').fill(mobile())
  await page.getByRole('button', { name: 'Create the lead' }).dblclick()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+s')
  await page.waitForURL(/\/leads\/\d+-\d+$/)
  expect(posts).toBe(1)
  await page.goto('/leads/new')
  await allocation.waitFor()
  expect(await allocation.inputValue()).toBe('Evenings (stopped)')
})
