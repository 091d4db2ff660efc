// Clients that send slowly, never end, never read, or only hold connections: they are told or cut off, and everybody
// else is served as if they were not there.

import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LIMITS } from '../src/core/limits.ts'
import { type Leadline, mobile, startLeadline } from './support/leadline.ts'
import { Conversation, head } from './support/raw.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline({ gate: { slots: 4, queue_max: 4 } })
const hasty = await startLeadline({ connection: leadline.connection, request_ms_max: 1_500 })
/** Bodies of 32 kB in all that they may hold for one caller, half of the room. */
const UNFINISHED_MAX = 512

const CLASSIC = '/servicemanager/rest/CampaignAPI'
const keyed = ({ key }: Leadline) => `Authorization: Bearer ${key}`
const length = (bytes: number) => `Content-Length: ${bytes}`
const CHUNKED = 'Transfer-Encoding: chunked'

function insertPath(
  { target: { template_id, campaign_id, allocation_id } }: Leadline,
  call = 'insertLeadFast',
) {
  return `${CLASSIC}/${call}?fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`
}

/** Connections that say something and then no more; they hang up after the test. */
async function silentAfter(url: string, bytes: string, count: number): Promise<Conversation[]> {
  const lines = await Promise.all(Array.from({ length: count }, () => Conversation.open(url)))
  onTestFinished(() => {
    for (const line of lines) line.hangUp()
  })
  for (const line of lines) await line.send(bytes)
  return lines
}

const insert = (to: Leadline = leadline) =>
  to.client.insertLeadFast(to.target, { Name: 'Ana Silva', FirstPhone: mobile() })

const codeOf = ({ body }: { body: string }) => (JSON.parse(body) as { code: number }).code

async function busy() {
  const { body } = await leadline.client.get<string>('/metrics')
  return /^leadline_gate_busy (\d+)$/m.exec(String(body))?.[1]
}

describe('bodies that do not come', () => {
  test('hold no slot: inserts with the same key pass between them', async () => {
    const bytes = `${head('POST', insertPath(leadline), [keyed(leadline), length(200)])}{`
    const slow = await silentAfter(leadline.url, bytes, 100)
    expect(await busy()).toBe('0')
    for (let i = 0; i < 20; i++) expect(await insert()).toMatchObject({ code: 0 })
    expect(slow.filter(({ ended }) => ended)).toEqual([])
  })

  test('are cut off from the oldest on when a key has more of them than there is room for, and others are not', async () => {
    const others = await silentAfter(
      leadline.url,
      `${head('POST', insertPath(leadline), [`Authorization: Bearer ${await leadline.keyWith(['write'])}`, length(200)])}{`,
      20,
    )
    const bytes = `${head('POST', insertPath(leadline), [keyed(leadline), length(200)])}{`
    const slow = await silentAfter(leadline.url, bytes, UNFINISHED_MAX + 40)
    await until('the oldest are cut off', async () => slow.slice(0, 40).every(({ ended }) => ended))
    const answer = (await slow[0]!.answer())!
    expect([answer.status, codeOf(answer)]).toEqual([400, 109])
    expect(answer.headers).toMatchObject({ 'retry-after': '1', connection: 'close' })
    expect(slow.slice(-400).filter(({ ended }) => ended)).toEqual([])
    expect(others.filter(({ ended }) => ended)).toEqual([])
    expect(await insert()).toMatchObject({ code: 0 })
  })

  test('end at their deadline with 408, long ones too', async () => {
    const heads = [
      head('POST', insertPath(hasty), [keyed(hasty), length(200)]),
      head('POST', insertPath(hasty), [keyed(hasty), CHUNKED]),
      head('POST', insertPath(hasty, 'insertLead'), [keyed(hasty), length(5_000_000)]),
      head('POST', '/v1/dnc/check', [keyed(hasty), length(5_000_000)]),
      head('POST', '/v1/session', ['Sec-Fetch-Site: same-origin', length(200)]),
    ]
    for (const line of await Promise.all(heads.map((bytes) => silentAfter(hasty.url, bytes, 1)))) {
      const answer = (await line[0]!.answer())!
      expect([answer.status, codeOf(answer)]).toEqual([408, 1003])
      expect(await line[0]!.ends()).toBe(true)
    }
  })

  test('long ones come two at a time, one of each key at once; the others stay with their senders', async () => {
    const other = await leadline.keyWith(['write'])
    const bytes = (key: string) =>
      head('POST', insertPath(leadline, 'insertLead'), [`Authorization: Bearer ${key}`, length(1_000_000)])
    const [first, second] = await silentAfter(leadline.url, bytes(leadline.key), 2)
    const [third] = await silentAfter(leadline.url, bytes(other), 1)
    const body = `[${JSON.stringify({ Name: 'Ana Silva', FirstPhone: mobile() })}]`.padEnd(1_000_000)
    // A key whose bodies wait keeps no other key waiting.
    await third!.send(body)
    expect((await third!.answer())!.status).toBe(200)
    await second!.send(body)
    expect(await second!.answer(500)).toBeUndefined()
    first!.hangUp()
    expect(codeOf((await second!.answer())!)).toBe(105)
  })
})

describe('without a key', () => {
  const sign_in = (...lines: string[]) =>
    head('POST', '/v1/session', ['Sec-Fetch-Site: same-origin', ...lines])

  test('4 kB may be sent, announced or not', async () => {
    const { open_body_bytes_max } = LIMITS
    for (const [lines, body] of [
      [[length(open_body_bytes_max + 1)], ''],
      [[CHUNKED], `2000\r\n${' '.repeat(0x2000)}\r\n`],
    ] as const) {
      const [line] = await silentAfter(leadline.url, sign_in(...lines) + body, 1)
      const answer = (await line!.answer())!
      expect([answer.status, codeOf(answer)]).toEqual([413, 1009])
      expect(await line!.ends()).toBe(true)
    }
    const body = JSON.stringify({ login: 'nobody', password: 'six tall poplars' }).padEnd(open_body_bytes_max)
    const [line] = await silentAfter(leadline.url, sign_in(length(body.length)) + body, 1)
    expect((await line!.answer())!.status).toBe(401)
  })

  test('sign-ins that never end shut nobody out', async () => {
    const ana = await leadline.asOperator('agent')
    await silentAfter(leadline.url, `${sign_in(length(3_000))}{`, 700)
    expect((await ana.signIn(ana.operator.login, ana.password)).status).toBe(201)
    expect(await insert()).toMatchObject({ code: 0 })
  })

  test.for<[string, string, number]>([
    ['a wrong key', insertPath(leadline), 401],
    ['an address that is none', '/v1/nothing', 404],
    ['a method that is none', '/v1/templates/1', 405],
    ['an address that cannot be read', '/v1/leads/%zz', 400],
  ])('%s is answered at once, and what still comes is not read', async ([, path, status]) => {
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`
    const [line] = await silentAfter(
      leadline.url,
      head('POST', path, ['Authorization: Bearer wrong-wrong-wrong', CHUNKED]),
      1,
    )
    let sent = 0
    while (sent < 100_000_000 && (await line!.send(chunk))) {
      sent += chunk.length
      if (sent % (4 * chunk.length) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect((await line!.answer())!.status).toBe(status)
    expect(await line!.isCut(5_000)).toBe(true)
    // So much is thrown away, and some lies in the buffers of the line.
    expect(sent).toBeLessThan(60_000_000)
  })
})

describe('clients that do not read', async () => {
  const READERS = 6
  const ANSWERS = 16
  const roomy = await startLeadline({ connection: leadline.connection })
  const phones = Array.from({ length: LIMITS.dnc_numbers_max }, mobile)
  const body = JSON.stringify({ phones })
  const check = head('POST', '/v1/dnc/check', [keyed(roomy), length(body.length)]) + body

  /** A client that asks for more than its connection holds, and reads nothing until it is told to. */
  async function silentReader() {
    const { hostname, port } = new URL(roomy.url)
    const socket = connect({ host: hostname, port: Number(port) })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    socket.on('error', () => undefined)
    socket.write(check.repeat(ANSWERS))
    let [ended, bytes] = [false, 0]
    socket.on('close', () => (ended = true)).on('data', (chunk: Buffer) => (bytes += chunk.length))
    socket.pause()
    return { read: () => socket.resume(), ended: () => ended, bytes: () => bytes }
  }

  test('are cut off once their answers take all the room of their key, or none is taken for 20 s', async () => {
    const readers = await Promise.all(Array.from({ length: READERS }, silentReader))
    // Others are answered meanwhile.
    const other = await roomy.clientWith(['read', 'write'])
    for (let i = 0; i < 5; i++) {
      const answer = await other.insertLeadFast(roomy.target, { Name: 'Ana Silva', FirstPhone: mobile() })
      expect(answer).toMatchObject({ code: 0 })
      expect((await other.post<{ items: unknown[] }>('/v1/dnc/check', { phones })).status).toBe(200)
    }
    // Within a key the first comes first: when the last request is answered, the others were.
    const last = await roomy.client.post<{ items: unknown[] }>('/v1/dnc/check', { phones })
    expect(last.body.items).toHaveLength(LIMITS.dnc_numbers_max)
    const whole = JSON.stringify(last.body).length
    await new Promise((resolve) => setTimeout(resolve, 30_000))
    for (const reader of readers) reader.read()
    await until('all lines have ended', async () => readers.every(({ ended }) => ended()))
    for (const reader of readers) expect(reader.bytes()).toBeLessThan(ANSWERS * whole)
  }, 120_000)

  test('ask no more on one line than it answers: it is closed', async () => {
    const [line] = await silentAfter(leadline.url, head('GET', '/healthz').repeat(100), 1)
    expect(await line!.ends()).toBe(true)
    const [fine] = await silentAfter(leadline.url, head('GET', '/healthz').repeat(10), 1)
    for (let i = 0; i < 10; i++) expect((await fine!.answer())!.status).toBe(200)
  })
})

test('two Host headers are refused, equal ones too', async () => {
  for (const second of ['Host: other.example', 'HOST: localhost']) {
    const lines = [second, 'Connection: close']
    const [line] = await silentAfter(leadline.url, head('GET', '/healthz', lines), 1)
    const answer = (await line!.answer())!
    expect([answer.status, codeOf(answer)], second).toEqual([400, 1003])
  }
})

describe('connections', async () => {
  const narrow = await startLeadline({ connection: leadline.connection, connections_max: 40 })

  test('that ask nothing make room for those that do', async () => {
    const silent = await silentAfter(narrow.url, '', 60)
    await until('the oldest are closed', async () => silent.slice(0, 20).every(({ ended }) => ended))
    for (let i = 0; i < 10; i++)
      expect((await fetch(`${narrow.url}/healthz`, { headers: { Connection: 'close' } })).status).toBe(200)
    expect(silent.slice(-20).filter(({ ended }) => ended)).toEqual([])
  })

  test('that wait for their next request make room too, and those at work do not', async () => {
    const at_work = await silentAfter(
      narrow.url,
      `${head('POST', insertPath(narrow), [keyed(narrow), length(200)])}{`,
      10,
    )
    const idle = await silentAfter(narrow.url, head('GET', '/healthz'), 30)
    for (const line of idle) expect((await line.answer())!.status).toBe(200)
    const newer = await silentAfter(narrow.url, head('GET', '/healthz'), 20)
    for (const line of newer) expect((await line.answer())!.status).toBe(200)
    expect(idle.slice(0, 20).filter(({ ended }) => !ended)).toEqual([])
    expect(at_work.filter(({ ended }) => ended)).toEqual([])
  })
})
