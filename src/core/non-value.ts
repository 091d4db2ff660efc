// Texts that programs and people write for "no value": 'N/A', '-', 'null'. They count as empty in a new lead and as no
// change in an update.

/** Dashes of all kinds, and what an empty mask leaves: '(___) ___-____'. */
const SIGNS = /^[\p{Pd}\u2212\s_.?+/()[\]]+$/u

const WORDS = new Set([
  'n/a',
  'na',
  'n.a.',
  '#n/a',
  'none',
  'null',
  'nil',
  'nan',
  'undefined',
  'unknown',
  'not available',
  'not provided',
])

/** The longest of them in brackets. */
const LENGTH_MAX = 20

/** Whether a text means "no value": one of a few words, or nothing but signs. A blank text is not one of them. */
export function isNonValue(text: string): boolean {
  if (text.length > LENGTH_MAX) return false
  const bare = text.trim().toLowerCase()
  return bare !== '' && (SIGNS.test(bare) || WORDS.has(bare.replace(/^[(<[](.*)[)>\]]$/, '$1')))
}
