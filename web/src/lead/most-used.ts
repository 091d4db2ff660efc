// The outcomes that an operator gives most, as far as this browser has seen. At another desk the order of kinds holds until
// some are counted there: a key must not change its meaning because of calls that were made elsewhere meanwhile.

import type { Disposition } from '../../../src/client/api.ts'
import { readKept } from '../store.ts'

/** As many as have a key: 1 to 5. */
const OFFERED = 5
const nameOf = (operator_id: number) => `leadline.outcomes.${operator_id}`

type Uses = Record<string, number>

function usesOf(operator_id: number): Uses {
  const kept = readKept(nameOf(operator_id))
  return typeof kept === 'object' && kept !== null ? (kept as Uses) : {}
}

export function countUse(operator_id: number, code: string): void {
  const uses = usesOf(operator_id)
  try {
    localStorage.setItem(
      nameOf(operator_id),
      JSON.stringify({ ...uses, [code]: (Number(uses[code]) || 0) + 1 }),
    )
  } catch {
    // A browser that keeps nothing offers the first ones of the set.
  }
}

/** The order before anything has been counted: most calls reach nobody, and Do Not Call is no key to slip onto. */
const KINDS: readonly Disposition['kind'][] = ['retry', 'callback', 'client_callback', 'final', 'dnc']

/** By kind, and within a kind in the order of the set: it stays the same whatever is given. */
export const inOrderOfKinds = (dispositions: Iterable<Disposition>): Disposition[] =>
  [...dispositions]
    .filter(({ enabled }) => enabled)
    .sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind))

/** In the order of the set, so that a key changes its meaning only when another outcome takes its place. */
export function mostUsed(operator_id: number, dispositions: Iterable<Disposition>): Disposition[] {
  const uses = usesOf(operator_id)
  const offered = [...dispositions].filter(({ enabled }) => enabled)
  const used = ({ code }: Disposition) => Number(uses[code]) || 0
  const byUse = (a: Disposition, b: Disposition) =>
    used(b) - used(a) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)
  const chosen = new Set(offered.toSorted(byUse).slice(0, OFFERED))
  return offered.filter((one) => chosen.has(one))
}
