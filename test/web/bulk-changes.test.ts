// Many leads at once, without a mouse: selected, counted, changed by the server while the page is left, stopped, taken back.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { BulkChange } from '../../src/client/api.ts'
import { AGAIN_MS } from '../../web/src/shell/again.ts'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople } from '../support/people.ts'
import { admin as database } from '../support/postgres.ts'
import { axeFinds } from './axe.ts'
import { choose, dialogOf, press, tabTo, typeInto } from './keyboard.ts'

const leadline = await startLeadline()
const { client, connection, target } = leadline
const { campaign_id } = target
const open = browserAt(leadline.url)
const lead = await leadline.asOperator('lead')

const settled = (page: Page) => page.locator('table[data-settled]').waitFor()
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const view = async (id: string) => {
  const answer = await client.lead(id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}
const newest = async (): Promise<BulkChange> => {
  const answer = await client.bulkChanges({ limit: 1 })
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body.items[0]!
}
const box = (page: Page, id: string) =>
  page
    .getByRole('row')
    .filter({ has: page.locator(`a[href="/leads/${id}"]`) })
    .getByRole('checkbox')

const ids = await insertPeople(client, target, 20)
const made = await client.createAllocation({ campaign_id, name: 'Evenings' })
if (!made.ok) throw new Error(made.body.detail)
const evenings = made.body.allocation_id

test('a range is selected and moved; what is there already is said before, and the move is taken back', async () => {
  await client.moveLeads(target.allocation_id, { to_allocation_id: evenings, lead_ids: [ids[15]!] })
  const page = await open('/leads', { as: lead })
  await settled(page)
  await tabTo(page, box(page, ids[17]!))
  await page.keyboard.press('Space')
  await tabTo(page, box(page, ids[14]!))
  await page.keyboard.press('Shift+Space')
  await page.getByText('4 selected', { exact: true }).first().waitFor()
  // Nothing is on another page.
  expect(await button(page, /^Select all [\d,+]+ leads$/).count()).toBe(0)
  await press(page, button(page, 'Move'))
  const dialog = await dialogOf(page)
  await choose(page, dialog.getByLabel('To allocation'), 'Evenings (stopped)')
  await dialog.getByText('3 leads change.').waitFor()
  await dialog.getByText('1 in that allocation already').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await press(page, button(page, 'Move 3 leads'))
  await dialog.getByText('Done: 3 leads changed.').waitFor()
  expect((await view(ids[16]!)).allocation_id).toBe(evenings)
  expect(await axeFinds(page)).toEqual([])
  // Somebody else touches one of them.
  const { version } = await view(ids[16]!)
  await client.patchLead(ids[16]!, version, { fields: { City: 'Darwin' } })
  await press(page, button(page, 'Undo'))
  await dialog.getByText('Undone: 2 leads are as before.').waitFor()
  await dialog.getByText('1 changed by somebody since').waitFor()
  expect((await view(ids[17]!)).allocation_id).toBe(target.allocation_id)
  expect((await view(ids[16]!)).allocation_id).toBe(evenings)
  await press(page, dialog.getByRole('button', { name: 'Close' }).last())
  await dialog.waitFor({ state: 'hidden' })
  expect(await button(page, 'Move').count()).toBe(0)
})

test('a promised call needs a time, and says where that is read', async () => {
  const page = await open('/leads', { as: lead })
  await settled(page)
  await tabTo(page, box(page, ids[3]!))
  await page.keyboard.press('Space')
  await press(page, button(page, 'Set outcome'))
  const dialog = await dialogOf(page)
  await choose(page, dialog.getByLabel('Outcome'), 'Client Approved Callback')
  const submit = dialog.getByRole('button', { name: /^Set outcome of/ })
  expect(await submit.isDisabled()).toBe(true)
  await typeInto(page, dialog.getByLabel('Call back at'), '3 Mar 2031 10:00')
  await dialog.getByText('1 lead changes.').waitFor()
  await press(page, submit)
  await dialog.getByText('Done: 1 lead changed.').waitFor()
  expect(await view(ids[3]!)).toMatchObject({
    disposition: 'Client Approved Callback',
    callback: { local: '2031-03-03T10:00:00' },
  })
})

test('leads are forgotten once their number is typed; a number that has changed meanwhile is shown', async () => {
  const page = await open(`/leads?campaign_id=${campaign_id}`, { as: lead })
  await settled(page)
  for (const id of [ids[0]!, ids[1]!]) {
    await tabTo(page, box(page, id))
    await page.keyboard.press('Space')
  }
  await press(page, button(page, 'Forget'))
  const dialog = await dialogOf(page)
  await typeInto(page, dialog.getByLabel('Type 2 to confirm'), '2')
  expect(await axeFinds(page)).toEqual([])
  await client.forgetLead(ids[0]!)
  await press(page, button(page, 'Forget 2 leads'))
  await dialog.getByText('The leads have changed since they were counted.').waitFor()
  await typeInto(page, dialog.getByLabel('Type 1 to confirm'), '1')
  await press(page, button(page, 'Forget 1 lead'))
  await dialog.getByText('Done: 1 lead changed.').waitFor()
  expect((await client.lead(ids[1]!)).status).toBe(404)
  expect(await dialog.getByRole('button', { name: 'Undo' }).count()).toBe(0)
})

test('numbers go on the list of the campaign for all of a search, on the private one for few', async () => {
  const page = await open('/leads', { as: lead })
  await settled(page)
  for (const id of [ids[6]!, ids[7]!]) {
    await tabTo(page, box(page, id))
    await page.keyboard.press('Space')
  }
  await press(page, button(page, 'Do not call'))
  const dialog = await dialogOf(page)
  await dialog.getByText('2 leads change.').waitFor()
  expect(await dialog.getByLabel('List').locator('option').allInnerTexts()).toEqual([
    'Private: for all campaigns',
    'Campaign: for this one alone',
  ])
  await typeInto(page, dialog.getByLabel('Reason (optional)'), 'Asked by mail')
  await press(page, button(page, 'Put numbers of 2 leads on the list'))
  await dialog.getByText('Done: 2 leads changed.').waitFor()
  expect((await view(ids[7]!)).phones[0]!.blocked_by).toBe('private')
})

const MANY = 50_000

/** Leads as intake would have left them, with the numbers after this one. */
async function fillCampaign(leads: number, phones_from: number): Promise<void> {
  await database(
    connection,
    `with r as materialized (
       select i, nextval('lead_numbers') as number, ${phones_from} + i as phone
       from generate_series(1, ${leads}) as i),
     l as (
       insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
       select ${campaign_id}, number, ${target.allocation_id},
         jsonb_build_object('FirstPhone', '+' || phone, 'Name', 'Person ' || i), 'import', 'system' from r),
     n as (
       insert into lead_phones (campaign_id, lead_number, field, phone, state)
       select ${campaign_id}, number, 'FirstPhone', phone, 'ok' from r),
     c as (
       insert into claims (campaign_id, phone, lead_number) select ${campaign_id}, phone, number from r),
     e as (
       insert into events (campaign_id, lead_number, version, actor, way, request_id)
       select ${campaign_id}, number, 1, 'system', 'import', 'fill' from r)
     insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state)
     select ${campaign_id}, number, ${target.allocation_id}, 0, 10, 'ready' from r`,
  )
  await database(connection, 'vacuum (analyze) queue, leads, lead_phones, claims, events')
}

test(`all ${MANY} leads of a search: counted, changed while the page is left, stopped, undone`, {
  timeout: 240_000,
}, async () => {
  await fillCampaign(MANY, 61_412_000_000)
  const leases = `/v1/allocations/${target.allocation_id}/leases`
  const in_call = (await client.post<{ items: object[] }>(leases, {})).body.items.length
  const page = await open(`/leads?campaign_id=${campaign_id}&closed=no`, { as: lead })
  await settled(page)
  await tabTo(page, page.getByLabel('Select all 50 leads on this page'))
  await page.keyboard.press('Space')
  await press(page, button(page, 'Select all 1,000+ leads'))
  await page.getByText('All 1,000+ leads selected', { exact: true }).waitFor()
  expect(await axeFinds(page)).toEqual([])
  await press(page, button(page, 'Set outcome'))
  const dialog = await dialogOf(page)
  await choose(page, dialog.getByLabel('Outcome'), 'Sale')
  const said = await dialog.getByText(/^[\d,]+ leads change\.$/).innerText()
  const amount = Number(said.replace(/\D/g, ''))
  expect(amount).toBeGreaterThanOrEqual(MANY)
  if (in_call > 0) await dialog.getByText('1 in a call now').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await press(page, dialog.getByRole('button', { name: /^Set outcome of/ }))
  await dialog.getByRole('progressbar').waitFor()
  await dialog.getByText(/^[\d,]+ of [\d,]+ leads$/).waitFor()
  expect(await axeFinds(page)).toEqual([])
  // The page is left, and somebody comes back to it by its address.
  const { bulk_change_id } = await newest()
  await page.goto(`${leadline.url}/dnc`)
  await page.goto(`${leadline.url}/bulk-changes/${bulk_change_id}`)
  await page.getByRole('heading', { level: 1, name: 'Set outcome to Sale' }).waitFor()
  await page.getByRole('progressbar').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.getByText(`Done: ${amount.toLocaleString('en-AU')} leads changed.`).waitFor({ timeout: 150_000 })
  const { rows } = await database(
    connection,
    `select count(*)::integer as calls, count(distinct lead_number)::integer as leads from call_records
     where campaign_id = ${campaign_id} and disposition = 'Sale'`,
  )
  expect(rows).toEqual([{ calls: amount, leads: amount }])
  // Taken back in part: it is stopped, and goes on when somebody asks again.
  await press(page, button(page, 'Undo'))
  await page.getByText(/looked at$/).waitFor()
  await press(page, button(page, 'Stop'))
  await page.getByText('Stopped', { exact: true }).waitFor()
  await page.waitForTimeout(AGAIN_MS)
  await press(page, button(page, 'Undo'))
  await page
    .getByText(`Undone: ${amount.toLocaleString('en-AU')} leads are as before.`)
    .waitFor({ timeout: 150_000 })
  await press(page, page.getByRole('link', { name: 'Bulk changes' }))
  await page.getByRole('heading', { level: 1, name: 'Bulk changes' }).waitFor()
  await page.getByRole('link', { name: 'Set outcome to Sale' }).waitFor()
  const left = await database(
    connection,
    `select count(*)::integer as sold from leads where campaign_id = ${campaign_id} and disposition = 'Sale'`,
  )
  expect(left.rows).toEqual([{ sold: 0 }])
})

test('several campaigns are not changed at once; an agent has no bulk changes', async () => {
  await fillCampaign(60, 61_413_000_000)
  const other = await client.createCampaign({ template_id: target.template_id, name: 'Other' })
  if (!other.ok) throw new Error(other.body.detail)
  const allocation = await client.createAllocation({ campaign_id: other.body.campaign_id, name: 'First' })
  if (!allocation.ok) throw new Error(allocation.body.detail)
  const [foreign] = await insertPeople(
    client,
    { ...target, campaign_id: other.body.campaign_id, allocation_id: allocation.body.allocation_id },
    1,
  )
  const page = await open('/leads', { as: lead })
  await settled(page)
  await page.getByLabel('Select all 50 leads on this page').check()
  expect(await box(page, foreign!).isChecked()).toBe(true)
  await button(page, 'Set outcome').click()
  const dialog = await dialogOf(page)
  await dialog.getByText('These leads belong to several campaigns.').waitFor()
  await page.keyboard.press('Escape')
  await press(page, button(page, /^Select all [\d,+]+ leads$/))
  await press(page, button(page, 'Set outcome'))
  await dialog.getByText('Choose a campaign in the filters first.').waitFor()
  const agent = await leadline.asOperator('agent')
  const denied = await open('/bulk-changes', { as: agent })
  await denied.getByRole('heading', { level: 1 }).waitFor()
  expect(await denied.getByRole('table').count()).toBe(0)
  const empty = await open('/leads', { as: agent })
  await settled(empty)
  expect(await empty.getByRole('link', { name: 'Bulk changes' }).count()).toBe(0)
})
