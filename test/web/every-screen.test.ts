// Every screen of the router, in light and dark: nothing that axe-core objects to, one heading, a title of its own.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt, type Visit } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople, outcome } from '../support/people.ts'
import { ROOT } from '../support/statements.ts'
import { axeFinds } from './axe.ts'
import { bulkChangeIn, changeBy, importsAt, nameOf, SCREENS, type Screen, type World } from './screens.ts'

const untouched = await startLeadline()
const leadline = await startLeadline()
const { client, target } = leadline
const open = browserAt(leadline.url)
const visitors = {
  agent: await leadline.asOperator('agent'),
  lead: await leadline.asOperator('lead'),
  admin: await leadline.asOperator('admin'),
}

const ids = await insertPeople(client, target, 12)
await outcome(client, target, 2, { njDisposition: 'Callback', njCallBackDate: '2026/11/24 10:30' })
await outcome(client, target, 4, { njDisposition: 'Sale', City: 'Geelong' })
await client.post('/v1/dnc', { list: 'private', phones: ['0412345063'] })
await outcome(client, target, 4, { njDisposition: 'Busy', City: 'Ballarat' })
const clash = await outcome(client, target, 4, {
  City: 'Bendigo',
  njVersion: '1',
  njDisposition: '<NO CHANGE>',
})
const lead_id = ids[4]!
const action = await client.createAction({
  name: 'Tell the CRM',
  kind: 'url',
  config: {
    method: 'POST',
    url: 'https://crm.example/sold',
    headers: { Authorization: 'Bearer s3cret' },
    body: '{"name": "${Name}"}',
  },
})
if (!action.ok) throw new Error(action.body.detail)
const world: World = {
  action_id: action.body.action_id,
  lead_id,
  conflict_id: clash.body.conflict_id!,
  allocation_id: target.allocation_id,
  bulk_change_id: await bulkChangeIn(client, target),
  imports: await importsAt(client, target, 'FirstPhone'),
  change: changeBy(client, lead_id),
}

const visit = async (screen: Screen, more: Visit) => {
  const { visitor } = screen
  const first = visitor === 'first' ? untouched.url : ''
  const as = visitor === 'first' || visitor === 'nobody' ? undefined : visitors[visitor]
  return open(first + (await screen.path(world)), { ...more, as })
}

test('every route of the router has its screen here', () => {
  const sources = ['router.tsx', 'place-routes.tsx'].map((name) => join(ROOT, 'web/src', name))
  const router = sources.map((path) => readFileSync(path, 'utf8')).join()
  const routes = [...router.matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path!)
  expect(routes.length).toBeGreaterThan(8)
  expect([...new Set(SCREENS.map(({ route }) => route))].sort()).toEqual(routes.sort())
})

/** What only machines read: ids of requests, actors and keys, and the words of those who call the API. */
const RAW = [
  /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i,
  /\b(?:operator|key|import|action|lead):\d+/,
  /\b(?:If-Match|nj[A-Z]\w+|[a-z]+_ids?|INVALID_\w+|[A-Z]{3,}_[A-Z_]+|Correct the request|\/v1\/)/,
  /\b\d{4}-\d\d-\d\d(?:T|\b)/,
  /\+\d{9,15}\b/,
]

test('what is raw is found', () => {
  for (const raw of [
    'by operator:4',
    'request 0b9a3c1e-0000-4000-8000-000000000000',
    'since 2026-11-26',
    '+61412345678',
  ])
    expect(
      RAW.some((pattern) => pattern.test(raw)),
      raw,
    ).toBe(true)
})

/** The text of a screen, without commands that are there to be copied. */
const shownOn = (page: Page) =>
  page.evaluate(() => {
    const copied = [...document.querySelectorAll<HTMLElement>('pre, code, p:has(> code)')]
    for (const command of copied) command.style.display = 'none'
    const shown = document.body.innerText
    for (const command of copied) command.style.removeProperty('display')
    return shown
  })

const titles = new Map<string, string>()

test.for(SCREENS.map((screen) => [nameOf(screen), screen] as const))('%s', async ([name, screen]) => {
  const page = await visit(screen, {})
  await screen.ready(page, world)
  // Numbers are written as people read them once the plans of all countries are there.
  await expect
    .poll(async () => {
      const shown = await shownOn(page)
      return RAW.flatMap((raw) => raw.exec(shown)?.[0] ?? [])
    })
    .toEqual([])
  expect(await axeFinds(page)).toEqual([])
  expect(await page.locator('h1').count()).toBe(1)
  expect(await page.locator('main').count()).toBe(1)

  const title = await page.title()
  expect(title).toMatch(/^.+ · Leadline$/)
  const place = name === 'forbidden' ? name : new URL(page.url()).pathname
  expect(titles.get(title) ?? place, `also called ${title}`).toBe(place)
  titles.set(title, place)
})
