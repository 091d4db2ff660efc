// A call that the customer has asked for: only some may make it less urgent.

import type { LeadState } from './lead.ts'
import type { Values } from './merge.ts'

type Asked = Pick<LeadState, 'client_approved' | 'priority'>

/** A call that the customer asked for becomes no less urgent, and stays marked as asked for. */
export function keepApproved(lead: Asked, patch: Values): Values {
  if (!lead.client_approved) return patch
  const kept: Record<string, Values[string]> = { ...patch }
  if (typeof kept.priority === 'number' && kept.priority > lead.priority) delete kept.priority
  if (kept.client_approved === false) delete kept.client_approved
  return kept
}

/** Whether these values would make such a call less urgent. */
export const putsOff = (lead: Asked, patch: Values): boolean =>
  Object.keys(keepApproved(lead, patch)).length < Object.keys(patch).length
