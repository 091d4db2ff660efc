// The strict reading of a request body. JSON.parse keeps the last of two equal keys, rounds numbers and says
// little about what is wrong; here none of that is lost, and the answer helps the caller to correct the body.

import { decode } from './charset.ts'
import {
  afterDocument,
  insteadOfColon,
  insteadOfComma,
  insteadOfKey,
  insteadOfValue,
  TOO_DEEP,
} from './document-mistakes.ts'
import { LIMITS } from './limits.ts'
import { ok, type Result, refuse } from './result.ts'
import { byteOffset, firstBadByte } from './utf8.ts'

export type JsonValue = string | boolean | null | JsonNumber | JsonArray | JsonObject
type JsonArray = JsonValue[]
/** A JSON object as entries in the order sent: no prototype, no lost duplicate, `__proto__` is a key like any other. */
export type JsonObject = Map<string, JsonValue>

/** A number as it was spelt: 9007199254740993, 1e400 and -0 are judged where they are used, not lost before. */
export class JsonNumber {
  readonly literal: string

  constructor(literal: string) {
    this.literal = literal
  }
}

/**
 * The one JSON document that the bytes of a body hold.
 * Refuses with MALFORMED_REQUEST; the detail begins with the byte (counted from 0) and never repeats content:
 * not UTF-8, empty, not exactly one document, two equal keys in one object (after unescaping), nested deeper
 * than LIMITS.json_depth_max. Refuses with TOO_LARGE a document with more keys, entries or values than LIMITS allows: the
 * code behind the reader may look at every one of them. Lone surrogates ("\ud800") are well-formed JSON and come
 * through as they are.
 */
export function readDocument(bytes: Uint8Array): Result<JsonValue> {
  return readAtOnce(readInStretches(bytes))
}

/** All stretches of a short document. */
export function readAtOnce(stretches: ReturnType<typeof readInStretches>): Result<JsonValue> {
  for (;;) {
    const { done, value } = stretches.next()
    if (done) return value
  }
}

/** How many characters a long document is read at a time: some milliseconds of work at most. */
const STRETCH = 128 * 1024

/**
 * The same, a stretch at a time, so that the caller can let others work in between. `decoded`: the text of the bytes, where
 * it is not known to be UTF-8.
 */
export function* readInStretches(
  bytes: Uint8Array,
  decoded = decode(bytes),
): Generator<undefined, Result<JsonValue>> {
  if (!decoded) return malformed(firstBadByte(bytes), 'the body is not UTF-8')
  const { text, charset } = decoded
  const reader = new Reader(text)
  while (!reader.readTo(reader.at + STRETCH)) yield
  const { root, problem, at } = reader
  if (root !== undefined) return ok(root)
  return refuse(reader.refusal, `byte ${byteOffset(bytes, text, at, charset)}: ${problem}`)
}

const malformed = (byte: number, problem: string) => refuse('MALFORMED_REQUEST', `byte ${byte}: ${problem}`)

const END = -1
const OPENED = Symbol('opened')
const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c]
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d]

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y

interface Open {
  container: JsonArray | JsonObject
  /** Of the value that comes next in an object, and its place. */
  key: string
  key_at: number
}

/**
 * One pass over the text, which can pause between two values. A method that finds a problem notes it and returns
 * undefined, which no JSON value is.
 */
class Reader {
  readonly #text: string
  /** The containers that are not closed yet, outermost first. */
  readonly #open: Open[] = []
  #values = 0
  at = 0
  /** The document, once it is read without a problem. */
  root: JsonValue | undefined
  refusal: 'MALFORMED_REQUEST' | 'TOO_LARGE' = 'MALFORMED_REQUEST'
  problem = ''

  constructor(text: string) {
    this.#text = text
  }

  /** True: read to the end, or to a problem. */
  readTo(pause: number): boolean {
    if (this.at === 0 && this.#peek() === END) {
      this.#fail('the body is empty')
      return true
    }
    while (this.at < pause) {
      const value = this.#value()
      if (value === OPENED) continue
      if (value === undefined || this.#close(value)) return true
    }
    return false
  }

  #fail(problem: string, at = this.at): undefined {
    this.problem = problem
    this.at = at
  }

  #failLarge(problem: string): undefined {
    this.refusal = 'TOO_LARGE'
    return this.#fail(problem)
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

  /** The value at this place, or OPENED: a container begins, and its first value comes next. */
  #value(): JsonValue | typeof OPENED | undefined {
    if (++this.#values > LIMITS.json_values_max)
      return this.#failLarge(`more than ${LIMITS.json_values_max} values`)
    switch (this.#peek()) {
      case QUOTE:
        return this.#string()
      case OPEN_BRACE:
        return this.#container(new Map(), CLOSE_BRACE)
      case OPEN_BRACKET:
        return this.#container([], CLOSE_BRACKET)
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

  #container(container: JsonArray | JsonObject, close: number): JsonValue | typeof OPENED | undefined {
    if (this.#open.length >= LIMITS.json_depth_max) return this.#fail(TOO_DEEP)
    this.at++
    if (this.#peek() === close) {
      this.at++
      return container
    }
    const open: Open = { container, key: '', key_at: 0 }
    this.#open.push(open)
    return container instanceof Map && !this.#key(open, false) ? undefined : OPENED
  }

  /** Reads the key of the next value and its colon. */
  #key(open: Open, after_comma: boolean): true | undefined {
    if (this.#peek() !== QUOTE) return this.#fail(insteadOfKey(this.#text, this.at, after_comma))
    open.key_at = this.at
    const key = this.#string()
    if (key === undefined) return undefined
    open.key = key
    if (this.#peek() !== COLON) return this.#fail(insteadOfColon(this.#text, this.at))
    this.at++
    return true
  }

  /** Puts a value into its container, and this one into its own if it ends here. True: nothing more is to be read. */
  #close(read: JsonValue): boolean {
    let value = read
    for (let open = this.#open.at(-1); open; open = this.#open.at(-1)) {
      const is_object = open.container instanceof Map
      if (!this.#put(open, value)) return true
      const code = this.#peek()
      if (code === COMMA) {
        this.at++
        return is_object && !this.#key(open, true)
      }
      if (code !== (is_object ? CLOSE_BRACE : CLOSE_BRACKET)) {
        this.#fail(insteadOfComma(this.#text, this.at, is_object ? '}' : ']'))
        return true
      }
      this.at++
      this.#open.pop()
      value = open.container
    }
    if (this.#peek() === END) this.root = value
    else this.#fail(afterDocument(this.#text, this.at))
    return true
  }

  #put({ container, key, key_at }: Open, value: JsonValue): true | undefined {
    if (container instanceof Map) {
      if (container.has(key)) return this.#fail('this key stands in its object a second time', key_at)
      if (container.size >= LIMITS.json_keys_max)
        return this.#failLarge(`an object may have ${LIMITS.json_keys_max} keys`)
      container.set(key, value)
    } else if (container.push(value) > LIMITS.json_entries_max)
      return this.#failLarge(`an array may hold ${LIMITS.json_entries_max} entries`)
    return true
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
