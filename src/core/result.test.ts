import { expect, test } from 'vitest'
import { RESULTS } from './result.ts'

/** As published: senders compare the numbers, and some the names. */
const CLASSIC = [
  [0, 'OK'],
  [101, 'COULDNT_FIND_THE_LEAD'],
  [102, 'NO_PHONE_FIELDS'],
  [103, 'EXCEPTION'],
  [104, 'DNC'],
  [105, 'DUPLICATE'],
  [106, 'INVALID_DISPOSTION'],
  [107, 'DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED'],
  [108, 'IMPORT_BUT_NOCHANGE_SPECIFIED'],
  [109, 'TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS'],
  [110, 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT'],
] as const

test('the codes of the classic table keep their names', () => {
  const ours = Object.entries(RESULTS).map(([name, { code }]) => [code, name])
  expect(ours.filter(([code]) => Number(code) <= 110)).toEqual(CLASSIC)
})

test('a code is given once', () => {
  const codes = Object.values(RESULTS).map(({ code }) => code)
  expect(codes).toEqual([...new Set(codes)].toSorted((a, b) => a - b))
})
