// How much the app weighs, compressed: what the first screen loads, each screen after it, and all of it.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { ROOT } from '../support/statements.ts'
import { allLoaded } from './screens.ts'

const DIST = join(ROOT, 'web/dist')
const KB = 1_000
const FIRST_JS_MAX = 220 * KB
const FIRST_CSS_MAX = 20 * KB
const LAZY_MAX = 40 * KB
const ALL_MAX = 700 * KB

const sizes = new Map(
  globSync('assets/*.{js,css}', { cwd: DIST }).map((name) => [
    `/${name}`,
    gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length,
  ]),
)
const sum = (names: Iterable<string>) => [...names].reduce((total, name) => total + (sizes.get(name) ?? 0), 0)

const leadline = await startLeadline()
const open = browserAt(leadline.url)
const lead = await leadline.asOperator('lead')

/** The files that a page has loaded. */
async function loaded(path: string): Promise<string[]> {
  const page = await open(path, { as: lead, sparing: true })
  await page.locator('h1').waitFor()
  await allLoaded(page)
  const urls = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  )
  return [...new Set(urls)].filter((name) => sizes.has(name))
}

test(`the list of leads is there after ${FIRST_JS_MAX / KB} kB of scripts and ${FIRST_CSS_MAX / KB} kB of styles`, async () => {
  const names = await loaded('/leads')
  expect(names.length).toBeGreaterThan(3)
  expect(sum(names.filter((name) => name.endsWith('.js')))).toBeLessThanOrEqual(FIRST_JS_MAX)
  expect(sum(names.filter((name) => name.endsWith('.css')))).toBeLessThanOrEqual(FIRST_CSS_MAX)
})

test(`every other screen costs ${LAZY_MAX / KB} kB more at most`, async () => {
  const first = new Set(await loaded('/leads'))
  for (const path of [
    '/work',
    '/callbacks',
    '/dashboard',
    '/leads/new',
    '/leads/1-1',
    '/leads/1-1/merge',
    '/leads/1-1/history',
    '/conflicts',
    '/conflicts/1',
    '/campaigns',
    '/allocations/1',
    '/bulk-changes',
    '/imports',
    '/imports/new',
    '/imports/1',
    '/templates/1',
    '/outcomes/1',
    '/contact-hours/1',
    '/dnc',
  ]) {
    const more = (await loaded(path)).filter((name) => !first.has(name))
    expect(sum(more), path).toBeLessThanOrEqual(LAZY_MAX)
    expect(more, path).not.toEqual([])
  }
})

test(`the whole app has ${ALL_MAX / KB} kB at most, and nothing from elsewhere`, () => {
  expect(sum(sizes.keys())).toBeLessThanOrEqual(ALL_MAX)
  for (const name of sizes.keys())
    expect(readFileSync(join(DIST, name), 'utf8'), name).not.toMatch(
      /(?:src|href|@import|url\()\s*[=("']+https?:/,
    )
})
