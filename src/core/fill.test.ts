import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFull, withinLimits, wouldFill } from './fill.ts'

const none = { moved: 0, moved_with: {} }
const leads = (...codes: string[]) => codes.map((code, number) => ({ code, number }))

test('takes the first ones of each disposition, and no more than all together', () => {
  const picks = [
    { code: '', leads_max: 1 },
    { code: 'Busy', leads_max: null },
  ]
  const offered = leads('', 'Busy', '', 'Busy', 'Fax', 'Busy')
  const numbers = (leads_max: number | null, filled = none) =>
    withinLimits({ picks, leads_max }, filled, offered).map(({ number }) => number)
  expect(numbers(null)).toEqual([0, 1, 3, 5])
  expect(numbers(2)).toEqual([0, 1])
  expect(numbers(3, { moved: 1, moved_with: { '': 1 } })).toEqual([1, 3])
})

test('a fill in chunks takes what one chunk would, and is full when nothing more may come', () => {
  const code = fc.constantFrom('', 'Busy', 'Fax', '__proto__')
  const max = fc.option(fc.integer({ min: 1, max: 6 }))
  const picks = fc.option(
    fc.uniqueArray(fc.record({ code, leads_max: max }), { selector: (pick) => pick.code, minLength: 1 }),
  )
  fc.assert(
    fc.property(
      fc.record({ leads_max: max, picks }),
      fc.array(code, { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      (limits, codes, length) => {
        const offered = leads(...codes)
        const whole = withinLimits(limits, none, offered)
        const moved_with: Record<string, number> = Object.create(null)
        const chunked: typeof offered = []
        for (let from = 0; from < offered.length; from += length) {
          const taken = withinLimits(
            limits,
            { moved: chunked.length, moved_with },
            offered.slice(from, from + length),
          )
          if (isFull(limits, { moved: chunked.length, moved_with })) expect(taken).toEqual([])
          for (const lead of taken) moved_with[lead.code] = (moved_with[lead.code] ?? 0) + 1
          chunked.push(...taken)
        }
        expect(chunked).toEqual(whole)
        const counts: Record<string, number> = Object.create(null)
        for (const one of codes) counts[one] = (counts[one] ?? 0) + 1
        expect(wouldFill(limits, counts)).toBe(whole.length)
      },
    ),
  )
})
