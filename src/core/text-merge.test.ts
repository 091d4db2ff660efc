import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeTexts, wordsOf } from './text-merge.ts'

describe('keeping both', () => {
  test('lines that only one side added need nobody', () => {
    expect(mergeTexts('a\nb', 'a\nb\nmine', 'theirs\na\nb')).toEqual({
      text: 'theirs\na\nb\nmine',
      clashes: false,
    })
    expect(mergeTexts('a\nb\nc', 'a\nc', 'a\nb\nc\nd')).toEqual({ text: 'a\nc\nd', clashes: false })
  })

  test('notes that both added to at one place stand one after the other, mine first', () => {
    expect(mergeTexts('a', 'a\nmine', 'a\ntheirs')).toEqual({ text: 'a\nmine\ntheirs', clashes: true })
    expect(mergeTexts('', 'mine', 'theirs')).toEqual({ text: 'mine\ntheirs', clashes: true })
    expect(mergeTexts('a', 'x\nmine\ny', 'x\ntheirs\ny')).toEqual({
      text: 'x\nmine\ntheirs\ny',
      clashes: true,
    })
  })

  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 8 })
    .map((lines) => lines.join('\n'))

  test('a side that changed nothing takes nothing away', () => {
    fc.assert(
      fc.property(text, text, (base, other) => {
        expect(mergeTexts(base, base, other)).toEqual({ text: other, clashes: false })
        expect(mergeTexts(base, other, base)).toEqual({ text: other, clashes: false })
        expect(mergeTexts(base, other, other)).toEqual({ text: other, clashes: false })
      }),
    )
  })

  test('no new line of either side is lost', () => {
    const line = (prefix: string) => fc.constantFrom('a', 'b', 'c', `${prefix}1`, `${prefix}2`)
    const lines = (prefix: string) =>
      fc.array(line(prefix), { minLength: 1, maxLength: 8 }).map((all) => all.join('\n'))
    fc.assert(
      fc.property(lines('x'), lines('m'), lines('t'), (base, mine, theirs) => {
        const result = mergeTexts(base, mine, theirs).text.split('\n')
        for (const one of [mine, theirs])
          for (const added of one.split('\n').filter((each) => /^[mt]/.test(each)))
            expect(result).toContain(added)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('merging texts by line, then by word', () => {
  const merged = (base: string, mine: string, theirs: string) => {
    const { text, clashes } = mergeTexts(base, mine, theirs)
    return clashes ? undefined : text
  }

  test('different words of one line go together, with a word between them', () => {
    const base = 'Wants a callback on Monday afternoon, asked about the price.'
    const mine = base.replace('Monday', 'Tuesday')
    const theirs = base.replace('price', 'warranty')
    expect(merged(base, mine, theirs)).toBe(
      'Wants a callback on Tuesday afternoon, asked about the warranty.',
    )
    expect(merged('call me', 'please call me', 'call me today')).toBe('please call me today')
  })

  test('words side by side are one thing', () => {
    expect(merged('Call after 5pm', 'Call after 6pm', 'Call before 5pm')).toBeUndefined()
    expect(merged('red, blue', 'green, blue', 'red, black')).toBeUndefined()
  })

  test('one removes a line, the other changes another one', () => {
    expect(merged('a\nb\nc', 'a\nc', 'a\nb\nC')).toBeUndefined()
    expect(merged('a\nb\nx\nc', 'a\nx\nc', 'a\nb\nx\nC')).toBe('a\nx\nC')
    expect(merged('a\nb\nc', 'a\nc', 'a\nB\nc')).toBeUndefined()
  })

  test('one moves a word into another line, the other removes it', () => {
    const base = 'five six\nseven eight nine'
    expect(merged(base, 'five seven\neight nine', 'five six\neight today nine')).toBeUndefined()
  })

  // Every word is there once, so that the test knows which words each side removed.
  const WORDS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
  const gap = fc.constantFrom(' ', ' ', '\n')
  const base_text = fc
    .tuple(fc.integer({ min: 0, max: 10 }), fc.array(gap, { minLength: 10, maxLength: 10 }))
    .map(([length, gaps]) =>
      WORDS.slice(0, length)
        .map((word, i) => word + gaps[i])
        .join('')
        .trim(),
    )
  const edits = fc.array(fc.tuple(fc.nat(20), fc.constantFrom('insert', 'remove', 'replace'), gap), {
    maxLength: 3,
  })
  /** A text with some edits; the new words carry the name of their side. */
  const edited = (base: string, side: string, list: [number, string, string][]) => {
    const pieces = base === '' ? [] : base.split(/(?<=[ \n])/)
    list.forEach(([place, deed, between], i) => {
      const at = place % (pieces.length + 1)
      if (deed === 'insert') pieces.splice(at, 0, `${side}${i}${between}`)
      else if (at < pieces.length)
        pieces.splice(at, 1, ...(deed === 'replace' ? [`${side}${i}${between}`] : []))
    })
    return pieces.join('').trim()
  }
  const words = (text: string) => new Set(wordsOf(text).filter((word) => /\w/.test(word)))

  test('no word vanishes that the other side did not remove, and no removed word comes back', () => {
    let together = 0
    fc.assert(
      fc.property(base_text, edits, edits, (base, my_edits, their_edits) => {
        const mine = edited(base, 'm', my_edits)
        const theirs = edited(base, 't', their_edits)
        const { text, clashes } = mergeTexts(base, mine, theirs)
        const swapped = mergeTexts(base, theirs, mine)
        expect(swapped.clashes).toBe(clashes)
        const [was, one, other, result] = [base, mine, theirs, text].map(words) as [
          Set<string>,
          Set<string>,
          Set<string>,
          Set<string>,
        ]
        for (const word of one) if (other.has(word) || !was.has(word)) expect(result).toContain(word)
        for (const word of other) if (one.has(word) || !was.has(word)) expect(result).toContain(word)
        if (clashes) return
        together++
        expect(swapped.text).toBe(text)
        for (const word of was) if (!one.has(word) || !other.has(word)) expect(result).not.toContain(word)
        // Merged once more it is the same: a change that is sent again adds nothing.
        expect(mergeTexts(base, mine, text)).toEqual({ text, clashes: false })
        expect(mergeTexts(base, text, theirs)).toEqual({ text, clashes: false })
      }),
      { numRuns: 3_000 },
    )
    expect(together).toBeGreaterThan(500)
  })

  test('two long texts that share nothing are compared in no time', () => {
    const page = (word: string) => Array.from({ length: 5_000 }, (_, i) => `${word}${i}`).join('\n')
    expect(mergeTexts(page('a'), page('b'), page('c')).clashes).toBe(true)
  })
})
