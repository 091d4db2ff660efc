// Takers: clients that ask for the next leads over HTTP.

import http from 'node:http'
import type { Stage } from './stage.ts'

export const LEASE_S = 3_600

interface Lease {
  items: { lead: { id: string; external_id?: string } }[]
}

/** One connection that stays open. */
export class Taker {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  readonly #stage: Stage
  constructor(stage: Stage) {
    this.#stage = stage
  }

  lease(allocation_id: number, body: object): Promise<Lease> {
    const { host, port, key } = this.#stage
    const text = JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          agent: this.#agent,
          host,
          port,
          method: 'POST',
          path: `/v1/allocations/${allocation_id}/leases`,
          headers: { Authorization: `Bearer ${key}`, 'Content-Length': Buffer.byteLength(text) },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part) => parts.push(part))
          response.on('end', () =>
            response.statusCode === 200
              ? resolve(JSON.parse(Buffer.concat(parts).toString()))
              : reject(new Error(`a lease answered ${response.statusCode}`)),
          )
        },
      )
      request.on('error', reject)
      request.end(text)
    })
  }

  close() {
    this.#agent.destroy()
  }
}

export interface Taken {
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
      const taker = new Taker(stage)
      while (goesOn()) {
        const asked = performance.now()
        const { items } = await taker.lease(allocation_id, { count, lease_s: LEASE_S })
        times.push(performance.now() - asked)
        taken += items.length
        if (items.length === 0 && ++empty > takers) break
        for (const { lead } of items) {
          if (seen.has(lead.id)) throw new Error(`lead ${lead.id} was handed out twice`)
          seen.add(lead.id)
        }
      }
      taker.close()
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

export function spread(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) }
}
