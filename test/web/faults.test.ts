// When something is wrong around the app: the server is gone, a part of the app is gone, a session nears its end.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const open = browserAt(leadline.url, {
  expected: /Failed to (load resource|fetch dynamically imported module)|Unable to preload/,
})
const agent = await leadline.asOperator('agent')

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
  const page = await open('/leads', { as: agent })
  await page.locator('h1').waitFor()
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
