// A dialler to learn from and to try Leadline with: takes leads, simulates calls, reports their outcomes.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { LeadlineClient } from '../src/client/client.ts'
import { work } from './dialler/agent.ts'
import { Hopeless, type Patience, send, taken } from './dialler/line.ts'
import { ENDINGS, randomFrom, readEndings } from './dialler/script.ts'

const HELP = `Plays a dialler: takes leads of an allocation, "calls" them, reports outcomes drawn from weights.

Examples:
  npm run dialler -- --allocation 1
  npm run dialler -- --allocation 1 --agents 20 --speed 60 --seconds 600
  npm run dialler -- --allocation 1 --agents 1 --calls 10 --seed 7 --speed 1000
  npm run dialler -- --allocation 1 --endings endings.json

Options:
  --allocation <id>    whose leads (required)
  --agents <n>         how many agents call at the same time (4)
  --calls <n>          stop after this many calls
  --seconds <n>        stop after this time
  --speed <n>          how many times faster than real calls (1)
  --count <n>          leads that an agent takes at a time (1)
  --lease <seconds>    for how long (60); extended during a call
  --wait <seconds>     how long to wait for a lead if there is none (10)
  --endings <file>     how calls may end, JSON: [{"disposition": "Sale", "weight": 5, "talk_s": [60, 300]}, …];
                       also ring_s, unreached, phone_state, callback_min, own; without disposition the lead is handed back
  --seed <n>           seed of the random endings; the same seed draws the same endings
  --quiet              do not print a line for each call
  --help

LEADLINE_URL (http://127.0.0.1:8080) and LEADLINE_API_KEY (scope dial) say which server and which key.
Ctrl-C stops it: calls end, and it hands back the leads that it holds. A second Ctrl-C leaves them to expire.
Exit codes: 0 done, 1 the server refused, 2 not understood.
`

class Misunderstood extends Error {}

function readOptions() {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const names = [
    'allocation',
    'agents',
    'calls',
    'seconds',
    'speed',
    'count',
    'lease',
    'wait',
    'endings',
    'seed',
  ] as const
  const options = Object.fromEntries(names.map((name) => [name, text])) as Record<
    (typeof names)[number],
    typeof text
  >
  let values: Partial<Record<(typeof names)[number], string>> & { quiet?: boolean; help?: boolean }
  try {
    values = parseArgs({ options: { ...options, quiet: flag, help: flag } }).values
  } catch (error) {
    throw new Misunderstood((error as Error).message)
  }
  const number = (
    name: (typeof names)[number],
    fallback: number,
    min = 1,
    max = Number.POSITIVE_INFINITY,
  ) => {
    const value = values[name] === undefined ? fallback : Number(values[name])
    if (!(value >= min && value <= max))
      throw new Misunderstood(
        `--${name} must be a number from ${min}${max === Number.POSITIVE_INFINITY ? '' : ` to ${max}`}`,
      )
    return value
  }
  if (values.help) return undefined
  if (values.allocation === undefined) throw new Misunderstood('--allocation is missing')
  const { LEADLINE_URL: url = 'http://127.0.0.1:8080', LEADLINE_API_KEY: key } = process.env
  if (!key) throw new Misunderstood('set LEADLINE_API_KEY')
  return {
    url,
    key,
    allocation_id: number('allocation', 0),
    agents: number('agents', 4, 1, 1_000),
    calls: number('calls', Number.POSITIVE_INFINITY),
    seconds: number('seconds', Number.POSITIVE_INFINITY, 0),
    speed: number('speed', 1, 0.001),
    count: number('count', 1, 1, 500),
    lease_s: number('lease', 60, 1, 3_600),
    wait_s: number('wait', 10, 0, 30),
    seed: number('seed', Math.floor(Math.random() * 2 ** 32), 0),
    endings: values.endings === undefined ? ENDINGS : endingsIn(values.endings),
    quiet: values.quiet ?? false,
  }
}

function endingsIn(path: string) {
  try {
    return readEndings(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Misunderstood(`--endings ${path}: ${(error as Error).message}`)
  }
}

const say = (line: string) => process.stderr.write(`${line}\n`)

async function main(): Promise<void> {
  const options = readOptions()
  if (!options) {
    process.stdout.write(HELP)
    return
  }
  const { url, key, agents, seconds, seed, quiet, ...desk } = options
  const client = new LeadlineClient({ url, key })
  const stopping = new AbortController()
  const patience: Patience = { stop: stopping.signal, tries_after_stop: 3, say }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(1)
      say('stopping: what is held is handed back')
      stopping.abort()
    })
  const timer = Number.isFinite(seconds) ? setTimeout(() => stopping.abort(), seconds * 1_000) : undefined

  say(`seed ${seed}`)
  const hours = await send(
    () => client.get<{ items: { name: string; zone: string }[] }>('/v1/contact-hours'),
    patience,
  )
  const zones = new Map(hours ? taken(hours).items.map(({ name, zone }) => [name, zone]) : [])

  let begun = 0
  let calls = 0
  const counts = new Map<string, number>()
  const worked = Array.from({ length: agents }, (_, i) =>
    work({
      ...desk,
      client,
      zones,
      patience,
      name: `agent-${i + 1}`,
      random: randomFrom(seed + i * 7_919),
      mayCall: () => begun < options.calls,
      begin: () => {
        begun++
      },
      tell: ({ lead_id, what, reported }) => {
        if (reported) calls++
        counts.set(what, (counts.get(what) ?? 0) + 1)
        if (!quiet) say(`${lead_id} ${what}`)
      },
    }).catch((error) => {
      // An agent that cannot continue stops all; the others hand back the leads that they hold.
      stopping.abort()
      throw error
    }),
  )
  const ended = await Promise.allSettled(worked)
  clearTimeout(timer)
  process.stdout.write(`${JSON.stringify({ calls, ...Object.fromEntries([...counts].sort()) })}\n`)
  for (const end of ended) if (end.status === 'rejected') throw end.reason
}

try {
  await main()
} catch (error) {
  if (error instanceof Misunderstood) {
    say(`${error.message}; --help shows how`)
    process.exitCode = 2
  } else if (error instanceof Hopeless) {
    say(error.message)
    process.exitCode = 1
  } else throw error
}
