// Logs are lines of JSON on stderr. What is logged is named field by field: never a URL, a body, a key or a number.

import pino, { type Logger } from 'pino'

export type { Logger }

export function createLog(level: string): Logger {
  const stderr = pino.destination({ dest: 2, sync: true })
  // Nobody reads any more: the server goes on without a log.
  stderr.on('error', () => undefined)
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stderr)
}
