// Exports: all leads that a search chooses, of all its campaigns, a chunk at a time. Nothing is stored: a chunk is read when
// the one before it has been taken, so a slow reader holds no connection, and one who leaves asks for nothing any more.

import { distinctFields, type ExportedLead } from '../core/export-columns.ts'
import type { Field } from '../core/field.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import type { Query } from '../core/search.ts'
import { type AuditEntry, audit } from '../db/audit.ts'
import type { CallRow } from '../db/calls.ts'
import { type CampaignRow, listCampaigns } from '../db/campaigns.ts'
import { countChosen, FIRST_PLACE, type LeadChoice, paramsOfChoice } from '../db/chosen-leads.ts'
import { callsOfLeads, type ExportView, exportPage, newestNumber } from '../db/exports.ts'
import type { Pool } from '../db/pool.ts'
import { BULKHEADS, type Pools } from '../db/pools.ts'
import type { Filter } from '../db/search-parts.ts'
import { Bulkhead } from './bulkhead.ts'
import { typedIn } from './choice.ts'
import type { Search } from './search.ts'
import type { Asker } from './set-up.ts'

export interface ExportAsked {
  /** `allocation_id`: the one of `allocation_ids`; null: there are none, or several. */
  filter: Filter
  /** Null: nothing was typed. */
  query: Query | null
  /** None: all. */
  allocation_ids: readonly number[]
}

/** Who asks for an export. A call of the API is one. */
export interface Exporter extends Asker {
  services: Asker['services'] & { search: Search; exports: Exports }
}

export interface ExportPlan {
  /** In the order in which they are exported. */
  campaigns: { row: CampaignRow; choice: LeadChoice }[]
  /** Of the templates of all of them. */
  fields: Field[]
}

/** Leads of one campaign, as they were at one moment. */
export interface ExportChunk {
  leads: (ExportView & ExportedLead)[]
  calls: ReadonlyMap<number, readonly { call: CallRow }[]>
}

/** How an export ended. left: nobody took the rest; refused: its caller may not see it any more. */
type Ending = 'done' | 'left' | 'refused' | 'stopped' | 'failed'

/** An export that cannot go on: what was sent of it is no whole file. */
export class ExportCut extends Error {}

interface ExportWatch {
  /** With the calls of the leads. */
  calls: boolean
  /** Of the audit entries. */
  details: AuditEntry['details']
  /** Throws when its caller may not see it any more. */
  readmit: () => Promise<void>
  isStopping: () => boolean
}

/** Open at once; each takes some megabytes for what its reader has not taken. */
const OPEN_MAX = 8
const CHUNKS_WAITING = 64
/** Longest wait of a chunk for its turn: the reader sees nothing meanwhile. */
const WAIT_MS_MAX = 30_000
/** How long leads are counted, milliseconds: people wait for it while they choose. */
const COUNT_MS_MAX = 400

export class Exports {
  readonly #bulkhead: Bulkhead
  readonly #deeds: Pool
  #open = 0

  /** `is_busy`: leads come in, and are to be taken in first. */
  constructor({ exports, deeds }: Pick<Pools, 'exports' | 'deeds'>, is_busy: () => boolean) {
    this.#deeds = deeds
    this.#bulkhead = new Bulkhead(exports, {
      slots: BULKHEADS.exports.connections_max,
      queue_max: CHUNKS_WAITING,
      wait_ms: WAIT_MS_MAX,
      crowded: 'too many exports are at work',
      too_slow: 'reading these leads took too long: name a campaign, or type more of the word',
      rests: is_busy,
    })
  }

  /** How many leads an export would have. Not exact: so many at least. */
  count(by: string, { campaigns }: ExportPlan): Promise<Result<{ leads: number; exact: boolean }>> {
    return this.#bulkhead.run(by, async () => {
      const ends = performance.now() + COUNT_MS_MAX
      let leads = 0
      for (const { choice } of campaigns) {
        let place: number | null = FIRST_PLACE.newest
        while (place !== null) {
          if (performance.now() > ends) return { leads, exact: false }
          const step: Awaited<ReturnType<typeof countChosen>> = await countChosen(
            this.#bulkhead.pool,
            paramsOfChoice(choice),
            choice.typed?.found ?? null,
            place,
          )
          leads += Object.values(step.leads).reduce((sum, some) => sum + some, 0)
          place = step.end
        }
      }
      return { leads, exact: true }
    })
  }

  /** Begins an export, with its entry in the audit log. The end of the chunks has one, too, before their reader knows of it. */
  async begin(
    asker: Exporter,
    plan: ExportPlan,
    watch: ExportWatch,
  ): Promise<Result<AsyncGenerator<ExportChunk>>> {
    if (this.#open >= OPEN_MAX)
      return refuse('UNAVAILABLE', 'too many exports are at work', { retry_after_s: 10 })
    this.#open++
    try {
      await this.#note(asker, plan, 'lead.export', watch.details)
      const chunks = this.#chunks(asker, plan, watch)
      return ok(chunks)
    } catch (error) {
      this.#open--
      throw error
    }
  }

  async *#chunks(asker: Exporter, plan: ExportPlan, watch: ExportWatch): AsyncGenerator<ExportChunk> {
    const { actor } = asker.by
    let ending: Ending = 'left'
    let [leads, calls] = [0, 0]
    try {
      for (const { row, choice } of plan.campaigns) {
        const until = await this.#turn(actor, (pool) => newestNumber(pool, choice.campaign_id))
        let place: number | null = FIRST_PLACE.oldest
        while (place !== null && place < until) {
          ending = 'refused'
          await watch.readmit()
          ending = 'stopped'
          if (watch.isStopping()) throw new ExportCut('the server stops')
          ending = 'failed'
          const after: number = place
          const chunk = await this.#turn(actor, (pool) =>
            read(pool, asker, { choice, after, until, with_calls: watch.calls }),
          )
          leads += chunk.leads.length
          for (const of_lead of chunk.calls.values()) calls += of_lead.length
          ending = 'left'
          if (chunk.leads.length > 0)
            yield {
              calls: chunk.calls,
              leads: chunk.leads.map((lead) => ({ ...lead, campaign: row.name })),
            }
          place = chunk.end
        }
      }
      ending = 'done'
    } finally {
      this.#open--
      await this.#note(asker, plan, 'lead.exported', {
        ...watch.details,
        leads,
        ...(watch.calls && { calls }),
        how: ending,
      })
    }
  }

  #note({ by }: Exporter, { campaigns }: ExportPlan, action: string, details: AuditEntry['details']) {
    const [only, ...others] = campaigns
    return audit(this.#deeds, {
      actor: by.actor,
      request_id: by.request_id,
      action,
      subject: only && others.length === 0 ? `campaign:${only.row.campaign_id}` : 'leads',
      details,
    })
  }

  async #turn<T>(actor: string, work: (pool: Pool) => Promise<T>): Promise<T> {
    const done = await this.#bulkhead.run(actor, () => work(this.#bulkhead.pool))
    if (done.refusal) throw new ExportCut(done.refusal.detail)
    return done.ok
  }
}

async function read(
  pool: Pool,
  { caller }: Exporter,
  asked: { choice: LeadChoice; after: number; until: number; with_calls: boolean },
) {
  const { choice, after, until, with_calls } = asked
  const page = await exportPage(pool, choice, caller, after, until)
  const numbers = page.leads.map(({ number }) => number)
  const calls =
    with_calls && numbers.length > 0
      ? await callsOfLeads(pool, choice.campaign_id, numbers)
      : new Map<number, { call: CallRow }[]>()
  return { ...page, calls }
}

/** What is exported, once all that is named is known. */
export async function planExport(asker: Exporter, asked: ExportAsked): Promise<Result<ExportPlan>> {
  const { services, caller, by } = asker
  const { filter, query, allocation_ids } = asked
  const named = await campaignsNamed(asker, asked)
  if (named.refusal) return named
  const rows = await listCampaigns(services.pool, caller, {
    archived: true,
    ...(named.ok.length === 1 && { campaign_id: named.ok[0] }),
  })
  const found: { row: CampaignRow; rules: Rules }[] = []
  for (const row of rows) {
    if (named.ok.length > 0 && !named.ok.includes(row.campaign_id)) continue
    const rules = await services.intake.targets.find({ campaign_id: row.campaign_id }, caller)
    if (rules.ok) found.push({ row, rules: rules.ok })
  }
  const typed = query && (await typedIn(services.search, by, filter, query))
  if (typed?.refusal) return typed
  const { team_ids: _, campaign_id: __, ...conditions } = filter
  return ok({
    fields: distinctFields(found.flatMap(({ rules }) => rules.fields.all)),
    campaigns: found.map(({ row }) => ({
      row,
      choice: {
        campaign_id: row.campaign_id,
        filter: conditions,
        typed: typed?.ok(row.campaign_id) ?? null,
        from_ids: allocation_ids.length > 0 ? [...allocation_ids] : null,
        except_id: null,
        codes: null,
      },
    })),
  })
}

/** Those that the filters name; none: every campaign that the caller may see. */
async function campaignsNamed(
  { services: { intake }, caller }: Exporter,
  { filter: { campaign_id }, allocation_ids }: ExportAsked,
): Promise<Result<number[]>> {
  const named = new Set<number>()
  if (campaign_id !== null) {
    const rules = await intake.targets.find({ campaign_id }, caller)
    if (rules.refusal) return rules
    named.add(campaign_id)
  }
  for (const allocation_id of allocation_ids) {
    const rules = await intake.targets.ofAllocation(allocation_id, caller)
    if (rules.refusal) return rules
    if (campaign_id !== null && rules.ok.campaign_id !== campaign_id)
      return refuse('UNKNOWN_TARGET', `campaign ${campaign_id} has no allocation ${allocation_id}`, {
        field: 'allocation_id',
      })
    named.add(rules.ok.campaign_id)
  }
  return ok([...named])
}
