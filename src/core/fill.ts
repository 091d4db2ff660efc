// How many leads a fill takes: in all, and of those with one disposition.

/** Null: no limit. */
interface FillLimits {
  leads_max: number | null
  /** Null: whatever disposition they have. */
  picks: readonly { code: string; leads_max: number | null }[] | null
}

interface Filled {
  moved: number
  /** By disposition. */
  moved_with: Readonly<Record<string, number>>
}

interface Room {
  all: number
  of: (code: string) => number
}

/** How many more leads there is room for. */
function roomIn({ leads_max, picks }: FillLimits, { moved, moved_with }: Filled): Room {
  const maxima = new Map(picks?.map(({ code, leads_max: max }) => [code, max ?? Infinity]))
  const taken = new Map(Object.entries(moved_with))
  return {
    all: (leads_max ?? Infinity) - moved,
    of: (code) => (picks === null ? Infinity : (maxima.get(code) ?? 0)) - (taken.get(code) ?? 0),
  }
}

/** Those of the leads, in order, that there is room for. */
export function withinLimits<Lead extends { code: string }>(
  limits: FillLimits,
  filled: Filled,
  leads: readonly Lead[],
): Lead[] {
  const room = roomIn(limits, filled)
  const taken = new Map<string, number>()
  let all = 0
  return leads.filter(({ code }) => {
    const same = taken.get(code) ?? 0
    if (all >= room.all || same >= room.of(code)) return false
    taken.set(code, same + 1)
    all++
    return true
  })
}

/** Whether there is room for no lead at all. */
export function isFull(limits: FillLimits, filled: Filled): boolean {
  const room = roomIn(limits, filled)
  return room.all <= 0 || (limits.picks?.every(({ code }) => room.of(code) <= 0) ?? false)
}

/** How many leads a fill would take of so many with each disposition. */
export function wouldFill(limits: FillLimits, counts: Readonly<Record<string, number>>): number {
  const room = roomIn(limits, { moved: 0, moved_with: {} })
  const fitting = Object.entries(counts).reduce(
    (sum, [code, leads]) => sum + Math.min(leads, room.of(code)),
    0,
  )
  return Math.min(room.all, fitting)
}
