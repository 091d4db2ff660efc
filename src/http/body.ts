// The bytes of a body as a JSON value of the strict decoder, and as plain objects for schemas.

import { type JsonValue, readDocument, scalarText } from '../core/document.ts'
import { type Outcome, ok, refuse, refuseFields } from '../core/result.ts'

/** The document of a request; no body at all is a malformed one. */
export const documentOf = (body: unknown): Outcome<JsonValue> =>
  readDocument(body instanceof Uint8Array ? body : new Uint8Array())

const UNFIT = 'holds NUL or half a character (a lone surrogate)'

/** A text that the database cannot hold; no schema looks for it. */
class Unfit extends Error {
  readonly field: string

  constructor(field: string) {
    super(UNFIT)
    this.field = field || '/'
  }
}

/**
 * Plain JSON for schema validation: objects without a prototype, numbers only when they are held exactly, texts only
 * when they can be stored.
 */
export function readBody(body: unknown): Outcome<unknown> {
  const document = documentOf(body)
  if (document.refusal) return document
  try {
    return ok(plain(document.ok, ''))
  } catch (error) {
    if (error instanceof Unfit)
      return refuseFields([{ name: 'INVALID_FIELD', field: error.field, detail: error.message }])
    if (error instanceof RangeError) return refuse('MALFORMED_REQUEST', error.message)
    throw error
  }
}

const isFit = (text: string) => text.isWellFormed() && !text.includes('\0')

/** The parameters of an address, as the router read them: refused with the first text that the database cannot hold. */
export function judgeParameters(parameters: unknown): Outcome<void> {
  for (const [name, value] of Object.entries(parameters ?? {}))
    for (const text of [value].flat())
      if (typeof text === 'string' && !isFit(text))
        return refuse('MALFORMED_REQUEST', `${name} ${UNFIT}`, { field: `/${name}` })
  return ok(undefined)
}

/** `at`: where the value stands, as a JSON pointer. */
function plain(value: JsonValue, at: string): unknown {
  if (typeof value === 'string') {
    if (!isFit(value)) throw new Unfit(at)
    return value
  }
  if (value === null || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((entry, i) => plain(entry, `${at}/${i}`))
  if (value instanceof Map) {
    const object: Record<string, unknown> = Object.create(null)
    for (const [key, entry] of value) {
      if (key === '__proto__') throw new RangeError('the key __proto__ is not allowed')
      if (!isFit(key)) throw new Unfit(at)
      object[key] = plain(entry, `${at}/${key}`)
    }
    return object
  }
  const text = scalarText(value)
  if (text === undefined) throw new RangeError('a number of the body cannot be held exactly; send it as text')
  return Number(text)
}
