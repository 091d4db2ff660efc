// Who is signed in, for the addresses that need to know before they open.

import { redirect } from '@tanstack/react-router'
import type { Operator } from '../../../src/client/api.ts'
import { queries } from '../api/client.ts'
import { sessionQuery } from '../api/session.ts'
import { openKept } from '../kept.ts'

export const session = () => queries.ensureQueryData(sessionQuery)

/** Turns everybody else to the sign-in, and back to here. */
export async function signedIn(href: string): Promise<Operator> {
  const { setup, operator, drafts_key } = await session()
  if (setup) throw redirect({ to: '/setup' })
  if (!operator || !drafts_key) throw redirect({ to: '/login', search: { to: href } })
  await openKept(operator.operator_id, drafts_key)
  return operator
}
