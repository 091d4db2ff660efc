// A file of numbers: read whole, then sent to the server in chunks.
//
// The rules are those of the source system's CSV: a column Phone, maybe a column Expires, the row of headings may be
// absent. Quotes are read around a plain value only; a file that needs more is refused.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Reply } from '../client/answer.ts'
import { NoAnswer, type Problem } from '../client/client.ts'
import { readExpires } from '../core/dnc-number.ts'
import { LIMITS } from '../core/limits.ts'
import { say, UsageError } from './terminal.ts'

export interface FileRow {
  /** Line of the file, from 1. */
  line: number
  phone: string
  /** RFC 3339; absent: none was given. */
  expires_at?: string
}

const HEADINGS = ['Phone', 'Expires']
const CELL_LENGTH_MAX = 100

/**
 * All rows of a file ('-': stdin), read before anything is sent. Throws UsageError for the first line that is not
 * understood; whether a value is a number is for the server to say.
 */
export async function readNumberFile(path: string): Promise<FileRow[]> {
  const name = path === '-' ? 'stdin' : path
  const rows: FileRow[] = []
  try {
    const input = path === '-' ? process.stdin : createReadStream(path)
    let columns: string[] | undefined
    let line = 0
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const cells = cellsOf(line++ === 0 ? text.replace(/^\ufeff/, '') : text, line)
      if (cells.every((cell) => cell === '')) continue
      const is_heading = columns === undefined && isHeading(cells)
      columns ??= is_heading ? headings(cells, line) : HEADINGS
      if (!is_heading) rows.push(rowOf(cells, columns, line))
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  if (rows.length === 0) throw new UsageError(`${name} has no numbers`)
  return rows
}

const refusal = (line: number, problem: string) => new UsageError(`line ${line} ${problem}; nothing was sent`)

/** Quotes, and the formula ="…" by which programs keep a spreadsheet from taking a number for an amount. */
const QUOTED = /^\s*(?:=?"(?<text>[^"]*)"|"=""(?<text>[^"]*)""")\s*$/

function cellsOf(text: string, line: number): string[] {
  if (text.includes('\0')) throw refusal(line, 'is no UTF-8 text')
  return text.split(',').map((cell) => {
    const value = QUOTED.exec(cell)?.groups?.text ?? cell
    if (value.includes('"')) throw refusal(line, 'has a comma or a quote inside of quotes, which is not read')
    return value.trim()
  })
}

/** A number has a digit: a first line without one is meant as headings. */
const isHeading = ([first = '']: string[]) => !/\p{Nd}/u.test(first)

function headings(cells: string[], line: number): string[] {
  if (
    cells.every((cell, i) => HEADINGS.includes(cell) && cells.indexOf(cell) === i) &&
    cells.includes('Phone')
  )
    return cells
  throw refusal(line, 'has no headings that are known: they are exactly Phone, or Phone and Expires')
}

function rowOf(cells: string[], columns: string[], line: number): FileRow {
  if (cells.length > columns.length) throw refusal(line, 'has more columns than Phone and Expires')
  const cell = (name: string) => cells[columns.indexOf(name)] ?? ''
  const [phone, expires] = [cell('Phone'), cell('Expires')]
  if (phone === '') throw refusal(line, 'has no number')
  if (phone.length > CELL_LENGTH_MAX) throw refusal(line, 'is longer than any number')
  if (expires === '') return { line, phone }
  const expires_at = readExpires(expires)
  if (expires_at === undefined)
    throw refusal(line, 'has an Expires that is neither a date (2027-06-30) nor an RFC 3339 time')
  return { line, phone, expires_at }
}

/** The point at which sending a file ended, and what we know about the lines that were on their way. */
interface Stop {
  from_line: number
  to_line: number
  /** Null: it cannot be told. */
  written: false | null
  detail: string
  /** How many numbers were sent before, and are done. */
  done: number
  not_sent: number
}

/**
 * Sends rows in chunks, each of which is written whole or not at all; `take` gets what became of each. Undefined: all
 * were sent. Stops at the first chunk that is refused or not answered.
 */
export async function inChunks<Body>(
  rows: readonly FileRow[],
  send: (chunk: readonly FileRow[]) => Promise<Reply<Body>>,
  take: (body: Body, chunk: readonly FileRow[]) => void,
): Promise<{ stop?: Stop; unanswered?: NoAnswer }> {
  const chunk_max = LIMITS.dnc_numbers_max
  for (let sent = 0; sent < rows.length; sent += chunk_max) {
    const chunk = rows.slice(sent, sent + chunk_max)
    const done = sent + chunk.length
    const answer = await send(chunk).catch(noAnswer)
    if (answer instanceof NoAnswer || !answer.ok) {
      const lines = { from_line: chunk[0]!.line, to_line: chunk.at(-1)!.line }
      const stop = { ...lines, ...reasonOf(answer), done: sent, not_sent: rows.length - done }
      return answer instanceof NoAnswer ? { stop, unanswered: answer } : { stop }
    }
    take(answer.body, chunk)
    if (rows.length > chunk_max) say(`${done} of ${rows.length}`)
  }
  return {}
}

function noAnswer(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) return error
  throw error
}

function reasonOf(answer: { body: Problem } | NoAnswer): Pick<Stop, 'written' | 'detail'> {
  if (answer instanceof NoAnswer) return { written: null, detail: 'there was no answer' }
  const { code, name, detail, written } = answer.body
  return { written: written === 'unknown' ? null : false, detail: `${code} ${name} ${detail}` }
}

/** Reports a file that was not sent to its end. */
export function tellStop({ from_line, to_line, written, detail, done, not_sent }: Stop): void {
  const what = written === null ? 'not known whether they were written' : 'nothing of them was written'
  say(`lines ${from_line} to ${to_line}: ${what}: ${detail}`)
  if (done > 0) say(`the ${done} numbers before them are done`)
  if (not_sent > 0) say(`the ${not_sent} numbers after them were not sent`)
  say('run the same again: what is done already is not done twice')
}
