// A job walks through the leads of a bulk change, a chunk at a time: what its leads got, and how far the change has come, are
// one commit. So whoever dies, each lead is changed once. Undoing walks back, from the last chunk to the first.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  type BulkKind,
  isUndoable,
  type KeepReason,
  leftInAll,
  type SkipReason,
  tallyOf,
} from '../core/bulk-change.ts'
import { keepAllocations } from '../db/allocations.ts'
import { audit } from '../db/audit.ts'
import {
  advanceBulkChange,
  type BulkAtWork,
  type ChangedLead,
  endBulkChange,
  isBulkChangeAtWork,
  lastChunkOf,
  lockBulkChange,
  undoneChunk,
} from '../db/bulk-changes.ts'
import {
  type JudgedLead,
  judgeLeads,
  keepTakersOff,
  nextOfBulk,
  phonesOfLeads,
  sinceOfLeads,
} from '../db/bulk-leads.ts'
import { addDncEntries } from '../db/dnc.ts'
import { lockParking, unpark } from '../db/parking.ts'
import type { Db, Pool } from '../db/pool.ts'
import { lockLeads, writeMove } from '../db/rearrange.ts'
import type { Actor } from './actor.ts'
import { BulkStopped, giveOutcome, type LockedLeads, takeOutcomeBack } from './bulk-outcomes.ts'
import { forgetAll } from './forget.ts'
import { pastLocks } from './locks.ts'
import { RulesStale } from './pull-rows.ts'
import { refuseArchived, type Targets } from './targets.ts'

/** What a walk works with. */
export interface BulkDesk {
  pool: Pool
  targets: Targets
  now: () => string
}

/** How a chunk ended; elsewhere: another process does it. */
interface BulkStep {
  how: 'goes on' | 'elsewhere' | 'over'
  /** Allocations in which leads may have become ready to be called. */
  ready: ReadonlySet<number>
}

const OVER: BulkStep = { how: 'over', ready: new Set() }

/** Leads of one commit: whoever wants one of them waits meanwhile. Leads are forgotten one by one. */
const AT_ONCE: Record<BulkKind, number> = { disposition: 100, move: 250, dnc: 250, forget: 25 }

/** Rules that have changed this often under the same chunk will not settle. */
const RULES_TRIES_MAX = 8

/** Does the next chunk of a bulk change, or undoes the last one. */
export async function bulkChunk(desk: BulkDesk, bulk_change_id: number): Promise<BulkStep> {
  for (let tries = 1; ; tries++) {
    try {
      return await pastLocks(() =>
        desk.pool.transaction((tx) => chunkIn(tx, desk, bulk_change_id), { retry: 'clash' }),
      )
    } catch (error) {
      if (error instanceof BulkStopped) return stopped(desk.pool, bulk_change_id, error.message)
      if (!(error instanceof RulesStale) || tries >= RULES_TRIES_MAX) throw error
      desk.targets.clear()
    }
  }
}

async function chunkIn(tx: Db, desk: BulkDesk, bulk_change_id: number): Promise<BulkStep> {
  const work = await lockBulkChange(tx, bulk_change_id)
  if (!work) return (await isBulkChangeAtWork(tx, bulk_change_id)) ? { ...OVER, how: 'elsewhere' } : OVER
  return work.state === 'running' ? changeChunk(tx, desk, work) : undoChunk(tx, desk, work)
}

const lockedBy = (tx: Db, { targets, now }: BulkDesk, work: BulkAtWork): LockedLeads => ({
  tx,
  targets,
  campaign_id: work.campaign_id,
  by: { actor: work.actor, way: work.way as Actor['way'], request_id: work.request_id },
  now: now(),
})

async function changeChunk(tx: Db, desk: BulkDesk, work: BulkAtWork): Promise<BulkStep> {
  const { change, campaign_id } = work
  const choice = work.choice!
  if (change.kind === 'move') await keptPlace(tx, change.to_allocation_id)
  const { end, leads } = await nextOfBulk(tx, choice, work.place)
  if (end === null) return lastOf(tx, work)
  const numbers = leads.slice(0, AT_ONCE[change.kind]).map(({ number }) => number)
  const place = numbers.length < leads.length ? numbers.at(-1)! : end
  if (numbers.length === 0) {
    await advanceBulkChange(tx, { ...work, place }, [], [])
    return { how: 'goes on', ready: new Set() }
  }
  // Before anything looks whether the numbers are on a list: clients may be called despite that of a campaign.
  if (change.kind === 'dnc' && change.list === 'client') await lockParking(tx)
  await lockLeads(tx, campaign_id, numbers)
  if (change.kind === 'disposition') await keepTakersOff(tx, campaign_id, numbers)
  const judged = await judgeLeads(tx, choice, change, numbers)
  const fit = judged.filter(({ why }) => why === null)
  const { done, ready } =
    fit.length > 0
      ? await changed(lockedBy(tx, desk, work), work, fit)
      : { done: [], ready: new Set<number>() }
  const reasons: SkipReason[] = [
    ...judged.flatMap(({ why }) => why ?? []),
    ...Array<SkipReason>(numbers.length - judged.length).fill('changed'),
    ...Array<SkipReason>(fit.length - done.length).fill('refused'),
  ]
  const after = { ...work, place, done: work.done + done.length, skipped: tallyOf(work.skipped, reasons) }
  const moved = change.kind === 'move' && done.length > 0
  await advanceBulkChange(
    tx,
    after,
    isUndoable(change) ? done : [],
    moved ? [...new Set([change.to_allocation_id, ...done.map(({ from_id }) => from_id)])] : [],
  )
  return { how: 'goes on', ready }
}

/** Leads that were counted when it began, and fitted no more when it came to them, have changed since. */
async function lastOf(tx: Db, work: BulkAtWork): Promise<BulkStep> {
  const { leads, exact, done, skipped, place } = work
  const missing = leads - done - leftInAll(skipped)
  if (exact && missing > 0) {
    const reasons = Array<SkipReason>(missing).fill('changed')
    await advanceBulkChange(tx, { ...work, place, skipped: tallyOf(skipped, reasons) }, [], [])
  }
  return finished(tx, work, 'done')
}

interface Changed {
  done: ChangedLead[]
  ready: Set<number>
}

/** Changes locked leads that the change fits. */
async function changed(
  locked: LockedLeads,
  { bulk_change_id, change }: BulkAtWork,
  fit: readonly JudgedLead[],
): Promise<Changed> {
  const { tx, campaign_id, by } = locked
  const numbers = fit.map(({ number }) => number)
  const as_they_are = fit.map(({ number, version, allocation_id: from_id }) => ({ number, version, from_id }))
  switch (change.kind) {
    case 'disposition': {
      const done = await giveOutcome(locked, change, numbers)
      return { done, ready: new Set(done.map(({ from_id }) => from_id)) }
    }
    case 'move': {
      const { to_allocation_id: to_id } = change
      for (const [from_id, leads] of Map.groupBy(fit, ({ allocation_id }) => allocation_id))
        await moveAll(locked, from_id, to_id, leads)
      return {
        done: as_they_are.map((lead) => ({ ...lead, version: lead.version + 1 })),
        ready: new Set([to_id]),
      }
    }
    case 'dnc': {
      const { list, reason, expires_at, team_ids } = change
      const phones = await phonesOfLeads(tx, campaign_id, numbers)
      await addDncEntries(tx, {
        list,
        campaign_id: list === 'campaign' ? campaign_id : null,
        numbers: phones.map((phone) => ({ phone, expires_at })),
        reason,
        source: `bulk change ${bulk_change_id}`,
        actor: by.actor,
        team_ids,
      })
      const freed = list === 'client' ? await unpark(tx, phones, null) : []
      return { done: as_they_are, ready: new Set(freed.map(({ allocation_id }) => allocation_id)) }
    }
    case 'forget': {
      const forgotten = new Set(await forgetAll(tx, campaign_id, numbers, by))
      return { done: as_they_are.filter(({ number }) => forgotten.has(number)), ready: new Set() }
    }
  }
}

const moveAll = (
  { tx, campaign_id, by }: LockedLeads,
  allocation_id: number,
  to_id: number,
  leads: readonly { number: number }[],
) => writeMove(tx, { ...by, campaign_id, allocation_id, to_id, numbers: leads.map(({ number }) => number) })

/** Until the transaction ends, the allocation is not deleted. */
async function keptPlace(tx: Db, allocation_id: number): Promise<void> {
  const [kept] = await keepAllocations(tx, [allocation_id])
  if (!kept?.takes_leads) throw new BulkStopped(refuseArchived(allocation_id).refusal.detail)
}

async function undoChunk(tx: Db, desk: BulkDesk, work: BulkAtWork): Promise<BulkStep> {
  const { bulk_change_id, campaign_id } = work
  const last = await lastChunkOf(tx, bulk_change_id)
  if (!last) return finished(tx, work, 'undone')
  const numbers = last.leads.map(({ number }) => number)
  await lockLeads(tx, campaign_id, numbers)
  await keepTakersOff(tx, campaign_id, numbers)
  const sinces = await sinceOfLeads(tx, campaign_id, last.leads)
  const untouched = sinces.filter(({ why }) => why === null)
  const locked = lockedBy(tx, desk, work)
  const { change } = work
  const { back, why } =
    change.kind === 'move'
      ? await moveBack(
          locked,
          change.to_allocation_id,
          last.leads.filter(({ number }) => untouched.some((since) => since.number === number)),
        )
      : await takeOutcomeBack(locked, untouched)
  const reasons: KeepReason[] = [
    ...sinces.flatMap((since) => since.why ?? []),
    ...Array<KeepReason>(untouched.length - back.length).fill(why),
  ]
  const undone = work.undone + back.length
  await undoneChunk(tx, { bulk_change_id, undone, kept: tallyOf(work.kept, reasons) }, last.chunk)
  return { how: 'goes on', ready: new Set(back.map(({ from_id }) => from_id)) }
}

/** Moves leads back to where they were, if that takes leads still. */
async function moveBack(
  locked: LockedLeads,
  to_id: number,
  leads: readonly ChangedLead[],
): Promise<{ back: ChangedLead[]; why: KeepReason }> {
  const back: ChangedLead[] = []
  const groups = Map.groupBy(leads, ({ from_id }) => from_id)
  const open = new Set(
    (await keepAllocations(locked.tx, [...groups.keys()]))
      .filter(({ takes_leads }) => takes_leads)
      .map(({ allocation_id }) => allocation_id),
  )
  for (const [from_id, some] of groups) {
    if (!open.has(from_id)) continue
    await moveAll(locked, to_id, from_id, some)
    back.push(...some)
  }
  return { back, why: 'no_place' }
}

async function finished(
  tx: Db,
  work: BulkAtWork,
  state: 'done' | 'stopped' | 'undone',
  detail: string | null = null,
): Promise<BulkStep> {
  const { bulk_change_id, actor, request_id } = work
  const ended = await endBulkChange(tx, bulk_change_id, state, detail)
  const { done, undone, skipped, kept } = ended!
  await audit(tx, {
    actor,
    action: 'bulk_change.end',
    subject: `bulk_change:${bulk_change_id}`,
    details:
      work.state === 'running'
        ? { state, done, skipped: leftInAll(skipped) }
        : { state, undone, kept: leftInAll(kept) },
    request_id,
  })
  return OVER
}

const stopped = (pool: Pool, bulk_change_id: number, detail: string): Promise<BulkStep> =>
  pool.transaction(async (tx) => {
    const work = await lockBulkChange(tx, bulk_change_id)
    return work ? finished(tx, work, 'stopped', detail) : OVER
  })

/** The rest between two chunks, beside the same time again while others work. */
const REST_MS = 2
const ELSEWHERE_MS = 25

interface Going {
  ms_max: number
  signal?: AbortSignal
  /** How many requests intake has let in so far: the walk leaves them more room. */
  requests?: () => number
  onReady: (allocation_id: number) => void
}

/** Goes on with a bulk change until it is over, the time has come or `signal` says so. Answers how the last chunk ended. */
export async function continueBulkChange(
  desk: BulkDesk,
  bulk_change_id: number,
  { ms_max, signal, requests = () => 0, onReady }: Going,
): Promise<BulkStep['how']> {
  const ends = performance.now() + ms_max
  for (;;) {
    const before = requests()
    const began = performance.now()
    const { how, ready } = await bulkChunk(desk, bulk_change_id)
    for (const allocation_id of ready) onReady(allocation_id)
    if (how === 'over' || signal?.aborted || performance.now() > ends) return how
    await sleep(
      how === 'elsewhere' ? ELSEWHERE_MS : REST_MS + (requests() > before ? performance.now() - began : 0),
    )
  }
}
