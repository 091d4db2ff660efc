import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonNumber, type JsonValue } from './document.ts'
import { idOfRow, readPulledRow } from './pulled-row.ts'

const rowOf = (values: Record<string, JsonValue>) => new Map(Object.entries(values))
const read = (values: Record<string, JsonValue>, keys: Record<string, string | null> = {}) =>
  readPulledRow(rowOf(values), keys)
const documentOf = (result: ReturnType<typeof read>) =>
  result.ok && 'document' in result.ok ? Object.fromEntries(result.ok.document) : undefined

test('a row without njAction adds a lead, in any spelling of the word', () => {
  for (const njAction of [undefined, null, '', ' ', 'ADD', 'add', ' Add '])
    expect(read({ City: 'Perth', ...(njAction === undefined ? {} : { njAction }) }).ok).toEqual({
      deed: 'add',
      document: rowOf({ City: 'Perth' }),
    })
  for (const njAction of ['DELETE', 'constructor', '__proto__', 'toString'])
    expect(read({ njAction }).refusal).toMatchObject({ name: 'INVALID_FIELD', field: 'njAction' })
})

test('a change names its lead, and the version that it was made from', () => {
  expect(
    read({ njAction: 'MODIFY', NJEXTERNALLEADID: ' A-1 ', njVersion: new JsonNumber('3') }).ok,
  ).toMatchObject({
    deed: 'modify',
    external_id: 'A-1',
    base_version: 3,
  })
  expect(read({ njAction: 'MODIFY', njExternalLeadId: 'A-1' }).ok).toMatchObject({ base_version: null })
  expect(read({ njAction: 'MODIFY' }).refusal).toMatchObject({ name: 'COULDNT_FIND_THE_LEAD' })
  expect(read({ njAction: 'MODIFY', njExternalLeadId: 'A-1', njVersion: 'first' }).refusal).toMatchObject({
    name: 'MALFORMED_REQUEST',
    field: 'njVersion',
  })
})

test('a move names its lead and where it goes', () => {
  const move = { njAction: 'REALLOCATE', njExternalLeadId: 'A-1' }
  expect(read({ ...move, njAllocationName: 'Second' }).ok).toEqual({
    deed: 'reallocate',
    external_id: 'A-1',
    allocation_name: 'Second',
  })
  expect(read(move).refusal).toMatchObject({ name: 'UNKNOWN_TARGET', field: 'njAllocationName' })
})

test('keys get the names that they mean; what means nothing is left out; two keys of one name are refused', () => {
  const keys = { Town: 'City', 'given name': 'Name', seq: null }
  expect(documentOf(read({ Town: 'Perth', 'Given Name': 'Ana', seq: '1', Other: 'x' }, keys))).toEqual({
    City: 'Perth',
    Name: 'Ana',
    Other: 'x',
  })
  expect(read({ Town: 'Perth', City: 'Perth' }, keys).refusal).toMatchObject({ name: 'INVALID_FIELD' })
  expect(documentOf(read({ what: 'MODIFY', njExternalLeadId: 'A-1' }, { what: 'njAction' }))).toEqual({
    njExternalLeadId: 'A-1',
  })
})

test('the id is a text or a number in its spelling, exactly as it is sent back; blanks, objects and long ones are none', () => {
  expect(idOfRow(rowOf({ ID: new JsonNumber('9007199254740993') }), 'id')).toBe('9007199254740993')
  expect(idOfRow(rowOf({ id: ' 7 ', ID: '8' }), 'id')).toBe('7')
  for (const id of ['', '  ', null, 'x'.repeat(201), 'a\0b', '\ud800', new Map(), ['1']])
    expect(idOfRow(rowOf({ id }), 'id')).toBeUndefined()
  expect(idOfRow(rowOf({}), 'id')).toBeUndefined()
})

test('no row throws, and what is not renamed stays as it is', () => {
  const value = fc.oneof(fc.string(), fc.constant(null), fc.boolean())
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), value)), (entries) => {
      const row = new Map<string, JsonValue>(entries)
      const result = readPulledRow(row, {})
      if (result.ok?.deed !== 'add') return
      for (const [key, kept] of result.ok.document) expect(kept).toBe(row.get(key))
    }),
  )
})
