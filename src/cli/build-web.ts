// Whatever starts a server builds the operators' app when its bundle is missing or made of other sources: in a process
// of its own and with low priority, so that the API neither waits for it nor slows down.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Web } from '../http/web.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/build-web.ts', import.meta.url))
/** Not there in an installation without the packages of development: it serves the bundle that it came with. */
const BUNDLER = fileURLToPath(new URL('../../node_modules/vite', import.meta.url))

/** Begins the build, and keeps the page informed that stands in for the app. Returns what ends it early. */
export function buildWebInBackground(web: Web, say: (text: string) => void): () => void {
  if (!existsSync(SCRIPT) || !existsSync(BUNDLER)) return () => undefined
  web.missing = 'being built'
  const child = spawn(process.execPath, [SCRIPT, '--if-changed'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.on('error', () => undefined)
  child.on('spawn', () => {
    try {
      setPriority(child.pid!, constants.priority.PRIORITY_BELOW_NORMAL)
    } catch {
      // A system that does not let us: it builds at ordinary priority.
    }
  })
  let stopped = false
  child.on('exit', (code) => {
    if (stopped) return
    if (code === 0) return say(said.trim())
    web.missing = 'broken'
    say(`The app could not be built; the API works. Run "npm run build:web" to see why.\n${said.trim()}`)
  })
  return () => {
    stopped = true
    child.kill('SIGTERM')
  }
}
