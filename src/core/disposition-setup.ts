// What a disposition may look like when it is set up.

import type { Disposition } from './rules.ts'

/** What does not go together, with the property that is wrong; undefined: nothing. */
export function dispositionProblem({
  kind,
  delay_s,
  next_day,
  redials_max,
}: Pick<Disposition, 'kind' | 'delay_s' | 'next_day' | 'redials_max'>):
  | { field: string; detail: string }
  | undefined {
  const closing = kind === 'final' || kind === 'dnc'
  if (closing && (delay_s !== null || next_day))
    return {
      field: delay_s !== null ? '/delay_s' : '/next_day',
      detail: `a lead does not come back after ${kind}`,
    }
  if (delay_s !== null && next_day)
    return { field: '/next_day', detail: 'it comes back after a delay or on the next day, not both' }
  if (redials_max !== null && kind !== 'retry')
    return { field: '/redials_max', detail: 'only a retry has a limit of re-dials' }
  return undefined
}
