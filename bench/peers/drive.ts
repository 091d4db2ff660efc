// Drives a peer: each client sends its next request when it has the answer to the last one.

import { spread } from '../report.ts'
import type { Outcome, Peer, SampleLead, TakenLead } from './peer.ts'

export interface Driven {
  /** Leads taken per second. */
  per_s: number
  /** Of requests of which a lead was taken. */
  p50_ms: number
  p99_ms: number
  refused: Record<string, number>
  errors: Record<string, number>
}

/** `one` sends the next request. */
async function drive(clients: number, seconds: number, one: () => Promise<Outcome>): Promise<Driven> {
  const refused: Record<string, number> = {}
  const errors: Record<string, number> = {}
  const times: number[] = []
  let leads = 0
  const began = performance.now()
  const end = began + seconds * 1_000
  const run = async () => {
    while (performance.now() < end) {
      const sent = performance.now()
      const outcome = await one()
      if (outcome.taken > 0) times.push(performance.now() - sent)
      leads += outcome.taken
      addTo(refused, outcome.refused)
      addTo(errors, outcome.errors)
    }
  }
  await Promise.all(Array.from({ length: clients }, run))
  const per_s = (leads * 1_000) / (performance.now() - began)
  const { p50_ms, p99_ms } = spread(times)
  return { per_s, p50_ms, p99_ms, refused, errors }
}

/** Adds counts to sums by their names. */
export function addTo(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
}

/** New leads; those of requests that were taken whole are added to `known`. */
export function driveInserts(
  peer: Peer,
  clients: number,
  seconds: number,
  next: () => SampleLead,
  known: TakenLead[],
): Promise<Driven> {
  return drive(clients, seconds, async () => {
    const leads = Array.from({ length: peer.rows }, next)
    const outcome = await peer.insert(leads)
    if (outcome.taken === leads.length)
      for (const { external_id } of leads) known.push({ external_id, id: outcome.id })
    return outcome
  })
}

/** Changes known leads, no lead twice at once: changes that meet are not what is measured. */
export function driveUpdates(
  peer: Peer,
  clients: number,
  seconds: number,
  known: readonly TakenLead[],
): Promise<Driven> {
  if (known.length < clients * peer.rows)
    throw new Error(`${peer.name} has too few leads to change: ${known.length} were taken`)
  const busy = new Set<TakenLead>()
  let updates = 0
  return drive(clients, seconds, async () => {
    const leads: TakenLead[] = []
    while (leads.length < peer.rows) {
      const lead = known[Math.floor(Math.random() * known.length)]!
      if (busy.has(lead)) continue
      busy.add(lead)
      leads.push(lead)
    }
    const outcome = await peer.update(leads, `Abbotsford ${++updates}`)
    for (const lead of leads) busy.delete(lead)
    return outcome
  })
}
