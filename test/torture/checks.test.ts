// Histories written by hand trip the checks that have no planted bug. A check that never complains proves nothing.

import { expect, test } from 'vitest'
import { Checks } from './checks.ts'
import { type Sent, sameness } from './history.ts'
import type { Row, Stored } from './log.ts'
import type { Deed } from './plan.ts'
import { Replay } from './replay.ts'

const LEAD = { campaign_id: 1, lead_number: 7 }
/** The lead has another name in each version. */
const NAMES = ['nobody', 'Ana', 'Eva', 'Ida']
const PHONE = 3_546_110_010

const row = (what: string, old: Stored, now: Stored, clock = 0): Row => ({
  what,
  old,
  new: now,
  clock,
  heir: null,
})

const lead = (version: number, more: object = {}): Stored => ({
  ...{ ...LEAD, number: 7, version, calls: 0, fields: { Name: NAMES[version], FirstPhone: `+${PHONE}` } },
  ...{ disposition: null, callback_local: null, callback_agent: null, priority: 10, client_approved: false },
  ...{ allocation_id: 1, closed_at: null, forgotten_at: null, ...more },
})

/** The transaction that writes a version, at ten times its number. */
function tx(version: number, request_id: string, { closes = false, number = 7, calls = 0 } = {}): Row[] {
  const old = version === 1 ? null : lead(version - 1, { number })
  const renamed = { 'fields.Name': [NAMES[version - 1], NAMES[version]] }
  const changes = old && { ...renamed, ...(closes ? { closed: [false, true] } : {}) }
  const of = { ...LEAD, lead_number: number }
  return [
    row(
      'leads',
      old,
      lead(version, { number, calls, ...(closes ? { closed_at: 'now' } : {}) }),
      version * 10,
    ),
    row('events', null, { ...of, version, request_id, changes }),
    ...(old ? [] : [row('claims', null, { ...of, phone: PHONE })]),
    ...Array.from({ length: calls }, () => row('call_records', null, { ...of, request_id })),
  ]
}

/** A request that was sent just before and answered just after the version that it asks for. */
function sent(deed: Deed, request_id: string, version: number, more: Partial<Sent> = {}): Sent {
  const change = { fields: { Name: NAMES[version]! } }
  const asked = { op: { deed }, request_id, lead_id: '1-7', version, base: version - 1, change, sendings: [] }
  const told = { began: version * 10 - 2, ended: version * 10 + 2, fate: 'done', code: 0, answer: {} }
  const one = { ...asked, ...told, ...more } as unknown as Sent
  one.sendings.push(one)
  return one
}

function tripped(txs: Row[][], history: Sent[]): string[] {
  const replay = new Replay()
  new Checks(replay).check(history, replay.replay(txs))
  return replay.findings.map(({ check }) => check)
}

const [insert, inserted] = [tx(1, 'insert'), sent('insert', 'insert', 1, { base: undefined })]
const [rename, renamed] = [tx(2, 'rename'), sent('patch', 'rename', 2)]

test('a history that is in order trips nothing', () => {
  expect(tripped([insert, rename, tx(3, 'again')], [inserted, renamed, sent('patch', 'again', 3)])).toEqual(
    [],
  )
})

const held = (state: string) => ({ ...LEAD, held_update_id: 1, state, request_id: 'held' })
const number = (state: string) => ({ ...LEAD, field: 'FirstPhone', phone: PHONE, state })
const shown = { id: '1-7', version: 2, fields: { Name: 'Ida' } }
const ends = '2027-01-01T00:00:00Z'
const lease = row('leases', null, { ...LEAD, lease_number: 1, expires_at: ends, ended_at: null }, 30)
const handed = { lease_id: '1-7-1', lead: { id: '1-7', version: 2 }, expires_at: ends, numbers: [] }

const TRIPS: Record<string, [txs: Row[][], history: Sent[]]> = {
  'an acknowledged change is stored': [[insert], [inserted, renamed]],
  'a refused request writes nothing': [
    [insert, rename],
    [inserted, { ...renamed, fate: 'refused' }],
  ],
  'a request of unknown outcome writes at most once': [
    [insert, rename, tx(3, 'rename')],
    [inserted, { ...renamed, fate: 'unknown' }],
  ],
  'every write has a request': [[insert, rename], [inserted]],
  'no value is overwritten unseen': [
    [insert, rename, tx(3, 'blind')],
    [inserted, renamed, sent('patch', 'blind', 3, { base: 1 })],
  ],
  'a decision is audited': [
    [insert, rename],
    [inserted, sent('revert', 'rename', 2)],
  ],
  'a shown lead is the stored lead': [
    [insert, rename],
    [inserted, { ...renamed, answer: shown }],
  ],
  'no request meets an exception': [[insert], [inserted, { ...renamed, fate: 'refused', code: 103 }]],
  'a lead that must not be called is not handed out': [
    [insert, tx(2, 'rename', { closes: true }), [lease]],
    [inserted, renamed, sent('lease', 'lease', 3, { answer: { items: [handed] } })],
  ],
  'a version has one event': [[insert, rename.filter(({ what }) => what === 'leads')], [inserted]],
  'a number passes to the oldest lead that has it': [
    [insert, [...rename, { ...row('claims', { ...LEAD }, { ...LEAD, lead_number: 9 }), heir: 8 }]],
    [inserted, renamed],
  ],
  'history is not rewritten': [
    [insert, [row('events', insert[1]!.new, { ...insert[1]!.new, changes: {} })]],
    [inserted],
  ],
  'a wrong number stays wrong': [
    [insert, [...rename, row('lead_phones', number('wrong'), number('ok'))]],
    [inserted, renamed],
  ],
  'a clash is settled once': [
    [insert, [row('held_updates', held('resolved'), held('dismissed'))]],
    [inserted],
  ],
}

test.for(Object.entries(TRIPS))('it is tripped: %s', ([check, [txs, history]]) => {
  expect(tripped(txs, history)).toContain(check)
})

/** The same request with an outcome, twice, to an external id that means 1-7 and then perhaps another lead. */
function twice(second_lead: string): [first: Sent, second: Sent] {
  const sendings: Sent[] = []
  const asked = { sendings, change: { fields: {}, disposition: 'Sale' } }
  return [sent('update', 'first', 2, asked), sent('update', 'second', 2, { ...asked, lead_id: second_lead })]
}

const other = tx(1, 'other', { number: 8 })
const others = sent('insert', 'other', 1, { base: undefined, lead_id: '1-8' })

test('an outcome counts once for each lead that its external id has meant', () => {
  const txs = [insert, other, tx(2, 'first', { calls: 1 }), tx(2, 'second', { number: 8, calls: 1 })]
  expect(tripped(txs, [inserted, others, ...twice('1-8')])).toEqual([])
})

test('an outcome that both sendings count for one lead is found', () => {
  const again = [
    row('leads', lead(2, { calls: 1 }), lead(3, { calls: 2 }), 30),
    row('events', null, { ...LEAD, version: 3, request_id: 'second', changes: {} }),
    row('call_records', null, { ...LEAD, request_id: 'second' }),
  ]
  const [first, second] = twice('1-7')
  const txs = [insert, tx(2, 'first', { calls: 1 }), again]
  expect(tripped(txs, [inserted, first, { ...second, version: 3 }])).toContain('an outcome counts once')
})

test('an outcome that is stored for another lead alone is found', () => {
  const txs = [insert, other, tx(2, 'second', { number: 8, calls: 1 })]
  const found = tripped(txs, [inserted, others, ...twice('1-8')])
  expect(found).toContain('an acknowledged change is stored')
})

/** An update without a base that was sent again: the lead has its name, or had it when the request began. */
function again(began: number): [txs: Row[][], history: Sent[]] {
  const outcome = [
    row('leads', lead(3), lead(3, { version: 4, calls: 1 }), 40),
    row('events', null, { ...LEAD, version: 4, request_id: 'again', changes: {} }),
    row('call_records', null, { ...LEAD, request_id: 'again' }),
  ]
  const change = { fields: { Name: NAMES[2]! }, disposition: 'Sale' }
  const late = sent('update', 'again', 4, { base: undefined, change, began })
  return [
    [insert, rename, tx(3, 'theirs'), outcome],
    [inserted, renamed, sent('patch', 'theirs', 3), late],
  ]
}

test('an update without a base asks for no change of what it found, though others change it before it writes', () => {
  expect(tripped(...again(25))).toEqual([])
})

test('an update without a base that does not hold what it asked for is found', () => {
  expect(tripped(...again(35))).toContain('an acknowledged change is stored')
})

test('an update is the same whatever it asks for on a conflict and however it comes, from one base alone', () => {
  const change = { fields: {}, disposition: 'Again' }
  const patch = { method: 'PATCH', path: '/v1/leads/1-7', query: { on_conflict: 'merge' }, base: 2, change }
  const classic = {
    ...patch,
    method: 'POST',
    path: '/servicemanager',
    change: { ...change, allow_duplicates: false },
  }
  const same = sameness('patch', patch)
  expect(sameness('patch', { ...patch, query: { on_conflict: 'hold' } })).toBe(same)
  expect(sameness('update', classic)).toBe(same)
  expect(sameness('patch', { ...patch, base: 3 })).not.toBe(same)
  expect(sameness('merge', patch)).not.toBe(same)
  expect(sameness('update', { method: 'POST', path: '/servicemanager', change })).toBeUndefined()
})
