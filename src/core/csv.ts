// Rows as CSV that a spreadsheet reads as they are.

/** A formula would be worked out: such a text gets an apostrophe. A number with its country code is none. */
const FORMULA = /^(?!\+\d+$)[=+\-@\t\r]/

export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvLine = (cells: readonly string[]) => `${cells.map(csvCell).join(',')}\r\n`

/** A line for each row, below the headings. */
export const csvOf = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings, ...rows].map(csvLine).join('')

/** Without it a spreadsheet takes UTF-8 for an old encoding. */
export const CSV_START = '\ufeff'
