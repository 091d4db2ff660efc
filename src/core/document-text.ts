// The values of a document as texts.

import { JsonNumber, type JsonValue } from './document.ts'
import { isBlank } from './phone-text.ts'

/** The text of a scalar: a string as it is, a boolean, a number in its spelling. Undefined for null, objects and arrays. */
export function scalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return value instanceof JsonNumber ? value.literal : undefined
}

/** The texts of an array of scalars, those that are there, joined with commas; undefined for anything else. */
export function joinedText(value: JsonValue): string | undefined {
  if (!Array.isArray(value)) return undefined
  const texts: string[] = []
  for (const entry of value) {
    const text = entry === null ? '' : scalarText(entry)
    if (text === undefined) return undefined
    if (!isBlank(text)) texts.push(text)
  }
  return texts.join(', ')
}

/** JSON on one line, as it was sent: numbers in their spelling, keys in their order, with nothing that cannot be shown. */
export function jsonText(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value).replace(UNSHOWN, escaped)
  if (value instanceof JsonNumber) return value.literal
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  return `{${[...value].map(([key, entry]) => `${jsonText(key)}:${jsonText(entry)}`).join(',')}}`
}

/** JSON.stringify escapes the other control characters and lone surrogates. */
const UNSHOWN = /[\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * A number that is held exactly and spelt plainly; undefined for others (1e3, 1.0, -0, 9007199254740993), which would
 * come out as something else.
 */
export function exactNumber({ literal }: JsonNumber): number | undefined {
  const number = Number(literal)
  if (String(number) !== literal || literal.includes('e')) return undefined
  return Number.isSafeInteger(number) || !Number.isInteger(number) ? number : undefined
}
