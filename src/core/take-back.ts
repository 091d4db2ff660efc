// Taking back one's own mistake at once, without asking anybody.

/** How long a change can be taken back by its author alone. */
export const OWN_CHANGE_MS = 10 * 60_000

/** `at`: RFC 3339. */
interface Made {
  version: number
  actor: string
  at: string
}

/**
 * Whether an operator takes back a change of their own of the last minutes that nobody has built on. Then the lead is
 * only as it was before their slip, so they need no right to what the undo does: a call that the customer has asked for
 * may become less urgent again.
 */
export const isOwnSlip = (made: Made, lead_version: number, actor: string, now: string): boolean =>
  actor.startsWith('operator:') &&
  made.actor === actor &&
  made.version === lead_version &&
  Date.parse(now) - Date.parse(made.at) <= OWN_CHANGE_MS
