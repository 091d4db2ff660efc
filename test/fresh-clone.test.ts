// A fresh clone, where nothing has been built: whatever starts a server brings the app along.

import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, test } from 'vitest'
import { startLeadline } from './support/leadline.ts'
import { databaseUrl } from './support/server-process.ts'
import { ROOT } from './support/statements.ts'
import { until } from './support/until.ts'

const clone = mkdtempSync(join(tmpdir(), 'leadline-clone-'))
afterAll(() => rmSync(clone, { recursive: true, force: true }))
// The database's own user reads it, too.
chmodSync(clone, 0o755)
for (const name of ['bin', 'src', 'migrations', 'package.json'])
  cpSync(join(ROOT, name), join(clone, name), { recursive: true })
symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
mkdirSync(join(clone, 'scripts'))
// The bundler itself needs many seconds; the tests in a browser use what it makes.
writeFileSync(
  join(clone, 'scripts/build-web.ts'),
  `import { mkdirSync, writeFileSync } from 'node:fs'
   if (process.env.NO_MEMORY) throw new Error('no memory left')
   mkdirSync('web/dist', { recursive: true })
   writeFileSync('web/dist/index.html', '<title>The app</title>')`,
)

/** Starts a command that serves, and waits until its page says this. */
async function shows(said: RegExp, args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['bin/leadline', ...args], {
    cwd: clone,
    env: {
      PATH: process.env.PATH,
      // Not in the packages, which the clone shares.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      LEADLINE_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  let told = ''
  child.stdout.on('data', (text) => {
    told += text
  })
  await until(`"leadline ${args[0]}" shows ${said}`, async () => {
    const url = /(?:listens|demo runs) on (http:\S+)/.exec(told)?.[1]
    return (
      url !== undefined && said.test(await (await fetch(url, { headers: { Accept: 'text/html' } })).text())
    )
  })
  child.kill('SIGTERM')
  await ended
}

test('"leadline serve" and "leadline demo" build the app; where that fails, its page says what to do', async () => {
  const { connection } = await startLeadline()
  const broken = { DATABASE_URL: databaseUrl(connection), NO_MEMORY: 'yes' }
  await shows(/<h1>The app could not be built.*npm run build:web/s, ['serve'], broken)
  await shows(/<title>The app/, ['demo', '--leads', '5', '--still'])
}, 120_000)
