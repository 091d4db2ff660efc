import { describe, expect, test } from 'vitest'
import type { Field, FieldKind } from './field.ts'
import { readFieldValue } from './value.ts'

const field = (kind: FieldKind, choices: string[] | null = null): Field => ({
  name: 'Field',
  label: 'Field',
  aliases: [],
  kind,
  choices,
  merge_group: null,
})

const COLOURS = ['Red', 'Blue']

describe('what a kind takes, and how it is stored', () => {
  test.each<[FieldKind, string, string]>([
    ['text', 'Jane Smith', 'Jane Smith'],
    ['text', '   ', ''],
    ['long_text', 'one\r\ntwo', 'one\ntwo'],
    ['phone', '\u202a0412 345 678\u202c', '0412 345 678'],
    ['phone', 'ask Jane', 'ask Jane'],
    ['email', ' jane@example.com ', 'jane@example.com'],
    ['number', '-12.50', '-12.50'],
    ['date', '2026/02/28', '2026-02-28'],
    ['date', '2028-02-29', '2028-02-29'],
    ['date', '0050-01-01', '0050-01-01'],
    ['choice', ' red ', 'Red'],
    ['check', 'Yes', 'true'],
    ['check', '0', 'false'],
  ])('%s: %j', (kind, value, text) => {
    expect(readFieldValue(field(kind, COLOURS), value)).toEqual({ text })
  })

  test.each<[FieldKind, string]>([
    ['text', 'one\ntwo'],
    ['text', 'x'.repeat(1_001)],
    ['long_text', 'x'.repeat(20_001)],
    ['email', 'jane@example'],
    ['email', 'jane smith@example.com'],
    ['number', '1e3'],
    ['number', '12,5'],
    ['date', '2026-02-31'],
    ['date', '0000-01-01'],
    ['date', '03/02/2026'],
    ['choice', 'Green'],
    ['check', 'maybe'],
  ])('%s refuses %j', (kind, value) => {
    expect(readFieldValue(field(kind, COLOURS), value)).toHaveProperty('problem')
  })
})
