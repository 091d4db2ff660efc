import { expect, test } from 'vitest'
import type { LeadPhone, PhoneState } from './lead.ts'
import { LIMITS } from './limits.ts'
import { compareOrdered, queuePlaceOf } from './queue.ts'

type QueuePlace = NonNullable<ReturnType<typeof queuePlaceOf>>
type Ordered = Parameters<typeof compareOrdered>[0]

const NOW = '2026-11-24T03:00:00.000Z'
const later = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1_000).toISOString()
const GRACE_S = LIMITS.callback_grace_s

const READY: QueuePlace = { state: 'ready', wake_at: null }

/** A lead with a phone of each state. */
const leadOf = (states: PhoneState[], callback_agent: string | null = null, closed = false) => ({
  closed,
  callback_agent,
  phones: states.map((state, i): LeadPhone => ({ field: `Phone${i}`, phone: 61_400_000_000 + i, state })),
})

test.each<[string, ReturnType<typeof leadOf>, string | null, QueuePlace | null]>([
  ['without a callback', leadOf(['ok']), null, READY],
  ['with a number that the metadata does not know', leadOf(['wrong', 'unlisted']), null, READY],
  ['without a number to dial', leadOf(['wrong', 'disconnected', 'invalid']), null, null],
  ['without a phone', leadOf([]), null, null],
  ['that is closed', leadOf(['ok'], null, true), null, null],
  ['with a callback to come', leadOf(['ok'], 'Robin'), later(1), { state: 'waiting', wake_at: later(1) }],
  ['whose callback is due now', leadOf(['ok']), NOW, READY],
  [
    'whose callback is due, for its agent',
    leadOf(['ok'], 'Robin'),
    NOW,
    { state: 'bound', wake_at: later(GRACE_S) },
  ],
  [
    'in the last second of its agent',
    leadOf(['ok'], 'Robin'),
    later(1 - GRACE_S),
    { state: 'bound', wake_at: later(1) },
  ],
  ['that its agent has left to the others', leadOf(['ok'], 'Robin'), later(-GRACE_S), READY],
])('the place of a lead %s', (_title, lead, callback_at, place) => {
  expect(queuePlaceOf(lead, callback_at, NOW)).toEqual(place)
})

test('priority counts first, then the callback that is due latest, then the lead that came last', () => {
  const ordered: Ordered[] = [
    { priority: 1, due_at: null, number: 1 },
    { priority: 2, due_at: later(-10), number: 2 },
    { priority: 2, due_at: later(-20), number: 4 },
    { priority: 2, due_at: later(-20), number: 3 },
    { priority: 2, due_at: null, number: 9 },
    { priority: 2, due_at: null, number: 8 },
  ]
  expect(ordered.toReversed().sort(compareOrdered)).toEqual(ordered)
})
