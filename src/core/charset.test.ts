import { describe, expect, test } from 'vitest'
import { charsetOf, decode } from './charset.ts'

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const utf8 = (text: string) => new TextEncoder().encode(text)
const utf16 = (text: string, order: 'le' | 'be') =>
  Uint8Array.from([...text].flatMap((char) => [char.charCodeAt(0) & 0xff, char.charCodeAt(0) >> 8])).map(
    (byte, i, bytes) => (order === 'le' ? byte : bytes[i ^ 1]!),
  )

test.each([
  ['UTF8', 'utf-8'],
  [' utf-8 ', 'utf-8'],
  ['Latin1', 'windows-1252'],
  ['ISO-8859-1', 'windows-1252'],
  ['iso8859-1', 'windows-1252'],
  ['cp1252', 'windows-1252'],
  ['ASCII', 'us-ascii'],
  ['us-ascii', 'us-ascii'],
  ['utf-16', 'utf-16'],
  ['UTF-16LE', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['iso-8859-15', undefined],
  ['shift_jis', undefined],
  ['utf-32', undefined],
  ['utf-7', undefined],
  ['', undefined],
])('the label %j is %s', (label, charset) => {
  expect(charsetOf(label)).toBe(charset)
})

describe('what is declared', () => {
  test('Latin-1 is read as Windows-1252, as browsers do', () => {
    expect(decode(latin1('Ren\xe9e \x96 \x80'), { declared: 'windows-1252' })).toEqual({
      text: 'Renée – €',
      charset: 'windows-1252',
    })
  })

  test('Latin-1 that is UTF-8 is UTF-8, and said to be', () => {
    const renee = { text: 'Renée', charset: 'utf-8', is_mistaken: true }
    expect(decode(utf8('Renée'), { declared: 'windows-1252' })).toEqual(renee)
    expect(decode(utf8('Renée'), { declared: 'us-ascii' })).toEqual(renee)
    expect(decode(utf8('\ufeffRenee'), { declared: 'windows-1252' })).toMatchObject({ text: 'Renee' })
  })

  test('plain ASCII is no mistake', () => {
    for (const declared of ['windows-1252', 'us-ascii'] as const)
      expect(decode(utf8('Renee'), { declared })).toEqual({ text: 'Renee', charset: 'utf-8' })
  })

  test('ASCII has no byte above 127', () => {
    expect(decode(latin1('Ren\xe9e'), { declared: 'us-ascii' })).toBeUndefined()
  })

  test('UTF-8 is never guessed to be something else, whatever the fallback', () => {
    expect(decode(latin1('Ren\xe9e'), { declared: 'utf-8', fallback: 'windows-1252' })).toBeUndefined()
  })

  test.each([
    ['utf-16', utf16('\ufeff{"é"}', 'le'), 'utf-16le'],
    ['utf-16', utf16('\ufeff{"é"}', 'be'), 'utf-16be'],
    ['utf-16', utf16('{"é"}', 'le'), 'utf-16le'],
    ['utf-16', utf16('{"é"}', 'be'), 'utf-16be'],
    ['utf-16le', utf16('{"é"}', 'le'), 'utf-16le'],
    ['utf-16be', utf16('{"é"}', 'be'), 'utf-16be'],
    // The mark knows better than the label.
    ['utf-16le', utf16('\ufeff{"é"}', 'be'), 'utf-16be'],
  ] as const)('%s, %# is read in its order', (declared, bytes, charset) => {
    expect(decode(bytes, { declared })).toEqual({ text: '{"é"}', charset })
  })

  test.each(['utf-16', 'utf-16le', 'utf-16be'] as const)('half a character is no %s', (declared) => {
    expect(decode(Uint8Array.from([0x7b, 0, 0x7d]), { declared })).toBeUndefined()
    expect(decode(utf16('a\ud800b', 'be'), { declared: 'utf-16be' })).toBeUndefined()
  })
})

describe('what is not declared', () => {
  test('is UTF-8, else in the fallback, else nothing', () => {
    expect(decode(utf8('Renée'), { fallback: 'windows-1252' })).toEqual({ text: 'Renée', charset: 'utf-8' })
    for (const fallback of ['windows-1252', 'iso-8859-1'] as const)
      expect(decode(latin1('Ren\xe9e'), { fallback })).toEqual({ text: 'Renée', charset: 'windows-1252' })
    expect(decode(latin1('Ren\xe9e'))).toBeUndefined()
    expect(decode(latin1('Ren\xe9e'), { fallback: null })).toBeUndefined()
  })
})
