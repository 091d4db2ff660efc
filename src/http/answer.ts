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

const WARNINGS_HEADER = 'X-Leadline-Warnings'

/**
 * Names the fields that were not kept as they were sent, without their values, beside those that are named already. Rows
 * are counted from 1.
 */
export function nameWarnings(call: Call, warnings: readonly (Warning & { row?: number })[] = []): void {
  if (warnings.length === 0) return
  const before = call.reply.getHeader(WARNINGS_HEADER)
  const named = [before, warningsHeader(warnings)].filter((list) => typeof list === 'string')
  call.reply.header(WARNINGS_HEADER, [...new Set(named.join(', ').split(', '))].join(', '))
}
