import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonNumber, readDocument } from './document.ts'
import { exactNumber, joinedText, jsonText, scalarText } from './document-text.ts'

const read = (text: string) => readDocument(new TextEncoder().encode(text)).ok!

describe('the text of a scalar', () => {
  test('is a text as it is, a boolean, a number in its spelling', () => {
    expect(scalarText('  <b>é ')).toBe('  <b>é ')
    expect(scalarText('\ud800')).toBe('\ud800')
    expect(scalarText(true)).toBe('true')
    expect(scalarText(false)).toBe('false')
    for (const literal of ['0', '-0', '3.0', '100.00', '1e3', '12345678901234567890', '7'.repeat(400)])
      expect(scalarText(read(literal))).toBe(literal)
  })

  test('is none for null, lists and objects', () => {
    for (const value of [null, [], ['0383218199'], new Map()]) expect(scalarText(value)).toBeUndefined()
  })
})

describe('a list of scalars', () => {
  test('is joined, without what is empty', () => {
    expect(joinedText(read('["a"]'))).toBe('a')
    expect(joinedText(read('["a", 3.0, true, null, " ", "b"]'))).toBe('a, 3.0, true, b')
    expect(joinedText(read('[null, ""]'))).toBe('')
  })

  test('is none with a list or an object in it', () => {
    for (const text of ['"a"', '{}', '[{}]', '["a", ["b"]]']) expect(joinedText(read(text))).toBeUndefined()
  })
})

test('JSON text is on one line, with numbers in their spelling and nothing that cannot be shown', () => {
  expect(jsonText(read('{ "a" : [ 1.0, true, null, "x\\n" ],\n "b" : {} }'))).toBe(
    '{"a":[1.0,true,null,"x\\n"],"b":{}}',
  )
  expect(jsonText(read('"\\u202e\\ud800\\u0085"'))).toBe('"\\u202e\\ud800\\u0085"')
})

test('JSON text says what the document said', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value = readDocument(new TextEncoder().encode(text))
      if (value.refusal) return
      expect(JSON.parse(jsonText(value.ok))).toEqual(JSON.parse(text))
    }),
  )
})

describe('an exact number', () => {
  const number = (literal: string) => exactNumber(new JsonNumber(literal))

  test('is one that is spelt plainly and held exactly', () => {
    for (const literal of ['0', '7', '-7', '383218199', '0.1', '-12.75', '9007199254740991', '0.000001'])
      expect(number(literal)).toBe(Number(literal))
    // biome-ignore format: a list
    const others = ['9007199254740993', '9007199254740992', '1e400', '-0', '0.0', '1.0', '1E2', '1e2', '1e-7', '1e+21', '0.10']
    for (const literal of [...others, '7'.repeat(400)]) expect(number(literal)).toBeUndefined()
  })

  test('is what a client in any language meant', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (integer) => {
        expect(number(JSON.stringify(integer))).toBe(integer)
      }),
    )
  })
})
