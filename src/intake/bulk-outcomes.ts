// A bulk change gives leads a disposition, as a person would one by one, and takes it back.

import type { BulkChange, KeepReason } from '../core/bulk-change.ts'
import { changeOf, unmovedPatch } from '../core/change.ts'
import type { LeadState } from '../core/lead.ts'
import { readLeadBody } from '../core/lead-body.ts'
import type { Values } from '../core/merge.ts'
import { ok, type Result } from '../core/result.ts'
import { dispositionNamed, type Rules } from '../core/rules.ts'
import { type Incoming, readPatch } from '../core/update.ts'
import type { ChangedLead } from '../db/bulk-changes.ts'
import type { Since } from '../db/bulk-leads.ts'
import { type UpdateRow, updateLeads } from '../db/lead-update.ts'
import { findLeads } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import type { Actor } from './actor.ts'
import { RulesStale } from './pull-rows.ts'
import { wantedOf } from './sides.ts'
import { inSlices } from './slices.ts'
import type { Targets } from './targets.ts'
import { changeRow } from './write.ts'

type GivenOutcome = Extract<BulkChange, { kind: 'disposition' }>

/** Leads of one campaign, locked, and who changes them. */
export interface LockedLeads {
  tx: Db
  targets: Targets
  campaign_id: number
  by: Actor
  now: string
}

/** The change cannot go on, and the text says why. */
export class BulkStopped extends Error {}

/** The outcome as a person would give it to a lead, who may put a promised call off. */
export function readOutcome(
  { disposition, callback, callback_agent }: GivenOutcome,
  rules: Rules,
  lead: LeadState,
  now: string,
): Result<Incoming> {
  const body = {
    disposition,
    ...(callback !== null && { callback: { local: callback } }),
    ...(callback_agent !== null && { callback_agent }),
  }
  return readPatch(readLeadBody(body, rules, 'patch').entries, rules, lead, { now, may_put_off: true })
}

/** Answers the leads that have it now; the others are refused. */
export async function giveOutcome(
  locked: LockedLeads,
  given: GivenOutcome,
  numbers: readonly number[],
): Promise<ChangedLead[]> {
  const { by, now } = locked
  const rules = await rulesFor(locked)
  if (!dispositionNamed(rules, given.disposition))
    throw new BulkStopped('the disposition was disabled or deleted meanwhile')
  return written(locked, await leadsOf(locked, numbers), (lead) => {
    const incoming = readOutcome(given, rules, lead, now)
    if (incoming.refusal) return incoming
    const wanted = wantedOf({ rules, base: lead, incoming: incoming.ok }, lead)
    const change = changeOf(lead, unmovedPatch(lead, wanted), rules)
    if (change.refusal) return change
    return ok(changeRow(lead, change.ok, incoming.ok.outcome, { rules, by, now }, incoming.ok.warnings))
  })
}

/**
 * Gives leads that nobody has touched since the values back that they had; answers which have them. The call records stay,
 * and what the outcome has started.
 */
export async function takeOutcomeBack(
  locked: LockedLeads,
  sinces: readonly Since[],
): Promise<{ back: ChangedLead[]; why: KeepReason }> {
  const { by, now } = locked
  const rules = await rulesFor(locked)
  const before = new Map(sinces.map(({ number, changes }) => [number, valuesBefore(changes)]))
  const leads = await leadsOf(locked, [...before.keys()])
  const back = await written(locked, leads, (lead) => {
    const change = changeOf(lead, before.get(lead.number)!, rules)
    return change.refusal ? change : ok(changeRow(lead, change.ok, null, { rules, by, now }, []))
  })
  return { back, why: 'refused' }
}

const valuesBefore = (changes: Since['changes']): Values =>
  Object.fromEntries(Object.entries(changes ?? {}).map(([path, [old]]) => [path, old as Values[string]]))

async function rulesFor({ targets, campaign_id }: LockedLeads): Promise<Rules> {
  const rules = await targets.find({ campaign_id }, SEES_ALL)
  if (rules.refusal) throw new BulkStopped('the campaign is gone')
  return rules.ok
}

async function leadsOf({ tx, campaign_id }: LockedLeads, numbers: readonly number[]): Promise<LeadState[]> {
  const keys = numbers.map((number) => ({ campaign_id, number, external_id: null }))
  return (await findLeads(tx, keys)).filter((lead) => lead !== undefined)
}

/** Writes the rows that leads get, all in one statement; answers the leads that got one. */
async function written(
  { tx }: LockedLeads,
  leads: readonly LeadState[],
  rowOf: (lead: LeadState) => Result<UpdateRow>,
): Promise<ChangedLead[]> {
  const rows: UpdateRow[] = []
  for (const lead of leads) {
    const row = await inSlices(() => rowOf(lead))
    if (row.ok) rows.push(row.ok)
  }
  if (rows.length === 0) return []
  const verdicts = await updateLeads(tx, rows)
  // The leads are locked: what has changed are the rules.
  if (verdicts.some((verdict) => verdict !== 'written')) throw new RulesStale()
  return rows.map(({ number, version, writes, allocation_id }) => ({
    number,
    version: version + (writes ? 1 : 0),
    from_id: allocation_id,
  }))
}
