// Drives the ceiling without pgbench: Node runs the statement of the same script on as many connections.

import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'
import type { NodeCeiling } from './ceiling.ts'
import { LANDLINES, MOBILES } from './numbers.ts'

const { where, script, variables, clients, seconds } = workerData as NodeCeiling
const PREPARE = 'set plan_cache_mode = force_generic_plan; set jit = off'

/** The statement of a pgbench script, its :variables as $1, $2, … in the order of their names. */
const names: string[] = []
const text = readFileSync(script, 'utf8')
  .split('\n')
  .filter((line) => !/^(--|\\set )/.test(line))
  .join('\n')
  .trim()
  .replace(/;$/, '')
  .replace(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })

/** The values that the script's \set lines compute for one transaction. Numbers differ by their class and at random. */
function valuesOf(k: number): Record<string, number> {
  const index = 8 * Math.floor((Math.random() * LANDLINES) / 8) + 3
  return {
    k,
    mobile: 61_400_000_000 + 8 * Math.floor((Math.random() * MOBILES) / 8) + 3,
    landline: 61_290_000_000 + index + (index >= LANDLINES / 2 ? 90_000_000 : 0),
    i: 1 + Math.floor(Math.random() * Number(variables.leads)),
  }
}

const connections = Array.from({ length: clients }, () => new pg.Client(where))
try {
  await Promise.all(connections.map((connection) => connection.connect()))
  await Promise.all(connections.map((connection) => connection.query(PREPARE)))
  let count = 0
  let k = Number(variables.first)
  const started = performance.now()
  const end = started + seconds * 1_000
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < end) {
        const known: Record<string, string | number> = { ...variables, ...valuesOf(++k) }
        const values = names.map((name) => known[name])
        await connection.query({ name: 'ceiling', text, values }).catch((error: { code?: string }) => {
          // Two connections drew one number at the same moment: one of them writes, the other does not.
          if (error.code !== '23505') throw error
        })
        count++
      }
    }),
  )
  parentPort!.postMessage({ count, per_s: (count * 1_000) / (performance.now() - started) })
} finally {
  await Promise.all(connections.map((connection) => connection.end().catch(() => undefined)))
}
