// Every screen of the router, in light and dark: nothing that axe-core objects to, one heading, a title of its own.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { browserAt, type Visit } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople, outcome } from '../support/people.ts'
import { ROOT } from '../support/statements.ts'
import { axeFinds } from './axe.ts'
import { changeBy, nameOf, SCREENS, type Screen, type World } from './screens.ts'

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
const world: World = {
  lead_id,
  conflict_id: clash.body.conflict_id!,
  change: changeBy(client, lead_id),
}

const visit = (screen: Screen, more: Visit) => {
  const { visitor } = screen
  const first = visitor === 'first' ? untouched.url : ''
  const as = visitor === 'first' || visitor === 'nobody' ? undefined : visitors[visitor]
  return open(first + screen.path(world), { ...more, as })
}

test('every route of the router has its screen here', () => {
  const router = readFileSync(join(ROOT, 'web/src/router.tsx'), 'utf8')
  const routes = [...router.matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path!)
  expect(routes.length).toBeGreaterThan(8)
  expect([...new Set(SCREENS.map(({ route }) => route))].sort()).toEqual(routes.sort())
})

const titles = new Map<string, string>()

test.for(SCREENS.map((screen) => [nameOf(screen), screen] as const))('%s', async ([name, screen]) => {
  const page = await visit(screen, {})
  await screen.ready(page, world)
  expect(await axeFinds(page)).toEqual([])
  expect(await page.locator('h1').count()).toBe(1)
  expect(await page.locator('main').count()).toBe(1)

  const title = await page.title()
  expect(title).toMatch(/^.+ · Leadline$/)
  const place = name === 'forbidden' ? name : new URL(page.url()).pathname
  expect(titles.get(title) ?? place, `also called ${title}`).toBe(place)
  titles.set(title, place)
})
