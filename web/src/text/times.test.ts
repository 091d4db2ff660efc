import { expect, test } from 'vitest'
import { comingTime, length, startOfDay, wallTime } from './times.ts'

test('a day begins at midnight of its own year, also of one before 100', () => {
  for (const year of ['0001', '0050', '0099', '1985', '2026']) {
    const date = startOfDay(`${year}-12-31`, 1)
    expect([date.getFullYear(), date.getMonth(), date.getDate()]).toEqual([Number(year) + 1, 0, 1])
    expect([date.getHours(), date.getMinutes(), date.getMilliseconds()]).toEqual([0, 0, 0])
  }
})

test.each([
  [0, '0:00'],
  [61, '1:01'],
  [598, '9:58'],
  [3_723, '1:02:03'],
])('a call of %i seconds lasted %s', (seconds, shown) => {
  expect(length(seconds)).toBe(shown)
})

test.each([
  ['2026-11-27T04:30:00Z', /^today 15:30$/],
  ['2026-11-27T23:00:00Z', /^Sat 10:00$/],
  ['2026-12-02T22:00:00Z', /^Thu 09:00$/],
  ['2026-12-03T22:00:00Z', /^Fri (4 Dec|Dec 4) 09:00$/],
])('%s, seen from a Friday in Melbourne, is %s', (at, shown) => {
  expect(comingTime(at, 'Australia/Melbourne', Date.parse('2026-11-27T01:00:00Z'))).toMatch(shown)
})

test('a wall time of another year shows it', () => {
  const now = new Date(2026, 10, 24)
  expect(wallTime('2026-11-26T10:00:00', now)).not.toContain('2026')
  expect(wallTime('1950-07-01T10:00:00', now)).toContain('1950')
  expect(wallTime('0050-07-01T10:00:00', now)).not.toContain('1950')
})
