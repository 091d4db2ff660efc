// Intake as one thing: the gate, the coalescing roads to the database, and what a caller asks of them.

import { type LeadState, leadId } from '../core/lead.ts'
import type { Result } from '../core/result.ts'
import { type UpdateRow, updateLeads } from '../db/lead-update.ts'
import { findLeads, type NamedLead } from '../db/leads.ts'
import type { Db, Pool } from '../db/pool.ts'
import { BULKHEADS, type Pools } from '../db/pools.ts'
import type { Actor } from './actor.ts'
import { Batcher, type RowResult } from './batcher.ts'
import { applyRule, withoutRuled } from './conflict-rules.ts'
import { Gate, type GateOptions } from './gate.ts'
import { type Arrival, type Inserted, insert, renewed, type Stale } from './insert.ts'
import {
  type MergeDeed,
  mergeLead,
  type RestoreDeed,
  type RevertDeed,
  restoreValues,
  revertLead,
} from './merge.ts'
import { MergeTally } from './merge-tally.ts'
import { type OutcomeRequest, type ReportedOutcome, reportOutcome } from './outcome.ts'
import { type ReopenRequest, reopen } from './reopen.ts'
import { type SettleRequest, settle } from './settle.ts'
import { settleMany } from './settle-many.ts'
import { Targets } from './targets.ts'
import { type Updated, type UpdateRequest, update } from './update.ts'
import type { UpdateRoads } from './write.ts'

/** Rows that are tried aside together: few, since they are halved until the row at fault is alone. */
const ASIDE_ROWS_MAX = 16

/** A key that holds slots for long, as behind locked leads, leaves an eighth of them to the others. */
const GATE_SHARE = 7

type Tail<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never

export class Intake {
  readonly pool: Pool
  readonly gate: Gate
  readonly targets: Targets
  readonly #inserts: Batcher<Arrival, Result<Inserted> | Stale>
  readonly #finds: Batcher<NamedLead, LeadState | undefined>
  readonly #writes: Batcher<UpdateRow, boolean>
  /** A lead of this allocation may have become ready to be called. */
  onReady: (allocation_id: number) => void = () => {}
  /** Each waits for its turn until its own deadline. */
  readonly #turns = new Gate({
    slots: BULKHEADS.turns.connections_max,
    queue_max: Number.POSITIVE_INFINITY,
    wait_ms: 0,
  })
  readonly #transactions: Pool
  readonly #tally: MergeTally

  constructor(
    { deeds, batches, doors, turns }: Pick<Pools, 'deeds' | 'batches' | 'doors' | 'turns'>,
    gate: GateOptions,
    onBatch?: (kind: 'insert' | 'find' | 'update', rows: number) => void,
  ) {
    this.pool = deeds
    this.#transactions = turns
    this.#tally = new MergeTally(deeds)
    this.gate = new Gate({ ...gate, share: GATE_SHARE })
    this.targets = new Targets(doors)
    const road = <Row, Done>(
      kind: 'insert' | 'update',
      run: (rows: readonly Row[]) => Promise<RowResult<Done>[]>,
    ) => {
      const aside = new Batcher({ run, rows_max: ASIDE_ROWS_MAX })
      return new Batcher({ run, aside, onBatch: (rows) => onBatch?.(kind, rows) })
    }
    this.#inserts = road('insert', (rows) => insert(batches, rows))
    this.#writes = road('update', (rows) => writeFirsts(batches, rows))
    this.#finds = new Batcher({
      run: async (keys) => (await findLeads(batches, keys)).map((lead) => ({ done: lead })),
      onBatch: (rows) => onBatch?.('find', rows),
    })
  }

  /** `deadline`: performance.now() after which the row is not started any more; it throws DeadlinePassed then. */
  insert(arrival: Arrival, deadline: number): Promise<Result<Inserted>> {
    return this.#ready(this.#insert(arrival, deadline), arrival.submission.lead.allocation_id)
  }

  async #insert(arrival: Arrival, deadline: number): Promise<Result<Inserted>> {
    const inserted = await this.#inserts.submit(arrival, deadline, arrival.by.actor)
    if (inserted !== 'stale') return inserted
    const now = await this.targets.openNow(arrival.rules, arrival.submission.lead.allocation_id)
    if (now.refusal) return now
    const again = renewed(arrival, now.ok)
    return again.refusal ? again : this.#insert(again.ok, deadline)
  }

  find(key: NamedLead, deadline: number, { actor }: Pick<Actor, 'actor'>): Promise<LeadState | undefined> {
    return this.#finds.submit(key, deadline, actor)
  }

  update(request: UpdateRequest): Promise<Result<Updated>> {
    return this.#ready(this.#update(request), request.found.allocation_id)
  }

  async #update(request: UpdateRequest): Promise<Result<Updated>> {
    const updated = await withoutRuled(this.#roads, request, await update(this.#roads, request))
    if (updated.ok?.merged) this.#tally.count(request.by.actor)
    return updated
  }

  merge(request: MergeDeed): Promise<Result<Updated>> {
    return this.#ready(mergeLead(this.#roads, request), request.found.allocation_id)
  }

  /** Undoes a change. */
  revert(request: RevertDeed): Promise<Result<Updated>> {
    return this.#ready(revertLead(this.#roads, request), request.found.allocation_id)
  }

  /** Gives values back that a decision gave up. */
  restore(request: RestoreDeed): Promise<Result<Updated>> {
    return this.#ready(restoreValues(this.#roads, request), request.found.allocation_id)
  }

  /** Settles a held update. */
  settle(request: SettleRequest): Promise<Result<Updated>> {
    return settle(this.#roads, request)
  }

  /** Settles many held updates by one decision. */
  settleMany(request: Parameters<typeof settleMany>[1]): ReturnType<typeof settleMany> {
    return settleMany(this.#roads, request)
  }

  /** Settles the held updates that a rule covers; answers how many. */
  applyRule(...asked: Tail<Parameters<typeof applyRule>>): Promise<number> {
    return applyRule(this.#roads, ...asked)
  }

  /** Takes the settlement of a held update back. */
  reopen(request: ReopenRequest): ReturnType<typeof reopen> {
    return reopen(this.#roads, request)
  }

  /** The outcome of a lease. */
  report(request: OutcomeRequest): Promise<Result<ReportedOutcome>> {
    return reportOutcome(this.#roads, request)
  }

  /** Writes what has been counted and not written yet. */
  stop(): Promise<void> {
    return this.#tally.write()
  }

  get #roads(): UpdateRoads {
    return {
      pool: this.pool,
      transactions: this.#transactions,
      find: this.#finds,
      write: this.#writes,
      rulesNow: (rules) => this.targets.rulesNow(rules),
      turns: this.#turns,
    }
  }

  async #ready<T>(done: Promise<Result<T>>, allocation_id: number): Promise<Result<T>> {
    const result = await done
    if (!result.refusal) this.onReady(allocation_id)
    return result
  }
}

/**
 * Of several changes of one lead only the first goes to the database: the others were made for a version that it
 * ends. They are told at once that the lead has moved on, and come again together.
 */
async function writeFirsts(db: Db, rows: readonly UpdateRow[]): Promise<RowResult<boolean>[]> {
  const firsts = new Map<string, UpdateRow>()
  for (const row of rows) {
    const lead_id = leadId(row.campaign_id, row.number)
    if (!firsts.has(lead_id)) firsts.set(lead_id, row)
  }
  const verdicts = await updateLeads(db, [...firsts.values()])
  const results = new Map([...firsts].map(([lead_id, row], i) => [lead_id, { row, verdict: verdicts[i]! }]))
  return rows.map((row) => {
    const first = results.get(leadId(row.campaign_id, row.number))!
    if (first.verdict === 'locked') return 'locked'
    return { done: first.row === row && first.verdict === 'written' }
  })
}
