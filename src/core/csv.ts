// Lines of CSV that a spreadsheet may open: no cell of ours is run as a formula.

/** A spreadsheet shows the text behind the apostrophe; our own reading leaves it out. */
const FORMULA = /^[=+\-@\t\r]/

const csvCell = (text: string) => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

export const csvLine = (cells: readonly string[]) => `${cells.map(csvCell).join(',')}\r\n`

/** Without it a spreadsheet takes UTF-8 for an old encoding. */
export const CSV_START = '\ufeff'
