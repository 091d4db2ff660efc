import { expect, test } from 'vitest'
import type { CallingHours, SideNumber } from './conflict-document.ts'
import { type Circumstances, consequencesOf } from './consequence.ts'
import type { Values } from './merge.ts'
import type { DispositionKind } from './rules.ts'

const HOURS: CallingHours = {
  contact_hours_id: 1,
  name: 'Weekdays',
  zone: 'Australia/Melbourne',
  local_to_lead: false,
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }],
  exceptions: [],
  valid_from: null,
  valid_to: null,
  of_template: true,
}
const number = (path: string, text: string, list?: 'private'): SideNumber => ({
  path,
  text,
  number: `+61${text.slice(1)}`,
  blocked: list
    ? { list, since_base: true, at: null, actor: null, actor_name: null, reason: null, source: null }
    : null,
})
const kinds: [string, DispositionKind][] = [
  ['callback', 'callback'],
  ['sale', 'final'],
  ['do not call', 'dnc'],
]
const CURRENT: Values = {
  'fields.Mobile': '0412345678',
  'fields.Phone': null,
  'fields.State': 'VIC',
  disposition: null,
  callback: null,
  callback_agent: null,
  contact_hours: null,
  closed: false,
}
/** A Wednesday, 10:00 in Melbourne. */
const NOW = '2026-07-01T00:00:00Z'
const of = (result: Values, more: Partial<Circumstances> = {}) =>
  consequencesOf(result, {
    current: CURRENT,
    numbers: [number('fields.Mobile', '0412345678'), number('fields.Mobile', '0412345699', 'private')],
    phones: ['fields.Mobile', 'fields.Phone'],
    contact_hours: [HOURS],
    zone_field: 'State',
    dispositions: new Map(kinds.map(([code, kind]) => [code, { kind }])),
    now: NOW,
    ...more,
  })
const CLOSED = { ...CURRENT, disposition: 'Do Not Call', closed: true }
const ALL_BLOCKED = { current: CLOSED, numbers: [number('fields.Mobile', '0412345678', 'private')] }

test('an outcome that closes the lead, and one that puts its numbers on the list', () => {
  expect(of({ disposition: 'Sale' })).toEqual([{ kind: 'closes', disposition: 'Sale' }])
  expect(of({ disposition: 'Do Not Call' })).toEqual([
    { kind: 'closes', disposition: 'Do Not Call' },
    { kind: 'lists', numbers: ['+61412345678'] },
  ])
})

test('an outcome that opens a lead again does not take its number off the list', () => {
  expect(of({ disposition: 'Callback', closed: false }, ALL_BLOCKED)).toEqual([
    { kind: 'reopens' },
    { kind: 'stays_blocked', path: 'fields.Mobile', number: '+61412345678', list: 'private' },
    { kind: 'not_called' },
  ])
  expect(of({}, ALL_BLOCKED)).toEqual([
    { kind: 'stays_blocked', path: 'fields.Mobile', number: '+61412345678', list: 'private' },
  ])
  // The server knows more of a number that no side has.
  expect(of({ 'fields.Phone': '0383218199' }, { ...ALL_BLOCKED, current: CURRENT }).at(-1)).toMatchObject({
    kind: 'called_next',
  })
})

test('a callback in the contact hours, and one outside of them', () => {
  expect(of({ disposition: 'Callback', callback: '2026-07-02T10:00:00', callback_agent: 'ann' })).toEqual([
    {
      kind: 'called',
      local: '2026-07-02T10:00:00',
      zone: 'Australia/Melbourne',
      at: '2026-07-02T00:00:00Z',
      opens_at: null,
      agent: 'ann',
    },
  ])
  expect(of({ callback: '2026-07-05T03:00:00' })).toMatchObject([
    { kind: 'called', at: '2026-07-04T17:00:00Z', opens_at: '2026-07-05T23:00:00Z' },
  ])
})

test('a lead without a callback is called when its turn comes, or when its contact hours open', () => {
  expect(of({ 'fields.Name': 'Jane' })).toEqual([
    { kind: 'called_next', opens_at: null, zone: 'Australia/Melbourne' },
  ])
  expect(of({ callback: '2026-06-30T10:00:00' }, { now: '2026-07-01T10:00:00Z' })).toEqual([
    { kind: 'called_next', opens_at: '2026-07-01T23:00:00Z', zone: 'Australia/Melbourne' },
  ])
})

test('the state tells whose morning counts: with nothing but a mobile it is that of the whole country', () => {
  expect(of({ 'fields.State': 'WA' })).toMatchObject([{ opens_at: '2026-07-01T01:00:00Z' }])
  expect(of({ 'fields.State': null })).toMatchObject([{ opens_at: '2026-07-01T01:00:00Z' }])
  expect(of({ 'fields.State': 'Tasmania' })).toMatchObject([{ opens_at: null }])
})

test('the other number of a side is judged as that number', () => {
  expect(of({ 'fields.Mobile': '0412345699' })).toEqual([
    { kind: 'stays_blocked', path: 'fields.Mobile', number: '+61412345699', list: 'private' },
    { kind: 'not_called' },
  ])
})
