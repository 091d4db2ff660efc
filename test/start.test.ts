// How a server starts, as a process of its own.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startLeadline } from './support/leadline.ts'
import { addressOf, COMMAND, databaseUrl } from './support/server-process.ts'
import { ROOT } from './support/statements.ts'

const compiled = mkdtempSync(join(tmpdir(), 'leadline-start-'))
afterAll(() => rmSync(compiled, { recursive: true, force: true }))

test('what "npm ci" compiles is all that a start needs: the compiler of TypeScript is not loaded', async () => {
  const { connection } = await startLeadline()
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: compiled,
    NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
    LEADLINE_PORT: '0',
    DATABASE_URL: databaseUrl(connection),
  }
  const compile = spawnSync(process.execPath, ['scripts/compile.js'], { cwd: ROOT, env, stdio: 'ignore' })
  expect(compile.status).toBe(0)
  const server = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], { env })
  let said = ''
  server.stderr.on('data', (text) => {
    said += text
  })
  await addressOf(server, () => said)
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
  const missing = /no transpile cache for StrippedTypeScript \S+/g
  expect(said).toContain('retrieving transpile cache for StrippedTypeScript')
  expect(said.match(missing)).toBeNull()
}, 60_000)
