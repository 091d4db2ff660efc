// Forms, charsets and compression, byte by byte, and the leads that come of them.

import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../src/core/limits.ts'
import { mobile, startLeadline } from './support/leadline.ts'

const leadline = await startLeadline()
const { target, url, key } = leadline
const careful = await startLeadline({
  connection: leadline.connection,
  classic: { statuses: {}, fallback_charset: 'windows-1252' },
})
const ids = `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`
const addressOf = (call: string) => `/servicemanager/rest/CampaignAPI/${call}?${ids}`
const FORM = 'application/x-www-form-urlencoded'

interface Sent {
  type?: string
  encoding?: string
  call?: string
  server?: { url: string }
  as?: string
}

async function post(body: string | Uint8Array, sent: Sent = {}) {
  const { type, encoding, call = 'insertLeadFast', server = leadline, as = key } = sent
  const path = call.startsWith('/') ? call : addressOf(call)
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${as}`,
      ...(type === undefined ? {} : { 'Content-Type': type }),
      ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
    },
    // Bytes, so that fetch adds no type of its own.
    body: typeof body === 'string' ? Buffer.from(body, 'latin1') : Buffer.from(body),
  })
  const answer = (await response.json()) as { code: number; detail: string; field?: string; message: string }
  return {
    status: response.status,
    ...answer,
    lead_id: response.headers.get('X-Lead-Id'),
    warnings: response.headers.get('X-Leadline-Warnings'),
  }
}

async function taken(body: string | Uint8Array, sent: Sent = {}) {
  const answer = await post(body, sent)
  expect(answer, answer.detail).toMatchObject({ status: 200, code: 0 })
  const lead = await leadline.client.get<{
    fields: Record<string, string>
    unmapped: Record<string, string>
    version: number
  }>(`/v1/leads/${answer.lead_id}`)
  return { ...lead.body, lead_id: answer.lead_id, warnings: answer.warnings }
}

const refused = async (body: string | Uint8Array, sent: Sent = {}) => {
  const answer = await post(body, sent)
  expect(answer.status, answer.detail).not.toBe(200)
  return answer
}

/** A part of a form for each of the pairs; a list of three is a name, its further headers and the value. */
function multipart(parts: [name: string, value: string, headers?: string][], boundary = 'xYzZy') {
  const lines = parts.map(
    ([name, value, headers = '']) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${headers}\r\n\r\n${value}\r\n`,
  )
  return { body: `${lines.join('')}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` }
}

describe('a form', () => {
  test('urlencoded is a flat document', async () => {
    const lead = await taken(`Name=Jane+Smith&City=St.%20Kilda&FirstPhone=${mobile()}&&utm=a%3Db%26c`, {
      type: FORM,
    })
    expect(lead.fields).toMatchObject({ Name: 'Jane Smith', City: 'St. Kilda' })
    expect(lead.unmapped).toMatchObject({ utm: 'a=b&c' })
    expect(lead.warnings).toBeNull()
  })

  test('multipart is the same', async () => {
    const { body, type } = multipart([
      ['Name', 'Jane Smith'],
      ['City', 'St. Kilda'],
      ['FirstPhone', mobile()],
    ])
    const lead = await taken(body, { type: type.replace('form-data', 'Form-Data; charset=utf-8') })
    expect(lead.fields).toMatchObject({ Name: 'Jane Smith', City: 'St. Kilda' })
  })

  test('joins a key that comes several times, also as PHP writes it', async () => {
    const tags = 'tags=a&tags=3.0&interests%5B%5D=car&interests%5B%5D=home'
    const lead = await taken(`FirstPhone=${mobile()}&${tags}`, { type: FORM })
    expect(lead.unmapped).toEqual({ tags: 'a, 3.0', interests: 'car, home' })
    expect(lead.warnings).toBe('joined=tags, joined=interests')
  })

  test('updates a lead, by both calls', async () => {
    const external_id = `form-${mobile()}`
    const { lead_id } = await taken(`FirstPhone=${mobile()}&njExternalLeadId=${external_id}`, { type: FORM })
    const by = `njExternalLeadId=${external_id}&FirstPhone=%3CNO+CHANGE%3E&njDisposition=Busy`
    for (const call of ['updateLeadFast', 'updateLead'])
      expect(await post(`${by}&City=${call}`, { type: FORM, call })).toMatchObject({ status: 200, code: 0 })
    const { body } = await leadline.client.get<{ version: number; fields: Record<string, string> }>(
      `/v1/leads/${lead_id}`,
    )
    expect(body).toMatchObject({ version: 3, fields: { City: 'updateLead' } })
  })

  test('is one row of insertLead', async () => {
    const answer = await post(`FirstPhone=${mobile()}`, { type: FORM, call: 'insertLead' })
    expect(answer).toMatchObject({ status: 200, code: 0, message: expect.stringMatching(/^Imported 1 /) })
  })

  test.each([FORM, 'multipart/form-data; boundary=x', 'multipart/form-data'])(
    'is JSON after all where it begins like JSON, though it is called %s',
    async (type) => {
      const lead = await taken(` {"Name":"Jane Smith","FirstPhone":"${mobile()}"}`, { type })
      expect(lead.fields.Name).toBe('Jane Smith')
    },
  )

  test('keeps a percent sign that begins no escape', async () => {
    const lead = await taken(`Name=100%+sure&FirstPhone=${mobile()}\r\n`, { type: FORM })
    expect(lead.fields.Name).toBe('100% sure')
  })

  test('leaves a file aside, with a warning, and an empty choice without one', async () => {
    const { body, type } = multipart([
      ['FirstPhone', mobile()],
      ['Photo', '\x89PNG\r\n\x00\xff', '; filename="me.png"\r\nContent-Type: image/png'],
      ['CV', '', '; filename=""\r\nContent-Type: application/octet-stream'],
      ['Notes', 'text', "; filename*=UTF-8''n.txt"],
    ])
    const lead = await taken(body, { type })
    expect(lead.unmapped).toEqual({})
    expect(lead.warnings).toBe('file=Photo, file=Notes')
    const { body: history } = await leadline.client.get<{ items: { warnings?: object[] }[] }>(
      `/v1/leads/${lead.lead_id}/history`,
    )
    const files = ['Photo', 'Notes'].map((field) => ({ code: 'file', field }))
    expect(history.items[0]!.warnings).toEqual(files)
  })

  test('names as browsers and curl write them', async () => {
    const { body, type } = multipart([
      ['a%22b', '1'],
      ['c\\"d', '2'],
      ['e; name=f', '3'],
      ['FirstPhone', mobile()],
    ])
    expect((await taken(body, { type })).unmapped).toEqual({ 'a"b': '1', 'c"d': '2', 'e; name=f': '3' })
  })

  test('what a fetch of today makes of its FormData is read', async () => {
    const form = new FormData()
    form.set('Name', 'Zoë "Zed" O’Hara')
    form.set('FirstPhone', mobile())
    form.set('Line', 'one\ntwo')
    const request = new Request(url, { method: 'POST', body: form })
    const body = new Uint8Array(await request.arrayBuffer())
    const lead = await taken(body, { type: request.headers.get('Content-Type')! })
    expect(lead.fields.Name).toBe('Zoë "Zed" O’Hara')
  })

  test('a key of ours in the body is not kept, in JSON neither', async () => {
    for (const [body, type] of [
      [`FirstPhone=${mobile()}&APIKey=${key}`, FORM],
      [`{"FirstPhone":"${mobile()}","apiKey":"${key}"}`, 'application/json'],
    ] as const) {
      const lead = await taken(body, { type })
      expect(lead.unmapped).toEqual({})
      expect(lead.warnings).toBe('api_key=apiKey')
    }
  })

  const broken: [what: string, body: string, type: string, says: RegExp][] = [
    ['no boundary', '--x\r\n', 'multipart/form-data', /names no boundary/],
    [
      'another boundary',
      multipart([['a', 'b']], 'y').body,
      'multipart/form-data; boundary=x',
      /is not in the body/,
    ],
    [
      'LF alone',
      '--x\nContent-Disposition: form-data; name="a"\n\nb\n--x--\n',
      'multipart/form-data; boundary=x',
      /CRLF/,
    ],
    [
      'the end cut off',
      multipart([['a', 'b']], 'x').body.slice(0, -6),
      'multipart/form-data; boundary=x',
      /before the last boundary/,
    ],
    [
      'no name',
      '--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--',
      'multipart/form-data; boundary=x',
      /with a name/,
    ],
    ['no headers', '--x\r\n\r\nb\r\n--x--', 'multipart/form-data; boundary=x', /with a name/],
    [
      'no empty line',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n--x--',
      'multipart/form-data; boundary=x',
      /no empty line/,
    ],
    [
      'Base64',
      multipart([['a', 'Yg==', '\r\nContent-Transfer-Encoding: base64']], 'x').body,
      'multipart/form-data; boundary=x',
      /Content-Transfer-Encoding/,
    ],
    [
      'another charset',
      multipart([['a', 'b', '\r\nContent-Type: text/plain; charset=koi8-r']], 'x').body,
      'multipart/form-data; boundary=x',
      /charset of a part/,
    ],
    ['a charset entry of no charset', '_charset_=koi8-r&a=b', FORM, /charset of the form is not taken/],
    ['bytes of no charset', 'City=%E9', FORM, /value of the form is not of its charset.*fallback/],
    ['keys of no charset', '%E9=City', FORM, /key of the form is not of its charset/],
    ['UTF-16', 'a=b', `${FORM}; charset=utf-16`, /a form is sent as utf-8/],
    ['nothing', '', FORM, /is empty/],
  ]
  test.each(broken)('%s is malformed, and says why', async (_what, body, type, says) => {
    const answer = await refused(body, { type })
    expect(answer).toMatchObject({ status: 400, code: 1003 })
    expect(answer.detail).toMatch(says)
  })

  test('has its bounds', async () => {
    const keys = Array.from({ length: LIMITS.json_keys_max + 1 }, (_, i) => `k${i}=`).join('&')
    const entries = 'k=&'.repeat(LIMITS.json_entries_max + 1)
    const long = `FirstPhone=${mobile()}&a=${'a'.repeat(LIMITS.body_bytes_max)}`
    for (const body of [keys, entries])
      expect(await refused(body, { type: FORM })).toMatchObject({ code: 1009 })
    // The older calls take longer bodies, for arrays; a form is one lead.
    expect(await refused(long, { type: FORM, call: 'insertLead' })).toMatchObject({ status: 413, code: 1009 })
  })

  test('is nothing for /v1, which says where forms go', async () => {
    const { body, type } = multipart([['allocation_id', '1']])
    for (const [sent, form] of [
      ['allocation_id=1', FORM],
      [body, type],
    ] as const)
      expect(await refused(sent, { type: form, call: '/v1/leads' })).toMatchObject({
        status: 400,
        code: 1003,
        detail: expect.stringMatching(/takes JSON; insertLeadFast takes forms/),
      })
  })
})

describe('charsets', () => {
  const lead = () => `{"Name":"Ren\xe9e \x96","FirstPhone":"${mobile()}"}`

  test('declared ones are read', async () => {
    for (const charset of ['iso-8859-1', 'Latin1', '"windows-1252"'])
      expect((await taken(lead(), { type: `application/json; charset=${charset}` })).fields.Name).toBe(
        'Renée –',
      )
    const wide = Buffer.from(`\ufeff{"Name":"Renée","FirstPhone":"${mobile()}"}`, 'utf16le')
    expect((await taken(wide, { type: 'application/json; charset=utf-16' })).fields.Name).toBe('Renée')
    const ascii = `{"Name":"Renee","FirstPhone":"${mobile()}"}`
    expect(await taken(ascii, { type: 'text/plain; charset=us-ascii' })).toMatchObject({ warnings: null })
  })

  test('what is called Latin-1 and is UTF-8 is UTF-8, with a warning', async () => {
    const body = Buffer.from(`{"Name":"Renée","FirstPhone":"${mobile()}"}`)
    const { fields, warnings } = await taken(body, { type: 'application/json; charset=iso-8859-1' })
    expect([fields.Name, warnings]).toEqual(['Renée', 'utf8=Content-Type'])
    const form = await taken(`Name=Ren%C3%A9e&FirstPhone=${mobile()}`, { type: `${FORM}; charset=latin1` })
    expect([form.fields.Name, form.warnings]).toEqual(['Renée', 'utf8=Name'])
  })

  test.each(['iso-8859-15', 'shift_jis', 'utf-32', 'koi8-r', 'nonsense'])(
    '%s is refused',
    async (charset) => {
      const answer = await refused(lead(), { type: `application/json; charset=${charset}` })
      expect(answer).toMatchObject({ status: 400, code: 1003 })
      expect(answer.detail).toMatch(/utf-8, utf-16, iso-8859-1, windows-1252 or us-ascii/)
    },
  )

  test('undeclared Latin-1 is refused, with the byte and what to do', async () => {
    const answer = await refused(lead(), { type: 'application/json' })
    expect(answer).toMatchObject({ status: 400, code: 1003 })
    expect(answer.detail).toMatch(/^byte 12: the body is not UTF-8: .*fallback charset/)
  })

  test('undeclared Latin-1 is read in the fallback of the installation, or of the key', async () => {
    // dart:io writes JSON so, without a charset.
    expect((await taken(lead(), { server: careful, type: 'application/json' })).fields.Name).toBe('Renée –')
    const made = await leadline.client.post<{ key: string; fallback_charset: string }>('/v1/api-keys', {
      name: 'old CRM',
      scopes: ['insert'],
      fallback_charset: 'iso-8859-1',
    })
    expect(made).toMatchObject({ status: 201, body: { fallback_charset: 'iso-8859-1' } })
    expect((await taken(lead(), { as: made.body.key })).fields.Name).toBe('Renée –')
    const form = await taken(`Name=Ren%E9e&FirstPhone=${mobile()}`, { type: FORM, as: made.body.key })
    expect(form.fields.Name).toBe('Renée')
    const raw = multipart([
      ['Name', 'Ren\xe9e'],
      ['FirstPhone', mobile()],
    ])
    expect((await taken(raw.body, { type: raw.type, as: made.body.key })).fields.Name).toBe('Renée')
    // A body that declares UTF-8 and is something else is broken, not old.
    expect(await refused(lead(), { as: made.body.key, type: 'text/plain; charset=utf-8' })).toMatchObject({
      code: 1003,
    })
    expect(
      await leadline.client.post('/v1/api-keys', {
        name: 'x',
        scopes: ['insert'],
        fallback_charset: 'utf-16',
      }),
    ).toMatchObject({ status: 422, code: 1005 })
  })

  test('parts and forms say their charset themselves', async () => {
    const part = multipart([
      ['Name', 'Ren\xe9e', '\r\nContent-Type: text/plain; charset=iso-8859-1'],
      ['City', 'Z\xc3\xbcrich'],
      ['FirstPhone', mobile()],
    ])
    expect((await taken(part.body, part)).fields).toMatchObject({ Name: 'Renée', City: 'Zürich' })
    const html = await taken(`_charset_=windows-1252&Name=Ren%E9e+%96&FirstPhone=${mobile()}`, { type: FORM })
    expect([html.fields.Name, html.unmapped]).toEqual(['Renée –', {}])
    const header = await taken(`Name=Ren%E9e&FirstPhone=${mobile()}`, { type: `${FORM}; charset=iso-8859-1` })
    expect(header.fields.Name).toBe('Renée')
  })

  test('a mistake in the document is told by its byte, in every charset', async () => {
    const at = async (body: Uint8Array, charset: string) =>
      (await refused(body, { type: `application/json; charset=${charset}` })).detail
    const text = '{"Name":"Renée",}'
    expect(await at(Buffer.from(text, 'latin1'), 'iso-8859-1')).toMatch(/^byte 16: a comma before/)
    expect(await at(Buffer.from(text), 'utf-8')).toMatch(/^byte 17: a comma before/)
    expect(await at(Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16')).toMatch(/^byte 34: a comma before/)
    expect(await at(Buffer.from(text, 'utf16le'), 'utf-16le')).toMatch(/^byte 32: a comma before/)
  })

  test('/v1 is UTF-8', async () => {
    const body = `{"allocation_id":1,"fields":{"FirstPhone":"${mobile()}"}}`
    expect(
      await refused(body, { call: '/v1/leads', type: 'application/json; charset=latin1' }),
    ).toMatchObject({ code: 1003 })
  })
})

describe('compressed bodies', () => {
  const json = () => Buffer.from(JSON.stringify({ Name: 'Zoë', FirstPhone: mobile() }))
  const ways: [string, (bytes: Uint8Array) => Uint8Array][] = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP, identity', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ]
  test.each(ways)('%s is taken on both APIs', async (encoding, pack) => {
    expect((await taken(pack(json()), { encoding })).fields.Name).toBe('Zoë')
    const form = await taken(pack(Buffer.from(`Name=Jane&FirstPhone=${mobile()}`)), { encoding, type: FORM })
    expect(form.fields.Name).toBe('Jane')
    const v1 = { allocation_id: target.allocation_id, fields: { FirstPhone: mobile() } }
    const response = await fetch(`${url}/v1/leads`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Encoding': encoding },
      body: Buffer.from(pack(Buffer.from(JSON.stringify(v1)))),
    })
    expect(response.status).toBe(201)
    await response.text()
  })

  test.each(['br', 'zstd', 'gzip, gzip', 'nonsense'])(
    '%s is refused, and the answer says what is taken',
    async (encoding) => {
      const answer = await refused(json(), { encoding })
      expect(answer).toMatchObject({ status: 400, code: 1003 })
      expect(answer.detail).toMatch(/gzip or deflate/)
    },
  )

  const packed = gzipSync(json())
  test.each([
    ['cut off', packed.subarray(0, -9)],
    ['no gzip', json()],
    ['with something behind it', Buffer.concat([packed, Buffer.from('and more')])],
    ['with a wrong sum', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 1)])],
  ])('a body that is %s is malformed', async (_what, body) => {
    const answer = await refused(body, { encoding: 'gzip' })
    expect(answer).toMatchObject({ status: 400, code: 1003 })
    expect(answer.detail).toMatch(/is not what Content-Encoding says \(gzip\)/)
  })

  const blanks = (length: number) => Buffer.concat([json(), Buffer.alloc(length, ' ')]).subarray(0, length)

  test('the bound is that of the body unpacked', async () => {
    await taken(gzipSync(blanks(LIMITS.body_bytes_max)), { encoding: 'gzip' })
    expect(await refused(gzipSync(blanks(LIMITS.body_bytes_max + 1)), { encoding: 'gzip' })).toMatchObject({
      status: 413,
      code: 1009,
    })
    const rows = Buffer.from(JSON.stringify(Array.from({ length: 3 }, () => ({ FirstPhone: mobile() }))))
    const padded = (length: number) =>
      gzipSync(Buffer.concat([rows, Buffer.alloc(length - rows.length, ' ')]))
    const call = 'insertLead'
    expect(await post(padded(LIMITS.batch_body_bytes_max), { encoding: 'gzip', call })).toMatchObject({
      status: 200,
      message: expect.stringMatching(/^Imported 3 /),
    })
    expect(await refused(padded(LIMITS.batch_body_bytes_max + 1), { encoding: 'gzip', call })).toMatchObject({
      status: 413,
      code: 1009,
    })
  })

  test('a body that is long already when it is packed is unpacked too', async () => {
    const rows = Array.from({ length: 500 }, () => ({ FirstPhone: mobile() }))
    const body = Buffer.from(JSON.stringify(rows))
    // Stored, not deflated: it is longer packed than unpacked.
    const long = Buffer.concat([body, Buffer.alloc(LIMITS.body_bytes_max, ' ')])
    const answer = await post(gzipSync(long, { level: 0 }), { encoding: 'gzip', call: 'insertLead' })
    expect(answer).toMatchObject({ status: 200, message: expect.stringMatching(/^Imported 500 /) })
  })

  test('bombs are refused one after the other, and memory stays as it is', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(LIMITS.body_bytes_max)
    await refused(bomb, { encoding: 'gzip', call: 'insertLead' })
    global.gc?.()
    const before = process.memoryUsage().rss
    let most = 0
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          post(bomb, { encoding: 'gzip', call: i % 2 ? 'insertLead' : 'insertLeadFast' }),
        ),
      )
      most = Math.max(most, process.memoryUsage().rss)
      expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([1009]))
    }
    // 100 bombs of 200 MB: what is unpacked at once is bounded, not what they hold.
    expect((most - before) / 1024 / 1024).toBeLessThan(150)
    await taken(gzipSync(json()), { encoding: 'gzip' })
  })

  test('many at once are all taken', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => post(gzipSync(json()), { encoding: 'gzip' })),
    )
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([0]))
  })
})
