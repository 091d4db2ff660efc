// The charset of a body, by the declaration of its sender and by its bytes.

/** For bytes that are not UTF-8 and come without a charset. Both mean Windows-1252, as browsers read them. */
export const FALLBACK_CHARSETS = ['windows-1252', 'iso-8859-1'] as const
export type FallbackCharset = (typeof FALLBACK_CHARSETS)[number]

/** The charsets that are taken. ISO-8859-1 is read as Windows-1252, which has printable characters in its gaps. */
export type Charset = 'utf-8' | 'us-ascii' | 'windows-1252' | 'utf-16' | 'utf-16le' | 'utf-16be'

export const CHARSETS_TEXT = 'utf-8, utf-16, iso-8859-1, windows-1252 or us-ascii'

/** The declaration of a sender, and the charset to fall back to where it declares none. */
export interface Said {
  declared?: Charset
  fallback?: FallbackCharset | null
}

export interface Decoded {
  text: string
  charset: Charset
  /** Declared as something else, it is UTF-8. */
  is_mistaken?: true
}

// Fatal: bad bytes throw instead of becoming U+FFFD. A byte order mark is stripped.
const decoder = (charset: string) => new TextDecoder(charset, { fatal: true })
const UTF8 = decoder('utf-8')
const WINDOWS_1252 = decoder('windows-1252')
const UTF16LE = decoder('utf-16le')
const UTF16BE = decoder('utf-16be')

const ASCII = /^(?:us-)?ascii$|^ansi_x3\.4-19(?:68|86)$|^iso646-us$/

/** The charset of a label such as "Latin1", by the list of the Encoding Standard; undefined: it is not taken. */
export function charsetOf(label: string): Charset | undefined {
  const name = label.trim().toLowerCase()
  if (name === 'utf-16') return 'utf-16'
  if (ASCII.test(name)) return 'us-ascii'
  let encoding: string
  try {
    ;({ encoding } = new TextDecoder(name))
  } catch {
    return undefined
  }
  switch (encoding) {
    case 'utf-8':
    case 'utf-16le':
    case 'utf-16be':
    case 'windows-1252':
      return encoding
    default:
      return undefined
  }
}

/** The text of bytes; undefined: they are not of the charset. */
export function decode(bytes: Uint8Array, { declared, fallback }: Said = {}): Decoded | undefined {
  switch (declared) {
    case undefined:
      return (
        decoded(UTF8, bytes, 'utf-8') ?? (fallback ? decoded(WINDOWS_1252, bytes, 'windows-1252') : undefined)
      )
    case 'utf-8':
      return decoded(UTF8, bytes, 'utf-8')
    case 'us-ascii':
    case 'windows-1252':
      return single(bytes, declared)
    default:
      return utf16(bytes, declared)
  }
}

function decoded(by: TextDecoder, bytes: Uint8Array, charset: Charset): Decoded | undefined {
  try {
    return { text: by.decode(bytes), charset }
  } catch {
    return undefined
  }
}

/**
 * Latin-1 hardly ever looks like UTF-8, so bytes that are valid UTF-8 with more than ASCII in them are UTF-8, whatever
 * their sender has declared.
 */
function single(bytes: Uint8Array, declared: 'us-ascii' | 'windows-1252'): Decoded | undefined {
  const utf8 = decoded(UTF8, bytes, 'utf-8')
  if (utf8) return utf8.text.length === bytes.length ? utf8 : { ...utf8, is_mistaken: true }
  return declared === 'us-ascii' ? undefined : decoded(WINDOWS_1252, bytes, 'windows-1252')
}

/** A byte order mark decides; without one a document that begins with ASCII shows its order. */
function utf16(bytes: Uint8Array, declared: 'utf-16' | 'utf-16le' | 'utf-16be'): Decoded | undefined {
  const [first, second] = bytes
  const marked =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : undefined
  const shown = first === 0 ? 'utf-16be' : 'utf-16le'
  const charset = marked ?? (declared === 'utf-16' ? shown : declared)
  return decoded(charset === 'utf-16be' ? UTF16BE : UTF16LE, bytes, charset)
}
