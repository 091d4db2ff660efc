// Streams of events: they miss nothing, also across servers and breaks, and show who else has a lead open.

import pg from 'pg'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Followed, follow } from '../src/client/events.ts'
import { LIMITS } from '../src/core/limits.ts'
import { revokeKey } from '../src/db/keys.ts'
import { Pool } from '../src/db/pool.ts'
import { sweepPresence } from '../src/db/presence.ts'
import { SEES_ALL } from '../src/db/sight.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { spyOnQueries } from './support/queries.ts'
import { Conversation, head } from './support/raw.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { client, connection, target } = leadline
const second = await startLeadline({ connection })
afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

type Following = Pick<typeof client, 'follow'>

/** Follows until the test ends; what came, as it comes. */
function followed(by: Following, ...topics: string[]) {
  const got: Followed[] = []
  const lives: boolean[] = []
  const stop = new AbortController()
  const ended = by.follow({
    topics,
    signal: stop.signal,
    on: (event) => got.push(event),
    onLive: (live) => lives.push(live),
  })
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  const of = <Kind extends Followed['event']>(kind: Kind) =>
    got.filter((event): event is Extract<Followed, { event: Kind }> => event.event === kind)
  return { got, of, lives, ended, live: () => until('the stream stands', async () => lives.includes(true)) }
}

async function insert() {
  const njExternalLeadId = mobile()
  const answer = await client.insertLeadFast(target, { FirstPhone: njExternalLeadId, njExternalLeadId })
  const { lead_id } = answer
  expect(answer.code).toBe(0)
  const update = (values: object, by = client) =>
    by.updateLeadFast(target, {
      njExternalLeadId,
      FirstPhone: '<NO CHANGE>',
      njDisposition: 'Sale',
      ...values,
    })
  return { lead_id: lead_id!, update }
}

describe('changes of a lead', () => {
  test('are told with who, which way and what, from now on', async () => {
    const { lead_id, update } = await insert()
    await update({ City: 'Perth' })
    const { live, of } = followed(client, `lead:${lead_id}`)
    await live()
    await update({ City: 'Hobart', njDisposition: '<NO CHANGE>' })
    await until('it is told', async () => of('lead.updated').length === 1)
    expect(of('lead.updated')).toEqual([
      {
        event: 'lead.updated',
        lead_id,
        version: 3,
        at: expect.any(String),
        actor: expect.stringMatching(/^key:\d+$/),
        actor_name: expect.stringMatching(/\w/),
        way: 'classic',
        paths: ['fields.City'],
      },
    ])
  })

  test('are told from the version that the screen has, and none is missed while many are written', async () => {
    const { lead_id, update } = await insert()
    await update({ City: 'Perth' })
    const { of } = followed(client, `lead:${lead_id}@1`)
    for (let i = 0; i < 120; i++) await update({ City: `City ${i}` })
    await until('all are told', async () => of('lead.updated').length === 121)
    expect(of('lead.updated').map(({ version }) => version)).toEqual(
      Array.from({ length: 121 }, (_, i) => i + 2),
    )
  })

  test('that another server took in are told as well', async () => {
    const { lead_id, update } = await insert()
    const { live, of } = followed(second.client, `lead:${lead_id}`)
    await live()
    await update({ City: 'Darwin' })
    await until('it is told', async () => of('lead.updated').length === 1)
  })

  test('are not missed when the stream breaks: it goes on where it was', async () => {
    const { lead_id, update } = await insert()
    const third = await startLeadline({ connection })
    let url = third.url
    const { live, of, lives } = followed(
      {
        follow: (options) =>
          follow((path, sent, signal) => {
            const headers = { ...sent, Authorization: `Bearer ${leadline.key}` }
            return fetch(url + path, { headers, signal })
          }, options),
      },
      `lead:${lead_id}`,
    )
    await live()
    await update({ City: 'one' })
    await until('the first is told', async () => of('lead.updated').length === 1)
    await third.stop()
    await until('the break is noticed', async () => lives.at(-1) === false)
    await update({ City: 'two' })
    url = second.url
    await update({ City: 'three' })
    await until('the others are told', async () => of('lead.updated').length === 3)
    expect(of('lead.updated').map(({ version }) => version)).toEqual([2, 3, 4])
  })
})

describe('presence', () => {
  test('is told to the others, with who edits, until they leave or say no more', async () => {
    const { lead_id } = await insert()
    const [ann, ben] = [await leadline.asOperator('agent'), await leadline.asOperator('agent')]
    const { of, live } = followed(ben, `lead:${lead_id}`)
    await live()
    await until('nobody is there', async () => of('presence').length === 1)
    expect(of('presence')[0]!.operators).toEqual([])
    const path = `/v1/leads/${lead_id}/presence`
    expect(await ann.put(path, { editing: false })).toMatchObject({ status: 204 })
    await until('Ann is seen', async () => of('presence').at(-1)!.operators.length === 1)
    const { operator_id, name } = ann.operator
    expect(of('presence').at(-1)!.operators).toEqual([
      { operator_id, name, editing: false, since: expect.stringMatching(/^\d{4}-.*Z$/) },
    ])
    await ann.put(path, { editing: true })
    await until('she is seen to edit', async () => of('presence').at(-1)!.operators[0]?.editing === true)
    const told = of('presence').length
    await ann.put(path, { editing: true })
    await ann.delete(path)
    await until('she is gone', async () => of('presence').at(-1)!.operators.length === 0)
    expect(of('presence')).toHaveLength(told + 1)
    await ann.put(path, { editing: false })
    await until('she is back', async () => of('presence').at(-1)!.operators.length === 1)
    await admin(
      connection,
      `update presence set seen_at = now() - interval '${LIMITS.presence_s_max + 1} seconds'`,
    )
    await until('she is forgotten', async () => of('presence').at(-1)!.operators.length === 0)
    expect((await client.get(`/v1/leads/${lead_id}`)).body).toMatchObject({ version: 1 })
  })

  test('of long ago is swept away', async () => {
    const { lead_id } = await insert()
    const ann = await leadline.asOperator('agent')
    await ann.put(`/v1/leads/${lead_id}/presence`, { editing: false })
    await admin(connection, `update presence set seen_at = now() - interval '2 hours'`)
    await sweepPresence(leadline.pool)
    expect((await admin(connection, 'select from presence')).rowCount).toBe(0)
  })

  test('is for people, and for leads that they may see', async () => {
    const { lead_id } = await insert()
    const stranger = await leadline.asOperator('agent', ['East'])
    const path = `/v1/leads/${lead_id}/presence`
    expect(await client.put(path, { editing: true })).toMatchObject({ code: 1002 })
    expect(await stranger.put(path, { editing: true })).toMatchObject({ code: 101 })
    const agent = await leadline.asOperator('agent')
    expect(await agent.put(path, {})).toMatchObject({ code: 1005 })
  })
})

test('notes and held updates of a lead are told, although they make no version', async () => {
  const { lead_id, update } = await insert()
  const ben = await leadline.asOperator('agent')
  const { of } = followed(client, `lead:${lead_id}`)
  await until('both are told as they are', async () => of('notes').length === 1 && of('held').length === 1)
  expect([of('notes')[0]!.newest, of('held')[0]!.open]).toEqual([null, 0])
  const noted = await ben.addNote(lead_id, { text: 'Asks for Tuesday' })
  if (!noted.ok) throw new Error(noted.body.detail)
  await until('the note is told', async () => of('notes').at(-1)!.newest === noted.body.note_id)
  await update({ City: 'Perth' })
  const held = await update({ City: 'Hobart', njVersion: 1 })
  await until('the held one is told', async () => of('held').at(-1)!.open === 1)
  expect(of('held').at(-1)!.assigned_to).toEqual([])
  const { operator_id } = ben.operator
  await client.assignConflict(held.body.conflict_id!, { operator_id, was: null })
  await until('it has somebody', async () => of('held').at(-1)!.assigned_to[0] === operator_id)
  expect(of('lead.updated')).toHaveLength(1)
})

test('the inbox is told anew when one is given to somebody, and when somebody opens its lead', async () => {
  const { lead_id, update } = await insert()
  await update({ City: 'Perth' })
  const held = await update({ City: 'Hobart', njVersion: 1 })
  const { of } = followed(client, 'conflicts')
  await until('it is told', async () => of('conflicts').length === 1)
  const ben = await leadline.asOperator('lead')
  const { operator_id } = ben.operator
  await ben.assignConflict(held.body.conflict_id!, { operator_id, was: null })
  await until('it has somebody', async () => of('conflicts').length === 2)
  await ben.sayPresent(lead_id, { editing: false })
  await until('somebody is there', async () => of('conflicts').length === 3)
  expect(new Set(of('conflicts').map(({ open }) => open)).size).toBe(1)
  expect(new Set(of('conflicts').map(({ revision }) => revision)).size).toBe(3)
})

test('held updates are counted for those who may see them', async () => {
  const stranger = await leadline.asOperator('lead', ['East'])
  const [mine, theirs] = [followed(client, 'conflicts'), followed(stranger, 'conflicts')]
  await until(
    'both know',
    async () => mine.of('conflicts').length === 1 && theirs.of('conflicts').length === 1,
  )
  const before = mine.of('conflicts')[0]!.open
  const { update } = await insert()
  await update({ City: 'Perth' })
  expect(await update({ City: 'Hobart', njVersion: 1 })).toMatchObject({ code: 110 })
  await until('one more waits', async () => mine.of('conflicts').at(-1)!.open === before + 1)
  expect(theirs.of('conflicts').map(({ open }) => open)).toEqual([0])
})

test('new leads are told to those who may see them', async () => {
  const stranger = await leadline.asOperator('lead', ['East'])
  const [mine, theirs] = [followed(client, 'leads'), followed(stranger, 'leads')]
  await until('both know', async () => mine.of('leads').length === 1 && theirs.of('leads').length === 1)
  const { lead_id } = await insert()
  const number = Number(lead_id!.split('-')[1])
  await until('the new lead is told', async () => mine.of('leads').at(-1)!.newest === number)
  expect(theirs.of('leads').map(({ newest }) => newest)).toEqual([null])
})

describe('a stream', () => {
  test('ends when its key is revoked', async () => {
    const { lead_id } = await insert()
    const reader = await leadline.clientWith(['read'])
    const { live, ended } = followed(reader, `lead:${lead_id}`)
    await live()
    const { rows } = await admin(connection, 'select max(key_id) as key_id from api_keys')
    await revokeKey(leadline.pool, SEES_ALL, rows[0].key_id)
    expect(await ended).toBe(401)
  })

  test('ends when its operator signs out', async () => {
    const agent = await leadline.asOperator('agent')
    const { live, ended } = followed(agent, 'conflicts')
    await live()
    await agent.delete('/v1/session')
    expect(await ended).toBe(401)
  })

  test('ends when the server stops, at once', async () => {
    const third = await startLeadline({ connection })
    const { live, lives } = followed(third.client, 'conflicts')
    await live()
    await third.stop()
    await until('it has ended', async () => lives.at(-1) === false)
  })

  const path = '/v1/events?topics=conflicts'
  const Authorization = `Bearer ${leadline.key}`

  /** As many times as one caller may follow, and once more. */
  async function tooOften(work: () => Promise<unknown>) {
    const left = Array.from({ length: LIMITS.followers_max + 1 }, () => work)
    const some = async () => {
      for (let next = left.pop(); next; next = left.pop()) await next()
    }
    await Promise.all(Array.from({ length: 20 }, some))
  }

  async function opens(by: Following = client) {
    const { live, lives } = followed(by, 'conflicts')
    await live()
    expect(lives).toEqual([true])
  }

  test('is nothing for a HEAD, which leaves nothing behind', async () => {
    await tooOften(async () => {
      const answer = await fetch(leadline.url + path, { method: 'HEAD', headers: { Authorization } })
      expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'GET'])
    })
    await opens()
  })

  test('leaves nothing behind when its client hangs up before it begins', async () => {
    await tooOften(async () => {
      const line = await Conversation.open(leadline.url)
      await line.send(head('GET', path, [`Authorization: ${Authorization}`]))
      if (Math.random() < 0.5) await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
      line.hangUp()
    })
    await until('there is room', async () => {
      const answer = await fetch(leadline.url + path, { headers: { Authorization } })
      await answer.body?.cancel()
      return answer.status === 200
    })
    await opens()
  })

  test('of others finds room, however many one caller opens', async () => {
    const greedy = await leadline.keyWith(['read'])
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const headers = { Authorization: `Bearer ${greedy}` }
    // Kept: the client hangs up on an answer that nobody holds any more.
    const answers: Response[] = []
    const withStatus = (status: number) => answers.filter((answer) => answer.status === status).length
    while (withStatus(503) === 0)
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 100 }, () => fetch(leadline.url + path, { headers, signal: stop.signal })),
        )),
      )
    expect(withStatus(200)).toBe(LIMITS.followers_max / 2)
    await opens()
  }, 60_000)

  test('costs no question of its own: all of a process ask together, and wait for each other', async () => {
    const third = await startLeadline({ connection })
    const query = spyOnQueries(Pool.prototype)
    onTestFinished(() => query.mockRestore())
    const asked = (name: string) => query.mock.calls.filter(([statement]) => statement.name === name).length
    const agents = await Promise.all(Array.from({ length: 4 }, () => third.asOperator('agent')))
    const following = [third.client, ...agents].flatMap((by) => [
      followed(by, 'conflicts'),
      followed(by, 'conflicts'),
    ])
    for (const { live } of following) await live()
    query.mockClear()
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(asked('callers.standing')).toBeGreaterThan(1)
    expect(asked('callers.standing')).toBeLessThanOrEqual(5)
    expect(asked('sessions.byHash') + asked('keys.byHash')).toBe(0)

    // While the database is slow nothing piles up, and nobody is cut off for it.
    const session = new pg.Client(connection)
    await session.connect()
    onTestFinished(() => session.end())
    await session.query('begin; lock table api_keys in access exclusive mode')
    query.mockClear()
    await new Promise((resolve) => setTimeout(resolve, 1_800))
    expect(asked('callers.standing')).toBeLessThanOrEqual(2)
    await session.query('rollback')
    await until('it is asked again', async () => asked('callers.standing') > 2)
    for (const { lives } of following) expect(lives).toEqual([true])
  })

  test.for<[string, number]>([
    ['', 1003],
    ['lead:', 1003],
    ['lead:1-1@', 1003],
    ['lead:1', 1003],
    ['weather', 1003],
    [Array.from({ length: LIMITS.topics_max + 1 }, (_, i) => `lead:1-${i + 1}`).join(','), 1003],
    ['lead:1-999999', 101],
  ])('of the topics %j is refused', async ([topics, code]) => {
    expect(await client.get('/v1/events', { topics })).toMatchObject({ code })
  })

  test('of a lead that may not be seen is refused', async () => {
    const { lead_id } = await insert()
    const stranger = await leadline.asOperator('agent', ['East'])
    expect(await stranger.get('/v1/events', { topics: `lead:${lead_id}` })).toMatchObject({ code: 101 })
  })
})
