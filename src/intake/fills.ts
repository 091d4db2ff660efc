// Allocations are filled from searches: counted first, begun, gone on with a chunk at a time, cancelled.

import { setTimeout as sleep } from 'node:timers/promises'
import { isFull, withinLimits, wouldFill } from '../core/fill.ts'
import { known, ok, type Result, refuse, refuseField } from '../core/result.ts'
import type { Query } from '../core/search.ts'
import { keepAllocations, listAllocations } from '../db/allocations.ts'
import { audit } from '../db/audit.ts'
import type { ChosenStretch } from '../db/chosen-leads.ts'
import {
  advanceFill,
  beginFill,
  countFill,
  endFill,
  type FillChoice,
  type FillRow,
  fillById,
  isFillRunning,
  lockFill,
  moveChosen,
  nextOfFill,
} from '../db/fills.ts'
import type { Db, Pool } from '../db/pool.ts'
import type { Filter } from '../db/search-parts.ts'
import { type AskedFields, conditionsOn, countInTime, typedIn } from './choice.ts'
import { dispositionsNamed } from './rearrange.ts'
import type { Search } from './search.ts'
import { type Asker, changeSetUp } from './set-up.ts'
import { refuseArchived } from './targets.ts'

/** Who asks for a fill. A call of the API is one. */
export interface Filler extends Asker {
  services: Asker['services'] & { search: Search }
}

export interface FillAsked {
  filter: Filter
  /** Null: nothing was typed. */
  query: Query | null
  /** Each field has one of these values; null, or a blank: it has none. */
  fields?: AskedFields
  from_allocation_ids?: number[]
  /** With how many leads of each disposition, null for none yet; absent: whatever they have. */
  dispositions?: { disposition: string | null; leads_max?: number }[]
  leads_max?: number
  order?: FillChoice['order']
}

/** The leads that are meant, once all that is named is known. */
async function chosen(asker: Filler, to_id: number, asked: FillAsked): Promise<Result<FillChoice>> {
  const { services, caller, by } = asker
  const rules = await services.intake.targets.openAllocation(to_id, caller)
  if (rules.refusal) return rules
  const { campaign_id } = rules.ok
  const { team_ids, campaign_id: named_id, ...filter } = asked.filter
  if (named_id !== null && named_id !== campaign_id)
    return refuseField(
      '/search/campaign_id',
      `leads stay in their campaign: that of the allocation is ${campaign_id}`,
    )
  const from_ids = asked.from_allocation_ids ?? null
  const siblings = await listAllocations(services.pool, caller, { campaign_id, archived: true })
  const foreign = from_ids?.findIndex(
    (id) => id === to_id || !siblings.some(({ allocation_id }) => allocation_id === id),
  )
  if (foreign !== undefined && foreign >= 0)
    return refuse('UNKNOWN_TARGET', 'leads come from other allocations of the same campaign', {
      field: `/from_allocation_ids/${foreign}`,
    })
  const fields = asked.fields && conditionsOn(asked.fields, rules.ok)
  if (fields?.refusal) return fields
  const picks = asked.dispositions && picked(asked.dispositions, rules.ok)
  if (picks?.refusal) return picks
  const typed =
    asked.query && (await typedIn(services.search, by, { ...asked.filter, campaign_id }, asked.query))
  if (typed?.refusal) return typed
  return ok({
    campaign_id,
    to_id,
    filter,
    typed: typed?.ok(campaign_id) ?? null,
    fields: fields?.ok ?? null,
    from_ids,
    picks: picks?.ok ?? null,
    leads_max: asked.leads_max ?? null,
    order: asked.order ?? 'newest',
  })
}

function picked(
  asked: NonNullable<FillAsked['dispositions']>,
  rules: Parameters<typeof dispositionsNamed>[1],
): Result<NonNullable<FillChoice['picks']>> {
  const named = dispositionsNamed(
    asked.map(({ disposition }) => disposition),
    rules,
  )
  if (named.refusal) return named
  const codes = named.ok.map((disposition) => disposition?.code ?? '')
  const twice = codes.findIndex((code, i) => codes.indexOf(code) < i)
  if (twice >= 0) return refuseField(`/dispositions/${twice}`, 'is named twice')
  return ok(codes.map((code, i) => ({ code, leads_max: asked[i]!.leads_max ?? null })))
}

export interface FillPreview {
  leads: number
  /** False: so many at least. */
  exact: boolean
  /** Most leads first; null: none yet. */
  dispositions: { disposition: string | null; leads: number }[]
  /** How many the fill would move within its limits. */
  moves: number
}

/** Counts what a fill would find. */
export async function previewFill(
  asker: Filler,
  to_id: number,
  asked: FillAsked,
): Promise<Result<FillPreview>> {
  const choice = await chosen(asker, to_id, asked)
  if (choice.refusal) return choice
  return asker.services.search.inTurn(asker.by.actor, (pool) => counted(pool, choice.ok))
}

async function counted(pool: Pool, choice: FillChoice): Promise<FillPreview> {
  const { counts, exact } = await countInTime((place) => countFill(pool, choice, place))
  const dispositions = Object.entries(counts)
    .map(([code, leads]) => ({ disposition: code === '' ? null : code, leads }))
    .sort((a, b) => b.leads - a.leads)
  return {
    leads: dispositions.reduce((sum, { leads }) => sum + leads, 0),
    exact,
    dispositions,
    moves: wouldFill(choice, counts),
  }
}

/** From here on it is done by the job that it has, if nothing else does it before. */
export async function startFill(asker: Filler, to_id: number, asked: FillAsked): Promise<Result<FillRow>> {
  const choice = await chosen(asker, to_id, asked)
  if (choice.refusal) return choice
  const { order, leads_max, from_ids } = choice.ok
  return changeSetUp(asker, {
    action: 'allocation.fill',
    // What somebody typed may be a name or a number.
    details: { order, leads_max, from: from_ids },
    work: async (tx) => {
      const [kept] = await keepAllocations(tx, [to_id])
      return kept?.takes_leads ? ok(await beginFill(tx, asker.by, choice.ok)) : refuseArchived(to_id)
    },
    subject: () => `allocation:${to_id}`,
  })
}

export interface FillStep {
  /** How the chunk ended; elsewhere: another process does it. */
  how: 'goes on' | 'elsewhere' | 'over'
  moved: number
  to_id: number | null
}

const OVER: FillStep = { how: 'over', moved: 0, to_id: null }

/** Moves the next leads of a fill, and keeps how far it has come in the same commit. */
export const fillChunk = (pool: Pool, fill_id: number): Promise<FillStep> =>
  pool.transaction(
    async (tx) => {
      const fill = await lockFill(tx, fill_id)
      if (!fill) return (await isFillRunning(tx, fill_id)) ? { ...OVER, how: 'elsewhere' } : OVER
      const { choice } = fill
      const [kept] = await keepAllocations(tx, [choice.to_id])
      if (!kept?.takes_leads) return finished(tx, fill, 'stopped')
      const { end, leads } = await nextOfFill(tx, choice, fill.place)
      if (end === null) return finished(tx, fill, 'done')
      const wanted = withinLimits(choice, fill, leads)
      const done = wanted.length > 0 ? await moveChosen(tx, fill, wanted) : []
      const moved_with: Record<string, number> = Object.assign(Object.create(null), fill.moved_with)
      for (const { code, moved } of done) moved_with[code] = (moved_with[code] ?? 0) + moved
      const chunk = done.reduce((sum, { moved }) => sum + moved, 0)
      const changed = wanted.length - chunk
      const moved = fill.moved + chunk
      const place = changed > 0 ? placeBefore(choice, end, leads, wanted) : end
      await advanceFill(tx, { fill_id, place, moved, changed, moved_with })
      if (isFull(choice, { moved, moved_with })) await finished(tx, { ...fill, moved }, 'done')
      return { how: 'goes on', moved: chunk, to_id: choice.to_id }
    },
    { retry: 'lock' },
  )

/** A lead that did not fit any more leaves room for one that was passed over: that one is looked at again. */
function placeBefore(
  { order }: FillChoice,
  end: number,
  leads: ChosenStretch['leads'],
  wanted: ChosenStretch['leads'],
): number {
  const passed = leads.find((lead) => !wanted.includes(lead))
  if (!passed) return end
  return order === 'newest' ? passed.number + 1 : passed.number - 1
}

async function finished(
  tx: Db,
  { fill_id, choice, moved, actor, request_id }: NonNullable<Awaited<ReturnType<typeof lockFill>>>,
  state: 'done' | 'stopped',
): Promise<FillStep> {
  await endFill(tx, fill_id, state)
  await audit(tx, {
    actor,
    action: 'allocation.filled',
    subject: `allocation:${choice.to_id}`,
    details: { fill_id, state, moved },
    request_id,
  })
  return OVER
}

/** The rest between two chunks leaves most of the database to everybody else. */
const REST_MS = 5
const ELSEWHERE_MS = 25

interface Going {
  ms_max: number
  signal?: AbortSignal
  onMoved: (to_id: number, leads: number) => void
}

/** Goes on with a fill until it is over, the time has come or `signal` says so. Answers how the last chunk ended. */
export async function continueFill(pool: Pool, fill_id: number, going: Going): Promise<FillStep['how']> {
  const { ms_max, signal, onMoved } = going
  const ends = performance.now() + ms_max
  for (;;) {
    const { how, moved, to_id } = await fillChunk(pool, fill_id)
    if (to_id !== null && moved > 0) onMoved(to_id, moved)
    if (how === 'over' || signal?.aborted || performance.now() > ends) return how
    await sleep(how === 'goes on' ? REST_MS : ELSEWHERE_MS)
  }
}

/** The fill as it is after that: one that had ended already stays as it was. */
export async function cancelFill(asker: Asker, fill_id: number): Promise<Result<FillRow>> {
  const { services, caller } = asker
  const fill = known(await fillById(services.pool, caller, fill_id), `fill ${fill_id}`)
  if (fill.refusal) return fill
  let is_change = true
  return changeSetUp(asker, {
    action: 'allocation.cancel_fill',
    details: { fill_id },
    work: async (tx) => {
      const ended = await endFill(tx, fill_id, 'cancelled')
      is_change = ended !== undefined
      return known(ended ?? (await fillById(tx, caller, fill_id)), `fill ${fill_id}`)
    },
    subject: ({ allocation_id }) => `allocation:${allocation_id}`,
    is_change: () => is_change,
  })
}
