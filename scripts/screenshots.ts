// Pictures of every screen, in light and dark, on a desk and on a phone, for people to look at: into screenshots/.
// `npm run screenshots -- leads login`: only those whose name begins so.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { connectSystems, PASSWORD, PEOPLE, setUp } from '../src/cli/demo/place.ts'
import { tellStory } from '../src/cli/demo/story.ts'
import { startServer } from '../src/cli/server.ts'
import { readConfig } from '../src/config.ts'
import { COOKIE } from '../src/http/door/sessions.ts'
import { createLog } from '../src/log.ts'
import { startChromium } from '../test/support/chromium.ts'
import { cloneDatabase, startServers } from '../test/support/postgres.ts'
import { allLoaded, changeBy, nameOf, SCREENS, type Screen, type World } from '../test/web/screens.ts'
import { buildWeb, isBundleStale } from './build-web.ts'

const FOLDER = fileURLToPath(new URL('../screenshots', import.meta.url))
const LEADS = 400
const SIZES = [
  { width: 1280, height: 800, scale: 1 },
  { width: 360, height: 740, scale: 2 },
] as const

const wanted = process.argv.slice(2)
const screens = SCREENS.filter(
  (screen) => wanted.length === 0 || wanted.some((begin) => nameOf(screen).startsWith(begin)),
)

if (isBundleStale()) await buildWeb()
const [postgres] = await startServers({ installed: false })
const start = async () =>
  startServer({
    ...readConfig({ LEADLINE_PORT: '0' }),
    connection: await cloneDatabase(postgres!.connection),
    log: createLog('warn'),
  })
const [empty, full] = [await start(), await start()]
const systems = await connectSystems(full.pool, full.url)
const targets = await setUp(systems)
await tellStory(systems, full.pool, targets!, LEADS, console.error)
const conflicts = await systems.office.get<{ items: { conflict_id: number; lead_id: string }[] }>(
  '/v1/conflicts',
  { state: 'open' },
)
const { conflict_id, lead_id } = conflicts.body.items[0]!
const world: World = { conflict_id, lead_id, change: changeBy(systems.office, lead_id) }

/** The cookie of somebody with the role. */
async function cookieOf(role: string): Promise<string> {
  const { login } = PEOPLE.find((one) => one.role === role)!
  const headers = { Origin: full.url, 'Content-Type': 'application/json' }
  const body = JSON.stringify({ login, password: PASSWORD })
  const answer = await fetch(`${full.url}/v1/session`, { method: 'POST', headers, body })
  return new RegExp(`${COOKIE}=([^;]+)`).exec(answer.headers.getSetCookie().join())![1]!
}

const cookies: Record<string, string> = {}
for (const role of ['agent', 'lead', 'admin']) cookies[role] = await cookieOf(role)

const server = await startChromium()
const browser = await chromium.connect(server.wsEndpoint())
mkdirSync(FOLDER, { recursive: true })

async function picture(
  screen: Screen,
  colours: 'light' | 'dark',
  { width, height, scale }: (typeof SIZES)[number],
) {
  const { url } = screen.visitor === 'first' ? empty : full
  const context = await browser.newContext({
    baseURL: url,
    colorScheme: colours,
    viewport: { width, height },
    deviceScaleFactor: scale,
    locale: 'en-AU',
    timezoneId: 'Australia/Melbourne',
    reducedMotion: 'reduce',
  })
  const value = cookies[screen.visitor]
  if (value) await context.addCookies([{ name: COOKIE, value, url }])
  const page = await context.newPage()
  await page.goto(screen.path(world))
  await screen.ready(page, world)
  await allLoaded(page)
  await page.screenshot({ path: join(FOLDER, `${nameOf(screen)}-${width}-${colours}.png`) })
  await context.close()
}

for (const screen of screens)
  for (const colours of ['light', 'dark'] as const)
    for (const size of SIZES) await picture(screen, colours, size)
console.error(`${screens.length * 4} pictures are in ${FOLDER}`)

await browser.close()
await server.close()
await Promise.all([empty.stop(), full.stop()])
await postgres!.stop()
