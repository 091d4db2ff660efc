// Reads the rows of a page that was pulled: JSON, a JSON document on each line, or CSV.

import { setImmediate as turn } from 'node:timers/promises'
import Papa, { type ParseResult, type Parser } from 'papaparse'
import { type Charset, decode } from '../core/charset.ts'
import { type JsonObject, type JsonValue, readAtOnce, readInStretches } from '../core/document.ts'
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

const NO_BYTES = new Uint8Array()
/** Lines that are read in one turn. */
const LINES_PER_TURN = 500

async function readLines(text: string): Promise<PulledPage> {
  const rows: Row[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (i % LINES_PER_TURN === 0) await turn()
    if (line.trim() === '') continue
    const read = readAtOnce(readInStretches(NO_BYTES, { text: line, charset: 'utf-8' }))
    rows.push(read.refusal ? undefined : rowOf(read.ok))
  }
  return { rows }
}

const CSV_CHUNK = 128 * 1024

async function readCsv(text: string): Promise<PulledPage> {
  let names: string[] | undefined
  const rows: Row[] = []
  let is_cut = false
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(text, {
      skipEmptyLines: 'greedy',
      chunkSize: CSV_CHUNK,
      chunk: ({ data, errors }: ParseResult<string[]>, parser: Parser) => {
        is_cut ||= errors.some(({ type }) => type === 'Quotes')
        names ??= data.shift()?.map((name) => name.trim())
        for (const cells of data) rows.push(rowUnder(names!, cells))
        parser.pause()
        setImmediate(() => parser.resume())
      },
      complete: () => resolve(),
      error: reject,
    })
  })
  if (is_cut)
    return { problem: 'the answer is no CSV: a quote is not closed, or is in the middle of a value' }
  return names && new Set(names).size < names.length
    ? { problem: 'the heading of the CSV has a name twice' }
    : { rows }
}

const rowUnder = (heading: readonly string[], cells: readonly string[]): Row =>
  cells.length === heading.length ? new Map(heading.map((name, i) => [name, cells[i]!])) : undefined

const READERS: Record<PullFormat, Reader> = { json: readJson, ndjson: readLines, csv: readCsv }
