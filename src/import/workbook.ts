// What an Excel workbook (.xlsx) says of its sheets, styles and texts.

import { dirname, posix } from 'node:path'
import { cleanName } from '../core/table-head.ts'
import { builtInFormat, type CellFormat, readFormat } from './cell-format.ts'
import { SharedStrings } from './shared-strings.ts'
import type { ZippedFile } from './unpack.ts'
import { UnreadableFile } from './unreadable.ts'
import { readWholeXml } from './xml.ts'

export interface Workbook {
  /** The sheets that people see, and the parts that hold them. */
  sheets: ReadonlyMap<string, string>
  is_1904: boolean
  /** By the number of a style. */
  formats: readonly CellFormat[]
  texts: SharedStrings
}

interface Relation {
  type: string
  target: string
}

const ROOT = '_rels/.rels'

/** `texts_path`: where a file for the texts may be made. */
export async function readWorkbook(archive: ZippedFile, texts_path: string): Promise<Workbook> {
  const root = [...(await relationsOf(archive, '')).values()]
  const main = root.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  if (!archive.has(main)) throw new UnreadableFile('damaged', 'It has no workbook.')
  const relations = await relationsOf(archive, main)
  const partOf = (kind: string) => [...relations.values()].find(({ type }) => type === kind)?.target
  const sheets = new Map<string, string>()
  let is_1904 = false
  await readWholeXml(archive.bytes(main), {
    open: (name, attributes) => {
      if (name === 'workbookPr') is_1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '')
      if (name !== 'sheet' || /hidden/i.test(attributes.state ?? '')) return
      const id = Object.entries(attributes).find(([key]) => key === 'id' || key.endsWith(':id'))?.[1]
      const relation = relations.get(id ?? '')
      // Charts and dialogs are sheets as well.
      if (relation?.type === 'worksheet') sheets.set(cleanName(attributes.name ?? ''), relation.target)
    },
  })
  if (sheets.size === 0) throw new UnreadableFile('empty')
  const styles = partOf('styles')
  const strings = partOf('sharedStrings')
  const formats = styles && archive.has(styles) ? await readFormats(archive, styles) : []
  const texts = new SharedStrings(texts_path)
  if (strings && archive.has(strings)) await readTexts(archive, strings, texts)
  texts.end()
  return { sheets, is_1904, formats, texts }
}

async function relationsOf(archive: ZippedFile, part: string): Promise<Map<string, Relation>> {
  const path = part === '' ? ROOT : `${dirname(part)}/_rels/${posix.basename(part)}.rels`
  const found = new Map<string, Relation>()
  if (!archive.has(path)) return found
  await readWholeXml(archive.bytes(path), {
    open: (name, { Id, Type, Target, TargetMode }) => {
      if (name !== 'Relationship' || TargetMode === 'External' || !Id || !Type || !Target) return
      const target = Target.startsWith('/')
        ? Target.slice(1)
        : posix.join(part === '' ? '' : dirname(part), Target)
      found.set(Id, { type: posix.basename(Type), target })
    },
  })
  return found
}

async function readFormats(archive: ZippedFile, part: string): Promise<CellFormat[]> {
  const codes = new Map<number, CellFormat>()
  const formats: CellFormat[] = []
  let is_cell = false
  await readWholeXml(archive.bytes(part), {
    open: (name, { numFmtId, formatCode }) => {
      if (name === 'cellXfs') is_cell = true
      else if (name === 'numFmt') codes.set(Number(numFmtId), readFormat(formatCode ?? ''))
      else if (name === 'xf' && is_cell)
        formats.push(codes.get(Number(numFmtId)) ?? builtInFormat(Number(numFmtId)))
    },
    close: (name) => {
      if (name === 'cellXfs') is_cell = false
    },
  })
  return formats
}

async function readTexts(archive: ZippedFile, part: string, texts: SharedStrings): Promise<void> {
  let text = ''
  let is_text = false
  let is_reading_aid = false
  await readWholeXml(archive.bytes(part), {
    open: (name) => {
      if (name === 'si') text = ''
      else if (name === 't') is_text = !is_reading_aid
      // How Japanese is pronounced, beside the text itself.
      else if (name === 'rPh') is_reading_aid = true
    },
    text: (piece) => {
      if (is_text) text += piece
    },
    close: (name) => {
      if (name === 't') is_text = false
      else if (name === 'rPh') is_reading_aid = false
      else if (name === 'si') texts.add(unescaped(text))
    },
  })
}

const ESCAPED = /_x([\da-f]{4})_/gi

/** Characters that XML cannot hold, and line ends, are written `_x000D_`. */
export const unescaped = (text: string) =>
  text.includes('_x')
    ? text.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text
