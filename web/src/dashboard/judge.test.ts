import { expect, test } from 'vitest'
import { faultsOf, hasNoLeads, intakeState, minutesOf, refusedState } from './judge.ts'

test('it takes leads, or has none, or lets requests wait', () => {
  expect(intakeState({ inserted: 3, waiting: 0 }, { inserted: 9 })).toBe('taking')
  expect(intakeState({ inserted: 3, waiting: 4 }, { inserted: 9 })).toBe('busy')
  expect(intakeState({ inserted: 0, waiting: 0 }, { inserted: 9 })).toBe('pause')
  expect(intakeState({ inserted: 0, waiting: 0 }, { inserted: 0 })).toBe('quiet')
})

test('a few refusals are normal; a fifth of all is much, unless they are few', () => {
  expect(refusedState({ inserted: 9, updated: 0, refused: 0 })).toBe('none')
  expect(refusedState({ inserted: 900, updated: 90, refused: 10 })).toBe('some')
  expect(refusedState({ inserted: 30, updated: 10, refused: 10 })).toBe('many')
  expect(refusedState({ inserted: 0, updated: 0, refused: 9 })).toBe('some')
})

test('only what is no fault of the sender is ours', () => {
  const of = (code: number) => ({ deed: 'insert' as const, code, name: '', answers: 2 })
  expect(faultsOf({ codes: [of(105), of(109), of(103), of(1013), of(1001)] })).toBe(6)
})

test('minutes without an answer are zero, and the last one is that of the count', () => {
  const bars = minutesOf({
    counted_at: '2026-11-27T10:00:30.123Z',
    minutes: [
      { at: '2026-11-27T09:01:00Z', inserted: 5, refused: 1 },
      { at: '2026-11-27T10:00:00Z', inserted: 7, refused: 0 },
    ],
  })
  expect(bars).toHaveLength(60)
  expect(bars[0]).toMatchObject({ inserted: 5, refused: 1 })
  expect(bars[1]).toEqual({ at: '2026-11-27T09:02:00.000Z', inserted: 0, refused: 0 })
  expect(bars.at(-1)).toMatchObject({ inserted: 7 })
})

const campaign = (counts: { new: number; closed: Record<string, number> } | null) => ({
  campaign_id: 1,
  name: 'Solar',
  started: true,
  counted_at: null,
  counts: counts && { callback: 0, waiting: 0, leased: 0, parked: 0, ...counts },
  calls: null,
})

test('there are no leads only where every campaign is counted and empty', () => {
  const hour = { inserted: 0 } as Parameters<typeof hasNoLeads>[0]['hour']
  const of = (...items: ReturnType<typeof campaign>[]) =>
    hasNoLeads({ hour, campaigns: { items, has_more: false } })
  expect(of(campaign({ new: 0, closed: {} }))).toBe(true)
  expect(of(campaign({ new: 0, closed: {} }), campaign(null))).toBe(false)
  expect(of(campaign({ new: 1, closed: {} }))).toBe(false)
  expect(of(campaign({ new: 0, closed: { Sale: 3 } }))).toBe(false)
  expect(of()).toBe(false)
})
