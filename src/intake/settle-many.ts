// One decision for many held updates. Each is judged by itself, against its lead as it is now, and written by itself: one
// that needs a person stays open.

import { type Decisions, openGroups } from '../core/conflict.ts'
import type { LeadState } from '../core/lead.ts'
import type { Rules } from '../core/rules.ts'
import type { HeldUpdate } from '../db/held-updates.ts'
import { findLeads } from '../db/leads.ts'
import { behindCommit, type Db } from '../db/pool.ts'
import { type HeldSides, heldSides, settle } from './settle.ts'
import type { Reader } from './sides.ts'
import type { UpdateRoads, WriteRequest } from './write.ts'

/** The side that is taken, by group. */
export type Takes = Readonly<Record<string, 'mine' | 'theirs' | 'base'>>

export const LEFT_REASONS = [
  'linked',
  'do_not_call',
  'undecided',
  'moved',
  'settled',
  'gone',
  'refused',
] as const
/**
 * Why one is left to a person. linked: a linked rule asks for one. do_not_call: it would put numbers on a list, which
 * nothing takes back. undecided: more clashes than was decided. moved: the lead has changed since. settled: it is not open
 * any more. gone: the lead was forgotten. refused: the write was refused, as for a number that another lead has.
 */
export type LeftReason = (typeof LEFT_REASONS)[number]

export interface Left {
  held: HeldUpdate
  why: LeftReason
  detail?: string
}

/** The decisions for one held update, or why they must be made by a person. */
export function decisionsFor({ groups, given }: HeldSides, takes: Takes): Decisions | LeftReason {
  const open = openGroups(groups)
  if (open.some((group) => group.class === 'linked')) return 'linked'
  const taken = (group: string) => (Object.hasOwn(takes, group) ? takes[group] : undefined)
  if (open.some(({ group }) => taken(group) === undefined)) return 'undecided'
  if (given?.kind === 'dnc' && (taken('outcome') ?? 'mine') === 'mine') return 'do_not_call'
  return Object.fromEntries(
    groups.flatMap(({ group }) => {
      const take = taken(group)
      return take ? [[group, { take }]] : []
    }),
  )
}

export interface Beside {
  held: HeldUpdate
  lead: LeadState | undefined
  rules: Rules
  /** Undefined: it is settled, or the lead is forgotten. */
  sides: HeldSides | undefined
}

/** Held updates beside their leads as they are now, read together, in order. Only open ones have sides. */
export async function besideLeads(
  db: Db,
  helds: readonly { held: HeldUpdate; rules: Rules }[],
  now: string,
): Promise<Beside[]> {
  if (helds.length === 0) return []
  const leads = await findLeads(
    db,
    helds.map(({ held: { campaign_id, lead_number } }) => ({
      campaign_id,
      number: lead_number,
      external_id: null,
    })),
  )
  const found = helds.map((one, i) => ({ ...one, lead: leads[i] }))
  const open = found.flatMap(({ held, lead, rules }) =>
    lead && held.state === 'open' ? [{ held, lead, rules }] : [],
  )
  const sides = await heldSides(db, open, now)
  const sides_of = new Map(open.map(({ held }, i) => [held, sides[i]]))
  return found.map((one) => ({ ...one, sides: sides_of.get(one.held) }))
}

interface ManyRequest extends Omit<WriteRequest, 'rules'> {
  /** `lead_version`: the version of the lead that the decision was made for. */
  helds: readonly { held: HeldUpdate; rules: Rules; lead_version: number }[]
  takes: Takes
  bulk_id: number
  may_put_off: boolean
  reader: Reader
}

/** Settles each that the decision fits, one after the other. Asked again, it counts those that it has settled before. */
export async function settleMany(
  roads: UpdateRoads,
  { helds, takes, bulk_id, ...request }: ManyRequest,
): Promise<{ settled: HeldUpdate[]; left: Left[] }> {
  const settled: HeldUpdate[] = []
  const left: Left[] = []
  const found = await besideLeads(roads.pool, helds, request.now)
  for (const [i, { held, lead, rules, sides }] of found.entries()) {
    const { lead_version } = helds[i]!
    if (held.bulk_id === bulk_id) settled.push(held)
    else if (!lead) left.push({ held, why: 'gone' })
    else if (!sides) left.push({ held, why: 'settled' })
    else if (lead.version !== lead_version) left.push({ held, why: 'moved' })
    else {
      const decisions = decisionsFor(sides, takes)
      if (typeof decisions === 'string') {
        left.push({ held, why: decisions })
        continue
      }
      const resolution = { lead_version, decisions }
      const one = () => settle(roads, { ...request, held, rules, bulk_id, resolution })
      const { refusal } = await (settled.length > 0 ? behindCommit(one) : one())
      if (refusal) left.push({ held, ...whyRefused(refusal) })
      else settled.push(held)
    }
  }
  return { settled, left }
}

function whyRefused({ name, detail }: { name: string; detail: string }): Pick<Left, 'why' | 'detail'> {
  if (name === 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT') return { why: 'moved' }
  return name === 'UNKNOWN_TARGET' ? { why: 'settled' } : { why: 'refused', detail }
}
