// `--fdatasync-ms`: a slow disk under the embedded PostgreSQL, on Linux. Every fsync and fdatasync takes that much longer,
// by a small library that is loaded first, else by strace.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from './database.ts'
import { say } from './report.ts'

/** How the server is to start PostgreSQL; `slow-disk-spawn.ts` reads it there. */
export type SlowStart = { preload: string } | { strace: string[] }

const SOURCE = fileURLToPath(new URL('slow-disk.c', import.meta.url))
const TIMES = 5

/** More variables of the environment of a server, whose PostgreSQL then has the slow disk. */
export function slowDisk(stack: AsyncDisposableStack, ms: number): Record<string, string> {
  if (process.platform !== 'linux') throw new Error('--fdatasync-ms needs Linux')
  if (process.env.DATABASE_URL || process.env.LEADLINE_URL)
    throw new Error(
      '--fdatasync-ms slows the PostgreSQL that the bench starts: unset DATABASE_URL and LEADLINE_URL',
    )
  const tool = slowingTool()
  if (tool === null)
    throw new Error('--fdatasync-ms needs a C compiler (cc, gcc, clang) or strace, and there is neither')
  const start = tool === 'strace' ? straced(ms) : { preload: build(stack, tool, ms) }
  say(`Every fsync and fdatasync of PostgreSQL takes ${ms} ms more, by ${tool}.`)
  return {
    NODE_OPTIONS: `--import=${new URL('slow-disk-spawn.ts', import.meta.url)}`,
    BENCH_SLOW_START: JSON.stringify(start),
  }
}

/** A C compiler, else strace; null: neither is there. */
export const slowingTool = (): string | null => ['cc', 'gcc', 'clang', 'strace'].find(runs) ?? null

/** @throws Error when commits do not take as long as they should. */
export async function proveSlow({ client }: Database, ms: number): Promise<void> {
  const began = performance.now()
  for (let i = 0; i < TIMES; i++) await client.query(`select pg_logical_emit_message(true, 'bench', '')`)
  const each_ms = (performance.now() - began) / TIMES
  if (each_ms < ms) throw new Error(`the disk is not slow: a commit takes ${each_ms.toFixed(1)} ms`)
}

const runs = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

function build(stack: AsyncDisposableStack, compiler: string, ms: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  // PostgreSQL runs as another user when the bench runs as root.
  chmodSync(folder, 0o755)
  const library = join(folder, 'slow-disk.so')
  const words = ['-shared', '-fPIC', '-O2', `-DDELAY_NS=${ms * 1_000_000}LL`, '-o', library, SOURCE]
  const { status, stderr } = spawnSync(compiler, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${compiler} cannot build slow-disk.c: ${stderr.trim()}`)
  return library
}

/** With -D PostgreSQL, not strace, has the process id that the server watches. */
const straced = (ms: number) => ({
  strace: ['-D', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync'].concat(
    '-e',
    `inject=fsync,fdatasync:delay_enter=${ms * 1_000}`,
  ),
})
