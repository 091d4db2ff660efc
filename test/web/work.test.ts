// The day of an agent without a dialler: the next lead, its outcome by one key, the one after it.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt, laterThanDoubleClick } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import type { OperatorClient } from '../support/operator.ts'
import { admin } from '../support/postgres.ts'
import { type Place, placeIn } from '../support/regions.ts'
import { axeFinds } from './axe.ts'
import { hears, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const open = browserAt(leadline.url)

let line = 4_600_000
const newZealander = () => `027${++line}`

const NAMES = ['Aroha Ngata', 'Ben Carter', 'Chloe Wiki', 'Dan Fox', 'Emma Tane', 'Finn Lee', 'Grace Moana']

/** An allocation of its own in a country where calls are always allowed, with so many leads, the last one first. */
async function placeWith(count: number): Promise<Place & { ids: string[] }> {
  const place = await placeIn(leadline, 'NZ')
  const ids: string[] = []
  for (let i = 0; i < count; i++) ids.push(await add(place, `${NAMES[i % NAMES.length]} ${i + 1}`))
  return { ...place, ids: ids.reverse() }
}

async function add(
  { allocation_id }: Place,
  Name: string,
  more: Record<string, string> = {},
): Promise<string> {
  const made = await client.createLead({ allocation_id, fields: { Name, Phone: newZealander(), ...more } })
  if (!made.ok) throw new Error(JSON.stringify(made.body))
  return made.body.id
}

const view = async (id: string) => {
  const lead = await client.lead(id)
  if (!lead.ok) throw new Error(lead.body.detail)
  return lead.body
}
const callsOf = async (id: string) => {
  const calls = await client.leadCalls(id)
  return calls.ok ? calls.body.items : []
}
const heldBy = async (agent: OperatorClient, { allocation_id }: Place) => {
  const held = await agent.heldLeases(allocation_id)
  return held.ok ? held.body.items : []
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const bar = (page: Page) => page.getByRole('region', { name: 'Save' })

/** The screen with its first lead. */
async function atWork(agent: OperatorClient, { allocation_id }: Place): Promise<Page> {
  const page = await open(`/work?allocation_id=${allocation_id}`, { as: agent })
  await page.getByRole('heading', { name: 'Ready for the next lead?' }).waitFor()
  await page.keyboard.press('Enter')
  return page
}

/** The lead is there for long enough that a press is meant for it. */
async function settled(page: Page, name: string | RegExp): Promise<void> {
  await heading(page, name).waitFor()
  await page.getByRole('button', { name: 'No Answer' }).waitFor()
  await laterThanDoubleClick(page)
}

test('twenty leads by keys: two for each, every call on record once', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(20)
  const page = await atWork(agent, place)
  const reports: string[] = []
  page.on('request', (request) => /outcome$/.test(request.url()) && reports.push(request.url()))
  for (const id of place.ids) {
    await settled(page, (await view(id)).fields.Name!)
    await page.keyboard.press('3')
    await page.keyboard.press('Enter')
  }
  await page.getByRole('heading', { name: 'No lead can be called now' }).waitFor()
  for (const id of place.ids) {
    const calls = await callsOf(id)
    expect(calls.map(({ disposition, actor }) => [disposition, actor])).toEqual([
      ['No Answer', `operator:${agent.operator.operator_id}`],
    ])
  }
  expect(reports).toHaveLength(20)
  await page.getByText('20 callbacks are due later').waitFor()
})

test('fields, a note and a callback of one’s own are one save with the outcome', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(1)
  const page = await atWork(agent, place)
  const [id] = place.ids
  await settled(page, 'Aroha Ngata 1')
  await page.getByRole('button', { name: /^Callback/ }).click()
  await page.keyboard.press('Enter')
  await page.getByRole('checkbox', { name: 'Keep this callback for me' }).check()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Aroha Ngata-Smith')
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Asks for the evening')
  await page.keyboard.press('Control+Enter')
  await toast(page, /Saved\./)
  const lead = await view(id!)
  expect(lead).toMatchObject({
    version: 2,
    disposition: 'Callback',
    callback_agent: agent.operator.login,
    fields: { Name: 'Aroha Ngata-Smith' },
  })
  const notes = await client.leadNotes(id!)
  expect(notes.ok && notes.body.items.map(({ text }) => text)).toEqual(['Asks for the evening'])
  expect(await callsOf(id!)).toHaveLength(1)
  await page.getByText(/^1 callback is due later, the next one today/).waitFor()
})

test('the number that was dialled is on record; the first one is dialled first', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(0)
  const id = await add(place, 'Two Numbers', { Second: newZealander() })
  const page = await atWork(agent, place)
  await settled(page, 'Two Numbers')
  const numbers = page.getByRole('region', { name: 'Numbers to call' })
  await numbers
    .getByText(/^\d\d:\d\d in UTC\. Can be called/)
    .first()
    .waitFor()
  expect(await numbers.getByRole('radio', { name: 'You dialled Phone' }).isChecked()).toBe(true)
  expect(await numbers.getByRole('link').first().getAttribute('href')).toMatch(/^tel:\+6427/)
  await page.keyboard.press('t')
  expect(await numbers.getByRole('radio', { name: 'You dialled Second' }).isChecked()).toBe(true)
  await page.keyboard.press('8')
  await page.getByRole('button', { name: 'Save and pause' }).click()
  await page.getByRole('heading', { name: 'Ready for the next lead?' }).waitFor()
  const { phones, closed } = await view(id)
  expect(closed).toBe(true)
  const [call] = await callsOf(id)
  expect(call).toMatchObject({
    disposition: 'Sale',
    phone: phones.find(({ field }) => field === 'Second')!.number,
  })
})

test('an empty queue says why, and the next lead opens by itself', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(0)
  const page = await atWork(agent, place)
  await page.getByText(/^Every lead is closed, or nothing has come in yet/).waitFor()
  expect(await axeFinds(page), 'empty').toEqual([])
  await client.patch(`/v1/allocations/${place.allocation_id}`, { started: false })
  await page.getByText(/^This allocation is stopped\. A team lead can start it/).waitFor()
  await client.patch(`/v1/allocations/${place.allocation_id}`, { started: true })
  const id = await add(place, 'Late Comer')
  await settled(page, 'Late Comer')
  expect((await heldBy(agent, place)).map(({ lead_id }) => lead_id)).toEqual([id])
  // Handed back, it waits for whoever asks next, and nobody asks.
  await page.getByRole('button', { name: 'Hand back' }).click()
  await toast(page, /Handed back without a call/)
  await page.getByRole('heading', { name: 'Ready for the next lead?' }).waitFor()
  expect(await heldBy(agent, place)).toEqual([])
  expect((await view(id)).version).toBe(1)
})

test('agents and a dialler take leads side by side, each once', async () => {
  const place = await placeWith(12)
  const dialler = await leadline.clientWith(['dial'])
  const taken = new Set<string>()
  let is_over = false
  const dialling = (async () => {
    while (!is_over) {
      const answer = await dialler.takeLeases(place.allocation_id, { lease_s: 600 })
      for (const { lease_id, lead, numbers } of answer.ok ? answer.body.items : []) {
        expect(taken.has(lead.id)).toBe(false)
        taken.add(lead.id)
        await dialler.reportOutcome(lease_id, { disposition: 'Sale', phone: numbers[0]!.number })
      }
      await new Promise((done) => setTimeout(done, 400))
    }
  })()
  const agents = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
  const pages = await Promise.all(agents.map((agent) => atWork(agent, place)))
  const none = (page: Page) => page.getByRole('heading', { name: 'No lead can be called now' })
  await Promise.all(
    pages.map(async (page) => {
      for (;;) {
        await page.getByRole('button', { name: 'No Answer' }).or(none(page)).first().waitFor()
        if (await none(page).isVisible()) return
        const name = await heading(page, /./).textContent()
        await laterThanDoubleClick(page)
        await page.keyboard.press('8')
        await page.keyboard.press('Enter')
        await expect
          .poll(
            async () => (await none(page).isVisible()) || (await page.locator('h1').textContent()) !== name,
          )
          .toBe(true)
      }
    }),
  )
  is_over = true
  await dialling
  const by = new Set<string>()
  for (const id of place.ids) {
    const calls = await callsOf(id)
    expect(calls, id).toHaveLength(1)
    by.add(calls[0]!.actor)
  }
  expect(by.size).toBeGreaterThan(1)
})

test('a double press saves one outcome and does nothing to the lead after it', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(2)
  const page = await atWork(agent, place)
  const [first, second] = place.ids
  await settled(page, 'Ben Carter 2')
  for (const key of ['3', 'Enter', '3', 'Enter', 'Enter']) await page.keyboard.press(key)
  await settled(page, 'Aroha Ngata 1')
  expect(await callsOf(first!)).toHaveLength(1)
  expect(await page.getByRole('button', { pressed: true }).count()).toBe(0)
  expect(await callsOf(second!)).toHaveLength(0)
  await page.keyboard.press('Enter')
  await hears(page, /^Choose an outcome first/)
})

test('an outcome whose answer is lost is sent again, counts once, and survives a reload', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(3)
  const page = await atWork(agent, place)
  const [first, second] = place.ids
  await settled(page, 'Chloe Wiki 3')
  const bodies: string[] = []
  const lose = async (route: Parameters<Parameters<Page['route']>[1]>[0]) => {
    bodies.push(route.request().postData()!)
    // It reaches the server; its answer does not come back.
    await route.fetch()
    await route.abort()
  }
  await page.route('**/v1/leases/*/outcome', lose, { times: 1 })
  await page.keyboard.press('3')
  await page.keyboard.press('Enter')
  await bar(page).getByText('No connection to the server.', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Try now' }).click()
  await settled(page, 'Ben Carter 2')
  expect(await callsOf(first!)).toHaveLength(1)

  // Nothing reaches the server, and the page is loaded anew meanwhile.
  await page.route('**/v1/leases/*/outcome', (route) => route.abort())
  await page.keyboard.press('1')
  await page.keyboard.press('Enter')
  await bar(page).getByText('No connection to the server.', { exact: false }).waitFor()
  expect(await callsOf(second!)).toHaveLength(0)
  await page.unroute('**/v1/leases/*/outcome')
  await page.reload()
  await settled(page, 'Aroha Ngata 1')
  expect((await callsOf(second!)).map(({ disposition }) => disposition)).toEqual(['Busy'])
  expect(bodies).toHaveLength(1)
})

test('an outcome without an answer is sent as one from the page of the lead, too', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(1)
  const page = await atWork(agent, place)
  const [id] = place.ids
  await settled(page, 'Aroha Ngata 1')
  await page.route('**/v1/leases/*/outcome', (route) => route.abort())
  await page.keyboard.press('1')
  await page.keyboard.press('Enter')
  await bar(page).getByText('No connection to the server.', { exact: false }).waitFor()
  await page.unroute('**/v1/leases/*/outcome')
  await page.goto(`/leads/${id}`)
  await expect.poll(async () => (await callsOf(id!)).length, { timeout: 20_000 }).toBe(1)
  const { version, disposition, next_attempt_at } = await view(id!)
  expect({ version, disposition }).toEqual({ version: 2, disposition: 'Busy' })
  expect(next_attempt_at).not.toBeNull()
  // The lease has ended with it: nobody has the lead.
  expect(await heldBy(agent, place)).toEqual([])
})

test('Do Not Call has no number: it is searched for, and asks before it is saved', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(1)
  const page = await atWork(agent, place)
  const [id] = place.ids
  await settled(page, 'Aroha Ngata 1')
  await page.keyboard.press('d')
  await page.keyboard.type('do not')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+Enter')
  const sure = page.getByRole('dialog', { name: 'Never call again?' })
  await sure.getByText(/will be on the do-not-call list/).waitFor()
  expect(await callsOf(id!)).toHaveLength(0)
  await sure.getByRole('button', { name: 'Do not call' }).click()
  await expect.poll(async () => (await callsOf(id!)).map((call) => call.disposition)).toEqual(['Do Not Call'])
  const { closed, phones } = await view(id!)
  expect(closed).toBe(true)
  expect(phones[0]).toMatchObject({ blocked_by: 'private' })
})

test('a lead whose answer was lost is not lost: whoever asks again gets it', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(2)
  const page = await open(`/work?allocation_id=${place.allocation_id}`, { as: agent })
  await page.getByRole('heading', { name: 'Ready for the next lead?' }).waitFor()
  await page.route(
    '**/v1/allocations/*/leases',
    async (route) => {
      if (route.request().method() !== 'POST') return route.fallback()
      await route.fetch()
      await route.abort()
    },
    { times: 2 },
  )
  await page.keyboard.press('Enter')
  await settled(page, 'Ben Carter 2')
  expect(await heldBy(agent, place)).toHaveLength(1)
  await page.reload()
  await settled(page, 'Ben Carter 2')
  expect(await heldBy(agent, place)).toHaveLength(1)
})

test('a lead that is about to go back says so, a key keeps it, and what was typed outlives the loss', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(1)
  const page = await atWork(agent, place)
  const [id] = place.ids
  await settled(page, 'Aroha Ngata 1')
  const endsIn = async (seconds: number) => {
    const [campaign_id, number] = id!.split('-')
    for (const [table, column] of [
      ['leases', 'expires_at'],
      ['queue', 'wake_at'],
    ])
      await admin(
        leadline.connection,
        `update ${table} set ${column} = now() + interval '${seconds} s'
         where campaign_id = ${campaign_id} and lead_number = ${number}`,
      )
    await page.reload()
    await page.getByRole('button', { name: 'No Answer' }).waitFor()
  }
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Half a sentence')
  await page.getByText('1 unsaved change').waitFor()
  await endsIn(55)
  const warning = bar(page).getByRole('alert')
  await warning.getByText(/^This lead goes back to the queue soon/).waitFor()
  expect(await axeFinds(page), 'about to go back').toEqual([])
  await page.keyboard.press('Shift')
  await warning.waitFor({ state: 'detached' })
  const [lease] = await heldBy(agent, place)
  expect(Date.parse(lease!.expires_at) - Date.now()).toBeGreaterThan(120_000)

  await endsIn(4)
  await warning.getByText(/^You do not have this lead any more/).waitFor()
  expect(await page.getByRole('textbox', { name: 'Note', exact: true }).inputValue()).toBe('Half a sentence')
  // If there was a call, it counts.
  await page.keyboard.press('3')
  await page.keyboard.press('Enter')
  await expect.poll(() => callsOf(id!)).toHaveLength(1)
  const notes = await client.leadNotes(id!)
  expect(notes.ok && notes.body.items.map(({ text }) => text)).toEqual(['Half a sentence'])
})

test('what somebody else changed meanwhile waits for a team lead, and the call counts', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(1)
  const page = await atWork(agent, place)
  const [id] = place.ids
  await settled(page, 'Aroha Ngata 1')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Aroha N.')
  await client.patchLead(id!, 1, { fields: { Name: 'Aroha Tane' } })
  await bar(page)
    .getByText(/If you save yours, a team lead decides between the two/)
    .waitFor()
  await page.getByRole('button', { name: 'Sale', exact: true }).click()
  await page.keyboard.press('Control+Enter')
  await toast(page, /Saved\. Somebody else changed Name meanwhile: a team lead decides/)
  expect(await view(id!)).toMatchObject({
    disposition: 'Sale',
    fields: { Name: 'Aroha Tane' },
    open_conflicts: 1,
  })
})

test('a lead that is deleted meanwhile says so and leads on', async () => {
  const agent = await leadline.asOperator('agent')
  const place = await placeWith(2)
  const page = await atWork(agent, place)
  await settled(page, 'Ben Carter 2')
  await client.delete(`/v1/leads/${place.ids[0]}`)
  await heading(page, 'This lead was deleted').waitFor()
  await page.getByRole('button', { name: 'Take the next lead' }).click()
  await settled(page, 'Aroha Ngata 1')
})
