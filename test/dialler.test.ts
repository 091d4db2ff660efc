// The reference dialler in examples/, as the program that people start.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { draw, ENDINGS, randomFrom, readEndings } from '../examples/dialler/script.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { ROOT } from './support/statements.ts'

const leadline = await startLeadline()
const { client, connection } = leadline
const dir = mkdtempSync(join(tmpdir(), 'leadline-dialler-'))
afterAll(async () => {
  rmSync(dir, { recursive: true })
  expect(await checkDatabase(connection)).toEqual([])
})

/** New Zealand: no law narrows the hours, so the clock of the machine does not matter. */
const campaign = await (async () => {
  await client.post('/v1/contact-hours', { name: 'Always', zone: 'Pacific/Auckland' })
  const fields = [
    { name: 'Phone', kind: 'phone' },
    { name: 'Mobile', kind: 'phone' },
  ]
  const template = { name: 'Dialled', region: 'NZ', contact_hours: 'Always', fields }
  const { template_id } = (await client.post<{ template_id: number }>('/v1/templates', template)).body
  const { body } = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'one' })
  return { template_id, campaign_id: body.campaign_id }
})()

let names = 0
let line = 4_200_000

/** A started allocation with leads. */
async function allocation(leads: number) {
  const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id: campaign.campaign_id,
    name: `allocation ${++names}`,
    started: true,
  })
  const target = { ...campaign, allocation_id: body.allocation_id }
  for (let i = 0; i < leads; i++)
    expect(await client.insertLeadFast(target, { Phone: `+6427${line++}` })).toMatchObject({ code: 0 })
  return body.allocation_id
}

const callsIn = async (allocation_id: number): Promise<string[]> =>
  (
    await admin(
      connection,
      `select disposition from call_records where allocation_id = ${allocation_id} order by call_id`,
    )
  ).rows.map(({ disposition }) => disposition)

interface Ended {
  code: number | null
  out: string
  err: string
}

const DIALLER = join(ROOT, 'examples/dialler.ts')

function start(args: string[], environment: Record<string, string> = {}, program = DIALLER) {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    env: { LEADLINE_URL: leadline.url, LEADLINE_API_KEY: leadline.key, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended: Promise<Ended> = Promise.all([
    new Promise<number | null>((resolve) => child.on('exit', resolve)),
    text(child.stdout!),
    text(child.stderr!),
  ]).then(([code, out, err]) => ({ code, out, err }))
  return { child, ended }
}
const run = (args: string[], environment?: Record<string, string>) => start(args, environment).ended

const file = (name: string, endings: unknown) => {
  writeFileSync(join(dir, name), JSON.stringify(endings))
  return join(dir, name)
}

test('--help shows examples; what is not understood is told, with exit code 2', async () => {
  const help = await run(['--help'], { LEADLINE_API_KEY: '' })
  expect(help).toMatchObject({ code: 0, err: '' })
  expect(help.out).toContain('npm run dialler -- --allocation 1')
  const wrong: [string[], string][] = [
    [[], '--allocation'],
    [['--allocation', 'x'], '--allocation'],
    [['--allocation', '1', '--agents', '0'], '--agents'],
    [['--allocation', '1', '--count', '501'], '--count'],
    [['--allocation', '1', '--nonsense'], '--nonsense'],
    [['--allocation', '1', '--endings', join(dir, 'none.json')], '--endings'],
    [['--allocation', '1', '--endings', file('empty.json', [])], '--endings'],
  ]
  for (const [args, what] of wrong) {
    const { code, err } = await run(args)
    expect({ args, code }).toEqual({ args, code: 2 })
    expect(err).toContain(what)
  }
}, 120_000)

test('calls what is there, reports every call, stops when it has made enough', async () => {
  const allocation_id = await allocation(12)
  const args = ['--allocation', String(allocation_id), '--speed', '1000', '--calls', '10', '--agents', '3']
  const { code, out, err } = await run([...args, '--count', '2', '--wait', '1'])
  expect({ code, err }).toMatchObject({ code: 0 })
  const { calls, ...counts } = JSON.parse(out) as Record<string, number>
  const made = await callsIn(allocation_id)
  expect(made).toHaveLength(calls!)
  for (const [disposition, times] of Object.entries(counts).filter(([what]) => what !== 'handed back'))
    expect(made.filter((one) => one === disposition)).toHaveLength(times)
  expect(calls! + (counts['handed back'] ?? 0)).toBeGreaterThanOrEqual(10)
  expect(err).toContain('seed ')
  expect(err).not.toContain('+6427')
}, 120_000)

test('the same seed makes the same calls', async () => {
  const played: string[][] = []
  for (let i = 0; i < 2; i++) {
    const allocation_id = await allocation(6)
    const args = ['--allocation', String(allocation_id), '--agents', '1', '--calls', '6', '--seed', '7']
    expect(await run([...args, '--speed', '1000', '--quiet'])).toMatchObject({ code: 0, err: 'seed 7\n' })
    played.push(await callsIn(allocation_id))
  }
  expect(played[0]).toEqual(played[1])
  expect(played[0]!.length).toBeGreaterThan(0)
}, 120_000)

test('Ctrl-C: leads that are held are handed back, at once, and nothing else is lost', async () => {
  const allocation_id = await allocation(6)
  const endings = file('long.json', [{ disposition: 'Sale', weight: 1, talk_s: [3_600, 3_600] }])
  const { child, ended } = start([
    ...['--allocation', String(allocation_id), '--agents', '2', '--count', '2'],
    ...['--lease', '3600', '--endings', endings],
  ])
  const leased = async () =>
    (await client.get<{ leased: number }>(`/v1/allocations/${allocation_id}/counts`)).body.leased
  await expect.poll(leased, { timeout: 60_000 }).toBe(4)
  child.kill('SIGINT')
  const { code, out } = await ended
  expect({ code, ...JSON.parse(out) }).toEqual({ code: 0, calls: 0, 'handed back': 4 })
  expect(await leased()).toBe(0)
  expect(await callsIn(allocation_id)).toEqual([])
  const { body } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { count: 10 })
  expect(body.items).toHaveLength(6)
}, 120_000)

test('what it cannot mend ends it, with what the server says', async () => {
  const unknown = await run(['--allocation', '999999'])
  expect(unknown.code).toBe(1)
  expect(unknown.err).toContain('1004 UNKNOWN_TARGET')
  const endings = file('wrong.json', [{ disposition: 'Abducted', weight: 1 }])
  const args = ['--allocation', String(await allocation(1)), '--speed', '1000', '--endings', endings]
  const wrong = await run(args)
  expect(wrong.code).toBe(1)
  expect(wrong.err).toContain('106 INVALID_DISPOSTION')
}, 120_000)

interface Asked {
  what: string
  body: string
  at: number
}

/** A server that hands out one lead and answers each request as it is told: undefined is success. */
async function stage(
  answer: (what: string, before: number) => { status: number; code: number; written?: 'unknown' } | undefined,
  delay_ms: (what: string, before: number) => number = () => 0,
) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const what = `${request.method} ${request.url}`
    const before = asked.filter((one) => one.what === what).length
    asked.push({ what, body: await text(request), at: performance.now() })
    await new Promise((resolve) => setTimeout(resolve, delay_ms(what, before)))
    response.setHeader('X-Request-Id', 'one')
    response.setHeader('Content-Type', 'application/json')
    const refused = answer(what, before)
    if (refused) {
      const { status, code, written } = refused
      const retryable = status === 503 && written === undefined
      response.writeHead(status, retryable ? { 'Retry-After': '1' } : {})
      return response.end(JSON.stringify({ code, name: 'X', retryable, written }))
    }
    const number = { field: 'Phone', number: '+64274200000' }
    const lease = { lease_id: '1-1-1', numbers: [number], lead: { id: '1-1', contact_hours: 'Always' } }
    return response.end(JSON.stringify({ items: what.endsWith('/leases') ? [lease] : [] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    environment: { LEADLINE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    asked: (what: string) => asked.filter((one) => one.what === what),
    close: () => server.close(),
  }
}

const ONE_CALL = ['--allocation', '1', '--agents', '1', '--calls', '1']

test('waits as long as Retry-After says, and sends the same again', async () => {
  const { environment, asked, close } = await stage((what, before) =>
    what.endsWith('/outcome') && before < 2 ? { status: 503, code: 1013 } : undefined,
  )
  try {
    const endings = file('sale.json', [{ disposition: 'Sale', weight: 1, ring_s: [0, 0] }])
    const ended = await run([...ONE_CALL, '--endings', endings], environment)
    expect(ended).toMatchObject({ code: 0, out: '{"calls":1,"Sale":1}\n' })
    const outcomes = asked('PUT /v1/leases/1-1-1/outcome')
    expect(outcomes).toHaveLength(3)
    expect(new Set(outcomes.map(({ body }) => body)).size).toBe(1)
    for (const [i, { at }] of outcomes.slice(1).entries())
      expect(at - outcomes[i]!.at).toBeGreaterThanOrEqual(990)
  } finally {
    close()
  }
}, 120_000)

test('goes on when nobody knows whether it has got leads: what it has not seen comes back by itself', async () => {
  const { environment, asked, close } = await stage((what, before) =>
    what.endsWith('/leases') && before === 0 ? { status: 503, code: 1013, written: 'unknown' } : undefined,
  )
  try {
    const endings = file('unknown.json', [{ disposition: 'Sale', weight: 1, ring_s: [0, 0] }])
    const ended = await run([...ONE_CALL, '--endings', endings], environment)
    expect(ended).toMatchObject({ code: 0, out: '{"calls":1,"Sale":1}\n' })
    expect(asked('POST /v1/allocations/1/leases').length).toBeGreaterThanOrEqual(2)
  } finally {
    close()
  }
}, 120_000)

test('a lease is kept while its call lasts; once it has ended, the call is reported all the same', async () => {
  const { environment, asked, close } = await stage((what, before) =>
    what.startsWith('PATCH') && before === 1 ? { status: 404, code: 1004 } : undefined,
  )
  try {
    const endings = file('talk.json', [{ disposition: 'Sale', weight: 1, ring_s: [0, 0], talk_s: [5, 5] }])
    const ended = await run([...ONE_CALL, '--lease', '2', '--endings', endings], environment)
    expect(ended).toMatchObject({ code: 0, out: '{"calls":1,"Sale":1}\n' })
    expect(asked('PATCH /v1/leases/1-1-1').map(({ body }) => body)).toEqual([
      '{"lease_s":2}',
      '{"lease_s":2}',
    ])
    expect(asked('PUT /v1/leases/1-1-1/outcome')).toHaveLength(1)
  } finally {
    close()
  }
}, 120_000)

test('a lead whose lease ended while it was on its way is not called', async () => {
  const { environment, asked, close } = await stage(
    (what, before) => (what.startsWith('PATCH') && before === 0 ? { status: 404, code: 1004 } : undefined),
    // So late that half of the lease is over.
    (what, before) => (what.endsWith('/leases') && before === 0 ? 1_500 : 0),
  )
  try {
    const endings = file('late.json', [{ disposition: 'Sale', weight: 1, ring_s: [0, 0] }])
    const ended = await run([...ONE_CALL, '--lease', '2', '--endings', endings], environment)
    expect(ended.code).toBe(0)
    expect(JSON.parse(ended.out)).toMatchObject({ calls: 1, 'came too late': 1 })
    expect(asked('PUT /v1/leases/1-1-1/outcome')).toHaveLength(1)
  } finally {
    close()
  }
}, 120_000)

// The client of the page

test('the client of the page takes leads, reports, and hands back what it holds when it stops', async () => {
  const page = readFileSync(join(ROOT, 'docs/connect-a-dialler.md'), 'utf8')
  const [, code] = /```ts\n([\s\S]*?)```/.exec(page)!
  expect(code!.trim().split('\n').length).toBeLessThanOrEqual(45)
  const program = join(dir, 'client.ts')
  writeFileSync(program, code!)
  const allocation_id = await allocation(3)
  const { child, ended } = start([String(allocation_id)], {}, program)
  await expect.poll(() => callsIn(allocation_id), { timeout: 60_000 }).toEqual(Array(3).fill('No Answer'))
  child.kill('SIGINT')
  // Whether it is asking at this moment or not: the lead that comes now is not called.
  const target = { ...campaign, allocation_id }
  await new Promise((resolve) => setTimeout(resolve, 500))
  await client.insertLeadFast(target, { Phone: `+6427${line++}` })
  expect(await ended).toMatchObject({ code: 0, err: expect.not.stringContaining('Error') })
  expect(await callsIn(allocation_id)).toHaveLength(3)
  const { body } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { count: 10 })
  expect(body.items, 'handed back').toHaveLength(1)
}, 120_000)

test('the client of the page gives up on what waiting does not mend', async () => {
  const { code, err } = await start(['999999'], {}, join(dir, 'client.ts')).ended
  expect(code).toBe(1)
  expect(err).toContain('1004 UNKNOWN_TARGET')
}, 120_000)

test('endings are drawn by their weight', () => {
  const random = randomFrom(1)
  const drawn = Array.from({ length: 20_000 }, () => draw(random, ENDINGS))
  const weights = ENDINGS.reduce((sum, { weight }) => sum + weight, 0)
  for (const ending of ENDINGS) {
    const share = drawn.filter((one) => one === ending).length / drawn.length
    expect(Math.abs(share - ending.weight / weights)).toBeLessThan(0.02)
  }
  expect(() => readEndings('[{"disposition": "Sale"}]')).toThrow('weight')
  expect(() => readEndings('{}')).toThrow('list')
})
