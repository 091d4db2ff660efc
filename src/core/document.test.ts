import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonNumber, type JsonValue, readDocument, readInStretches } from './document.ts'
import { LIMITS } from './limits.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const read = (text: string) => readDocument(bytesOf(text))
const detailOf = (body: string | number[]) => {
  const { refusal } = readDocument(typeof body === 'string' ? bytesOf(body) : new Uint8Array(body))
  expect(refusal?.name).toBe('MALFORMED_REQUEST')
  return refusal!.detail
}
const objectOf = (text: string) => {
  const { ok } = read(text)
  if (!(ok instanceof Map)) throw new Error('no object')
  return ok
}

/** The result of JSON.parse; only for documents without duplicate keys. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.literal)
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, entry]) => [key, plain(entry)]))
  return value
}

describe('readDocument takes', () => {
  test('a flat lead, in the order sent', () => {
    const lead = objectOf(' {"Phone":"0383218199" ,\r\n\t"City":"Zürich","n":1,"b":true,"x":null}\n')
    expect([...lead]).toEqual([
      ['Phone', '0383218199'],
      ['City', 'Zürich'],
      ['n', new JsonNumber('1')],
      ['b', true],
      ['x', null],
    ])
  })

  test('scalars and empty containers as documents (their reader judges them)', () => {
    for (const text of ['null', 'true', '42', '"x"', '[]', '{}', '[{},7]'])
      expect(plain(read(text).ok!)).toEqual(JSON.parse(text))
  })

  test('__proto__ as a key like any other, and leaves prototypes alone', () => {
    const body = objectOf('{"__proto__":{"admin":true},"constructor":{"prototype":1},"toString":"x"}')
    expect([...body.keys()]).toEqual(['__proto__', 'constructor', 'toString'])
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  test('numbers as they are spelt', () => {
    const literals = ['9007199254740993', '1e400', '-0', '1E2', '0.10', '-1.5e-7', '7'.repeat(400)]
    expect(read(`[${literals.join()}]`).ok).toEqual(literals.map((literal) => new JsonNumber(literal)))
  })

  test('lone surrogates, which are the problem of a field', () => {
    expect(read('"\\ud800"').ok).toBe('\ud800')
    expect(read('"\\ud83d\\ude00 😀"').ok).toBe('😀 😀')
  })

  test('a UTF-8 byte order mark, stripped', () => {
    expect(readDocument(new Uint8Array([0xef, 0xbb, 0xbf, 0x37])).ok).toEqual(new JsonNumber('7'))
  })

  test('the depth of the limit, and not one more', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(read(nested(LIMITS.json_depth_max)).ok).toBeDefined()
    expect(detailOf(nested(LIMITS.json_depth_max + 1))).toBe('byte 32: nested deeper than 32 levels')
  })

  test('one key in two objects', () => {
    expect(plain(read('[{"a":1},{"a":{"a":2}}]').ok!)).toEqual([{ a: 1 }, { a: { a: 2 } }])
  })
})

describe('readDocument refuses and says where and why:', () => {
  test.each<[string, string, RegExp]>([
    ['an empty body', '', /^byte 0: the body is empty/],
    ['blanks only', ' \r\n', /^byte 3: the body is empty/],
    ['a truncated object', '{"a":"b', /^byte 7: the body ends inside a text/],
    ['a truncated escape', '{"a":"b\\', /^byte 8: the body ends inside a text/],
    ['a missing brace', '{"a":"b"', /^byte 8: the body ends before the closing }/],
    ['a missing bracket', '[1', /^byte 2: the body ends before the closing \]/],
    ['an object that ends after its brace', '{', /^byte 1: the body ends inside an object/],
    ['an object that ends after a key', '{"a"', /^byte 4: the body ends inside an object/],
    ['an object that ends after a colon', '{"a":', /^byte 5: the body ends where a value is expected/],
    ['the published sample', '{"a","b"}', /^byte 4: a key without a value; .*\{"key": "value"\}/],
    [
      'objects joined by commas',
      '{"a":1},\n {"a":2}',
      /^byte 7: several objects joined by commas; wrap them in an array/,
    ],
    ['two documents', '{"a":1}\n{"a":2}', /^byte 8: a second document/],
    ['trailing text', '{"a":1} x', /^byte 8: text after the end/],
    ['a trailing comma in an object', '{"a":1, }', /^byte 8: a comma before the closing bracket/],
    ['a trailing comma in an array', '[1,]', /^byte 3: a comma before the closing bracket/],
    ['a missing value', '{"a":}', /^byte 5: a value is missing/],
    ['two commas', '[1,,2]', /^byte 3: a value is missing/],
    ['a missing comma', '{"a":1 "b":2}', /^byte 7: a comma is missing/],
    ['single quotes around a key', "{'a':1}", /^byte 1: a key is expected; .*double quotes/],
    ['single quotes around a value', '{"a":\'b\'}', /^byte 5: .*double quotes/],
    ['curly quotes', '{"a":“b”}', /^byte 5: .*double quotes/],
    ['a bare key', '{a:1}', /^byte 1: .*double quotes/],
    ['a bare value', '{"a":Jane}', /^byte 5: .*double quotes/],
    ['a double quote inside a text', '{"a":"Jane "Jo" Smith"}', /^byte 12: .*a double quote inside a text/],
    ['NaN', '{"a":NaN}', /^byte 5: JSON has no NaN/],
    ['-Infinity', '{"a":-Infinity}', /^byte 5: JSON has no NaN and no Infinity/],
    ['Python words', '{"a":True}', /^byte 5: .*small letters/],
    ['comments', '{"a":1 /* b */}', /^byte 7: JSON has no comments/],
    ['comments before a key', '{// b\n"a":1}', /^byte 1: JSON has no comments/],
    [
      'a phone number without quotes',
      '{"Phone":0383218199}',
      /^byte 10: no JSON number: .*text in double quotes/,
    ],
    [
      'a number that begins with 0 as the whole body',
      '01',
      /^byte 1: no JSON number: .*does not begin with 0/,
    ],
    [
      'an international one without quotes',
      '{"Phone":+61383218199}',
      /^byte 9: .*plus sign; .*double quotes/,
    ],
    ['hex', '[0x1F]', /^byte 2: no JSON number/],
    ['a number that begins with a point', '[.5]', /^byte 1: no JSON value/],
    ['a number that ends with a point', '[5.]', /^byte 2: no JSON number/],
    ['a line break inside a text', '{"a":"b\nc"}', /^byte 7: a line break/],
    ['an escape that does not exist', '{"a":"\\n\\\\C:\\xamp"}', /^byte 12: this escape does not exist/],
    ['a short \\u escape', '["\\u12"]', /^byte 2: this escape does not exist/],
    ['an escaped line break', '["\\\n"]', /^byte 2: this escape does not exist/],
    ['duplicate keys', '{"a":1,"b":2,"a":1}', /^byte 13: this key stands in its object a second time/],
    ['duplicate keys after unescaping', '{"a":1,"\\u0061":1}', /^byte 7: this key/],
    ['duplicate keys far inside', '[{"b":[{"":1,"":1}]}]', /^byte 13: this key/],
    ['form data', 'FirstName=Jane&Phone=0383218199', /^byte 0: this looks like form data/],
    ['XML', '<lead/>', /^byte 0: this looks like XML/],
    ['UTF-16 without a mark', '{\0"\0', /^byte 1: a key is expected/],
  ])('%s', (_, body, detail) => {
    expect(detailOf(body)).toMatch(detail)
  })

  test('every raw control character in a text', () => {
    for (let code = 0; code < 0x20; code++)
      expect(detailOf(`["${String.fromCharCode(code)}"]`)).toMatch(/^byte 2: a line break/)
    expect(read('"\x7f\u2028"').ok).toBe('\x7f\u2028')
  })

  test('bad UTF-8, by its byte', () => {
    const quoted = (...bytes: number[]) => [0x22, 0xef, 0xbf, 0xbd, 0xc3, 0xa9, ...bytes, 0x22]
    const bad = [
      [0xc3, 0x28],
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe2, 0x82],
    ]
    for (const bytes of bad) expect(detailOf(quoted(...bytes))).toBe('byte 6: the body is not UTF-8')
    expect(detailOf([0xef, 0xbb, 0xbf, 0x22, 0xff])).toBe('byte 4: the body is not UTF-8')
    expect(detailOf([0xff, 0xfe, 0x7b, 0])).toBe('byte 0: the body is not UTF-8')
    expect(read('"good again"').ok).toBe('good again')
  })

  test('bad UTF-8 anywhere in a long body, by its byte, and soon', () => {
    const pieces = fc.constantFrom('a', 'é', '€', '😀', '\ufffd', 'x'.repeat(4_090), '\ufffd'.repeat(1_400))
    const bad = fc.constantFrom([0xff], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80], [0x80])
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), bad, fc.array(pieces, { maxLength: 3 }), (...parts) => {
        const [before, wrong, after] = parts
        const good = bytesOf(before.join(''))
        expect(detailOf([...good, ...wrong, ...bytesOf(after.join(''))])).toBe(
          `byte ${good.length}: the body is not UTF-8`,
        )
      }),
    )
    const start = process.cpuUsage()
    const replacements = Buffer.from('\ufffd'.repeat(2_700_000))
    expect(readDocument(Buffer.concat([replacements, Buffer.from([0xff])])).refusal?.detail).toMatch(
      `byte ${replacements.length}:`,
    )
    const { user, system } = process.cpuUsage(start)
    expect((user + system) / 1_000, 'milliseconds of CPU').toBeLessThan(200)
  })

  test('with offsets in bytes of what was sent, the mark included', () => {
    expect(detailOf([0xef, 0xbb, 0xbf, ...bytesOf('{"ü😀":x}')])).toMatch(/^byte 13: /)
  })

  test('without repeating content', () => {
    for (const body of [
      '{"secret":secret}',
      '{"a":"secret" secret}',
      '{"secret":1,"secret":2}',
      '["\\secret"]',
      'secret',
    ])
      expect(detailOf(body)).not.toContain('secret')
  })

  test('great depth at once and without a stack', () => {
    for (const body of [
      '['.repeat(100_000),
      '{"a":'.repeat(100_000),
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    ]) {
      const bytes = bytesOf(body)
      const durations = Array.from({ length: 5 }, () => {
        const start = performance.now()
        expect(readDocument(bytes).refusal?.detail).toMatch(/nested deeper/)
        return performance.now() - start
      })
      expect(Math.min(...durations)).toBeLessThan(5)
    }
  })

  test('a bad escape at the end of a body of the greatest size', () => {
    expect(detailOf(`"${'\\n'.repeat(4_000_000)}\\x"`)).toMatch(/^byte 8000001: this escape/)
  })
})

describe('readDocument bounds what is looked at after it', () => {
  const { json_keys_max, json_entries_max, json_values_max } = LIMITS
  const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join()}}`
  const entries = (count: number) => `[${new Array(count).fill(0).join()}]`
  const tooLarge = (text: string) => {
    const { refusal } = read(text)
    expect(refusal?.name).toBe('TOO_LARGE')
    return refusal!.detail
  }

  test('keys of an object, entries of an array, each where it stands', () => {
    for (const around of [(text: string) => text, (text: string) => `[{"a":${text}}]`]) {
      expect(read(around(keys(json_keys_max))).refusal).toBeUndefined()
      expect(read(around(entries(json_entries_max))).refusal).toBeUndefined()
      expect(tooLarge(around(keys(json_keys_max + 1)))).toMatch(`an object may have ${json_keys_max} keys`)
      expect(tooLarge(around(entries(json_entries_max + 1)))).toMatch(
        `an array may hold ${json_entries_max} entries`,
      )
    }
  })

  test('values in all: a batch with every field of every lead fits, and not much more', () => {
    const rows = (count: number) => `[${new Array(count).fill(keys(298)).join()}]`
    expect(read(rows(LIMITS.batch_rows_max)).refusal).toBeUndefined()
    expect(tooLarge(rows(LIMITS.batch_rows_max + 10))).toMatch(`more than ${json_values_max} values`)
  })

  test('in time that does not grow with what is too much', () => {
    const millions = [
      `[${'1,'.repeat(4_000_000)}1]`,
      keys(500_000),
      `{"phones":[${'[],'.repeat(2_500_000)}1]}`,
    ]
    for (const text of millions) {
      const bytes = bytesOf(text)
      const start = performance.now()
      expect(readDocument(bytes).refusal?.name).toBe('TOO_LARGE')
      // Most of it is turning eight million bytes into text; reading them all takes ten times as long.
      expect(performance.now() - start).toBeLessThan(200)
    }
  })
})

describe('readInStretches', () => {
  test('reads a long document in many of them, and comes to what readDocument comes to', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => ({ Name: 'Zoë '.repeat(20), n: [i, { é: null }] }))
    const bytes = bytesOf(JSON.stringify(rows, null, 1))
    const stretches = readInStretches(bytes)
    let pauses = 0
    let end = stretches.next()
    for (; !end.done; end = stretches.next()) pauses++
    expect(pauses).toBeGreaterThan(5)
    expect(end.value).toEqual(readDocument(bytes))
    expect(plain(end.value.ok!)).toEqual(rows)
  })
})

describe('readDocument agrees with JSON.parse', () => {
  test('on every document without equal keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1), (value, space) => {
        const text = JSON.stringify(value, null, space)
        expect(plain(read(text).ok!)).toEqual(JSON.parse(text))
      }),
    )
  })

  test('on what is JSON at all', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '"b":',
        '0',
        '1',
        '-',
        '.',
        'e',
        '+',
        'true',
        'null',
        ' ',
        '\n',
        '\\',
        '\\u00e9',
        '\\n',
        "'",
        'é',
        '\t',
        '\0',
      ],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        let parsed: unknown
        try {
          parsed = JSON.parse(text)
        } catch {
          expect(read(text).refusal?.name).toBe('MALFORMED_REQUEST')
          return
        }
        const { ok, refusal } = read(text)
        if (refusal) expect(refusal.detail).toMatch(/a second time/)
        else expect(plain(ok!)).toEqual(parsed)
      }),
      { numRuns: 5_000 },
    )
  })

  test('and answers any bytes with a value or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const { ok, refusal } = readDocument(bytes)
        expect((ok === undefined) !== (refusal === undefined)).toBe(true)
      }),
    )
  })
})
