import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eligibility, type LeadFacts, nextAttemptAt } from './eligibility.ts'
import { DAYS } from './rules.ts'

const NOW = '2026-11-24T03:00:00Z'
const facts = (more: Partial<LeadFacts> = {}): LeadFacts => ({
  allocation_started: true,
  closed: false,
  leased_until: null,
  callback_at: null,
  callback_agent: null,
  bound_until: null,
  phones: [
    { field: 'FirstPhone', number: '+61412345678', state: 'ok', blocked_by: null, blocked_until: null },
  ],
  lacks_consent: false,
  called_enough: { sentences: [], until: null },
  hours: {
    contact_hours_id: 1,
    name: 'Sales',
    zone: 'UTC',
    local_to_lead: false,
    zone_version: 1,
    weekly: [{ days: [...DAYS], from: '02:00', to: '04:00' }],
    exceptions: [],
    valid_from: null,
    valid_to: null,
  },
  zones: [],
  ...more,
})
const [phone] = facts().phones
const blocked = { ...phone!, blocked_by: 'private' as const }

test('nothing stands in the way', () => {
  expect(eligibility(facts(), NOW)).toEqual({ eligible: true, next_at: NOW, reasons: [] })
  expect(eligibility(facts({ callback_at: NOW, bound_until: NOW, leased_until: NOW }), NOW).eligible).toBe(
    true,
  )
})

test.each([
  ['in the hours: at its time', '2026-11-24T03:30:00Z', '2026-11-24T03:30:00Z'],
  ['outside: when they open', '2026-11-24T05:00:00Z', '2026-11-25T02:00:00Z'],
  ['that is due: now', '2026-11-20T03:30:00Z', '2026-11-20T03:30:00Z'],
])('a callback %s', (_what, at, next) => {
  const lead = { closed: false, callback: { at }, phones: [{ number: '+61412345678', state: 'ok' as const }] }
  const { hours } = facts()
  expect(nextAttemptAt(lead, hours, [0], NOW)).toBe(next)
  const [free] = lead.phones
  const silent = [
    { ...lead, closed: true },
    { ...lead, callback: null },
    {
      ...lead,
      phones: [
        { ...free!, blocked_by: 'private' as const },
        { ...free!, state: 'wrong' as const },
      ],
    },
  ]
  for (const one of silent) expect(nextAttemptAt(one, hours, [0], NOW)).toBe(null)
  expect(nextAttemptAt(lead, { ...hours, valid_to: '2026-11-19' }, [0], NOW)).toBe(null)
})

test('a callback that is due while the hours are closed waits until they open', () => {
  const lead = {
    closed: false,
    callback: { at: '2026-11-20T03:30:00Z' },
    phones: [{ number: '+61412345678', state: 'ok' as const }],
  }
  const { hours } = facts()
  expect(nextAttemptAt(lead, hours, [0], '2026-11-24T05:00:00Z')).toBe('2026-11-25T02:00:00Z')
})

describe('one reason', () => {
  test.each<[string, Partial<LeadFacts>, string | null]>([
    ['allocation_stopped', { allocation_started: false }, null],
    ['closed', { closed: true }, null],
    ['no_number', { phones: [{ ...phone!, state: 'wrong' }] }, null],
    ['no_number', { phones: [] }, null],
    ['blocked', { phones: [blocked] }, null],
    ['blocked', { phones: [{ ...blocked, blocked_until: '2026-11-24T03:30:00Z' }] }, '2026-11-24T03:30:00Z'],
    ['leased', { leased_until: '2026-11-24T03:03:00Z' }, '2026-11-24T03:03:00Z'],
    ['callback_later', { callback_at: '2026-11-24T03:59:00Z' }, '2026-11-24T03:59:00Z'],
    ['callback_later', { callback_at: '2026-11-24T05:00:00Z' }, '2026-11-25T02:00:00Z'],
    [
      'bound_to_agent',
      { callback_agent: 'ana', bound_until: '2026-11-24T03:15:00Z' },
      '2026-11-24T03:15:00Z',
    ],
    ['outside_hours', { hours: { ...facts().hours, weekly: [] } }, null],
  ])('%s', (why, more, next_at) => {
    const found = eligibility(facts(more), NOW)
    expect(found).toMatchObject({ eligible: false, next_at })
    expect(found.reasons.map((reason) => reason.why)).toEqual([why])
  })

  test('a number that is free is enough', () => {
    expect(eligibility(facts({ phones: [blocked, phone!] }), NOW).eligible).toBe(true)
  })
})

test('all reasons are told, and the next time is after every one of them', () => {
  const instant = fc
    .integer({ min: 0, max: 3 * 86_400 })
    .map((s) => new Date(Date.parse(NOW) + s * 1_000).toISOString())
  const maybe = fc.option(instant)
  fc.assert(
    fc.property(maybe, maybe, maybe, (leased_until, callback_at, bound_until) => {
      const found = eligibility(facts({ leased_until, callback_at, bound_until }), NOW)
      const later = [leased_until, callback_at, bound_until].filter(
        (at) => at !== null && Date.parse(at) > Date.parse(NOW),
      )
      expect(found.reasons).toHaveLength(later.length)
      expect(found.eligible).toBe(later.length === 0)
      const next = found.next_at!
      expect(
        eligibility(facts({ leased_until, callback_at, bound_until }), next),
        'at that time nothing stands in the way',
      ).toMatchObject({ eligible: true })
      for (const at of later) expect(Date.parse(next)).toBeGreaterThanOrEqual(Date.parse(at!))
    }),
  )
})
