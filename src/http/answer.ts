// What answers have in common: behind a commit they never deny it, and they name what was read otherwise than it was sent.

import { type Warning, warningsHeader } from '../core/warnings.ts'
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

/** Names what was read otherwise than it was sent, without values; rows of many are counted from 1. */
export function nameWarnings(call: Call, warnings: readonly (Warning & { row?: number })[] = []): void {
  if (warnings.length > 0) call.reply.header('X-Leadline-Warnings', warningsHeader(warnings))
}
