// `npm run bench -- NAME [options]`: measures Leadline beside what its own database can do, in one run.

import { parseArgs } from 'node:util'
import { ACTIONS_DEFAULTS, type ActionsOptions, runActions } from './actions.ts'
import { LEASE_DEFAULTS, type LeaseOptions, runLeases } from './leases.ts'
import type { Phase } from './load.ts'
import { FILLED_MAX } from './numbers.ts'
import { say, tell } from './report.ts'
import { DEFAULTS, type Options, run } from './scenario.ts'

const HELP = `Examples:
  npm run bench -- insert
  npm run bench -- insert --clients 256 --leads 3000000
  npm run bench -- insert --rate 2000 --seconds 20
  npm run bench -- update --json
  npm run bench -- leases --leads 200000
  npm run bench -- actions

Scenarios:
  insert   single inserts over HTTP, each answered once it is durable, beside the ceiling of the same
           database (bench/ceiling.sql: one lead per commit, by pgbench, else by Node)
  update   updates by external id over HTTP, beside inserts over HTTP, and beside their own ceiling
           (bench/ceiling-update.sql)
  leases   the next leads for ${LEASE_DEFAULTS.takers} takers, of allocations of ${LEASE_DEFAULTS.leads} leads: all ready, nearly all
           waiting, half in closed hours; and from a lead's arrival to a taker that waits. Options: --clients,
           --seconds, --leads, --profile, --json
  actions  inserts at a fixed rate (${ACTIONS_DEFAULTS.rate} a second) with ${ACTIONS_DEFAULTS.hanging} calls hanging on a dead target, beside inserts without.
           Options: --clients, --seconds, --rate, --pairs (${ACTIONS_DEFAULTS.pairs}), --profile, --json

Options:
  --clients N   connections that send (${DEFAULTS.clients})
  --seconds N   length of each measurement, whole seconds (${DEFAULTS.seconds_max}, less where the run would take over 80 s)
  --leads N     leads that are there before (${DEFAULTS.leads}; at most ${FILLED_MAX})
  --dnc N       do-not-call entries that are there before (${DEFAULTS.dnc})
  --rate N      N requests a second whatever the answers take, latency from when each should have been sent;
                without a ceiling
  --pairs N     rounds, each of which measures everything once (${DEFAULTS.pairs}); figures are their medians
  --ceiling BY  pgbench or node: what drives the ceiling (pgbench where there is one, else node)
  --profile DIR the server writes a CPU profile (.cpuprofile) into DIR when it ends
  --json        the result as JSON on stdout, the table on stderr
  --help        this text

The bench starts a server of its own on a throwaway data directory; with DATABASE_URL, on a throwaway database of
that server. With LEADLINE_URL and LEADLINE_API_KEY (scope admin) it measures the server that runs there, whose
database it finds through DATABASE_URL or LEADLINE_DATA_DIR: a template, a campaign and their leads stay in it.

The result is written to bench/results/SCENARIO.json. Refused requests count nowhere. After every run what was
answered OK is compared with what is in the database; a difference fails the run.
`

/** A mistake of the caller; the message says what to do. */
class UsageError extends Error {}

class Interrupted extends Error {}

const SCENARIOS = ['insert', 'update', 'leases', 'actions'] as const satisfies readonly (
  | Phase['kind']
  | 'leases'
  | 'actions'
)[]

type Asked =
  | { scenario: Phase['kind']; options: Options }
  | { scenario: 'leases'; options: LeaseOptions }
  | { scenario: 'actions'; options: ActionsOptions }

function read(args: string[]): Asked | null {
  const text = { type: 'string' } as const
  const { values, positionals } = parse(() =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        clients: text,
        seconds: text,
        leads: text,
        dnc: text,
        rate: text,
        pairs: text,
        ceiling: text,
        profile: text,
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }),
  )
  if (values.help) return null
  const scenario = SCENARIOS.find((name) => name === positionals[0])
  if (!scenario || positionals.length > 1) throw new UsageError(`name one scenario: ${SCENARIOS.join(', ')}`)
  const number = (name: keyof typeof values, fallback: number, min: number, max: number): number => {
    const given = values[name]
    if (given === undefined) return fallback
    const digits = String(given).replaceAll('_', '').replaceAll(',', '')
    if (/^\d+$/.test(digits) && Number(digits) >= min && Number(digits) <= max) return Number(digits)
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}`)
  }
  if (scenario === 'leases')
    return {
      scenario,
      options: {
        takers: number('clients', LEASE_DEFAULTS.takers, 1, 1_000),
        seconds: number('seconds', LEASE_DEFAULTS.seconds, 1, 3_600),
        leads: number('leads', LEASE_DEFAULTS.leads, 1_000, FILLED_MAX),
        json: values.json ?? false,
        profile: values.profile ?? null,
      },
    }
  if (scenario === 'actions')
    return {
      scenario,
      options: {
        clients: number('clients', ACTIONS_DEFAULTS.clients, 1, 1_000),
        seconds: number('seconds', ACTIONS_DEFAULTS.seconds, 1, 3_600),
        rate: number('rate', ACTIONS_DEFAULTS.rate, 1, 1_000_000),
        pairs: number('pairs', ACTIONS_DEFAULTS.pairs, 1, 1_000),
        json: values.json ?? false,
        profile: values.profile ?? null,
      },
    }
  const { ceiling = null } = values
  if (ceiling !== null && ceiling !== 'pgbench' && ceiling !== 'node')
    throw new UsageError('--ceiling must be pgbench or node')
  return {
    scenario,
    options: {
      clients: number('clients', DEFAULTS.clients, 1, 10_000),
      seconds: values.seconds === undefined ? null : number('seconds', 0, 1, 3_600),
      leads: number('leads', DEFAULTS.leads, scenario === 'update' ? 10_000 : 0, FILLED_MAX),
      dnc: number('dnc', DEFAULTS.dnc, 0, 100_000_000),
      rate: values.rate === undefined ? null : number('rate', 0, 1, 1_000_000),
      pairs: number('pairs', DEFAULTS.pairs, 1, 1_000),
      ceiling_by: ceiling,
      json: values.json ?? false,
      profile: values.profile ?? null,
    },
  }
}

function parse<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const stop = new AbortController()
const stopped = new Promise<never>((_, reject) =>
  stop.signal.addEventListener('abort', () => reject(stop.signal.reason)),
)
stopped.catch(() => undefined)
// npm sends a Ctrl-C on a second time: the first one stops everything in order, later ones change nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stop.abort(new Interrupted(`stopped by ${signal}`)))

const stack = new AsyncDisposableStack()

function measure(asked: Asked): Promise<void> {
  switch (asked.scenario) {
    case 'leases':
      return runLeases(asked.options, stack, stop.signal)
    case 'actions':
      return runActions(asked.options, stack, stop.signal)
    default:
      return run(asked.scenario, asked.options, stack, stop.signal)
  }
}

try {
  const asked = read(process.argv.slice(2))
  if (asked === null) tell(HELP)
  else {
    const work = measure(asked)
    work.catch(() => undefined)
    await Promise.race([work, stopped])
  }
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : error instanceof Interrupted ? 130 : 1
  const trouble = error instanceof Error ? error : new Error(String(error))
  say(`bench: ${trouble.message}${error instanceof UsageError ? '. Try --help.' : ''}`)
} finally {
  stop.abort()
  await stack.disposeAsync().catch((error) => {
    say(`bench: ${error instanceof Error ? error.message : error}`)
    process.exitCode ||= 1
  })
}
process.exit()
