// B61–B81: phone numbers, duplicates and do-not-call lists.

import { expect } from 'vitest'
import { addDncEntries } from '../../src/db/dnc.ts'
import { mobile } from '../support/leadline.ts'
import {
  type Answer,
  BAD_PHONE,
  type Case,
  DNC,
  DUPLICATE,
  INVALID,
  inInsert,
  json,
  leadOf,
  MALFORMED,
  NO_PHONE,
  OK,
  queryOf,
  type Reply,
  type Row,
  stored,
  type World,
} from './row.ts'

/** As the only number of a new lead, and as what an update makes of the only number of a lead. */
const asOnly = ({ known_id }: World, text: string, reply: Reply, name = text): Case[] => [
  { name, body: json({ FirstPhone: text }), reply },
  {
    name: `${name}, update`,
    call: 'updateLeadFast',
    and: `&njExternalLeadId=${known_id}`,
    body: json({ FirstPhone: text }),
    reply,
  },
]

const noNumbers = (world: World, texts: string[]) =>
  texts.flatMap((text) => asOnly(world, text, BAD_PHONE, json(text.slice(0, 30))))

/** A number taken, and what was stored of it. */
const taken = (world: World, text: string, number: string): Case => ({
  name: json(text),
  body: json({ FirstPhone: text }),
  reply: OK,
  also: stored(world, { phones: [{ field: 'FirstPhone', number, state: 'ok' }] }),
})

/** The digits of a text in another script. */
const inScript = (text: string, zero: number) =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))

const international = (phone: string) => `+61${phone.slice(1)}`

const blockPhone = async (
  { leadline: { client } }: World,
  list: 'private' | 'client' | 'campaign',
  phone: string,
  campaign_id?: number,
) => {
  const { status } = await client.post('/v1/dnc', {
    list,
    phones: [phone],
    ...(campaign_id ? { campaign_id } : {}),
  })
  expect(status).toBe(201)
}

export const PHONES: Row[] = [
  {
    id: 'B61',
    what: 'no phone number',
    cases: (world) => [
      { name: 'no phone field', body: '{"Name":"Ana Silva"}', reply: NO_PHONE },
      { name: 'no key at all', body: '{}', reply: NO_PHONE },
      { name: 'empty fields', body: '{"FirstPhone":"","SecondPhone":" "}', reply: NO_PHONE },
      ...['-', 'N/A', 'none', 'null', '0', '٠', '+', '(___) ___-____', 'p:', '=""'].flatMap(
        (text): Case[] => [
          {
            name: `${text}, which says that there is none`,
            body: json({ FirstPhone: text }),
            reply: NO_PHONE,
          },
          {
            name: `${text} beside a number`,
            body: json({ FirstPhone: text, SecondPhone: mobile() }),
            reply: OK,
            also: async (answer: Answer) => {
              const { fields, phones } = await leadOf(world, answer)
              expect([Object.keys(fields), phones.map(({ field }) => field)]).toEqual([
                ['SecondPhone'],
                ['SecondPhone'],
              ])
            },
          },
          {
            name: `${text} is no change of an update`,
            call: 'updateLeadFast',
            and: `&njExternalLeadId=${world.known_id}`,
            body: json({ FirstPhone: text }),
            reply: OK,
            repeats: true,
          },
        ],
      ),
      {
        name: 'an update without a phone field',
        call: 'updateLeadFast',
        and: `&njExternalLeadId=${world.known_id}`,
        body: '{"Name":"Ana Silva"}',
        reply: NO_PHONE,
      },
      {
        name: 'an update that would clear the only one',
        call: 'updateLeadFast',
        and: `&njExternalLeadId=${world.known_id}`,
        body: '{"FirstPhone":""}',
        reply: NO_PHONE,
      },
    ],
  },
  {
    id: 'B62',
    what: 'one number in six spellings',
    cases: (world) => [
      taken(world, '0383218199', '+61383218199'),
      ...[
        '0383218199',
        '(03) 8321 8199',
        '+61383218199',
        '61 3 8321 8199',
        '0011 61 3 8321 8199',
        'tel:+61-3-8321-8199',
        '+61 (0)3 8321 8199',
        '03.8321.8199',
        'p:+61383218199',
        'p:0383218199',
        "'+61383218199",
        '="0383218199"',
        '0061 3 8321 8199',
        '0011+61383218199',
        '+0061383218199',
        '++61383218199',
        '0383218199\r',
        '\t0383218199\r\n',
        'whatsapp:+61383218199',
      ].map((FirstPhone) => ({ name: FirstPhone, body: json({ FirstPhone }), reply: DUPLICATE })),
    ],
  },
  {
    id: 'B63',
    what: 'a JSON number that has lost its leading zero',
    differs:
      'a number that turns into text without loss is text; the library reads it as a number of the region.',
    cases: (world) => [
      inInsert('383218200', '"FirstPhone":383218200', OK, {
        also: stored(world, { phones: [{ field: 'FirstPhone', number: '+61383218200', state: 'ok' }] }),
      }),
    ],
  },
  {
    id: 'B64',
    what: 'a number with a leading zero and without quotes',
    cases: () => [
      {
        name: '0383218199',
        body: '{"FirstPhone":0383218199}',
        reply: MALFORMED,
        also: ({ body }) => expect(body.detail).toContain('double quotes'),
      },
      { name: '+61383218199', body: '{"FirstPhone":+61383218199}', reply: MALFORMED },
    ],
  },
  {
    id: 'B65',
    what: 'what spreadsheets make of numbers',
    cases: (world) => noNumbers(world, ['3.83218E+08', '383218199.0', '3,83218E+08', '#REF!', '########']),
  },
  {
    id: 'B66',
    what: 'full-width digits',
    cases: (world) => {
      const phone = mobile()
      return [
        taken(world, inScript(phone, 0xff10), international(phone)),
        { name: 'the same in ASCII', body: json({ FirstPhone: phone }), reply: DUPLICATE },
      ]
    },
  },
  {
    id: 'B67',
    what: 'digits of other scripts',
    cases: (world) => {
      const [arabic, persian, devanagari, mixed] = [mobile(), mobile(), mobile(), mobile()]
      return [
        taken(world, inScript(arabic, 0x660), international(arabic)),
        taken(world, inScript(persian, 0x6f0), international(persian)),
        taken(world, inScript(devanagari, 0x966), international(devanagari)),
        ...asOnly(world, inScript(mixed.slice(0, 4), 0x660) + mixed.slice(4), BAD_PHONE, 'two scripts'),
      ]
    },
  },
  {
    id: 'B68',
    what: 'hyphens, blanks and marks that cannot be told from usual ones',
    cases: (world) =>
      ['\u2011', '\u00a0', '\u200e', '\u2013', '\u202f', '\u200b', '\u00ad'].map((sign) => {
        const phone = mobile()
        return taken(world, `${phone.slice(0, 4)}${sign}${phone.slice(4)}`, international(phone))
      }),
  },
  {
    id: 'B69',
    what: 'letters',
    cases: (world) =>
      noNumbers(world, ['1300 FLOWERS', '0412 345 67O', 'nobody', 'call 0412345678', '0412345678 (Ana)']),
  },
  {
    id: 'B70',
    what: 'two numbers in one field',
    cases: (world) =>
      noNumbers(world, [
        '0383218199 / 0412345678',
        '0383218199, 0412345678',
        '0383218199 0412345678',
        '0383218199 or 0412345678',
        '+61383218199+61412345678',
      ]),
  },
  {
    id: 'B71',
    what: 'extensions',
    differs: 'a number with an extension is invalid: it is kept as text and never dialled, not split.',
    cases: (world) =>
      noNumbers(world, ['0383218199 x123', '0383218199;ext=123', '0383218199,,5#', '+61383218199 ext. 12']),
  },
  {
    id: 'B72',
    what: 'emergency, premium-rate and short numbers',
    differs: '13 and 1300 numbers are ordinary numbers of the region and may be dialled.',
    cases: (world) => [
      ...noNumbers(world, ['000', '112', '911', '106', '1900123456', '+611900123456', '1234', '123']),
      taken(world, '131234', '+61131234'),
    ],
  },
  {
    id: 'B73',
    what: 'too few or too many digits',
    cases: (world) =>
      noNumbers(world, [
        '0383',
        '0383218199123456',
        '1'.repeat(500),
        '00',
        '+-+61383218199',
        '+61',
        '-0383218199',
        '#REF!',
      ]),
  },
  {
    id: 'B74',
    what: 'numbers that no country has',
    cases: (world) =>
      noNumbers(world, [
        '0183218199',
        '0912345678',
        '+999123456789',
        '+61183218199',
        '2125550123',
        '07911123456',
      ]),
  },
  {
    id: 'B75',
    what: 'one number twice in a lead',
    cases: (world) => {
      const phone = mobile()
      return [
        {
          name: 'in two spellings',
          body: json({ FirstPhone: phone, SecondPhone: international(phone) }),
          reply: OK,
          also: async (answer: Answer) =>
            expect(new Set((await leadOf(world, answer)).phones.map(({ number }) => number)).size).toBe(1),
        },
        { name: 'it is held', body: json({ FirstPhone: phone }), reply: DUPLICATE },
      ]
    },
  },
  {
    id: 'B76',
    what: 'one number in two leads of a request',
    cases: () => {
      const phone = mobile()
      return [
        {
          name: 'the first is taken',
          call: 'insertLead',
          body: json([
            { Name: 'Ana Silva', FirstPhone: phone },
            { Name: 'Jane Smith', FirstPhone: international(phone) },
          ]),
          reply: OK,
          repeats: true,
          also: ({ body }) => {
            expect(body.message).toContain('Imported 1 Updated 0 Rejected 1 leads.')
            expect(body.message).toMatch(/Jane Smith.*105 DUPLICATE/)
          },
        },
      ]
    },
  },
  {
    id: 'B77',
    what: 'numbers on do-not-call lists',
    without: 'national registers: the lists are private, client and campaign',
    cases: async (world) => {
      const { leadline, west } = world
      const { campaign_id } = leadline.target
      const [privately, expired, here, elsewhere, client, client_privately] = Array.from(
        { length: 6 },
        mobile,
      )
      await blockPhone(world, 'private', privately!)
      await blockPhone(world, 'campaign', here!, campaign_id)
      await blockPhone(world, 'campaign', elsewhere!, west.target.campaign_id)
      await blockPhone(world, 'campaign', client!, campaign_id)
      await blockPhone(world, 'client', client!)
      await blockPhone(world, 'client', client_privately!)
      await blockPhone(world, 'private', client_privately!)
      // An entry is added with a future expiry only; this one has run out meanwhile.
      await addDncEntries(leadline.pool, {
        list: 'private',
        campaign_id: null,
        numbers: [{ phone: Number(international(expired!).slice(1)), expires_at: '2020-01-01T00:00:00Z' }],
        reason: null,
        source: null,
        actor: 'system',
        team_ids: null,
      })
      const on = (name: string, phone: string, reply: Reply, list?: string): Case => ({
        name,
        body: json({ FirstPhone: phone }),
        reply,
        also: ({ body }) => expect(body.list).toBe(list),
      })
      return [
        on('the private list', privately!, DNC, 'private'),
        {
          name: 'the private list, update',
          call: 'updateLeadFast',
          and: `&njExternalLeadId=${world.known_id}`,
          body: json({ FirstPhone: privately }),
          reply: DNC,
        },
        on('an entry that has expired', expired!, OK),
        on("this campaign's list", here!, DNC, 'campaign'),
        on("another campaign's list", elsewhere!, OK),
        on("this campaign's list, and a client", client!, OK),
        on('the private list, and a client', client_privately!, DNC, 'private'),
        on('the private list in another spelling', international(privately!), DNC, 'private'),
      ]
    },
  },
  {
    id: 'B78',
    what: 'one of two numbers on a do-not-call list',
    differs:
      "the template's rule decides; by default the lead is kept and the blocked number is never dialled.",
    cases: async (world) => {
      const phones = Array.from({ length: 5 }, mobile)
      const [blocked] = phones as [string]
      await blockPhone(world, 'private', blocked)
      return [
        {
          name: 'rule all',
          body: json({ FirstPhone: phones[1], SecondPhone: blocked }),
          reply: OK,
          also: async (answer: Answer) => {
            const { phones: found } = await leadOf(world, answer)
            expect(found.map(({ field, blocked_by }) => [field, blocked_by])).toEqual([
              ['FirstPhone', undefined],
              ['SecondPhone', 'private'],
            ])
          },
        },
        {
          name: 'rule all, the other number is invalid',
          body: json({ FirstPhone: '123', SecondPhone: blocked }),
          reply: DNC,
        },
        {
          name: 'rule any',
          query: queryOf(world.strict),
          body: json({ FirstPhone: phones[2], SecondPhone: blocked }),
          reply: DNC,
        },
      ]
    },
  },
  {
    id: 'B79',
    what: 'allowDuplicates with a duplicate, and with a blocked number',
    cases: async (world) => {
      const [held, blocked] = [mobile(), mobile()]
      await blockPhone(world, 'private', blocked)
      return [
        { name: 'the first', body: json({ FirstPhone: held }), reply: OK },
        { name: 'without it', body: json({ FirstPhone: held }), reply: DUPLICATE },
        { name: 'with it', and: '&allowDuplicates=true', body: json({ FirstPhone: held }), reply: OK },
        { name: 'blocked', and: '&allowDuplicates=true', body: json({ FirstPhone: blocked }), reply: DNC },
      ]
    },
  },
  {
    id: 'B80',
    what: 'a caller who says what only we may know',
    differs: 'the keys are no fields: they are kept with the lead and nobody obeys them.',
    cases: async (world) => {
      const blocked = mobile()
      await blockPhone(world, 'private', blocked)
      const wishes = '"dnc":true,"dncOverride":true,"dnc_rule":"none","allowDuplicates":true,"blocked_by":""'
      return [
        inInsert('on a blocked number', `"FirstPhone":"${blocked}",${wishes}`, DNC),
        inInsert('on a free number', wishes, OK, {
          also: async (answer) =>
            expect((await leadOf(world, answer)).unmapped).toMatchObject({ dnc: 'true' }),
        }),
        inInsert('njDnc', '"njDnc":"true"', INVALID, { errors: ['njDnc'] }),
      ]
    },
  },
  {
    id: 'B81',
    what: 'what makes a dialler do something else',
    cases: (world) =>
      noNumbers(world, [
        '0383218199;wait(1)',
        '*67 0383218199',
        '#31#0383218199',
        '0383218199&5',
        '0383218199@example.test',
        'sip:0383218199',
      ]),
  },
]
