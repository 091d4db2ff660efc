// The dashboard: what came in shows by itself, every number leads to its list, old figures say that they are old, and the board
// on the wall.

import { once } from 'node:events'
import net from 'node:net'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { insertPeople, outcome } from '../support/people.ts'
import { axeFinds } from './axe.ts'
import { press } from './keyboard.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const open = browserAt(leadline.url, { expected: /ERR_|Failed to load resource/ })
const admin = await leadline.asOperator('admin')
const lead = await leadline.asOperator('lead')

/** A network between a browser and a server that can be cut. */
async function networkTo(url: string) {
  const sockets = new Set<net.Socket>()
  let is_cut = false
  const proxy = net.createServer((browser) => {
    const server = net.connect(Number(new URL(url).port), '127.0.0.1')
    for (const socket of [browser, server]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }
    if (is_cut) {
      browser.destroy()
      server.destroy()
    }
    browser.pipe(server).pipe(browser)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const cut = () => {
    is_cut = true
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(() => {
    cut()
    proxy.close()
  })
  return {
    url: `http://127.0.0.1:${(proxy.address() as net.AddressInfo).port}`,
    cut,
    mend: () => {
      is_cut = false
    },
  }
}

const card = (page: Page, question: string) => page.getByRole('region', { name: question })
const link = (page: Page, name: string | RegExp) => page.getByRole('link', { name, exact: true })

test('before the first lead it says what comes, and the first lead shows without a click', async () => {
  const page = await open('/dashboard', { as: admin })
  await page.getByRole('heading', { name: 'No lead has come yet' }).waitFor()
  await page.getByText('No lead came in the last hour').waitFor()
  await page.getByText('No, nothing waits for anybody').waitFor()
  expect(await axeFinds(page)).toEqual([])

  await client.insertLeadFast(target, { FirstPhone: mobile() })
  await card(page, 'Is it taking leads?').getByText('Yes, leads are coming in').waitFor()
  await link(page, '1 lead in the last hour').waitFor()
  await page.getByRole('heading', { name: 'No lead has come yet' }).waitFor({ state: 'detached' })
})

test('a person at the keyboard goes from each number to its list', async () => {
  await insertPeople(client, target, 6)
  await outcome(client, target, 2, { njDisposition: 'Callback', njCallBackDate: '2026/11/24 10:30' })
  await outcome(client, target, 3, { njDisposition: 'Sale' })
  await outcome(client, target, 4, { njDisposition: 'Busy', City: 'Ballarat' })
  await outcome(client, target, 4, { City: 'Bendigo', njVersion: '1', njDisposition: '<NO CHANGE>' })
  await client.insertLeadFast(target, { Name: 'No number' })

  const page = await open('/leads', { as: lead })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.type('gd')
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
  await page.getByText('Without a phone number').waitFor()
  await page.getByRole('row').filter({ hasText: 'Conflict with another change' }).waitFor()
  await page
    .getByText(/^counted /)
    .first()
    .waitFor()
  expect(await axeFinds(page)).toEqual([])

  const goAndCome = async (name: string | RegExp, to: RegExp) => {
    await press(page, link(page, name).first())
    await page.waitForURL(to)
    await page.goBack()
    await page
      .getByText(/^counted /)
      .first()
      .waitFor()
  }
  await goAndCome('1 conflict waits', /\/conflicts$/)
  await goAndCome(/callbacks? (is|are) overdue/, /\/leads\?overdue=true$/)
  await goAndCome('Sale 1', /\/leads\?(?=.*closed=yes)(?=.*disposition=Sale)/)
  await press(page, link(page, '2').first())
  await page.waitForURL(/#refusals$/)

  await press(page, page.getByText('Show as a table'))
  await page.getByRole('table', { name: 'The last hour, by minute' }).waitFor()
})

test('a lead sees the same on a phone', async () => {
  const page = await open('/dashboard', { as: lead, width: 360, height: 740 })
  await page
    .getByText(/^counted /)
    .first()
    .waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await axeFinds(page)).toEqual([])
})

test('when figures stop, it says so within five seconds, and goes on by itself', async () => {
  const network = await networkTo(leadline.url)
  const page = await open(`${network.url}/dashboard`, { as: lead })
  await page.getByText('Live', { exact: true }).waitFor()
  network.cut()
  const broke = performance.now()
  await page.getByText(/^Stale since \d\d:\d\d:\d\d$/).waitFor()
  expect(performance.now() - broke).toBeLessThan(5_500)
  await page.getByText(/^No new figures arrive/).waitFor()
  network.mend()
  await page.getByText('Live', { exact: true }).waitFor()
})

test('paused, the figures stay as they are until it goes on', async () => {
  const page = await open('/dashboard', { as: lead })
  await page
    .getByText(/^counted /)
    .first()
    .waitFor()
  const said = card(page, 'Is it taking leads?')
  const before = await said
    .getByText(/in the last hour$/)
    .first()
    .innerText()
  await press(page, page.getByRole('button', { name: 'Pause' }))
  await page.getByText(/^Paused at/).waitFor()
  await client.insertLeadFast(target, { FirstPhone: mobile() })
  await page.waitForTimeout(5_000)
  expect(
    await said
      .getByText(/in the last hour$/)
      .first()
      .innerText(),
  ).toBe(before)
  await press(page, page.getByRole('button', { name: 'Continue' }))
  await expect
    .poll(() =>
      said
        .getByText(/in the last hour$/)
        .first()
        .innerText(),
    )
    .not.toBe(before)
})

test('the board on the wall has no controls, and the keyboard leads back', async () => {
  const page = await open('/dashboard', { as: lead })
  await press(page, link(page, 'Wall board'))
  await page.waitForURL('**/board')
  await page.getByRole('table', { name: 'Campaigns' }).waitFor()
  expect(await page.getByRole('button').count()).toBe(0)
  expect(await page.getByRole('navigation').count()).toBe(0)
  // All of it is on one screen.
  const table = (await page.getByRole('table', { name: 'Campaigns' }).boundingBox())!
  expect(table.y + table.height).toBeLessThanOrEqual(800)
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(
    await page.evaluate(() => window.innerHeight),
  )
  expect(await axeFinds(page)).toEqual([])
  await press(page, link(page, 'Back to the dashboard'))
  await page.waitForURL('**/dashboard')
})

test.each(['/dashboard', '/board'])('agents have no %s', async (path) => {
  const page = await open(path, { as: await leadline.asOperator('agent') })
  await page.getByRole('heading', { name: 'You don’t have access' }).waitFor()
})
