// A table as an Excel workbook (.xlsx), row by row. Texts are cells of text, so that a spreadsheet neither runs them nor
// drops digits of numbers.

import { asTextCell } from '../core/cell-damage.ts'
import type { Cell } from '../core/export-columns.ts'
import { columnLetters } from '../core/table-head.ts'
import { type ZipEntry, zipBytes } from './zip.ts'

/** What one sheet of Excel holds. A longer table goes on in the next sheet, under the same headings. */
export interface SheetLimits {
  rows_max: number
  bytes_max: number
}
const EXCEL: SheetLimits = { rows_max: 1_048_576, bytes_max: 3_500_000_000 }
/** Excel takes a file with a longer text for a damaged one. */
const CELL_UNITS_MAX = 32_767

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

export interface WorkbookTable {
  /** Of its sheets: Leads, Leads 2. */
  name: string
  headings: readonly string[]
  rows: AsyncIterable<readonly (readonly Cell[])[]>
}

export const workbookBytes = (table: WorkbookTable, at: Date, limits = EXCEL): AsyncGenerator<Buffer> =>
  zipBytes(parts(table, limits), at)

async function* parts(
  { name, headings, rows }: WorkbookTable,
  limits: SheetLimits,
): AsyncGenerator<ZipEntry> {
  yield { name: 'xl/styles.xml', content: [STYLES] }
  const source = new Rows(rows)
  const sheets: string[] = []
  // The first sheet is there without rows, too.
  do {
    sheets.push(sheets.length === 0 ? name : `${name} ${sheets.length + 1}`)
    yield { name: `xl/worksheets/sheet${sheets.length}.xml`, content: sheetXml(headings, source, limits) }
  } while (await source.isMore())
  yield { name: '[Content_Types].xml', content: [typesXml(sheets)] }
  yield {
    name: '_rels/.rels',
    content: [relationsXml([['officeDocument', 'xl/workbook.xml']])],
  }
  yield { name: 'xl/workbook.xml', content: [bookXml(sheets)] }
  yield {
    name: 'xl/_rels/workbook.xml.rels',
    content: [
      relationsXml([
        ...sheets.map((_, i) => ['worksheet', `worksheets/sheet${i + 1}.xml`] as const),
        ['styles', 'styles.xml'],
      ]),
    ],
  }
}

/** Rows that the sheets take one after the other. */
class Rows {
  readonly #batches: AsyncIterator<readonly (readonly Cell[])[]>
  #batch: readonly (readonly Cell[])[] = []
  #next = 0

  constructor(batches: WorkbookTable['rows']) {
    this.#batches = batches[Symbol.asyncIterator]()
  }

  async isMore(): Promise<boolean> {
    while (this.#next >= this.#batch.length) {
      const { done, value } = await this.#batches.next()
      if (done) return false
      this.#batch = value
      this.#next = 0
    }
    return true
  }

  /** Those of the batch at hand, `rows_max` at most. */
  take(rows_max: number): readonly (readonly Cell[])[] {
    const taken = this.#batch.slice(this.#next, this.#next + rows_max)
    this.#next += taken.length
    return taken
  }

  async end(): Promise<void> {
    await this.#batches.return?.()
  }
}

async function* sheetXml(
  headings: readonly string[],
  source: Rows,
  { rows_max, bytes_max }: SheetLimits,
): AsyncGenerator<string> {
  const letters = headings.map((_, column) => columnLetters(column))
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/><sheetData>`
  yield rowXml(1, headings, letters, HEADING_STYLE)
  let row = 1
  let units = 0
  let is_whole = false
  try {
    // A text has three bytes for each unit at most.
    while (row < rows_max && units * 3 < bytes_max && (await source.isMore())) {
      const text = source
        .take(rows_max - row)
        .map((cells) => rowXml(++row, cells, letters, TEXT_STYLE))
        .join('')
      units += text.length
      yield text
    }
    yield '</sheetData></worksheet>'
    is_whole = true
  } finally {
    if (!is_whole) await source.end()
  }
}

const TEXT_STYLE = 1
const HEADING_STYLE = 2

/** Cells of text keep their format when somebody writes another number into them. */
const STYLES = `${HEAD}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

function rowXml(row: number, cells: readonly Cell[], letters: readonly string[], style: number): string {
  let xml = `<row r="${row}">`
  for (const [column, cell] of cells.entries()) {
    if (cell === null || cell === undefined || cell === '') continue
    const at = `${letters[column]}${row}`
    if (typeof cell === 'number') xml += `<c r="${at}"><v>${cell}</v></c>`
    else if (typeof cell === 'boolean') xml += `<c r="${at}" t="b"><v>${Number(cell)}</v></c>`
    else
      xml += `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${xmlText(bounded(asTextCell(cell)))}</t></is></c>`
  }
  return `${xml}</row>`
}

/** Half a character at the end goes, too. */
const bounded = (text: string) =>
  text.length > CELL_UNITS_MAX ? text.slice(0, CELL_UNITS_MAX).replace(/[\ud800-\udbff]$/, '') : text

/** What XML cannot hold, line ends that it would change, and texts that look like what is written for them. */
const ESCAPED = /[\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[\da-fA-F]{4}_)/g
const MARKUP = /[&<>]/g
const NAMES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

const xmlText = (text: string) =>
  text
    .toWellFormed()
    .replace(ESCAPED, (char) => `_x${char.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}_`)
    .replace(MARKUP, (char) => NAMES[char]!)

const typesXml = (sheets: readonly string[]) =>
  `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${sheets
    .map(
      (_, i) => `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
    )
    .join('')}</Types>`

const relationsXml = (targets: readonly (readonly [type: string, target: string])[]) =>
  `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${targets
    .map(
      ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
    )
    .join('')}</Relationships>`

const bookXml = (sheets: readonly string[]) =>
  `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets
    .map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
    .join('')}</sheets></workbook>`
