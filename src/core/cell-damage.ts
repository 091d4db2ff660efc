// What spreadsheets do to the texts of cells, seen in the cell itself; and how texts are written so that neither a
// spreadsheet nor reading does it to them.

import type { TableRemarkCode } from './table.ts'

const FORMULA_TEXT = /^=\s*"(.*)"$/s
/** Behind more apostrophes, too: a text that begins so itself is written with one more. */
const APOSTROPHE = /^'(?='*[+=@(\d\t\r#-])/
const ERROR = /^#(?:N\/A|NAME\?|REF!|VALUE!|DIV\/0!|NUM!|NULL!)$/i
const TOO_NARROW = /^#{3,}$/
const EXPONENT = /^[+-]?\d(?:[.,]\d+)?E[+-]?\d+$/i
/** A double keeps 15 digits; behind them a spreadsheet writes zeros. */
const DIGITS_LOST = /^[1-9]\d{14}0+$/

interface Damage {
  code: TableRemarkCode
  /** What the cell says nevertheless. */
  text: string
}

/** Undefined: nothing is seen. */
export function damageIn(cell: string): Damage | undefined {
  switch (cell.charCodeAt(0)) {
    case 0x3d: {
      const text = FORMULA_TEXT.exec(cell)?.[1]
      return text === undefined ? undefined : { code: 'formula_text', text: text.replaceAll('""', '"') }
    }
    case 0x27:
      return APOSTROPHE.test(cell) ? { code: 'apostrophe', text: cell.slice(1) } : undefined
    case 0x23:
      if (ERROR.test(cell)) return { code: 'error_value', text: '' }
      return TOO_NARROW.test(cell) ? { code: 'too_narrow', text: '' } : undefined
    default:
      if (EXPONENT.test(cell)) return { code: 'exponent', text: cell }
      return DIGITS_LOST.test(cell) ? { code: 'digits_lost', text: cell } : undefined
  }
}

/** A spreadsheet takes such a text of a CSV file for a formula. */
const FORMULA = /^[=+\-@\t\r]/

const isChanged = (text: string) => {
  const damage = damageIn(text)
  return damage !== undefined && damage.text !== text
}

/** A text as a cell of a workbook, which knows that it is a text: `damageIn` gives it back. */
export const asTextCell = (text: string) => (isChanged(text) ? `'${text}` : text)

/** A text as a cell of a CSV file: no spreadsheet runs it, and `damageIn` gives it back. */
export const asCsvCell = (text: string) => (FORMULA.test(text) ? `'${text}` : asTextCell(text))
