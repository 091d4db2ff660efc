// The scenario `backup`: a million leads are backed up while their server runs, verified, and restored into a new data
// directory. How fast, and how much memory the command takes: as much as with few leads.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { removeEmbedded } from '../src/db/embedded.ts'
import type { Where } from './database.ts'
import { checkpoint, fill } from './fill.ts'
import { residentMb, sampled } from './machine.ts'
import { FILLED_MAX } from './numbers.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { type Figures, handOver, running, say, Table, tell, thousands } from './report.ts'
import { needDatabase, ROOT, setStage } from './stage.ts'

export const BACKUP = { leads: [1_000_000, 1_000, FILLED_MAX] } as const satisfies Numbers

const MEGABYTE = 1_000_000

export async function runBackup(
  options: OptionsOf<typeof BACKUP>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { leads } = options
  const print = options.json ? say : tell
  const stage = await setStage(stack, signal, options.profile)
  needDatabase(stage, 'backup')
  const { database, target, run } = stage
  await fill(database, target, { leads, dnc: leads / 10, run, actor: 'bench' })
  await checkpoint(database.client)
  const { rows: sizes } = await database.client.query<{ bytes: number }>(
    'select sum(pg_relation_size(relid))::float8 as bytes from pg_stat_user_tables',
  )

  const folder = mkdtempSync(join(tmpdir(), 'leadline-bench-backup-'))
  // Under root PostgreSQL runs as another user, who has to get in.
  chmodSync(folder, 0o711)
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const data_dir = join(folder, 'restored')
  stack.defer(() => removeEmbedded(data_dir))
  const file = join(folder, 'bench.backup')
  const live = { DATABASE_URL: urlOf(database.where) }

  print(`backup: ${thousands(leads)} leads, ${thousands(sizes[0]!.bytes / MEGABYTE)} MB of tables`)
  const table = new Table([
    ['seconds', 's', 1],
    ['mb_per_s', 'MB/s of tables', 0],
    ['file_mb', 'file MB', 0],
    ['rss_mb', 'RSS MB', 0],
  ])
  print(table.head())
  const steps: Record<string, Figures> = {}
  const measure = async (name: string, args: string[], environment: Record<string, string>) => {
    const began = performance.now()
    const { out, rss_mb } = await command(args, environment, signal)
    const seconds = (performance.now() - began) / 1_000
    steps[name] = {
      seconds,
      mb_per_s: sizes[0]!.bytes / MEGABYTE / seconds,
      file_mb: out.bytes === undefined ? null : out.bytes / MEGABYTE,
      rss_mb,
    }
    print(table.row(name, steps[name]))
  }
  await measure('backup', ['backup', file], live)
  await measure('verify', ['backup', 'verify', file, '--in', folder], {})
  await measure('restore', ['restore', file], { LEADLINE_DATA_DIR: data_dir })
  handOver('backup', { options, ...running(database.version), steps }, options.json)
}

const urlOf = ({ host, port, user, database, password = '' }: Where) =>
  `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@/${database}?host=${encodeURIComponent(host)}&port=${port}`

/** Runs a command of this checkout to its end: its data, and the most memory that it had. */
async function command(args: string[], environment: Record<string, string>, signal: AbortSignal) {
  const child = spawn(process.execPath, [join(ROOT, 'bin/leadline'), ...args, '--json'], {
    env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  })
  const { result, rss_mb } = await sampled({ residentMb: async () => residentMb(child.pid!) }, async () => {
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    if (code !== 0) throw new Error(`leadline ${args.join(' ')} ended with ${code}`)
    return out
  })
  return { out: JSON.parse(result) as { bytes?: number }, rss_mb }
}
