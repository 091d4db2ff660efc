// One agent: takes leads, calls them one after the other, reports each outcome.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LeadlineClient } from '../../src/client/client.ts'
import { path } from '../../src/client/path.ts'
import { Hopeless, type Patience, send, taken } from './line.ts'
import { draw, type Ending, type Random, within } from './script.ts'

interface HandedOut {
  lease_id: string
  /** Dial only these, in this order. */
  numbers: { field: string; number: string }[]
  lead: { id: string; contact_hours: string }
}

/** A lead that is being called. */
interface Held extends HandedOut {
  /** performance.now() at the end of the lease. */
  ends: number
}

export interface Desk {
  client: LeadlineClient
  allocation_id: number
  name: string
  random: Random
  endings: readonly Ending[]
  /** How many leads to take at a time, for how long, and how long to wait for them. */
  count: number
  lease_s: number
  wait_s: number
  /** How many times faster than real calls. */
  speed: number
  /** Zones by the name of contact hours: callbacks are agreed in the lead's wall time. */
  zones: ReadonlyMap<string, string>
  patience: Patience
  /** False if no calls are left to make. `begin` counts a call. */
  mayCall: () => boolean
  begin: () => void
  tell: (event: { lead_id: string; what: string; reported: boolean }) => void
}

/** Works until the dialler stops, then hands back the leads that it holds. */
export async function work(desk: Desk): Promise<void> {
  const { stop } = desk.patience
  while (!stop.aborted && desk.mayCall()) {
    // Counted from before the request: by any clock, the lease ends no earlier.
    const ends = performance.now() + desk.lease_s * 1_000
    for (const held of await take(desk)) {
      const lead = { ...held, ends }
      if (stop.aborted || !desk.mayCall()) await handBack(desk, held)
      else if (isHalfOver(desk, lead) && !(await keep(desk, lead)))
        // The lease ended while other leads were called, so somebody else may be calling this one.
        desk.tell({ lead_id: held.lead.id, what: 'came too late', reported: false })
      else {
        desk.begin()
        await call(desk, lead)
      }
    }
  }
}

async function take({ client, allocation_id, name, count, lease_s, wait_s, patience }: Desk) {
  const body = { count, lease_s, wait_s, agent: name }
  const answer = await send(
    () => client.post<{ items: HandedOut[] }>(path`/v1/allocations/${allocation_id}/leases`, body),
    patience,
  )
  return answer ? taken(answer).items : []
}

async function handBack({ client, patience, tell }: Desk, { lease_id, lead }: HandedOut) {
  const answer = await send(() => client.delete(path`/v1/leases/${lease_id}`), patience)
  // A lead that was not handed back returns by itself when its lease ends.
  tell({ lead_id: lead.id, what: answer ? 'handed back' : 'left to expire', reported: false })
}

async function call(desk: Desk, held: Held): Promise<void> {
  const { random, endings } = desk
  for (const [i, { number }] of held.numbers.entries()) {
    const ending = draw(random, endings)
    const ring_s = within(random, ending.ring_s ?? [3, 10])
    const talk_s = within(random, ending.talk_s ?? [0, 0])
    await talk(desk, held, ((ring_s + talk_s) * 1_000) / desk.speed)
    if (desk.patience.stop.aborted || ending.disposition === undefined) return handBack(desk, held)
    if (ending.unreached && i < held.numbers.length - 1) continue
    return report(desk, held, ending, number, talk_s)
  }
}

/** A lease is extended after half of its time, so one lost request does not lose the lead. */
const halfOf = ({ lease_s }: Desk, { ends }: Held) => ends - lease_s * 500
const isHalfOver = (desk: Desk, held: Held) => performance.now() >= halfOf(desk, held)

/** False if the lease has ended. */
async function keep({ client, lease_s, patience }: Desk, held: Held): Promise<boolean> {
  const ends = performance.now() + lease_s * 1_000
  const answer = await send(() => client.patch(path`/v1/leases/${held.lease_id}`, { lease_s }), patience)
  if (answer?.code !== 0) return false
  held.ends = ends
  return true
}

/** Lasts as long as the call, and extends the lease if it would end before. */
async function talk(desk: Desk, held: Held, ms: number): Promise<void> {
  const { stop: signal } = desk.patience
  const until = performance.now() + ms
  let kept = true
  while (!signal.aborted && performance.now() < until) {
    const next = kept ? Math.min(until, halfOf(desk, held)) : until
    await sleep(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => undefined)
    // A lease that has ended cannot be extended; the call continues, and its outcome counts.
    if (!signal.aborted && kept && isHalfOver(desk, held)) kept = await keep(desk, held)
  }
}

async function report(
  desk: Desk,
  held: HandedOut,
  ending: Ending,
  phone: string,
  talk_s: number,
): Promise<void> {
  const { client, random, name, zones, patience, tell } = desk
  const { disposition, phone_state, callback_min, own } = ending
  const zone = zones.get(held.lead.contact_hours)
  const body = {
    disposition,
    phone,
    at: new Date().toISOString(),
    duration_s: Math.round(talk_s),
    ...(phone_state ? { phone_state } : {}),
    ...(callback_min && zone ? { callback: wallTime(within(random, callback_min), zone) } : {}),
    ...(own ? { callback_agent: name } : {}),
  }
  // Every try sends the same body: a repeat gets the same answer, whether or not the first one arrived.
  const answer = await send(() => client.put(path`/v1/leases/${held.lease_id}/outcome`, body), patience)
  if (!answer)
    throw new Hopeless(
      `the outcome of ${held.lease_id} has not got through: ${JSON.stringify({ ...body, phone: undefined })}`,
    )
  taken(answer)
  tell({ lead_id: held.lead.id, what: disposition!, reported: true })
}

/** '2026-10-04T14:30' in the wall time of the zone, this many minutes from now. */
const wallTime = (minutes: number, zone: string) =>
  Temporal.Now.zonedDateTimeISO(zone)
    .add({ minutes: Math.round(minutes) })
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })
