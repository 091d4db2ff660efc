// Replays the log of changes: each transaction must fit the state before it. Gathers the writes of each request for the
// checks that compare them with the answers.

import { isDeepStrictEqual } from 'node:util'
import type { Values } from '../../src/client/api.ts'
import { clock as shownClock } from './history.ts'
import type { Row, Stored } from './log.ts'
import { PHONES } from './plan.ts'

export interface Finding {
  check: string
  /** The lead, or the address of the request, that it is about. */
  about: string
  found: string
  evidence: string[]
}

export interface Version {
  lead_id: string
  version: number
  clock: number
  request_id: string
  changes: Record<string, unknown> | null
  values: Values
  forgotten: boolean
  /** Numbers that it brought without claiming them. */
  unclaimed: string[]
}

/** The writes of one request. */
export interface Written {
  versions: Version[]
  calls: Stored[]
  audits: Stored[]
  holds: Stored[]
  /** Do-not-call entries, added and removed. */
  entries: Stored[]
}

interface Lease {
  lead_id: string
  /** Each end that it was given. */
  ends: number[]
  ended: boolean
  /** The request whose outcome it has. */
  request_id: string | null
}

/** A value from a moment on, and the request that set it. */
export interface Since {
  clock: number
  request_id: string | null
  value: boolean
}

interface Entry {
  list: string
  campaign_id: number | null
  phone: string
  expires: boolean
  standing: Since[]
}

/** Rows of the same transaction. */
interface Beside {
  /** By lead. */
  events: Map<string, Stored>
  calls: Stored[]
  claims: Row[]
}

const ONCE = 'an outcome counts once'

export class Replay {
  readonly findings: Finding[] = []
  readonly leads = new Map<string, Version[]>()
  readonly leases = new Map<string, Lease>()
  readonly entries = new Map<number, Entry>()
  readonly started = new Map<number, Since[]>()
  readonly #written = new Map<string, Written>()
  readonly #running = new Map<string, Set<string>>()

  written = (request_id: string) => this.#written.get(request_id) ?? nothing()

  /** Answers the ids of the requests that wrote. */
  replay(txs: Row[][]): Set<string> {
    const wrote = new Set<string>()
    for (const tx of txs) this.#step(tx, wrote)
    return wrote
  }

  /** The last versions of a lead before a moment, to be shown. */
  lately = (lead_id: string, before = Number.POSITIVE_INFINITY) =>
    (this.leads.get(lead_id) ?? [])
      .filter(({ clock }) => clock <= before)
      .slice(-4)
      .map(shownVersion)

  #find(check: string, about: string, found: string): void {
    this.findings.push({ check, about, found, evidence: this.lately(about) })
  }

  #step(tx: Row[], wrote: Set<string>): void {
    const of = (what: string) => tx.filter((row) => row.what === what)
    const made = (what: string): Stored[] => of(what).flatMap(({ old, new: row }) => (old ? [] : [row]))
    const under = (request_id: string) => {
      wrote.add(request_id)
      return at(this.#written, request_id, nothing)
    }
    const [calls, [audit, ...others]] = [made('call_records'), made('audit_log')]
    const events = new Map(made('events').map((event) => [leadOf(event), event]))
    const beside = { events, calls, claims: of('claims') }

    for (const row of of('leads')) {
      const version = this.#lead(row, beside)
      if (version) under(version.request_id).versions.push(version)
    }
    for (const call of calls) under(call.request_id).calls.push(call)
    for (const one of audit ? [audit, ...others] : [])
      if (one.request_id) under(one.request_id).audits.push(one)
    for (const row of [...of('lead_phones'), ...of('claims')]) this.#number(row, beside)
    for (const row of of('leases')) this.#lease(row, beside)
    for (const { old, new: row } of of('events')) {
      // Only forgetting a lead changes its history: it removes the values.
      const forgets = row?.changes === null && events.get(leadOf(row))?.changes?.forgotten
      if (old && !forgets) this.#find('history is not rewritten', leadOf(old), `version ${old.version}`)
    }
    for (const { old, new: row } of of('held_updates')) {
      if (!old) under(row.request_id).holds.push(row)
      else if (old.state !== 'open' && old.state !== row.state)
        this.#find('a clash is settled once', leadOf(row), `${old.state}, then ${row.state}`)
    }
    for (const { clock, new: row } of of('dnc_entries')) {
      const call = calls.find((one) => row.source === null || leadOf(one) === row.source)
      const request_id = (call ?? audit)?.request_id
      if (!request_id) this.#find('every write has a request', row.list, `+${row.phone}`)
      else if (!call) under(request_id).entries.push(row)
      const { list, campaign_id, expires_at } = row
      const entry = { list, campaign_id, phone: `+${row.phone}`, expires: expires_at !== null, standing: [] }
      at(this.entries, row.entry_id, (): Entry => entry).standing.push({
        ...{ clock, request_id, value: row.removed_at === null },
      })
    }
    for (const { clock, old, new: row } of of('allocations')) {
      if (old && !audit) this.#find('every write has a request', `allocation ${row.allocation_id}`, '')
      const since = at(this.started, row.allocation_id, (): Since[] => [])
      since.push({ clock, request_id: audit?.request_id, value: row.started })
    }
  }

  /** A version has one event, which holds exactly the changes of the row. */
  #lead({ old, new: row, clock }: Row, { events, calls, claims }: Beside): Version | undefined {
    const lead_id = `${row.campaign_id}-${row.number}`
    const [before, values] = [old ? valuesOf(old) : {}, valuesOf(row)]
    const counted = calls.filter((call) => leadOf(call) === lead_id).length
    const calls_before = old?.calls ?? 0
    if (row.calls !== calls_before + counted)
      this.#find(ONCE, lead_id, `${row.calls - calls_before} more calls, ${counted} records`)
    const event = events.get(lead_id)
    if (!event && row.version === old?.version && isDeepStrictEqual(before, values)) {
      if (counted > 0) this.#find(ONCE, lead_id, 'an outcome makes no version')
      return undefined
    }
    const version = (old?.version ?? 0) + 1
    if (event?.version !== version || row.version !== version) {
      this.#find(
        'a version has one event',
        lead_id,
        `v${version} became v${row.version}, event ${event?.version}`,
      )
      return undefined
    }
    const { request_id, changes } = event
    const changed = changesOf(before, values)
    const forgotten = row.forgotten_at !== null
    if (old && !forgotten && !isDeepStrictEqual(changes, changed))
      this.#find(
        'an event holds the change of its version',
        lead_id,
        `v${version} changed ${JSON.stringify(changed)}`,
      )
    const claimed = claims.filter((claim) => !claim.old && leadOf(claim.new) === lead_id)
    const has = [...numbersIn(before), ...claimed.map((claim) => `+${claim.new.phone}`)]
    const unclaimed = numbersIn(values).filter((number) => !has.includes(number))
    const made = { lead_id, version, clock, request_id, changes, values, forgotten, unclaimed }
    at(this.leads, lead_id, (): Version[] => []).push(made)
    return made
  }

  #number({ what, old, new: row, heir }: Row, { events }: Beside): void {
    const lead_id = leadOf(old ?? row)
    if (!events.has(lead_id)) this.#find('a version has one event', lead_id, `${what} changed without one`)
    if (what === 'claims' && old && heir !== (row?.lead_number ?? null))
      this.#find(
        'a number passes to the oldest lead that has it',
        lead_id,
        `to ${row?.lead_number}, not ${heir}`,
      )
    if (what === 'lead_phones' && old?.phone === row?.phone && old.state !== 'ok' && row.state === 'ok')
      this.#find('a wrong number stays wrong', lead_id, `${row.field} was ${old.state}`)
  }

  #lease({ old, new: row, clock }: Row, { calls }: Beside): void {
    const lead_id = leadOf(old ?? row)
    const id = `${lead_id}-${(old ?? row).lease_number}`
    const running = at(this.#running, lead_id, () => new Set<string>())
    if (!row) {
      // A lease that no dialler saw is deleted.
      running.delete(id)
      this.leases.delete(id)
      return
    }
    for (const other of old ? [] : running) {
      const left_ms = Math.round(this.leases.get(other)!.ends.at(-1)! - clock)
      if (left_ms > 0)
        this.#find('one lease at a time', lead_id, `${id} beside ${other}, ${left_ms} ms too early`)
    }
    const lease = at(this.leases, id, (): Lease => ({ lead_id, ends: [], ended: false, request_id: null }))
    lease.ends.push(Date.parse(row.expires_at))
    lease.ended = row.ended_at !== null
    lease.request_id ??= calls.find((call) => call.lease_number === row.lease_number)?.request_id ?? null
    running[lease.ended ? 'delete' : 'add'](id)
  }
}

export const leadOf = ({ campaign_id, lead_number }: Stored) => `${campaign_id}-${lead_number}`
const nothing = (): Written => ({ versions: [], calls: [], audits: [], holds: [], entries: [] })

/** The value of a key; makes a missing one. */
function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}

const numbersIn = (values: Values) =>
  PHONES.flatMap((name) => (values[`fields.${name}`] as string | null) ?? [])

/** Values by path, as events name them, without contact hours and unmapped keys: no client changes those. */
function valuesOf(row: Stored): Values {
  const {
    disposition,
    callback_local: callback,
    callback_agent,
    priority,
    client_approved,
    allocation_id,
  } = row
  const fields = Object.entries(row.fields).map(([name, text]) => [`fields.${name}`, text])
  const own = { disposition, callback, callback_agent, priority, client_approved, allocation_id }
  return { ...Object.fromEntries(fields), ...own, closed: row.closed_at !== null }
}

export const valueAt = (values: Values, path: string) => values[path] ?? null

function changesOf(before: Values, after: Values): Record<string, unknown> {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const pairs = paths.map((path) => [path, [valueAt(before, path), valueAt(after, path)]] as const)
  return Object.fromEntries(pairs.filter(([, [old, now]]) => old !== now))
}

export const shownVersion = ({ lead_id, version, clock, request_id, changes }: Version) =>
  `${lead_id} v${version} at ${shownClock(clock)} by ${request_id}: ${JSON.stringify(changes)}`
