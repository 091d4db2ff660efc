import { expect, test } from 'vitest'
import { readLocal } from './callback.ts'
import { type Entry, KEEPING, noEntries, placeUnmapped, STRICT } from './entries.ts'
import { LIMITS } from './limits.ts'

const TOO_LONG = 'x'.repeat(LIMITS.external_id_points_max + 1)
const entry = (key: string): Entry => ({ key, text: 'x', is_null: false })

/** What becomes of these keys beside the key `plan`. */
function placed(keys: string[], reading = KEEPING) {
  const entries = noEntries({ keyOf: ({ name }) => name, readCallback: readLocal }, reading)
  const refused = ['plan', ...keys].flatMap((key) => placeUnmapped(entries, key, entry(key)) ?? [])
  return { refused, kept: [...entries.unmapped.keys()], warnings: entries.warnings }
}

test.each([
  ['blank', '\u200b', 'the key is empty'],
  ['there already', 'plan\n', 'two keys are the same text'],
  ['too long', TOO_LONG, `the key is longer than ${LIMITS.external_id_points_max} characters`],
])('a key that is %s is refused, or left out and named', (_, key, why) => {
  expect(placed([key], STRICT)).toMatchObject({ refused: [why], kept: ['plan'] })
  expect(placed([key])).toEqual({
    refused: [],
    kept: ['plan'],
    warnings: [{ code: 'left_out', field: expect.any(String) }],
  })
})

test('a key that is kept otherwise than it was sent is named', () => {
  expect(placed(['note\n'])).toEqual({
    refused: [],
    kept: ['plan', 'note'],
    warnings: [{ code: 'trimmed', field: 'note' }],
  })
})
