import { expect, test } from 'vitest'
import type { DecidedGroup, DecidedMerge, HistoryEvent, Lead, Values } from '../../../src/client/api.ts'
import { FieldTable } from '../../../src/core/field.ts'
import type { LeadSetUp } from '../lead/set-up.ts'
import {
  givenUp,
  groupsOf,
  isUndone,
  mayUndo,
  obstacleTo,
  pathsIn,
  settersOf,
  shownPaths,
  takenOf,
} from './given-up.ts'

const Name = (text: string) => ({ 'fields.Name': text })

const group = (more: Partial<DecidedGroup> = {}): DecidedGroup => ({
  group: 'fields.Name',
  class: 'conflict',
  paths: ['fields.Name'],
  base: Name('Jane'),
  mine: Name('Joan'),
  theirs: Name('Jo'),
  result: Name('Jo'),
  taken: 'theirs',
  reason: null,
  ...more,
})

const merge = (more: Partial<DecidedMerge> = {}): DecidedMerge => ({
  merge_id: 7,
  conflict_id: null,
  base_version: 1,
  lead_version: 3,
  actor: 'operator:3',
  actor_name: 'Ann Lee',
  sender: 'operator:3',
  sender_name: 'Ann Lee',
  at: '2026-11-27T08:00:00Z',
  classes: {},
  decisions: {},
  groups: [group()],
  ...more,
})

const event = (version: number, actor: string, paths: readonly string[]) =>
  ({
    version,
    actor,
    at: '2026-11-27T08:00:00Z',
    changes: Object.fromEntries(paths.map((path) => [path, [1, 9]])),
  }) as unknown as HistoryEvent

test('a side is given up where it was a change that the lead did not get', () => {
  expect(givenUp(group())).toEqual(['mine'])
  expect(givenUp(group({ taken: 'mine', result: Name('Joan') }))).toEqual(['theirs'])
  expect(givenUp(group({ taken: 'value', result: Name('J.') }))).toEqual(['mine', 'theirs'])
  expect(givenUp(group({ taken: 'base', result: Name('Jane') }))).toEqual(['mine', 'theirs'])
  // Both texts went in; nobody decided against the one that nobody else had changed.
  expect(givenUp(group({ class: 'merged', taken: 'merged', result: Name('Joan Jo') }))).toEqual([])
  expect(givenUp(group({ class: 'only_theirs', mine: Name('Jane') }))).toEqual([])
  // A linked change was refused, although the lead had not changed there.
  const refused = { class: 'linked', theirs: Name('Jane'), result: Name('Jane') } as const
  expect(givenUp(group(refused))).toEqual(['mine'])
  expect(takenOf(group(refused))).toBe('unchanged')
  expect(takenOf(group({ class: 'agreed', mine: Name('Jo') }))).toBe('agreed')
})

test('a held change does not concern what only others changed; an older release kept no values', () => {
  const groups = [group(), group({ group: 'address', class: 'only_theirs' })]
  expect(groupsOf(merge({ groups })).length).toBe(2)
  expect(groupsOf(merge({ groups, conflict_id: 4 })).length).toBe(1)
  const classes = { address: 'conflict', 'fields.Name': 'only_mine' } as const
  const decisions = { address: { take: 'theirs' as const, reason: 'newer' } }
  const old = groupsOf(merge({ groups: null, merge_id: null, classes, decisions }))
  expect(old.map(({ taken, reason, paths }) => [taken, reason, paths])).toEqual([
    ['theirs', 'newer', []],
    ['mine', null, ['fields.Name']],
  ])
  expect(old.map(takenOf)).toEqual(['theirs', 'mine'])
})

test('theirs are named who set the values last, between the base and the decision', () => {
  const events = [
    event(1, 'key:9', ['fields.Name']),
    event(2, 'key:1', ['fields.Name', 'fields.City']),
    event(3, 'key:2', ['fields.Name']),
    event(4, 'key:3', ['fields.Name']),
  ]
  const actors = (paths: string[]) => settersOf(merge(), paths, events).map(({ actor }) => actor)
  expect(actors(['fields.Name'])).toEqual(['key:2'])
  expect(actors(['fields.Name', 'fields.City'])).toEqual(['key:1', 'key:2'])
  expect(actors(['fields.Email'])).toEqual([])
})

test('a version is found by what it changed, and by what was given up', () => {
  const one = { ...event(3, 'key:2', ['fields.City']), merge: null, set_aside: [merge()] }
  expect(pathsIn(one)).toEqual(['fields.City', 'fields.Name'])
})

test('a value that a restore would replace is shown, and what follows from an outcome is not', () => {
  const paths = ['fields.City', 'fields.State', 'closed']
  const address = { 'fields.City': 'Kew', 'fields.State': 'Vic', closed: false }
  const moved = { ...address, 'fields.City': 'Carlton', closed: true }
  const one = group({ paths, base: address, mine: moved, theirs: address, result: address })
  expect(shownPaths(one, undefined)).toEqual(['fields.City'])
  expect(shownPaths(one, { ...address, 'fields.State': 'NSW' })).toEqual(['fields.City', 'fields.State'])
})

const lead = {
  fields: { Name: 'Jo' },
  unmapped: {},
  contact_hours: 'Weekdays',
  closed: true,
  priority: 2,
  client_approved: true,
  version: 5,
} as unknown as Lead
const set_up = {
  fields: new FieldTable([]),
  template: { contact_hours: 'Weekdays' },
  dispositions: new Map([['do not call', { kind: 'dnc' }]]),
} as unknown as LeadSetUp

test('a value is offered only where it can be restored', () => {
  const fields = new FieldTable([{ name: 'Name', kind: 'text', aliases: [] } as never])
  const obstacle = (mine: object, is_lead = false) =>
    obstacleTo(group({ class: 'linked', mine: mine as Values }), 'mine', lead, { ...set_up, fields }, is_lead)
  expect(obstacle(Name('Joan'))).toBeUndefined()
  expect(obstacle(Name('Jo'))).toBe('same')
  expect(obstacle({ ...Name('Jo'), contact_hours: null, closed: true })).toBe('same')
  expect(obstacle({ 'fields.Gone': 'x' })).toBe('no_field')
  expect(obstacle({ allocation_id: 9 })).toBe('moved')
  expect(obstacle({ disposition: 'Do Not Call' })).toBe('asked')
  expect(obstacle({ priority: 9 })).toBe('needs_lead')
  expect(obstacle({ priority: 9 }, true)).toBeUndefined()
  expect(obstacle({ disposition: 'Busy', closed: false })).toBe('closed')
  expect(obstacle({ disposition: 'Busy', closed: false }, true)).toBeUndefined()
})

test('a change is undone once the lead has all of its old values again', () => {
  const change = (old: string, more: object = {}) =>
    ({ ...event(4, 'key:1', []), changes: { 'fields.Name': [old, 'Joan'], ...more } }) as HistoryEvent
  expect(isUndone(change('Jo'), lead, set_up)).toBe(true)
  expect(isUndone(change('Jane'), lead, set_up)).toBe(false)
  expect(isUndone(change('Jo', { priority: [1, 2] }), lead, set_up)).toBe(false)
  // Contact hours of the template are none of the lead's own.
  expect(isUndone(change('Jo', { contact_hours: [null, 'Weekends'] }), lead, set_up)).toBe(true)
})

test('an undo is offered to those who may', () => {
  const put_off = { ...event(5, 'operator:3', []), changes: { priority: [10, 2] } } as HistoryEvent
  const may = (me: object) =>
    mayUndo(put_off, lead, { is_lead: false, actor: 'operator:4', now: '2026-11-27T08:01:00Z', ...me })
  expect(may({})).toBe(false)
  expect(may({ is_lead: true })).toBe(true)
  // One's own slip of the last minutes.
  expect(may({ actor: 'operator:3' })).toBe(true)
  expect(may({ actor: 'operator:3', now: '2026-11-27T09:00:00Z' })).toBe(false)
  expect(mayUndo(event(2, 'key:1', ['fields.Name']), lead, { is_lead: false, actor: '', now: '' })).toBe(true)
})
