import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ConflictGroup,
  type Decision,
  type Decisions,
  isDecided,
  needsReason,
  openGroups,
  presetOf,
  resultOf,
  type Take,
} from './conflict.ts'
import { conflictGroups, type Facts, factsOf } from './conflict-groups.ts'
import { type Field, FieldTable } from './field.ts'
import { matchingBy } from './matching.ts'
import { merge, type Scalar, type Values, valueAt } from './merge.ts'
import type { Disposition, DispositionKind } from './rules.ts'

const field = (name: string, kind: Field['kind'] = 'text', merge_group: string | null = null): Field => ({
  name,
  label: name,
  aliases: [],
  kind,
  choices: null,
  merge_group,
})
const FIELDS = new FieldTable([
  field('FirstName'),
  field('Phone', 'phone'),
  field('Mobile', 'phone'),
  field('StreetAddress', 'text', 'address'),
  field('City', 'text', 'address'),
  field('Notes', 'long_text'),
])
const GROUP = matchingBy(FIELDS)

const disposition = (code: string, kind: DispositionKind): [string, Disposition] => [
  code.toLowerCase(),
  { code, kind, priority: 10, delay_s: null, next_day: false, redials_max: null, enabled: true },
]
const dispositions = new Map([
  disposition('Busy', 'retry'),
  disposition('Callback', 'callback'),
  disposition('Client Approved Callback', 'client_callback'),
  disposition('Sale', 'final'),
  disposition('Wrong Number', 'final'),
  disposition('Do Not Call', 'dnc'),
])
const FACTS = factsOf({ fields: FIELDS, dispositions })
/** Facts under which no rule links anything. */
const PLAIN: Facts = { kindOf: () => undefined, phones: [], blocked: [] }

const BASE: Values = {
  'fields.FirstName': 'Jane',
  'fields.Phone': '0383218199',
  'fields.StreetAddress': '12 Collins Street',
  'fields.City': 'Melbourne',
  allocation_id: 1,
  disposition: null,
  callback: null,
  priority: 10,
  closed: false,
  client_approved: false,
}
const groupsOf = (theirs: Values, mine: Values, facts = FACTS, base = BASE) =>
  conflictGroups(base, { ...base, ...theirs }, mine, GROUP, facts)
const groupNamed = (groups: ConflictGroup[], name: string) => groups.find(({ group }) => group === name)!
const linkOf = (group: string, theirs: Values, mine: Values, facts?: Facts, base?: Values) => {
  const {
    class: found,
    reason,
    recommended,
    needs_reason,
  } = groupNamed(groupsOf(theirs, mine, facts, base), group)
  return { class: found, reason, recommended, needs_reason }
}
const CALLBACK = { disposition: 'Callback', callback: '2026-10-04T10:00:00', priority: 6 }
const DO_NOT_CALL = { disposition: 'Do Not Call', closed: true }

describe('the class of a group', () => {
  test('says who changed it, and whether to the same', () => {
    const classes = Object.fromEntries(
      groupsOf(
        { 'fields.City': 'Geelong', 'fields.Phone': '0383218111', 'fields.Notes': 'both' },
        { 'fields.FirstName': 'Joan', 'fields.Phone': '0383218122', 'fields.Notes': 'both' },
      ).map((group) => [group.group, group.class]),
    )
    expect(classes).toEqual({
      'fields.FirstName': 'only_mine',
      'fields.Phone': 'conflict',
      'fields.Notes': 'agreed',
      address: 'only_theirs',
      outcome: 'unchanged',
      'lead.allocation_id': 'unchanged',
    })
  })

  test('a group has all its paths on every side, sorted, and mine is what it would be saved as', () => {
    expect(
      groupNamed(groupsOf({ 'fields.City': 'Geelong' }, { 'fields.StreetAddress': null }), 'address'),
    ).toEqual({
      group: 'address',
      class: 'conflict',
      paths: ['fields.City', 'fields.StreetAddress'],
      base: { 'fields.City': 'Melbourne', 'fields.StreetAddress': '12 Collins Street' },
      mine: { 'fields.City': 'Melbourne', 'fields.StreetAddress': null },
      theirs: { 'fields.City': 'Geelong', 'fields.StreetAddress': '12 Collins Street' },
    })
  })

  test('an outcome given again counts as changed', () => {
    const base = { ...BASE, disposition: 'Busy' }
    const facts = { ...FACTS, asserted: new Set(['disposition']) }
    const given = { disposition: 'Busy' }
    expect(linkOf('outcome', {}, given, facts, base).class).toBe('only_mine')
    expect(linkOf('outcome', { priority: 3 }, given, facts, base).class).toBe('conflict')
    expect(linkOf('outcome', { priority: 3 }, given, FACTS, base).class).toBe('only_theirs')
  })

  test('0, false and nothing are three values; an empty text is nothing', () => {
    const sides: Scalar[] = [0, false, null, '']
    for (const one of sides)
      for (const other of sides)
        expect(
          conflictGroups({ a: 'x' }, { a: one }, { a: other }, GROUP, PLAIN).map((group) => group.class),
        ).toEqual([(one ?? '') === (other ?? '') ? 'agreed' : 'conflict'])
  })
})

describe('linked: one side ended the calling, the other touched the outcome', () => {
  const theirs_wins = {
    class: 'linked',
    reason: 'closed_and_outcome',
    recommended: 'theirs',
    needs_reason: ['mine'],
  }
  const mine_wins = { ...theirs_wins, recommended: 'mine', needs_reason: ['theirs'] }

  test('the one that ended it is recommended, whichever side it is', () => {
    expect(linkOf('outcome', DO_NOT_CALL, CALLBACK)).toEqual(theirs_wins)
    expect(linkOf('outcome', CALLBACK, DO_NOT_CALL)).toEqual(mine_wins)
    expect(linkOf('outcome', { priority: 3 }, { disposition: 'Sale' })).toEqual(mine_wins)
    expect(linkOf('outcome', { disposition: 'sale' }, { callback_agent: 'ann' })).toEqual(theirs_wins)
  })

  test('Do Not Call is stricter than any other end', () => {
    expect(linkOf('outcome', { disposition: 'Sale' }, DO_NOT_CALL)).toEqual(mine_wins)
    expect(linkOf('outcome', DO_NOT_CALL, { disposition: 'Sale' })).toEqual(theirs_wins)
  })

  test('it is a plain conflict where neither is stricter, or where the end is older than both', () => {
    const plain = { class: 'conflict', reason: undefined, recommended: undefined, needs_reason: undefined }
    expect(linkOf('outcome', { disposition: 'Sale' }, { disposition: 'Wrong Number' })).toEqual(plain)
    expect(linkOf('outcome', { disposition: 'Busy' }, CALLBACK)).toEqual(plain)
    expect(
      linkOf('outcome', { priority: 3 }, { priority: 4 }, FACTS, { ...BASE, disposition: 'Sale' }),
    ).toEqual(plain)
  })

  test('nothing is linked when the other side left the outcome alone, or set the same', () => {
    expect(linkOf('outcome', { 'fields.City': 'Geelong' }, DO_NOT_CALL).class).toBe('only_mine')
    expect(linkOf('outcome', DO_NOT_CALL, {}).class).toBe('only_theirs')
    expect(linkOf('outcome', DO_NOT_CALL, DO_NOT_CALL).class).toBe('agreed')
  })
})

describe('linked: a number and the do-not-call list', () => {
  const theirs_wins = {
    class: 'linked',
    reason: 'number_blocked',
    recommended: 'theirs',
    needs_reason: ['mine'],
  }

  test('mine changes a number that has been blocked meanwhile', () => {
    const facts = { ...FACTS, blocked: ['fields.Phone'] }
    // The blocked number is not recommended.
    expect(linkOf('fields.Phone', {}, { 'fields.Phone': '0383218111' }, facts)).toEqual({
      ...theirs_wins,
      recommended: undefined,
    })
    expect(linkOf('fields.Mobile', {}, { 'fields.Mobile': '0412345678' }, facts).class).toBe('only_mine')
    expect(linkOf('fields.Phone', {}, { 'fields.FirstName': 'Joan' }, facts).class).toBe('unchanged')
  })

  test('mine gives a number to a lead that has asked not to be called', () => {
    expect(linkOf('fields.Mobile', DO_NOT_CALL, { 'fields.Mobile': '0412345678' })).toEqual(theirs_wins)
    expect(linkOf('fields.Mobile', { disposition: 'Sale' }, { 'fields.Mobile': '0412345678' }).class).toBe(
      'only_mine',
    )
  })

  test('mine asks not to be called under a number that the lead has no more', () => {
    expect(linkOf('outcome', { 'fields.Phone': '0383218111' }, DO_NOT_CALL)).toEqual({
      ...theirs_wins,
      recommended: 'mine',
      needs_reason: ['theirs'],
    })
    expect(linkOf('outcome', { 'fields.Phone': '0383218111' }, CALLBACK).class).toBe('only_mine')
  })

  test('a number that both changed alike is settled', () => {
    const moved = { 'fields.Phone': '0383218111' }
    const facts = { ...FACTS, blocked: ['fields.Phone'] }
    expect(linkOf('fields.Phone', { ...moved, ...DO_NOT_CALL }, moved, facts).class).toBe('agreed')
  })
})

test('linked: an outcome for a lead that was moved to another allocation', () => {
  expect(linkOf('outcome', { allocation_id: 2 }, CALLBACK)).toEqual({
    class: 'linked',
    reason: 'moved_and_outcome',
    recommended: undefined,
    needs_reason: undefined,
  })
  expect(linkOf('fields.FirstName', { allocation_id: 2 }, { 'fields.FirstName': 'Joan' }).class).toBe(
    'only_mine',
  )
})

describe('linked: a callback that the customer asked for', () => {
  const asked = { disposition: 'Client Approved Callback', client_approved: true, priority: 2 }

  test('is not made less urgent by the other side', () => {
    expect(linkOf('outcome', asked, { disposition: 'Busy', priority: 10 })).toMatchObject({
      reason: 'client_approved',
      recommended: 'theirs',
    })
    expect(linkOf('outcome', { priority: 20 }, asked)).toMatchObject({
      reason: 'client_approved',
      recommended: 'mine',
    })
    expect(linkOf('outcome', asked, { callback: '2026-10-04T10:00:00' })).toMatchObject({
      reason: 'client_approved',
    })
  })

  test('is a plain conflict where the other side is as urgent, and gives way to an end', () => {
    expect(linkOf('outcome', asked, { disposition: 'Busy', priority: 2 }).class).toBe('conflict')
    expect(linkOf('outcome', asked, DO_NOT_CALL)).toMatchObject({
      reason: 'closed_and_outcome',
      recommended: 'mine',
    })
  })
})

describe('a decision', () => {
  const groups = groupsOf(
    { 'fields.City': 'Geelong', 'fields.Phone': '0383218111', ...DO_NOT_CALL },
    { 'fields.StreetAddress': '1 Bay Road', 'fields.FirstName': 'Joan', ...CALLBACK },
  )
  const named = (name: string) => groupNamed(groups, name)

  test('is asked for where groups are open', () => {
    expect(openGroups(groups).map(({ group }) => group)).toEqual(['address', 'outcome'])
    expect(isDecided(named('address'), { address: { take: 'mine' } })).toBe(true)
    expect(isDecided(named('address'), {})).toBe(false)
    expect(isDecided({ ...named('address'), group: 'toString' }, {})).toBe(false)
  })

  test('needs a reason for everything but what is recommended', () => {
    const takes: Take[] = ['mine', 'theirs', 'base', 'value']
    expect(takes.filter((take) => needsReason(named('outcome'), take))).toEqual(['mine', 'base', 'value'])
    expect(takes.filter((take) => needsReason(named('address'), take))).toEqual([])
    const mine = (reason?: string) => isDecided(named('outcome'), { outcome: { take: 'mine', reason } })
    expect([mine(), mine(' '), mine('she rang back')]).toEqual([false, false, true])
    expect(isDecided(named('outcome'), { outcome: { take: 'theirs' } })).toBe(true)
  })

  test('takes a group whole, as a patch onto what the lead has now', () => {
    const alone = { 'fields.FirstName': 'Joan' }
    const with_address = (decision: Decision) => resultOf(groups, { address: decision })
    expect(resultOf(groups, {})).toEqual(alone)
    expect(with_address({ take: 'theirs' })).toEqual(alone)
    expect(with_address({ take: 'mine' })).toEqual({
      ...alone,
      'fields.City': 'Melbourne',
      'fields.StreetAddress': '1 Bay Road',
    })
    expect(with_address({ take: 'base' })).toEqual({ ...alone, 'fields.City': 'Melbourne' })
    const value = { 'fields.StreetAddress': '1 Bay Road', 'fields.City': 'Geelong', 'fields.Phone': 'no' }
    expect(with_address({ take: 'value', value })).toEqual({
      ...alone,
      'fields.StreetAddress': '1 Bay Road',
    })
  })

  test('may also turn back what would be merged by itself', () => {
    expect(resultOf(groups, { 'fields.FirstName': { take: 'base' } })).toEqual({})
    expect(resultOf(groups, { 'fields.Phone': { take: 'mine' } })).toEqual({
      'fields.FirstName': 'Joan',
      'fields.Phone': '0383218199',
    })
  })
})

describe('any three sides', () => {
  const paths = [
    'fields.FirstName',
    'fields.Phone',
    'fields.Mobile',
    'fields.StreetAddress',
    'fields.City',
    'unmapped.__proto__',
    '__proto__',
    'disposition',
    'callback',
    'priority',
    'client_approved',
    'allocation_id',
  ]
  const scalar = fc.constantFrom<Scalar>(null, 'a', 1, 2, true, 'Do Not Call', 'Sale', 'Busy')
  // A dictionary of fast-check has Object.prototype, which hides the key __proto__: made here from its entries.
  const values: fc.Arbitrary<Values> = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...paths), scalar), { selector: ([path]) => path })
    .map((entries) => {
      const side: Record<string, Scalar> = Object.create(null)
      for (const [path, value] of entries) side[path] = value
      return side
    })
  const facts: fc.Arbitrary<Facts> = fc.record({
    kindOf: fc.constantFrom(FACTS.kindOf, () => undefined),
    phones: fc.constant(FACTS.phones),
    blocked: fc.subarray([...FACTS.phones]),
    asserted: fc.constantFrom(new Set<string>(), new Set(['disposition'])),
  })
  const decisions: fc.Arbitrary<Decisions> = fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom(...new Set(paths.map(GROUP.groupOf))),
        fc.constantFrom<Take>('mine', 'theirs', 'base', 'value'),
        values,
      ),
      { selector: ([group]) => group },
    )
    .map((entries) => {
      const made: Record<string, Decision> = Object.create(null)
      for (const [group, take, value] of entries) made[group] = { take, value }
      return made
    })
  const apply = (current: Values, patch: Values): Values => Object.assign(Object.create(null), current, patch)
  const same = (one: Values, other: Values, wanted: readonly string[] = paths) =>
    wanted.every((path) => valueAt(one, path) === valueAt(other, path))
  const named = (groups: ConflictGroup[], ...classes: string[]) =>
    groups.filter((group) => classes.includes(group.class)).map(({ group }) => group)

  test('no value of mine or theirs disappears without a decision that names its group', () => {
    let collisions = 0
    fc.assert(
      fc.property(values, values, values, facts, decisions, (base, current, incoming, known, decided) => {
        const groups = conflictGroups(base, current, incoming, GROUP, known)
        const result = apply(current, resultOf(groups, decided))
        const open = new Set(openGroups(groups).map(({ group }) => group))
        if (open.size > 0) collisions++
        for (const path of paths) {
          const group = GROUP.groupOf(path)
          // An open group without a decision is never saved: the screen and the server wait for one.
          if (Object.hasOwn(decided, group) || open.has(group)) continue
          const [before, mine, theirs] = [base, apply(base, incoming), current].map((side) =>
            valueAt(side, path),
          )
          if (mine !== before) expect(valueAt(result, path)).toBe(mine)
          if (theirs !== before) expect(valueAt(result, path)).toBe(theirs)
          if (mine === before && theirs === before) expect(valueAt(result, path)).toBe(before)
        }
      }),
      { numRuns: 20_000 },
    )
    expect(collisions).toBeGreaterThan(10_000)
  })

  const check = (property: (base: Values, current: Values, incoming: Values, known: Facts) => void) =>
    fc.assert(fc.property(values, values, values, facts, property), { numRuns: 2_000 })

  test('clash where merge() says so: every clash is open, what is open besides is linked', () => {
    check((base, current, incoming, known) => {
      const merged = merge(base, current, incoming, GROUP, known.asserted)
      const clashing = merged.clashes.map(({ group }) => group).sort()
      const groups = conflictGroups(base, current, incoming, GROUP, known)
      expect(named(groups, 'conflict', 'linked').sort()).toEqual(expect.arrayContaining(clashing))
      for (const group of named(groups, 'conflict')) expect(clashing).toContain(group)
      expect(named(groups, 'only_theirs').sort()).toEqual(merged.groups_kept.toSorted())
      for (const group of merged.groups_taken) expect(named(groups, 'only_mine', 'linked')).toContain(group)
    })
  })

  test('without linked rules and clashes, what is saved by itself is the patch of merge()', () => {
    check((base, current, incoming, { asserted }) => {
      const merged = merge(base, current, incoming, GROUP, asserted)
      const groups = conflictGroups(base, current, incoming, GROUP, { ...PLAIN, asserted })
      fc.pre(!groups.some((group) => group.class === 'linked'))
      expect(same(apply(current, resultOf(groups, {})), apply(current, merged.patch))).toBe(true)
    })
  })

  test('each side can be had whole, from every group', () => {
    check((base, current, incoming, known) => {
      const groups = conflictGroups(base, current, incoming, GROUP, known)
      const all = (take: Take) =>
        apply(current, resultOf(groups, Object.fromEntries(groups.map(({ group }) => [group, { take }]))))
      expect(same(all('mine'), apply(base, incoming))).toBe(true)
      expect(same(all('theirs'), current)).toBe(true)
      expect(same(all('base'), base)).toBe(true)
    })
  })

  test('it makes no difference whether mine names all of the lead or only what is changed', () => {
    check((base, current, incoming, known) => {
      fc.pre(known.asserted?.size === 0)
      const whole = apply(base, incoming)
      expect(conflictGroups(base, current, whole, GROUP, known)).toEqual(
        conflictGroups(base, current, incoming, GROUP, known).toSorted(
          (one, other) => order(base, current, whole, one) - order(base, current, whole, other),
        ),
      )
    })
  })
  const order = (base: Values, current: Values, whole: Values, { group }: ConflictGroup) =>
    [...new Set([base, current, whole].flatMap((side) => Object.keys(side)).map(GROUP.groupOf))].indexOf(
      group,
    )

  test('the sides are left as they are, and the groups survive JSON', () => {
    check((base, current, incoming, known) => {
      const sides = JSON.stringify([base, current, incoming])
      const groups = conflictGroups(base, current, incoming, GROUP, known)
      expect(JSON.stringify([base, current, incoming])).toBe(sides)
      expect(JSON.stringify(JSON.parse(JSON.stringify(groups)))).toBe(JSON.stringify(groups))
      for (const group of groups) expect(presetOf(group) === null).toBe(openGroups([group]).length === 1)
    })
  })
})
