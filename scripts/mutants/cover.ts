// A setup file of tests: it notes which functions of ours and which statements each test executes.

import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach } from 'vitest'
import { Pool } from '../../src/db/pool.ts'

export interface Cover {
  /** The test, as vitest knows it. */
  id: string
  ms: number
  /** `src/intake/gate.ts`, `src/intake/gate.ts#enter`, `leads.insertBatch`. */
  parts: string[]
}

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

/** The code that was executed since the last call. */
async function executed(): Promise<string[]> {
  const statements = [...Pool.executed]
  Pool.executed.clear()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const functions = result.flatMap(({ url, functions }) => {
    const path = /(?<!node_modules.*)\bsrc\/[^?]+\.ts/.exec(url)?.[0]
    const called = functions.filter(({ functionName, ranges }) => functionName && ranges[0]!.count > 0)
    if (!path || called.length === 0) return []
    return [path, ...called.map(({ functionName }) => `${path}#${functionName.replace(/^[gs]et /, '')}`)]
  })
  return [...statements, ...functions]
}

const covers: Cover[] = []
let started = 0
beforeEach(async () => {
  await executed()
  started = performance.now()
})
afterEach(async ({ task }) => {
  const ms = Math.round(performance.now() - started)
  covers.push({ id: task.id, ms, parts: await executed() })
})
afterAll(() => {
  writeFileSync(join(process.env.MUTANTS_NOTES!, randomUUID()), JSON.stringify(covers))
})
