// The scenario `peers`: the same load on Leadline and on systems that people use in its place, where they run: inserts with
// their checks of duplicates and do-not-call lists, updates by external id, and races for one number.

import { fill } from './fill.ts'
import type { Numbers, OptionsOf } from './options.ts'
import { addTo, type Driven, driveInserts, driveUpdates } from './peers/drive.ts'
import { espocrm } from './peers/espocrm.ts'
import { leadlineBulk, leadlineSingle } from './peers/leadline.ts'
import type { Peer, TakenLead } from './peers/peer.ts'
import { type Raced, race } from './peers/races.ts'
import { SampleLeads } from './peers/sample.ts'
import { overHttp } from './peers/send.ts'
import { vicidial } from './peers/vicidial.ts'
import { type Figures, handOver, medians, running, say, Table, tell, thousands } from './report.ts'
import { newRun, setStage } from './stage.ts'

export const PEERS = {
  clients: [8, 1, 1_000],
  /** Of each measurement. */
  seconds: [5, 1, 3_600],
  pairs: [3, 1, 1_000],
  /** Leads and do-not-call entries that Leadline has before; the others have what they have. */
  leads: [100_000, 0, 10_000_000],
  dnc: [100_000, 0, 100_000_000],
} as const satisfies Numbers

export type PeersOptions = OptionsOf<typeof PEERS> & { only: string | null }

/** Leads per request of the SDK. */
const ROWS = 100
/** Races of each peer and round. */
const RACES = 20
const WIDTH = 34
const NAMES = ['leadline', 'vicidial', 'espocrm'] as const

interface Rounds {
  peer: Peer
  known: TakenLead[]
  insert: Driven[]
  update: Driven[]
  races: Raced[]
}

export async function runPeers(
  options: PeersOptions,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const { clients, seconds, pairs } = options
  const print = options.json ? say : tell
  const { peers, postgres } = await findPeers(options, stack, signal)
  const leads = new SampleLeads(newRun())
  const next = () => leads.next()
  for (const peer of peers) await prove(peer, leads)

  print(`peers: ${clients} clients, ${pairs} rounds of ${seconds} s for inserts and for updates of each`)
  const table = new Table([
    ['per_s', 'leads/s', 0],
    ['p50_ms', 'p50 ms', 1],
    ['p99_ms', 'p99 ms', 1],
    ['refused', 'refused', 0],
    ['errors', 'errors', 0],
  ])
  print(table.head(WIDTH))
  const all: Rounds[] = peers.map((peer) => ({ peer, known: [], insert: [], update: [], races: [] }))
  for (let round = 1; round <= pairs; round++)
    for (const { peer, known, insert, update, races } of round % 2 === 1 ? all : all.toReversed()) {
      insert.push(await driveInserts(peer, clients, seconds, next, known))
      print(table.row(`${round} insert ${peer.name}`, figuresOf(insert.at(-1)!), WIDTH))
      update.push(await driveUpdates(peer, clients, seconds, known))
      print(table.row(`${round} update ${peer.name}`, figuresOf(update.at(-1)!), WIDTH))
      races.push(await race(peer, RACES, clients, next))
    }
  const rows = all.map(({ peer, insert, update, races }) => ({
    peer: peer.name,
    insert: medians(insert.map(figuresOf)),
    update: medians(update.map(figuresOf)),
    race: sumOf(races),
    refused: sumOf([...insert, ...update].map(({ refused }) => refused)),
    errors: sumOf([...insert, ...update].map(({ errors }) => errors)),
  }))
  for (const { peer, insert, update } of rows) {
    print(table.row(`median insert ${peer}`, insert, WIDTH))
    print(table.row(`median update ${peer}`, update, WIDTH))
  }
  print(`\n${clients} inserts of one number at once`)
  const raced = new Table([
    ['races', 'races', 0],
    ['got_in', 'got in', 0],
    ['several', 'several got in', 0],
    ['none', 'none got in', 0],
  ])
  print(raced.head(WIDTH))
  for (const { peer, race } of rows) print(raced.row(peer, race, WIDTH))
  for (const { peer, refused, errors } of rows)
    for (const [what, counts] of Object.entries({ refused, failed: errors }))
      for (const [why, count] of Object.entries(counts))
        say(`${peer}: ${thousands(count)} ${what} with ${why}`)
  handOver('peers', { scenario: 'peers', clients, seconds, rows, ...running(postgres) }, options.json)
}

/** Leadline, and those whose address is named. */
async function findPeers(options: PeersOptions, stack: AsyncDisposableStack, signal: AbortSignal) {
  const { clients, only } = options
  if (only !== null && !NAMES.some((name) => name === only))
    throw new Error(`--only must be one of ${NAMES.join(', ')}`)
  const wants = (name: (typeof NAMES)[number]) => only === null || only === name
  const peers: Peer[] = []
  let postgres: string | null = null
  if (wants('leadline')) {
    const stage = await setStage(stack, signal, options.profile)
    const { client, database, target, run, key, host, port } = stage
    if (database)
      await fill(database, target, { leads: options.leads, dnc: options.dnc, run, actor: 'bench' })
    postgres = database?.version ?? null
    const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    peers.push(overHttp('leadline', address, leadlineSingle(target, key), clients))
    peers.push(leadlineBulk(client, target, ROWS))
  }
  const { VICIDIAL_URL, ESPOCRM_URL } = process.env
  if (VICIDIAL_URL && wants('vicidial')) {
    const access = {
      user: needed('VICIDIAL_USER'),
      password: needed('VICIDIAL_PASSWORD'),
      list_id: needed('VICIDIAL_LIST_ID'),
    }
    peers.push(overHttp('vicidial', VICIDIAL_URL, vicidial(access), clients))
  }
  if (ESPOCRM_URL && wants('espocrm'))
    peers.push(overHttp('espocrm', ESPOCRM_URL, espocrm(needed('ESPOCRM_API_KEY')), clients))
  if (peers.length === 0) throw new Error(`the address of ${only} is not named (see --help)`)
  return { peers, postgres }
}

/** A system that refuses one lead, with wrong credentials perhaps, is not sent thousands. */
async function prove(peer: Peer, leads: SampleLeads): Promise<void> {
  const { taken, refused, errors } = await peer.insert([leads.next()])
  if (taken !== 1)
    throw new Error(`${peer.name} does not take a lead: ${Object.keys({ ...refused, ...errors }).join(', ')}`)
}

function needed(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

/** How many were refused, and how many failed. */
function figuresOf({ refused, errors, ...figures }: Driven): Figures {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, count) => all + count, 0)
  return { ...figures, refused: sum(refused), errors: sum(errors) }
}

/** Adds up counts by their names. */
function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const count of counts) addTo(sums, count)
  return sums
}
