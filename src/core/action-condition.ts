// The conditions that a conditional action asks of a lead's values.

import { isBlank } from './phone-text.ts'

export const CONDITION_OPS = [
  'equals',
  'not_equals',
  'contains',
  'empty',
  'not_empty',
  'greater',
  'less',
] as const

export interface Condition {
  /** A field or a system value: `City`, `njPriority`. */
  field: string
  op: (typeof CONDITION_OPS)[number]
  /** The value to compare with; absent for empty and not_empty. */
  value?: string
}

const NUMBER = /^\s*[+-]?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i

/**
 * Whether a condition holds for a value ('' for none). Texts compare in any case, without surrounding blanks; greater
 * and less compare numbers as numbers and everything else as text, which is right for dates. Nothing is neither.
 */
export function holds({ op, value = '' }: Condition, actual: string): boolean {
  switch (op) {
    case 'empty':
      return isBlank(actual)
    case 'not_empty':
      return !isBlank(actual)
    case 'equals':
      return plain(actual) === plain(value)
    case 'not_equals':
      return plain(actual) !== plain(value)
    case 'contains':
      return plain(actual).includes(plain(value))
    case 'greater':
      return !isBlank(actual) && compare(actual, value) > 0
    case 'less':
      return !isBlank(actual) && compare(actual, value) < 0
    default:
      return op satisfies never
  }
}

/** Stored texts are in NFC already, and may be long. */
const plain = (text: string) => text.trim().toLowerCase()

function compare(a: string, b: string): number {
  if (NUMBER.test(a) && NUMBER.test(b)) return Number(a) - Number(b)
  const [left, right] = [plain(a), plain(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
