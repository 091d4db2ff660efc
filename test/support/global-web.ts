// Once for the run of the web tests: one PostgreSQL, one browser, the app as it is served.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startChromium } from './chromium.ts'
import { startServers } from './postgres.ts'
import { ROOT } from './statements.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser listens. */
    browser: string
  }
}

export default async function setup(project: TestProject) {
  // A process of its own: the runner's settings must not get into the bundle.
  const built = spawnSync(process.execPath, [join(ROOT, 'scripts/build-web.ts'), '--if-changed'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(`the app cannot be built:\n${built.stderr}`)
  const [servers, browser] = await Promise.all([startServers({ installed: false }), startChromium()])
  project.provide(
    'servers',
    servers.map(({ stop: _, ...server }) => server),
  )
  project.provide('browser', browser.wsEndpoint())
  return async () => {
    await browser.close()
    await Promise.all(servers.map(({ stop }) => stop()))
  }
}
