// The place of an open lead in the queue of its allocation.

import { isDialable, type LeadState } from './lead.ts'
import { LIMITS } from './limits.ts'

/** Null in `place`: the lead is not called. */
interface QueuePlace {
  state: 'ready' | 'waiting' | 'bound'
  /** When the place changes by itself; null: not. */
  wake_at: string | null
}

/**
 * `callback_at`: the instant of the lead's callback. A callback that is due goes to its agent alone for a grace time.
 * A lease that holds the lead is not known here; the statement that writes the place keeps it.
 */
export function queuePlaceOf(
  { closed, phones, callback_agent }: Pick<LeadState, 'closed' | 'phones' | 'callback_agent'>,
  callback_at: string | null,
  now: string,
): QueuePlace | null {
  if (closed || !phones.some(({ state }) => isDialable(state))) return null
  if (callback_at === null) return { state: 'ready', wake_at: null }
  const due = Date.parse(callback_at)
  const instant = Date.parse(now)
  if (due > instant) return { state: 'waiting', wake_at: callback_at }
  const grace_ends = due + LIMITS.callback_grace_s * 1_000
  return callback_agent !== null && grace_ends > instant
    ? { state: 'bound', wake_at: new Date(grace_ends).toISOString() }
    : { state: 'ready', wake_at: null }
}

/** The values that decide the order of hand-out. */
interface Ordered {
  priority: number
  /** The instant of the callback, RFC 3339 in UTC; null: a new lead. */
  due_at: string | null
  /** The lead's number: the later a lead came, the higher. */
  number: number
}

/** Priority, then callbacks, latest due first, then new leads, latest first. */
export function compareOrdered(a: Ordered, b: Ordered): number {
  if (a.priority !== b.priority) return a.priority - b.priority
  const [due_a, due_b] = [a, b].map(({ due_at }) => (due_at === null ? -Infinity : Date.parse(due_at)))
  return due_a === due_b ? b.number - a.number : due_b! - due_a!
}
