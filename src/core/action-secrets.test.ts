import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UrlConfig } from './action.ts'
import { maskedConfig, secretsAstray, withSecretsOf } from './action-secrets.ts'

const config = (more: Partial<UrlConfig>): UrlConfig => ({
  method: 'POST',
  url: 'https://crm.example/',
  ...more,
})
const XML = { 'Content-Type': 'text/xml' }
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const TEXT = { 'Content-Type': 'text/plain' }

describe.each<[string, Partial<UrlConfig>, Partial<UrlConfig>]>([
  [
    'headers whose name says so, or that are marked',
    {
      headers: {
        Authorization: 'Bearer s3',
        'X-Pass': 's3',
        'X-Api-Key': 's3',
        'X-Hook': 's3',
        'X-City': 'x',
      },
      secrets: ['x-hook'],
    },
    {
      headers: { Authorization: '***', 'X-Pass': '***', 'X-Api-Key': '***', 'X-Hook': '***', 'X-City': 'x' },
      secrets: ['x-hook'],
    },
  ],
  [
    'parameters of the query',
    { url: 'https://crm.example/a?token=s3&id=${njLead}&sid=s3&API%5Fkey=s3&key#key=s3', secrets: ['sid'] },
    {
      url: 'https://crm.example/a?token=***&id=${njLead}&sid=***&API%5Fkey=***&key#key=s3',
      secrets: ['sid'],
    },
  ],
  [
    'values of a JSON body, however deep, and nothing of its spelling',
    {
      body: '{ "lead": "${njLead}", "password":"s3",\n "login": {"credentials": [{"user": "s3"}, "s3", 12345678901234567890, true]},\n "amount": 1.00, "say": "a \\"token\\": \\"x\\"", "pin": "s3" }',
      secrets: ['PIN'],
    },
    {
      body: '{ "lead": "${njLead}", "password":"***",\n "login": {"credentials": [{"user": "***"}, "***", "***", true]},\n "amount": 1.00, "say": "a \\"token\\": \\"x\\"", "pin": "***" }',
      secrets: ['PIN'],
    },
  ],
  [
    'values of a form',
    { headers: FORM, body: 'name=${Name}&password=s3&token=s3&token=s4' },
    { headers: FORM, body: 'name=${Name}&password=***&token=***&token=***' },
  ],
  [
    'elements and attributes of XML',
    {
      headers: XML,
      body: '<a user="u" password="s3"><b key="s3">open</b><wsse:Password Type="Text">s3</wsse:Password><Name>${Name}</Name></a>',
    },
    {
      headers: XML,
      body: '<a user="u" password="***"><b key="***">open</b><wsse:Password Type="Text">***</wsse:Password><Name>${Name}</Name></a>',
    },
  ],
  [
    'named values of a text',
    { headers: TEXT, body: 'lead ${njLead}\ntoken: s3; password=s3' },
    { headers: TEXT, body: 'lead ${njLead}\ntoken: ***; password=***' },
  ],
])('%s', (_, stored, shown) => {
  test('are masked', () => {
    expect(maskedConfig(config(stored))).toEqual(config(shown))
  })

  test('keep their value when they come back masked, whatever else changes', () => {
    expect(withSecretsOf(config(shown), config(stored))).toEqual(config(stored))
    const disabled = { ...config(shown), method: 'PUT' as const }
    expect(withSecretsOf(disabled, config(stored))).toEqual({ ...config(stored), method: 'PUT' })
  })
})

test('a value that is nothing but placeholders is the lead’s, and shown', () => {
  const open = config({
    url: 'https://crm.example/?key=${njLead}',
    headers: { 'X-Key': '${njExternalLeadId}' },
    body: '{"token": "${njLead}", "password": ""}',
  })
  expect(maskedConfig(open)).toEqual(open)
  expect(maskedConfig(config({ headers: { 'X-Key': 'a${njLead}' } })).headers).toEqual({ 'X-Key': '***' })
})

test('a new value takes the place of a secret, and a mask that hides nothing stays as it is', () => {
  const stored = config({ headers: { 'X-Pass': 's3' }, body: '{"token": "s3"}' })
  const next = config({
    headers: { 'x-pass': 'new', 'X-Token': '***' },
    body: '{"token": "new", "key": "***"}',
  })
  expect(withSecretsOf(next, stored)).toEqual(next)
  expect(withSecretsOf(config({ headers: { 'x-pass': '***' } }), stored).headers).toEqual({ 'x-pass': 's3' })
})

test('a mark cannot be taken from a secret that nobody gives anew', () => {
  const stored = config({
    url: 'https://crm.example/?sid=s3',
    headers: { 'X-Hook': 's3' },
    secrets: ['sid', 'X-Hook'],
  })
  const unmarked = config({ url: 'https://crm.example/?sid=***', headers: { 'X-Hook': '***' } })
  const kept = withSecretsOf(unmarked, stored)
  expect(kept).toEqual({ ...stored, secrets: ['sid', 'X-Hook'] })
  expect(JSON.stringify(maskedConfig(kept))).not.toContain('s3')
  expect(withSecretsOf(config({ url: 'https://crm.example/?sid=open', secrets: [] }), stored)).toEqual(
    config({ url: 'https://crm.example/?sid=open', secrets: [] }),
  )
})

test('no secret goes to another server unseen, wherever it stands', () => {
  const stored = config({
    url: 'https://crm.example/?token=s3',
    headers: { 'X-Pass': 's3' },
    body: '{"sid": "s3"}',
    secrets: ['sid'],
  })
  const shown = maskedConfig(stored)
  expect(secretsAstray({ ...shown, url: 'https://CRM.example/b?token=***' }, stored)).toEqual([])
  const away = { ...shown, url: 'https://thief.example/?token=***', secrets: [] }
  expect(secretsAstray(away, stored)).toEqual(['url', 'headers/X-Pass', 'body'])
  const anew = {
    ...away,
    url: 'https://thief.example/?token=t',
    headers: { 'X-Pass': 't' },
    body: '{"sid": "t"}',
  }
  expect(secretsAstray(anew, stored)).toEqual([])
})

test('whatever a JSON body is: masked it is JSON, shows no secret, and comes back as it was', () => {
  const name = fc.constantFrom('token', 'City', 'password', 'a/b', '~', '"', 'list')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string().map((text) => `s3${text}`),
      fc.integer(),
      fc.constantFrom(true, null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (document, indent) => {
      // A ${ that begins no placeholder is refused when the action is saved.
      const body = JSON.stringify({ password: document }, null, indent).replaceAll('${', '')
      const stored = config({ body })
      const shown = maskedConfig(stored)
      expect(() => JSON.parse(shown.body!)).not.toThrow()
      expect(shown.body).not.toContain('s3')
      expect(withSecretsOf(shown, stored)).toEqual(stored)
    }),
  )
})

test.each([
  ['letters', 'a'.repeat(64_000)],
  ['an element that never ends', `<${'a'.repeat(64_000)}`],
  ['blanks', `token${' '.repeat(64_000)}`],
  ['brackets', '[{"a":'.repeat(10_000)],
])('a body of %s is looked through in a moment', (_, body) => {
  for (const headers of [XML, FORM, TEXT, {}]) expect(maskedConfig(config({ headers, body })).body).toBe(body)
})
