import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ActionSetUp, comesBack, followers } from './action.ts'

test('what an action may start', () => {
  const condition = { field: 'City', op: 'empty' } as const
  const of = (set_up: ActionSetUp) => followers(set_up)
  expect(of({ kind: 'dnc', config: { list: 'private' } })).toEqual([])
  expect(of({ kind: 'nth_attempt', config: { attempt: 3, then_action_id: 7 } })).toEqual([7])
  expect(of({ kind: 'conditional', config: { condition, then_action_id: 7 } })).toEqual([7])
  expect(of({ kind: 'conditional', config: { condition, then_action_id: 7, else_action_id: 8 } })).toEqual([
    7, 8,
  ])
})

test('actions that would start each other for ever', () => {
  const edges = new Map([
    [1, [2]],
    [2, [3, 4]],
    [4, [4]],
  ])
  expect(comesBack(3, [1], edges)).toBe(true)
  expect(comesBack(3, [3], edges)).toBe(true)
  expect(comesBack(5, [1], edges)).toBe(false)
})

test('chains that only go to higher numbers never come back', () => {
  const graph = fc.array(fc.array(fc.nat(30), { maxLength: 2 }), { maxLength: 20 })
  fc.assert(
    fc.property(graph, (steps) => {
      const edges = new Map(steps.map((next, i) => [i, next.map((by) => i + 1 + by)]))
      for (const [i, next] of edges) expect(comesBack(i, next, edges)).toBe(false)
    }),
  )
})
