import { expect, test } from 'vitest'
import { DeadlinePassed } from '../db/again.ts'
import { Gate } from './gate.ts'
import { withTurn } from './write.ts'

test('a change of numbers whose deadline passes while it waits for its turn is never begun', async () => {
  const turns = new Gate({ slots: 1, queue_max: 10, wait_ms: 60_000 })
  turns.enter()
  const begun: string[] = []
  const wait = (name: string, ms: number) =>
    withTurn(turns, { by: { actor: 'key:1' }, deadline: performance.now() + ms }, async () =>
      begun.push(name),
    )
  const late = wait('late', 20)
  const in_time = wait('in time', 30_000)
  await expect(late).rejects.toBeInstanceOf(DeadlinePassed)
  await expect(wait('too late', -1)).rejects.toBeInstanceOf(DeadlinePassed)
  turns.leave()
  await in_time
  expect(begun).toEqual(['in time'])
  expect([turns.busy, turns.waiting]).toEqual([0, 0])
})
