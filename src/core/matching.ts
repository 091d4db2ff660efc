// When two values of a path are the same, for the three-way merge: no one is asked about a trailing blank, another spelling
// of a number, or the capitals of a mail server.

import { type Field, type FieldTable, fold } from './field.ts'
import { groupOf, type Matching, type Scalar } from './merge.ts'
import { withoutEnds } from './text.ts'
import { readFieldValue } from './value.ts'

/** The number that a text of a phone field means; null: none. */
export type NumberReader = (text: string) => number | string | null

/** By the fields of a template. `numberIn`: how phone texts are read. */
export function matchingBy(fields: FieldTable, numberIn: NumberReader = digitsIn): Matching {
  const fieldOf = (path: string) =>
    path.startsWith(FIELDS) ? fields.named(path.slice(FIELDS.length)) : undefined
  const plain = (path: string, value: Scalar): Scalar => {
    if (typeof value !== 'string') return value
    const field = fieldOf(path)
    const text = field ? plainField(field, value, numberIn) : plainText(path, value)
    return text === '' ? null : text
  }
  return {
    groupOf: groupOf(fields),
    kindOf: (path) => fieldOf(path)?.kind,
    same: (path, one, other) => one === other || plain(path, one) === plain(path, other),
  }
}

const FIELDS = 'fields.'

/** Without the numbering plans, which are too large for the browser: the same digits are the same number. */
const digitsIn = (text: string) => text.replace(/[\s().-]/g, '') || null

function plainField(field: Field, value: string, numberIn: NumberReader): string {
  const read = readFieldValue(field, value, { lenient: true })
  if ('problem' in read) return value
  const { text, bad } = read
  if (text === '' || bad !== undefined) return text
  if (field.kind === 'number') return plainNumber(text)
  if (field.kind === 'email') return text.replace(/@[^@]*$/, (domain) => domain.toLowerCase())
  if (field.kind !== 'phone') return text
  const number = numberIn(text)
  return number === null ? text : `+${number}`
}

function plainText(path: string, value: string): string {
  const text = withoutEnds(value).normalize('NFC')
  if (path === 'callback') return text.replace(/^(.{10}T\d\d:\d\d)$/, '$1:00')
  return path === 'disposition' || path === 'contact_hours' ? fold(text) : text
}

/**
 * A decimal number without what makes no other number of it: '+400.0', '4e2' and '400' are one. Exact, however many digits
 * it has.
 */
export function plainNumber(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const bare = digits.replace(/0+$/, '')
  if (bare === '') return '0'
  const power = Number(exponent) - fraction.length + digits.length - bare.length
  return `${sign === '-' ? '-' : ''}${bare}e${power}`
}
