// docs/integrate/nginx.conf in a real nginx, in front of a real Leadline: requests, answers and logs.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { LIMITS } from '../src/core/limits.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { ROOT } from './support/statements.ts'
import { until } from './support/until.ts'

const has = (program: string, flag: string) => spawnSync(program, [flag]).status === 0
const here = has('nginx', '-v') && has('openssl', 'version')

const leadline = await startLeadline()
const { target, key } = leadline
const ids = `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`
const INSERT = `/servicemanager/rest/CampaignAPI/insertLeadFast?${ids}`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const [plain, tls] = [await freePort(), await freePort()]
const folder = mkdtempSync(join(tmpdir(), 'leadline-nginx-'))
const logs = join(folder, 'log')

/** The configuration as it is published, but for ports and paths. */
function configuration(): string {
  const published = readFileSync(join(ROOT, 'docs/integrate/nginx.conf'), 'utf8')
  const moved = published
    .replace('listen 80;', `listen 127.0.0.1:${plain};`)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${tls} ssl;`)
    .replace('127.0.0.1:8080', new URL(leadline.url).host)
    .replaceAll('/var/log/nginx', logs)
    .replace('/etc/ssl/certs/leads.example.com.pem', join(folder, 'cert.pem'))
    .replace('/etc/ssl/private/leads.example.com.key', join(folder, 'key.pem'))
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join('\n')
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `daemon off;\n${user}\npid ${folder}/pid;\nerror_log ${logs}/main.log warn;\nevents {}\nhttp {\n${paths}\n${moved}\n}\n`
}

async function start() {
  mkdirSync(logs)
  const subject = ['-subj', '/CN=leads.example.com']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files],
    {
      stdio: 'ignore',
    },
  )
  writeFileSync(join(folder, 'nginx.conf'), configuration())
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(logs, 'main.log')], {
    stdio: 'ignore',
  })
  await until('nginx answers', () =>
    send({ method: 'GET', path: '/' }).then(
      () => true,
      () => false,
    ),
  )
  // What a hook registers is not run; what it returns is.
  return async () => {
    nginx.kill()
    if (nginx.exitCode === null) await once(nginx, 'exit')
    rmSync(folder, { recursive: true })
  }
}

interface Asked {
  path?: string
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
  secure?: boolean
}

async function send({ path = INSERT, method = 'POST', headers = {}, body = '', secure = true }: Asked) {
  const request = (secure ? requestTls : requestPlain)({
    host: '127.0.0.1',
    port: secure ? tls : plain,
    path,
    method,
    headers: { Host: 'leads.example.com', 'Content-Length': String(Buffer.byteLength(body)), ...headers },
    rejectUnauthorized: false,
  })
  request.on('error', () => undefined)
  request.end(body)
  const [response] = await Promise.race([
    once(request, 'response'),
    once(request, 'error').then(([error]) => Promise.reject(error)),
  ])
  const text = (await response.setEncoding('utf8').toArray()).join('')
  return { status: response.statusCode as number, headers: response.headers as Record<string, string>, text }
}

const lead = () => JSON.stringify({ Name: 'Jane Smith', FirstPhone: mobile() })

const TITLE = here
  ? 'nginx as documented'
  : 'nginx as documented: left out, nginx or openssl is not on this machine'

describe.runIf(here)(TITLE, () => {
  beforeAll(start)

  test('a lead gets in, with the key in the address too, and the answer comes as it is', async () => {
    const Referer = `https://leads.example.com${INSERT}&apiKey=${key}`
    const taken = await send({ path: `${INSERT}&apiKey=${key}`, headers: { Referer }, body: lead() })
    expect(taken).toMatchObject({ status: 200, text: '{"code":0,"message":"OK"}' })
    expect(taken.headers['x-lead-id']).toMatch(/^\d+-\d+$/)
    const form = { 'X-API-Key': key, 'Content-Type': 'application/x-www-form-urlencoded' }
    expect(await send({ headers: form, body: `FirstPhone=${mobile()}` })).toMatchObject({ status: 200 })
  })

  test('over plain HTTP it is refused, not redirected', async () => {
    expect(await send({ path: `${INSERT}&apiKey=${key}`, body: lead(), secure: false })).toMatchObject({
      status: 403,
    })
    const visit = await send({ method: 'GET', path: `/leads?apiKey=${key}`, secure: false })
    expect([visit.status, visit.headers.location]).toEqual([301, 'https://leads.example.com/leads'])
  })

  test('refusals are those of Leadline: a double slash, a body that is too long', async () => {
    const twice = await send({ path: `/${INSERT}&apiKey=${key}`, body: lead() })
    expect([twice.status, JSON.parse(twice.text)]).toMatchObject([404, { code: 1004 }])
    expect(twice.text).toMatch(/two slashes/)
    const path = INSERT.replace('insertLeadFast', 'insertLead')
    const rows = JSON.stringify([{ FirstPhone: mobile() }])
    const padded = (length: number) => Buffer.alloc(length, ' ').fill(rows, 0, rows.length)
    const headers = { 'X-API-Key': key }
    expect(await send({ path, headers, body: padded(LIMITS.batch_body_bytes_max) })).toMatchObject({
      status: 200,
    })
    const long = await send({ path, headers, body: padded(LIMITS.batch_body_bytes_max + 1) })
    expect([long.status, JSON.parse(long.text)]).toMatchObject([413, { code: 1009 }])
  })

  test('addresses for machines inside are not handed out', async () => {
    for (const path of ['/metrics', '/readyz', '/healthz'])
      expect((await send({ method: 'GET', path })).status).toBe(404)
  })

  test('server-sent events come at once', async () => {
    const request = requestTls({
      host: '127.0.0.1',
      port: tls,
      path: '/v1/events?topics=conflicts',
      headers: { Host: 'leads.example.com', 'X-API-Key': key },
      rejectUnauthorized: false,
    }).end()
    const [response] = await once(request, 'response')
    expect(response.headers['content-type']).toMatch(/^text\/event-stream/)
    const [chunk] = await once(response, 'data')
    expect(chunk.length).toBeGreaterThan(0)
    request.on('error', () => undefined).destroy()
  })

  test('when Leadline is away the answer is JSON, and no log has ever seen a key', async () => {
    await leadline.stop()
    const away = await send({ path: `${INSERT}&apiKey=${key}`, body: lead() })
    expect([away.status, JSON.parse(away.text)]).toMatchObject([503, { code: 1013, written: 'unknown' }])
    const written = readdirSync(logs)
      .map((name) => readFileSync(join(logs, name), 'utf8'))
      .join('')
    expect(written).toMatch(
      /POST \/servicemanager\/rest\/CampaignAPI\/insertLeadFast 200 \d+ [\d.]+s [0-9a-f-]{36}/,
    )
    expect(written).not.toContain(key)
    expect(written).not.toMatch(/apiKey|fTemplateId/)
  })
})
