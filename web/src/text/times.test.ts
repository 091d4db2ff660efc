import { expect, test } from 'vitest'
import { length, startOfDay, wallTime } from './times.ts'

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

test('a wall time of another year shows it', () => {
  const now = new Date(2026, 10, 24)
  expect(wallTime('2026-11-26T10:00:00', now)).not.toContain('2026')
  expect(wallTime('1950-07-01T10:00:00', now)).toContain('1950')
  expect(wallTime('0050-07-01T10:00:00', now)).not.toContain('1950')
})
