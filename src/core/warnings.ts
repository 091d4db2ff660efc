// Warnings name values that were not kept exactly as sent, to the caller and in the lead's event, without the value.

import { LIMITS } from './limits.ts'

/** The closed list. Public: a code never changes its meaning. */
export const WARNINGS = {
  trimmed: 'Line ends, tabs or characters that show nothing are taken off its ends.',
  one_line: 'Line ends and tabs in it are blanks.',
  invisible: 'Characters that show nothing, or that reverse text, are taken out.',
  replaced: 'Half a character is replaced by U+FFFD.',
  cut: `It has more than ${LIMITS.text_points_max.toLocaleString('en')} characters, or 64 marks on one letter: the rest is cut off.`,
  joined: 'A list of values: they are joined with commas.',
  json: 'An object under a key that is no field: it is kept as JSON text.',
  day_only: 'A date with a time: the day is kept.',
  no_value: 'The text means that there is no value: a new lead has none, an update changes nothing.',
  null_value: 'Null, or a list without a value, in an update: no change.',
  bad_value: 'The text does not fit the kind of the field: it is kept with a mark, and not used.',
  not_taken: 'The text does not fit the kind of the field: the lead keeps its good value.',
  left_out: 'The key is left out: the lead has no room for it, or it cannot be kept.',
  left_aside: 'Leadline only hands this system field out: it is left aside.',
  utf8: 'Declared as another charset, its bytes are UTF-8: it is read as UTF-8.',
  file: 'A file is not kept.',
  api_key: 'An API key in the body is not kept, and does not count.',
  outside_hours:
    'The callback is at a time when the contact hours are closed: the call is made when they open.',
  more: 'This many more are not named.',
} as const

export type WarningCode = keyof typeof WARNINGS
export const WARNING_CODES = Object.keys(WARNINGS) as [WarningCode, ...WarningCode[]]

export interface Warning {
  code: WarningCode
  /** The name of the field, or the key as it is kept; of `more` the number. */
  field: string
}

/** The warnings that an event keeps: each once, and a bounded number of them; undefined for none. */
export function boundedWarnings(warnings: readonly Warning[]): readonly Warning[] | undefined {
  if (warnings.length === 0) return undefined
  const each = [...new Map(warnings.map((warning) => [`${warning.code} ${warning.field}`, warning])).values()]
  const surplus = each.length - LIMITS.warnings_max
  if (surplus <= 0) return each
  return [...each.slice(0, LIMITS.warnings_max), { code: 'more', field: String(surplus) }]
}

/**
 * The header: `trimmed=Name, cut=Notes`. Fields are percent-encoded, rows of many are counted from 1: `cut=Notes;row=3`.
 * It is bounded; what does not fit is counted: `more=12`.
 */
export function warningsHeader(warnings: readonly (Warning & { row?: number })[]): string {
  const parts = new Set<string>()
  let length = 0
  let left = 0
  for (const { code, field, row } of warnings) {
    const place = row === undefined ? '' : `;row=${row}`
    const part = left > 0 ? '' : `${code}=${encodeURIComponent(field.toWellFormed())}${place}`
    if (parts.has(part)) continue
    length += part.length + 2
    if (left > 0 || length > LIMITS.warnings_header_max) left++
    else parts.add(part)
  }
  return [...parts, ...(left > 0 ? [`more=${left}`] : [])].join(', ')
}
