// The strict reading of a request body. JSON.parse keeps the last of two equal keys, rounds numbers and says
// little about what is wrong; here none of that is lost, and the answer helps the caller to correct the body.

import { LIMITS } from './limits.ts'
import { type Outcome, ok, refuse } from './result.ts'

export type JsonValue = string | boolean | null | JsonNumber | JsonArray | JsonObject
export type JsonArray = JsonValue[]
/** A JSON object as entries in the order sent: no prototype, no lost duplicate, `__proto__` is a key like any other. */
export type JsonObject = Map<string, JsonValue>

/** A number as it was spelt: 9007199254740993, 1e400 and -0 are judged where they are used, not lost before. */
export class JsonNumber {
  readonly literal: string

  constructor(literal: string) {
    this.literal = literal
  }
}

// Fatal: bad bytes throw instead of becoming U+FFFD. A UTF-8 byte order mark is stripped.
const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The one JSON document that the bytes of a body hold.
 * Refuses with MALFORMED_REQUEST; the detail begins with the byte (counted from 0) and never repeats content:
 * not UTF-8, empty, not exactly one document, two equal keys in one object (after unescaping), nested deeper
 * than LIMITS.json_depth_max. Lone surrogates ("\ud800") are well-formed JSON and come through as they are.
 */
export function readDocument(bytes: Uint8Array): Outcome<JsonValue> {
  let text: string
  try {
    text = UTF8.decode(bytes)
  } catch {
    return malformed(firstBadByte(bytes), 'the body is not UTF-8')
  }
  const reader = new Reader(text)
  const value = reader.document()
  return value === undefined ? malformed(byteOffset(bytes, text, reader.at), reader.problem) : ok(value)
}

const malformed = (byte: number, problem: string) => refuse('MALFORMED_REQUEST', `byte ${byte}: ${problem}`)

/**
 * The text of a scalar, for a text field: a string as it is, a boolean, and a number that keeps its spelling as
 * text (38321.5, 383218199). Undefined for what is no text: objects, arrays, null, and numbers that are not the
 * plain decimal spelling of a value held exactly (1e3, 1.0, -0, 9007199254740993).
 */
export function scalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return value instanceof JsonNumber && keepsSpelling(value.literal) ? value.literal : undefined
}

function keepsSpelling(literal: string): boolean {
  const number = Number(literal)
  if (String(number) !== literal || literal.includes('e')) return false
  return Number.isSafeInteger(number) || !Number.isInteger(number)
}

const END = -1
const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c]
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d]

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y

/** One pass over the text. A method that finds a problem notes it and returns undefined, which is no JSON value. */
class Reader {
  readonly #text: string
  at = 0
  problem = ''

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonValue | undefined {
    if (this.#peek() === END) return this.#fail('the body is empty')
    const value = this.#value(0)
    if (value === undefined || this.#peek() === END) return value
    return this.#fail(afterDocument(this.#text, this.at))
  }

  #fail(problem: string, at = this.at): undefined {
    this.problem = problem
    this.at = at
  }

  /** Skips blanks; the code of the character that follows, or END. */
  #peek(): number {
    const text = this.#text
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code
    }
    return END
  }

  #value(depth: number): JsonValue | undefined {
    switch (this.#peek()) {
      case QUOTE:
        return this.#string()
      case OPEN_BRACE:
        return depth < LIMITS.json_depth_max ? this.#object(depth + 1) : this.#fail(TOO_DEEP)
      case OPEN_BRACKET:
        return depth < LIMITS.json_depth_max ? this.#array(depth + 1) : this.#fail(TOO_DEEP)
      case 0x74: // t
        return this.#word('true', true)
      case 0x66: // f
        return this.#word('false', false)
      case 0x6e: // n
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): JsonObject | undefined {
    const object: JsonObject = new Map()
    this.at++
    if (this.#peek() === CLOSE_BRACE) {
      this.at++
      return object
    }
    for (let size = 1; ; size++) {
      if (this.#peek() !== QUOTE) return this.#fail(insteadOfKey(this.#text, this.at, size > 1))
      const key_at = this.at
      const key = this.#string()
      if (key === undefined) return undefined
      if (this.#peek() !== COLON) return this.#fail(insteadOfColon(this.#text, this.at))
      this.at++
      const value = this.#value(depth)
      if (value === undefined) return undefined
      object.set(key, value)
      if (object.size < size) return this.#fail('this key stands in its object a second time', key_at)
      const code = this.#peek()
      if (code !== COMMA && code !== CLOSE_BRACE) return this.#fail(insteadOfComma(this.#text, this.at, '}'))
      this.at++
      if (code === CLOSE_BRACE) return object
    }
  }

  #array(depth: number): JsonArray | undefined {
    const array: JsonArray = []
    this.at++
    if (this.#peek() === CLOSE_BRACKET) {
      this.at++
      return array
    }
    for (;;) {
      const value = this.#value(depth)
      if (value === undefined) return undefined
      array.push(value)
      const code = this.#peek()
      if (code !== COMMA && code !== CLOSE_BRACKET)
        return this.#fail(insteadOfComma(this.#text, this.at, ']'))
      this.at++
      if (code === CLOSE_BRACKET) return array
    }
  }

  #string(): string | undefined {
    const text = this.#text
    const start = this.at
    let escaped = false
    for (let i = start + 1; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === QUOTE) {
        this.at = i + 1
        return escaped ? this.#unescaped(start, i + 1) : text.slice(start + 1, i)
      }
      if (code < 0x20)
        return this.#fail('a line break or another control character in a text must be escaped', i)
      if (code === BACKSLASH) {
        escaped = true
        i++
      }
    }
    return this.#fail('the body ends inside a text', text.length)
  }

  /** JSON.parse knows best what escapes mean. */
  #unescaped(start: number, end: number): string | undefined {
    try {
      return JSON.parse(this.#text.slice(start, end)) as string
    } catch {
      let at = this.#text.indexOf('\\', start)
      ESCAPE.lastIndex = at
      while (ESCAPE.test(this.#text)) {
        at = this.#text.indexOf('\\', ESCAPE.lastIndex)
        ESCAPE.lastIndex = at
      }
      return this.#fail('this escape does not exist; a backslash is written \\\\', at)
    }
  }

  #word<T>(word: string, value: T): T | undefined {
    if (!this.#text.startsWith(word, this.at)) return this.#fail(insteadOfValue(this.#text, this.at))
    this.at += word.length
    return value
  }

  #number(): JsonNumber | undefined {
    NUMBER.lastIndex = this.at
    const literal = NUMBER.exec(this.#text)?.[0]
    if (literal === undefined) return this.#fail(insteadOfValue(this.#text, this.at))
    this.at += literal.length
    return new JsonNumber(literal)
  }
}

// What is wrong, in words that help: the mistakes below are the ones that people make.

const TOO_DEEP = `nested deeper than ${LIMITS.json_depth_max} levels`
const TRAILING_COMMA = 'a comma before the closing bracket'
const DOUBLE_QUOTES = 'keys and texts stand in double quotes'
const AS_TEXT = 'a phone number is sent as a text in double quotes'
const NO_NUMBER = `no JSON number: it does not begin with 0; ${AS_TEXT}`

function insteadOfValue(text: string, at: number): string {
  const char = text[at]
  switch (char) {
    case undefined:
      return 'the body ends where a value is expected'
    case ']':
    case '}':
      return lastBefore(text, at) === ',' ? TRAILING_COMMA : 'a value is missing'
    case ',':
      return 'a value is missing'
    case "'":
    case '‘':
    case '’':
    case '“':
    case '”':
      return DOUBLE_QUOTES
    case '/':
    case '#':
      return 'JSON has no comments'
    case '+':
      return `a number has no plus sign; ${AS_TEXT}`
    case '<':
      return 'this looks like XML or HTML; send JSON'
    case '\0':
      return 'a NUL byte; send the body as UTF-8'
  }
  if (/^-?(?:NaN|Infinity)/.test(text.slice(at, at + 9))) return 'JSON has no NaN and no Infinity'
  if (at === 0 && /^[\w.%+-]+=/.test(text.slice(0, 200))) return 'this looks like form data; send JSON'
  if (/^(?:true|false|null)\b/i.test(text.slice(at, at + 6)))
    return 'true, false and null are written in small letters'
  return `no JSON value; ${DOUBLE_QUOTES}`
}

function insteadOfKey(text: string, at: number, after_comma: boolean): string {
  const char = text[at]
  if (char === undefined) return 'the body ends inside an object'
  if (char === '}' && after_comma) return TRAILING_COMMA
  if (char === '/' || char === '#') return 'JSON has no comments'
  return `a key is expected; ${DOUBLE_QUOTES}`
}

function insteadOfColon(text: string, at: number): string {
  if (at >= text.length) return 'the body ends inside an object'
  return 'a key without a value; an object is written {"key": "value"}'
}

function insteadOfComma(text: string, at: number, close: ']' | '}'): string {
  const char = text[at]
  if (char === undefined) return `the body ends before the closing ${close}`
  if (char === '"' || char === '{' || char === '[') return 'a comma is missing'
  if (/\d/.test(text[at - 1]!) && /[\w.-]/.test(char)) return NO_NUMBER
  if (text[at - 1] === '"')
    return `a comma or ${close} is expected; a double quote inside a text is written \\"`
  if (char === '/' || char === '#') return 'JSON has no comments'
  return `a comma or ${close} is expected`
}

function afterDocument(text: string, at: number): string {
  if (/^,\s*[{[]/.test(text.slice(at, at + 100)))
    return 'several objects joined by commas; wrap them in an array [ ]'
  if (text[at] === '{' || text[at] === '[')
    return 'a second document; send one, or wrap several in an array [ ]'
  if (/\d/.test(text[at - 1]!) && /[\w.-]/.test(text[at]!)) return NO_NUMBER
  return 'text after the end of the document'
}

const lastBefore = (text: string, at: number) => text.slice(0, at).trimEnd().at(-1)

/** Where in the body the character at an index of its text begins. */
function byteOffset(bytes: Uint8Array, text: string, index: number): number {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  return mark + utf8Length(text.slice(0, index))
}

const utf8Length = (text: string) => new TextEncoder().encode(text).length

/** Where the first sequence that is no UTF-8 begins. */
function firstBadByte(bytes: Uint8Array): number {
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  // A lenient decoder puts U+FFFD where bytes are bad; one that was sent as such is three good bytes.
  let byte = 0
  let from = 0
  for (let i = lenient.indexOf('\ufffd'); i >= 0; i = lenient.indexOf('\ufffd', i + 1)) {
    byte += utf8Length(lenient.slice(from, i))
    if (bytes[byte] !== 0xef || bytes[byte + 1] !== 0xbf || bytes[byte + 2] !== 0xbd) return byte
    from = i
  }
  return bytes.length
}
