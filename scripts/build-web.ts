// Builds the operators' app: bundles it beside the one that is served, compresses its files, then puts it in place.
// `--if-newer`: only when a source has changed since.

import {
  existsSync,
  globSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'web/dist')
const PAGE = join(DIST, 'index.html')

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

export function isBundleStale(): boolean {
  if (!existsSync(PAGE)) return true
  const built_ms = statSync(PAGE).mtimeMs
  return globSync(SOURCES, { cwd: ROOT, exclude: (name) => name.endsWith('.test.ts') }).some(
    (name) => statSync(join(ROOT, name)).mtimeMs > built_ms,
  )
}

export async function buildWeb(): Promise<void> {
  // Always as it is served, also when a test runs this.
  process.env.NODE_ENV = 'production'
  const started = new Date()
  // Beside the one in use, under a name of its own: two builds at once do not meet.
  const made = join(ROOT, `web/dist.${process.pid}`)
  try {
    const { build } = await import('vite')
    await build({
      configFile: join(ROOT, 'web/vite.config.ts'),
      build: { outDir: made, emptyOutDir: true },
      logLevel: 'warn',
    })
    for (const name of globSync('**/*.{js,css,svg}', { cwd: made })) compress(join(made, name))
    // A source that changes during the build must be newer than the bundle.
    utimesSync(join(made, 'index.html'), started, started)
    const before = join(ROOT, `web/dist.${process.pid}.before`)
    if (existsSync(DIST)) renameSync(DIST, before)
    renameSync(made, DIST)
    rmSync(before, { recursive: true, force: true })
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

function compress(path: string): void {
  const bytes = readFileSync(path)
  if (bytes.length < COMPRESSED_BYTES_MIN) return
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  const params = {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  }
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--if-newer') && !isBundleStale()) console.error('The app is up to date.')
  else {
    const begun = performance.now()
    await buildWeb()
    console.error(`The app is built (${((performance.now() - begun) / 1_000).toFixed(1)} s).`)
  }
}
