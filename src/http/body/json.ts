// The bytes of a body as a JSON value of the strict decoder, and as plain objects for schemas. Long bodies are read in
// slices, so that other requests have their turn.

import type { FastifyRequest } from 'fastify'
import type { Decoded } from '../../core/charset.ts'
import { type JsonValue, readAtOnce, readInStretches } from '../../core/document.ts'
import { exactNumber } from '../../core/document-text.ts'
import { LIMITS } from '../../core/limits.ts'
import { ok, type Result, refuse, refuseFields } from '../../core/result.ts'
import { inSlices } from '../../intake/slices.ts'

/**
 * The JSON document of a request; no body at all is a malformed one. `decoded`: its text, where it is not known to be UTF-8.
 */
export async function readJson(body: unknown, decoded?: Decoded): Promise<Result<JsonValue>> {
  const bytes = bytesOf(body)
  const stretches = readInStretches(bytes, decoded)
  if (bytes.length <= LIMITS.body_bytes_max) return readAtOnce(stretches)
  for (;;) {
    const { done, value } = await inSlices(() => stretches.next())
    if (done) return value
  }
}

export const bytesOf = (body: unknown): Uint8Array => (body instanceof Uint8Array ? body : new Uint8Array())

/** Whether a body begins as a JSON document with keys does, whatever its type says: curl -d calls everything a form. */
export function isJson(bytes: Uint8Array): boolean {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const first = bytes.subarray(marked ? 3 : 0).find((byte) => byte > 0x20)
  return first === 0x7b || first === 0x5b
}

const UNFIT = 'holds NUL or half a character (a lone surrogate)'

/** A text that the database cannot hold; no schema looks for it. */
class Unfit extends Error {
  constructor() {
    super(UNFIT)
  }
}

/**
 * Plain JSON for schema validation: objects without a prototype, numbers only when they are held exactly, texts only
 * when they can be stored.
 */
export async function readPlain(body: unknown): Promise<Result<unknown>> {
  const document = await readJson(body)
  if (document.refusal) return document
  const path: Path = []
  try {
    return ok(await plainInSlices(document.ok, path))
  } catch (error) {
    if (error instanceof Unfit)
      return refuseFields([{ name: 'INVALID_FIELD', field: `/${path.join('/')}`, detail: error.message }])
    if (error instanceof RangeError) return refuse('MALFORMED_REQUEST', error.message)
    throw error
  }
}

/** The keys and places that lead to the value that is looked at. */
type Path = (string | number)[]

const isFit = (text: string) => text.isWellFormed() && !text.includes('\0')

/** The parameters of an address, as the router read them: refused with the first text that the database cannot hold. */
export function judgeParameters(parameters: unknown): Result<void> {
  for (const [name, value] of Object.entries(parameters ?? {}))
    for (const text of [value].flat())
      if (typeof text === 'string' && !isFit(text))
        return refuse('MALFORMED_REQUEST', `${name} ${UNFIT}`, { field: `/${name}` })
  return ok(undefined)
}

function plain(value: JsonValue, path: Path): unknown {
  if (typeof value === 'string') return fitting(value)
  if (value === null || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((entry, i) => plainAt(i, entry, path))
  if (value instanceof Map) {
    const object: Record<string, unknown> = Object.create(null)
    for (const [key, entry] of value) object[fitKey(key)] = plainAt(key, entry, path)
    return object
  }
  const number = exactNumber(value)
  if (number === undefined)
    throw new RangeError('a number of the body cannot be held exactly; send it as text')
  return number
}

function plainAt(at: string | number, value: JsonValue, path: Path): unknown {
  path.push(at)
  const made = plain(value, path)
  path.pop()
  return made
}

function fitting(text: string): string {
  if (isFit(text)) return text
  throw new Unfit()
}

function fitKey(key: string): string {
  if (key === '__proto__') throw new RangeError('the key __proto__ is not allowed')
  return fitting(key)
}

/** Entries of a list that are made plain at once. */
const CHUNK = 250

const isLongList = (value: JsonValue): value is JsonValue[] => Array.isArray(value) && value.length > CHUNK

/** A list, or an object that holds one, in slices; anything else at once. */
async function plainInSlices(value: JsonValue, path: Path): Promise<unknown> {
  if (isLongList(value)) {
    const list: unknown[] = []
    for (let from = 0; from < value.length; from += CHUNK)
      await inSlices(() => {
        for (const [i, entry] of value.slice(from, from + CHUNK).entries())
          list.push(plainAt(from + i, entry, path))
      })
    return list
  }
  if (!(value instanceof Map && value.values().some(isLongList))) return plain(value, path)
  const object: Record<string, unknown> = Object.create(null)
  for (const [key, entry] of value) {
    fitKey(key)
    path.push(key)
    object[key] = isLongList(entry)
      ? await plainInSlices(entry, path)
      : await inSlices(() => plain(entry, path))
    path.pop()
  }
  return object
}

export function judgeSize({ headers }: FastifyRequest, bytes_max: number): Result<void> {
  if (Number(headers['content-length'] ?? 0) <= bytes_max) return ok(undefined)
  return refuse('TOO_LARGE', `the body may have ${bytes_max} bytes`)
}
