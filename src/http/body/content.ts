// The type, charset and compression of a body, as the head of its request declares them.

import type { IncomingHttpHeaders } from 'node:http'
import { MIMEType } from 'node:util'
import { CHARSETS_TEXT, type Charset, charsetOf } from '../../core/charset.ts'
import { ok, type Result, refuse } from '../../core/result.ts'
import type { Style } from '../style.ts'
import type { Encoding } from './inflate.ts'

export interface Content {
  /** As declared. A body that is JSON is read as JSON all the same. */
  kind: 'json' | 'urlencoded' | 'multipart'
  boundary?: string
  /** Undefined: none is declared. */
  declared?: Charset
  encoding?: Encoding
}

const KINDS: Record<string, Content['kind']> = {
  'application/x-www-form-urlencoded': 'urlencoded',
  'multipart/form-data': 'multipart',
}

/** Refuses a body that the API cannot read before it arrives. */
export function readContent(headers: IncomingHttpHeaders, style: Style): Result<Content> {
  const encoding = readEncoding(headers['content-encoding'])
  if (encoding.refusal) return encoding
  const type = typeOf(headers['content-type'])
  const charset = readCharset(type, style)
  if (charset.refusal) return charset
  return ok({
    kind: KINDS[type?.essence ?? ''] ?? 'json',
    boundary: type?.params.get('boundary') || undefined,
    declared: charset.ok,
    encoding: encoding.ok,
  })
}

/** Undefined: there is none, or it cannot be understood. */
export function typeOf(header: string | undefined): MIMEType | undefined {
  try {
    return header === undefined ? undefined : new MIMEType(header)
  } catch {
    return undefined
  }
}

function readCharset(type: MIMEType | undefined, style: Style): Result<Charset | undefined> {
  const label = type?.params.get('charset')
  if (!label) return ok(undefined)
  const charset = charsetOf(label)
  if (style === 'v1' && charset !== 'utf-8') return refuse('MALFORMED_REQUEST', 'the body must be UTF-8')
  if (charset === undefined)
    return refuse('MALFORMED_REQUEST', `the charset of Content-Type is not taken: send ${CHARSETS_TEXT}`)
  return ok(charset)
}

const ENCODINGS: Record<string, Encoding> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' }

function readEncoding(header = ''): Result<Encoding | undefined> {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const [name] = names
  if (name === undefined) return ok(undefined)
  const encoding = ENCODINGS[name]
  if (names.length > 1 || encoding === undefined)
    return refuse(
      'MALFORMED_REQUEST',
      'this Content-Encoding is not taken: send the body as it is, or compressed once with gzip or deflate',
    )
  return ok(encoding)
}
