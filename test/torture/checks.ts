// Compares the answers that clients got with the rows in the database. An acknowledged request is written once, a refused
// one never, one of unknown outcome at most once; and each write was allowed.

import { isDeepStrictEqual } from 'node:util'
import type { Values } from '../../src/client/api.ts'
import { type Sent, shown } from './history.ts'
import { type Change, type Deed, fieldGroup } from './plan.ts'
import {
  leadOf,
  type Replay,
  type Since,
  shownVersion,
  type Version,
  valueAt,
  type Written,
} from './replay.ts'

/** The audit entry of each deed that leaves one. */
const AUDITED: Partial<Record<Deed, RegExp>> = {
  merge: /^lead\.merge$/,
  settle: /^lead\.merge$/,
  revert: /^lead\.revert$/,
  forget: /^lead\.forget$/,
  block: /^dnc\.add$/,
  unblock: /^dnc\.remove$/,
  move: /^allocation\.move$/,
  recycle: /^allocation\.recycle$/,
  start: /^allocation\.(start|stop)$/,
}

/** Where such a deed makes no version it changes nothing. */
const LEAD_DECISIONS: Deed[] = ['merge', 'settle', 'revert', 'move', 'recycle']

type Find = (check: string, found: string) => void
const STORED = 'an acknowledged change is stored'
const ONCE = 'an outcome counts once'
const KEPT = 'a clash is kept as it was sent'
const CALLED = 'a lead that must not be called is not handed out'

export class Checks {
  readonly #replay: Replay
  readonly #sent = new Map<string, Sent>()
  readonly #reports = new Map<string, Sent[]>()

  constructor(replay: Replay) {
    this.#replay = replay
  }

  /** `sent`: the requests that ended since the last call. `wrote`: the ids of the requests that wrote since then. */
  check(sent: readonly Sent[], wrote: ReadonlySet<string>): void {
    for (const one of sent) {
      this.#sent.set(one.request_id, one)
      if (one.op.deed === 'report') this.#reports.set(one.lease_id!, [...this.#reportsOf(one), one])
    }
    // A request may still write after its client has given it up.
    const late = [...wrote].flatMap((request_id) => this.#sent.get(request_id) ?? [])
    for (const one of new Set([...sent, ...late])) this.#judge(one)
    for (const request_id of wrote) {
      const { versions, calls, entries } = this.#replay.written(request_id)
      if (!this.#sent.has(request_id) && versions.length + calls.length + entries.length > 0)
        this.#replay.findings.push({
          ...{ check: 'every write has a request', about: request_id, found: '' },
          evidence: versions.map(shownVersion),
        })
    }
  }

  #judge(sent: Sent): void {
    const written = this.#replay.written(sent.request_id)
    const { versions, calls, audits, holds, entries } = written
    const find: Find = (check, found) => {
      const about = sent.lead_id ?? versions[0]?.lead_id ?? sent.path
      const history = [...this.#replay.lately(about, sent.ended), ...versions.slice(0, 4).map(shownVersion)]
      const evidence = [...sent.sendings.map(shown), ...new Set(history)]
      this.#replay.findings.push({ check, about, found, evidence })
    }
    const rows = versions.length + calls.length + audits.length + entries.length
    if (sent.code === 103) find('no request meets an exception', '103')
    switch (sent.fate) {
      case 'refused':
        if (rows + holds.length > 0) find('a refused request writes nothing', `${rows + holds.length} rows`)
        if (sent.op.deed === 'update' && sent.code === 110) find(KEPT, 'the clash has no id')
        return
      case 'held': {
        const [held, ...others] = holds
        const whole =
          held?.held_update_id === sent.answer.conflict_id && has(held.incoming, sent.change?.fields)
        if (!whole || others.length > 0) find(KEPT, `${holds.length} rows`)
        if (rows > 0) find('a refused request writes nothing', `${rows} rows`)
        return
      }
      case 'unknown':
        if (new Set(versions.map(({ lead_id }) => lead_id)).size < versions.length)
          find('a request of unknown outcome writes at most once', `${versions.length} versions`)
        break
      case 'done':
        this.#done(sent, written, find)
        break
      default:
        sent.fate satisfies never
    }
    for (const version of versions) this.#foundations(sent, version, find)
    // Settling a clash may bring the outcome that the clash held.
    const allowed = sent.change?.disposition || sent.op.deed === 'settle' ? 1 : 0
    for (const lead_id of new Set(calls.map(leadOf))) {
      const counted = this.#counted(sent, lead_id)
      if (counted > allowed) find(ONCE, `${counted} call records of ${lead_id}`)
    }
  }

  #done(sent: Sent, written: Written, find: Find): void {
    const { versions, audits, entries } = written
    const { answer, op } = sent
    const [version] = versions
    const audited = AUDITED[op.deed]
    const many = op.deed === 'move' || op.deed === 'recycle'
    // A deed that changes nothing needs no entry; one that changes many leads may leave an entry for each part.
    const switched = this.#replay.started
      .get(sent.allocation_id!)
      ?.some(({ request_id }) => request_id === sent.request_id)
    const is_change =
      op.deed === 'start' ? switched || audits.length > 0 : version || !LEAD_DECISIONS.includes(op.deed)
    if (audited && is_change)
      if (
        !audits.every(({ action }) => audited.test(action)) ||
        (many ? audits.length < 1 : audits.length !== 1)
      )
        find('a decision is audited', `${audits.length} entries`)
    const count = (found: number, told: number) => found === told || find(STORED, `${found} of ${told}`)
    const changed = () => this.#changed(sent, written, find)
    const lease = () => this.#replay.leases.get(sent.lease_id!)
    const done: Record<Deed, () => unknown> = {
      insert: changed,
      update: changed,
      patch: changed,
      merge: changed,
      revert: changed,
      settle: changed,
      look: () => this.#shows(answer, find),
      report: () => this.#reported(sent, written, find),
      forget: () => version?.forgotten || find(STORED, 'it is not forgotten'),
      lease: () => this.#handedOut(sent, find),
      extend: () => this.#leased(sent.lease_id!, sent.lead_id!, answer.expires_at, find),
      handBack: () => lease()?.ended || find(STORED, 'the lease goes on'),
      block: () => count(entries.length, answer.added),
      unblock: () => count(entries.length, answer.removed),
      move: () => count(versions.length, answer.moved),
      recycle: () => count(versions.length, answer.recycled),
      start: () => undefined,
    }
    done[op.deed]()
  }

  #changed(sent: Sent, { versions, calls }: Written, find: Find): void {
    const [made] = versions
    const written = ({ request_id }: Sent) =>
      this.#replay.written(request_id).versions.some(({ lead_id }) => lead_id === sent.lead_id)
    // Another sending of the request did it, and other requests may have changed the lead since.
    if (!made && calls.length === 0 && sent.sendings.some(written)) return
    // Without a new version the lead must already have had these values.
    const version = made ?? this.#version(sent.lead_id, sent.version)
    if (versions.length > 1 || (!made && (calls.length > 0 || sent.op.deed === 'insert')))
      find(STORED, `${versions.length} versions`)
    else if (made && (made.lead_id !== sent.lead_id || made.version > sent.version!))
      find(STORED, `it is v${made.version} of ${made.lead_id}`)
    else if (!version || !this.#holds(version, sent))
      find(STORED, `v${version?.version} holds something else`)
    const disposition = sent.change?.disposition
    if (disposition && this.#counted(sent, sent.lead_id) === 0)
      find(STORED, `no call record of ${disposition}`)
    this.#shows(sent.answer, find)
  }

  /**
   * A field that is sent as the sender knew it asks for no change, so another request may change it meanwhile. Without a
   * base the sender knew the lead as the request found it.
   */
  #holds(version: Version, sent: Sent): boolean {
    const { values } = version
    const { op, base, change } = sent
    if (op.deed === 'insert') return has(values, change?.fields)
    const found = base === undefined ? this.#during(sent, version) : [this.#version(version.lead_id, base)]
    const wishes = Object.entries(change?.fields ?? {}).filter(([name, text]) =>
      found.every((known) => known && valueAt(known.values, `fields.${name}`) !== text),
    )
    return has(values, Object.fromEntries(wishes))
  }

  /** The versions that the request may have found before it wrote one. */
  #during({ began }: Sent, made: Version): Version[] {
    const before = this.#replay.leads.get(made.lead_id)!.filter(({ version }) => version < made.version)
    return before.filter((_, i) => (before[i + 1] ?? made).clock >= began)
  }

  /** The first report of a lease counts. The same report again gets the same answer and writes nothing. */
  #reported(sent: Sent, { versions, calls, holds }: Written, find: Find): void {
    const { version, held } = sent.answer
    const counted = this.#replay.leases.get(sent.lease_id!)?.request_id
    if (!counted) find(STORED, 'no outcome of the lease')
    const other = this.#reportsOf(sent).find(
      ({ fate, answer }) => fate === 'done' && !isDeepStrictEqual(answer, sent.answer),
    )
    if (other) find(ONCE, `another answer: ${shown(other)}`)
    if (counted !== sent.request_id) {
      if (versions.length + calls.length > 0) find(ONCE, `counted by ${counted} before`)
      return
    }
    if (calls.length !== 1) find(ONCE, `${calls.length} call records`)
    if (holds.length !== Math.min(1, held.length)) find(KEPT, `${holds.length} rows`)
    const [made] = versions
    const stored =
      versions.length === 1 && made!.version === version && (held.length > 0 || this.#holds(made!, sent))
    // The outcome of a lead that was forgotten meanwhile makes no version.
    if (version !== null && !stored) find(STORED, `${versions.length} versions`)
  }

  /** The version that a change was made from must be known or merged, and its new numbers must be free. */
  #foundations(sent: Sent, { lead_id, version, changes, forgotten, unclaimed }: Version, find: Find): void {
    const { base, strict, op } = sent
    // A held update keeps its own permission to share numbers.
    if (unclaimed.length > 0 && !sent.change?.allow_duplicates && op.deed !== 'settle')
      find('a number is taken only when it is free', unclaimed.join(', '))
    if (base === undefined || forgotten || !changes) return
    const check = 'no value is overwritten unseen'
    if (strict && version !== base + 1) find(check, `onto v${version - 1}`)
    const [known, before] = [this.#version(lead_id, base), this.#version(lead_id, version - 1)]
    if (strict || !known || !before) return
    const groups = new Set(Object.keys(changes).map(groupOf))
    // An outcome is a fact: its effect on the lead follows a rule of its own, not the merge.
    if (op.deed === 'report') groups.delete('outcome')
    const unseen = Object.keys({ ...known.values, ...before.values }).filter(
      (path) => groups.has(groupOf(path)) && valueAt(known.values, path) !== valueAt(before.values, path),
    )
    if (unseen.length > 0) find(check, `${unseen.join(', ')}, changed between v${base} and v${version}`)
  }

  /** A lead's call records of all sendings of a request. An external id may have meant another lead at another time. */
  #counted({ sendings }: Sent, lead_id: string | undefined): number {
    const calls = sendings.flatMap(({ request_id }) => this.#replay.written(request_id).calls)
    return calls.filter((call) => leadOf(call) === lead_id).length
  }

  #handedOut(sent: Sent, find: Find): void {
    const { items } = sent.answer
    if (items.length > 0 && this.#never(this.#replay.started.get(sent.allocation_id!) ?? [], sent))
      find('a stopped allocation hands out nothing', `${items.length} leads`)
    for (const { lease_id, lead, expires_at, numbers } of items) {
      this.#leased(lease_id, lead.id, expires_at, find)
      this.#shows(lead, find)
      const versions = this.#replay.leads.get(lead.id) ?? []
      const open = versions.map(({ values, ...made }) => ({ ...made, value: !values.closed }))
      if (this.#never(open, sent)) find(CALLED, `${lead.id} is closed`)
      for (const { number } of numbers)
        if (this.#blocked(number, lead.campaign_id, sent)) find(CALLED, `${number} of ${lead.id} is blocked`)
    }
  }

  #leased(lease_id: string, lead_id: string, expires_at: string, find: Find): void {
    const lease = this.#replay.leases.get(lease_id)
    if (lease?.lead_id !== lead_id || !lease.ends.includes(Date.parse(expires_at)))
      find(STORED, `lease ${lease_id} until ${expires_at}`)
  }

  /** An answer shows the fields of the version that it names. */
  #shows(lead: { id?: string; version: number; fields?: Record<string, string> }, find: Find): void {
    if (!lead.fields) return
    const version = this.#version(lead.id, lead.version)
    if (!version || !has(version.values, lead.fields))
      find('a shown lead is the stored lead', `v${lead.version} of ${lead.id}`)
  }

  /** Whether a number was certainly blocked for as long as a request lasted. */
  #blocked(phone: string, campaign_id: number, during: Sent): boolean {
    const entries = [...this.#replay.entries.values()].filter((entry) => entry.phone === phone)
    const stood = entries.filter(({ expires, standing }) => {
      const gone = standing.map((since) => ({ ...since, value: !since.value }))
      return !expires && this.#never(gone, during)
    })
    const client = entries.some(({ list, standing }) => {
      return list === 'client' && standing[0]!.clock <= during.ended && !this.#never(standing, during)
    })
    return stood.some((entry) => entry.list === 'private' || (!client && entry.campaign_id === campaign_id))
  }

  /** True when `false` was acknowledged before the request was sent, and nothing turned it true before the answer came. */
  #never(states: readonly Since[], during: Sent): boolean {
    const acknowledged = states.findLastIndex(({ request_id }) => {
      const sender = this.#sent.get(request_id ?? '')
      return sender?.fate === 'done' && sender.ended <= during.began
    })
    const possible = states.slice(acknowledged).filter(({ clock }) => clock <= during.ended)
    return acknowledged >= 0 && possible.every(({ value }) => !value)
  }

  #reportsOf = ({ lease_id }: Sent) => this.#reports.get(lease_id!) ?? []

  #version = (lead_id: string | undefined, version: number | null) =>
    this.#replay.leads.get(lead_id ?? '')?.find((made) => made.version === version)
}

const OUTCOME = ['disposition', 'callback', 'callback_agent', 'priority', 'client_approved', 'closed']
const groupOf = (path: string) => (OUTCOME.includes(path) ? 'outcome' : fieldGroup(path))

const has = (values: Values, fields: Change['fields'] = {}) =>
  Object.entries(fields).every(([name, text]) => valueAt(values, `fields.${name}`) === text)
