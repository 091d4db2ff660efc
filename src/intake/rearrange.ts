// Many leads at once: moved to another allocation of their campaign, or, once closed, taken up again.

import { fold } from '../core/field.ts'
import { readLeadId } from '../core/lead.ts'
import { type FieldProblem, known, ok, type Result, refuse, refuseProblems } from '../core/result.ts'
import type { Disposition, Rules } from '../core/rules.ts'
import { type AllocationRow, allocationById, keepAllocations } from '../db/allocations.ts'
import { type AuditEntry, audit } from '../db/audit.ts'
import type { Db, Pool } from '../db/pool.ts'
import { closedLeads, leadsAfter, writeMove, writeRecycling } from '../db/rearrange.ts'
import type { Asker } from './set-up.ts'
import { refuseArchived, refuseVirtual } from './targets.ts'
import { renewZoneSets } from './zone-sets.ts'

interface Move {
  to_allocation_id: number
  /** Which leads: these, those with one of these dispositions (null: none yet), or all. */
  lead_ids?: string[]
  dispositions?: (string | null)[]
  all?: true
  /** Only those that are not closed. */
  open_only?: boolean
}

/** Long work stopped at one of its chunks. What the chunks before it did is done; the same again goes on from there. */
export class Interrupted extends Error {
  readonly what: 'moved' | 'recycled'
  /** How many leads are certainly done. */
  readonly done: number
  constructor(what: Interrupted['what'], done: number, cause: unknown) {
    super(`stopped after ${done} leads`, { cause })
    this.what = what
    this.done = done
  }
}

/** Answers how many leads were moved. Throws Interrupted. */
export async function moveLeads(asker: Asker, from_id: number, move: Move): Promise<Result<number>> {
  const { services, caller, by } = asker
  const { pool } = services
  const from = await allocationOf(asker, from_id)
  if (from.refusal) return from
  const { campaign_id } = from.ok
  const to = await allocationById(pool, caller, move.to_allocation_id)
  if (to?.campaign_id !== campaign_id || to.allocation_id === from_id)
    return refuse('UNKNOWN_TARGET', 'leads move to another allocation of the same campaign', {
      field: '/to_allocation_id',
    })
  const rules = await services.intake.targets.ofAllocation(from_id, caller)
  if (rules.refusal) return rules
  const chunks = leadsToMove(pool, from.ok, move, rules.ok)
  if (chunks.refusal) return chunks
  const moving = { campaign_id, allocation_id: from_id, to_id: to.allocation_id, ...by }
  const open = await services.intake.targets.openAllocation(to.allocation_id, caller)
  let closed = open.refusal
  const moved = await inChunks(
    pool,
    until(chunks.ok, () => closed !== undefined),
    {
      what: 'moved',
      write: async (tx, numbers) => {
        const [kept] = await keepAllocations(tx, [moving.to_id])
        if (kept?.takes_leads) return writeMove(tx, { ...moving, numbers })
        closed = refuseArchived(moving.to_id).refusal
        return 0
      },
      entry: (moved) => ({
        ...by,
        action: 'allocation.move',
        subject: `allocation:${from_id}`,
        details: { to: moving.to_id, moved },
      }),
    },
  )
  return closed ? { refusal: { ...closed, field: '/to_allocation_id', moved } } : ok(moved)
}

/** The chunks, as long as there is a place for them. */
async function* until(chunks: AsyncIterable<number[]> | [number[]], isOver: () => boolean) {
  for await (const chunk of chunks) {
    if (isOver()) return
    yield chunk
  }
}

/** The numbers of the leads, a chunk at a time. */
function leadsToMove(
  pool: Pool,
  { campaign_id, allocation_id }: AllocationRow,
  { lead_ids, dispositions, all, open_only = false }: Move,
  rules: Rules,
): Result<AsyncIterable<number[]> | [number[]]> {
  if ([lead_ids, dispositions, all].filter((given) => given !== undefined).length !== 1)
    return refuse('INVALID_FIELD', 'say which leads: lead_ids, dispositions or all', { field: '/lead_ids' })
  if (lead_ids) {
    const keys = lead_ids.map(readLeadId)
    const foreign = keys.findIndex((key) => key?.campaign_id !== campaign_id)
    if (foreign >= 0)
      return refuse('INVALID_FIELD', 'is no lead of this campaign', { field: `/lead_ids/${foreign}` })
    return ok([keys.map((key) => key!.number)])
  }
  const named = dispositions && dispositionsNamed(dispositions, rules)
  if (named?.refusal) return named
  const codes = named?.ok.map((disposition) => disposition?.code ?? '') ?? null
  const chunks = async function* () {
    for (let after = 0; ; ) {
      const chunk = await leadsAfter(pool, { campaign_id, after, allocation_id, codes, open_only })
      if (!chunk) return
      if (chunk.numbers.length > 0) yield chunk.numbers
      after = chunk.next
    }
  }
  return ok(chunks())
}

/** Answers how many leads were opened again. Throws Interrupted. */
export async function recycleLeads(
  asker: Asker,
  allocation_id: number,
  dispositions: readonly string[],
): Promise<Result<number>> {
  const { services, caller, by } = asker
  const { pool } = services
  const allocation = await allocationOf(asker, allocation_id)
  if (allocation.refusal) return allocation
  const rules = await services.intake.targets.ofAllocation(allocation_id, caller)
  if (rules.refusal) return rules
  const named = dispositionsNamed(dispositions, rules.ok, (found) =>
    found?.kind === 'dnc' ? 'who must not be called is not taken up again' : undefined,
  )
  if (named.refusal) return named
  const codes = named.ok.flatMap((disposition) => disposition?.code ?? [])
  const place = { campaign_id: allocation.ok.campaign_id, allocation_id }
  const chunks = async function* () {
    for (;;) {
      const numbers = await closedLeads(pool, { ...place, codes })
      if (numbers.length === 0) return
      yield numbers
    }
  }
  const recycled = await inChunks(pool, chunks(), {
    what: 'recycled',
    write: async (tx, numbers) => {
      const recycled = await writeRecycling(tx, { ...place, ...by, numbers })
      await renewZoneSets(tx, place.campaign_id, numbers)
      return recycled
    },
    entry: (recycled) => ({
      ...by,
      action: 'allocation.recycle',
      subject: `allocation:${allocation_id}`,
      details: { dispositions: codes, recycled },
    }),
  })
  return ok(recycled)
}

/** An allocation whose own leads are to be changed. */
export async function allocationOf({ services, caller }: Asker, allocation_id: number) {
  const found = known(
    await allocationById(services.pool, caller, allocation_id),
    `allocation ${allocation_id}`,
  )
  return found.ok?.draws ? refuseVirtual(allocation_id) : found
}

/**
 * The dispositions that these texts name, in any case, disabled ones too: leads have them still. Null: none yet.
 * `objection`: why one that is known may not be named here.
 */
export function dispositionsNamed(
  texts: readonly (string | null)[],
  rules: Rules,
  objection: (disposition: Disposition | null) => string | undefined = () => undefined,
): Result<(Disposition | null)[]> {
  const problems: FieldProblem[] = []
  const found = texts.map((text, i) => {
    const field = `/dispositions/${i}`
    const disposition = text === null ? null : rules.dispositions.get(fold(text))
    if (disposition === undefined) {
      problems.push({ name: 'INVALID_DISPOSTION', field, detail: 'no such disposition' })
      return null
    }
    const detail = objection(disposition)
    if (detail !== undefined) problems.push({ name: 'INVALID_FIELD', field, detail })
    return disposition
  })
  return refuseProblems(problems) ?? ok(found)
}

interface Work {
  what: Interrupted['what']
  /** Answers how many leads it has changed. */
  write: (tx: Db, numbers: number[]) => Promise<number>
  entry: (leads: number) => AuditEntry
}

/** Each chunk is a transaction with its audit entry: whatever becomes of the next one, what was done is on record. */
async function inChunks(
  pool: Pool,
  chunks: AsyncIterable<number[]> | Iterable<number[]>,
  { what, write, entry }: Work,
): Promise<number> {
  let done = 0
  try {
    for await (const numbers of chunks)
      done += await pool.transaction(
        async (tx) => {
          const leads = await write(tx, numbers)
          if (leads > 0) await audit(tx, entry(leads))
          return leads
        },
        { retry: 'lock' },
      )
    return done
  } catch (error) {
    throw new Interrupted(what, done, error)
  }
}
