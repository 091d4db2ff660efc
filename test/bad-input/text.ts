// B44–B60: texts, what must not be stored, what is stored as it is, and <NO CHANGE>.

import { expect } from 'vitest'
import { mobile } from '../support/leadline.ts'
import {
  type Answer,
  BAD_HOURS,
  type Case,
  classicHead,
  INVALID,
  inBoth,
  inInsert,
  json,
  keeping,
  lastWords,
  leadOf,
  MALFORMED,
  NO_CHANGE,
  NO_DISPOSITION,
  OK,
  onV1,
  queryOf,
  type Row,
  soon,
  TOO_LARGE,
  UNPROCESSABLE,
  type World,
} from './row.ts'

const PHONE = '0412345678'

/** `text` is the inside of a JSON text between a and b: it is kept as `kept`, and named in every place but ids. */
const mended = (world: World, name: string, text: string, code: string, kept: string): Case[] => [
  ...inBoth(world, `${name} in a field`, `"Name":"a${text}b"`, OK, {
    ...keeping(world, `${code}=Name`, { fields: { Name: `a${kept}b` } }),
  }),
  ...inBoth(world, `${name} in a value that is no field's`, `"note":"a${text}b"`, OK, {
    ...keeping(world, `${code}=note`, { unmapped: { note: `a${kept}b` } }),
  }),
  ...inBoth(world, `${name} in a key`, `"no${text}te":"1"`, OK, {
    ...keeping(world, `${code}=${encodeURIComponent(`no${kept}te`)}`, { unmapped: { [`no${kept}te`]: '1' } }),
  }),
  ...notInIds(name, text),
]

const notInIds = (name: string, text: string): Case[] => [
  inInsert(`${name} in an external id`, `"njExternalLeadId":"a${text}b"`, INVALID, {
    errors: ['njExternalLeadId'],
  }),
  {
    name: `${name} in an external id, update`,
    call: 'updateLeadFast',
    body: `{"njExternalLeadId":"a${text}b","FirstPhone":"<NO CHANGE>"}`,
    reply: INVALID,
    errors: ['njExternalLeadId'],
  },
]

/** Refused in every place where a text may stand. */
const nowhere = (world: World, name: string, text: string): Case[] => [
  ...inBoth(world, `${name} in a phone field`, `"SecondPhone":"04${text}1"`, INVALID, {
    errors: ['SecondPhone'],
  }),
  ...inBoth(world, `${name} in a field`, `"Name":"a${text}b"`, INVALID, { errors: ['Name'] }),
  ...inBoth(world, `${name} in a key`, `"no${text}te":"1"`, INVALID),
  ...inBoth(world, `${name} in a value that is no field's`, `"note":"a${text}b"`, INVALID, {
    errors: ['note'],
  }),
  ...notInIds(name, text),
]

/** Stored in a field and beside the fields exactly as it was sent, in a new lead and in an update. */
const verbatim = (world: World, texts: string[]): Case[] =>
  texts.flatMap((text) =>
    inBoth(world, json(text.slice(0, 20)), `"Name":${json(text)},"note":${json(text)}`, OK, {
      also: async (answer: Answer) => {
        const { fields, unmapped } = await leadOf(world, answer)
        const expected = text.normalize('NFC')
        expect([fields.Name, unmapped.note]).toEqual([expected, expected])
      },
    }),
  )

const inNotes = (
  world: World,
  name: string,
  text: string,
  reply = OK,
  expected: string | undefined = undefined,
): Case => ({
  name,
  query: queryOf(world.rich),
  body: json({ FirstPhone: mobile(), Notes: text }),
  reply,
  also: async (answer) => {
    if (reply === OK) expect((await leadOf(world, answer)).fields.Notes).toBe(expected ?? text)
    else expect(answer.body.errors?.map(({ field }) => field)).toEqual(['Notes'])
  },
})

/** The same in the texts that set things up, which are stored as well. */
const nowhereInSetUp = (world: World, text: string): Case[] => [
  onV1(world, '/v1/campaigns', { template_id: 1, name: text }, UNPROCESSABLE, ['/name']),
  onV1(world, '/v1/allocations', { campaign_id: 1, name: text }, UNPROCESSABLE, ['/name']),
  onV1(world, '/v1/contact-hours', { name: text, zone: 'UTC' }, UNPROCESSABLE, ['/name']),
  onV1(world, '/v1/dnc', { list: 'private', phones: [PHONE], reason: text }, UNPROCESSABLE, ['/reason']),
  onV1(world, '/v1/dnc', { list: 'private', phones: [PHONE], source: text }, UNPROCESSABLE, ['/source']),
  onV1(world, '/v1/dnc/removals', { list: 'private', phones: [PHONE], reason: text }, UNPROCESSABLE, [
    '/reason',
  ]),
  onV1(
    world,
    '/v1/templates',
    {
      name: 'x',
      contact_hours: 'Australia/Melbourne',
      fields: [{ name: 'Phone', label: text, kind: 'phone' }],
    },
    UNPROCESSABLE,
    ['/fields/0/label'],
  ),
]

const FAMILY = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}'

export const TEXT: Row[] = [
  {
    id: 'B44',
    what: 'NUL',
    cases: (world) => [
      ...nowhere(world, 'escaped', '\\u0000'),
      ...inBoth(world, 'as a byte', '"Name":"a\0b"', MALFORMED),
      {
        name: 'in the external id of the query',
        call: 'updateLeadFast',
        and: '&njExternalLeadId=a%00b',
        body: '{"FirstPhone":"<NO CHANGE>"}',
        reply: INVALID,
      },
      {
        name: 'in the external id of the query, no campaign',
        call: 'updateLeadFast',
        query: 'njExternalLeadId=a%00b',
        body: '{"FirstPhone":"<NO CHANGE>"}',
        reply: INVALID,
      },
      ...inBoth(world, 'in contact hours', '"njContactHours":"a\\u0000b"', BAD_HOURS),
      ...nowhereInSetUp(world, 'a\0b'),
    ],
  },
  {
    id: 'B45',
    what: 'half a surrogate pair',
    differs: 'U+FFFD takes its place, and that is named; it is refused in ids and in set-up.',
    cases: (world) => [
      ...mended(world, 'the first half', '\\ud800', 'replaced', '\ufffd'),
      ...mended(world, 'the second half', '\\udc00', 'replaced', '\ufffd'),
      ...mended(world, 'the halves in the wrong order', '\\ude00\\ud83d', 'replaced', '\ufffd\ufffd'),
      ...nowhereInSetUp(world, 'a\ud800b'),
      ...verbatim(world, ['\u{1f600}']),
    ],
  },
  {
    id: 'B46',
    what: 'control characters',
    cases: (world) => [
      ...['\\u0001', '\\u001b[31m', '\\b', '\\f', '\\u007f', '\\u0085', '\\u009f'].flatMap((text) =>
        nowhere(world, text, text),
      ),
      ...inBoth(world, 'TAB in a line', '"Name":"a\\tb"', OK, {
        ...keeping(world, 'one_line=Name', { fields: { Name: 'a b' } }),
      }),
      ...inBoth(world, 'TAB as a byte', '"Name":"a\tb"', MALFORMED),
      inNotes(world, 'TAB and line breaks in a long text', 'one\n\ttwo', OK),
      inNotes(world, 'ESC in a long text', 'one\u001b[0m', INVALID),
    ],
  },
  {
    id: 'B47',
    what: 'line breaks in a line',
    differs: 'they are blanks, and taken off at the ends.',
    cases: (world) => [
      ...inBoth(world, 'CR LF', '"Name":"Jane\\r\\nSet-Cookie: x"', OK, {
        ...keeping(world, 'one_line=Name', { fields: { Name: 'Jane Set-Cookie: x' } }),
      }),
      ...inBoth(world, 'LF', '"City":"Carlton\\nNorth"', OK, {
        ...keeping(world, 'one_line=City', { fields: { City: 'Carlton North' } }),
      }),
      ...inBoth(world, 'CR at the end', '"Name":"Jane Smith\\r"', OK, {
        ...keeping(world, 'trimmed=Name', { fields: { Name: 'Jane Smith' } }),
      }),
      inInsert('in an external id', '"njExternalLeadId":"a\\r\\nX-Note: b"', INVALID, {
        errors: ['njExternalLeadId'],
      }),
      inNotes(world, 'CR LF in a long text', 'one\r\ntwo\rthree', OK, 'one\ntwo\nthree'),
    ],
  },
  {
    id: 'B48',
    what: 'characters that reverse what people read',
    differs:
      'they are taken out, and that is named; U+202E in a phone field is refused, because other digits than those that are dialled are read.',
    cases: (world) => [
      ...inBoth(world, 'the override in a phone field', '"SecondPhone":"04\\u202e1"', INVALID, {
        errors: ['SecondPhone'],
      }),
      ...['\\u202e', '\\u202a', '\\u2066', '\\u2069'].flatMap((text) =>
        mended(world, text, text, 'invisible', ''),
      ),
      ...[
        ['\u202a', '\u202c'],
        ['\u2066', '\u2069'],
      ].map(([opens, closes]) => {
        const phone = mobile()
        return inInsert('around a number', `"FirstPhone":"${opens}${phone}${closes}"`, OK, {
          also: async (answer) => expect((await leadOf(world, answer)).fields.FirstPhone).toBe(phone),
        })
      }),
      inNotes(world, 'in a long text', 'pay \u202e001\u202c', OK, 'pay 001'),
      ...verbatim(world, ['Ana\u200fSilva']),
    ],
  },
  {
    id: 'B49',
    what: 'one name composed and decomposed',
    cases: (world) => [
      ...verbatim(world, [
        'Jos\u00e9 N\u00fa\u00f1ez',
        'Jose\u0301 Nu\u0301n\u0303ez',
        '\u212b',
        '\u1100\u1161\u11a8',
      ]),
      inInsert('as key of a value', '"Stra\\u00dfe":"1","cafe\\u0301":"2"', OK, {
        also: async (answer) =>
          expect((await leadOf(world, answer)).unmapped).toEqual({ Straße: '1', 'caf\u00e9': '2' }),
      }),
    ],
  },
  {
    id: 'B50',
    what: 'thousands of combining marks on one letter',
    differs:
      'those beyond 64 are cut off, and that is named; where nothing may be cut, they are refused or left out.',
    cases: (world) => [
      ...inBoth(world, '5,000', `"Name":"a${'\u0316'.repeat(5_000)}"`, OK, {
        ...keeping(world, 'cut=Name', { fields: { Name: `a${'\u0316'.repeat(64)}` } }),
      }),
      // Sorting marks is quadratic: these would hold the process for seconds.
      ...[
        ['Name', OK],
        ['note', OK],
        ['njContactHours', BAD_HOURS],
        ['SecondPhone', INVALID],
      ].flatMap(([key, reply]) =>
        inBoth(
          world,
          `80,000 in ${key}`,
          `"${key}":"a${'\u0316\u0301'.repeat(40_000)}"`,
          reply as typeof INVALID,
          {
            also: soon,
          },
        ),
      ),
      inInsert(
        '80,000 in njExternalLeadId',
        `"njExternalLeadId":"a${'\u0316\u0301'.repeat(40_000)}"`,
        INVALID,
        {
          also: soon,
        },
      ),
    ],
  },
  {
    id: 'B51',
    what: 'texts at the limit and beyond',
    differs:
      'a text is cut at 20,000 characters, and that is named; a body beyond 256 kB is refused whole (1009).',
    cases: (world) => [
      ...verbatim(world, ['x'.repeat(1_000)]),
      ...verbatim(world, ['x'.repeat(1_300)]),
      ...inBoth(world, '20,001 characters', `"Name":"${'x'.repeat(20_001)}"`, OK, {
        ...keeping(world, 'cut=Name', { fields: { Name: 'x'.repeat(20_000) } }),
      }),
      ...inBoth(world, "33 kB in a value that is no field's", `"big":"${'\u00e9'.repeat(16_500)}"`, OK, {
        also: async (answer: Answer) => {
          expect(answer.headers['x-leadline-warnings']).toBe('left_out=big')
          expect((await leadOf(world, answer)).unmapped).not.toHaveProperty('big')
        },
      }),
      inNotes(world, '20,000 characters in a long text', 'x'.repeat(20_000), OK),
      inNotes(world, '20,001 characters in a long text', 'x'.repeat(20_001), OK, 'x'.repeat(20_000)),
      ...inBoth(world, '1 MB', `"Name":"${'x'.repeat(1_000_000)}"`, TOO_LARGE),
      {
        name: '100 MB',
        talk: () =>
          lastWords(
            world.leadline.url,
            classicHead(world.leadline, 'insertLead', ['Content-Length: 100000000']),
            `{"Name":"${'x'.repeat(100_000)}`,
          ),
        reply: TOO_LARGE,
      },
    ],
  },
  {
    id: 'B52',
    what: 'a character of many code points at the limit',
    cases: (world) => {
      const full = FAMILY.repeat(2_857)
      const whole = async (answer: Answer) =>
        expect((await leadOf(world, answer)).fields.Name).toBe(`${full}a`)
      return [
        ...inBoth(world, 'exactly full', `"Name":"${full}a"`, OK, { also: whole }),
        ...inBoth(world, 'one code point more', `"Name":"${full}ab"`, OK, {
          ...keeping(world, 'cut=Name', { fields: { Name: `${full}a` } }),
        }),
      ]
    },
  },
  {
    id: 'B53',
    what: 'texts that are code for a browser or a template',
    cases: (world) =>
      verbatim(world, [
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        '{{7*7}}',
        `\${7*7}`,
        'javascript:alert(1)',
        '<%= 7 %>',
      ]),
  },
  {
    id: 'B54',
    what: 'texts that are code for a database',
    cases: (world) => [
      ...verbatim(world, [
        "'; DROP TABLE leads;--",
        '\\',
        '%',
        '_',
        '$1',
        "E'\\\\'",
        '$$',
        '\\N',
        '{"a":1}',
        "''",
      ]),
      inInsert('in an external id', `"njExternalLeadId":"' or 1=1;--"`, OK, {
        also: async (answer) => expect((await leadOf(world, answer)).external_id).toBe("' or 1=1;--"),
      }),
    ],
  },
  {
    id: 'B55',
    what: 'texts that are formulas for a spreadsheet',
    without: 'exports: there are none yet but the CSV in the answers of insertLead and updateLead',
    cases: (world) => {
      const formulas = ['=HYPERLINK("http://example.test","Ana")', '+1+1', '@SUM(A1)', '-2+3', '=1+1']
      return [
        ...verbatim(world, formulas),
        {
          name: 'in the CSV of refused rows',
          call: 'insertLead',
          body: json(formulas.map((Name) => ({ Name }))),
          reply: { status: 400, code: 102 },
          repeats: true,
          also: ({ body }) => {
            expect(body.message).toContain("'+1+1,")
            expect(body.message).toContain(`"'=HYPERLINK(""http://example.test"",""Ana"")",`)
            expect(body.message).not.toMatch(/[ ,"][=+@-]/)
          },
        },
      ]
    },
  },
  {
    id: 'B56',
    what: 'texts that are words of a language',
    cases: (world) =>
      verbatim(world, [
        'null',
        'undefined',
        'NaN',
        'true',
        "O'Brien",
        'Null',
        'None',
        '[object Object]',
        '0',
        '-0',
      ]),
  },
  {
    id: 'B57',
    what: 'other scripts',
    cases: (world) =>
      verbatim(world, [
        '\u0645\u0631\u062d\u0628\u0627',
        '\u05e9\u05dc\u05d5\u05dd',
        '\u5c71\u7530\u592a\u90ce',
        '\ud55c\uad6d\uc5b4',
        `Z${'\u0335\u0321\u0316'.repeat(8)}a`,
        '\u0928\u092e\u0938\u094d\u0924\u0947',
        FAMILY,
      ]),
  },
  {
    id: 'B58',
    what: '<NO CHANGE> in a new lead',
    cases: (world) => [
      ...['<NO CHANGE>', '<no change>', '<No Change>', ' <NO CHANGE> ', '\\u00a0<NO CHANGE>\\n'].flatMap(
        (text) =>
          [
            'Name',
            'FirstPhone',
            'SecondPhone',
            'njPriority',
            'njExternalLeadId',
            'njContactHours',
            'note',
          ].map((key) => inInsert(`${key} "${text}"`, `"${key}":"${text}"`, NO_CHANGE)),
      ),
      ...verbatim(world, ['<NOCHANGE>', 'NO CHANGE', '<NO CHANGE', '<NO  CHANGE>', 'a <NO CHANGE>']),
    ],
  },
  {
    id: 'B59',
    what: '<NO CHANGE> as disposition of a lead that has none',
    cases: async ({ leadline: { client, target } }) => {
      const njExternalLeadId = `fresh-${mobile()}`
      await client.insertLeadFast(target, { FirstPhone: mobile(), njExternalLeadId })
      return ['"<NO CHANGE>"', '" <no change> "', '""', '" "', 'null', undefined].map((text) => ({
        name: text ?? 'left out',
        call: 'updateLeadFast' as const,
        and: `&njExternalLeadId=${njExternalLeadId}`,
        body: `{"FirstPhone":"<NO CHANGE>"${text === undefined ? '' : `,"njDisposition":${text}`}}`,
        reply: NO_DISPOSITION,
      }))
    },
  },
  {
    id: 'B60',
    what: '<NO CHANGE> in every field of an update',
    cases: async ({ leadline: { client, target }, known_id }) => {
      const keys = [
        ...['Name', 'StreetAddress', 'City', 'State', 'PostCode', 'Email', 'FirstPhone', 'SecondPhone'],
        ...['njDisposition', 'njPriority', 'njCallBackDate', 'njContactHours', 'note'],
      ]
      const before = await client.updateLeadFast(target, {
        njExternalLeadId: known_id,
        FirstPhone: '<NO CHANGE>',
        Name: 'Ana Silva',
        note: 'kept',
      })
      const { body: lead_before } = await client.get(`/v1/leads/${before.lead_id}`)
      return [
        {
          name: 'all of them',
          call: 'updateLeadFast',
          and: `&njExternalLeadId=${known_id}`,
          body: json(
            Object.fromEntries(keys.map((key, i) => [key, i % 2 ? '<no change>' : ' <NO CHANGE> '])),
          ),
          reply: OK,
          also: async ({ headers }) => {
            expect(headers.etag).toBe(`"v${before.version}"`)
            const { body } = await client.get(`/v1/leads/${before.lead_id}`)
            expect(body).toEqual(lead_before)
          },
        },
      ]
    },
  },
]
