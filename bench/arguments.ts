// Reads the arguments of `npm run bench`.

import { parseArgs } from 'node:util'
import { ACTIONS, HANGING } from './actions.ts'
import { AGAINST_DEFAULTS, type AgainstOptions, COMPARABLE } from './against.ts'
import { BACKUP } from './backup.ts'
import { GROWTH } from './growth.ts'
import { IMPORT } from './import.ts'
import { LEASES } from './leases.ts'
import type { Phase } from './load.ts'
import { MASTER_LIST, P99_RATIO_MAX } from './master-list.ts'
import { FILLED_MAX } from './numbers.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { OVERLOAD, type OverloadOptions } from './overload.ts'
import { PEERS, type PeersOptions } from './peers.ts'
import { READ_FILE } from './read-file.ts'
import { DEFAULTS, type Options } from './scenario.ts'
import { SEARCH } from './search.ts'
import { UPGRADE, type UpgradeOptions } from './upgrade.ts'
import { ZONE } from './zone.ts'

export const HELP = `Examples:
  npm run bench -- insert
  npm run bench -- insert --clients 256 --leads 3000000
  npm run bench -- insert --rate 2000 --seconds 20
  npm run bench -- insert --fdatasync-ms 4
  npm run bench -- insert --against main
  npm run bench -- update --against HEAD~3 --pairs 7 --must 1.02
  npm run bench -- update --json
  npm run bench -- growth --leads 3000000
  npm run bench -- leases --leads 200000
  npm run bench -- actions
  npm run bench -- search
  npm run bench -- overload
  npm run bench -- overload --only slow
  npm run bench -- zone
  npm run bench -- master-list
  npm run bench -- upgrade --against HEAD~50
  npm run bench -- backup
  npm run bench -- read-file
  npm run bench -- import
  npm run bench -- import --leads 1000000
  npm run bench -- peers
  npm run bench -- table insert growth

Scenarios:
  insert   single inserts over HTTP, each answered once it is durable, beside the ceiling of the same
           database (bench/ceiling.sql: one lead per commit; bench/ceiling-batch.sql: 64 leads per commit;
           by pgbench, else by Node)
  update   updates by external id over HTTP, beside inserts over HTTP, and beside their own ceiling
           (bench/ceiling-update.sql)
  growth   what an insert and an update cost among many leads (${GROWTH.leads[0]}), beside what they cost among 100000.
           Options: --clients, --count (${GROWTH.count[0]}), --leads, --dnc, --pairs (${GROWTH.pairs[0]}), --profile, --json
  leases   the next leads for ${LEASES.clients[0]} takers, of allocations of ${LEASES.leads[0]} leads: all ready, nearly all
           waiting, half in closed hours, half in closed zones; and from a lead's arrival to a taker that waits. Options: --clients,
           --seconds, --leads, --profile, --json
  actions  inserts at a fixed rate (${ACTIONS.rate[0]} a second) with ${HANGING} calls hanging on a dead target, beside inserts without.
           Options: --clients, --seconds, --rate, --pairs (${ACTIONS.pairs[0]}), --profile, --json
  search   what ${SEARCH.clients[0]} operators type and filter by among ${SEARCH.leads[0]} leads, the data of a lead's page, and searches
           while leads come in. Options: --clients, --seconds (of the last part), --leads, --profile, --json
  overload what gets in beside crowds that make trouble, and alone, each with its bound: locks, reads (of
           lists with ${OVERLOAD.dnc[0]} do-not-call entries), counts, slow, readers, wrong, heads, fair, sign-in. Exit
           code 1: a bound is missed. Options: --only, --clients, --seconds (${OVERLOAD.seconds[0]}), --leads, --dnc, --pairs (${OVERLOAD.pairs[0]}), --profile, --json
  master-list  inserts of a template with a master list of ${MASTER_LIST.entries[0]} entries, beside inserts without, ${MASTER_LIST.rate[0]} a second. Exit code 1: its
           p99 is more than ${P99_RATIO_MAX} times as long. Options: --clients, --seconds, --rate, --entries, --leads, --dnc, --pairs (${MASTER_LIST.pairs[0]}), --profile, --json
  zone     contact hours with ${ZONE.leads[0]} callbacks move to another zone beside ${ZONE.clients[0]} writers. Options: --clients,
           --seconds (before and after), --leads, --profile, --json
  upgrade  this checkout starts on the database of another revision (--against) with ${UPGRADE.leads[0]} leads: how long until
           it answers and until its jobs are through, how long a writer waits for each table of leads meanwhile, and
           what the start says. Options: --leads, --dnc, --json
  backup   ${BACKUP.leads[0]} leads are backed up beside their server, verified, and restored into a new data directory.
           Options: --leads, --profile, --json
  read-file  a file of ${READ_FILE.leads[0]} rows is read as an import reads it, as text and as .xlsx: how fast, in how much
           memory. Options: --leads, --json
  import   a file of ${IMPORT.leads[0]} rows is read, tried out and taken, beside COPY of the same rows into tables with the same
           indexes; then ${IMPORT.rate[0]} inserts a second alone and beside such a file. Options: --leads (of each file),
           --rate, --clients (${IMPORT.clients[0]}), --seconds (${IMPORT.seconds[0]}), --pairs (${IMPORT.pairs[0]}), --profile, --json
  peers    the same load on Leadline (single leads; many per request, by the SDK) and on other systems: inserts that
           look for duplicates and do-not-call entries, updates by external id, races for one number. It fills
           them with leads. VICIDIAL_URL, VICIDIAL_USER, VICIDIAL_PASSWORD, VICIDIAL_LIST_ID: VICIdial's non-agent
           API; ESPOCRM_URL, ESPOCRM_API_KEY: EspoCRM. Options: --only, --clients (${PEERS.clients[0]}), --seconds (${PEERS.seconds[0]}), --pairs (${PEERS.pairs[0]}),
           --leads, --dnc (of Leadline), --profile, --json
  table    keeps the named results (insert, update, growth, import, peers) in bench/results/published, and shows all that are
           kept there in docs/performance.md

Options:
  --clients N   connections that send; insert and update take several numbers and measure each
                (insert: ${DEFAULTS.clients.insert}; update, and both at a rate: ${DEFAULTS.clients_at_rate})
  --seconds N   length of each measurement, whole seconds (${DEFAULTS.seconds_max}, less where the run would take long)
  --leads N     leads that are there before (${DEFAULTS.leads}; at most ${FILLED_MAX})
  --entries N   entries of the master list
  --dnc N       do-not-call entries that are there before (${DEFAULTS.dnc})
  --rate N      N requests a second whatever the answers take, latency from when each should have been sent;
                without a ceiling
  --pairs N     rounds, each of which measures everything once (${DEFAULTS.pairs}); figures are their medians
  --ceiling BY  pgbench or node: what drives the ceiling (pgbench where there is one, else node)
  --fdatasync-ms N  every fsync and fdatasync of PostgreSQL takes N ms more, for the ceilings as well (insert, update;
                needs a C compiler or strace)
  --profile DIR the server writes a CPU profile (.cpuprofile) into DIR when it ends
  --only PART   one part of overload, one of the peers
  --json        the result as JSON on stdout in place of the file, the table on stderr
  --help        this text

Against another revision (${COMPARABLE.join(', ')}):
  --against REV runs that revision and this checkout, each on copies of its own filled database, in interleaved
                pairs (old new new old, new old old new, …) under the same load generator, and judges by CPU
                time. Exit code 1: this checkout is slower
  --pairs N     ${AGAINST_DEFAULTS.pairs}
  --count N     leads, updates or hand-outs of each measurement (${AGAINST_DEFAULTS.count}), in place of --seconds
  --must N      the highest median ratio of CPU µs per lead, new by old, that is not slower (${AGAINST_DEFAULTS.must})
  --clients N   ${AGAINST_DEFAULTS.clients.insert} (insert, update), ${AGAINST_DEFAULTS.clients.leases} (leases); several numbers are measured one by one
  --leads, --dnc, --rate and --json as above

The bench starts a server of its own on a throwaway data directory; with DATABASE_URL, on a throwaway database of
that server. With LEADLINE_URL and LEADLINE_API_KEY (scope admin) it measures the server that runs there, whose
database it finds through DATABASE_URL or LEADLINE_DATA_DIR: a template, a campaign and their leads stay in it.

The result is written to bench/results/SCENARIO.json. Refused requests count nowhere. After every run what was
answered OK is compared with what is in the database; a difference fails the run.
`

/** A mistake of the caller; the message says what to do. */
export class UsageError extends Error {}

const SCENARIOS = [
  'insert',
  'update',
  'growth',
  'leases',
  'actions',
  'search',
  'overload',
  'zone',
  'master-list',
  'upgrade',
  'backup',
  'read-file',
  'import',
  'peers',
] as const

export type Asked =
  | { scenario: 'against'; options: AgainstOptions }
  | { scenario: Phase['kind']; options: Options }
  | { scenario: 'growth'; options: OptionsOf<typeof GROWTH> }
  | { scenario: 'leases'; options: OptionsOf<typeof LEASES> }
  | { scenario: 'actions'; options: OptionsOf<typeof ACTIONS> }
  | { scenario: 'search'; options: OptionsOf<typeof SEARCH> }
  | { scenario: 'overload'; options: OverloadOptions }
  | { scenario: 'master-list'; options: OptionsOf<typeof MASTER_LIST> }
  | { scenario: 'zone'; options: OptionsOf<typeof ZONE> }
  | { scenario: 'upgrade'; options: UpgradeOptions }
  | { scenario: 'backup'; options: OptionsOf<typeof BACKUP> }
  | { scenario: 'read-file'; options: OptionsOf<typeof READ_FILE> }
  | { scenario: 'import'; options: OptionsOf<typeof IMPORT> }
  | { scenario: 'peers'; options: PeersOptions }
  | { scenario: 'table'; names: string[] }

/** Null: the caller wants the help. */
export function readArguments(args: string[]): Asked | null {
  const { values, positionals } = parse(args)
  if (values.help) return null
  if (positionals[0] === 'table') return { scenario: 'table', names: positionals.slice(1) }
  const scenario = SCENARIOS.find((name) => name === positionals[0])
  if (!scenario || positionals.length > 1) throw new UsageError(`name one scenario: ${SCENARIOS.join(', ')}`)
  const refuse = (name: keyof typeof values, why: string) => {
    if (values[name] !== undefined) throw new UsageError(`--${name} ${why}`)
  }
  const number = (name: keyof typeof values, fallback: number, min: number, max: number): number =>
    values[name] === undefined ? fallback : wholeNumber(name, String(values[name]), min, max)
  const numbers = (name: 'clients', fallback: number[], max: number): number[] =>
    values[name]?.split(',').map((text) => wholeNumber(name, text, 1, max)) ?? fallback
  const [json, profile] = [values.json ?? false, values.profile ?? null]
  const rate = values.rate === undefined ? null : number('rate', 0, 1, 1_000_000)

  if (scenario === 'upgrade') {
    const { against } = values
    if (against === undefined) throw new UsageError('upgrade needs --against, the revision to come from')
    const [leads, dnc] = [number('leads', ...UPGRADE.leads), number('dnc', ...UPGRADE.dnc)]
    return { scenario, options: { revision: against, leads, dnc, json } }
  }
  if (values.against !== undefined) {
    const of = COMPARABLE.find((name) => name === scenario)
    if (of === undefined) throw new UsageError(`--against goes with ${COMPARABLE.join(', ')}`)
    for (const name of ['ceiling', 'fdatasync-ms', 'profile'] as const)
      refuse(name, 'does not go with --against')
    refuse('seconds', 'does not go with --against, which takes --count')
    if (of === 'leases') for (const name of ['rate', 'dnc'] as const) refuse(name, 'does not go with leases')
    const options: AgainstOptions = {
      of,
      revision: values.against,
      clients: numbers('clients', [AGAINST_DEFAULTS.clients[of]], 1_000),
      count: number('count', AGAINST_DEFAULTS.count, 100, 5_000_000),
      leads: number('leads', DEFAULTS.leads, of === 'insert' ? 0 : 10_000, FILLED_MAX),
      dnc: of === 'leases' ? 0 : number('dnc', DEFAULTS.dnc, 0, 1_000_000),
      rate,
      pairs: number('pairs', AGAINST_DEFAULTS.pairs, 1, 1_000),
      must: values.must === undefined ? AGAINST_DEFAULTS.must : ratio('must', values.must),
      json,
    }
    return { scenario: 'against', options }
  }
  refuse('must', 'needs --against')
  if (scenario !== 'master-list') refuse('entries', 'goes with master-list')
  if (scenario !== 'growth') refuse('count', 'needs --against')
  if (scenario !== 'insert' && scenario !== 'update') refuse('fdatasync-ms', 'goes with insert and update')
  const fixed = <Taken extends Numbers>(taken: Taken) => {
    const read = Object.entries(taken).map(([name, [fallback, min, max]]) => [
      name,
      number(name as keyof typeof values, fallback, min, max),
    ])
    return { ...Object.fromEntries(read), json, profile } as OptionsOf<Taken>
  }
  const { only = null } = values
  if (scenario === 'overload') return { scenario, options: { ...fixed(OVERLOAD), only } }
  if (scenario === 'peers') return { scenario, options: { ...fixed(PEERS), only } }
  refuse('only', 'goes with overload and peers')
  switch (scenario) {
    case 'growth':
      return { scenario, options: fixed(GROWTH) }
    case 'leases':
      return { scenario, options: fixed(LEASES) }
    case 'actions':
      return { scenario, options: fixed(ACTIONS) }
    case 'search':
      return { scenario, options: fixed(SEARCH) }
    case 'master-list':
      return { scenario, options: fixed(MASTER_LIST) }
    case 'zone':
      return { scenario, options: fixed(ZONE) }
    case 'backup':
      return { scenario, options: fixed(BACKUP) }
    case 'import':
      return { scenario, options: fixed(IMPORT) }
    case 'read-file':
      refuse('profile', 'needs a server')
      return { scenario, options: fixed(READ_FILE) }
  }
  const { ceiling = null } = values
  if (ceiling !== null && ceiling !== 'pgbench' && ceiling !== 'node')
    throw new UsageError('--ceiling must be pgbench or node')
  return {
    scenario,
    options: {
      clients: numbers(
        'clients',
        rate === null ? DEFAULTS.clients[scenario] : [DEFAULTS.clients_at_rate],
        10_000,
      ),
      seconds: values.seconds === undefined ? null : number('seconds', 0, 1, 3_600),
      leads: number('leads', DEFAULTS.leads, scenario === 'update' ? 10_000 : 0, FILLED_MAX),
      dnc: number('dnc', DEFAULTS.dnc, 0, 100_000_000),
      rate,
      pairs: number('pairs', DEFAULTS.pairs, 1, 1_000),
      ceiling_by: ceiling,
      fdatasync_ms: values['fdatasync-ms'] === undefined ? null : number('fdatasync-ms', 0, 1, 1_000),
      json,
      profile,
    },
  }
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        against: text,
        must: text,
        count: text,
        entries: text,
        clients: text,
        seconds: text,
        leads: text,
        dnc: text,
        rate: text,
        pairs: text,
        ceiling: text,
        'fdatasync-ms': text,
        profile: text,
        only: text,
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(name: string, given: string, min: number, max: number): number {
  const digits = given.replaceAll(/[_,]/g, '')
  if (/^\d+$/.test(digits) && Number(digits) >= min && Number(digits) <= max) return Number(digits)
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}`)
}

function ratio(name: string, given: string): number {
  if (/^\d+(\.\d+)?$/.test(given) && Number(given) > 0) return Number(given)
  throw new UsageError(`--${name} must be a number above 0, as 1.05`)
}
