import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Field, FieldTable } from './field.ts'
import { matchingBy } from './matching.ts'
import { groupOf, type Merge, merge, type Scalar, type Values } from './merge.ts'

const field = (name: string, kind: Field['kind'] = 'text', merge_group: string | null = null): Field => ({
  name,
  label: name,
  aliases: [],
  kind,
  choices: null,
  merge_group,
})

const TEMPLATE = new FieldTable([
  field('FirstName'),
  field('Phone', 'phone'),
  field('Mobile', 'phone', 'address'),
  field('StreetAddress', 'text', 'address'),
  field('City', 'text', 'address'),
  field('Notes', 'long_text'),
])
const GROUP = matchingBy(TEMPLATE)

const BASE: Values = {
  'fields.FirstName': 'Jane',
  'fields.Phone': '0383218199',
  'fields.StreetAddress': '12 Collins Street',
  'fields.City': 'Melbourne',
  disposition: null,
  callback: null,
  priority: 10,
}
const now = (changes: Values): Values => ({ ...BASE, ...changes })
const NOTHING: Merge = { patch: {}, clashes: [], groups_taken: [], groups_kept: [] }

describe('merge', () => {
  test('of nothing is nothing', () => {
    expect(merge(BASE, BASE, {}, GROUP)).toEqual(NOTHING)
    expect(merge(BASE, BASE, { 'fields.City': 'Melbourne', 'fields.Notes': null }, GROUP)).toEqual(NOTHING)
  })

  test('takes what the caller changed when nobody else did', () => {
    expect(
      merge(
        BASE,
        BASE,
        { 'fields.City': 'Geelong', 'fields.FirstName': 'Jane', 'fields.Phone': null },
        GROUP,
      ),
    ).toEqual({
      patch: { 'fields.City': 'Geelong', 'fields.Phone': null },
      clashes: [],
      groups_taken: ['fields.Phone', 'address'],
      groups_kept: [],
    })
  })

  test('keeps what others changed and the caller only repeats from the base', () => {
    const current = now({ 'fields.City': 'Geelong', disposition: 'Busy' })
    expect(merge(BASE, current, BASE, GROUP)).toEqual({ ...NOTHING, groups_kept: ['address', 'outcome'] })
  })

  test('saves changes of different groups together', () => {
    const merged = merge(
      BASE,
      now({ 'fields.Phone': '0383218111' }),
      { 'fields.Mobile': '0412345678', 'unmapped.a': 'x' },
      GROUP,
    )
    expect(merged).toEqual({
      patch: { 'fields.Mobile': '0412345678', 'unmapped.a': 'x' },
      clashes: [],
      groups_taken: ['fields.Mobile', 'unmapped.a'],
      groups_kept: ['fields.Phone'],
    })
  })

  test('takes a group whole: different fields of one group clash', () => {
    const merged = merge(
      BASE,
      now({ 'fields.City': 'Geelong' }),
      { 'fields.StreetAddress': '1 Bay Road', 'fields.FirstName': 'Joan' },
      GROUP,
    )
    expect(merged.clashes).toEqual([
      {
        group: 'address',
        paths: ['fields.City', 'fields.StreetAddress'],
        base: { 'fields.StreetAddress': '12 Collins Street', 'fields.City': 'Melbourne' },
        current: { 'fields.StreetAddress': '12 Collins Street', 'fields.City': 'Geelong' },
        incoming: { 'fields.StreetAddress': '1 Bay Road' },
      },
    ])
    expect(merged.patch).toEqual({ 'fields.FirstName': 'Joan' })
  })

  test('finds no clash where both sides end with the same group', () => {
    const moved = { 'fields.StreetAddress': '1 Bay Road', 'fields.City': 'Geelong' }
    expect(merge(BASE, now(moved), moved, GROUP)).toEqual(NOTHING)
    expect(merge(BASE, now(moved), { 'fields.City': 'Geelong' }, GROUP).clashes).toHaveLength(1)
    expect(merge(BASE, now({ 'fields.FirstName': null }), { 'fields.FirstName': null }, GROUP)).toEqual(
      NOTHING,
    )
  })

  test('counts a disposition given again as a change', () => {
    const base = now({ disposition: 'Busy' })
    const asserted = new Set(['disposition'])
    expect(merge(base, base, { disposition: 'Busy' }, GROUP, asserted)).toEqual(NOTHING)
    const current = { ...base, disposition: 'Sale', closed: true }
    expect(merge(base, current, { disposition: 'Busy' }, GROUP, asserted).clashes[0]?.group).toBe('outcome')
    expect(merge(base, current, { disposition: 'Busy' }, GROUP).groups_kept).toEqual(['outcome'])
    expect(
      merge(base, { ...base, 'fields.City': 'Geelong' }, { disposition: 'Busy' }, GROUP, asserted),
    ).toEqual({
      ...NOTHING,
      groups_kept: ['address'],
    })
  })

  test('ignores an asserted path that the caller did not name', () => {
    expect(
      merge(BASE, now({ priority: 3 }), { 'fields.City': 'Geelong' }, GROUP, new Set(['disposition']))
        .clashes,
    ).toEqual([])
  })

  test('is not led astray by names of Object.prototype', () => {
    const fields = matchingBy(new FieldTable([]))
    const hostile: Values = JSON.parse('{"__proto__":"x","constructor":"y","unmapped.__proto__":"z"}')
    const { patch } = merge({}, {}, hostile, fields)
    expect(Object.getPrototypeOf(patch)).toBeNull()
    expect(JSON.stringify(patch)).toBe('{"__proto__":"x","constructor":"y","unmapped.__proto__":"z"}')
    expect(merge({}, {}, { toString: null, valueOf: null }, fields)).toEqual(NOTHING)
  })
})

describe('groupOf', () => {
  test('knows the outcome, phones, merge groups and everything else alone', () => {
    for (const path of [
      'disposition',
      'callback',
      'callback_agent',
      'priority',
      'contact_hours',
      'closed',
      'client_approved',
    ])
      expect(GROUP.groupOf(path)).toBe('outcome')
    expect(GROUP.groupOf('fields.Phone')).toBe('fields.Phone')
    expect(GROUP.groupOf('fields.Mobile')).toBe('fields.Mobile')
    expect(GROUP.groupOf('fields.City')).toBe('address')
    expect(GROUP.groupOf('fields.Retired')).toBe('fields.Retired')
    expect(GROUP.groupOf('unmapped.City')).toBe('unmapped.City')
    expect(GROUP.groupOf('source')).toBe('lead.source')
  })

  test('never gives two groups one id', () => {
    const hostile = [
      'outcome',
      'fields.alone',
      'unmapped.x',
      'lead.source',
      'source',
      'group:outcome',
      'group:group:outcome',
      'disposition',
      '',
    ]
    const group = groupOf(
      new FieldTable([
        field('alone'),
        field('outcome'),
        ...hostile.map((name) => field(`in ${name}`, 'text', name)),
      ]),
    )
    const paths = [
      'disposition',
      'fields.alone',
      'fields.outcome',
      'fields.gone',
      'unmapped.x',
      'source',
      ...hostile.map((name) => `fields.in ${name}`),
    ]
    expect(new Set(paths.map(group)).size).toBe(paths.length)
  })
})

describe('any three sides', () => {
  const paths = [
    'fields.FirstName',
    'fields.Phone',
    'fields.Mobile',
    'fields.StreetAddress',
    'fields.City',
    'unmapped.a',
    'unmapped.__proto__',
    'disposition',
    'callback',
    'priority',
  ]
  const scalar = fc.constantFrom<Scalar>(null, 'a', 'b', 1, true)
  const values = fc.dictionary(fc.constantFrom(...paths), scalar) as fc.Arbitrary<Values>
  const asserted = fc.constantFrom(new Set<string>(), new Set(['disposition']))
  const at = (side: Values, path: string) => (Object.hasOwn(side, path) ? (side[path] ?? null) : null)
  const same = (one: Values, other: Values, wanted = paths) =>
    wanted.every((path) => at(one, path) === at(other, path))
  const whole = (side: Values): Values => Object.fromEntries(paths.map((path) => [path, at(side, path)]))
  const inGroup = (group: string) => paths.filter((path) => GROUP.groupOf(path) === group)
  const clashing = (merged: Merge) => merged.clashes.map(({ group }) => group).sort()

  const check = (
    property: (base: Values, current: Values, incoming: Values, asserted: Set<string>) => void,
  ) => fc.assert(fc.property(values, values, values, asserted, property), { numRuns: 1_000 })

  test('the side that changed wins over the one that did not', () => {
    check((base, current, incoming, asserted) => {
      const alone = merge(base, base, incoming, GROUP, asserted)
      expect(alone.clashes).toEqual([])
      expect(alone.groups_kept).toEqual([])
      expect(same({ ...base, ...alone.patch }, { ...base, ...incoming })).toBe(true)
      const untouched = merge(base, current, {}, GROUP, asserted)
      expect(untouched.patch).toEqual({})
      expect(untouched.clashes).toEqual([])
      expect(merge(base, current, whole(base), GROUP).patch).toEqual({})
    })
  })

  test('both alike is no clash', () => {
    check((base, current, _, asserted) => {
      expect(merge(base, current, whole(current), GROUP, asserted)).toMatchObject({ patch: {}, clashes: [] })
    })
  })

  test('every group is taken, kept, clashing, or the same on both sides', () => {
    check((base, current, incoming, asserted) => {
      const merged = merge(base, current, incoming, GROUP, asserted)
      const fates = [...merged.groups_taken, ...merged.groups_kept, ...clashing(merged)]
      expect(new Set(fates).size).toBe(fates.length)
      const result = { ...current, ...merged.patch }
      for (const group of new Set(paths.map(GROUP.groupOf))) {
        const wanted = merged.groups_taken.includes(group) ? { ...base, ...incoming } : current
        expect(same(result, wanted, inGroup(group))).toBe(true)
        if (!fates.includes(group)) expect(same(current, { ...base, ...incoming }, inGroup(group))).toBe(true)
      }
    })
  })

  test('a clash is a group that both changed, each to something else', () => {
    check((base, current, incoming) => {
      for (const { group, paths: shown } of merge(base, current, incoming, GROUP).clashes) {
        expect(same(base, current, shown)).toBe(false)
        expect(same(base, { ...base, ...incoming }, shown)).toBe(false)
        expect(same(current, { ...base, ...incoming }, shown)).toBe(false)
        expect(shown.map(GROUP.groupOf)).toEqual(shown.map(() => group))
      }
    })
  })

  test('the result taken as current has nothing left to merge but the same clashes', () => {
    check((base, current, incoming, asserted) => {
      const first = merge(base, current, incoming, GROUP, asserted)
      const again = merge(base, { ...current, ...first.patch }, incoming, GROUP, asserted)
      expect(again.patch).toEqual({})
      expect(clashing(again)).toEqual(clashing(first))
    })
  })

  test('changes of disjoint groups never clash', () => {
    check((base, current, incoming, asserted) => {
      const touched = new Set(Object.keys(incoming).map(GROUP.groupOf))
      const elsewhere = Object.fromEntries(
        paths.map((path) => [path, at(touched.has(GROUP.groupOf(path)) ? base : current, path)]),
      )
      expect(merge(base, elsewhere, incoming, GROUP, asserted).clashes).toEqual([])
    })
  })

  test('the two sides see the same clashes', () => {
    check((base, current, incoming) => {
      const [one, other] = [
        merge(base, current, whole(incoming), GROUP),
        merge(base, incoming, whole(current), GROUP),
      ]
      expect(clashing(one)).toEqual(clashing(other))
      expect(one.groups_kept.toSorted()).toEqual(other.groups_taken.toSorted())
    })
  })

  test('nothing outside the groups of incoming is written, and only what was named', () => {
    check((base, current, incoming, asserted) => {
      const { patch } = merge(base, current, incoming, GROUP, asserted)
      for (const path of Object.keys(patch)) expect(Object.hasOwn(incoming, path)).toBe(true)
    })
  })

  test('the sides come out as they went in', () => {
    check((base, current, incoming, asserted) => {
      const sides = structuredClone([base, current, incoming])
      merge(base, current, incoming, GROUP, asserted)
      expect([base, current, incoming]).toEqual(sides)
    })
  })
})
