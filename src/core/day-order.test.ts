import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findDayOrder, readDayIn } from './day-order.ts'

test('days are read as people and programs write them', () => {
  const day = (text: string, order: Parameters<typeof readDayIn>[1] = 'dmy') => readDayIn(text, order)
  expect(day('03/04/2026')).toEqual({ day: '2026-04-03' })
  expect(day('03/04/2026', 'mdy')).toEqual({ day: '2026-03-04' })
  expect(day('3.4.26')).toEqual({ day: '2026-04-03' })
  expect(day('3-4-85')).toEqual({ day: '1985-04-03' })
  expect(day('2026/04/03', 'mdy')).toEqual({ day: '2026-04-03' })
  expect(day('20260403', 'ymd')).toEqual({ day: '2026-04-03' })
  expect(day('3 Apr 2026')).toEqual({ day: '2026-04-03' })
  expect(day('03-APR-26', 'mdy')).toEqual({ day: '2026-04-03' })
  expect(day('April 3rd, 2026')).toEqual({ day: '2026-04-03' })
  expect(day('03/04/2026 2:30 pm')).toEqual({ day: '2026-04-03', time: '14:30' })
  expect(day('03/04/2026 12:05 a.m.')).toEqual({ day: '2026-04-03', time: '00:05' })
  expect(day('2025-09-12T15:05:13+05:30')).toEqual({ day: '2025-09-12', time: '15:05:13', offset: '+05:30' })
  expect(day('45992.75', 'serial')).toEqual({ day: '2025-12-01', time: '18:00' })
  expect(day('31478', 'serial')).toEqual({ day: '1986-03-07' })
  for (const text of [
    '',
    'Ann',
    '30/02/2026',
    '03/13/2026',
    '03/04/2026 25:00',
    '12345678',
    '0491570006',
    '3/4',
  ])
    expect(day(text), text).toBeUndefined()
  expect(day('3/4/2026', 'ymd')).toBeUndefined()
})

test('one value over twelve decides the order of a column', () => {
  expect(findDayOrder(['03/04/2026', '05/06/2026'])).toBe('open')
  expect(findDayOrder(['03/04/2026', '25/06/2026', ''])).toBe('dmy')
  expect(findDayOrder(['03/04/2026', '05/26/2026'])).toBe('mdy')
  expect(findDayOrder(['13/04/2026', '05/26/2026'])).toBe('mixed')
  expect(findDayOrder(['2026-04-03', '2026-12-25'])).toBe('ymd')
  // Both ways mean the same day.
  expect(findDayOrder(['03/03/2026', '12/12/2026'])).toBe('ymd')
  expect(findDayOrder(['45992', '31478'])).toBe('serial')
  expect(findDayOrder(['0491570006', '0491570110'])).toBeUndefined()
  expect(findDayOrder(['2000', '3000'])).toBeUndefined()
  expect(findDayOrder(['', ' '])).toBeUndefined()
  expect(findDayOrder(['Ann', 'Bob', '03/04/2026'])).toBeUndefined()
})

test('a day is read as it was written, in its order', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1931-01-01'), max: new Date('2028-12-31'), noInvalidDate: true }),
      fc.constantFrom('/', '-', '.'),
      (date, sign) => {
        const day = date.toISOString().slice(0, 10)
        const [year, month, of_month] = day.split('-') as [string, string, string]
        expect(readDayIn([of_month, month, year].join(sign), 'dmy')?.day).toBe(day)
        expect(readDayIn([month, of_month, year].join(sign), 'mdy')?.day).toBe(day)
        expect(readDayIn([year, month, of_month].join(sign), 'ymd')?.day).toBe(day)
        const found = findDayOrder([[of_month, month, year].join(sign)])
        expect(['dmy', Number(of_month) > 12 ? 'dmy' : 'open', of_month === month ? 'ymd' : 'dmy']).toContain(
          found,
        )
      },
    ),
  )
})
