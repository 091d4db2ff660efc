// A browser that comes from npm: unpacked once, started without a sandbox (it may run as root), ended with the run.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserServer, chromium as driver } from 'playwright-core'
import { ROOT } from './statements.ts'

const PACKAGE = join(ROOT, 'node_modules/@sparticuz/chromium')

/** Where the unpacked browser stays for the next run. */
function folder(): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string }
  return join(ROOT, 'node_modules/.cache', `chromium-${version}`)
}

/** Unpacks into a folder of its own and then names it: a run that is cut off leaves no half browser. */
async function unpacked(): Promise<string> {
  const place = folder()
  if (!existsSync(place)) {
    mkdirSync(join(place, '..'), { recursive: true })
    const made = mkdtempSync(`${place}.`)
    const before = process.env.TMPDIR
    // The package unpacks to the system's folder for temporary files, and takes whatever lies there for whole.
    process.env.TMPDIR = made
    try {
      const { default: chromium, inflate } = await import('@sparticuz/chromium')
      await chromium.executablePath()
      await inflate(join(PACKAGE, 'bin/al2023.tar.br'))
      renameSync(made, place)
    } catch (error) {
      rmSync(made, { recursive: true, force: true })
      // Another run was faster.
      if (!existsSync(place)) throw error
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
  }
  return place
}

/** CHROMIUM_PATH: a browser of the machine instead, where the package has none for it. */
export async function startChromium(): Promise<BrowserServer> {
  const own = process.env.CHROMIUM_PATH
  const place = own ? '' : await unpacked()
  const options = {
    executablePath: own ?? join(place, 'chromium'),
    chromiumSandbox: false,
    // Names of tests lead to this machine.
    args: [
      '--host-resolver-rules=MAP *.test 127.0.0.1',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--font-render-hinting=none',
      '--lang=en-AU',
    ],
  }
  try {
    return await driver.launchServer(options)
  } catch (error) {
    if (own) throw error
    // A machine without NSS and fonts: the package brings them along.
    const env = {
      ...(process.env as Record<string, string>),
      LD_LIBRARY_PATH: join(place, 'al2023/lib'),
      FONTCONFIG_PATH: join(place, 'fonts'),
    }
    return await driver.launchServer({ ...options, env })
  }
}
