// Lines of a CSV file (RFC 4180).

import { asCsvCell } from './cell-damage.ts'

const QUOTED = /[",\r\n]/

const cell = (text: string) => (QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A line of cells as they are. */
export const csvLine = (texts: readonly string[]) => `${texts.map(cell).join(',')}\r\n`

/** A line of texts that no spreadsheet runs. */
export const csvTexts = (texts: readonly string[]) => csvLine(texts.map(asCsvCell))

/** Without it a spreadsheet takes UTF-8 for an old encoding. */
export const CSV_START = '\ufeff'
