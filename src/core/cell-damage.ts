// What spreadsheets do to the texts of cells, seen in the cell itself.

import type { TableRemarkCode } from './table.ts'

const FORMULA_TEXT = /^=\s*"(.*)"$/s
const APOSTROPHE = /^'(?=[+=@(\d\t\r-])/
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
