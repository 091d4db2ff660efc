// A number for a do-not-call list and the end of its entry, as a request or a file gives them.

import { type Region, readPhone } from './phone.ts'
import { isNoPhone } from './phone-text.ts'
import type { FieldProblem } from './result.ts'
import { isDate, readInstant } from './times.ts'

export type NumberRead<Value> =
  | { value: Value; problem?: undefined }
  | { value?: undefined; problem: FieldProblem }

export function readNumber(text: string, region: Region, field: string): NumberRead<number> {
  const { number, problem } = isNoPhone(text)
    ? { number: null, problem: 'is empty' }
    : readPhone(text, region)
  return number === null
    ? { problem: { name: 'INVALID_PHONE_NUMBER', field, detail: problem } }
    : { value: number }
}

/** When an entry ends; null: never. */
export function readExpiry(text: string | undefined, now: string, field: string): NumberRead<string | null> {
  if (text === undefined) return { value: null }
  const read = readInstant(text)
  const detail = 'problem' in read ? `has an expiry that ${read.problem}` : 'expires in the past'
  return 'at' in read && Temporal.Instant.compare(read.at, now) > 0
    ? { value: read.at }
    : { problem: { name: 'INVALID_FIELD', field, detail } }
}

/**
 * The instant at which an entry lapses; undefined for a text that is neither a date nor an RFC 3339 time. With a date, the
 * entry holds to the end of that day in UTC.
 */
export function readExpires(text: string): string | undefined {
  const date = /^(\d{4})[-/](\d\d)[-/](\d\d)$/.exec(text)
  const day = date?.slice(1).join('-')
  if (day !== undefined && !isDate(day)) return undefined
  const read = readInstant(
    day === undefined ? text : `${Temporal.PlainDate.from(day).add({ days: 1 })}T00:00:00Z`,
  )
  return 'at' in read ? read.at : undefined
}
