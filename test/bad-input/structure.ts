// B29–B43: JSON documents that are not flat objects of texts.

import { expect } from 'vitest'
import { mobile } from '../support/leadline.ts'
import {
  type Answer,
  BAD_PRIORITY,
  INVALID,
  inBoth,
  inInsert,
  json,
  keeping,
  leadOf,
  MALFORMED,
  NO_PHONE,
  OK,
  onV1,
  type Row,
  soon,
  stored,
  TOO_LARGE,
  toBoth,
  UNPROCESSABLE,
} from './row.ts'

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)

/** Names that every plain object of JavaScript has. */
const INHERITED = ['toString', 'hasOwnProperty', 'valueOf', 'then', '__defineGetter__', 'isPrototypeOf']

const many = (count: number, name = 'note') =>
  Array.from({ length: count }, (_, i) => `"${name}${i}":"x"`).join(',')

const isShort = ({ text }: Answer) => expect(text.length).toBeLessThan(64_000)

export const STRUCTURE: Row[] = [
  {
    id: 'B29',
    what: 'deep nesting',
    differs: 'documents may be 32 deep; below that an object or array as value is an invalid field.',
    cases: (world) => [
      ...[33, 1_000, 100_000].flatMap((depth) => toBoth(world, `${depth} arrays`, nested(depth), MALFORMED)),
      ...inBoth(
        world,
        '20,000 objects',
        `"Name":${nested(20_000, '{"a":', '}').replace('}', '1}')}`,
        MALFORMED,
      ),
      ...inBoth(world, '31 arrays in the object', `"Name":${nested(31)}`, INVALID, { errors: ['Name'] }),
      ...inBoth(world, '32 arrays in the object', `"Name":${nested(32)}`, MALFORMED),
    ],
  },
  {
    id: 'B30',
    what: 'the same key twice',
    cases: (world) => [
      ...inBoth(world, 'the same value', '"Name":"Ana Silva","Name":"Ana Silva"', MALFORMED),
      ...inBoth(world, 'another value', '"Name":"Ana Silva","Name":"Jane Smith"', MALFORMED),
      ...inBoth(world, 'one of them escaped', '"Name":"Ana Silva","\\u004eame":"Jane Smith"', MALFORMED),
      ...inBoth(world, 'a number', `"FirstPhone":"${mobile()}","FirstPhone":"${mobile()}"`, MALFORMED),
      ...inBoth(world, '__proto__', '"__proto__":1,"__proto__":2', MALFORMED),
      ...inBoth(world, 'in another case', '"City":"Carlton","city":"Carlton"', INVALID, { errors: ['city'] }),
      ...inBoth(world, 'a system field in another case', '"njPriority":"1","NJPRIORITY":"2"', INVALID, {
        errors: ['NJPRIORITY'],
      }),
      ...inBoth(world, 'composed and decomposed', '"caf\\u00e9":"1","cafe\\u0301":"2"', OK, {
        ...keeping(world, 'left_out=cafe%CC%81', { unmapped: { café: '1' } }),
      }),
    ],
  },
  {
    id: 'B31',
    what: '__proto__ as key',
    cases: (world) => [
      ...inBoth(world, 'an object', '"__proto__":{"admin":true}', INVALID, { errors: ['__proto__'] }),
      ...inBoth(world, 'a text', '"__proto__":"admin"', INVALID, { errors: ['__proto__'] }),
      ...inBoth(world, 'escaped', '"\\u005f_proto__":{"admin":true}', INVALID, { errors: ['__proto__'] }),
    ],
  },
  {
    id: 'B32',
    what: 'other ways to a prototype',
    cases: (world) => [
      ...inBoth(world, 'constructor', '"constructor":{"prototype":{"admin":true}}', INVALID, {
        errors: ['constructor'],
      }),
      ...inBoth(world, 'constructor as text', '"constructor":"x"', INVALID, { errors: ['constructor'] }),
      ...inBoth(world, 'prototype', '"prototype":{"admin":true}', INVALID, { errors: ['prototype'] }),
      ...inBoth(world, 'nested', '"Name":{"__proto__":{"admin":true}}', INVALID, { errors: ['Name'] }),
      ...inBoth(world, 'in a key that is no field', '"note":{"__proto__":{"admin":true}}', OK, {
        ...keeping(world, 'json=note', { unmapped: { note: '{"__proto__":{"admin":true}}' } }),
      }),
      onV1(world, '/v1/campaigns', '{"template_id":1,"name":"x","__proto__":{"admin":true}}', MALFORMED),
    ],
  },
  {
    id: 'B33',
    what: 'keys that every JavaScript object has',
    differs: 'they are keys like any other that is no field: kept with the lead.',
    cases: (world) => {
      const members = INHERITED.map((key) => `${json(key)}:"kept"`).join(',')
      const kept = Object.fromEntries(INHERITED.map((key) => [key, 'kept']))
      return inBoth(world, 'all of them', members, OK, {
        also: async (answer) => expect((await leadOf(world, answer)).unmapped).toMatchObject(kept),
      })
    },
  },
  {
    id: 'B35',
    what: 'far too many keys, or leads',
    differs: 'keys that are no field, beyond 50 of a lead or 32 kB, are left out and named.',
    cases: (world) => [
      { name: '50 keys that are no field', body: `{"FirstPhone":"${mobile()}",${many(50)}}`, reply: OK },
      inInsert('51 of them', many(51), OK, keeping(world, 'left_out=note50', { unmapped: { note49: 'x' } })),
      inInsert('50 of them, with an external id', `"njExternalLeadId":"full",${many(50)}`, OK),
      {
        name: 'an update that would make it 51',
        call: 'updateLeadFast',
        and: '&njExternalLeadId=full',
        body: '{"FirstPhone":"<NO CHANGE>","njDisposition":"Busy","another":"x"}',
        reply: OK,
        ...keeping(world, 'left_out=another', { unmapped: { note49: 'x' } }),
      },
      // The answer must not grow with what was sent.
      ...inBoth(world, '990 of them wrong', many(990, 'njNo'), INVALID, { also: isShort }),
      { ...onV1(world, '/v1/campaigns', `{${many(990)}}`, UNPROCESSABLE), also: isShort },
      ...inBoth(world, '10,000 of them', many(10_000), TOO_LARGE, { also: soon }),
      {
        name: '550,000 of them',
        call: 'insertLead',
        body: `{${many(550_000)}}`,
        reply: TOO_LARGE,
        also: soon,
      },
      {
        name: '10,001 leads',
        call: 'insertLead',
        body: `[${Array.from({ length: 10_001 }, () => '{"FirstPhone":"0412345678"}').join(',')}]`,
        reply: TOO_LARGE,
        also: soon,
      },
      {
        name: '1,001 updates',
        call: 'updateLead',
        body: `[${Array.from({ length: 1_001 }, () => '{"njExternalLeadId":"x"}').join(',')}]`,
        reply: TOO_LARGE,
      },
    ],
  },
  {
    id: 'B36',
    what: 'keys that are strange',
    differs: 'a key that can be read is kept with the lead, whatever other systems would make of it.',
    cases: (world) => {
      const kept = ['two words', '😀', 'a.b', 'a[0]', '$ne', '<b>', "'; --", 'x'.repeat(200)]
      return [
        ...inBoth(world, 'readable ones', kept.map((key) => `${json(key)}:"1"`).join(','), OK, {
          also: async (answer: Answer) =>
            expect((await leadOf(world, answer)).unmapped).toMatchObject(
              Object.fromEntries(kept.map((key) => [key, '1'])),
            ),
        }),
        ...inBoth(world, 'one with NUL', '"a\\u0000b":"1"', INVALID),
        ...Object.entries({
          'an empty one': ['', 'left_out='],
          'a blank one': [' ', 'left_out=%20'],
          'one that shows nothing': ['\\u200b', 'left_out=%EF%BF%BD'],
          '10 kB': ['x'.repeat(10_000), `left_out=${'x'.repeat(80)}`],
          'one with a line break': ['a\\nb', 'one_line=a%20b'],
          'one that reverses text': ['a\\u202eb', 'invisible=ab'],
          'half a character': ['\\ud800', 'replaced=%EF%BF%BD'],
        }).flatMap(([name, [key, warnings]]) =>
          inBoth(world, name, `"${key}":"1"`, OK, keeping(world, warnings!, {})),
        ),
        // Putting marks into their order takes time that grows with the square of their number.
        ...inBoth(world, '80,000 combining marks', `"a${'\u0316\u0301'.repeat(40_000)}":"1"`, OK, {
          also: soon,
        }),
      ]
    },
  },
  {
    id: 'B37',
    what: 'an unknown field',
    differs:
      'it is kept with the lead and never dialled; one that begins with nj is refused, but for those that are only handed out.',
    cases: (world) => [
      inInsert('MiddleName', '"MiddleName":"Maria","Mobile3":"0398765432"', OK, {
        also: async (answer) => {
          const { unmapped, phones } = await leadOf(world, answer)
          expect(unmapped).toEqual({ MiddleName: 'Maria', Mobile3: '0398765432' })
          expect(phones.map(({ field }) => field)).toEqual(['FirstPhone'])
        },
      }),
      ...['njAction', 'njcampaignname', 'njDialedNumber'].flatMap((key) =>
        inBoth(world, key, `"${key}":"x"`, OK, keeping(world, `left_aside=${key}`, {})),
      ),
      ...['njdispositon', 'njCallbackTime', 'NJ'].flatMap((key) =>
        inBoth(world, key, `"${key}":"Sale"`, INVALID, { errors: [key] }),
      ),
      inInsert('njDisposition in an insert', '"njDisposition":"Sale"', INVALID, {
        errors: ['njDisposition'],
      }),
      inInsert('njVersion in an insert', '"njVersion":"1"', INVALID, { errors: ['njVersion'] }),
    ],
  },
  {
    id: 'B38',
    what: 'an object or array where a text stands',
    differs:
      'a list of texts is joined with commas, and an object under a key that is no field is kept as JSON text.',
    cases: (world) => [
      ...inBoth(world, 'Name []', '"Name":[]', OK),
      inInsert('FirstPhone []', '"FirstPhone":[]', NO_PHONE),
      ...inBoth(world, 'Name ["a", 3.0]', '"Name":["a", 3.0, null, " "]', OK, {
        ...keeping(world, 'joined=Name', { fields: { Name: 'a, 3.0' } }),
      }),
      ...inBoth(world, 'Name [["a"]]', '"Name":[["a"]]', INVALID, { errors: ['Name'] }),
      ...inBoth(world, 'a key that is no field', '"note":{"a":[1.0,{"b":null}]}', OK, {
        ...keeping(world, 'json=note', { unmapped: { note: '{"a":[1.0,{"b":null}]}' } }),
      }),
      ...['{"$gt":""}', '{}'].flatMap((value) => [
        ...inBoth(world, `Name ${value}`, `"Name":${value}`, INVALID, { errors: ['Name'] }),
        ...inBoth(world, `FirstPhone ${value}`, `"FirstPhone":${value}`, INVALID, { errors: ['FirstPhone'] }),
      ]),
      ...['{"$gt":""}', '["0383218199"]', '{}', '[]'].flatMap((value) => [
        ...inBoth(world, `njPriority ${value}`, `"njPriority":${value}`, INVALID, { errors: ['njPriority'] }),
        ...inBoth(world, `njCallBackDate ${value}`, `"njCallBackDate":${value}`, INVALID, {
          errors: ['njCallBackDate'],
        }),
        ...inBoth(world, `njContactHours ${value}`, `"njContactHours":${value}`, INVALID, {
          errors: ['njContactHours'],
        }),
        inInsert(`njExternalLeadId ${value}`, `"njExternalLeadId":${value}`, INVALID, {
          errors: ['njExternalLeadId'],
        }),
        {
          name: `njExternalLeadId ${value}, update`,
          call: 'updateLeadFast' as const,
          body: `{"njExternalLeadId":${value},"FirstPhone":"<NO CHANGE>"}`,
          reply: INVALID,
          errors: ['njExternalLeadId'],
        },
      ]),
    ],
  },
  {
    id: 'B39',
    what: 'a boolean or number where a text stands',
    differs: 'a number is its spelling.',
    cases: (world) => [
      inInsert('true, 42 and 38321.5', '"Name":true,"City":42,"PostCode":38321.5', OK, {
        also: stored(world, {
          fields: expect.objectContaining({ Name: 'true', City: '42', PostCode: '38321.5' }),
        }),
      }),
      inInsert('a priority', '"njPriority":7', OK, { also: stored(world, { priority: 7 }) }),
    ],
  },
  {
    id: 'B40',
    what: 'numbers that a double rounds',
    differs: 'a number is its spelling, so nothing rounds it.',
    cases: (world) => [
      inInsert('9007199254740993', '"njExternalLeadId":9007199254740993', OK, {
        also: stored(world, { external_id: '9007199254740993' }),
      }),
      {
        name: '9007199254740993, update',
        call: 'updateLeadFast',
        body: '{"njExternalLeadId":9007199254740993,"FirstPhone":"<NO CHANGE>","njDisposition":"Busy"}',
        reply: OK,
        also: stored(world, { external_id: '9007199254740993' }),
      },
      inInsert('the largest that is exact', '"njExternalLeadId":9007199254740991', OK, {
        also: stored(world, { external_id: '9007199254740991' }),
      }),
    ],
  },
  {
    id: 'B41',
    what: 'numbers that other systems spell otherwise',
    differs: 'a number is its spelling.',
    cases: (world) =>
      ['1e400', '-1e400', '-0', '1E2', '1.0', '0.1e1', '9'.repeat(400), `0.${'3'.repeat(400)}`].flatMap(
        (number) => [
          ...inBoth(world, number.slice(0, 20), `"Name":${number}`, OK, {
            also: async (answer: Answer) => {
              expect((await leadOf(world, answer)).fields.Name).toBe(number)
              expect(answer.headers['x-leadline-warnings']).toBeUndefined()
            },
          }),
          inInsert(`${number.slice(0, 20)} as priority`, `"njPriority":${number}`, BAD_PRIORITY, {
            errors: ['njPriority'],
          }),
        ],
      ),
  },
  {
    id: 'B42',
    what: 'null',
    differs:
      'in a new lead null is no value; in an update of a field it is no change, and named; of a system field it is refused, because it may mean clear or keep.',
    cases: (world) => [
      inInsert('in the only phone field', '"FirstPhone":null', NO_PHONE),
      inInsert('in another field', '"Name":null,"njPriority":null,"njExternalLeadId":null,"note":null', OK, {
        also: async (answer) =>
          expect(await leadOf(world, answer)).toMatchObject({
            fields: { FirstPhone: expect.any(String) },
            unmapped: {},
            priority: 10,
            external_id: null,
          }),
      }),
      ...['SecondPhone', 'Name', 'note'].map((key) => ({
        name: `${key}, update`,
        call: 'updateLeadFast' as const,
        and: `&njExternalLeadId=${world.known_id}`,
        body: json({ FirstPhone: '<NO CHANGE>', [key]: null }),
        reply: OK,
        ...keeping(world, `null_value=${key}`, {}),
      })),
      ...['njPriority', 'njCallBackDate', 'njContactHours'].map((key) => ({
        name: `${key}, update`,
        call: 'updateLeadFast' as const,
        and: `&njExternalLeadId=${world.known_id}`,
        body: json({ FirstPhone: '<NO CHANGE>', [key]: null }),
        reply: INVALID,
        errors: [key],
      })),
    ],
  },
  {
    id: 'B43',
    what: 'values that show nothing',
    cases: (world) =>
      ['', ' ', '   \\t ', '\\u00a0', '\\u200b', '\\u3000\\ufeff'].flatMap((blank) => [
        inInsert(`a phone "${blank}"`, `"FirstPhone":"${blank}"`, NO_PHONE),
        inInsert(
          `everything else "${blank}"`,
          [
            ...['Name', 'City', 'SecondPhone', 'Email', 'njExternalLeadId'],
            ...['njPriority', 'njCallBackDate', 'njContactHours'],
          ]
            .map((key) => `"${key}":"${blank}"`)
            .join(','),
          OK,
          {
            also: async (answer: Answer) => {
              const found = await leadOf(world, answer)
              expect(Object.keys(found.fields)).toEqual(['FirstPhone'])
              expect(found).toMatchObject({ external_id: null, priority: 10, callback: null })
              expect(found.phones).toHaveLength(1)
            },
          },
        ),
      ]),
  },
]
