// A table that was read from a file: its shape, its rows, and what there is to say about it.

export const TEXT_ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'iso-8859-2',
  'iso-8859-15',
  'macintosh',
  'shift_jis',
  'euc-kr',
  'big5',
  'gb18030',
] as const
export type TextEncoding = (typeof TEXT_ENCODINGS)[number]

/** xml: a register of numbers. */
export type TableFormat = 'text' | 'xlsx' | 'xls' | 'html' | 'xml'

/** What a person or an earlier import has decided; the rest is found out. */
export interface TableChoices {
  /** The file of an archive, by its name. */
  file?: string
  sheet?: string
  encoding?: TextEncoding
  /** One character between cells; '' for a file of one column. */
  delimiter?: string
  /** The character around cells; '' for none. */
  quote?: string
  /** The row of the headings; null: there is none, and every row is data. */
  heading_row?: number | null
  /** Whether rows after the data (totals, the lines of a report) are given like all others. */
  keep_footer?: boolean
}

/** What was found out without certainty: show it, and let people change it. */
export type Guess = 'encoding' | 'delimiter' | 'heading'

export interface TableShape {
  format: TableFormat
  packed: 'zip' | 'gz' | null
  /** The readable files of an archive, and the one that is read. */
  files: string[]
  file: string | null
  encoding: TextEncoding | null
  delimiter: string | null
  quote: string | null
  sheets: string[]
  sheet: string | null
  heading_row: number | null
  /** A distinct name for each column: its heading, 'Phone (2)' for the second of two, 'Column C' without one. */
  columns: string[]
  guesses: Guess[]
  /** The first rows of data. */
  sample: TableRow[]
}

export interface TableRow {
  /** As the program of the file numbers it: blank rows count, and a cell of several lines is one row. */
  row: number
  /** Texts by column; a row may end early, or have cells beyond the columns. */
  cells: string[]
}

/** Closed list. What a file has that people should know before its leads are taken. */
export const TABLE_REMARKS = {
  exponent:
    'A spreadsheet has rewritten numbers (4.12E+08), and digits are lost. Format the column as text in the original, and export again.',
  digits_lost:
    'Numbers have more than 15 digits, and a spreadsheet has made the rest zeros. Format the column as text in the original, and export again.',
  formula_text: 'Texts are written as formulas (="0412"): the text inside is taken.',
  apostrophe: "Texts begin with the apostrophe of a spreadsheet ('+61): it is left out.",
  error_value: 'Cells hold an error of a spreadsheet (#N/A, #NAME?, #REF!) instead of a value.',
  too_narrow: 'Cells hold ##### instead of a value: the column was too narrow when it was saved.',
  doubled_heading: 'Several columns have this heading. They are told apart by a number.',
  no_heading: 'The column has values, but no heading.',
  merged: 'Cells are merged: their value counts for the first of them only.',
  surplus_cells: 'Rows have more cells than there are columns. Check the delimiter and the quotes.',
  bad_quotes: 'A quote is not closed, or has text behind it. Check these rows.',
  bad_bytes: 'Characters do not belong to the encoding and are shown as \u{fffd}. Choose another encoding.',
  footer: 'Rows after the data (totals, or the lines of a report) are left out.',
  blank_rows: 'Blank rows are left out.',
  no_value: 'Formulas have no stored value. Open the file in a spreadsheet and save it.',
  other_sheets: 'The workbook has more sheets. Only this one is read.',
  other_files: 'The archive has more files. Only this one is read.',
} as const
export type TableRemarkCode = keyof typeof TABLE_REMARKS

export interface TableRemark {
  code: TableRemarkCode
  /** From 0; null: it is about the file, or about whole rows. */
  column: number | null
  count: number
  /** The first of them. */
  rows: number[]
}

/** Closed list. Why a file cannot be read, and what to do. */
export const FILE_PROBLEMS = {
  empty: 'The file holds no rows.',
  unknown_format: 'This is no table that can be read. Save it as CSV or as an Excel workbook (.xlsx).',
  other_spreadsheet: 'This kind of spreadsheet is not read. Save it as CSV or as an Excel workbook (.xlsx).',
  old_excel: 'The workbook is from before Excel 97. Open it in a spreadsheet and save it as .xlsx.',
  encrypted: 'The file is protected by a password. Save it without one.',
  macros: 'The workbook holds macros, which are refused. Save it as a workbook without macros (.xlsx).',
  entities: 'The file declares entities of its own, which are refused. Save it with a spreadsheet.',
  damaged: 'The file is damaged, or was not uploaded to its end.',
  too_large: 'The file is too large.',
  bomb: 'The archive unpacks to far more than its size, and is refused.',
  too_wide: 'The table has too many columns.',
  row_too_long: 'A row does not end: a quote is not closed, or the line end or the delimiter is another one.',
  no_such_sheet: 'The workbook has no such sheet.',
  no_such_file: 'The archive has no such file that can be read.',
  no_such_row: 'The file has no such row for the headings.',
  memory: 'The file needs more memory than reading may take. Save it as CSV.',
  crashed: 'Reading the file failed.',
  cancelled: 'Reading the file was cancelled.',
} as const
export type FileProblem = keyof typeof FILE_PROBLEMS
