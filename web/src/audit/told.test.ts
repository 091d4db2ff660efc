import { expect, test } from 'vitest'
import type { AuditEntry } from '../../../src/client/api.ts'
import { changesOf, sentenceOf } from './told.ts'

const NAMES = new Map([
  ['key:7', 'Web form'],
  ['team:2', 'East'],
  ['campaign:4', 'Solar'],
  ['disposition_set:1', 'Standard'],
])

const entry = (more: Partial<AuditEntry>): AuditEntry => ({
  audit_id: 1,
  at: '2026-11-27T10:00:00Z',
  actor: 'operator:3',
  actor_name: 'Ann Lee',
  action: 'key.change',
  subject: 'key:7',
  details: {},
  request_id: null,
  ...more,
})

test.for([
  [{}, 'Ann Lee changed the key Web form.'],
  [
    { actor: 'system', actor_name: null, action: 'retention.apply', subject: 'retention' },
    'Leadline removed data that was older than its term.',
  ],
  [
    { action: 'dnc.add', subject: 'dnc:campaign', details: { campaign_id: 4 } },
    'Ann Lee added numbers to the do-not-call list of Solar.',
  ],
  [{ action: 'dnc.add', subject: 'dnc:private' }, 'Ann Lee added numbers to the private do-not-call list.'],
  [
    { action: 'disposition.change', subject: 'disposition:1/Busy' },
    'Ann Lee changed the outcome Busy of Standard.',
  ],
  [{ action: 'team.delete', subject: 'team:9' }, 'Ann Lee deleted a team that is gone.'],
  [{ action: 'team.create', subject: 'team:9', details: { name: 'West' } }, 'Ann Lee added the team West.'],
  [
    { actor: 'anonymous', actor_name: null, action: 'session.refuse', subject: 'operator:unknown' },
    'Someone tried to sign in as a person and was refused.',
  ],
  [{ action: 'moon.land', subject: 'moon:1' }, 'Ann Lee changed moon.'],
] satisfies [Partial<AuditEntry>, string][])('%o', ([more, said]) => {
  expect(sentenceOf(entry(more), NAMES)).toBe(said)
})

test('a change says what was there before, as far as that is known', () => {
  const details = {
    name: 'Form',
    scopes: ['insert', 'read'],
    team_ids: [2],
    allocation_ids: null,
    was: { name: 'Web form', scopes: ['insert'] },
  }
  expect(changesOf(entry({ details }), NAMES)).toEqual([
    'Name: Web form → Form',
    'May: Insert leads → Insert leads, Read',
    'Teams: East',
  ])
})

test('call limits and what a virtual allocation draws on are said in words', () => {
  const number = { day_max: 3, total_max: null, gap_s: 3_600, across_campaigns: true }
  const draws = { by: 'ratio', members: [{ allocation_id: 6, share: 3 }] }
  const details = { attempt_rules: { number, lead: { total_max: 10 } }, consent: 'required', draws }
  expect(changesOf(entry({ details }), new Map([['allocation:6', 'East']]))).toEqual([
    'Call limits: each number 3 in 24 hours, 1 h apart; each lead 10 in all',
    'Consent: needed before a call',
    'Draws on: East (share 3)',
  ])
  expect(changesOf(entry({ details: { lead: null, number, was: { lead: { day_max: 2 } } } }), NAMES)).toEqual(
    ['Calls of a lead: 2 in 24 hours → none', 'Calls of a number: 3 in 24 hours, 1 h apart'],
  )
})

test('what nobody would understand is left out', () => {
  expect(changesOf(entry({ details: { windows: [{ day: 1 }], overlap_s: 3_600 } }), NAMES)).toEqual([
    'The old key works for: 1 h',
  ])
})
