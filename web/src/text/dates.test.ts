import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, isStored, monthGrid, onDay, readDay, readDayTime, writeDate } from './dates.ts'

/** A Friday. */
const now = '2026-11-27T10:30'
const today = '2026-11-27'

test.each([
  ['2026-11-30', '2026-11-30'],
  ['30 Nov 2026', '2026-11-30'],
  ['Mon 30 Nov', '2026-11-30'],
  ['30th nov', '2026-11-30'],
  ['nov 30, 2026', '2026-11-30'],
  ['30 November', '2026-11-30'],
  ['3 Sept 1985', '1985-09-03'],
  ['3.mar.85', '1985-03-03'],
  ['31 Nov', undefined],
  ['29 feb 2028', '2028-02-29'],
  ['today', '2026-11-27'],
  ['Tomorrow', '2026-11-28'],
  ['yesterday', '2026-11-26'],
  ['sat', '2026-11-28'],
  ['friday', '2026-12-04'],
  ['', undefined],
  ['soon', undefined],
  ['1e3', undefined],
])('of a day that is typed as "%s" the field makes %s', (typed, day) => {
  expect(readDay(typed, { today })).toBe(day)
})

test('figures are read in the order of the English that the browser asks for', () => {
  const [month_first, day_first] = ['2026-04-03', '2026-03-04']
  const first = new Intl.DateTimeFormat(navigator.language).formatToParts(0)[0]?.type
  expect(readDay('4/3', { today })).toBe(first === 'month' ? month_first : day_first)
  expect(readDay('4.3.85', { today })?.slice(0, 4)).toBe('1985')
})

test.each([
  ['30 Nov 10:00', '2026-11-30T10:00'],
  ['Mon 30 Nov 10:00', '2026-11-30T10:00'],
  ['30 nov 9', '2026-11-30T09:00'],
  ['3 Jan 14.15', '2027-01-03T14:15'],
  ['tomorrow 9:00', '2026-11-28T09:00'],
  ['tomorrow at 2 pm', '2026-11-28T14:00'],
  ['sat 12:30am', '2026-11-28T00:30'],
  ['2026-12-01T08:45', '2026-12-01T08:45'],
  ['2026-12-01 08:45:00', '2026-12-01T08:45'],
  ['30 Nov', '2026-11-30T09:00'],
  ['30 Nov 2027', '2027-11-30T09:00'],
  ['11:00', '2026-11-27T11:00'],
  ['10:00', '2026-11-28T10:00'],
  ['30 Nov 25:00', undefined],
  ['10', undefined],
  ['later', undefined],
])('of a day and a time that are typed as "%s" the field makes %s', (typed, local) => {
  expect(readDayTime(typed, now)).toBe(local)
})

describe('what the field writes it reads again', () => {
  const days = fc.integer({ min: -40_000, max: 10_000 }).map((n) => addDays(today, n))
  const times = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))

  test('a day', () => {
    fc.assert(fc.property(days, (day) => void expect(readDay(writeDate(day), { today })).toBe(day)))
  })

  test('a day with a time', () => {
    fc.assert(
      fc.property(days, times, (day, time) => {
        const local = `${day}T${time.map((n) => String(n).padStart(2, '0')).join(':')}`
        const this_year = new Date().getFullYear()
        // A day without a year is the next one; this year's are written without it.
        fc.pre(Number(day.slice(0, 4)) !== this_year || day >= today)
        expect(readDayTime(writeDate(local), `${this_year}-01-01T00:00`)).toBe(local)
      }),
    )
  })

  test('a text that is no date stays as it is', () => {
    for (const odd of ['soon', '2026-13-01', '2026-11-31', '2026-11-30T1000', '']) {
      expect(isStored(odd)).toBe(false)
      expect(writeDate(odd)).toBe(odd)
    }
  })
})

test('a month later is the same day, or the last one', () => {
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
  expect(addMonths('2026-01-15', -1)).toBe('2025-12-15')
  expect(addMonths('2026-11-27', 12)).toBe('2027-11-27')
})

test('the grid of a month begins on a Monday and has all its days', () => {
  const grid = monthGrid('2026-11-27')
  expect(grid[0]?.[0]).toBe('2026-10-26')
  expect(grid.flat()).toHaveLength(42)
  expect(grid.flat()).toContain('2026-11-30')
})

test('another day keeps the time', () => {
  expect(onDay('2026-11-27T14:15:00', '2026-12-01')).toBe('2026-12-01T14:15')
  expect(onDay(null, '2026-12-01')).toBe('2026-12-01T09:00')
})
