// Builds the operators' app: bundles it beside the one that is served, compresses its files, then puts it in place.
// `--if-changed`: only when a source has changed since.

import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'web/dist')
/** Says of which sources a bundle was made. */
const MADE_OF = 'sources.sha256'

/** The bundle is made of these. */
const SOURCES = [
  'web/index.html',
  'web/*.ts',
  'web/{src,public}/**/*.*',
  'src/{client,core}/**/*.ts',
  'package-lock.json',
]

/** Files shorter than this gain nothing by compression, bytes. */
const COMPRESSED_BYTES_MIN = 512

/** By what the sources say: a checkout or a copy gives them other times, and may make a changed one older. */
export function sumOfSources(root = ROOT): string {
  const sum = createHash('sha256')
  const names = globSync(SOURCES, { cwd: root, exclude: (name) => name.endsWith('.test.ts') })
  for (const name of names.sort()) {
    const bytes = readFileSync(join(root, name))
    sum.update(`${name} ${bytes.length}\n`).update(bytes)
  }
  return sum.digest('hex')
}

export function isBundleStale(): boolean {
  const made_of = join(DIST, MADE_OF)
  return !existsSync(made_of) || readFileSync(made_of, 'utf8') !== sumOfSources()
}

export async function buildWeb(): Promise<void> {
  // Always as it is served, also when a test runs this.
  process.env.NODE_ENV = 'production'
  // Before the build: a source that changes meanwhile is not in it.
  const sum = sumOfSources()
  // Beside the one in use, under a name of its own: two builds at once do not meet.
  const made = join(ROOT, `web/dist.${process.pid}`)
  try {
    const { build } = await import('vite')
    await build({
      configFile: join(ROOT, 'web/vite.config.ts'),
      build: { outDir: made, emptyOutDir: true },
      logLevel: 'warn',
    })
    await Promise.all(globSync('**/*.{js,css,svg}', { cwd: made }).map((name) => compress(join(made, name))))
    writeFileSync(join(made, MADE_OF), sum)
    const before = join(ROOT, `web/dist.${process.pid}.before`)
    if (existsSync(DIST)) renameSync(DIST, before)
    renameSync(made, DIST)
    rmSync(before, { recursive: true, force: true })
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

const asGzip = promisify(gzip)
const asBrotli = promisify(brotliCompress)

/** In the threads of Node, on all cores: it is half of the build. */
async function compress(path: string): Promise<void> {
  const bytes = await readFile(path)
  if (bytes.length < COMPRESSED_BYTES_MIN) return
  const params = {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  }
  await Promise.all([
    asGzip(bytes, { level: 9 }).then((made) => writeFile(`${path}.gz`, made)),
    asBrotli(bytes, { params }).then((made) => writeFile(`${path}.br`, made)),
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--if-changed') && !isBundleStale()) console.error('The app is up to date.')
  else {
    const begun = performance.now()
    await buildWeb()
    console.error(`The app is built (${((performance.now() - begun) / 1_000).toFixed(1)} s).`)
  }
}
