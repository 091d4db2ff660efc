// Answers after a commit never deny it, and they name values that were not kept as they were sent.

import { type Warning, warningsHeader } from '../core/warnings.ts'
import type { Call } from './context.ts'
import { traceOf } from './errors.ts'

/**
 * Reads after a commit; gives `certain` if reading fails or finds nothing. A transaction that reads its own writes does
 * not need this.
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
    log.warn({ request_id: call.by.request_id, ...traceOf(error) }, 'reading behind a commit failed')
    return certain
  }
}

/** Names the fields that were not kept as they were sent, without their values. Rows are counted from 1. */
export function nameWarnings(call: Call, warnings: readonly (Warning & { row?: number })[] = []): void {
  if (warnings.length > 0) call.reply.header('X-Leadline-Warnings', warningsHeader(warnings))
}
