// Explains the mistakes that people make in JSON, in words that help.

import { LIMITS } from './limits.ts'

export const TOO_DEEP = `nested deeper than ${LIMITS.json_depth_max} levels`
const TRAILING_COMMA = 'a comma before the closing bracket'
const DOUBLE_QUOTES = 'keys and texts stand in double quotes'
const AS_TEXT = 'a phone number is sent as a text in double quotes'
const NO_NUMBER = `no JSON number: it does not begin with 0; ${AS_TEXT}`

export function insteadOfValue(text: string, at: number): string {
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
  if (at === 0 && /^[\w.%+-]+=/.test(text.slice(0, 200)))
    return 'this looks like form data; send JSON, or say what it is in Content-Type'
  if (/^(?:true|false|null)\b/i.test(text.slice(at, at + 6)))
    return 'true, false and null are written in small letters'
  return `no JSON value; ${DOUBLE_QUOTES}`
}

export function insteadOfKey(text: string, at: number, after_comma: boolean): string {
  const char = text[at]
  if (char === undefined) return 'the body ends inside an object'
  if (char === '}' && after_comma) return TRAILING_COMMA
  if (char === '/' || char === '#') return 'JSON has no comments'
  return `a key is expected; ${DOUBLE_QUOTES}`
}

export function insteadOfColon(text: string, at: number): string {
  if (at >= text.length) return 'the body ends inside an object'
  return 'a key without a value; an object is written {"key": "value"}'
}

export function insteadOfComma(text: string, at: number, close: ']' | '}'): string {
  const char = text[at]
  if (char === undefined) return `the body ends before the closing ${close}`
  if (char === '"' || char === '{' || char === '[') return 'a comma is missing'
  if (/\d/.test(text[at - 1]!) && /[\w.-]/.test(char)) return NO_NUMBER
  if (text[at - 1] === '"')
    return `a comma or ${close} is expected; a double quote inside a text is written \\"`
  if (char === '/' || char === '#') return 'JSON has no comments'
  return `a comma or ${close} is expected`
}

export function afterDocument(text: string, at: number): string {
  if (/^,\s*[{[]/.test(text.slice(at, at + 100)))
    return 'several objects joined by commas; wrap them in an array [ ]'
  if (text[at] === '{' || text[at] === '[')
    return 'a second document; send one, or wrap several in an array [ ]'
  if (/\d/.test(text[at - 1]!) && /[\w.-]/.test(text[at]!)) return NO_NUMBER
  return 'text after the end of the document'
}

const lastBefore = (text: string, at: number) => text.slice(0, at).trimEnd().at(-1)
