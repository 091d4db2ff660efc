import { expect, test } from 'vitest'
import type { Field } from './field.ts'
import { FieldTable } from './field.ts'
import {
  columnsOfFields,
  identitiesOf,
  type PointedField,
  plainCell,
  plainText,
  pointedFields,
  waysOf,
} from './master-list.ts'

const field = (name: string, kind: Field['kind'], aliases: string[] = []): Field => ({
  name,
  label: `${name} label`,
  aliases,
  kind,
  choices: null,
  merge_group: null,
})
const FIELDS = new FieldTable([
  field('Phone', 'phone', ['tel']),
  field('Mobile', 'phone'),
  field('Email', 'email'),
  field('FirstName', 'text'),
  field('Surname', 'text'),
  field('PostCode', 'text'),
])

const POINTS = { Phone: 100, Mobile: 100, FirstName: 40, Surname: 40, PostCode: 25 }
const pointed = (points: Record<string, number>) => pointedFields(FIELDS, points).ok!
const names = (points: Record<string, number>, threshold = 100) =>
  waysOf(pointed(points), threshold).ok?.map((way) => way.map(({ field }) => field).sort())

test('the ways to the threshold are the smallest sets of fields that reach it', () => {
  expect(names(POINTS)).toEqual([['Mobile'], ['Phone'], ['FirstName', 'PostCode', 'Surname']])
  expect(names({ Phone: 60, Surname: 40, PostCode: 40 })).toEqual([
    ['Phone', 'PostCode'],
    ['Phone', 'Surname'],
  ])
})

test('without points a number or a mail address is enough', () => {
  const usual = pointedFields(FIELDS, undefined).ok!
  expect(usual.map(({ field, points }) => [field, points])).toEqual([
    ['Phone', 100],
    ['Mobile', 100],
    ['Email', 100],
  ])
})

test('points that cannot work are refused, each with the field', () => {
  expect(pointedFields(FIELDS, { Shoe: 10 }).refusal).toMatchObject({
    name: 'INVALID_FIELD',
    field: '/points/Shoe',
    detail: 'is no field of the template',
  })
  expect(pointedFields(FIELDS, { Phone: 10, TEL: 20 }).refusal).toMatchObject({ field: '/points/TEL' })
  expect(waysOf(pointed({ Surname: 40, PostCode: 25 }), 100).refusal).toMatchObject({
    field: '/points',
    detail: 'all points together stay below the threshold, 100',
  })
  const many = Array.from(
    { length: 12 },
    (_, i): PointedField => ({ field: `F${i}`, kind: 'text', points: 10 }),
  )
  expect(waysOf(many, 50).refusal?.detail).toMatch(/in more than 50 ways/)
  const too_many = Array.from(
    { length: 21 },
    (_, i): PointedField => ({ field: `F${i}`, kind: 'text', points: 100 }),
  )
  expect(waysOf(too_many, 100).refusal?.detail).toBe('name at most 20 fields')
})

test('two leads share an identity when, and only when, the points of their equal fields reach the threshold', () => {
  let seed = 1
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const met = { yes: 0, no: 0 }
  for (let round = 0; round < 2_000; round++) {
    const fields = Array.from({ length: 2 + random(4) }, (_, i): PointedField => {
      return { field: `F${i}`, kind: 'text', points: 10 + random(90) }
    })
    const threshold = 40 + random(120)
    const ways = waysOf(fields, threshold).ok
    if (!ways) continue
    const lead = () => new Map(fields.map(({ field }) => [field, random(4) === 0 ? null : String(random(2))]))
    const [one, other] = [lead(), lead()]
    const of = (values: Map<string, string | null>) => identitiesOf(ways, ({ field }) => values.get(field)!)
    const sum = fields
      .filter(({ field }) => one.get(field) !== null && one.get(field) === other.get(field))
      .reduce((all, { points }) => all + points, 0)
    const shared = new Set(of(one)).intersection(new Set(of(other))).size > 0
    expect(shared).toBe(sum >= threshold)
    met[shared ? 'yes' : 'no']++
  }
  expect(Math.min(met.yes, met.no)).toBeGreaterThan(100)
})

test('a number that is enough by itself is the same in any phone field that is', () => {
  const ways = waysOf(pointed(POINTS), 100).ok!
  const of = (values: Record<string, string>) => identitiesOf(ways, ({ field }) => values[field] ?? null)
  expect(of({ Phone: '61491570006' })).toEqual(of({ Mobile: '61491570006' }))
  expect(of({ Phone: '61491570006', Mobile: '61491570006' })).toHaveLength(1)
  const together = waysOf(pointed({ Phone: 60, Mobile: 60, Surname: 40 }), 100).ok!
  const both = (values: Record<string, string>) =>
    identitiesOf(together, ({ field }) => values[field] ?? null)
  expect(both({ Phone: '1', Surname: 'lee' })).not.toEqual(both({ Mobile: '1', Surname: 'lee' }))
})

test('texts are compared without capitals, accents, blanks and punctuation', () => {
  expect(plainText('text', " O'Brien-Müller ")).toBe(plainText('text', 'OBRIEN MULLER'))
  expect(plainText('email', 'Ana.Lee@Example.COM')).toBe('ana.lee@example.com')
  expect(plainText('email', 'analee@example.com')).not.toBe('ana.lee@example.com')
  expect(plainText('number', '400.0')).toBe(plainText('number', '4e2'))
  expect(plainText('text', ' - ')).toBe(null)
})

test('cells are read as values of leads are', () => {
  const cell = (name: string, text: string) => plainCell(FIELDS.named(name)!, text, 'AU')
  expect(cell('Phone', '0491 570 006')).toBe('61491570006')
  expect(cell('Phone', '+61 491 570 006')).toBe('61491570006')
  expect(cell('Phone', '12')).toBe(null)
  expect(cell('Phone', 'N/A')).toBe(null)
  expect(cell('Surname', '  ')).toBe(null)
})

test('columns are found by the names, other names and labels of fields that have points', () => {
  const places = columnsOfFields(
    ['City', 'TEL', 'surname label', 'Surname label', 'phone', 'Email'],
    pointed(POINTS),
    FIELDS,
  )
  expect([...places]).toEqual([
    ['Phone', 1],
    ['Surname', 3],
  ])
})
