import { expect, test } from 'vitest'
import { familyCpuMs, parseMachine, parseProcess, processTimes, stealPct } from './machine.ts'

test('the ticks of a machine: guest time counts once, waiting for a disk is no use of a CPU', () => {
  const stat =
    'cpu  43503 10 18516 81178 951 5 585 55 400 0\ncpu0 21751 5 9258 40589 475 2 292 27 0 0\nintr 1'
  expect(parseMachine(stat)).toEqual({
    steal: 55,
    used: 43503 + 10 + 18516 + 5 + 585,
    total: 43503 + 10 + 18516 + 81178 + 951 + 5 + 585 + 55,
  })
})

test('the share of steal is of what passed between two moments', () => {
  const from = { steal: 100, used: 1_000, total: 2_000 }
  expect(stealPct(from, { steal: 105, used: 1_050, total: 2_100 })).toBe(5)
  expect(stealPct(from, from)).toBeNull()
})

test('the times of a process, whatever its name holds', () => {
  const fields = 'S 41 1 1 0 -1 4194560 900 0 0 0 120 30 7 3 20 0 1 0 4000 1000 200'
  for (const name of ['node', 'postgres: (a) b) c', '1 2 3'])
    expect(parseProcess(`42 (${name}) ${fields}`)).toEqual({
      parent: 41,
      cpu_ms: 1_500,
      ended_children_ms: 100,
    })
})

test('a process that is gone has no times', () => {
  expect(parseProcess('')).toBeNull()
  expect(processTimes(2 ** 30)).toBeNull()
  expect(familyCpuMs(2 ** 30)).toBeNull()
})

test('without /proc the share of steal is not known', () => {
  expect(parseMachine('')).toEqual({ steal: 0, used: 0, total: 0 })
  expect(stealPct(parseMachine(''), parseMachine(''))).toBeNull()
})
