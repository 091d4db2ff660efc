// What people may never find in a log or in an answer to a mistake: API keys, phone numbers, names.
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
const CANARIES = [KEY, WRONG_KEY, 'Quentin', ...DIGITS]

const data_dir = mkdtempSync(join(tmpdir(), 'leadline-privacy-'))
const server = spawn(
  process.execPath,
  [fileURLToPath(new URL('../bin/leadline', import.meta.url)), 'serve'],
  {
    env: {
      PATH: process.env.PATH,
      LEADLINE_DATA_DIR: data_dir,
      LEADLINE_PORT: '0',
      LEADLINE_LOG_LEVEL: 'debug',
      LEADLINE_BOOTSTRAP_API_KEY: KEY,
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

test('no API key, phone number or name in any log or error body', async () => {
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
  expect(await insert({ FirstPhone: PHONE, Email: `${NAME}@` })).toMatchObject({ code: '1005' })
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
  await rival.end()

  server.kill('SIGTERM')
  await once(server, 'exit')
  const postgres_log = readFileSync(join(data_dir, 'pg.log'), 'utf8')
  expect(log).toContain('"msg":"request"')
  expect(log).toContain('"msg":"exception"')
  expect(postgres_log).toContain('database system is ready')
  for (const canary of CANARIES) {
    expect(log, `the server's log has ${canary}`).not.toContain(canary)
    expect(postgres_log, `PostgreSQL's log has ${canary}`).not.toContain(canary)
    for (const body of bodies) expect(body, 'an error body').not.toContain(canary)
  }
  expect(bodies.length).toBeGreaterThan(18)
})
