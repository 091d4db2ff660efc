// What the cells of a column look like, whatever its heading says.

import { findDayOrder } from './day-order.ts'
import { type Region, readPhone } from './phone.ts'
import { isNoPhone } from './phone-text.ts'
import { isEmptyCell } from './table-head.ts'

export type ContentKind = 'empty' | 'phone' | 'email' | 'date' | 'number' | 'check' | 'text'

export interface ColumnContent {
  kind: ContentKind
  /** The cells that are not empty. */
  values: string[]
  /** Of phone numbers: most are numbers only with a zero in front, which a spreadsheet has dropped. */
  lost_zero: boolean
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/
const CHECK = /^(?:true|false|yes|no|y|n|ja|nein|oui|non|x)$/i
/** Fewer digits are ids, years and post codes. */
const PHONE_DIGITS_MIN = 7
const DIGITS = /^\d+$/

export function contentOf(cells: readonly (string | undefined)[], region: Region): ColumnContent {
  const values = cells.filter((cell) => !isEmptyCell(cell)) as string[]
  if (values.length === 0) return { kind: 'empty', values, lost_zero: false }
  const most = (is: (value: string) => boolean) => values.filter(is).length * 2 > values.length
  const found = (kind: ContentKind) => ({ kind, values, lost_zero: false })
  if (most((value) => EMAIL.test(value.trim()))) return found('email')
  if (findDayOrder(values) !== undefined) return found('date')
  const numbers = values.filter((value) => isPhoneLike(value))
  const good = numbers.filter((value) => readPhone(value, region).number !== null)
  if (good.length * 2 > values.length) return found('phone')
  const mended = numbers.filter((value) => needsZero(value, region))
  if ((good.length + mended.length) * 2 > values.length)
    return { kind: 'phone', values, lost_zero: mended.length > good.length }
  if (most((value) => NUMBER.test(value.trim()))) return found('number')
  return found(most((value) => CHECK.test(value.trim())) ? 'check' : 'text')
}

const isPhoneLike = (value: string) =>
  (value.match(/\d/g)?.length ?? 0) >= PHONE_DIGITS_MIN && !isNoPhone(value)

/** Whether digits are a number of the region only with a zero in front. */
export const needsZero = (value: string, region: Region): boolean => {
  const text = value.trim()
  return (
    DIGITS.test(text) &&
    !text.startsWith('0') &&
    readPhone(text, region).number === null &&
    readPhone(`0${text}`, region).number !== null
  )
}
