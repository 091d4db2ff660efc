// Imported by a server of the bench before anything else (node --import): it then starts PostgreSQL with a slow disk.

import child_process, { type SpawnOptions } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import type { SlowStart } from './slow-disk.ts'

const start = JSON.parse(process.env.BENCH_SLOW_START!) as SlowStart
const { spawn } = child_process

function spawnSlow(program: string, words: string[], options: SpawnOptions) {
  if (basename(program) !== 'postgres') return spawn(program, words, options)
  if ('strace' in start) return spawn('strace', [...start.strace, program, ...words], options)
  return spawn(program, words, { ...options, env: { ...options.env, LD_PRELOAD: start.preload } })
}

child_process.spawn = spawnSlow as typeof spawn
syncBuiltinESMExports()
