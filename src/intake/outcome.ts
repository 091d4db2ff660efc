// An outcome from a dialler is a fact: its call record is always written, whatever became of the lead meanwhile.

import { NO_ATTRIBUTES } from '../core/attributes.ts'
import { changeOf, without } from '../core/change.ts'
import type { Leniency } from '../core/entries.ts'
import { fold } from '../core/field.ts'
import { fieldPath, type LeadState, leadId, leaseId, valuesOf } from '../core/lead.ts'
import { segment } from '../core/lead-body.ts'
import type { Values } from '../core/merge.ts'
import { type CallOutcome, type CallReport, type Effect, effectOf, readReport } from '../core/outcome.ts'
import { ok, RESULTS, type Refusal, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import type { Warning } from '../core/warnings.ts'
import { DeadlinePassed } from '../db/again.ts'
import { holdUpdate } from '../db/held-updates.ts'
import type { UpdateRow } from '../db/lead-update.ts'
import { findLeads } from '../db/leads.ts'
import { findLease, type Lease, type LeaseKey, writeForgottenOutcome } from '../db/leases.ts'
import type { Db } from '../db/pool.ts'
import { freeSharersOf } from './attempts.ts'
import { digestOf } from './digest.ts'
import { heldOf } from './hold.ts'
import { writeNote } from './notes.ts'
import { baseOf } from './sides.ts'
import { changeRow, type UpdateRoads, type WriteRequest, write } from './write.ts'

export interface OutcomeRequest extends WriteRequest {
  /** As its id names it: it may not exist. */
  lease: LeaseKey & { lead_number: number }
  /** The allocations whose leases the caller may see; null: all of the campaign. */
  allocation_ids: readonly number[] | null
  report: CallReport
  reading: Leniency
}

/** The answer to the dialler; the same for a repeat. */
type OutcomeAnswer = {
  lease_id: string
  lead_id: string
  /** Null: the lead is forgotten. */
  version: number | null
  /** False: a stricter or later outcome was reported meanwhile, and the lead follows that one. */
  applied: boolean
  disposition: string | null
  closed: boolean
  callback_at: string | null
  priority: number | null
  /** Groups whose values clash with a change since the lead was handed out: they wait under /v1/conflicts. */
  held: string[]
  /** Phone fields that the lead could not get, with the code that says why. */
  not_taken: NotTaken[]
}

type NotTaken = { code: number; name: string; field: string; detail: string }

/** The answer, with the values that were not kept exactly as sent. */
export interface ReportedOutcome {
  answer: OutcomeAnswer
  warnings: readonly Warning[]
}

export const NO_LEASE = refuse('UNKNOWN_TARGET', 'there is no such lease')

/** Whether a lease is of one of these allocations; null: of any. */
export const isAmong = (allocation_ids: readonly number[] | null, { allocation_id, drawn_by }: Lease) =>
  allocation_ids?.some((id) => id === allocation_id || id === drawn_by) ?? true

/** Writes the outcome of a lease once; a repeat is answered the same, another one refused (1010). */
export async function reportOutcome(
  roads: UpdateRoads,
  asked: OutcomeRequest,
): Promise<Result<ReportedOutcome>> {
  const { report, reading, by, now, deadline, allocation_ids } = asked
  let request = asked
  const digest = digestOf(report)
  let without_phones: Refusal | undefined
  const { campaign_id, lead_number } = asked.lease
  while (performance.now() <= deadline) {
    const { rules } = request
    // The lead first: an outcome that comes in between is among those that the lease knows of, and keeps the lead as
    // it was read here from being written. The other way round it would be in the lead, and nobody would heed it.
    const [lead] = await findLeads(roads.pool, [{ campaign_id, number: lead_number, external_id: null }])
    const lease = await findLease(roads.pool, request.lease)
    if (lease?.lead_number !== lead_number || !isAmong(allocation_ids, lease)) return NO_LEASE
    if (lease.outcome) return repeated(lease, digest)
    const read = readReport(report, rules, lead ?? nobody(lease), now, reading)
    if (read.refusal) return read
    const outcome = read.ok
    if (!lead) {
      const answer = await forgottenOutcome(roads.pool, request, lease, outcome, digest)
      if (answer) return ok({ answer, warnings: outcome.warnings })
      continue
    }
    const known = await baseOf(roads.pool, lead, lease.lead_version, rules)
    if (known.refusal) throw new Error('a lease shows a version that its lead never had')
    const base = valuesOf(known.ok)
    const effect = effectOf(outcome, base, marked(lead, outcome), sinceOf(lease, rules), rules, now)
    const phones = without_phones ? phonesIn(effect.patch, rules) : []
    const patch = without(effect.patch, phones.map(fieldPath))
    const change = changeOf(marked(lead, outcome), patch, rules, reading.lenient)
    if (change.refusal?.name === 'INVALID_FIELD')
      return refuse('INVALID_FIELD', change.refusal.detail, {
        field: `/unmapped/${segment(change.refusal.field!)}`,
      })
    // A number that the lead cannot get must not keep the outcome from getting in.
    if (change.refusal) {
      if (without_phones) throw new Error(`an outcome without numbers is refused: ${change.refusal.name}`)
      without_phones = change.refusal
      continue
    }
    const not_taken = phones.map((field) => notTaken(field, without_phones!))
    const said = [...outcome.warnings, ...change.ok.warnings]
    const changed = changeRow(lead, change.ok, outcome.disposition, request, said)
    const answer = answerOf(lease, changed, effect, not_taken)
    const row: UpdateRow = {
      ...changed,
      called_at: outcome.at,
      duration_s: outcome.duration_s,
      unique_call_id: outcome.unique_call_id,
      phone: outcome.phone,
      phone_state: outcome.phone_state,
      lease_number: lease.lease_number,
      lease_outcome: { digest, answer },
      requeue: true,
    }
    const held = heldOf(
      { rules, by, allow_duplicates: false },
      clashing(outcome.values, effect),
      lease.lead_version,
      base,
      lead,
      effect.clashes,
    )
    const { note: text } = outcome
    const noting = text === null ? undefined : { text, base_version: lease.lead_version, by, now }
    const holds = effect.clashes.length > 0
    const also = async (tx: Db) => {
      if (holds) await holdUpdate(tx, held)
      if (noting) await writeNote(tx, lead, lead.version, noting)
    }
    const written = await write(
      roads,
      { row, change: change.ok, ...((holds || noting) && { also }) },
      { ...request, allow_duplicates: false },
    )
    if (written.refusal) without_phones = written.refusal
    else if (written.ok) {
      // Behind the commit: who is not woken here comes back when the lease would have ended.
      const free = (tx: Db) => freeSharersOf(tx, lead)
      if (rules.counts_attempts)
        await roads.transactions.transaction(free, { retry: 'lock' }).catch(() => undefined)
      return ok({ answer, warnings: row.warnings ?? [] })
    } else request = { ...request, rules: await roads.rulesNow(rules) }
  }
  throw new DeadlinePassed()
}

const repeated = ({ outcome }: Lease, digest: string): Result<ReportedOutcome> =>
  outcome!.digest === digest
    ? ok({ answer: outcome!.answer as OutcomeAnswer, warnings: [] })
    : refuse('IDEMPOTENCY_KEY_REUSED', 'this lease has another outcome already; correct the lead instead')

/** A lead without values, as far as an outcome has to be read against one. */
export const nobody = ({
  campaign_id,
  lead_number,
  allocation_id,
  lead_version,
}: Pick<Lease, 'campaign_id' | 'lead_number' | 'allocation_id' | 'lead_version'>): LeadState => ({
  ...NO_ATTRIBUTES,
  campaign_id,
  number: lead_number,
  allocation_id,
  version: lead_version,
  fields: {},
  unmapped: {},
  phones: [],
  own_hours: null,
  closed: true,
  calls: 0,
  attempts: null,
})

const sinceOf = ({ since }: Lease, rules: Rules) =>
  since.flatMap(({ disposition, at }) => {
    const kind = rules.dispositions.get(fold(disposition))?.kind
    return kind ? [{ kind, at }] : []
  })

const phonesIn = (patch: Values, rules: Rules): string[] =>
  rules.fields.phones.flatMap(({ name }) => (fieldPath(name) in patch ? [name] : []))

const notTaken = (field: string, { name, detail }: Refusal): NotTaken => ({
  code: RESULTS[name].code,
  name,
  field,
  detail,
})

/** The lead with the state that the call showed for the dialled number. */
const marked = (lead: LeadState, { phone, phone_state }: CallOutcome): LeadState =>
  phone_state === null
    ? lead
    : {
        ...lead,
        phones: lead.phones.map((row) => (row.phone === phone ? { ...row, state: phone_state } : row)),
      }

/** The values of the report that belong to clashing groups. */
const clashing = (values: Values, { clashes }: Effect): Values =>
  Object.fromEntries(
    clashes.flatMap(({ paths }) =>
      paths.flatMap((path) => (path in values ? [[path, values[path]!] as const] : [])),
    ),
  )

const answerOf = (
  { lease_number }: Lease,
  row: UpdateRow,
  { applied, clashes }: Effect,
  not_taken: NotTaken[],
): OutcomeAnswer => ({
  lease_id: leaseId(row.campaign_id, row.number, lease_number),
  lead_id: leadId(row.campaign_id, row.number),
  version: row.version + 1,
  applied,
  disposition: row.disposition,
  closed: row.closed,
  callback_at: row.callback_at,
  priority: row.priority,
  held: clashes.map(({ group }) => group),
  not_taken,
})

/** Undefined: the lease has got an outcome meanwhile. */
async function forgottenOutcome(
  db: Db,
  { by }: OutcomeRequest,
  lease: Lease,
  { disposition, at, duration_s, phone }: CallOutcome,
  digest: string,
): Promise<OutcomeAnswer | undefined> {
  const { campaign_id, lead_number, lease_number } = lease
  const answer: OutcomeAnswer = {
    lease_id: leaseId(campaign_id, lead_number, lease_number),
    lead_id: leadId(campaign_id, lead_number),
    version: null,
    applied: false,
    disposition: null,
    closed: true,
    callback_at: null,
    priority: null,
    held: [],
    not_taken: [],
  }
  const written = await writeForgottenOutcome(db, {
    campaign_id,
    lease_number,
    disposition: disposition.code,
    at,
    duration_s,
    outcome: { digest, answer },
    dnc_phone: disposition.kind === 'dnc' ? phone : null,
    ...by,
  })
  return written ? answer : undefined
}
