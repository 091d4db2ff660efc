import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { marked } from './diff.ts'

const shown = (before: string, text: string) =>
  marked(before, text)
    .map((piece) => (piece.changed ? `[${piece.text}]` : piece.text))
    .join('')

describe('what differs', () => {
  test('is marked by whole words and whole numbers', () => {
    expect(shown('0412345611', '0412345678')).toBe('[0412345678]')
    expect(shown('0412 345 611', '0412 345 678')).toBe('[0412 345 678]')
    expect(shown('1 Collins Street', '12 Collins Street')).toBe('[12] Collins Street')
    expect(shown('Jane Citizen', 'Joan Citizen')).toBe('[Joan] Citizen')
    expect(shown('Jane Citizen', 'Joan M. Citizen')).toBe('[Joan M.] Citizen')
    expect(shown('Jane Citizen', 'Jane Citizen-Hall')).toBe('Jane [Citizen-Hall]')
    expect(shown('Do Not Call', 'Pitch No Sale')).toBe('[Pitch No Sale]')
    expect(shown('Melbourne', 'Melbourne')).toBe('Melbourne')
    expect(shown('jane@example.org', 'jane.citizen@example.org')).toBe('jane[.citizen]@example.org')
    expect(shown('Melbourne', 'Geelong')).toBe('[Geelong]')
    expect(shown('Callback', 'Do Not Call')).toBe('[Do Not Call]')
    expect(shown('Jane Citizen', 'Jane M. Citizen')).toBe('Jane [M.] Citizen')
    expect(shown('the brochure.', 'the brochure for batteries.')).toBe('the brochure [for batteries].')
    expect(shown('', 'Melbourne')).toBe('[Melbourne]')
    expect(shown('Melbourne', '')).toBe('')
    const before = 'Rang on Monday, wants a callback in the afternoon.'
    expect(shown(before, before.replace('Monday', 'Tuesday'))).toBe(
      'Rang on [Tuesday], wants a callback in the afternoon.',
    )
  })

  test('the pieces are the text, whatever the text before was', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'é', '🙂', '.'), maxLength: 90 })
    fc.assert(
      fc.property(text, text, (before, after) => {
        const pieces = marked(before, after)
        expect(pieces.map((piece) => piece.text).join('')).toBe(after)
        expect(marked(after, after).some((piece) => piece.changed)).toBe(false)
      }),
    )
  })

  test('two whole pages are compared in no time', () => {
    const page = (word: string) => `${word} `.repeat(20_000 / (word.length + 1))
    expect(marked(page('one'), page('other')).length).toBeGreaterThan(0)
  })
})
