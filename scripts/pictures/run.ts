// Pictures of every screen, in light and dark, on a desk and on a phone, for people to look at: into screenshots/.
// `npm run screenshots -- leads login`: only those whose name begins so.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { startServer } from '../../src/cli/server.ts'
import { readConfig } from '../../src/config.ts'
import { COOKIE } from '../../src/http/door/sessions.ts'
import { createLog } from '../../src/log.ts'
import { startChromium } from '../../test/support/chromium.ts'
import { cloneDatabase, startServers } from '../../test/support/postgres.ts'
import { OPENED } from '../../test/web/opened.ts'
import { allLoaded, nameOf, SCREENS, type Scene } from '../../test/web/screens.ts'
import { buildWeb, isBundleStale } from '../build-web.ts'
import { type Centre, openCentre } from './centre.ts'
import { SCENES } from './scenes.ts'

const FOLDER = fileURLToPath(new URL('../../screenshots', import.meta.url))
const SIZES = [
  { width: 1280, height: 800, deviceScaleFactor: 1, hasTouch: false },
  { width: 360, height: 740, deviceScaleFactor: 2, hasTouch: true },
] as const
const READY_MS = 15_000

const wanted = process.argv.slice(2)
const scenes: Scene<Centre>[] = [
  ...SCREENS.map((screen) => ({ ...screen, name: nameOf(screen) })),
  ...OPENED.map((scene) => ({
    ...scene,
    name: `opened-${scene.name.replaceAll(' ', '-')}`,
    ready: async (page: Page, world: Centre) => {
      await page.locator('h1').waitFor()
      await scene.ready(page, world)
    },
  })),
  ...SCENES,
].filter(({ name }) => wanted.length === 0 || wanted.some((begin) => name.startsWith(begin)))

if (isBundleStale()) await buildWeb()
const [postgres] = await startServers({ installed: false })
const start = async () =>
  startServer({
    ...readConfig({ LEADLINE_PORT: '0' }),
    connection: await cloneDatabase(postgres!.connection),
    log: createLog('warn'),
  })
const [empty, full] = [await start(), await start()]
const centre = await openCentre(full)
const server = await startChromium()
mkdirSync(FOLDER, { recursive: true })

async function picture(
  browser: Browser,
  scene: Scene<Centre>,
  colours: 'light' | 'dark',
  { width, height, ...device }: (typeof SIZES)[number],
) {
  const { url } = scene.visitor === 'first' ? empty : full
  const context = await browser.newContext({
    baseURL: url,
    colorScheme: colours,
    viewport: { width, height },
    ...device,
    isMobile: device.hasTouch,
    locale: 'en-AU',
    timezoneId: 'Australia/Melbourne',
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(READY_MS)
  const value = centre.cookies[scene.visitor]
  if (value) await context.addCookies([{ name: COOKIE, value, url }])
  const page = await context.newPage()
  const path = join(FOLDER, `${scene.name}-${width}-${colours}.png`)
  try {
    await page.goto(await scene.path(centre))
    await scene.ready(page, centre)
    await allLoaded(page)
  } finally {
    await page.screenshot({ path })
    await context.close()
  }
}

const browser = await chromium.connect(server.wsEndpoint())
const missed: string[] = []
for (const scene of scenes)
  for (const colours of ['light', 'dark'] as const)
    for (const size of SIZES)
      if (!scene.narrow || size.width < 768)
        await picture(browser, scene, colours, size).catch((error: unknown) => {
          missed.push(`${scene.name}, ${size.width}, ${colours}: ${error}`)
        })
console.error(`The pictures of ${scenes.length} scenes are in ${FOLDER}`)
for (const line of missed) console.error(`not reached: ${line}`)
if (missed.length > 0) process.exitCode = 1

await browser.close()
await server.close()
await Promise.all([empty.stop(), full.stop()])
await postgres!.stop()
