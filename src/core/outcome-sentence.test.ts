import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duration, outcomeSentence } from './outcome-sentence.ts'
import { DISPOSITION_KINDS, type Disposition } from './rules.ts'

const sentence = (more: Partial<Disposition>) =>
  outcomeSentence({
    code: 'No Answer',
    kind: 'retry',
    delay_s: null,
    next_day: false,
    redials_max: null,
    ...more,
  })

test.each<[Partial<Disposition>, string]>([
  [{ next_day: true, redials_max: 4 }, 'again the next day, at most 4 more times, then closed'],
  [{ delay_s: 900, redials_max: 1 }, 'again after 15 minutes, at most 1 more time, then closed'],
  [{ delay_s: 5_400 }, 'again after 1 hour 30 minutes, without a limit'],
  [{}, 'again at once, without a limit'],
  [{ delay_s: 0 }, 'again at once, without a limit'],
  [{ delay_s: 900, redials_max: 0 }, 'closed'],
  [{ kind: 'callback', delay_s: 3_600 }, 'again at the agreed time, or after 1 hour if none was agreed'],
  [{ kind: 'callback', next_day: true }, 'again at the agreed time, or the next day if none was agreed'],
  [
    { kind: 'client_callback' },
    'again at the time that the customer asked for, or at once if none was agreed; from then on it never becomes less urgent',
  ],
  [{ kind: 'final' }, 'closed'],
  [{ kind: 'dnc' }, 'closed, and its numbers go on the private do-not-call list'],
])('%j: %s', (rule, said) => {
  expect(sentence(rule)).toBe(`After No Answer: ${said}.`)
})

test('a length of time names its units, and adds up', () => {
  expect(duration(0)).toBe('0 seconds')
  expect(duration(90_061)).toBe('1 day 1 hour 1 minute 1 second')
  const LENGTHS: Record<string, number> = { day: 86_400, hour: 3_600, minute: 60, second: 1 }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 31_536_000 }), (seconds) => {
      const parts = [...duration(seconds).matchAll(/(\d+) ([a-z]+?)s?(?= |$)/g)]
      expect(parts.reduce((sum, [, n, unit]) => sum + Number(n) * LENGTHS[unit!]!, 0)).toBe(seconds)
    }),
  )
})

test('every rule has a sentence of its own name, on one line', () => {
  fc.assert(
    fc.property(
      fc.record({
        kind: fc.constantFrom(...DISPOSITION_KINDS),
        delay_s: fc.option(fc.nat(31_536_000)),
        next_day: fc.boolean(),
        redials_max: fc.option(fc.nat(1_000)),
      }),
      (rule) => {
        expect(sentence(rule)).toMatch(/^After No Answer: [a-z][^\n]+[a-z]\.$/)
      },
    ),
  )
})
