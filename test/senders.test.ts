// The requests of senders that people connect, byte by byte as each of them writes it. docs/integrate says how to set them up.

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { mobile, startLeadline } from './support/leadline.ts'
import { Conversation } from './support/raw.ts'

const leadline = await startLeadline()
const { target } = leadline
const key = await leadline.keyWith(['insert'], null, [target.allocation_id])
const ids = `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`
const INSERT = `/servicemanager/rest/CampaignAPI/insertLeadFast?${ids}`

/** A body of text is UTF-8. */
interface Request {
  path?: string
  lines: string[]
  body: string | Uint8Array
  /** dart:io and others do not say beforehand how long a body is. */
  chunked?: true
}

async function send({ path = INSERT, lines, body, chunked }: Request) {
  const bytes = Buffer.from(body)
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`
  const conversation = await Conversation.open(leadline.url)
  await conversation.send(`${[`POST ${path} HTTP/1.1`, ...lines, framing].join('\r\n')}\r\n\r\n`)
  if (chunked) await conversation.send(`${bytes.length.toString(16)}\r\n`)
  await conversation.send(bytes)
  if (chunked) await conversation.send('\r\n0\r\n\r\n')
  const answer = await conversation.answer()
  conversation.hangUp()
  return answer!
}

const multipart = (boundary: string, parts: [headers: string, value: string][], after = '\r\n') =>
  `${parts.map(([headers, value]) => `--${boundary}\r\n${headers}\r\n\r\n${value}\r\n`).join('')}--${boundary}--${after}`

const part = (name: string, value: string): [string, string] => [
  `Content-Disposition: form-data; name="${name}"`,
  value,
]

const JANE = { Name: 'Renée Smith', City: 'St. Kilda' }
const NAME = 'Ren%C3%A9e+Smith'

const SENDERS: Record<string, (phone: string) => Request> = {
  'curl -d with JSON, which curl calls a form': (phone) => ({
    lines: [
      'Host: leads.example.com',
      'User-Agent: curl/8.5.0',
      'Accept: */*',
      `Authorization: Bearer ${key}`,
      'Content-Type: application/x-www-form-urlencoded',
    ],
    body: JSON.stringify({ ...JANE, FirstPhone: phone }),
  }),
  'curl --data-urlencode': (phone) => ({
    lines: [
      'Host: leads.example.com',
      'User-Agent: curl/8.5.0',
      'Accept: */*',
      `X-API-Key: ${key}`,
      'Content-Type: application/x-www-form-urlencoded',
    ],
    body: `Name=Ren%C3%A9e%20Smith&City=St.%20Kilda&FirstPhone=${phone}`,
  }),
  'curl -F, the key as user': (phone) => ({
    lines: [
      'Host: leads.example.com',
      `Authorization: Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      'User-Agent: curl/8.5.0',
      'Accept: */*',
      'Content-Type: multipart/form-data; boundary=------------------------6hzXDZGXyMi6fUTZ7yHZRY',
    ],
    body: multipart('------------------------6hzXDZGXyMi6fUTZ7yHZRY', [
      part('Name', JANE.Name),
      part('City', JANE.City),
      part('FirstPhone', phone),
    ]),
  }),
  'WordPress: wp_remote_post with an array': (phone) => ({
    path: `${INSERT}&apiKey=${key}`,
    lines: [
      'Host: leads.example.com',
      'User-Agent: WordPress/6.8.3; https://shop.example',
      'Accept: */*',
      'Accept-Encoding: deflate, gzip, br',
      `Referer: https://leads.example.com${INSERT}&apiKey=${key}`,
      'Connection: close',
      'Content-Type: application/x-www-form-urlencoded',
    ],
    body: `Name=${NAME}&City=St.+Kilda&FirstPhone=${phone}`,
  }),
  'WordPress: a webhook of Gravity Forms or WPForms as JSON': (phone) => ({
    lines: [
      'Host: leads.example.com',
      'User-Agent: WordPress/6.8.3; https://shop.example',
      'Accept: */*',
      'Accept-Encoding: deflate, gzip, br',
      `X-API-Key: ${key}`,
      'Content-Type: application/json',
      'Connection: close',
    ],
    // PHP writes what is not ASCII as escapes.
    body: `{"Name":"Ren\\u00e9e Smith","City":"St. Kilda","FirstPhone":"${phone}"}`,
  }),
  'PHP: curl with an array is multipart': (phone) => ({
    lines: [
      'Host: leads.example.com',
      'Accept: */*',
      `X-API-Key: ${key}`,
      'Content-Type: multipart/form-data; boundary=------------------------d74496d66958873e',
    ],
    body: multipart('------------------------d74496d66958873e', [
      part('Name', JANE.Name),
      part('City', JANE.City),
      part('FirstPhone', phone),
    ]),
  }),
  'Zapier: Webhooks, payload type form': (phone) => ({
    lines: [
      'Host: leads.example.com',
      'user-agent: Zapier',
      'accept: */*',
      `x-api-key: ${key}`,
      'content-type: application/x-www-form-urlencoded',
      'accept-encoding: gzip,deflate',
      'connection: close',
    ],
    body: `Name=Ren%C3%A9e%20Smith&City=St.%20Kilda&FirstPhone=${phone}`,
  }),
  'Zapier: payload type JSON': (phone) => ({
    lines: [
      'Host: leads.example.com',
      'user-agent: Zapier',
      'accept: */*',
      `x-api-key: ${key}`,
      'content-type: application/json; charset=utf-8',
      'accept-encoding: gzip,deflate',
      'connection: close',
    ],
    body: JSON.stringify({ ...JANE, FirstPhone: phone }),
  }),
  'Make: HTTP, multipart/form-data': (phone) => ({
    lines: [
      'Host: leads.example.com',
      'user-agent: Make/production',
      'accept: */*',
      `x-api-key: ${key}`,
      'content-type: multipart/form-data; boundary=--------------------------520838462927446713924101',
    ],
    body: multipart('--------------------------520838462927446713924101', [
      part('Name', JANE.Name),
      part('City', JANE.City),
      part('FirstPhone', phone),
    ]),
  }),
  'Make: HTTP, raw JSON without a charset': (phone) => ({
    lines: [
      'Host: leads.example.com',
      'user-agent: Make/production',
      'accept: */*',
      `x-api-key: ${key}`,
      'content-type: application/json',
    ],
    body: `{\r\n  "Name": "${JANE.Name}",\r\n  "City": "${JANE.City}",\r\n  "FirstPhone": "${phone}"\r\n}`,
  }),
  'n8n: HTTP Request, form-urlencoded': (phone) => ({
    lines: [
      'accept: application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
      'content-type: application/x-www-form-urlencoded;charset=utf-8',
      `x-api-key: ${key}`,
      'user-agent: axios/1.8.3',
      'accept-encoding: gzip, compress, deflate, br',
      'host: leads.example.com',
      'Connection: keep-alive',
    ],
    body: `Name=${NAME}&City=St.+Kilda&FirstPhone=${phone}`,
  }),
  'a page: the form of a browser, urlencoded': (phone) => ({
    path: `${INSERT}&apiKey=${key}`,
    lines: [
      'Host: leads.example.com',
      'Connection: keep-alive',
      'Cache-Control: max-age=0',
      'Upgrade-Insecure-Requests: 1',
      'Origin: https://shop.example',
      'Content-Type: application/x-www-form-urlencoded',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
      'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'Sec-Fetch-Site: cross-site',
      'Sec-Fetch-Mode: navigate',
      'Sec-Fetch-Dest: document',
      'Referer: https://shop.example/',
    ],
    body: `Name=${NAME}&City=St.+Kilda&FirstPhone=${phone}`,
  }),
  'a page: the form of a browser, multipart, with an empty file': (phone) => ({
    path: `${INSERT}&apiKey=${key}`,
    lines: [
      'Host: leads.example.com',
      'Origin: https://shop.example',
      'Content-Type: multipart/form-data; boundary=----WebKitFormBoundaryABhsRBzUXJQzUeAz',
      'Sec-Fetch-Site: cross-site',
      'Sec-Fetch-Mode: navigate',
    ],
    body: multipart('----WebKitFormBoundaryABhsRBzUXJQzUeAz', [
      part('Name', JANE.Name),
      part('City', JANE.City),
      part('FirstPhone', phone),
      [
        'Content-Disposition: form-data; name="Photo"; filename=""\r\nContent-Type: application/octet-stream',
        '',
      ],
    ]),
  }),
  'a page in Latin-1 that names its charset': (phone) => ({
    path: `${INSERT}&apiKey=${key}`,
    lines: [
      'Host: leads.example.com',
      'Origin: https://old.example',
      'Content-Type: application/x-www-form-urlencoded',
    ],
    body: `_charset_=windows-1252&Name=Ren%E9e+Smith&City=St.+Kilda&FirstPhone=${phone}`,
  }),
  '.NET: MultipartFormDataContent': (phone) => ({
    lines: [
      'Host: leads.example.com',
      `Authorization: Bearer ${key}`,
      'Content-Type: multipart/form-data; boundary="4ef1a4d3-5cb5-4b7e-a2ad-5a3a3c3ac1a6"',
    ],
    body: multipart('4ef1a4d3-5cb5-4b7e-a2ad-5a3a3c3ac1a6', [
      ['Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=Name', JANE.Name],
      ['Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=City', JANE.City],
      ['Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=FirstPhone', phone],
    ]),
  }),
  'Java: MultipartEntityBuilder of HttpClient 4, Latin-1': (phone) => {
    const headers = (name: string) =>
      `Content-Disposition: form-data; name="${name}"\r\nContent-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit`
    const boundary = '7oRGyMnvkE3zZGcT5c8b6xhKwFn4'
    const body = multipart(boundary, [
      [headers('Name'), JANE.Name],
      [headers('City'), JANE.City],
      [headers('FirstPhone'), phone],
    ])
    return {
      lines: [
        'Host: leads.example.com',
        'User-Agent: Apache-HttpClient/4.5.14 (Java/17.0.9)',
        `Authorization: Bearer ${key}`,
        `Content-Type: multipart/form-data; boundary=${boundary}`,
      ],
      body: Buffer.from(body, 'latin1'),
    }
  },
  'an old CRM that declares Latin-1': (phone) => ({
    lines: [
      'Host: leads.example.com',
      `Authorization: Bearer ${key}`,
      'Content-Type: application/json; charset=ISO-8859-1',
    ],
    body: Buffer.from(JSON.stringify({ ...JANE, FirstPhone: phone }), 'latin1'),
  }),
  'PowerShell: Out-File wrote it as UTF-16': (phone) => ({
    lines: [
      'Host: leads.example.com',
      `Authorization: Bearer ${key}`,
      'Content-Type: application/json; charset=utf-16',
    ],
    body: Buffer.from(`\ufeff${JSON.stringify({ ...JANE, FirstPhone: phone })}\r\n`, 'utf16le'),
  }),
  'a log shipper that compresses': (phone) => ({
    lines: [
      'Host: leads.example.com',
      `Authorization: Bearer ${key}`,
      'Content-Type: application/json',
      'Content-Encoding: gzip',
    ],
    body: gzipSync(JSON.stringify({ ...JANE, FirstPhone: phone })),
    chunked: true,
  }),
}

describe.each(Object.keys(SENDERS))('%s', (name) => {
  test('is taken once, whole, and told so; the second time it is told what is there', async () => {
    const phone = mobile()
    const taken = await send(SENDERS[name]!(phone))
    expect(taken).toMatchObject({ status: 200, body: '{"code":0,"message":"OK"}' })
    expect(taken.headers['x-leadline-warnings']).toBeUndefined()
    const lead = await leadline.client.get<{ fields: Record<string, string>; unmapped: object }>(
      `/v1/leads/${taken.headers['x-lead-id']}`,
    )
    expect(lead.body).toMatchObject({ fields: { ...JANE, FirstPhone: phone }, unmapped: {} })
    const again = await send(SENDERS[name]!(phone))
    expect(again.status).toBe(400)
    expect(JSON.parse(again.body)).toMatchObject({ code: 105, message: 'DUPLICATE' })
  })
})

test('dart:io writes Latin-1 without saying so: it is read with a key that has a fallback', async () => {
  const made = await leadline.client.post<{ key: string }>('/v1/api-keys', {
    name: 'app of the field staff',
    scopes: ['insert'],
    allocation_ids: [target.allocation_id],
    fallback_charset: 'iso-8859-1',
  })
  const phone = mobile()
  const request = (as: string): Request => ({
    lines: [
      'user-agent: Dart/3.9 (dart:io)',
      'content-type: application/json',
      'accept-encoding: gzip',
      `authorization: Bearer ${as}`,
      'host: leads.example.com',
    ],
    body: Buffer.from(JSON.stringify({ ...JANE, FirstPhone: phone }), 'latin1'),
    chunked: true,
  })
  const refused = await send(request(key))
  expect(JSON.parse(refused.body)).toMatchObject({
    code: 1003,
    detail: expect.stringMatching(/fallback charset/),
  })
  const taken = await send(request(made.body.key))
  expect(taken.status).toBe(200)
  const lead = await leadline.client.get<{ fields: object }>(`/v1/leads/${taken.headers['x-lead-id']}`)
  expect(lead.body.fields).toMatchObject(JANE)
})

test('n8n writes a list as PHP does: it is one key', async () => {
  const body = `FirstPhone=${mobile()}&tags%5B0%5D=a`
  const lines = [
    'host: leads.example.com',
    `x-api-key: ${key}`,
    'content-type: application/x-www-form-urlencoded',
  ]
  const taken = await send({ lines, body })
  const lead = await leadline.client.get<{ unmapped: object }>(`/v1/leads/${taken.headers['x-lead-id']}`)
  expect(lead.body.unmapped).toEqual({ tags: 'a' })
})
