// Runs the demo: makes its past when it starts first, then goes on until a signal ends it.

import type { Config } from '../../config.ts'
import { startEmbedded } from '../../db/embedded.ts'
import { isLoopback } from '../../http/door/hosts.ts'
import { createLog } from '../../log.ts'
import { buildWebInBackground } from '../build-web.ts'
import { startServer } from '../server.ts'
import { stopSignal } from '../stop-signal.ts'
import { say, tell, UsageError } from '../terminal.ts'
import { type DemoOptions, LEADS_MAX } from './options.ts'
import { connectSystems, PASSWORD, PEOPLE, setUp, targetsOf } from './place.ts'
import { practice } from './practice.ts'
import { tellStory } from './story.ts'
import { trickle } from './trickle.ts'

export async function demo(config: Config, { leads, dataDir, still = false }: DemoOptions): Promise<void> {
  if (config.database_url !== null)
    throw new UsageError('the demo keeps a database of its own: unset DATABASE_URL')
  if (!isLoopback(config.host))
    throw new UsageError('the demo has a password that everybody knows: LEADLINE_HOST must be this machine')
  const stopping = stopSignal()
  const embedded = await startEmbedded({ data_dir: dataDir, say })
  const stop = new AbortController()
  try {
    const log = createLog(config.log_level)
    const server = await startServer({ ...config, connection: embedded.connection, log })
    const stopBuild = buildWebInBackground(server.web, say)
    const systems = await connectSystems(server.pool, server.url)
    const made = await setUp(systems)
    if (made) await tellStory(systems, server.pool, made, leads, say)
    tell(banner(server.url))
    const targets = made ?? (await targetsOf(systems))
    await practice(systems, targets[0]!)
    // Numbers that no start before has given out: one a second and a half since a day long ago.
    const first = LEADS_MAX + (Math.floor(Date.now() / 1_500) % 1_000_000)
    const going_on = still ? undefined : trickle(systems, targets, first, stop.signal)
    const signal = await stopping
    say(`Stopping after ${signal}.`)
    stop.abort()
    stopBuild()
    await going_on
    await server.stop()
  } finally {
    await embedded.stop()
  }
  process.exit(0)
}

function banner(url: string): string {
  const width = Math.max(...PEOPLE.map(({ login }) => login.length))
  return [
    '',
    `  The demo runs on ${url}`,
    '',
    `  Sign in with the password "${PASSWORD}" as`,
    '',
    ...PEOPLE.map(({ login, name, role }) => `    ${login.padEnd(width)}  ${name}, ${role}`),
    '',
  ].join('\n')
}
