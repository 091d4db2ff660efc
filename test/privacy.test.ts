// These never appear in a log or in an answer to a mistake: API keys, passwords, session tokens, phone
// numbers, names.
// A real server at its most talkative, sent everything that goes wrong, then searched byte by byte.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { findEmbedded } from '../src/db/embedded.ts'

const KEY = 'canary_key_5f1c9a7e33b04d'
const WRONG_KEY = 'canary_wrong_key_77aa01'
const NAME = 'Canary Quentin'
const PHONE = '0491570156'
const DIGITS = ['491570156', '491570157', '491570158']
const PASSWORD = 'canary six tall poplars'
const WRONG_PASSWORD = 'canary nine brown foxes'
const ADMIN_PASSWORD = 'canary seven grey geese'
const PASSWORDS = ['poplars', 'foxes', 'geese']
const CANARIES = [KEY, WRONG_KEY, 'Quentin', ...DIGITS, ...PASSWORDS]

const data_dir = mkdtempSync(join(tmpdir(), 'leadline-privacy-'))
const server = spawn(
  process.execPath,
  [fileURLToPath(new URL('../bin/leadline', import.meta.url)), 'serve', '--no-build-web'],
  {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      LEADLINE_DATA_DIR: data_dir,
      LEADLINE_PORT: '0',
      LEADLINE_LOG_LEVEL: 'debug',
      LEADLINE_BOOTSTRAP_API_KEY: KEY,
      LEADLINE_BOOTSTRAP_ADMIN_PASSWORD: ADMIN_PASSWORD,
    },
  },
)
let log = ''
let banner = ''
server.stderr.on('data', (chunk) => {
  log += chunk
})
server.stdout.on('data', (chunk) => {
  banner += chunk
  log += chunk
})
afterAll(async () => {
  if (server.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  rmSync(data_dir, { recursive: true, force: true })
})

async function started(): Promise<string> {
  for (;;) {
    const url = /listens on (http:\S+)/.exec(banner)?.[1]
    if (url) return url
    if (server.exitCode !== null) throw new Error(`the server ended: ${log}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('no API key, password, session token, phone number or name in any log or error body', async () => {
  const url = await started()
  const CLASSIC = `${url}/servicemanager/rest/CampaignAPI`
  const ids = 'fTemplateId=1&fCampaignId=1&fAllocationId=1'
  const bodies: string[] = []
  const call = async (address: string, init: RequestInit = {}) => {
    const answer = await fetch(address, init)
    const body = await answer.text()
    if (answer.status >= 400) bodies.push(body)
    return { status: answer.status, code: /"code":(\d+)/.exec(body)?.[1] }
  }
  const insert = (lead: unknown, key = KEY, query = ids) =>
    call(`${CLASSIC}/insertLeadFast?${query}&apiKey=${key}`, {
      method: 'POST',
      body: typeof lead === 'string' ? lead : JSON.stringify(lead),
    })
  const bearer = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' }

  expect(await insert({ Name: NAME, FirstPhone: PHONE, njExternalLeadId: NAME })).toMatchObject({ code: '0' })
  expect(await insert({ Name: NAME, FirstPhone: PHONE })).toMatchObject({ code: '105' })
  expect(await insert({ Name: NAME, FirstPhone: '0491570157', njExternalLeadId: NAME })).toMatchObject({
    code: '112',
  })
  expect(await insert({ FirstPhone: PHONE }, WRONG_KEY)).toMatchObject({ status: 401 })
  expect(await insert({ FirstPhone: PHONE }, `${WRONG_KEY}%00`)).toMatchObject({ status: 401 })
  expect(await insert({ Name: NAME, FirstPhone: `${PHONE}#99` })).toMatchObject({ code: '1006' })
  expect(await insert({ Name: { first: NAME }, FirstPhone: PHONE })).toMatchObject({ code: '1005' })
  expect(await insert({ Name: `${NAME}\u0000`, FirstPhone: PHONE })).toMatchObject({ code: '1005' })
  expect(await insert(`{"Name":"${NAME}","FirstPhone":"${PHONE}"`)).toMatchObject({ code: '1003' })
  expect(await insert({ FirstPhone: PHONE, njCallBackDate: PHONE })).toMatchObject({ code: '1007' })
  expect(await insert({ FirstPhone: PHONE, Email: { text: `${NAME}@` } })).toMatchObject({ code: '1005' })
  expect(await insert({ FirstPhone: '0491570110', Email: `${NAME}@` })).toMatchObject({ code: '0' })
  expect(await insert({ FirstPhone: PHONE }, KEY, `${ids}&fCampaignId=${PHONE}`)).toMatchObject({
    code: '1003',
  })
  expect(await insert({ FirstPhone: PHONE }, KEY, `fTemplateId=${PHONE}`)).toMatchObject({ code: '1004' })
  expect(await insert({ FirstPhone: PHONE, Name: 'x'.repeat(300_000) })).toMatchObject({ code: '1009' })
  expect(await call(`${url}/nowhere/${PHONE}?apiKey=${KEY}`)).toMatchObject({ status: 404 })
  expect(await call(`${CLASSIC}/insertLeadFast?apiKey=${KEY}&x=${PHONE}`)).toMatchObject({ status: 405 })
  expect(
    await call(`${url}/v1/dnc`, {
      method: 'POST',
      headers: bearer,
      body: `{"list":"private","phones":["${PHONE};9"]}`,
    }),
  ).toMatchObject({ code: '1006' })
  expect(
    await call(`${url}/v1/dnc`, {
      method: 'POST',
      headers: bearer,
      body: `{"list":"${NAME}","phones":["${PHONE}"]}`,
    }),
  ).toMatchObject({ code: '1005' })
  expect(await call(`${url}/v1/dnc?phone=${PHONE}x1`, { headers: bearer })).toMatchObject({ code: '1006' })
  expect(await call(`${url}/v1/leads/${PHONE}?apiKey=${KEY}`)).toMatchObject({ status: 401 })
  // Too long for the HTTP parser: the address never becomes a request.
  expect(await call(`${CLASSIC}/insertLeadFast?apiKey=${KEY}&x=${PHONE.repeat(2_000)}`)).toMatchObject({
    status: 431,
  })

  // Operators: signing in and changing passwords, rightly and wrongly, and a token where none belongs.
  const json = { 'Content-Type': 'application/json', Origin: url }
  const post = (path: string, body: object, headers: Record<string, string> = bearer) =>
    fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  const refused = async (answer: Promise<Response>, status: number) => {
    const { status: found, text } = await answer.then(async (one) => ({
      status: one.status,
      text: await one.text(),
    }))
    expect(found).toBe(status)
    bodies.push(text)
  }
  const quentin = { login: 'q', name: NAME, role: 'lead', password: PASSWORD }
  expect((await post('/v1/operators', quentin)).status).toBe(201)
  await refused(post('/v1/operators', quentin), 422)
  await refused(post('/v1/operators', { ...quentin, login: NAME, password: 'foxes' }), 422)
  await refused(post('/v1/operators', { ...quentin, [PASSWORD.slice(0, 6)]: PASSWORD }), 422)
  await refused(post('/v1/session', { login: 'q', password: WRONG_PASSWORD }, json), 401)
  await refused(post('/v1/session', { login: PASSWORD, password: WRONG_PASSWORD }, json), 401)
  expect((await post('/v1/session', { login: 'admin', password: ADMIN_PASSWORD }, json)).status).toBe(201)
  const signed_in = await post('/v1/session', { login: 'q', password: PASSWORD }, json)
  expect(signed_in.status).toBe(201)
  const token = /^leadline_session=([^;]+)/.exec(signed_in.headers.get('Set-Cookie')!)![1]!
  expect(await signed_in.text()).not.toContain(token)
  const cookie = { ...json, Cookie: `leadline_session=${token}` }
  await refused(
    fetch(`${url}/v1/session/password`, {
      method: 'PUT',
      headers: cookie,
      body: JSON.stringify({ current: WRONG_PASSWORD, new: PASSWORD }),
    }),
    422,
  )
  await refused(fetch(`${url}/v1/operators`, { headers: cookie }), 403)
  await refused(fetch(`${url}/v1/leads/${token}`, { headers: cookie }), 404)
  await refused(
    fetch(`${url}/v1/templates`, { headers: { Cookie: `leadline_session=${token}; leadline_session=x` } }),
    400,
  )

  // A 23505 in the server's log: another transaction claims the number while the insert waits for it.
  const connection = await findEmbedded(data_dir)
  const rival = new pg.Client(connection!)
  await rival.connect()
  await rival.query('begin')
  await rival.query('insert into claims (campaign_id, phone, lead_number) values (1, 61491570158, 1)')
  const waiting = insert({ Name: NAME, FirstPhone: '0491570158' })
  await new Promise((resolve) => setTimeout(resolve, 500))
  await rival.query('commit')
  expect(await waiting).toMatchObject({ code: '105' })

  // A 103: a table that is gone in the middle of the work.
  await rival.query('alter table events rename to events_away')
  expect(await insert({ Name: NAME, FirstPhone: '0491570157' })).toMatchObject({ status: 500, code: '103' })
  await rival.query('alter table events_away rename to events')
  await rival.query('alter table sessions rename to sessions_away')
  await refused(post('/v1/session', { login: 'q', password: PASSWORD }, json), 500)
  await rival.query('alter table sessions_away rename to sessions')
  const audit = await rival.query("select string_agg(a::text, E'\\n') as text from audit_log a")
  expect(audit.rows[0].text).toContain('session.refuse')
  for (const secret of [...PASSWORDS, token, KEY]) expect(audit.rows[0].text).not.toContain(secret)
  await rival.end()

  server.kill('SIGTERM')
  await once(server, 'exit')
  const postgres_log = readFileSync(join(data_dir, 'pg.log'), 'utf8')
  expect(log).toContain('"msg":"request"')
  expect(log).toContain('"msg":"exception"')
  expect(postgres_log).toContain('database system is ready')
  for (const canary of [...CANARIES, token]) {
    expect(log, `the server's log has ${canary}`).not.toContain(canary)
    expect(postgres_log, `PostgreSQL's log has ${canary}`).not.toContain(canary)
    for (const body of bodies) expect(body, 'an error body').not.toContain(canary)
  }
  expect(bodies.length).toBeGreaterThan(30)
}, 180_000)
