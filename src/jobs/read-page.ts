// Reads the rows of a page that was pulled: JSON, a JSON document on each line, or CSV.

import { setImmediate as turn } from 'node:timers/promises'
import Papa, { type ParseError, type ParseResult, type Parser } from 'papaparse'
import { type Charset, decode } from '../core/charset.ts'
import { type JsonObject, type JsonValue, readAtOnce, readInStretches } from '../core/document.ts'
import { LIMITS } from '../core/limits.ts'
import type { PullFormat, PullSetUp } from '../core/pull.ts'

/** Undefined: it is no row. */
type Row = JsonObject | undefined
/** The rows of a page; or the rest of a sentence about the pull. */
export type PulledPage =
  | { rows: readonly Row[]; problem?: undefined }
  | { rows?: undefined; problem: string; wait_s?: number | null }

/** `rows_at` begins at the document. */
type Reader = (text: string, bytes: Uint8Array, rows_at: string) => Promise<PulledPage>

export async function readPage(
  body: Buffer,
  declared: Charset | undefined,
  { format, rows_at }: Pick<PullSetUp, 'format' | 'rows_at'>,
): Promise<PulledPage> {
  const decoded = decode(body, { declared })
  if (!decoded) return { problem: `the answer is not ${declared ?? 'utf-8'}: let it name its charset` }
  return READERS[format](decoded.text, body, rows_at)
}

async function readJson(text: string, bytes: Uint8Array, rows_at: string): Promise<PulledPage> {
  const stretches = readInStretches(bytes, { text, charset: 'utf-8' })
  let read = stretches.next()
  while (!read.done) {
    await turn()
    read = stretches.next()
  }
  if (read.value.refusal) return { problem: `the answer is no JSON: ${read.value.refusal.detail}` }
  const found = valueAt(read.value.ok, rows_at)
  if (Array.isArray(found)) return { rows: found.map(rowOf) }
  return {
    problem: `there are no rows at ${rows_at === '' ? 'the top of the answer' : rows_at}: a list is needed`,
  }
}

/** What a JSON pointer points at. */
function valueAt(document: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = document
  for (const segment of pointer.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~')
    value = value instanceof Map ? value.get(key) : Array.isArray(value) ? value[Number(key)] : undefined
  }
  return value
}

const rowOf = (value: JsonValue): Row => (value instanceof Map ? value : undefined)

/** The rows of a page by now. The bounds of a JSON document hold for every format: 8 MB of short lines fill the memory. */
class Rows {
  readonly list: Row[] = []
  #values = 0
  problem: string | undefined

  add(row: Row): void {
    this.list.push(row)
    this.#values += row ? valuesIn(row) : 1
    if (this.list.length > LIMITS.json_entries_max) this.#end(LIMITS.json_entries_max, 'rows')
    else if (this.#values > LIMITS.json_values_max) this.#end(LIMITS.json_values_max, 'values')
  }

  #end(max: number, what: string): void {
    this.problem = `the answer has more than ${max} ${what}: let it hold fewer rows`
  }

  page(): PulledPage {
    return this.problem === undefined ? { rows: this.list } : { problem: this.problem }
  }
}

function valuesIn(value: JsonValue): number {
  if (!(value instanceof Map || Array.isArray(value))) return 1
  let values = 1
  for (const inner of value.values()) values += valuesIn(inner)
  return values
}

const NO_BYTES = new Uint8Array()
/** Lines that are read in one turn. */
const LINES_PER_TURN = 500

async function readLines(text: string): Promise<PulledPage> {
  const rows = new Rows()
  let line = 0
  for (let at = 0; at < text.length && rows.problem === undefined; line++) {
    if (line % LINES_PER_TURN === 0) await turn()
    const end = text.indexOf('\n', at)
    const found = text.slice(at, end < 0 ? text.length : end)
    at += found.length + 1
    if (found.trim() !== '') rows.add(rowAt(found))
  }
  return rows.page()
}

function rowAt(line: string): Row {
  const read = readAtOnce(readInStretches(NO_BYTES, { text: line, charset: 'utf-8' }))
  return read.refusal ? undefined : rowOf(read.ok)
}

const CSV_CHUNK = 128 * 1024

async function readCsv(text: string): Promise<PulledPage> {
  let names: string[] | undefined
  const rows = new Rows()
  let problem: string | undefined
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(text, {
      skipEmptyLines: 'greedy',
      chunkSize: CSV_CHUNK,
      chunk: ({ data, errors }: ParseResult<string[]>, parser: Parser) => {
        names ??= data.shift()?.map((name) => name.trim())
        problem ??= headingProblem(names ?? []) ?? (errors.some(isOfQuotes) ? BAD_QUOTES : undefined)
        for (const cells of data) {
          if (problem !== undefined) break
          rows.add(rowUnder(names!, cells))
          problem = rows.problem
        }
        if (problem !== undefined) {
          parser.abort()
          resolve()
          return
        }
        parser.pause()
        setImmediate(() => parser.resume())
      },
      complete: () => resolve(),
      error: reject,
    })
  })
  return problem === undefined ? rows.page() : { problem }
}

const isOfQuotes = ({ type }: ParseError) => type === 'Quotes'
const BAD_QUOTES = 'the answer is no CSV: a quote is not closed, or is in the middle of a value'

function headingProblem(names: readonly string[]): string | undefined {
  if (names.length > LIMITS.json_keys_max)
    return `the heading of the CSV has more than ${LIMITS.json_keys_max} names`
  return new Set(names).size < names.length ? 'the heading of the CSV has a name twice' : undefined
}

const rowUnder = (heading: readonly string[], cells: readonly string[]): Row =>
  cells.length === heading.length ? new Map(heading.map((name, i) => [name, cells[i]!])) : undefined

const READERS: Record<PullFormat, Reader> = { json: readJson, ndjson: readLines, csv: readCsv }
