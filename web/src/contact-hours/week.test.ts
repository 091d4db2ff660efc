import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAYS } from '../../../src/core/rules.ts'
import { isWhollyOpen, openParts, paint, readSpans, weekOf, windowsOf, writeSpans } from './week.ts'

const OFFICE = [
  { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:30' },
  { days: ['sat'], from: '10:00', to: '14:00' },
] as const
const weekly = OFFICE.map(({ days, ...span }) => ({ days: [...days], ...span }))

test('a week goes to windows and back, with the days that have the same hours together', () => {
  expect(windowsOf(weekOf(weekly))).toEqual(weekly)
  expect(windowsOf(weekOf(null))).toEqual([{ days: [...DAYS], from: '00:00', to: '24:00' }])
  expect(windowsOf(weekOf([]))).toEqual([])
})

test('an hour is opened beside others and closed within them', () => {
  const spans = [{ from: '09:00', to: '12:30' }]
  expect(paint(spans, 12, true)).toEqual([{ from: '09:00', to: '13:00' }])
  expect(paint(spans, 14, true)).toEqual([...spans, { from: '14:00', to: '15:00' }])
  expect(paint(spans, 10, false)).toEqual([
    { from: '09:00', to: '10:00' },
    { from: '11:00', to: '12:30' },
  ])
  expect(paint(spans, 12, false)).toEqual([{ from: '09:00', to: '12:00' }])
  expect(paint([], 23, true)).toEqual([{ from: '23:00', to: '24:00' }])
})

test('what is typed is read as people write it', () => {
  expect(readSpans('9-12:30, 13:00–17:30')).toEqual([
    { from: '09:00', to: '12:30' },
    { from: '13:00', to: '17:30' },
  ])
  expect(readSpans('9.15-17.30')).toEqual([{ from: '09:15', to: '17:30' }])
  expect(readSpans('9 to 5')).toBe(undefined)
  expect(readSpans('0900-1700; 16-24')).toEqual([{ from: '09:00', to: '24:00' }])
  expect(readSpans('  ')).toEqual([])
  for (const wrong of ['noon', '9', '9-25', '09:70-10:00', '24:01-24:02'])
    expect(readSpans(wrong)).toBe(undefined)
})

test('painting every hour that is open, and no other, changes nothing', () => {
  const hours = fc.array(fc.boolean(), { minLength: 24, maxLength: 24 })
  fc.assert(
    fc.property(hours, hours, (before, after) => {
      const draw = (wanted: boolean[], begun: ReturnType<typeof paint>) =>
        wanted.reduce((spans, open, hour) => paint(spans, hour, open), begun)
      const spans = draw(after, draw(before, []))
      expect(after.map((_, hour) => isWhollyOpen(spans, hour))).toEqual(after)
      expect(after.map((_, hour) => openParts(spans, hour).length > 0)).toEqual(after)
      expect(readSpans(writeSpans(spans))).toEqual(spans)
    }),
  )
})
