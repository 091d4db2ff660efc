import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keepBoth, marked } from './diff.ts'

const shown = (before: string, text: string) =>
  marked(before, text)
    .map((piece) => (piece.changed ? `[${piece.text}]` : piece.text))
    .join('')

describe('what differs', () => {
  test('is marked as one stretch in short texts and word by word in long ones', () => {
    expect(shown('0412345611', '0412345678')).toBe('04123456[78]')
    expect(shown('Melbourne', 'Melbourne')).toBe('Melbourne')
    expect(shown('jane@example.org', 'jane.citizen@example.org')).toBe('jane[.citizen]@example.org')
    expect(shown('Melbourne', 'Geelong')).toBe('[Geelong]')
    expect(shown('Callback', 'Do Not Call')).toBe('[Do Not Call]')
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

describe('keeping both', () => {
  test('lines that only one side added need nobody', () => {
    expect(keepBoth('a\nb', 'a\nb\nmine', 'theirs\na\nb')).toEqual({
      text: 'theirs\na\nb\nmine',
      clashes: false,
    })
    expect(keepBoth('a\nb\nc', 'a\nc', 'a\nb\nc\nd')).toEqual({ text: 'a\nc\nd', clashes: false })
  })

  test('notes that both added to at one place stand one after the other, mine first', () => {
    expect(keepBoth('a', 'a\nmine', 'a\ntheirs')).toEqual({ text: 'a\nmine\ntheirs', clashes: true })
    expect(keepBoth('', 'mine', 'theirs')).toEqual({ text: 'mine\ntheirs', clashes: true })
    expect(keepBoth('a', 'x\nmine\ny', 'x\ntheirs\ny')).toEqual({ text: 'x\nmine\ntheirs\ny', clashes: true })
  })

  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 8 })
    .map((lines) => lines.join('\n'))

  test('a side that changed nothing takes nothing away', () => {
    fc.assert(
      fc.property(text, text, (base, other) => {
        expect(keepBoth(base, base, other)).toEqual({ text: other, clashes: false })
        expect(keepBoth(base, other, base)).toEqual({ text: other, clashes: false })
        expect(keepBoth(base, other, other)).toEqual({ text: other, clashes: false })
      }),
    )
  })

  test('no new line of either side is lost', () => {
    const line = (prefix: string) => fc.constantFrom('a', 'b', 'c', `${prefix}1`, `${prefix}2`)
    const lines = (prefix: string) =>
      fc.array(line(prefix), { minLength: 1, maxLength: 8 }).map((all) => all.join('\n'))
    fc.assert(
      fc.property(lines('x'), lines('m'), lines('t'), (base, mine, theirs) => {
        const result = keepBoth(base, mine, theirs).text.split('\n')
        for (const one of [mine, theirs])
          for (const added of one.split('\n').filter((each) => /^[mt]/.test(each)))
            expect(result).toContain(added)
      }),
      { numRuns: 2_000 },
    )
  })
})
