// When something is wrong around the app: the server is gone, a part of the app is gone, a session nears its end.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { jane } = screensOf(leadline)
const open = browserAt(leadline.url, {
  expected:
    /Failed to (load resource|fetch dynamically imported module)|Unable to preload|ERR_|cannot be loaded/,
})
const agent = await leadline.asOperator('agent')

const openSparing = async (path: string) => {
  const page = await open(path, { as: agent, sparing: true })
  await page.locator('h1').waitFor()
  return page
}

test('no answer from the server: what was typed stays, and trying again works', async () => {
  const page = await open('/leads/new', { as: agent })
  await page.getByLabel('First phone').fill('0412 345 678')
  await page.route('**/v1/leads', (route) => route.abort())
  await page.getByRole('button', { name: 'Create the lead' }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('Check the network, then try again.').waitFor()
  expect(await alert.innerText()).toContain('What you typed is still here.')
  await page.unroute('**/v1/leads')
  await page.getByRole('button', { name: 'Create the lead' }).click()
  await page.waitForURL(/\/leads\/\d+-\d+$/)
})

test('a part of the app that is gone after an upgrade: the page is loaded anew, once', async () => {
  const page = await openSparing('/leads')
  let loads = 0
  page.on('load', () => loads++)
  await page.route('**/assets/new-lead*', (route) => route.fulfill({ status: 404, body: '' }))
  await page.getByRole('link', { name: 'New lead' }).first().click()
  await page.getByRole('alert').waitFor()
  expect(loads).toBe(1)
  expect(await page.getByRole('button', { name: 'Details' }).isVisible()).toBe(true)
  await page.unroute('**/assets/new-lead*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { level: 1, name: 'New lead' }).waitFor()
})

test('offline, a screen that is not loaded yet lets the one before it stay, and opens when there is a connection', async () => {
  const page = await openSparing(`/leads/${await jane()}`)
  const rail = page.getByRole('navigation', { name: 'Main' })
  const lost = page.getByRole('status').getByText('No connection')
  let loads = 0
  page.on('load', () => loads++)
  const address = page.url()
  await page.getByLabel('City', { exact: true }).fill('Ballarat')
  await page.context().setOffline(true)
  await lost.waitFor()
  await rail.getByRole('link', { name: 'Leads' }).click()
  await lost.getByText('The page opens as soon as the server answers.').waitFor()
  expect(page.url()).toBe(address)
  expect(await page.getByLabel('City', { exact: true }).inputValue()).toBe('Ballarat')
  await page.context().setOffline(false)
  await page.getByRole('heading', { level: 1, name: 'Leads', exact: true }).waitFor()
  await lost.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Jane Citizen' }).first().waitFor()

  await page.context().setOffline(true)
  await page.getByRole('link', { name: 'New lead' }).first().click()
  await lost.getByText('The page opens as soon as the server answers.').waitFor()
  // Somebody who goes on working here is not taken away when it is back.
  await page.getByRole('heading', { level: 1 }).click()
  await page.context().setOffline(false)
  await lost.waitFor({ state: 'detached' })
  expect(new URL(page.url()).pathname).toBe('/leads')
  expect(loads).toBe(0)
})

test('offline, a part of a screen that is not loaded yet leaves the rest alone, and comes with the connection', async () => {
  await jane()
  const page = await openSparing('/leads')
  await page.getByRole('link', { name: 'Jane Citizen' }).first().waitFor()
  await page.context().setOffline(true)
  await page.getByRole('status').getByText('No connection').waitFor()
  await page
    .getByRole('checkbox', { name: /Jane Citizen/ })
    .first()
    .check()
  await page.getByRole('link', { name: 'Jane Citizen' }).first().waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: /^Set outcome/ }).waitFor()
})

test('a computer that calls itself offline, but reaches the server, opens every screen', async () => {
  const page = await openSparing(`/leads/${await jane()}`)
  await page.evaluate(() => Object.defineProperty(navigator, 'onLine', { value: false }))
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Leads' }).click()
  await page.getByRole('heading', { level: 1, name: 'Leads', exact: true }).waitFor()
})

test('the screens that are not open are loaded while nothing else happens, and open without a connection', async () => {
  const page = await open(`/leads/${await jane()}`, { as: agent })
  await page.locator('h1').waitFor()
  const scripts = () =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .join(' '),
    )
  await expect.poll(scripts).toMatch(/assets\/handed-over-/)
  await page.context().setOffline(true)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Leads' }).click()
  await page.getByRole('heading', { level: 1, name: 'Leads', exact: true }).waitFor()
})

test('a session that nears its end says so, and goes on at a click', async () => {
  const page = await open('/leads', { as: agent })
  await page.locator('h1').waitFor()
  const asked: string[] = []
  await page.route('**/v1/session*', async (route) => {
    const url = new URL(route.request().url())
    asked.push(url.search)
    const answer = await route.fetch()
    const session = await answer.json()
    const left_ms = url.searchParams.has('extend') ? 3_600_000 : 90_000
    // The same instant each time that it is asked for: nothing moves the end but the click.
    const expires_at = new Date(Math.ceil((began + left_ms) / 1_000) * 1_000).toISOString()
    await route.fulfill({ response: answer, json: { ...session, expires_at } })
  })
  const began = Date.now()
  await page.reload()
  const stay = page.getByRole('button', { name: 'Stay signed in' })
  await stay.click()
  await stay.waitFor({ state: 'detached' })
  expect(asked.at(-1)).toBe('?extend=true')
})

test('a screen that nobody is at stops asking, so that its session can end', async () => {
  const page = await open('/leads', { as: await leadline.asOperator('lead') })
  let asked = 0
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/v1/conflicts') asked++
  })
  await page.clock.install()
  await page.reload()
  await page.locator('h1').waitFor()
  /** Minutes by the page's own clock; between them its answers come in. */
  async function minutes(n: number): Promise<void> {
    for (let i = 0; i < n; i++) {
      await page.clock.runFor(60_000)
      await page.evaluate(() => fetch('/healthz'))
    }
  }
  await minutes(3)
  await expect.poll(() => asked).toBeGreaterThan(2)
  await minutes(4)
  const before = asked
  await minutes(5)
  expect(asked).toBe(before)
  await page.mouse.move(100, 100)
  await minutes(2)
  await expect.poll(() => asked).toBeGreaterThan(before)
})
