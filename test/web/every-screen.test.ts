// Every screen of the router, in light and dark: nothing that axe-core objects to, one heading, a title of its own.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { expect, test } from 'vitest'
import { browserAt, type Visit } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { insertPeople, outcome } from '../support/people.ts'
import { ROOT } from '../support/statements.ts'
import { nameOf, SCREENS, type Screen, type World } from './screens.ts'

declare global {
  interface Window {
    axe: typeof axe
  }
}

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
const world: World = { lead_id: ids[4]!, conflict_id: clash.body.conflict_id! }

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

const cases = SCREENS.flatMap((screen) =>
  (['light', 'dark'] as const).map((colours) => ({ name: nameOf(screen), colours, screen })),
)

test.for(cases)('$name in $colours', async ({ screen, colours }) => {
  const page = await visit(screen, { colours })
  await screen.ready(page)
  // Through the debugger: the page's own policy lets no such script in.
  await page.evaluate(axe.source)
  const found = await page.evaluate(
    async (runOnly) => {
      const { violations } = await window.axe.run(document, { runOnly, resultTypes: ['violations'] })
      return violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
      }))
    },
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  )
  expect(found).toEqual([])
  expect(await page.locator('h1').count()).toBe(1)
  expect(await page.locator('main').count()).toBe(1)
  expect(await page.title()).toMatch(/^.+ · Leadline$/)
  expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(colours)
})

test('no two places have one title', async () => {
  const titles = new Map<string, string>()
  for (const screen of SCREENS.filter(({ route }) => route !== '/' && route !== '/setup')) {
    const page = await visit(screen, {})
    await screen.ready(page)
    const [route, title] = [screen.name === 'forbidden' ? 'forbidden' : screen.route, await page.title()]
    expect(titles.get(title) ?? route, title).toBe(route)
    titles.set(title, route)
    await page.close()
  }
})
