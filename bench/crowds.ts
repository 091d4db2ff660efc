// Crowds that make trouble for the scenario `overload`: each begins at its call, and ends by the function that it answers.

import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Database } from './database.ts'
import type { Stage } from './stage.ts'

export type Crowd = () => Promise<() => Promise<void>>

/** So many do this again and again, until the function that it answers is called. */
function ceaselessly(count: number, work: (i: number) => Promise<unknown>): () => Promise<void> {
  let over = false
  const working = Array.from({ length: count }, async (_, i) => {
    do await work(i)
    while (!over)
  })
  return async () => {
    over = true
    await Promise.all(working)
  }
}

/** The address of a call of the classic API, for the target of the stage. */
export function classicPath({ target }: Pick<Stage, 'target'>, call: string): string {
  const { template_id, campaign_id, allocation_id } = target
  const ids = `fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`
  return `/servicemanager/rest/CampaignAPI/${call}?${ids}`
}

const head = (method: string, path: string, lines: string[]) =>
  [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...lines, '', ''].join('\r\n')

/** Sockets, opened a hundred at a time so that the listener does not limit them. */
async function open({ host, port }: Stage, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count)
    sockets.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(100, count - sockets.length) }, () => {
          const socket = connect({ host, port, noDelay: true })
          socket.on('error', () => undefined)
          return new Promise<Socket>((resolve) => {
            socket.once('connect', () => resolve(socket)).once('close', () => resolve(socket))
          })
        }),
      )),
    )
  return sockets
}

/** 600 bodies of an insert that come a byte a second, and 3,000 sign-ins of which the last byte never comes. */
export const slowSenders =
  (stage: Stage): Crowd =>
  async () => {
    const lead = head('POST', classicPath(stage, 'insertLeadFast'), [
      `Authorization: Bearer ${stage.key}`,
      'Content-Length: 250',
    ])
    const sign_in = head('POST', '/v1/session', ['Sec-Fetch-Site: same-origin', 'Content-Length: 4000'])
    const slow = await open(stage, 600)
    for (const socket of slow) socket.write(lead)
    const unfinished = await open(stage, 3_000)
    for (const socket of unfinished) socket.write(`${sign_in}{"login":"${'x'.repeat(3_900)}`)
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write(' ')
    }, 1_000)
    return async () => {
      clearInterval(drip)
      for (const socket of [...slow, ...unfinished]) socket.destroy()
    }
  }

/** 200 clients that ask for twelve pages of 500 entries, one behind the other, and read none. */
export const silentReaders =
  (stage: Stage): Crowd =>
  async () => {
    const ask = head('GET', '/v1/dnc?limit=500', [`Authorization: Bearer ${stage.key}`])
    const sockets = await open(stage, 200)
    for (const socket of sockets) {
      socket.pause()
      socket.write(ask.repeat(12))
    }
    return async () => {
      for (const socket of sockets) socket.destroy()
    }
  }

/** Twenty readers that ask all at once, again and again, for the small lists of a large register. */
export const listReads = (stage: Stage) =>
  reads(stage, ['/v1/dnc?list=client', '/v1/dnc?list=campaign', '/v1/dnc'])

/** Twenty readers that have the leads of the allocation counted. */
export const counts = (stage: Stage) => reads(stage, [`/v1/allocations/${stage.target.allocation_id}/counts`])

const reads =
  ({ client }: Stage, paths: string[]): Crowd =>
  async () =>
    ceaselessly(20, async (i) => {
      await client.get(paths[i % paths.length]!).catch(() => undefined)
      await sleep(100)
    })

const MEGABYTES = 8 * 1024 * 1024 - 200

/** Every route that takes a list, each with a body of wrong numbers as large as may be. */
function wrongLists(stage: Pick<Stage, 'target'>): { path: string; body: string }[] {
  const list = (bytes: number) => `[${new Array(Math.floor(bytes / 2)).fill('1').join()}]`
  const long = list(MEGABYTES)
  const short = list(255_000)
  const allocation = `/v1/allocations/${stage.target.allocation_id}`
  return [
    { path: classicPath(stage, 'insertLead'), body: long },
    { path: classicPath(stage, 'updateLead'), body: long },
    { path: '/v1/dnc', body: `{"list":"private","phones":${long}}` },
    { path: '/v1/dnc', body: `{"list":"private","entries":${long}}` },
    { path: '/v1/dnc/removals', body: `{"list":"private","reason":"x","phones":${long}}` },
    { path: '/v1/dnc/check', body: `{"phones":${long}}` },
    { path: `${allocation}/moves`, body: `{"to_allocation_id":1,"lead_ids":${short}}` },
    { path: `${allocation}/recycle`, body: `{"dispositions":${short}}` },
    { path: '/v1/templates', body: `{"name":"x","fields":${short}}` },
    { path: '/v1/contact-hours', body: `{"name":"x","zone":"UTC","exceptions":${short}}` },
  ]
}

/** Sends bytes as they are, with as little work as can be; answers the status, 0 when the line ends without one. */
function post({ host, port, key }: Stage, path: string, body: Buffer): Promise<number> {
  const socket = connect({ host, port, noDelay: true })
  socket.on('error', () => undefined)
  socket.write(head('POST', path, [`Authorization: Bearer ${key}`, `Content-Length: ${body.length}`]))
  socket.write(body)
  return new Promise((resolve) => {
    socket.once('data', (answer: Buffer) => {
      resolve(Number(answer.toString('latin1', 9, 12)))
      socket.destroy()
    })
    socket.once('close', () => resolve(0))
  })
}

/** Sixteen at once of each of these bodies, one path after the other, until it ends. */
export const wrongNumbers = (stage: Stage): Crowd => {
  const lists = wrongLists(stage).map(({ path, body }) => ({ path, body: Buffer.from(body) }))
  return async () => {
    let next = 0
    const statuses = new Set<number>()
    const end = ceaselessly(1, async () => {
      const { path, body } = lists[next++ % lists.length]!
      const all = Array.from({ length: 16 }, () => post(stage, path, body))
      for (const status of await Promise.all(all)) statuses.add(status)
    })
    return async () => {
      await end()
      for (const status of statuses)
        if (status < 400 || status > 422) throw new Error(`a list of wrong numbers was answered ${status}`)
    }
  }
}

/** Sign-ins with invented logins, 300 clients that never stop, all from one network. */
export const guessers =
  (stage: Stage): Crowd =>
  async () =>
    ceaselessly(300, (i) => signIn(stage, '203.0.113.5', `nobody-${i}`, 'a wrong one').catch(() => undefined))

/** As a browser behind a trusted proxy would; answers the status. */
export async function signIn(
  { host, port }: Pick<Stage, 'host' | 'port'>,
  address: string,
  login: string,
  password: string,
): Promise<number> {
  const answer = await fetch(`http://${host}:${port}/v1/session`, {
    method: 'POST',
    headers: { 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': address },
    body: JSON.stringify({ login, password }),
  })
  await answer.arrayBuffer()
  return answer.status
}

/** A transaction that holds these leads, and updates of each of them, again and again; ends with the answers. */
export function lockedLeads(
  stage: Stage,
  { where }: Database,
  external_ids: string[],
  answers: number[],
): Crowd {
  return async () => {
    const session = new Client(where)
    await session.connect()
    await session.query('begin')
    await session.query(
      'select from leads where campaign_id = $1 and external_id = any ($2) order by number for update',
      [stage.target.campaign_id, external_ids],
    )
    const end = ceaselessly(external_ids.length, async (i) => {
      const njExternalLeadId = external_ids[i]!
      const lead = { njExternalLeadId, FirstPhone: '<NO CHANGE>', njDisposition: 'No Answer' }
      answers.push((await stage.client.updateLeadFast(stage.target, lead)).code)
    })
    return async () => {
      const ended = end()
      await session.query('rollback')
      await session.end()
      await ended
    }
  }
}
