// B1–B28: bytes, lengths, methods, headers and the query, before any document is read.

import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { type Leadline, mobile } from '../support/leadline.ts'
import { Conversation, head } from '../support/raw.ts'
import {
  type Answer,
  type Case,
  classicHead,
  HEADERS,
  json,
  LATE,
  lastWords,
  lead,
  MALFORMED,
  METHOD,
  OK,
  pathOf,
  queryOf,
  type Reply,
  type Row,
  TARGET,
  TOO_LARGE,
  toBoth,
  utf8,
  type World,
} from './row.ts'
import { keyOf } from './world.ts'

const BODY_MAX = 256 * 1024
const MANY_BODY_MAX = 8 * 1024 * 1024

/** More than any system keeps in the buffers of a line beyond what a server reads. */
const WITHOUT_END = 8 * MANY_BODY_MAX

const padded = (body: string, bytes: number) => body + ' '.repeat(bytes - body.length)
const length = (bytes: number) => `Content-Length: ${bytes}`
const CHUNKED = 'Transfer-Encoding: chunked'

/** The number is free: what was sent with it has written nothing. */
const expectUnwritten = async ({ client, target }: Leadline, FirstPhone: string) =>
  expect(await client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone })).toMatchObject({ code: 0 })

/** No request holds a slot of the gate any more. */
const expectGateFree = (leadline: Leadline) =>
  expect
    .poll(async () => (await leadline.client.get<string>('/metrics')).body, { timeout: 5_000 })
    .toMatch(/^leadline_gate_busy 0$/m)

/** Sends the bytes and hangs up without waiting. */
async function sendAndLeave(leadline: Leadline, ...bytes: string[]): Promise<undefined> {
  const conversation = await Conversation.open(leadline.url)
  for (const part of bytes) await conversation.send(part)
  // The bytes are on their way before the line ends.
  await new Promise((resolve) => setTimeout(resolve, 50))
  conversation.hangUp()
}

/** A client that looks for the answer when its whole body is sent: until then the line must stand. */
async function sendAllThenRead(leadline: Leadline, bytes: number) {
  const conversation = await Conversation.open(leadline.url)
  await conversation.send(classicHead(leadline, 'insertLeadFast', [length(bytes)]))
  for (let sent = 0; sent < bytes; sent += 100_000) {
    expect(await conversation.send(' '.repeat(100_000)), 'the server reads on').toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const answer = await conversation.answer()
  expect(await conversation.ends(5_000), 'the server ends the line').toBe(true)
  conversation.hangUp()
  return answer
}

/** A client that never hangs up; the server must not keep the line open for it. */
async function sendAndStay(url: string, ...bytes: string[]) {
  const conversation = await Conversation.open(url)
  for (const part of bytes) await conversation.send(part)
  const answer = await conversation.answer()
  expect(await conversation.isCut(), 'the server cuts the line').toBe(true)
  return answer
}

/** Chunks without end; how many bytes went out until the server ended its side. */
async function sendWithoutEnd(leadline: Leadline, call: 'insertLeadFast' | 'insertLead') {
  const conversation = await Conversation.open(leadline.url)
  const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`)
  let sent = 0
  await conversation.send(classicHead(leadline, call, [CHUNKED]))
  while (sent < WITHOUT_END && !conversation.ended && (await conversation.send(chunk))) sent += chunk.length
  const answer = await conversation.answer(5_000)
  expect(await conversation.isCut(), 'the server cuts the line').toBe(true)
  return { answer, sent }
}

const documents = (world: World, bodies: Record<string, string | Uint8Array>, reply: Reply = MALFORMED) =>
  Object.entries(bodies).flatMap(([name, body]) => toBoth(world, name, body, reply))

const inText = (...bytes: number[]) => Buffer.concat([utf8('{"Name":"'), Buffer.from(bytes), utf8('"}')])

/** Each of these heads, with a lead hidden behind it, is refused by the parser, which ends the line. */
function brokenFraming({ leadline }: World): Case[] {
  const insert = (...lines: string[]) => classicHead(leadline, 'insertLeadFast', lines)
  const sent: Record<string, (hidden: string) => [head: string, body: string]> = {
    'a length and chunks': (hidden) => [insert(length(hidden.length + 5), CHUNKED), `0\r\n\r\n${hidden}`],
    'chunks and a length': (hidden) => [insert(CHUNKED, length(5)), `0\r\n\r\n${hidden}`],
    'two lengths': (hidden) => [insert(length(2), length(2 + hidden.length)), `{}${hidden}`],
    'two equal lengths': (hidden) => [insert(length(2), length(2)), `{}${hidden}`],
    'a length that is no number': (hidden) => [insert('Content-Length: 0x2'), `{}${hidden}`],
    'a negative length': (hidden) => [insert('Content-Length: -2'), `{}${hidden}`],
    'a length beyond 64 bits': (hidden) => [insert('Content-Length: 99999999999999999999'), `{}${hidden}`],
    'a coding that is not chunked': (hidden) => [insert('Transfer-Encoding: xchunked'), `0\r\n\r\n${hidden}`],
    'chunked, then another coding': (hidden) => [insert(`${CHUNKED}, identity`), `0\r\n\r\n${hidden}`],
    'a chunk without a size': (hidden) => [insert(CHUNKED), `zz\r\n{}\r\n0\r\n\r\n${hidden}`],
    'a blank before the colon': (hidden) => [insert('Content-Length : 2'), `{}${hidden}`],
    'bare line feeds': (hidden) => [insert(length(2)).replaceAll('\r\n', '\n'), `{}${hidden}`],
    'a header folded over two lines': (hidden) => [insert('X-Note: one\r\n two', length(2)), `{}${hidden}`],
    'NUL in a header': (hidden) => [insert('X-Note: a\0b', length(2)), `{}${hidden}`],
  }
  return Object.entries(sent).map(([name, bytesWith]) => {
    const phone = mobile()
    const hidden = json({ FirstPhone: phone })
    return {
      name,
      talk: () => lastWords(leadline.url, ...bytesWith(insert(length(hidden.length)) + hidden)),
      reply: MALFORMED,
      also: () => expectUnwritten(leadline, phone),
    }
  })
}

export const FRAMING: Row[] = [
  {
    id: 'B1',
    what: 'an empty body',
    cases: (world) => documents(world, { 'no byte': '', 'only blanks': ' \r\n\t' }),
  },
  {
    id: 'B2',
    what: 'a document that is no object',
    cases: (world) => documents(world, { null: 'null', true: 'true', number: '42', text: '"x"' }),
  },
  {
    id: 'B3',
    what: 'an empty array',
    differs: 'an array without a lead is a malformed document (1003), also for the calls that take arrays.',
    cases: (world) => [
      ...toBoth(world, '[]', '[]', MALFORMED),
      { name: '[], insertLead', call: 'insertLead', body: '[]', reply: MALFORMED },
      { name: '[], updateLead', call: 'updateLead', body: '[]', reply: MALFORMED },
    ],
  },
  {
    id: 'B4',
    what: 'an array with an element that is no object',
    differs: 'the Fast calls take an array of exactly one object, anything else there is malformed (1003).',
    cases: (world) => [
      {
        name: 'the other row is taken, insertLead',
        call: 'insertLead',
        body: `[${lead()},7]`,
        reply: OK,
        repeats: true,
        also: ({ body }) => {
          expect(body.message).toContain('Imported 1 Updated 0 Rejected 1 leads.')
          expect(body.message).toContain('1005 INVALID_FIELD')
        },
      },
      ...toBoth(world, '[7]', '[7]', MALFORMED),
      ...toBoth(world, 'a lead and 7', `[${lead()},7]`, MALFORMED),
    ],
  },
  {
    id: 'B5',
    what: 'JSON that is cut off, with the right length',
    cases: (world) =>
      toBoth(world, 'cut in a text', '{"FirstPhone":"041', MALFORMED).map((item) => ({
        ...item,
        also: ({ body }) => expect(body.detail).toMatch(/^byte 18: /),
      })),
  },
  {
    id: 'B6',
    what: 'fewer bytes than the length says, then the line ends',
    cases: ({ leadline }) => {
      const phone = mobile()
      const body = json({ FirstPhone: phone })
      return [
        {
          name: 'a whole document of a longer body',
          talk: () =>
            sendAndLeave(leadline, classicHead(leadline, 'insertLeadFast', [length(body.length + 9)]), body),
          reply: null,
        },
        {
          name: 'nothing was written',
          body: json({ FirstPhone: phone }),
          reply: OK,
          also: () => expectGateFree(leadline),
        },
      ]
    },
  },
  {
    id: 'B7',
    what: 'fewer bytes than the length says, and the line stays open',
    cases: ({ hasty }) => {
      const phone = mobile()
      const body = json({ FirstPhone: phone })
      return [
        {
          name: 'the rest of the body does not come',
          talk: () =>
            lastWords(hasty.url, classicHead(hasty, 'insertLeadFast', [length(body.length + 9)]), body),
          reply: LATE,
          also: async () => {
            await expectGateFree(hasty)
            await expectUnwritten(hasty, phone)
          },
        },
        {
          name: 'and the client does not hang up',
          talk: () => sendAndStay(hasty.url, classicHead(hasty, 'insertLeadFast', [length(10_000)])),
          reply: LATE,
        },
      ]
    },
  },
  {
    id: 'B8',
    what: 'two documents, or something behind the document',
    cases: (world) =>
      documents(world, {
        'two objects': `${lead()}${lead()}`,
        'two lines': `${lead()}\n${lead()}`,
        'a bracket too many': `${lead()}}`,
        'a word': `${lead()} x`,
      }),
  },
  {
    id: 'B9',
    what: 'what only looks like JSON',
    cases: (world) =>
      documents(world, {
        'a trailing comma': '{"FirstPhone":"0412345678",}',
        'a comment': '{"FirstPhone":"0412345678" /* mobile */}',
        'single quotes': "{'FirstPhone':'0412345678'}",
        NaN: '{"njPriority":NaN}',
        Infinity: '{"njPriority":Infinity}',
        hex: '{"njPriority":0x10}',
        'a key without quotes': '{FirstPhone:"0412345678"}',
      }),
  },
  {
    id: 'B10',
    what: "the published sample's slip of a comma for a colon",
    cases: (world) => documents(world, { '{"a","b"}': '{"FirstPhone","0383218199"}' }),
  },
  {
    id: 'B11',
    what: 'objects joined by commas without brackets',
    cases: (world) =>
      documents(world, { 'two leads': `${lead()},${lead()}` }).map((item) => ({
        ...item,
        also: ({ body }) => expect(body.detail).toContain('wrap them in an array'),
      })),
  },
  {
    id: 'B12',
    what: 'a body at the limit and one byte more',
    cases: ({ leadline }) => [
      { name: '256 kB', body: padded(lead(), BODY_MAX), reply: OK },
      { name: '8 MB to insertLead', call: 'insertLead', body: padded(lead(), MANY_BODY_MAX), reply: OK },
      {
        name: '256 kB and a byte',
        talk: () =>
          lastWords(
            leadline.url,
            classicHead(leadline, 'insertLeadFast', [length(BODY_MAX + 1)]),
            padded(lead(), BODY_MAX + 1),
          ),
        reply: TOO_LARGE,
      },
      {
        name: '8 MB and a byte to updateLead',
        talk: () =>
          lastWords(leadline.url, classicHead(leadline, 'updateLead', [length(MANY_BODY_MAX + 1)]), ' '),
        reply: TOO_LARGE,
      },
      {
        name: '3 MB from a client that reads when all is sent',
        talk: () => sendAllThenRead(leadline, 3_000_000),
        reply: TOO_LARGE,
      },
      ...[BODY_MAX + 1, 1_000_000, 5_000_000].map((bytes) => ({
        name: `${bytes} bytes from an HTTP library: the answer reaches it`,
        body: padded(lead(), bytes),
        reply: TOO_LARGE,
      })),
    ],
  },
  {
    id: 'B13',
    what: '10 GB announced',
    cases: ({ leadline }) =>
      (['insertLeadFast', 'insertLead'] as const).map((call) => ({
        name: `only the head is sent, ${call}`,
        talk: () => lastWords(leadline.url, classicHead(leadline, call, [length(10_000_000_000)])),
        reply: TOO_LARGE,
      })),
  },
  {
    id: 'B14',
    what: 'chunks without end',
    cases: ({ leadline }) =>
      (['insertLeadFast', 'insertLead'] as const).map((call) => ({
        name: call,
        talk: async () => {
          const { answer, sent } = await sendWithoutEnd(leadline, call)
          expect(sent).toBeLessThan(WITHOUT_END)
          return answer
        },
        reply: TOO_LARGE,
        also: () => expectGateFree(leadline),
      })),
  },
  {
    id: 'B15',
    what: 'a compressed body',
    differs: 'gzip and deflate are taken; no status of the result list is 415: the others are 400 with 1003.',
    cases: () =>
      [
        ['gzip', gzipSync(lead()), OK] as const,
        ['gzip', gzipSync(Buffer.alloc(20_000_000)), TOO_LARGE] as const,
        ['gzip', utf8(lead()), MALFORMED] as const,
        ['br', utf8(lead()), MALFORMED] as const,
        ['gzip, gzip', utf8(lead()), MALFORMED] as const,
      ].map(([encoding, body, reply]) => ({
        name: encoding,
        headers: { 'Content-Encoding': encoding },
        body,
        reply,
      })),
  },
  {
    id: 'B16',
    what: 'another content type, or none',
    differs: 'the body is read as JSON whatever the Content-Type says, except a form that is called one.',
    cases: ({ leadline }) => [
      ...[
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/xml',
        'multipart/form-data',
        '%',
      ].map((type) => ({ name: type, headers: { 'Content-Type': type }, body: lead(), reply: OK })),
      {
        name: 'none',
        talk: () => {
          const body = lead()
          const lines = [length(body.length), 'Connection: close']
          return lastWords(leadline.url, classicHead(leadline, 'insertLeadFast', lines), body)
        },
        reply: OK,
      },
      {
        name: 'real form data',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: `Name=Ana+Silva&FirstPhone=${mobile()}`,
        reply: OK,
      },
      {
        name: 'form data that says nothing of it',
        headers: { 'Content-Type': 'text/plain' },
        body: 'Name=Ana+Silva&FirstPhone=0412345678',
        reply: MALFORMED,
      },
    ],
  },
  {
    id: 'B17',
    what: 'another charset',
    differs:
      'Latin-1 and UTF-16 are taken; no status of the result list is 415: the others are 400 with 1003.',
    cases: () => [
      ...['utf-16', 'iso-8859-15', 'utf-8-x'].map((charset) => ({
        name: charset,
        headers: { 'Content-Type': `application/json; charset=${charset}` },
        body: lead(),
        reply: MALFORMED,
      })),
      ...['utf-8', 'UTF8', '"utf-8"', 'iso-8859-1', '"latin1"', 'us-ascii'].map((charset) => ({
        name: charset,
        headers: { 'Content-Type': `application/json; charset=${charset}` },
        body: lead(),
        reply: OK,
      })),
    ],
  },
  {
    id: 'B18',
    what: 'a UTF-8 byte order mark',
    cases: () => [{ name: 'before the document', body: `\ufeff${lead()}`, reply: OK }],
  },
  {
    id: 'B19',
    what: 'bytes that are no UTF-8',
    cases: (world) =>
      documents(world, {
        'C3 28': inText(0xc3, 0x28),
        FF: inText(0xff),
        'overlong NUL': inText(0xc0, 0x80),
        'surrogates as CESU-8': inText(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
        'beyond U+10FFFF': inText(0xf4, 0x90, 0x80, 0x80),
        'UTF-16': Buffer.from(`\ufeff${lead()}`, 'utf16le'),
      }).map((item) => ({ ...item, also: ({ body }) => expect(body.detail).toMatch(/^byte \d+: /) })),
  },
  { id: 'B20', what: 'framing that two readers may read differently', cases: brokenFraming },
  {
    id: 'B21',
    what: 'another method',
    cases: ({ leadline }) => [
      ...['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].flatMap((method) =>
        (['insertLeadFast', 'updateLeadFast'] as const).map((call) => ({
          name: `${method} ${call}`,
          call,
          method,
          reply: METHOD,
          also: ({ headers }: { headers: Record<string, string> }) => expect(headers.allow).toBe('POST'),
        })),
      ),
      {
        name: 'TRACE',
        talk: () => {
          const lines = [`Authorization: Bearer ${leadline.key}`, 'Connection: close']
          return lastWords(leadline.url, head('TRACE', pathOf(leadline, 'insertLeadFast'), lines))
        },
        reply: METHOD,
        also: ({ headers }) => expect(headers.allow).toBe('POST'),
      },
    ],
  },
  {
    id: 'B22',
    what: 'headers that are too long, or too many',
    cases: ({ leadline }) =>
      Object.entries({
        'one of 17 kB': [`X-Note: ${'a'.repeat(17_000)}`],
        '3,000 of them': Array.from({ length: 3_000 }, (_, i) => `x${i}: 1`),
      }).map(([name, lines]) => ({
        name,
        talk: () =>
          lastWords(leadline.url, classicHead(leadline, 'insertLeadFast', [...lines, length(2)]), '{}'),
        reply: HEADERS,
      })),
  },
  {
    id: 'B23',
    what: 'an address that is too long, or none',
    cases: ({ leadline }) => [
      {
        name: '20 kB',
        talk: () => {
          const path = pathOf(leadline, 'insertLeadFast', `&note=${'a'.repeat(20_000)}`)
          return lastWords(leadline.url, head('POST', path, [length(2)]), '{}')
        },
        reply: HEADERS,
      },
      {
        name: 'a path with a broken escape',
        talk: () => {
          const path = `/servicemanager/rest/CampaignAPI/insertLeadFast%zz?apiKey=${leadline.key}`
          return lastWords(leadline.url, head('POST', path, [length(2), 'Connection: close']), '{}')
        },
        reply: MALFORMED,
      },
    ],
  },
  {
    id: 'B24',
    what: 'an unknown parameter',
    cases: () =>
      ['&note=1', '&__proto__=1', '&allowduplicates=yes', '&x', '&=', '&&'].map((and) => ({
        name: and,
        and,
        body: lead(),
        reply: OK,
      })),
  },
  {
    id: 'B25',
    what: 'a parameter twice with different values',
    cases: ({ leadline }) => [
      ...['&fCampaignId=2', '&fCampaignId=', '&fTemplateId=9', '&fAllocationId=9'].map((and) => ({
        name: and,
        and,
        body: lead(),
        reply: MALFORMED,
      })),
      { name: 'the same value', and: `&${queryOf(leadline.target)}`, body: lead(), reply: OK },
      {
        name: 'the external id of an update',
        call: 'updateLeadFast',
        and: '&njExternalLeadId=a&njExternalLeadId=b',
        body: lead(),
        reply: MALFORMED,
      },
    ],
  },
  {
    id: 'B26',
    what: 'ids that are no plain positive decimal',
    differs: 'an id that cannot name anything is an unknown target (1004).',
    cases: ({ leadline: { target } }) =>
      [
        '41abc',
        '-1',
        '0',
        '1e3',
        '９',
        '1.0',
        '9223372036854775808',
        '2147483648',
        '01',
        '+1',
        ' 1',
        '1 ',
        '%00',
      ].flatMap((id) => {
        const sent = id === '%00' ? id : encodeURIComponent(id)
        const queries = {
          fTemplateId: `fTemplateId=${sent}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`,
          fCampaignId: `fTemplateId=${target.template_id}&fCampaignId=${sent}&fAllocationId=${target.allocation_id}`,
          fAllocationId: `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${sent}`,
        }
        return Object.entries(queries).map(([name, query]) => ({
          name: `${name} ${id}`,
          query,
          body: lead(),
          reply: TARGET,
        }))
      }),
  },
  {
    id: 'B27',
    what: 'a target that another team has, or nobody',
    differs: 'on the classic routes an unknown target is 400 with 1004.',
    without: 'closed campaigns: a campaign has no such state',
    cases: async (world) => {
      const { leadline, west } = world
      const { target } = leadline
      const key = await keyOf(leadline, { scopes: ['read', 'write'], team_ids: [west.team_id] })
      const headers = { Authorization: `Bearer ${key}` }
      const details: string[] = []
      // The ids are the caller's own words; without them both answers must be the same text.
      const keep = ({ body }: Answer) => details.push(body.detail!.replace(/\d+/g, 'n'))
      const query = (campaign_id: number) =>
        `fTemplateId=${target.template_id}&fCampaignId=${campaign_id}&fAllocationId=${target.allocation_id}`
      return [
        { name: 'of another team', headers, body: lead(), reply: TARGET, also: keep },
        {
          name: 'of nobody',
          headers,
          query: query(999_999),
          body: lead(),
          reply: TARGET,
          also: (answer) => {
            keep(answer)
            expect(new Set(details).size).toBe(1)
          },
        },
        { name: 'its own', headers, query: queryOf(west.target), body: lead(), reply: OK },
        {
          name: 'an allocation of another campaign',
          query: queryOf({ ...target, allocation_id: west.target.allocation_id }),
          body: lead(),
          reply: TARGET,
        },
        {
          name: 'a template of another campaign',
          query: queryOf({ ...target, template_id: west.target.template_id }),
          body: lead(),
          reply: TARGET,
        },
        { name: 'no ids', query: 'note=1', body: lead(), reply: TARGET },
      ]
    },
  },
  {
    id: 'B28',
    what: 'spellings of allowDuplicates',
    differs: 'empty means false, as if it were left out.',
    cases: (world) => [
      ...['1', 'yes', 'on', '0', 'truee', '%00'].flatMap((text) =>
        toBoth(world, text, lead(), MALFORMED).map((item) => ({
          ...item,
          and: `${item.and ?? ''}&allowDuplicates=${text}`,
        })),
      ),
      ...['TRUE', 'true', 'False', ''].map((text) => ({
        name: `"${text}"`,
        and: `&allowDuplicates=${text}`,
        body: lead(),
        reply: OK,
      })),
    ],
  },
]
