// Intake as one thing: the gate, the coalescing roads to the database, and what a caller asks of them.

import { type LeadState, leadId } from '../core/lead.ts'
import type { Outcome } from '../core/result.ts'
import { type UpdateRow, updateLeads } from '../db/lead-update.ts'
import { findLeads, type LeadKey } from '../db/leads.ts'
import type { Pool } from '../db/pool.ts'
import { Batcher, type RowResult } from './batcher.ts'
import { Gate, type GateOptions } from './gate.ts'
import { type Arrival, type Inserted, insert } from './insert.ts'
import { type MergeRequest, mergeLead, type RevertRequest, revertLead } from './merge.ts'
import { type OutcomeAnswer, type OutcomeRequest, reportOutcome } from './outcome.ts'
import { type SettleRequest, settle } from './settle.ts'
import { Targets } from './targets.ts'
import { type Updated, type UpdateRequest, update } from './update.ts'
import type { UpdateRoads } from './write.ts'

/**
 * Changes of numbers at work at once: fewer than the pool has connections, so that they alone never keep the batches from
 * one. Held updates, forgetting, moves and changes of lists take connections without a turn.
 */
const TURNS = 6

export class Intake {
  readonly pool: Pool
  readonly gate: Gate
  readonly targets: Targets
  readonly #inserts: Batcher<Arrival, Outcome<Inserted>>
  readonly #finds: Batcher<LeadKey, LeadState | undefined>
  readonly #writes: Batcher<UpdateRow, boolean>
  /** A lead of this allocation may have become ready to be called. */
  onReady: (allocation_id: number) => void = () => {}
  /** Each waits for its turn until its own deadline. */
  readonly #turns = new Gate({ slots: TURNS, queue_max: Number.POSITIVE_INFINITY, wait_ms: 0 })

  constructor(
    pool: Pool,
    gate: GateOptions,
    onBatch?: (kind: 'insert' | 'find' | 'update', rows: number) => void,
  ) {
    this.pool = pool
    this.gate = new Gate(gate)
    this.targets = new Targets(pool)
    this.#inserts = new Batcher({
      run: (rows) => insert(pool, rows),
      onBatch: (rows) => onBatch?.('insert', rows),
    })
    this.#finds = new Batcher({
      run: async (keys) => (await findLeads(pool, keys)).map((lead) => ({ done: lead })),
      onBatch: (rows) => onBatch?.('find', rows),
    })
    this.#writes = new Batcher({
      run: (rows) => writeFirsts(pool, rows),
      onBatch: (rows) => onBatch?.('update', rows),
    })
  }

  /** `deadline`: performance.now() after which the row is not started any more; it throws DeadlinePassed then. */
  insert(arrival: Arrival, deadline: number): Promise<Outcome<Inserted>> {
    return this.#ready(this.#inserts.submit(arrival, deadline), arrival.allocation_id)
  }

  find(key: LeadKey, deadline: number): Promise<LeadState | undefined> {
    return this.#finds.submit(key, deadline)
  }

  update(request: UpdateRequest): Promise<Outcome<Updated>> {
    return this.#ready(update(this.#roads, request), request.found.allocation_id)
  }

  merge(request: MergeRequest): Promise<Outcome<Updated>> {
    return this.#ready(mergeLead(this.#roads, request), request.found.allocation_id)
  }

  /** Undoes a change. */
  revert(request: RevertRequest): Promise<Outcome<Updated>> {
    return this.#ready(revertLead(this.#roads, request), request.found.allocation_id)
  }

  /** Settles a held update. */
  settle(request: SettleRequest): Promise<Outcome<Updated>> {
    return settle(this.#roads, request)
  }

  /** The outcome of a lease. */
  report(request: OutcomeRequest): Promise<Outcome<OutcomeAnswer>> {
    return reportOutcome(this.#roads, request)
  }

  get #roads(): UpdateRoads {
    return { pool: this.pool, find: this.#finds, write: this.#writes, turns: this.#turns }
  }

  async #ready<T>(done: Promise<Outcome<T>>, allocation_id: number): Promise<Outcome<T>> {
    const outcome = await done
    if (!outcome.refusal) this.onReady(allocation_id)
    return outcome
  }
}

/**
 * Of several changes of one lead only the first goes to the database: the others were made for a version that it
 * ends. They are told at once that the lead has moved on, and come again together.
 */
async function writeFirsts(pool: Pool, rows: readonly UpdateRow[]): Promise<RowResult<boolean>[]> {
  const firsts = new Map<string, UpdateRow>()
  for (const row of rows) {
    const lead_id = leadId(row.campaign_id, row.number)
    if (!firsts.has(lead_id)) firsts.set(lead_id, row)
  }
  const written = await updateLeads(pool, [...firsts.values()])
  const results = new Map([...firsts.values()].map((row, i) => [row, written[i]!]))
  return rows.map((row) => ({ done: results.get(row) ?? false }))
}
