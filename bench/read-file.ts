// The scenario `read-file`: a long file is read in its thread, as an import reads it. How fast, and in how much memory.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readTableApart } from '../src/import/read-apart.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { type Figures, handOver, running, say, Table, tell } from './report.ts'

/** Rows of the file. */
export const READ_FILE = { leads: [1_000_000, 1_000, 1_048_575] } as const satisfies Numbers

const FORMATS = ['csv', 'xlsx']
const WRITER = fileURLToPath(new URL('./long-file.ts', import.meta.url))
const MEBIBYTE = 1024 * 1024
const LOOK_MS = 20

export async function runReadFile(
  { leads, json }: OptionsOf<typeof READ_FILE>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const print = json ? say : tell
  const table = new Table([
    ['file_mb', 'file MB', 0],
    ['seconds', 's', 1],
    ['mb_per_s', 'MB/s', 1],
    ['rows_per_s', 'rows/s', 0],
    ['cpu_us_per_row', 'CPU us/row', 1],
    ['rss_before_mb', 'RSS MB: before', 0],
    ['rss_most_mb', 'most', 0],
  ])
  print(table.head())
  const rows: Record<string, Figures> = {}
  for (const format of FORMATS) {
    const path = join(folder, `leads.${format}`)
    const written = spawnSync(process.execPath, [
      '--max-old-space-size=8192',
      WRITER,
      format,
      String(leads),
      path,
    ])
    if (written.status !== 0) throw new Error(`the file cannot be written: ${written.stderr}`)
    rows[format] = await measured(path, leads, folder, signal)
    print(table.row(format, rows[format]))
    rmSync(path)
  }
  handOver('read-file', { scenario: 'read-file', leads, rows, ...running(null) }, json)
}

async function measured(path: string, leads: number, folder: string, signal: AbortSignal): Promise<Figures> {
  const rss_before = process.memoryUsage.rss()
  let rss_most = rss_before
  const look = setInterval(() => {
    rss_most = Math.max(rss_most, process.memoryUsage.rss())
  }, LOOK_MS)
  const cpu = process.cpuUsage()
  const began = performance.now()
  let count = 0
  try {
    await using table = await readTableApart(path, {}, { folder, signal })
    for await (const batch of table.batches) count += batch.length
  } finally {
    clearInterval(look)
  }
  if (count !== leads) throw new Error(`${count} of ${leads} rows were read`)
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const file_mb = statSync(path).size / MEBIBYTE
  return {
    file_mb,
    seconds,
    mb_per_s: file_mb / seconds,
    rows_per_s: leads / seconds,
    cpu_us_per_row: (user + system) / leads,
    rss_before_mb: rss_before / MEBIBYTE,
    rss_most_mb: rss_most / MEBIBYTE,
  }
}
