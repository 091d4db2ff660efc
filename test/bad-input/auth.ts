// B107–B113: keys.

import { expect } from 'vitest'
import { createKey, revokeKey } from '../../src/db/keys.ts'
import { SEES_ALL } from '../../src/db/sight.ts'
import { hashKey, newKey } from '../../src/intake/keys.ts'
import { type Leadline, mobile } from '../support/leadline.ts'
import { Conversation, head } from '../support/raw.ts'
import {
  type Answer,
  type Case,
  FORBIDDEN,
  HEADERS,
  json,
  lastWords,
  lead,
  MALFORMED,
  OK,
  pathOf,
  type Reply,
  type Row,
  TARGET,
  UNAUTHORIZED,
} from './row.ts'
import { keyOf } from './world.ts'

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` })

/** A lead on a bare socket, with these header lines and this in the query. */
const withLines = (leadline: Leadline, lines: string[], and = ''): Case['talk'] => {
  const body = lead()
  const all = [...lines, `Content-Length: ${body.length}`, 'Connection: close']
  return () => lastWords(leadline.url, head('POST', pathOf(leadline, 'insertLeadFast', and), all), body)
}

/** The first answer to these bytes, without waiting for the end of the line. */
async function firstAnswer(url: string, bytes: string) {
  const conversation = await Conversation.open(url)
  await conversation.send(bytes)
  const answer = await conversation.answer()
  conversation.hangUp()
  return answer
}

const CHUNK = `1000\r\n${' '.repeat(0x1000)}\r\n`

/** Sends chunks until the server cuts the line. */
async function endlessly({ url }: Leadline, request_head: string) {
  const conversation = await Conversation.open(url)
  await conversation.send(request_head)
  const answer = await conversation.answer()
  const started = performance.now()
  while (performance.now() - started < 10_000 && (await conversation.send(CHUNK)))
    await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await conversation.isCut(1_000), 'the server cuts the line').toBe(true)
  return answer
}

export const AUTH: Row[] = [
  {
    id: 'B107',
    what: 'no key, a wrong, revoked or expired one',
    differs: 'blanks around a key in a header are no part of it.',
    without: 'timing: it is not measured here; other environments: a key has none',
    cases: async ({ leadline }) => {
      const { key, pool } = leadline
      const revoked = newKey()
      const row = await createKey(pool, {
        name: 'test',
        hash: hashKey(revoked),
        scopes: ['write'],
        created_by: 'system',
      })
      await revokeKey(pool, SEES_ALL, row!.key_id)
      const expired = await keyOf(leadline, { scopes: ['write'], expires_at: '2020-01-01T00:00:00Z' })
      const bodies = new Set<string>()
      const asked = ({ headers }: Answer) => expect(headers['www-authenticate']).toBe('Bearer')
      // The same words for all keys that do not count, but for the id of the request.
      const alike = (answer: Answer) => {
        bodies.add(json({ ...answer.body, request_id: '' }))
        expect(bodies.size).toBe(1)
        asked(answer)
      }
      const refused = (name: string, authorization: string, also = alike): Case => ({
        name,
        headers: { Authorization: authorization },
        body: '{"FirstPhone":"<NO CHANGE>"',
        reply: UNAUTHORIZED,
        also,
      })
      return [
        refused('none', '', asked),
        refused('wrong', `Bearer ${newKey()}`),
        refused('revoked', `Bearer ${revoked}`),
        refused('expired', `Bearer ${expired}`),
        refused('in capitals', `Bearer ${key.toUpperCase()}`),
        refused('cut', `Bearer ${key.slice(0, -1)}`),
        refused('two words', `Bearer ${key} x`, asked),
        { name: 'no header', talk: withLines(leadline, []), reply: UNAUTHORIZED, also: asked },
        {
          name: 'a blank behind it in the query',
          talk: withLines(leadline, [], `&apiKey=${key}%20`),
          reply: UNAUTHORIZED,
          also: asked,
        },
        { name: 'blanks around it', headers: { Authorization: `Bearer  ${key} ` }, body: lead(), reply: OK },
      ]
    },
  },
  {
    id: 'B108',
    what: 'a key in the query',
    differs: 'the classic routes take it, /v1 does not.',
    cases: ({ leadline }) => {
      const { key } = leadline
      return [
        { name: 'alone', talk: withLines(leadline, [], `&apiKey=${key}`), reply: OK },
        { name: 'in another case', talk: withLines(leadline, [], `&APIKEY=${key}`), reply: OK },
        { name: 'and the same in a header', and: `&apiKey=${key}`, body: lead(), reply: OK },
        { name: 'and another in a header', and: `&apiKey=${newKey()}`, body: lead(), reply: MALFORMED },
        {
          name: 'twice, another each',
          talk: withLines(leadline, [], `&apiKey=${key}&apiKey=${newKey()}`),
          reply: MALFORMED,
        },
        {
          name: 'on /v1',
          talk: () => firstAnswer(leadline.url, head('GET', `/v1/campaigns?apiKey=${key}`)),
          reply: UNAUTHORIZED,
        },
      ]
    },
  },
  {
    id: 'B109',
    what: 'keys that are no keys',
    cases: ({ leadline }) => {
      const { key } = leadline
      const inQuery = (name: string, text: string): Case => ({
        name,
        talk: withLines(leadline, [], `&apiKey=${text}`),
        reply: UNAUTHORIZED,
      })
      return [
        inQuery('NUL', '%00'),
        inQuery('NUL behind it', `${key}%00`),
        inQuery('a broken escape', '%zz'),
        inQuery('no UTF-8', '%ff%fe'),
        inQuery('letters that look the same', encodeURIComponent(key.replaceAll('k', '\u043a'))),
        inQuery('SQL', encodeURIComponent("' or 1=1;--")),
        {
          name: 'Latin-1 in a header',
          talk: withLines(leadline, ['Authorization: Bearer \xe9\xff']),
          reply: UNAUTHORIZED,
        },
        {
          name: 'NUL in a header',
          talk: withLines(leadline, [`Authorization: Bearer ${key}\0`]),
          reply: MALFORMED,
        },
        {
          name: '1 MB in a header',
          talk: withLines(leadline, [`Authorization: Bearer ${'a'.repeat(1_000_000)}`]),
          reply: HEADERS,
        },
        {
          name: '1 MB in the query',
          talk: withLines(leadline, [], `&apiKey=${'a'.repeat(1_000_000)}`),
          reply: HEADERS,
        },
      ]
    },
  },
  {
    id: 'B110',
    what: 'a key that may not do this, or not here',
    differs: "on the classic routes another team's campaign is 400 with 1004.",
    cases: async ({ leadline, west, known_id }) => {
      const reader = await keyOf(leadline, { scopes: ['read'] })
      const westerner = await keyOf(leadline, { scopes: ['read', 'write'], team_ids: [west.team_id] })
      return [
        { name: 'read only, insert', headers: bearer(reader), body: lead(), reply: FORBIDDEN },
        {
          name: 'read only, update',
          call: 'updateLeadFast',
          and: `&njExternalLeadId=${known_id}`,
          headers: bearer(reader),
          body: '{}',
          reply: FORBIDDEN,
        },
        { name: 'of another team', headers: bearer(westerner), body: lead(), reply: TARGET },
      ]
    },
  },
  {
    id: 'B111',
    what: 'other ways to send a key',
    cases: ({ leadline }) => {
      const { key } = leadline
      const line = `Authorization: Bearer ${key}`
      const basic = (pair: string) => `Authorization: Basic ${Buffer.from(pair).toString('base64')}`
      const sent: [string, string[], Reply][] = [
        ['Basic, the key as password', [basic(`ana:${key}`)], UNAUTHORIZED],
        ['Basic, the key as user', [basic(`${key}:`)], OK],
        ['Basic, no Base64', [`Authorization: Basic ${key}`], UNAUTHORIZED],
        ['X-API-Key', [`X-API-Key: ${key}`], OK],
        ['X-API-Key with a scheme', [`X-API-Key: Bearer ${key}`], UNAUTHORIZED],
        ['X-API-Key and another key', [`X-API-Key: ${newKey()}`, line], MALFORMED],
        ['the bare key', [`Authorization: ${key}`], UNAUTHORIZED],
        ['Bearer and nothing', ['Authorization: Bearer'], UNAUTHORIZED],
        ['an empty header', ['Authorization:'], UNAUTHORIZED],
        ['bearer', [`authorization: bearer ${key}`], OK],
        ['the same header twice', [line, line], OK],
        ['two that differ', [line, `Authorization: Bearer ${newKey()}`], MALFORMED],
        ['a good one behind a bad one', [`Authorization: Basic eDp5`, line], MALFORMED],
      ]
      return sent.map(([name, lines, reply]) => ({ name, talk: withLines(leadline, lines), reply }))
    },
  },
  {
    id: 'B112',
    what: '1,000 wrong keys at once',
    without: '429 for an address: limits belong to keys, and there are none yet',
    cases: ({ leadline }) => [
      {
        name: 'all are refused, and others are served meanwhile',
        talk: async () => {
          const { url, client, target } = leadline
          const wrong = async () => {
            const response = await fetch(url + pathOf(leadline, 'insertLeadFast'), {
              method: 'POST',
              headers: bearer(newKey()),
              body: '{}',
            })
            await response.text()
            return response.status
          }
          const storm = Array.from({ length: 1_000 }, wrong)
          const taken = await client.insertLeadFast(target, { FirstPhone: mobile() })
          expect(taken).toMatchObject({ status: 200, code: 0 })
          expect(new Set(await Promise.all(storm))).toEqual(new Set([401]))
          return firstAnswer(url, head('POST', pathOf(leadline, 'insertLeadFast'), ['Content-Length: 0']))
        },
        reply: UNAUTHORIZED,
      },
    ],
  },
  {
    id: 'B113',
    what: 'a large body behind a wrong key',
    cases: ({ leadline, hasty }) => {
      const wrong = (of: Leadline, line: string) =>
        head('POST', pathOf(of, 'insertLead'), [`Authorization: Bearer ${newKey()}`, line])
      return [
        {
          name: '7 MB announced, nothing sent',
          talk: () => firstAnswer(leadline.url, wrong(leadline, 'Content-Length: 7000000')),
          reply: UNAUTHORIZED,
        },
        {
          name: '10 MB announced, nothing sent',
          talk: () => lastWords(leadline.url, wrong(leadline, 'Content-Length: 10000000')),
          reply: UNAUTHORIZED,
        },
        {
          name: 'chunks without end',
          talk: () => endlessly(hasty, wrong(hasty, 'Transfer-Encoding: chunked')),
          reply: UNAUTHORIZED,
        },
      ]
    },
  },
]
