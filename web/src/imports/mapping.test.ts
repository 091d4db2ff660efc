import { expect, test } from 'vitest'
import type { SuggestedMapping, Template } from '../../../src/client/api.ts'
import { isOpen, mappingToEdit, meant, placeOf, readiness, sentTo, sureness, withMeaning } from './mapping.ts'

const SUGGESTED: SuggestedMapping = {
  columns: [
    {
      column: 'Phone',
      target: { to: 'field', field: 'Mobile' },
      confidence: 'sure',
      reason: 'alias',
      questions: [],
    },
    {
      column: 'Born',
      target: { to: 'field', field: 'Birthday' },
      confidence: 'likely',
      reason: 'similar',
      questions: [{ about: 'days', is_mixed: false }],
    },
    {
      column: 'Row no',
      target: { to: 'ignored' },
      confidence: 'none',
      reason: 'nothing_fits',
      questions: [],
    },
  ],
  constants: [],
  from_import_id: null,
}

const field = (name: string, kind: string) => ({ name, kind, label: name, retired: false })
const TEMPLATE = { fields: [field('Mobile', 'phone'), field('Birthday', 'date')] } as unknown as Template

const table = { columns: ['Phone', 'Born', 'Row no'] } as NonNullable<
  Parameters<typeof mappingToEdit>[0]['table']
>

test('editing begins with what is suggested, without the reasons', () => {
  expect(mappingToEdit({ mapping: null, table }, SUGGESTED)).toEqual({
    columns: [
      { column: 'Phone', target: { to: 'field', field: 'Mobile' } },
      { column: 'Born', target: { to: 'field', field: 'Birthday' } },
      { column: 'Row no', target: { to: 'ignored' } },
    ],
    constants: [],
  })
})

test('what was saved comes before what is suggested, and a column that it does not name is left out', () => {
  const mapping = {
    columns: [{ column: 'Born', target: { to: 'unmapped' as const, key: 'Born' } }],
    constants: [],
  }
  const edited = mappingToEdit({ mapping, table }, SUGGESTED)
  expect(edited.columns.map(({ target }) => target.to)).toEqual(['ignored', 'unmapped', 'ignored'])
  expect(edited.columns.map((column, i) => sureness(column, SUGGESTED.columns[i]))).toEqual([
    'ours',
    'ours',
    'none',
  ])
})

test('the order of days is asked for as long as nobody has said it', () => {
  const [, born] = mappingToEdit({ mapping: null, table }, SUGGESTED).columns
  expect(isOpen(born!, TEMPLATE)).toBe(true)
  expect(isOpen({ ...born!, days: 'dmy' }, TEMPLATE)).toBe(false)
  expect(isOpen({ ...born!, target: { to: 'ignored' } }, TEMPLATE)).toBe(false)
})

test('a column that is sent elsewhere loses what was said of its values, and gets the suggestion back', () => {
  const column = { column: 'Phone', target: { to: 'ignored' as const }, digits: 4 }
  expect(sentTo(column, { to: 'system', key: 'source' }, SUGGESTED.columns[0])).toEqual({
    column: 'Phone',
    target: { to: 'system', key: 'source' },
  })
  expect(sentTo(column, { to: 'field', field: 'Mobile' }, SUGGESTED.columns[0])).toEqual({
    column: 'Phone',
    target: { to: 'field', field: 'Mobile' },
  })
})

test('a value means something in whatever case it is written, until it is taken back', () => {
  const column = { column: 'Outcome', target: { to: 'system' as const, key: 'disposition' as const } }
  const said = withMeaning(column, ' Verkauft', 'Sale')
  expect(said.values).toEqual({ verkauft: 'Sale' })
  expect(meant(said.values, 'VERKAUFT ')).toBe('Sale')
  expect(withMeaning(said, 'verkauft', '')).toEqual(column)
})

test('the sum names the phone field and counts what is left out', () => {
  const mapping = mappingToEdit({ mapping: null, table }, SUGGESTED)
  expect(readiness(mapping, TEMPLATE)).toEqual({ mapped: 2, left_out: 1, phone: 'Mobile' })
  expect(readiness({ columns: [], constants: [] }, TEMPLATE).phone).toBe(undefined)
})

test('a problem belongs to its column or constant', () => {
  expect(placeOf('/columns/3/target')).toBe('columns/3')
  expect(placeOf('/constants/0/target')).toBe('constants/0')
})
