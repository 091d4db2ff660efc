import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { behind, cursorText, firstCursor, type ListPlace, readCursor } from './dnc-cursor.ts'

describe('a cursor of the do-not-call list', () => {
  test.each([
    ['0.0', '0.0'],
    ['812.7', '812.7'],
    ['815.9-812.7', '815.9-812.7'],
    ['18446744073709551615.1', '18446744073709551615.1'],
    ['0a1b2c3d:815.9-812.7', '0a1b2c3d:815.9-812.7'],
    // From before it could be followed: entries up to this one have been seen.
    ['10001', '0.10001'],
  ])('%s', (text, again) => expect(cursorText(readCursor(text)!)).toBe(again))

  test.each([
    '',
    'x',
    '1.',
    '.1',
    '-1.1',
    '1.1-',
    '1.1-2',
    '18446744073709551616.1',
    '1.9999999999999999',
    '1.1\n',
    'restored:1.1',
    '0a1b2c3d:',
  ])('%j is none', (text) => expect(readCursor(text)).toBeUndefined())
})

interface Row extends ListPlace {
  /** When its transaction ends, and the row can be seen. */
  ends: number
}

/** The answer of the database at a moment: rows of transactions that have ended, in order; a page of them. */
function page(rows: readonly Row[], moment: number, after: ListPlace, length: number) {
  const running = rows.filter(({ ends }) => ends > moment).map(({ tx }) => BigInt(tx))
  const horizon = running.reduce((least, tx) => (tx < least ? tx : least), 1_000n)
  return rows
    .filter(({ ends }) => ends <= moment)
    .sort((a, b) => Number(BigInt(a.tx) - BigInt(b.tx)) || a.entry_id - b.entry_id)
    .filter(
      ({ tx, entry_id }) => BigInt(tx) > BigInt(after.tx) || (tx === after.tx && entry_id > after.entry_id),
    )
    .slice(0, length)
    .map((row) => ({ ...row, settled: BigInt(row.tx) < horizon }))
}

test('whoever follows sees every entry, in whatever order transactions end and however short the pages are', () => {
  const transactions = fc.array(fc.record({ ends: fc.nat(30), entries: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(transactions, fc.integer({ min: 1, max: 5 }), (all, length) => {
      let entry_id = 0
      const rows: Row[] = all.flatMap(({ ends, entries }, i) =>
        Array.from({ length: entries }, () => ({ tx: String(i + 1), entry_id: ++entry_id, ends: ends + i })),
      )
      const seen = new Set<number>()
      let cursor = firstCursor('')
      for (let moment = 0; moment <= 60; moment++) {
        const found = page(rows, moment, cursor.at, length)
        for (const row of found) seen.add(row.entry_id)
        cursor = readCursor(cursorText(behind(cursor, found)))!
        // At the end of the list the reader goes on from what it has seen for good.
        if (found.length < length) cursor = { ...cursor, at: cursor.safe, safe: cursor.safe }
      }
      for (let more = true; more; ) {
        const found = page(rows, 100, cursor.at, length)
        for (const row of found) seen.add(row.entry_id)
        cursor = behind(cursor, found)
        more = found.length > 0
      }
      expect(seen.size).toBe(rows.length)
    }),
  )
})
