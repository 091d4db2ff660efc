// Pages of the one browser of the run. What a page reports while a test runs fails it: an error, a broken policy.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { COOKIE } from '../../src/http/door/sessions.ts'
import { AGAIN_MS } from '../../web/src/shell/again.ts'
import type { OperatorClient } from './operator.ts'

/** Waits until a press is one for what is drawn now. On a busy machine the page knows later than we do that it has drawn something. */
export const laterThanDoubleClick = (page: Page) => page.waitForTimeout(2 * AGAIN_MS)

export interface Visit {
  /** The signed-in operator; absent: nobody. */
  as?: OperatorClient
  /** Without the loading of other screens ahead of time. */
  sparing?: true
  width?: number
  height?: number
}

/** How long anything may take on a slow machine, milliseconds. */
const PATIENCE_MS = 30_000

/**
 * For a test file: pages at a server (or another one that a path names), each in a profile of its own. `expected`: what
 * they may report, because the tests are about it.
 */
export function browserAt(url: string, { expected }: { expected?: RegExp } = {}) {
  let browser: Browser
  const contexts: BrowserContext[] = []
  const reports: string[] = []
  beforeAll(async () => {
    browser = await chromium.connect(inject('browser'))
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
    expect(reports.splice(0), 'what the pages reported').toEqual([])
  })
  afterAll(() => browser?.close())

  return async (path: string, visit: Visit = {}): Promise<Page> => {
    const context = await browser.newContext({
      baseURL: url,
      colorScheme: 'light',
      viewport: { width: visit.width ?? 1280, height: visit.height ?? 800 },
      locale: 'en-AU',
      timezoneId: 'Australia/Melbourne',
      reducedMotion: 'reduce',
    })
    contexts.push(context)
    context.setDefaultTimeout(PATIENCE_MS)
    const token = visit.as?.browser.cookies.get(COOKIE)
    if (token)
      await context.addCookies([
        { name: COOKIE, value: token, url: new URL(path, url).origin, httpOnly: true, sameSite: 'Strict' },
      ])
    if (visit.sparing)
      await context.addInitScript(() =>
        Object.defineProperty(navigator, 'connection', { value: { saveData: true } }),
      )
    await context.addInitScript(() => {
      document.addEventListener(
        'securitypolicyviolation',
        ({ violatedDirective, blockedURI, sourceFile, sample }) =>
          console.error(`policy: ${violatedDirective} ${blockedURI} ${sourceFile} ${sample}`),
      )
    })
    const page = await context.newPage()
    page.on('pageerror', (error) => reports.push(String(error.stack ?? error)))
    page.on('console', (message) => {
      // The browser's own note of a refused request: refusals are what many tests are about.
      const refused = /^Failed to load resource/.test(message.text()) && /\/v1\//.test(message.location().url)
      if (message.type() === 'error' && !refused && !expected?.test(message.text()))
        reports.push(message.text())
    })
    await page.goto(path)
    return page
  }
}
