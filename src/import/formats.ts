// What kind of file it is, by its bytes: names lie.

import type { FileProblem } from '../core/table.ts'
import { UnreadableFile } from './unreadable.ts'

export type Packing = 'zip' | 'gz' | 'compound' | 'text'

const SIGNS: readonly (readonly [sign: string, found: Packing | FileProblem])[] = [
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
  ['504b0708', 'zip'],
  ['1f8b', 'gz'],
  ['d0cf11e0a1b11ae1', 'compound'],
  ['0908', 'old_excel'],
  ['0904', 'old_excel'],
  ['0902', 'old_excel'],
  ['0900', 'old_excel'],
  ['25504446', 'unknown_format'], // PDF
  ['89504e47', 'unknown_format'], // PNG
  ['ffd8ff', 'unknown_format'], // JPEG
  ['47494638', 'unknown_format'], // GIF
  ['526172211a07', 'unknown_format'], // RAR
  ['377abcaf271c', 'unknown_format'], // 7z
  ['7b5c727466', 'unknown_format'], // RTF
  ['49443b50', 'other_spreadsheet'], // SYLK
]

const PACKINGS: readonly string[] = ['zip', 'gz', 'compound', 'text'] satisfies Packing[]
const isPacking = (found: string): found is Packing => PACKINGS.includes(found)

/** Throws UnreadableFile for what is no table. */
export function packingOf(start: Buffer): Packing {
  if (start.length === 0) throw new UnreadableFile('empty')
  const hex = start.subarray(0, 8).toString('hex')
  const found = SIGNS.find(([sign]) => hex.startsWith(sign))?.[1] ?? 'text'
  if (isPacking(found)) return found
  throw new UnreadableFile(found)
}

const READABLE = /\.(?:csv|tsv|tab|txt|dat|psv|xlsx|xls|html?)$/i
/** Registers. Beside tables, such a file only says something about them. */
const XML = /\.xml$/i
const LEFT_BY_PROGRAMS = /(?:^|\/)(?:__MACOSX\/|\.|~\$)/

/** The files of an archive that can be tables, by their names. */
export function tablesAmong(names: readonly string[]): string[] {
  const own = names.filter((name) => !LEFT_BY_PROGRAMS.test(name))
  const tables = own.filter((name) => READABLE.test(name) || !/\.\w{1,5}$/.test(name))
  return tables.length > 0 ? tables : own.filter((name) => XML.test(name))
}

/** Whether a zip is a document of an office program, and of none that can be read. Throws UnreadableFile then. */
export function isWorkbook(names: readonly string[]): boolean {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name))
  if (has(/^xl\/workbook\.bin$/) || has(/^mimetype$/) || has(/^Index\/.*\.iwa$/))
    throw new UnreadableFile('other_spreadsheet')
  if (has(/vbaProject\.bin$/i)) throw new UnreadableFile('macros')
  if (!has(/^\[Content_Types\]\.xml$/i)) return false
  if (has(/^(?:word|ppt)\//)) throw new UnreadableFile('unknown_format')
  return true
}

export type TextKind = 'table' | 'html' | 'register'

/** The first element, behind what comes before it. */
const REGISTER = /^(?:<\?xml[^>]*\?>|<!--[\s\S]*?-->|\s)*<(?:list|ac)\s[^>]*\bval\s*=/i

/** What a text is. Throws UnreadableFile for documents that are no table. */
export function textKindOf(head: string): TextKind {
  if (head.includes('\0')) throw new UnreadableFile('unknown_format')
  const start = head.trimStart()
  if (/^<(?:!doctype html|html|head|meta|table|style|body)\b/i.test(start)) return 'html'
  if (start.startsWith('<?xml') || /^<(?:\w+:)?Workbook\b/.test(start)) {
    if (/<!DOCTYPE(?! html)|<!ENTITY/i.test(start)) throw new UnreadableFile('entities')
    if (/<html\b/i.test(start)) return 'html'
    if (REGISTER.test(start)) return 'register'
    throw new UnreadableFile('other_spreadsheet')
  }
  if (REGISTER.test(start)) return 'register'
  if (/^(?:\{\s*"|\[\s*[{[])/.test(start) && /"\s*:/.test(start)) throw new UnreadableFile('unknown_format')
  return 'table'
}
