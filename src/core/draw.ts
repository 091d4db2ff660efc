// How a virtual allocation draws on its members: by ratio, or in one order with penalties.

import { compareOrdered } from './queue.ts'
import type { FieldProblem } from './result.ts'

export interface Draws {
  by: 'ratio' | 'penalty'
  members: readonly DrawnMember[]
}

export interface DrawnMember {
  allocation_id: number
  /** By ratio: this part of the sum of all shares. */
  share?: number
  /** By penalty: added to the priority of its leads. */
  penalty?: number
}

/** What is wrong with it by itself; whether the members are there is not known here. */
export function drawProblems({ by, members }: Draws): FieldProblem[] {
  const [own, other] = by === 'ratio' ? (['share', 'penalty'] as const) : (['penalty', 'share'] as const)
  return members.flatMap((member, i) => {
    const problem = (name: string, detail: string): FieldProblem => ({
      name: 'INVALID_FIELD',
      field: `/draws/members/${i}/${name}`,
      detail,
    })
    const is_again = members.findIndex(({ allocation_id }) => allocation_id === member.allocation_id) < i
    return [
      ...(member[own] === undefined ? [problem(own, `is missing: each member has one, by ${by}`)] : []),
      ...(member[other] === undefined ? [] : [problem(other, `does not count by ${by}`)]),
      ...(is_again ? [problem('allocation_id', 'is named twice')] : []),
    ]
  })
}

export interface RatioMember {
  member_id: number
  share: number
  /** By how many leads it is behind its share; below zero: ahead of it. */
  lag: number
}

/** Lags are counted in these parts of a lead, so that one that began elsewhere is kept almost as it was. */
const FINE = 1_000

/**
 * Which member gives each of the next leads, and how the lags are then. `stock`: how many leads each member has.
 *
 * Each lead is due to the members by their shares. Of those that are behind, the one gives it whose next lead must come
 * soonest to keep its share (earliest deadline first). So after any number of leads nobody is a whole lead away from its
 * share, and so many leads as the shares have parts are shared out exactly. A member that has none is left out: its share
 * falls to the others, and it does not catch up. Only the differences between lags count, so those of the members that
 * give are brought to a sum of zero.
 */
export function drawByRatio(
  members: readonly RatioMember[],
  stock: ReadonlyMap<number, number>,
  count: number,
): { picks: number[]; lags: Map<number, number> } {
  const lags = new Map(members.map(({ member_id, lag }) => [member_id, lag]))
  const left = new Map(stock)
  const has = (id: number) => (left.get(id) ?? 0) > 0
  const picks: number[] = []
  while (picks.length < count) {
    const giving = members.filter(({ member_id }) => has(member_id))
    if (giving.length === 0) break
    const sum = giving.reduce((all, { share }) => all + share, 0)
    const lead = FINE * sum
    const parts = giving.map(({ member_id, share }) => ({
      member_id,
      share,
      behind: Math.round(lags.get(member_id)! * lead),
    }))
    const excess = parts.reduce((all, { behind }) => all + behind, 0)
    for (const part of parts) part.behind -= Math.round((excess * part.share) / sum)
    do {
      for (const part of parts) part.behind += FINE * part.share
      const next = soonest(parts, lead)
      next.behind -= lead
      picks.push(next.member_id)
      left.set(next.member_id, left.get(next.member_id)! - 1)
    } while (picks.length < count && parts.every(({ member_id }) => has(member_id)))
    for (const { member_id, behind } of parts) lags.set(member_id, behind / lead)
  }
  return { picks, lags }
}

interface Part {
  member_id: number
  share: number
  behind: number
}

function soonest(parts: readonly Part[], lead: number): Part {
  const behind = parts.filter((part) => part.behind > 0)
  const among = behind.length > 0 ? behind : parts
  return among.reduce((first, part) =>
    (lead - part.behind) * first.share < (lead - first.behind) * part.share ? part : first,
  )
}

/** A lead that a member could give. */
export interface Head {
  member_id: number
  priority: number
  due_at: string | null
  number: number
}

/** Which member gives each of the next leads, in the order of all their leads, with the penalties of their members. */
export const drawByPenalty = (
  penalties: ReadonlyMap<number, number>,
  heads: readonly Head[],
  count: number,
): number[] =>
  heads
    .map((head) => ({ ...head, priority: head.priority + (penalties.get(head.member_id) ?? 0) }))
    .sort(compareOrdered)
    .slice(0, count)
    .map(({ member_id }) => member_id)
