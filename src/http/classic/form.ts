// Forms as flat documents: the same shape that JSON has, so that everything behind it is the same.

import { CHARSETS_TEXT, type Charset, charsetOf, decode, type Said } from '../../core/charset.ts'
import type { JsonObject, JsonValue } from '../../core/document.ts'
import { LIMITS } from '../../core/limits.ts'
import { ok, type Result, refuse } from '../../core/result.ts'
import type { Warning } from '../../core/warnings.ts'

/** A key and its value as they were sent. */
export interface FormEntry {
  name: Uint8Array
  value: Uint8Array
  /** The entry's own declaration. */
  said?: Said
}

/** PHP writes a list as tags[]=a&tags[]=b, or tags[0]=a&tags[1]=b. */
const LIST = /^(.+)\[\d*\]$/s

/** HTML lets a form name the charset that the browser used in an entry of this name. */
const CHARSET_ENTRY = '_charset_'

/** The document of a form: texts, and a list where a key comes several times. */
export function documentOfForm(
  entries: readonly FormEntry[],
  said: Said,
  warnings: Warning[],
): Result<JsonObject> {
  const named = charsetEntry(entries)
  if (named.refusal) return named
  const default_said = { ...said, declared: said.declared ?? named.ok }
  if (default_said.declared?.startsWith('utf-16'))
    return refuse('MALFORMED_REQUEST', 'a form is sent as utf-8, iso-8859-1 or windows-1252')
  const document: JsonObject = new Map()
  for (const { name, value, said: own } of entries) {
    const key = decode(name, default_said)
    if (!key) return refuse('MALFORMED_REQUEST', `a key of the form is not of its charset: ${WHAT_TO_DO}`)
    if (key.text === CHARSET_ENTRY) continue
    const field = LIST.exec(key.text)?.[1] ?? key.text
    const text = decode(value, own ? { ...default_said, ...own } : default_said)
    if (!text)
      return refuse('MALFORMED_REQUEST', `a value of the form is not of its charset: ${WHAT_TO_DO}`, {
        field,
      })
    if (text.is_mistaken) warnings.push({ code: 'utf8', field })
    const too_large = put(document, field, text.text)
    if (too_large) return refuse('TOO_LARGE', too_large)
  }
  return ok(document)
}

export const WHAT_TO_DO = `send UTF-8, or name the charset in Content-Type (${CHARSETS_TEXT}); for a sender that cannot, give its key a fallback charset`

function charsetEntry(entries: readonly FormEntry[]): Result<Charset | undefined> {
  const label = asciiOf(entries.find(({ name }) => asciiOf(name) === CHARSET_ENTRY)?.value)
  if (label === '') return ok(undefined)
  const charset = charsetOf(label)
  if (charset === undefined)
    return refuse('MALFORMED_REQUEST', `the charset of the form is not taken: send ${CHARSETS_TEXT}`)
  return ok(charset)
}

const asciiOf = (bytes: Uint8Array = new Uint8Array()) =>
  bytes.length > 40 ? '' : String.fromCharCode(...bytes)

function put(document: JsonObject, key: string, text: string): string | undefined {
  const there: JsonValue | undefined = document.get(key)
  if (Array.isArray(there)) there.push(text)
  else document.set(key, there === undefined ? text : [there, text])
  return document.size > LIMITS.json_keys_max ? `a form may have ${LIMITS.json_keys_max} keys` : undefined
}

/** A form is one lead. */
export function refuseLongForm(bytes: Uint8Array): Result<undefined> {
  if (bytes.length <= LIMITS.body_bytes_max) return ok(undefined)
  return refuse('TOO_LARGE', `a form may have ${LIMITS.body_bytes_max} bytes, files included`)
}

/** application/x-www-form-urlencoded. A % that begins no escape is a % like any other, as browsers read it. */
export function urlencodedEntries(bytes: Buffer): Result<FormEntry[]> {
  const entries: FormEntry[] = []
  for (const pair of bytes
    .toString('latin1')
    .replace(/[\r\n]+$/, '')
    .split('&')) {
    if (pair === '') continue
    if (entries.length >= LIMITS.json_entries_max) return TOO_MANY
    const equals = pair.indexOf('=')
    entries.push({
      name: unescaped(equals < 0 ? pair : pair.slice(0, equals)),
      value: unescaped(equals < 0 ? '' : pair.slice(equals + 1)),
    })
  }
  return ok(entries)
}

export const TOO_MANY = refuse('TOO_LARGE', `a form may have ${LIMITS.json_entries_max} entries`)

const unescaped = (text: string): Buffer =>
  Buffer.from(
    text
      .replaceAll('+', ' ')
      .replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
