// Departures of the stored lead from the request: named to the caller, without a value.

/** The closed list. Public: a code never changes its meaning. */
export const WARNINGS = {
  utf8: 'Declared as another charset, its bytes are UTF-8: it is read as UTF-8.',
  file: 'A file: it is not kept.',
  api_key: 'An API key in the body: it is not kept, and does not count.',
} as const

export type WarningCode = keyof typeof WARNINGS

export interface Warning {
  code: WarningCode
  /** The name of the field, or the key as it is kept. */
  field: string
}

const HEADER_UNITS_MAX = 2_000

/** The header: `file=Photo, utf8=Content-Type`. Fields are percent-encoded; the rest is left away where it does not fit. */
export function warningsHeader(warnings: readonly Warning[]): string {
  const parts = new Set(
    warnings.map(({ code, field }) => `${code}=${encodeURIComponent(field.toWellFormed())}`),
  )
  let header = ''
  for (const part of parts)
    if (header.length + part.length < HEADER_UNITS_MAX) header += header === '' ? part : `, ${part}`
  return header
}
