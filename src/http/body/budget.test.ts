import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Budget, type Held } from './budget.ts'

const MAX = 1_000

test('a key alone may hold half, and each that comes finds room', () => {
  const budget = new Budget(MAX)
  const fill = (key: string) => {
    let bytes = 0
    for (let held = budget.hold(key, 10, () => {}); held; held = budget.hold(key, 10, () => {})) {
      held.keep()
      bytes += 10
    }
    return bytes
  }
  expect(['a', 'b', 'c'].map(fill)).toEqual([500, 250, 130])
})

test('who wants more loses the oldest of his own, never one of others', () => {
  const budget = new Budget(MAX)
  const cut: string[] = []
  const hold = (key: string, name: string) => budget.hold(key, 100, () => cut.push(name))
  hold('b', 'b1')
  for (const name of ['a1', 'a2', 'a3', 'a4']) expect(hold('a', name)).toBeDefined()
  expect(cut).toEqual([])
  hold('a', 'a5')
  hold('a', 'a6')
  expect(cut).toEqual(['a1'])
  hold('a', 'a7')
  expect(cut).toEqual(['a1', 'a2'])
  expect(budget.bytes).toBe(600)
})

test('what is kept is not cut: then there is no room', () => {
  const budget = new Budget(MAX)
  const held = Array.from({ length: 5 }, () => budget.hold('a', 100, () => expect.unreachable())!)
  for (const one of held) one.keep()
  expect(budget.hold('a', 100, () => {})).toBeUndefined()
  expect(budget.hold('b', 100, () => {})).toBeDefined()
  held[0]!.release()
  expect(budget.hold('a', 100, () => {})).toBeDefined()
})

test('what shrinks makes room', () => {
  const budget = new Budget(MAX)
  const held = Array.from({ length: 5 }, () => budget.hold('a', 100, () => {})!)
  for (const one of held) {
    one.resize(1)
    one.keep()
  }
  expect(budget.bytes).toBe(5)
  expect(budget.hold('a', 400, () => expect.unreachable())).toBeDefined()
})

test('whatever comes and goes, it knows what is held, and a key with nothing finds what is free', () => {
  const deed = fc.record({
    deed: fc.constantFrom('hold', 'hold', 'hold', 'keep', 'release', 'shrink'),
    key: fc.constantFrom('loud', 'loud', 'louder', 'other'),
    bytes: fc.integer({ min: 1, max: 200 }),
    which: fc.nat(50),
  })
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 120 }), (deeds) => {
      const budget = new Budget(MAX)
      const live = new Map<Held, { key: string; bytes: number }>()
      const sum = (key?: string) =>
        [...live.values()].reduce((all, one) => all + ((key ?? one.key) === one.key ? one.bytes : 0), 0)
      for (const { deed, key, bytes, which } of deeds) {
        const [held, one] = [...live][which % Math.max(1, live.size)] ?? []
        if (deed === 'hold') {
          const [free, own, of_others] = [MAX - sum(), sum(key), sum() - sum(key)]
          const made = budget.hold(key, bytes, () => live.delete(made!))
          if (made) live.set(made, { key, bytes })
          if (own === 0) expect(made !== undefined).toBe(bytes <= free)
          expect(sum() - sum(key)).toBe(of_others)
        } else if (held && one && deed === 'keep') held.keep()
        else if (held && one && deed === 'shrink') {
          one.bytes = Math.min(one.bytes, bytes)
          held.resize(one.bytes)
        } else if (held && deed === 'release') {
          held.release()
          live.delete(held)
        }
        expect(budget.bytes).toBe(sum())
        expect(sum()).toBeLessThanOrEqual(MAX)
      }
    }),
  )
})
