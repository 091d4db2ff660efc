// Answers behind a commit, which never deny it.

import type { Call } from './context.ts'
import { placeOf } from './errors.ts'

/**
 * Reads behind a commit; answers `certain` when reading fails or finds nothing. A transaction that reads what it writes
 * needs none of this.
 */
export async function certainly<Found, Certain>(
  call: Call,
  certain: Certain,
  read: () => Promise<Found | undefined>,
): Promise<Found | Certain> {
  try {
    return (await read()) ?? certain
  } catch (error) {
    const { log } = call.services
    log.warn({ request_id: call.by.request_id, ...placeOf(error) }, 'reading behind a commit failed')
    return certain
  }
}
