// A person settles a held update: group by group, against the lead as it is now.

import { fold } from '../core/field.ts'
import { type LeadState, leadId, valuesOf } from '../core/lead.ts'
import { type Clash, groupOf, type Merge, merge, type Values } from '../core/merge.ts'
import { isNoChange } from '../core/no-change.ts'
import { type Outcome, ok, type Problem, refuse, refuseFields } from '../core/result.ts'
import type { Disposition, Rules } from '../core/rules.ts'
import { asSpelt, changeOf } from '../core/update.ts'
import { readFieldValue } from '../core/value.ts'
import { type HeldUpdate, settleHeldUpdate } from '../db/held-updates.ts'
import { findLeads } from '../db/leads.ts'
import type { Pool } from '../db/pool.ts'
import type { Actor } from './actor.ts'
import { rowOf, type Updated, writeNumbers } from './update.ts'

export interface Decision {
  /** mine: what the held update wants. theirs: what the lead has now. base: what both started from. */
  take: 'mine' | 'theirs' | 'base' | 'value'
  /** Values by path, for `value`. */
  value?: Record<string, string | null>
  reason?: string
}

export type Resolution =
  | { lead_version: number; decisions: Record<string, Decision> }
  | { dismiss: true; reason: string }

/** A held update merged with its lead as it is now; `clashes` empty: nothing stands in the way any more. */
export function mergeHeld(held: HeldUpdate, lead: LeadState, rules: Rules): Merge {
  // A disposition that is given again is an outcome.
  const asserted = new Set('disposition' in held.incoming ? ['disposition'] : [])
  const now = valuesOf(lead)
  const incoming = asSpelt(held.incoming, [now, held.base], rules)
  return merge(held.base, now, incoming, groupOf(rules.fields), asserted)
}

/** Applies a resolution in one transaction with the held update's end; refuses when the lead has moved on. */
export async function settle(
  pool: Pool,
  held: HeldUpdate,
  rules: Rules,
  resolution: Resolution,
  by: Actor,
  now: string,
): Promise<Outcome<Updated>> {
  const gone = refuse('UNKNOWN_TARGET', 'this conflict is not open any more')
  if (held.state !== 'open') return gone
  const key = { campaign_id: held.campaign_id, number: held.lead_number, external_id: null }
  const [lead] = await findLeads(pool, [key])
  if (!lead) return gone
  const sides = mergeHeld(held, lead, rules)
  const answer = { lead_id: leadId(lead.campaign_id, lead.number), version: lead.version }
  if ('dismiss' in resolution)
    return (await settleHeldUpdate(pool, held.held_update_id, 'dismissed', resolution, by.actor))
      ? ok(answer)
      : gone
  if (resolution.lead_version !== lead.version)
    return refuse(
      'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
      `the lead has version ${lead.version} by now: look at it and decide again`,
      {
        lead_id: answer.lead_id,
        lead_version: lead.version,
        conflict_id: held.held_update_id,
        groups: sides.clashes.map(({ group }) => group),
      },
    )

  const decided = decide(held, sides, resolution.decisions, rules)
  if (decided.refusal) return decided
  const change = changeOf(lead, decided.ok, rules)
  if (change.refusal) return change
  const outcome = outcomeOf(held, sides.clashes, resolution.decisions, rules)
  const row = rowOf(lead, change.ok, outcome, { by, rules, now })
  const written = await writeNumbers(pool, row, change.ok, rules, held.allow_duplicates, async (tx) => {
    if (!(await settleHeldUpdate(tx, held.held_update_id, 'resolved', resolution, by.actor)))
      throw new SettledMeanwhile()
    return true
  }).catch((error) => {
    if (error instanceof SettledMeanwhile) return gone
    throw error
  })
  if (written.refusal) return written
  if (!written.ok) return settle(pool, held, rules, resolution, by, now)
  return ok({ ...answer, version: lead.version + (row.writes ? 1 : 0) })
}

class SettledMeanwhile extends Error {}

/** The disposition that the held update gives, unless it is decided against; given again, it is an outcome too. */
function outcomeOf(
  held: HeldUpdate,
  clashes: Clash[],
  decisions: Record<string, Decision>,
  rules: Rules,
): Disposition | null {
  const { disposition } = held.incoming
  if (typeof disposition !== 'string') return null
  const clashing = clashes.some(({ group }) => group === 'outcome')
  if (clashing && decisions.outcome?.take !== 'mine') return null
  return rules.dispositions.get(fold(disposition)) ?? null
}

/** The patch that the decisions make of a clash: every clashing group needs one. */
function decide(
  held: HeldUpdate,
  sides: { patch: Values; clashes: Clash[] },
  decisions: Record<string, Decision>,
  rules: Rules,
): Outcome<Values> {
  const problems: Problem[] = []
  const group_of = groupOf(rules.fields)
  const invalid = (field: string, detail: string) => problems.push({ name: 'INVALID_FIELD', field, detail })
  const patch: Record<string, Values[string]> = { ...sides.patch }
  const clashes = new Map(sides.clashes.map((clash) => [clash.group, clash]))
  for (const group of Object.keys(decisions))
    if (!clashes.has(group)) invalid(`decisions.${group}`, 'this group does not clash')
  for (const { group, paths, base } of clashes.values()) {
    const decision = Object.hasOwn(decisions, group) ? decisions[group] : undefined
    if (!decision) {
      invalid(`decisions.${group}`, 'this group clashes and needs a decision')
      continue
    }
    switch (decision.take) {
      case 'theirs':
        break
      case 'mine':
        // What the update names over what it started from: the whole group, never half of each side.
        for (const path of paths)
          patch[path] = (path in held.incoming ? held.incoming[path] : base[path]) ?? null
        break
      case 'base':
        for (const path of paths) patch[path] = base[path] ?? null
        break
      case 'value':
        for (const [path, value] of Object.entries(decision.value ?? {})) {
          const field = path.startsWith('fields.') ? rules.fields.named(path.slice(7)) : undefined
          if (!field || group_of(path) !== group)
            invalid(`decisions.${group}.value.${path}`, 'is no field of this group')
          else if (isNoChange(value ?? ''))
            invalid(`decisions.${group}.value.${path}`, '<NO CHANGE> is no value: take one of the sides')
          else {
            const read = readFieldValue(field, value ?? '')
            if ('problem' in read) invalid(`decisions.${group}.value.${path}`, read.problem)
            else patch[path] = read.text || null
          }
        }
        break
      default:
        decision.take satisfies never
    }
  }
  return problems.length > 0 ? refuseFields(problems as [Problem, ...Problem[]]) : ok(patch)
}
