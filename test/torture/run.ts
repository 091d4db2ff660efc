// `npm run torture`: runs clients, faults and checks from a seed, on the product or on planted bugs.

import { Console } from 'node:console'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { checkDatabase } from '../support/check-database.ts'
import { Checks } from './checks.ts'
import type { Fate } from './history.ts'
import { takeLog, WATCH } from './log.ts'
import { CLIENTS, DEEDS, type Deed, FAULTS, type Fault, faults, NUMBERS, SLOTS } from './plan.ts'
import { PLANTS } from './plants.ts'
import { MISPLACED, QUEUE_RULE } from './queue.ts'
import { type Finding, Replay } from './replay.ts'
import { Servers } from './servers.ts'
import { Workload } from './workload.ts'

const HELP = `Examples:
  npm run torture -- --seconds 60
  npm run torture -- --seconds 600 --seed 4711
  npm run torture -- --plant all --seconds 60
  npm run torture -- --plant blind-write --json

${CLIENTS} clients work on ${SLOTS} leads and ${NUMBERS.length} numbers through two servers on one database. Meanwhile servers, PostgreSQL and
backends are killed or stopped. Every few seconds the run comes to rest and compares the answers of the clients with the
rows in the database. It ends at the first finding.

Options:
  --seconds N   seconds of work (60), more until every fault and deed has come; rests come on top
  --seed N      the plan of operations and faults (a random one, which is printed)
  --plant NAME  plants a bug that the checks must find; all: each of them in turn:
                ${PLANTS.map(({ name }) => name).join(', ')}
  --json        the result as JSON on stdout, the table on stderr
  --help        this text

Exit codes: 0 no finding, or every planted bug found; 1 otherwise; 2 not understood.
`

const ROUND_MS = 5_000
const EXTRA_MS_MAX = 300_000

export interface Result {
  seed: number
  seconds: number
  /** By deed, the number of requests with each fate. */
  deeds: Record<Deed, Record<Fate, number>>
  faults: Partial<Record<Fault['kind'], number>>
  findings: Finding[]
  /** Seconds from the start of the clients to the first finding; null: none. */
  found_after_s: number | null
}

export interface Options {
  seed: number
  seconds: number
  plant?: string
  tell?: (line: string) => void
}

export async function torture({ seed, seconds, plant, tell = () => undefined }: Options): Promise<Result> {
  const servers = new Servers(plant)
  const workload = new Workload(servers, seed)
  const replay = new Replay()
  const checks = new Checks(replay)
  const plan = faults(seed)
  const begun: Result['faults'] = {}
  // Only its own check finds a planted bug.
  const { check } = PLANTS.find(({ name }) => name === plant) ?? {}
  let findings: Finding[] = []
  let checked = 0
  try {
    await servers.start()
    await servers.query(WATCH)
    await workload.setUp()
    const start = performance.now()
    const end = start + seconds * 1_000
    const since_s = () => Math.round((performance.now() - start) / 1_000)
    // On a slow machine the seconds may be over too soon: a run without a fault or a deed would prove less.
    const lacks = () =>
      FAULTS.some((kind) => !begun[kind]) ||
      Object.values(countDeeds(workload)).some(({ done }) => done === 0)
    const goesOn = () => performance.now() < end || (lacks() && performance.now() < end + EXTRA_MS_MAX)
    while (findings.length === 0 && goesOn()) {
      const left_ms = end - performance.now()
      const rest = performance.now() + (left_ms > 0 ? Math.min(left_ms, ROUND_MS) : ROUND_MS)
      await Promise.all([workload.run(rest), befall(servers, plan, begun, rest)])
      await servers.quiet()
      checks.check(workload.history.slice(checked), replay.replay(await servers.client(takeLog)))
      checked = workload.history.length
      const broken = await checkDatabase(await servers.connection())
      const { rows: misplaced } = await servers.query(MISPLACED)
      for (const { rule = QUEUE_RULE, lead_id, found } of [...broken, ...misplaced])
        replay.findings.push({ check: rule, about: lead_id, found, evidence: replay.lately(lead_id) })
      findings = check ? replay.findings.filter((found) => found.check === check) : replay.findings
      tell(`${since_s()} s: ${checked} requests, ${findings.length} findings`)
    }
    const found_after_s = findings.length > 0 ? since_s() : null
    return { seed, seconds, deeds: countDeeds(workload), faults: begun, findings, found_after_s }
  } finally {
    await servers.stop()
  }
}

async function befall(
  servers: Servers,
  plan: Iterator<Fault, never>,
  begun: Result['faults'],
  until: number,
) {
  while (performance.now() < until) {
    const fault = plan.next().value
    await sleep(fault.after_ms)
    await servers.inflict(fault)
    begun[fault.kind] = (begun[fault.kind] ?? 0) + 1
  }
}

function countDeeds({ history }: Workload): Result['deeds'] {
  const none = () => ({ done: 0, held: 0, refused: 0, unknown: 0 })
  const deeds = Object.fromEntries(DEEDS.map((deed) => [deed, none()])) as Result['deeds']
  for (const { op, fate } of history) deeds[op.deed][fate]++
  return deeds
}

/** The first finding of each check, with its evidence. */
export function shownFindings({ findings, seed, seconds }: Result): string {
  const lines = [...Map.groupBy(findings, ({ check }) => check)].flatMap(([check, [first, ...more]]) => [
    `${check}: ${first!.about}: ${first!.found}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
    ...first!.evidence.map((line) => `    ${line}`),
  ])
  return [...lines, `Again: npm run torture -- --seed ${seed} --seconds ${seconds}`].join('\n')
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: { seconds: text, seed: text, plant: text, json: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
  const seconds = Number(values.seconds ?? 60)
  const plants = PLANTS.filter(({ name }) => values.plant === 'all' || values.plant === name)
  const misread =
    !Number.isInteger(seed) || !(seconds > 0) || (values.plant !== undefined && plants.length === 0)
  if (values.help || misread) {
    console.error(HELP)
    return values.help ? 0 : 2
  }
  // With --json, stdout holds the result alone.
  const terminal = new Console(values.json ? process.stderr : process.stdout)
  const results: (Result & { plant?: string })[] = []
  if (plants.length === 0) {
    terminal.log(`seed ${seed}, ${seconds} s`)
    const result = await torture({ seed, seconds, tell: (line) => terminal.log(line) })
    results.push(result)
    terminal.table(result.deeds)
    terminal.table([result.faults])
    terminal.log(shownFindings(result))
  }
  for (const { name, bug, check } of plants) {
    const result = await torture({ seed, seconds, plant: name })
    results.push({ plant: name, ...result })
    const { found_after_s } = result
    const found = found_after_s === null ? 'NOT FOUND' : `${found_after_s} s`
    terminal.log(`${name.padEnd(14)} ${found.padStart(9)}   ${bug}; ${check}`)
    if (plants.length === 1) terminal.log(shownFindings(result))
  }
  if (values.json) console.log(JSON.stringify(results, null, 2))
  return results.every(({ plant, findings }) => (plant === undefined) === (findings.length === 0)) ? 0 : 1
}

if (import.meta.main) process.exitCode = await main()
