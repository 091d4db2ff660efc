// How the server hands out the operators' app: its files, its page, its policy. What the app does is in test/web.

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { startLeadline } from './support/leadline.ts'

const folder = mkdtempSync(join(tmpdir(), 'leadline-web-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const dist = join(folder, 'dist')
const SCRIPT = `export const leads = ${JSON.stringify('a lead '.repeat(100))}`

function build(title: string, built: Date): void {
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(dist, 'assets/index-abc.js'), SCRIPT)
  writeFileSync(join(dist, 'assets/index-abc.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(join(dist, 'assets/index-abc.js.gz'), gzipSync(SCRIPT))
  writeFileSync(join(dist, 'icon.svg'), '<svg/>')
  writeFileSync(join(folder, 'secret.txt'), 'nobody may read this')
  const page = `<title>${title}</title><meta nonce="__LEADLINE_NONCE__"><script src="./assets/index-abc.js"></script>`
  writeFileSync(join(dist, 'index.html'), page)
  utimesSync(join(dist, 'index.html'), built, built)
}

const leadline = await startLeadline({ web_folder: dist })

interface Seen {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** Without what fetch does by itself: the address as it is, nothing unpacked. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<Seen>((resolve, reject) => {
    const { hostname, port } = new URL(leadline.url)
    const asked = request({ hostname, port, path, method, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
    })
    asked.on('error', reject).end()
  })

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const page = (path: string, headers = {}) => ask(path, { ...HTML, ...headers })

test('without the app its page says why and what to do, tries again by itself, and the API works', async () => {
  const { status, headers, body } = await page('/leads')
  expect(status).toBe(503)
  expect(headers).toMatchObject({ refresh: '3', 'content-type': 'text/html; charset=utf-8' })
  expect(body.toString()).toContain('<h1>The app is not installed</h1>')
  expect(body.toString()).toContain('npm run build:web')
  leadline.web.missing = 'being built'
  expect((await page('/leads')).body.toString()).toContain('<h1>The app is being built</h1>')
  expect((await ask('/healthz')).status).toBe(200)
  expect((await ask('/icon.svg')).status).toBe(404)

  build('One', new Date('2026-11-01'))
  expect((await page('/leads')).body.toString()).toContain('<title>One</title>')
  build('Two', new Date('2026-11-02'))
  expect((await page('/leads')).body.toString()).toContain('<title>Two</title>')
  rmSync(join(dist, 'index.html'))
  // In the moment between two bundles the old one serves on.
  expect((await page('/leads')).body.toString()).toContain('<title>Two</title>')
  build('Three', new Date('2026-11-03'))
})

test.for(['/', '/login', '/leads?q=jane', '/leads/41-1207/merge', '/no/such/page'])(
  'whoever looks for pages gets the app at %s',
  async (path) => {
    const { status, headers, body } = await page(path)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    })
    expect(body.toString()).toContain('src="/assets/index-abc.js"')
  },
)

test('the policy allows nothing but our own, and styles by a nonce that is fresh each time', async () => {
  const nonces = new Set<string>()
  for (let i = 0; i < 3; i++) {
    const { headers, body } = await page('/')
    const policy = String(headers['content-security-policy'])
    const [, nonce] = /style-src 'self' 'nonce-([^']{20,})'/.exec(policy)!
    expect(body.toString()).toContain(`nonce="${nonce}"`)
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy.split('; ')).toContain(part)
    nonces.add(nonce!)
  }
  expect(nonces.size).toBe(3)
})

test('behind a path of a proxy the page names its files there; what is no path is left out', async () => {
  const below = async (prefix: string) =>
    (await page('/leads', { 'x-forwarded-prefix': prefix })).body.toString()
  expect(await below('/tools/leadline/')).toContain('src="/tools/leadline/assets/index-abc.js"')
  for (const prefix of ['//evil.example', '/a"><script>', '/a/../b', 'x', '/%2e'])
    expect(await below(prefix), prefix).toContain('src="/assets/index-abc.js"')
})

test.for(['/v1/no-such-thing', '/v1', '/servicemanager/rest/CampaignAPI/nothing', '/metrics/x'])(
  'an unknown address of the API stays JSON, also for a browser: %s',
  async (path) => {
    const { status, headers, body } = await page(path)
    expect(headers['content-type']).toMatch(/json/)
    expect([status, JSON.parse(body.toString()).code]).toEqual([404, 1004])
  },
)

test('an address of the API that takes other methods says so, also to a browser', async () => {
  const { status, headers } = await page('/v1/dnc/check')
  expect([status, headers.allow]).toEqual([405, 'POST'])
})

test('who asks for no page gets none', async () => {
  for (const [path, headers, method] of [
    ['/', { accept: '*/*' }, 'GET'],
    ['/leads', {}, 'GET'],
    ['/leads', HTML, 'POST'],
    ['/assets/gone-123.js', { accept: '*/*' }, 'GET'],
  ] as const) {
    const { status, body } = await ask(path, headers, method)
    expect([status, JSON.parse(body.toString()).code], `${method} ${path}`).toEqual([404, 1004])
  }
})

test('files come as small as the caller takes them, and stay in caches for good', async () => {
  const at = '/assets/index-abc.js'
  const br = await ask(at, { 'accept-encoding': 'gzip, deflate, br' })
  expect(br.headers).toMatchObject({
    'content-encoding': 'br',
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  })
  expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT)
  const gz = await ask(at, { 'accept-encoding': 'gzip, br;q=0' })
  expect(gz.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(gz.body).toString()).toBe(SCRIPT)
  for (const accepted of [undefined, 'identity', 'brotli, gz', 'br;q=0, gzip;q=0.0']) {
    const plain = await ask(at, accepted === undefined ? {} : { 'accept-encoding': accepted })
    expect(plain.headers['content-encoding'], accepted).toBeUndefined()
    expect(plain.body.toString()).toBe(SCRIPT)
  }
})

test('a file that keeps its name is asked for again, and answered with 304 when it is the same', async () => {
  const first = await ask('/icon.svg')
  expect(first.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'image/svg+xml' })
  const again = await ask('/icon.svg', { 'if-none-match': String(first.headers.etag) })
  expect([again.status, again.body.length]).toEqual([304, 0])
})

test('HEAD has the headers, and no body', async () => {
  for (const path of ['/leads', '/icon.svg']) {
    const get = await page(path)
    const head = await ask(path, HTML, 'HEAD')
    expect([head.status, head.body.length, head.headers['content-type']]).toEqual([
      200,
      0,
      get.headers['content-type'],
    ])
  }
})

test.for([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%5c..%5csecret.txt',
  '//secret.txt',
  '/index.html/../../secret.txt',
])('no address leads out of the bundle: %s', async (path) => {
  const { body } = await ask(path)
  expect(body.toString()).not.toContain('nobody')
  expect((await page(path)).body.toString()).not.toContain('nobody')
})

test('the page itself is no file: its place-holders never leave the server', async () => {
  expect((await page('/index.html')).body.toString()).not.toContain('__LEADLINE_NONCE__')
  expect((await ask('/assets/index-abc.js.br')).status).toBe(404)
})
