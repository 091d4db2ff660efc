// multipart/form-data (RFC 7578). Ours, and no package: the whole body is there already, within its budget; each value must be
// had as bytes with the charset of its part, and an unreadable part must be refused, where parsers decode leniently and
// pass over parts. Decision 0032 compares them.

import { CHARSETS_TEXT, charsetOf, type Said } from '../../core/charset.ts'
import { LIMITS } from '../../core/limits.ts'
import { ok, type Result, refuse } from '../../core/result.ts'
import type { Warning } from '../../core/warnings.ts'
import { typeOf } from '../body/content.ts'
import { type FormEntry, TOO_MANY } from './form.ts'

const malformed = (detail: string) => refuse('MALFORMED_REQUEST', `multipart/form-data: ${detail}`)

/** The entries of a form. A file is left aside with a warning; where none was chosen, browsers send an empty one. */
export function multipartEntries(
  bytes: Buffer,
  boundary: string | undefined,
  warnings: Warning[],
): Result<FormEntry[]> {
  if (boundary === undefined) return malformed('Content-Type names no boundary')
  const parts = split(bytes, boundary)
  if (parts.refusal) return parts
  const entries: FormEntry[] = []
  for (const part of parts.ok) {
    const read = readPart(part)
    if (read.refusal) return read
    const { entry, is_file } = read.ok
    if (!is_file) entries.push(entry)
    else if (entry.value.length > 0) warnings.push({ code: 'file', field: entry.name.toString() })
  }
  return ok(entries)
}

interface Part {
  head: string
  value: Buffer
}

const CRLF = '\r\n'
const HEAD_END = Buffer.from('\r\n\r\n')

/** The parts between the boundaries. */
function split(bytes: Buffer, boundary: string): Result<Part[]> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  // The first boundary has no line before it.
  const body = Buffer.concat([Buffer.from(CRLF), bytes])
  let at = nextDelimiter(body, delimiter, 0)
  if (!at)
    return malformed('the boundary of Content-Type is not in the body, or its lines do not end in CRLF')
  const parts: Part[] = []
  while (!at.is_last) {
    const next: Delimiter | undefined = nextDelimiter(body, delimiter, at.to)
    if (!next) return malformed('the body ends before the last boundary')
    if (parts.length >= LIMITS.json_entries_max) return TOO_MANY
    // The line end of the delimiter begins the head, so that an empty head ends like any other.
    const head_end = body.indexOf(HEAD_END, at.to)
    if (head_end < 0 || head_end > next.from) return malformed('a part has no empty line behind its headers')
    const head = body.toString('latin1', at.to, head_end)
    parts.push({ head, value: body.subarray(head_end + HEAD_END.length, next.from) })
    at = next
  }
  return ok(parts)
}

interface Delimiter {
  from: number
  /** Where its line ends. */
  to: number
  is_last: boolean
}

/** A boundary is a whole line; a line that only begins like one belongs to a value. */
function nextDelimiter(body: Buffer, delimiter: Buffer, start: number): Delimiter | undefined {
  for (let from = body.indexOf(delimiter, start); from >= 0; from = body.indexOf(delimiter, from + 1)) {
    const behind = from + delimiter.length
    const is_last = body.toString('latin1', behind, behind + 2) === '--'
    let to = behind
    while (body[to] === 0x20 || body[to] === 0x09) to++
    if (is_last || body.toString('latin1', to, to + 2) === CRLF) return { from, to, is_last }
  }
  return undefined
}

function readPart({ head, value }: Part): Result<{ entry: FormEntry & { name: Buffer }; is_file: boolean }> {
  const headers = headersOf(head)
  const disposition = headers.get('content-disposition') ?? ''
  const parameters = parametersOf(disposition)
  const name = parameters.get('name')
  if (!/^form-data\s*;/i.test(disposition) || name === undefined)
    return malformed('a part has no Content-Disposition: form-data with a name')
  if (!/^(?:7bit|8bit|binary|)$/i.test(headers.get('content-transfer-encoding') ?? ''))
    return malformed('a part has a Content-Transfer-Encoding: send values as they are')
  const said = saidOf(headers.get('content-type'))
  if (said.refusal) return said
  const is_file = parameters.has('filename') || parameters.has('filename*')
  return ok({ entry: { name: Buffer.from(name, 'latin1'), value, said: said.ok }, is_file })
}

function headersOf(head: string): ReadonlyMap<string, string> {
  const lines = head.split(CRLF).map((line) => line.split(':'))
  return new Map(lines.map(([name = '', ...rest]) => [name.trim().toLowerCase(), rest.join(':').trim()]))
}

const PARAMETER = /;\s*([^=;\s]+)\s*=\s*(?:"((?:\\"|[^"])*)"|([^;\s"]*))/g

function parametersOf(header: string): ReadonlyMap<string, string> {
  const found = [...header.matchAll(PARAMETER)]
  return new Map(
    found.map(([, name = '', quoted, bare = '']) => [name.toLowerCase(), unquoted(quoted ?? bare)]),
  )
}

/** Browsers write a double quote and line ends in a name as %22, %0D and %0A; curl writes \". */
const unquoted = (text: string) =>
  text.replaceAll('\\"', '"').replaceAll('%22', '"').replaceAll(/%0D/gi, '\r').replaceAll(/%0A/gi, '\n')

function saidOf(header: string | undefined): Result<Said | undefined> {
  const label = typeOf(header)?.params.get('charset')
  if (!label) return ok(undefined)
  const declared = charsetOf(label)
  return declared ? ok({ declared }) : malformed(`the charset of a part is not taken: send ${CHARSETS_TEXT}`)
}
