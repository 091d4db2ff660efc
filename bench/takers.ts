// Takers: clients that ask for the next leads over HTTP.

import { Line } from './line.ts'
import { spread } from './report.ts'
import type { Stage } from './stage.ts'

export const LEASE_S = 3_600

interface Lease {
  items: { lead: { id: string; external_id?: string } }[]
}

/** Takes the next leads. */
export async function lease(line: Line, allocation_id: number, asked: object): Promise<Lease['items']> {
  const path = `/v1/allocations/${allocation_id}/leases`
  const { status, body } = await line.ask<Lease>('POST', path, { lease_s: LEASE_S, ...asked })
  if (status !== 200) throw new Error(`a lease answered ${status}`)
  return body.items
}

interface Taken {
  calls_per_s: number
  leads_per_s: number
  /** Leads that were handed out. */
  taken: number
  /** Calls that found no lead. */
  empty: number
  p50_ms: number
  p99_ms: number
  max_ms: number
}

/**
 * They take until the time is over, or until so many leads are handed out. `seen`: every lead that was ever handed out;
 * one that comes twice fails the run.
 */
export async function take(
  stage: Stage,
  allocation_id: number,
  takers: number,
  count: number,
  length: { seconds: number } | { leads: number },
  seen: Set<string>,
): Promise<Taken> {
  const times: number[] = []
  let [taken, empty] = [0, 0]
  const begun = performance.now()
  const goesOn = () =>
    'leads' in length ? taken < length.leads : performance.now() < begun + length.seconds * 1_000
  await Promise.all(
    Array.from({ length: takers }, async () => {
      const line = new Line(stage)
      while (goesOn()) {
        const asked = performance.now()
        const items = await lease(line, allocation_id, { count })
        times.push(performance.now() - asked)
        taken += items.length
        if (items.length === 0 && ++empty > takers) break
        for (const { lead } of items) {
          if (seen.has(lead.id)) throw new Error(`lead ${lead.id} was handed out twice`)
          seen.add(lead.id)
        }
      }
      line.close()
    }),
  )
  const passed_s = (performance.now() - begun) / 1_000
  return {
    calls_per_s: times.length / passed_s,
    leads_per_s: taken / passed_s,
    taken,
    empty,
    ...spread(times),
  }
}
