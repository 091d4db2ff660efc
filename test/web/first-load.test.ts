// What somebody on a slow line sees: something at once, and the screen after few rounds of requests.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { jane } = screensOf(leadline)
const open = browserAt(leadline.url)

/** How long nothing is asked for until a round is over, milliseconds. */
const ROUND_MS = 400

/** Opens a page whose requests are answered in rounds; returns after how many of them it is complete. */
async function rounds(
  page: Page,
  path: string,
  isComplete: () => Promise<boolean>,
  afterRound: (n: number) => Promise<void>,
) {
  // What the page before it asks for is no round of this one.
  await page.goto('about:blank')
  let held: (() => void)[] = []
  let asked_at = performance.now()
  await page.route('**/*', (route) => {
    // What follows the lead as long as it is open ends no round.
    if (/\/v1\/events/.test(route.request().url())) return route.abort()
    asked_at = performance.now()
    held.push(() => void route.continue())
  })
  void page.goto(path, { waitUntil: 'commit' })
  const isOver = () => held.length > 0 && performance.now() - asked_at > ROUND_MS
  for (let n = 1; ; n++) {
    await expect.poll(isOver).toBe(true)
    for (const go of held.splice(0)) go()
    held = []
    // What a screen asks for beside its first picture is no further round.
    await expect.poll(async () => (await isComplete()) || isOver()).toBe(true)
    if (await isComplete()) return n
    await afterRound(n)
  }
}

test('the page is not white while the session is looked up, and a lead is there after three rounds', async () => {
  const agent = await leadline.asOperator('agent')
  const id = await jane()
  const page = await open('/login', { as: agent })
  const seen: string[] = []
  const n = await rounds(
    page,
    `/leads/${id}`,
    () => page.getByRole('heading', { level: 1, name: 'Jane Citizen' }).isVisible(),
    async () => void seen.push(await page.evaluate(() => document.body?.innerText ?? '')),
  )
  expect(n).toBeLessThanOrEqual(3)
  expect(seen.some((text) => text.includes('Leadline'))).toBe(true)
})
