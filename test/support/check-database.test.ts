// The checker finds each thing that it is there to find: a check that never complains proves nothing.

import pg from 'pg'
import { beforeEach, expect, test } from 'vitest'
import { checkDatabase, RULES, violationsIn } from './check-database.ts'
import { mobile, startLeadline } from './leadline.ts'

const { client, target, connection } = await startLeadline({ now: () => '2026-12-01T00:00:00Z' })

const forgotten = (await client.insertLeadFast(target, { Name: 'Omar Haddad', FirstPhone: mobile() }))
  .lead_id!
await client.forgetLead(forgotten)

let ana = ''
let jane = ''

/** Ana has two numbers, a disposition and three versions; Jane is taken beside her with one of the numbers. */
beforeEach(async () => {
  const [one, two, njExternalLeadId] = [mobile(), mobile(), `ana-${mobile()}`]
  const taken = await client.insertLeadFast(target, {
    Name: 'Ana Silva',
    FirstPhone: one,
    SecondPhone: two,
    njExternalLeadId,
  })
  ana = taken.lead_id!
  const beside = await client.insertLeadFast(
    target,
    { Name: 'Jane Smith', FirstPhone: one },
    { allowDuplicates: true },
  )
  jane = beside.lead_id!
  for (const City of ['Abbotsford', 'Carlton'])
    await client.updateLeadFast(target, {
      njExternalLeadId,
      City,
      FirstPhone: '<NO CHANGE>',
      njDisposition: 'Busy',
      njCallBackDate: '2027/01/05 10:00',
    })
  expect(await checkDatabase(connection)).toEqual([])
})

const of = (lead_id: string, number = 'lead_number') => {
  const [campaign_id, lead] = lead_id.split('-')
  return `campaign_id = ${campaign_id} and ${number} = ${lead}`
}

/** Each damage as SQL, and the rules that must complain. */
const DAMAGES: [what: string, damage: () => string, rules: string[]][] = [
  [
    'a lead is in an allocation of nowhere',
    () => `update leads set allocation_id = 999999 where ${of(forgotten, 'number')}`,
    ['the allocation of a lead is there, in the campaign of the lead'],
  ],
  [
    'a started allocation is archived',
    () => `update allocations set archived_at = now() where allocation_id = ${target.allocation_id}`,
    ['what is archived is stopped'],
  ],
  [
    'a claim is gone',
    () => `delete from claims where ${of(ana)} and phone = (select max(phone) from claims where ${of(ana)})`,
    ['a number that a lead has is claimed once in its campaign'],
  ],
  [
    'a claim is of a lead without the number',
    () =>
      `update claims set lead_number = ${jane.split('-')[1]}
       where ${of(ana)} and phone = (select max(phone) from claims where ${of(ana)})`,
    ['a claim is held by a lead that has the number'],
  ],
  [
    'a claim of a number that nobody has',
    () => `insert into claims select campaign_id, 61399999999, number from leads where ${of(ana, 'number')}`,
    ['a claim is held by a lead that has the number'],
  ],
  [
    'a phone row is gone',
    () => `delete from lead_phones where ${of(ana)} and field = 'SecondPhone'`,
    ['a claim is held by a lead that has the number', 'phone rows and phone fields are the same'],
  ],
  [
    'no number is valid',
    () => `update lead_phones set state = 'invalid', phone = null where ${of(ana)}`,
    ['a claim is held by a lead that has the number', 'a lead that is there can be dialled'],
  ],
  [
    'a place in the queue is gone',
    () => `delete from queue where ${of(ana)}`,
    ['an open lead with a number to dial stands in the queue, and nobody else'],
  ],
  [
    'a place in the queue is another one',
    () => `update queue set priority = priority + 1 where ${of(ana)}`,
    ['the queue says what the lead says'],
  ],
  [
    'a lead is leased without a lease',
    () => `update queue set state = 'leased', lease_number = 1, wake_at = now() where ${of(ana)}`,
    ['a leased lead has its lease, without an outcome'],
  ],
  [
    'a lead is leased twice',
    () => `insert into leases (campaign_id, lease_number, lead_number, allocation_id, lead_version, lead_calls, taker, leased_at, expires_at)
      select campaign_id, n, number, allocation_id, 1, 0, 'key:1', now() + n * interval '1 second', now() + interval '1 minute'
      from leads, generate_series(1, 2) as n where ${of(ana, 'number')}`,
    ['no two leases of a lead run at once'],
  ],
  [
    'an outcome without its call record',
    () => `insert into leases (campaign_id, lease_number, lead_number, allocation_id, lead_version, lead_calls, taker, leased_at,
        expires_at, ended_how, outcome)
      select campaign_id, 1, number, allocation_id, 1, 0, 'key:1', now(), now(), 'outcome', '{}' from leads where ${of(ana, 'number')}`,
    ['an outcome of a lease is one call record'],
  ],
  [
    'an event is gone',
    () => `delete from events where ${of(ana)} and version = 2`,
    ['one event for each version'],
  ],
  [
    'an event too many',
    () =>
      `insert into events select campaign_id, lead_number, 4, at, actor, way, request_id, changes, tx
       from events where ${of(ana)} and version = 3`,
    ['history folds into the current values', 'one event for each version'],
  ],
  [
    'an event of an edit without changes',
    () => `update events set changes = '{}', request_id = 'an edit' where ${of(ana)} and version = 3`,
    ['an insert has no changes, every later event has some', 'history folds into the current values'],
  ],
  [
    'a value that history does not know',
    () => `update leads set fields = fields || '{"City": "Brunswick"}' where ${of(ana, 'number')}`,
    ['history folds into the current values'],
  ],
  [
    'a value in the middle of history',
    () =>
      `update events set changes = jsonb_set(changes, '{fields.City,1}', '"Brunswick"') where ${of(ana)} and version = 2`,
    ['history folds into the current values'],
  ],
  [
    'an external id twice',
    () =>
      `drop index one_lead_per_external_id;
       update leads set external_id = (select external_id from leads where ${of(ana, 'number')}) where ${of(jane, 'number')}`,
    ['an external id names one lead of its campaign'],
  ],
  [
    'a lead that is gone',
    () => `delete from leads where ${of(ana, 'number')}`,
    ['nothing of a lead that is missing', 'phone rows and phone fields are the same'],
  ],
  [
    'a lead that is only marked as forgotten',
    () => `update leads set forgotten_at = now() where ${of(ana, 'number')}`,
    ['nothing that names a person is left of a forgotten lead'],
  ],
  [
    'a note that a forgotten lead has left behind',
    () =>
      `insert into lead_notes (campaign_id, lead_number, base_version, at, actor, way, request_id, text)
       select campaign_id, number, 1, now(), 'key:1', 'v1', 'none', 'Asks for Tuesday' from leads
       where ${of(forgotten, 'number')}`,
    ['nothing that names a person is left of a forgotten lead'],
  ],
  [
    'a note of a lead that never was',
    () =>
      `insert into lead_notes (campaign_id, lead_number, base_version, at, actor, way, request_id, text)
       values (1, 999999999, 1, now(), 'key:1', 'v1', 'none', 'Asks for Tuesday')`,
    ['nothing of a lead that is missing'],
  ],
  [
    'a consent that a forgotten lead has left behind',
    () =>
      `insert into lead_consents (campaign_id, lead_number, kind, given_at, text, at, actor, way, request_id)
       select campaign_id, number, 'express', now(), 'Call me', now(), 'key:1', 'v1', 'none' from leads
       where ${of(forgotten, 'number')}`,
    ['nothing that names a person is left of a forgotten lead'],
  ],
  [
    'a text of search of a version that is not there',
    () =>
      `insert into lead_texts select campaign_id, number, version + 1, 'ana' from leads where ${of(ana, 'number')}
       on conflict (campaign_id, lead_number) do update set version = excluded.version`,
    ['a text of search is of a version that the lead has or had, and of no other lead'],
  ],
  [
    'closed by nothing',
    () => `update leads set closed_at = now() where ${of(ana, 'number')}`,
    ['a lead is closed exactly when its disposition closes or its re-dials are used up'],
  ],
  [
    'a call record too few',
    () => `delete from call_records where ${of(ana)}`,
    ['a lead counts its call records', 'attempts count the call records'],
  ],
  [
    'a callback without its instant',
    () => `update leads set callback_at = null where ${of(ana, 'number')}`,
    ['a callback has its wall time and its instant'],
  ],
  [
    'a claim twice',
    () =>
      `alter table claims drop constraint claims_pkey;
       insert into claims select * from claims where ${of(ana)}`,
    ['a claim is one row'],
  ],
  [
    'a lead number in two campaigns',
    () =>
      `insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
       select 2, number, allocation_id, fields, created_way, created_by from leads where ${of(ana, 'number')}`,
    ['a lead number is given once'],
  ],
  [
    'two open held updates of one clash',
    () =>
      `drop index one_open_held_update_per_caller_and_groups;
       insert into held_updates (campaign_id, lead_number, caller, groups, way, request_id, base_version, base, incoming, expires_at)
       select campaign_id, number, 'key:1', '{address}', 'classic', 'none', 1, '{}', '{}', now() + interval '1 day'
       from leads cross join generate_series(1, 2) where ${of(ana, 'number')}`,
    ['one open held update for a lead, caller and groups'],
  ],
]

test('every rule is broken by one of them', () => {
  const broken = new Set(DAMAGES.flatMap(([, , rules]) => rules))
  expect(Object.keys(RULES).filter((rule) => !broken.has(rule))).toEqual([])
})

test.each(DAMAGES)('%s', async (_, damage, rules) => {
  const session = new pg.Client(connection)
  await session.connect()
  try {
    await session.query('begin')
    await session.query(damage())
    const found = new Set((await violationsIn(session)).map(({ rule }) => rule))
    for (const rule of rules) expect(found).toContain(rule)
  } finally {
    // Nothing of the damage is ever committed.
    await session.end()
  }
})
