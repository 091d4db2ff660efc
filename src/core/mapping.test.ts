import { expect, test } from 'vitest'
import { rules as base } from '../../test/support/base-lead.ts'
import { KEEPING } from './entries.ts'
import { type Field, FieldTable } from './field.ts'
import { RowMapper } from './mapped-row.ts'
import { fitsColumns, headingFingerprint, type Mapping } from './mapping.ts'
import { guessMapping } from './mapping-guess.ts'
import type { Rules } from './rules.ts'
import { readNewLead } from './submission.ts'
import type { TableShape } from './table.ts'

const field = (name: string, kind: Field['kind'], more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  aliases: [],
  kind,
  choices: null,
  merge_group: null,
  ...more,
})
const rules: Rules = {
  ...base,
  fields: new FieldTable([
    field('Mobile', 'phone'),
    field('HomePhone', 'phone', { label: 'Landline' }),
    field('FirstName', 'text', { aliases: ['vorname_kunde'] }),
    field('PostCode', 'text'),
    field('Email', 'email'),
    field('Born', 'date'),
    field('Plan', 'choice', { choices: ['Basic', 'Gold'] }),
    field('Consent', 'check'),
  ]),
}

const table = (columns: string[], ...rows: string[][]): TableShape => ({
  format: 'text',
  packed: null,
  files: [],
  file: null,
  encoding: 'utf-8',
  delimiter: ',',
  quote: '"',
  sheets: [],
  sheet: null,
  heading_row: 1,
  columns,
  guesses: [],
  sample: rows.map((cells, i) => ({ row: i + 2, cells })),
})

const guessed = (shape: TableShape, by = rules) =>
  guessMapping(shape, by).columns.map(({ target, confidence, reason }) => [target, confidence, reason])

test('headings find fields by name, label, alias and likeness, and contents find the rest', () => {
  const shape = table(
    [
      'mobile',
      'Landline',
      'VORNAME_KUNDE',
      'Mail',
      'D.O.B.',
      'Shoe size',
      'njPriority',
      'njAction',
      'njLead',
      'nothing',
    ],
    ['0491570006', '0298765432', 'Ann', 'ann@example.com', '25/12/1990', '38', '5', 'ADD', 'x', ''],
    ['0491570110', '0298765433', 'Bob', 'bob@example.com', '01/02/1991', '39', '6', 'ADD', 'y', ''],
  )
  expect(guessed(shape)).toEqual([
    [{ to: 'field', field: 'Mobile' }, 'sure', 'name'],
    [{ to: 'field', field: 'HomePhone' }, 'sure', 'label'],
    [{ to: 'field', field: 'FirstName' }, 'sure', 'alias'],
    [{ to: 'field', field: 'Email' }, 'sure', 'similar'],
    [{ to: 'field', field: 'Born' }, 'sure', 'similar'],
    [{ to: 'unmapped', key: 'Shoe size' }, 'none', 'nothing_fits'],
    [{ to: 'system', key: 'priority' }, 'sure', 'system_name'],
    [{ to: 'row', key: 'action' }, 'sure', 'system_name'],
    [{ to: 'ignored' }, 'none', 'handed_out'],
    [{ to: 'ignored' }, 'none', 'empty'],
  ])
})

test('a heading that says the wrong thing does not lead numbers into an e-mail field', () => {
  const shape = table(
    ['Contact', 'Reached at'],
    ['ann@example.com', '0491 570 006'],
    ['bob@example.com', '0491 570 110'],
  )
  expect(guessed(shape)).toEqual([
    [{ to: 'field', field: 'Email' }, 'likely', 'content'],
    [{ to: 'field', field: 'Mobile' }, 'likely', 'content'],
  ])
})

test('two columns never fill one field, and the second is kept under a name that no field has', () => {
  const shape = table(['Vorname_Kunde', 'FirstName'], ['Ann', 'Anne'])
  expect(guessed(shape)).toEqual([
    [{ to: 'field', field: 'FirstName' }, 'sure', 'alias'],
    [{ to: 'unmapped', key: 'FirstName (2)' }, 'none', 'nothing_fits'],
  ])
})

test('only what the values leave open is asked', () => {
  const shape = table(
    ['Mobile', 'Born', 'Plan', 'Consent', 'njDisposition'],
    ['0491570006', '01/02/1990', 'gold', 'yes', 'busy'],
    ['0491570110', '03/04/1991', 'Silver', 'vielleicht', 'Verkauft'],
  )
  expect(guessMapping(shape, rules).columns.map(({ questions }) => questions)).toEqual([
    [],
    [{ about: 'days', is_mixed: false }],
    [{ about: 'values', values: ['Silver'] }],
    [{ about: 'values', values: ['vielleicht'] }],
    [{ about: 'values', values: ['Verkauft'] }],
  ])
})

test('zeros that a spreadsheet has dropped come back', () => {
  const shape = table(['Phone', 'PostCode'], ['612345678', '800'], ['698765432', '2000'])
  // In Italy the zero belongs to the number.
  const italian = { ...rules, region: 'IT' }
  const { columns } = guessMapping(
    table(['Mobile'], ['0612345678'.slice(1)], ['0698765432'.slice(1)]),
    italian,
  )
  expect(columns[0]).toMatchObject({ target: { field: 'Mobile' }, lost_zero: true })
  const read = new RowMapper({ columns, constants: [] }, ['Mobile'], italian, KEEPING).read(['612345678'])
  expect([...read.entries.fields.values()][0]!.text).toBe('0612345678')
  expect(guessMapping(shape, rules).columns[1]).toMatchObject({ digits: 4 })
})

const NOW = '2026-07-01T00:00:00Z'
const mapping: Mapping = {
  columns: [
    { column: 'Tel', target: { to: 'field', field: 'Mobile' } },
    { column: 'Code', target: { to: 'code', of: 'Tel', plus: true } },
    { column: 'Born', target: { to: 'field', field: 'Born' }, days: 'dmy' },
    { column: 'Plan', target: { to: 'field', field: 'Plan' }, values: { gratis: 'Basic' } },
    { column: 'Call at', target: { to: 'system', key: 'callback' }, days: 'dmy' },
    { column: 'Prio', target: { to: 'system', key: 'priority' } },
    { column: 'Shoe', target: { to: 'unmapped', key: 'Shoe size' } },
    { column: 'Secret', target: { to: 'ignored' } },
    { column: 'Do', target: { to: 'row', key: 'action' } },
  ],
  constants: [
    { target: { to: 'system', key: 'source' }, text: 'fair' },
    { target: { to: 'field', field: 'Plan' }, text: 'Gold' },
    { target: { to: 'row', key: 'allocation' }, text: 'North' },
  ],
}
const COLUMNS = mapping.columns.map(({ column }) => column)
const reader = new RowMapper(mapping, COLUMNS, rules, KEEPING)

test('a row becomes a lead by the rules of intake', () => {
  const row = ['491570006', '61', '3/4/1990', 'GRATIS', '5/7/2026 14:30', '7.0', '38', 'x', 'Modify']
  const read = reader.read(row)
  expect(read).toMatchObject({ action: 'modify', allocation: 'North' })
  const { ok } = readNewLead(read.entries, rules, 1, NOW)
  expect(ok!.numbers).toEqual([61491570006])
  expect(ok!.lead).toMatchObject({
    fields: { Mobile: '+61491570006', Born: '1990-04-03', Plan: 'Basic' },
    unmapped: { 'Shoe size': '38' },
    callback_local: '2026-07-05T14:30:00',
    priority: 7,
    source: 'fair',
  })
})

test('what is wrong in a row is named by the heading of its column', () => {
  const read = reader.read(['12', '61', '', '', 'tomorrow', 'high', '', '', 'dance'])
  expect(read.action).toBe('unknown')
  const { refusal } = readNewLead(read.entries, rules, 1, NOW)
  expect(refusal!.errors!.map(({ name, field }) => [name, field])).toEqual([
    ['INVALID_PHONE_NUMBER', 'Tel'],
    ['INVALID_CALLBACK_DATE', 'Call at'],
    ['INVALID_PRIORITY', 'Prio'],
  ])
  const empty = readNewLead(reader.read([]).entries, rules, 1, NOW).refusal
  expect(empty).toMatchObject({ name: 'NO_PHONE_FIELDS', errors: [{ field: 'Tel' }] })
  const unchanged = readNewLead(reader.read(['<no change>', '61']).entries, rules, 1, NOW).refusal
  expect(unchanged).toMatchObject({ name: 'IMPORT_BUT_NOCHANGE_SPECIFIED' })
})

test('a mapping fits tables with the same columns, in any order', () => {
  expect(headingFingerprint(['Phone', 'Name'])).toBe(headingFingerprint(['name', ' PHONE']))
  expect(headingFingerprint(['Phone', 'Name'])).not.toBe(headingFingerprint(['Phone', 'Names']))
  expect(headingFingerprint(['a'])).toMatch(/^[\da-f]{16}$/)
  expect(fitsColumns(mapping, COLUMNS.toReversed())).toBe(true)
  expect(fitsColumns(mapping, [...COLUMNS, 'more'])).toBe(false)
  const shuffled = new RowMapper(mapping, ['Code', 'Tel'], rules, KEEPING).read(['44', '7400123456'])
  expect(readNewLead(shuffled.entries, rules, 1, NOW).ok!.numbers).toEqual([447400123456])
})
