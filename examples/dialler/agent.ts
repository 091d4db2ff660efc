// One agent: takes leads, calls them one after the other, reports what each call came to.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LeadlineClient } from '../../src/client/client.ts'
import { path } from '../../src/client/path.ts'
import { Hopeless, type Patience, send, taken } from './line.ts'
import { draw, type Ending, type Random, within } from './script.ts'

interface HandedOut {
  lease_id: string
  /** What may be dialled, in this order. */
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
  /** Leads at a time, for so long, waited for so long. */
  count: number
  lease_s: number
  wait_s: number
  /** How many times faster than life calls are. */
  speed: number
  /** Zones of contact hours by name: callbacks are agreed in the wall time of the lead. */
  zones: ReadonlyMap<string, string>
  patience: Patience
  /** False: there are no more calls to make. `begin` counts one. */
  mayCall: () => boolean
  begin: () => void
  tell: (event: { lead_id: string; what: string; reported: boolean }) => void
}

/** Works until the dialler stops; what it holds then is handed back. */
export async function work(desk: Desk): Promise<void> {
  const { stop } = desk.patience
  while (!stop.aborted && desk.mayCall()) {
    // Counted from before the request: whatever the clocks say, the lease ends no sooner.
    const ends = performance.now() + desk.lease_s * 1_000
    for (const held of await take(desk)) {
      const lead = { ...held, ends }
      if (stop.aborted || !desk.mayCall()) await handBack(desk, held)
      else if (isHalfOver(desk, lead) && !(await keep(desk, lead)))
        // While others were called its lease has ended: by now somebody else may be calling it.
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
  // What was not handed back comes back by itself when the lease ends.
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

/** Leases are kept when half of their time is over, so that one lost request does not lose the lead. */
const halfOf = ({ lease_s }: Desk, { ends }: Held) => ends - lease_s * 500
const isHalfOver = (desk: Desk, held: Held) => performance.now() >= halfOf(desk, held)

/** False: the lease has ended. */
async function keep({ client, lease_s, patience }: Desk, held: Held): Promise<boolean> {
  const ends = performance.now() + lease_s * 1_000
  const answer = await send(() => client.patch(path`/v1/leases/${held.lease_id}`, { lease_s }), patience)
  if (answer?.code !== 0) return false
  held.ends = ends
  return true
}

/** Lasts as long as the call; a lease that would end meanwhile is kept. */
async function talk(desk: Desk, held: Held, ms: number): Promise<void> {
  const { stop: signal } = desk.patience
  const until = performance.now() + ms
  let kept = true
  while (!signal.aborted && performance.now() < until) {
    const next = kept ? Math.min(until, halfOf(desk, held)) : until
    await sleep(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => undefined)
    // One that has ended cannot be kept; the call goes on, and its outcome counts.
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
  // The same body every time: a repeat is answered like the first one, whether or not that got through.
  const answer = await send(() => client.put(path`/v1/leases/${held.lease_id}/outcome`, body), patience)
  if (!answer)
    throw new Hopeless(
      `the outcome of ${held.lease_id} has not got through: ${JSON.stringify({ ...body, phone: undefined })}`,
    )
  taken(answer)
  tell({ lead_id: held.lead.id, what: disposition!, reported: true })
}

/** '2026-10-04T14:30' on the wall of the zone, so many minutes from now. */
const wallTime = (minutes: number, zone: string) =>
  Temporal.Now.zonedDateTimeISO(zone)
    .add({ minutes: Math.round(minutes) })
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })
