// Writes .xlsx files as Excel does: texts in a part of their own, dates as numbers with a format.

import { columnLetters } from '../../src/core/table-head.ts'
import { writeZip, type ZipPart } from './zip-writer.ts'

/** A text, a number, a number with the format of that place in `formats`, or XML as it is. */
export type XlsxCell = string | number | { number: number; format: number } | { xml: string } | null

export interface XlsxSheet {
  name: string
  rows: Iterable<readonly XlsxCell[]>
  merged?: string[]
  is_hidden?: boolean
}

interface XlsxOptions {
  /** Codes of number formats. */
  formats?: string[]
  is_1904?: boolean
  /** Texts are in their cells, as programs write them that stream. */
  is_inline?: boolean
  more?: ZipPart[]
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export async function writeXlsx(
  path: string,
  sheets: readonly XlsxSheet[],
  { formats = [], is_1904 = false, is_inline = false, more = [] }: XlsxOptions = {},
): Promise<void> {
  const texts = new Map<string, number>()
  const numberOf = (text: string) => {
    const known = texts.get(text)
    if (known !== undefined) return known
    texts.set(text, texts.size)
    return texts.size - 1
  }
  const relations = [...sheets.map((_, i) => ['worksheet', `worksheets/sheet${i + 1}.xml`]), ...SHARED]
  await writeZip(path, [
    { name: '[Content_Types].xml', content: `${HEAD}<Types/>` },
    {
      name: '_rels/.rels',
      content: `${HEAD}<Relationships><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      content: `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr date1904="${is_1904 ? 1 : 0}"/><sheets>${sheets
        .map(
          ({ name, is_hidden }, i) =>
            `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"${is_hidden ? ' state="hidden"' : ''}/>`,
        )
        .join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `${HEAD}<Relationships>${relations
        .map(
          ([type, target], i) =>
            `<Relationship Id="rId${i + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
        )
        .join('')}</Relationships>`,
    },
    { name: 'xl/styles.xml', content: stylesXml(formats) },
    ...sheets.map((sheet, i) => ({
      name: `xl/worksheets/sheet${i + 1}.xml`,
      content: sheetXml(sheet, is_inline ? undefined : numberOf),
    })),
    // It is written last: only now all texts are known.
    { name: 'xl/sharedStrings.xml', content: textsXml(texts) },
    ...more,
  ])
}

const SHARED = [
  ['styles', 'styles.xml'],
  ['sharedStrings', '/xl/sharedStrings.xml'],
]

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`).replace(/\r/g, '_x000D_')

const FIRST_OWN_FORMAT = 164

const stylesXml = (formats: readonly string[]) =>
  `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts>${formats
    .map((code, i) => `<numFmt numFmtId="${FIRST_OWN_FORMAT + i}" formatCode="${escaped(code)}"/>`)
    .join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
    .map((_, i) => `<xf numFmtId="${FIRST_OWN_FORMAT + i}"/>`)
    .join('')}</cellXfs></styleSheet>`

const PIECE = 64 * 1024

function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  yield piece
}

const sheetXml = (sheet: XlsxSheet, numberOf: ((text: string) => number) | undefined) =>
  inPieces(
    (function* () {
      yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>`
      let row = 0
      for (const cells of sheet.rows) {
        row++
        if (cells.length === 0) continue
        yield `<row r="${row}">`
        for (const [column, cell] of cells.entries())
          if (cell !== null) yield cellXml(`${columnLetters(column)}${row}`, cell, numberOf)
        yield '</row>'
      }
      yield '</sheetData>'
      const { merged = [] } = sheet
      if (merged.length > 0)
        yield `<mergeCells>${merged.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`
      yield '</worksheet>'
    })(),
  )

function cellXml(
  at: string,
  cell: Exclude<XlsxCell, null>,
  numberOf: ((text: string) => number) | undefined,
) {
  if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`
  if (typeof cell === 'string')
    return numberOf
      ? `<c r="${at}" t="s"><v>${numberOf(cell)}</v></c>`
      : `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`
  if ('xml' in cell) return cell.xml.replace('<c', `<c r="${at}"`)
  return `<c r="${at}" s="${cell.format + 1}"><v>${cell.number}</v></c>`
}

const textsXml = (texts: ReadonlyMap<string, number>) =>
  inPieces(
    (function* () {
      yield `${HEAD}<sst xmlns="${MAIN}">`
      for (const text of texts.keys()) yield `<si><t xml:space="preserve">${escaped(text)}</t></si>`
      yield '</sst>'
    })(),
  )
