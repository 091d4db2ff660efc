// Every result code over HTTP, in both styles, against the one list of results: a code without a scenario fails.

import { readdirSync, readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { LIMITS } from '../src/core/limits.ts'
import { RESULTS, type ResultName } from '../src/core/result.ts'
import { createKey, revokeKey } from '../src/db/keys.ts'
import { SEES_ALL } from '../src/db/sight.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { hashKey } from '../src/intake/keys.ts'
import { type Leadline, mobile, startLeadline } from './support/leadline.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { Conversation, head } from './support/raw.ts'
import { leadAtWork } from './support/slot.ts'
import { whileWritesAreSlow } from './support/slow-writes.ts'
import { wireTo } from './support/wire.ts'

const NOW = '2026-07-01T01:30:00Z'
const CLASSIC = '/servicemanager/rest/CampaignAPI'

const leadline = await startLeadline({ now: () => NOW })
const { client, target, connection } = leadline
const readers = await leadline.clientWith(['read'])
const north = await leadline.clientWith(
  ['read', 'write', 'admin'],
  [await ensureTeam(leadline.pool, 'North')],
)

/** An answer as it came over the wire. */
interface Reply {
  status: number
  headers: Headers
  text: string
}

interface Sent {
  server?: Leadline
  /** Null: none. */
  key?: string | null
  query?: Record<string, string | number>
  headers?: Record<string, string>
  /** A text goes out as it is. */
  body?: unknown
}

async function send(method: string, path: string, sent: Sent = {}): Promise<Reply> {
  const { server = leadline, key = server.key, query = {}, headers, body } = sent
  const url = new URL(server.url + path)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(key === null ? {} : { Authorization: `Bearer ${key}` }) },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const ids = {
  fTemplateId: target.template_id,
  fCampaignId: target.campaign_id,
  fAllocationId: target.allocation_id,
}
const insert = (body: unknown, { query, ...sent }: Sent = {}) =>
  send('POST', `${CLASSIC}/insertLeadFast`, { ...sent, body, query: { ...ids, ...query } })
const update = (body: unknown, { query, ...sent }: Sent = {}) =>
  send('POST', `${CLASSIC}/updateLeadFast`, { ...sent, body, query: { ...ids, ...query } })

/** A lead through /v1. */
const create = (lead: object, sent: Sent = {}) =>
  send('POST', '/v1/leads', { ...sent, body: { allocation_id: target.allocation_id, ...lead } })
const createWith = (fields: Record<string, string | null>, sent: Sent = {}) => create({ fields }, sent)

/** A change through /v1 of a lead in version 1. */
async function change(patch: unknown, { query, ...sent }: Sent = {}) {
  const { lead_id } = await calledLead()
  return send('PATCH', `/v1/leads/${lead_id}`, {
    headers: { 'If-Match': '"v1"' },
    ...sent,
    query,
    body: patch,
  })
}

/** A lead in version 2 that is changed from version 1, and what the change meets. */
async function lateChange(on_conflict: string) {
  const { lead_id } = await calledLead()
  const headers = { 'If-Match': '"v1"' }
  const path = `/v1/leads/${lead_id}`
  await send('PATCH', path, { headers, body: { fields: { City: 'Fitzroy' } } })
  return send('PATCH', path, { headers, query: { on_conflict }, body: { fields: { City: 'Carlton' } } })
}

async function mergedChange() {
  const { lead_id } = await calledLead()
  const headers = { 'If-Match': '"v1"' }
  const path = `/v1/leads/${lead_id}`
  await send('PATCH', path, { headers, body: { fields: { City: 'Fitzroy' } } })
  return send('PATCH', path, {
    headers,
    query: { on_conflict: 'merge' },
    body: { fields: { Name: 'Ana Costa' } },
  })
}

/** A lead in version 2 whose change from version 1 is merged with these decisions. */
async function merge(decisions: object, lead_version = 2) {
  const { lead_id } = await calledLead()
  const path = `/v1/leads/${lead_id}`
  await send('PATCH', path, { headers: { 'If-Match': '"v1"' }, body: { fields: { City: 'Fitzroy' } } })
  const mine = { fields: { City: 'Carlton' } }
  return send('POST', `${path}/merge`, { body: { base_version: 1, lead_version, mine, decisions } })
}

let references = 0

/** A lead that was called once, so that updates may leave its disposition alone. */
async function calledLead(fields: Record<string, string> = {}) {
  const [njExternalLeadId, FirstPhone] = [`R${++references}`, mobile()]
  const lead = { Name: 'Ana Silva', FirstPhone, njExternalLeadId, njDisposition: 'Busy', ...fields }
  const { code, lead_id } = await client.insertLead(target, lead)
  expect(code).toBe(0)
  return { lead_id: lead_id!, njExternalLeadId, FirstPhone }
}

/** The answer to an outcome of a lead in the hands of a dialler. */
async function outcome(report: object, before?: object) {
  const { FirstPhone: phone } = await calledLead({ njDisposition: 'Client Approved Callback' })
  const taken = await client.post<{ items: { lease_id: string }[] }>(
    `/v1/allocations/${target.allocation_id}/leases`,
    {},
  )
  const path = `/v1/leases/${taken.body.items[0]!.lease_id}/outcome`
  if (before) await client.put(path, { phone, ...before })
  return send('PUT', path, { body: { phone, ...report } })
}

/** The answer to a sign-in after so many wrong ones that it is not looked at any more. */
async function signInOften(login: string): Promise<Reply> {
  for (let i = 0; i < 20; i++) {
    const reply = await send('POST', '/v1/session', { key: null, body: { login, password: `guess ${i}` } })
    if (reply.status !== 401) return reply
  }
  throw new Error('nothing slows a guesser down')
}

async function blockedNumber() {
  const phone = mobile()
  expect(await client.post('/v1/dnc', { list: 'private', phones: [phone] })).toMatchObject({ status: 201 })
  return phone
}

async function heldNumber() {
  const FirstPhone = mobile()
  expect(await client.insertLeadFast(target, { FirstPhone })).toMatchObject({ code: 0 })
  return FirstPhone
}

/** An update of a phone field that waits for a person; the lead has version 2 by now. */
async function heldUpdate() {
  const { njExternalLeadId } = await calledLead()
  expect(await client.updateLeadFast(target, { njExternalLeadId, FirstPhone: mobile() })).toMatchObject({
    version: 2,
  })
  const late = await client.updateLeadFast(target, { njExternalLeadId, FirstPhone: mobile(), njVersion: 1 })
  expect(late.code).toBe(110)
  return late.body.conflict_id!
}

/** Settles a held update with a number of the operator's own choice. */
const settleWith = async (number: string | null, lead_version = 2) =>
  send('PUT', `/v1/conflicts/${await heldUpdate()}/resolution`, {
    body: {
      lead_version,
      decisions: { 'fields.FirstPhone': { take: 'value', value: { 'fields.FirstPhone': number } } },
    },
  })

/** Runs `work` while a table of the test's own database is not where it belongs. */
async function withoutTable<T>(table: string, work: () => Promise<T>): Promise<T> {
  await admin(connection, `alter table ${table} rename to ${table}_elsewhere`)
  try {
    return await work()
  } finally {
    await admin(connection, `alter table ${table}_elsewhere rename to ${table}`)
  }
}

const bearer = (server: Leadline) => `Authorization: Bearer ${server.key}`

/** The next answer of a conversation. */
async function replyOf(conversation: Conversation): Promise<Reply> {
  const answer = await conversation.answer()
  conversation.hangUp()
  if (!answer) throw new Error('the server hung up without an answer')
  return { status: answer.status, headers: new Headers(answer.headers), text: answer.body }
}

const CLASSIC_INSERT = `${CLASSIC}/insertLeadFast?${new URLSearchParams(
  Object.entries(ids).map(([name, id]) => [name, String(id)]),
)}`

/** A body that is longer than its route takes, without saying so beforehand. */
async function tooMuchInChunks(path: string): Promise<Reply> {
  const conversation = await Conversation.open(leadline.url)
  const blanks = ' '.repeat(LIMITS.body_bytes_max + 1)
  await conversation.send(head('POST', path, [bearer(leadline), 'Transfer-Encoding: chunked']))
  await conversation.send(`${blanks.length.toString(16)}\r\n${blanks}\r\n0\r\n\r\n`)
  return replyOf(conversation)
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const full = await startLeadline({ connection, gate: { slots: 1, queue_max: 0 } })
const repeated = await startLeadline({
  connection,
  gate: { slots: 1, queue_max: 0 },
  classic: { statuses: { TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: 429 } },
})
const impatient = await startLeadline({ connection, gate: { slots: 1, queue_max: 10, wait_ms: 100 } })

/** Takes the only slot of a server until the test ends. */
async function busy(server: Leadline) {
  await untilBusy(server, 0)
  await leadAtWork(server)
  await untilBusy(server, 1)
  return { server }
}

const untilBusy = (server: Leadline, slots: number) =>
  expect
    .poll(async () => (await send('GET', '/metrics', { server })).text, { interval: 5, timeout: 10_000 })
    .toMatch(new RegExp(`^leadline_gate_busy ${slots}$`, 'm'))

const closing = await startLeadline({ connection })
const old_fashioned = await startLeadline({ connection, classic: { statuses: { EXCEPTION: 400 } } })

// The database behind this one goes away for good.
const doomed = await startLeadline({ damaged: true })
let gone: Promise<void> | undefined
const withoutDatabase = async () => {
  gone ??= dropDatabase(doomed.connection).then(() => undefined)
  await gone
  return { server: doomed }
}

/** A server on a database and a road of its own, so that the connection of a statement can be cut. */
const home = await cloneDatabase(inject('servers').find(({ major }) => major === 18)!.connection)
afterAll(() => dropDatabase(home))
const road = await wireTo(home)
afterAll(() => road.close())
const remote = await startLeadline({ connection: road.connection })

/** The session of the database ends while it writes a lead. */
const insertInEndedSession = (lead: object) =>
  whileWritesAreSlow(connection, 'leads', async (underWay) => {
    const answer = insert(lead)
    await admin(connection, `select pg_terminate_backend(${await underWay()})`)
    return answer
  })

/** The statement that writes a lead is on its way when the connection is lost. */
const overCutRoad = (send: () => Promise<Reply>) =>
  whileWritesAreSlow(home, 'leads', async (underWay) => {
    const answer = send()
    await underWay()
    road.cut()
    return answer
  })
const insertOverCutRoad = (lead: object) => overCutRoad(() => insert(lead, { server: remote }))

type Run = () => Promise<Reply | Reply[]>
/** Scenarios by what happens in them; a text: why no route of this style can answer the code. */
type Scenarios = Record<string, Run> | string

const LATER = 'nothing answers it yet'

const SCENARIOS: Record<ResultName, { classic: Scenarios; v1: Scenarios }> = {
  OK: {
    classic: {
      'a lead is taken': () => insert({ Name: 'Ana Silva', FirstPhone: mobile() }),
      'a lead is updated': async () => {
        const { njExternalLeadId } = await calledLead()
        return update({ njExternalLeadId, FirstPhone: '<NO CHANGE>', City: 'Fitzroy' })
      },
    },
    v1: {
      'a lead is read': async () => send('GET', `/v1/leads/${(await calledLead()).lead_id}`),
      'something is created': () =>
        send('POST', '/v1/contact-hours', { body: { name: 'Perth', zone: 'Australia/Perth' } }),
      'a held update is settled': async () => settleWith(mobile()),
      'a lead is taken': () => createWith({ FirstPhone: mobile() }),
      'a lead is changed': () => change({ fields: { City: 'Fitzroy' } }),
      'a change is merged with another one': () => mergedChange(),
      'a merge is saved': () => merge({ address: { take: 'mine' } }),
    },
  },
  COULDNT_FIND_THE_LEAD: {
    classic: {
      'no lead has the external id': () => update({ njExternalLeadId: 'nobody', FirstPhone: mobile() }),
    },
    v1: {
      'no lead has the id': () => send('GET', `/v1/leads/${target.campaign_id}-999999`),
      'the id is no id': () => send('GET', '/v1/leads/Jane'),
      'the lead is not one that the key may see': async () => {
        const { lead_id } = await calledLead()
        const { status, headers, body } = await north.request('GET', `/v1/leads/${lead_id}`)
        return { status, headers, text: JSON.stringify(body) }
      },
      'no lead has the id that is changed': () =>
        send('PATCH', `/v1/leads/${target.campaign_id}-999999`, {
          headers: { 'If-Match': '"v1"' },
          body: { fields: { City: 'Fitzroy' } },
        }),
    },
  },
  NO_PHONE_FIELDS: {
    classic: {
      'a new lead without a number': () => insert({ Name: 'Ana Silva', FirstPhone: ' ' }),
      'an update that names no phone field': async () => {
        const { njExternalLeadId } = await calledLead()
        return update({ njExternalLeadId, City: 'Fitzroy' })
      },
    },
    v1: {
      'a decision that leaves no number': () => settleWith(null),
      'a new lead without a number': () => createWith({ Name: 'Ana Silva', FirstPhone: ' ' }),
      'a change that leaves no number': () => change({ fields: { FirstPhone: null } }),
    },
  },
  EXCEPTION: {
    classic: {
      'a table is missing while a lead is inserted': () =>
        withoutTable('lead_phones', () => insert({ FirstPhone: mobile() })),
      'a table is missing while a lead is updated': async () => {
        const { njExternalLeadId } = await calledLead()
        return withoutTable('events', () =>
          update({ njExternalLeadId, FirstPhone: '<NO CHANGE>', City: 'Fitzroy' }),
        )
      },
    },
    v1: {
      'a table is missing while something is read': async () => {
        const { lead_id } = await calledLead()
        return withoutTable('call_records', () => send('GET', `/v1/leads/${lead_id}/calls`))
      },
      'a table is missing while a lead is inserted': () =>
        withoutTable('lead_phones', () => createWith({ FirstPhone: mobile() })),
      'a table is missing while a lead is changed': async () => {
        const { lead_id } = await calledLead()
        return withoutTable('events', () =>
          send('PATCH', `/v1/leads/${lead_id}`, {
            headers: { 'If-Match': '"v1"' },
            body: { fields: { City: 'Fitzroy' } },
          }),
        )
      },
    },
  },
  DNC: {
    classic: {
      'a new lead has a blocked number': async () => insert({ FirstPhone: await blockedNumber() }),
      'an update brings a blocked number': async () => {
        const { njExternalLeadId } = await calledLead()
        return update({ njExternalLeadId, SecondPhone: await blockedNumber() })
      },
    },
    v1: {
      'a decision brings a blocked number': async () => settleWith(await blockedNumber()),
      'a new lead has a blocked number': async () => createWith({ FirstPhone: await blockedNumber() }),
      'a change brings a blocked number': async () =>
        change({ fields: { SecondPhone: await blockedNumber() } }),
    },
  },
  DUPLICATE: {
    classic: {
      'a new lead has the number of another': async () => insert({ FirstPhone: await heldNumber() }),
      'an update brings the number of another lead': async () => {
        const { njExternalLeadId } = await calledLead()
        return update({ njExternalLeadId, SecondPhone: await heldNumber() })
      },
    },
    v1: {
      'a decision brings the number of another lead': async () => settleWith(await heldNumber()),
      'a new lead has the number of another': async () => createWith({ FirstPhone: await heldNumber() }),
      'a change brings the number of another lead': async () =>
        change({ fields: { SecondPhone: await heldNumber() } }),
    },
  },
  INVALID_DISPOSTION: {
    classic: {
      'the set has no such disposition': async () => {
        const { njExternalLeadId } = await calledLead()
        return update({ njExternalLeadId, FirstPhone: '<NO CHANGE>', njDisposition: 'Delighted' })
      },
    },
    v1: {
      'the set has no such disposition': () => change({ disposition: 'Delighted' }),
      'an outcome that the set does not have': () => outcome({ disposition: 'Delighted' }),
    },
  },
  DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED: {
    classic: {
      'the lead was never called': async () => {
        await insert({ FirstPhone: mobile(), njExternalLeadId: 'never-called' })
        return update({ njExternalLeadId: 'never-called', FirstPhone: '<NO CHANGE>' })
      },
    },
    v1: 'classic only: an update of /v1 need not speak of a disposition',
  },
  IMPORT_BUT_NOCHANGE_SPECIFIED: {
    classic: { 'a new lead keeps nothing': () => insert({ Name: '<NO CHANGE>', FirstPhone: mobile() }) },
    v1: {
      'a new lead keeps nothing': () => createWith({ Name: '<NO CHANGE>', FirstPhone: mobile() }),
      'not in its source either': () => create({ fields: { FirstPhone: mobile() }, source: ' <no change> ' }),
    },
  },
  TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: {
    classic: {
      'the queue is full': async () => {
        const there = await busy(full)
        return [await insert({ FirstPhone: mobile() }, there), await update({}, there)]
      },
      'no slot comes free in time': async () => insert({ FirstPhone: mobile() }, await busy(impatient)),
    },
    v1: {
      'the queue is full': async () => {
        const there = await busy(full)
        const lead = `/v1/leads/${target.campaign_id}-1`
        return [
          await createWith({ FirstPhone: mobile() }, there),
          await change({}, there),
          await send('POST', `${lead}/merge`, { ...there, body: {} }),
          await send('POST', `${lead}/revert`, { ...there, body: {} }),
        ]
      },
      'no slot comes free in time': async () => createWith({ FirstPhone: mobile() }, await busy(impatient)),
    },
  },
  LEAD_NOT_UPDATED_DUE_TO_CONFLICT: {
    classic: {
      'the lead has moved on since the version that the caller saw': async () => {
        const { njExternalLeadId } = await calledLead()
        await update({ njExternalLeadId, FirstPhone: '<NO CHANGE>', City: 'Fitzroy' })
        return update({ njExternalLeadId, FirstPhone: '<NO CHANGE>', City: 'Carlton', njVersion: '1' })
      },
    },
    v1: {
      'the decision was made for an older version': () => settleWith(mobile(), 1),
      'a change was made from an older version': () => lateChange('fail'),
      'a change clashes with another one': () => lateChange('merge'),
      'a merge was decided for an older version': () => merge({ address: { take: 'mine' } }, 1),
    },
  },
  INVALID_TIMEZONE_SPECIFIED: {
    classic: { 'no such contact hours': () => insert({ FirstPhone: mobile(), njContactHours: 'Mars' }) },
    v1: {
      'no such contact hours': () => create({ fields: { FirstPhone: mobile() }, contact_hours: 'Mars' }),
      'a change to no such contact hours': () => change({ contact_hours: 'Mars' }),
    },
  },
  DUPLICATE_EXTERNAL_ID: {
    classic: {
      'another lead has the external id': async () => {
        const { njExternalLeadId } = await calledLead()
        return insert({ FirstPhone: mobile(), njExternalLeadId })
      },
    },
    v1: {
      'another lead has the external id': async () => {
        const { njExternalLeadId } = await calledLead()
        return create({ external_id: njExternalLeadId, fields: { FirstPhone: mobile() } })
      },
    },
  },
  UNAUTHORIZED: {
    classic: {
      'no key': () => insert({ FirstPhone: mobile() }, { key: null }),
      'a wrong key': () => insert({ FirstPhone: mobile() }, { key: 'wrong' }),
    },
    v1: {
      'no key': () => send('GET', '/v1/templates', { key: null }),
      'a wrong key': () => send('GET', '/v1/templates', { key: 'wrong' }),
      'no such login': () =>
        send('POST', '/v1/session', { key: null, body: { login: 'jane', password: 'open sesame' } }),
      'the key stands in the address': () =>
        send('GET', '/v1/templates', { key: null, query: { apiKey: leadline.key } }),
    },
  },
  FORBIDDEN: {
    classic: {
      'the key may only read': async () => {
        const { status, headers, body } = await readers.request('POST', `${CLASSIC}/insertLeadFast`, {
          query: ids,
          body: { FirstPhone: mobile() },
        })
        return { status, headers, text: JSON.stringify(body) }
      },
    },
    v1: {
      'the key may only read': async () => {
        const { status, headers, body } = await readers.request('POST', '/v1/templates', { body: {} })
        return { status, headers, text: JSON.stringify(body) }
      },
      'the operator has not the role': async () => {
        const agent = await leadline.asOperator('agent')
        const { status, headers, body } = await agent.request('DELETE', `/v1/leads/${target.campaign_id}-1`)
        return { status, headers, text: JSON.stringify(body) }
      },
    },
  },
  MALFORMED_REQUEST: {
    classic: {
      'no JSON': () => insert('{"FirstPhone":'),
      'a switch that is neither on nor off': () =>
        insert({ FirstPhone: mobile() }, { query: { allowDuplicates: 'maybe' } }),
      'no HTTP': async () => {
        const conversation = await Conversation.open(leadline.url)
        await conversation.send('Hello there\r\n\r\n')
        return replyOf(conversation)
      },
      'an address that cannot be decoded': () => send('GET', `${CLASSIC}/%zz`),
    },
    v1: {
      'no JSON': () => send('POST', '/v1/templates', { body: '{"name":' }),
      'a page size that is none': () => send('GET', '/v1/templates', { query: { limit: 0 } }),
      'an address that cannot be decoded': () => send('GET', '/v1/leads/%zz'),
      'a lead that is no object': () => send('POST', '/v1/leads', { body: [] }),
      'a version that the lead never had': () => change({}, { headers: { 'If-Match': '"v7"' } }),
      'a tag that is no version': () => change({}, { headers: { 'If-Match': '"7"' } }),
      'what becomes of a conflict is none of the three': () =>
        change({}, { query: { on_conflict: 'force' } }),
    },
  },
  UNKNOWN_TARGET: {
    classic: {
      'no such allocation': () => insert({ FirstPhone: mobile() }, { query: { fAllocationId: 999_999 } }),
    },
    v1: {
      'no such template': () => send('GET', '/v1/templates/999999'),
      'no such address': () => send('GET', '/v1/nothing'),
      'no such allocation': () => create({ allocation_id: 999_999, fields: { FirstPhone: mobile() } }),
      'no such version': async () => send('GET', `/v1/leads/${(await calledLead()).lead_id}/versions/2`),
    },
  },
  INVALID_FIELD: {
    classic: {
      'an object where a text stands': () => insert({ FirstPhone: mobile(), Name: {} }),
    },
    v1: {
      'a body without what it needs': () => send('POST', '/v1/templates', { body: {} }),
      'a value that its field refuses': () => createWith({ FirstPhone: mobile(), Email: 'not an address' }),
      'a change of a field that is none': () => change({ fields: { Shoe: '42' } }),
      'a group that nobody decided': () => merge({}),
      'the insert is to be undone': async () =>
        send('POST', `/v1/leads/${(await calledLead()).lead_id}/revert`, {
          body: { version: 1, lead_version: 1 },
        }),
    },
  },
  INVALID_PHONE_NUMBER: {
    classic: {
      'no number can be dialled': () => insert({ FirstPhone: 'call me' }),
      'an update leaves no number that can be dialled': async () => {
        const { njExternalLeadId } = await calledLead()
        return update({ njExternalLeadId, FirstPhone: 'call me' })
      },
    },
    v1: {
      'no number can be listed': () =>
        send('POST', '/v1/dnc', { body: { list: 'private', phones: ['call me'] } }),
      'a decision that leaves no number that can be dialled': () => settleWith('call me'),
      'no number can be dialled': () => createWith({ FirstPhone: 'call me' }),
      'a change leaves no number that can be dialled': () => change({ fields: { FirstPhone: 'call me' } }),
    },
  },
  INVALID_CALLBACK_DATE: {
    classic: { 'no such day': () => insert({ FirstPhone: mobile(), njCallBackDate: '2027/02/30 09:00' }) },
    v1: {
      'no such day': () =>
        create({ fields: { FirstPhone: mobile() }, callback: { local: '2027-02-30T09:00' } }),
      'a change to a year ago': () => change({ callback: { local: '2025-06-30T09:00' } }),
      'an outcome with no such day': () => outcome({ disposition: 'Callback', callback: '2027-02-30T09:00' }),
    },
  },
  INVALID_PRIORITY: {
    classic: { 'over a hundred': () => insert({ FirstPhone: mobile(), njPriority: '101' }) },
    v1: {
      'over a hundred': () => create({ fields: { FirstPhone: mobile() }, priority: 101 }),
      'a change to a half': () => change({ priority: 2.5 }),
    },
  },
  TOO_LARGE: {
    classic: {
      'the length says so': () => insert(' '.repeat(LIMITS.body_bytes_max + 1)),
      'the chunks are too many': () => tooMuchInChunks(CLASSIC_INSERT),
      'an array of too many leads': () =>
        send('POST', `${CLASSIC}/insertLead`, {
          query: ids,
          body: new Array(LIMITS.batch_rows_max + 1).fill({}),
        }),
    },
    v1: {
      'the length says so': () =>
        send('POST', '/v1/templates', { body: ' '.repeat(LIMITS.body_bytes_max + 1) }),
      'the chunks are too many': () => tooMuchInChunks('/v1/templates'),
      'a lead is too long': () => send('POST', '/v1/leads', { body: ' '.repeat(LIMITS.body_bytes_max + 1) }),
    },
  },
  IDEMPOTENCY_KEY_REUSED: {
    classic: LATER,
    v1: {
      'a lease gets another outcome than it has': () =>
        outcome({ disposition: 'Busy' }, { disposition: 'Sale' }),
    },
  },
  IDEMPOTENCY_IN_PROGRESS: { classic: LATER, v1: LATER },
  RATE_LIMITED: {
    classic: 'keys have no limit of their own, and nobody signs in here',
    v1: { 'too many wrong passwords for one login': () => signInOften('nobody') },
  },
  UNAVAILABLE: {
    classic: {
      'the database is gone': async () => insert({ FirstPhone: mobile() }, await withoutDatabase()),
      'the session ends while a lead is written': () => insertInEndedSession({ FirstPhone: mobile() }),
      'the connection is lost while a lead is written': () => insertOverCutRoad({ FirstPhone: mobile() }),
    },
    v1: {
      'the database is gone': async () => [
        await send('GET', '/v1/templates', await withoutDatabase()),
        await send('GET', '/readyz', await withoutDatabase()),
      ],
      'the server is shutting down': async () => {
        const conversation = await Conversation.open(closing.url)
        // A request that has begun to arrive is still answered.
        const request = head('GET', '/readyz')
        await conversation.send(request.slice(0, 10))
        await sleep(100)
        const stopped = closing.stop()
        await conversation.send(request.slice(10))
        const answer = await replyOf(conversation)
        await stopped
        return answer
      },
      'the database is gone while a lead is inserted': async () =>
        createWith({ FirstPhone: mobile() }, await withoutDatabase()),
      'the connection is lost while a lead is inserted': () =>
        overCutRoad(() => createWith({ FirstPhone: mobile() }, { server: remote })),
    },
  },
  PRECONDITION_REQUIRED: {
    classic: '/v1 only',
    v1: {
      'a change names no version': () => change({ fields: { City: 'Fitzroy' } }, { headers: {} }),
      'a change of whatever version': () => change({}, { headers: { 'If-Match': '*' } }),
    },
  },
}

const RETRYABLE: readonly ResultName[] = [
  'TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS',
  'IDEMPOTENCY_IN_PROGRESS',
  'RATE_LIMITED',
  'UNAVAILABLE',
]

/** Checks that hold for every answer. */
function expectRequestId({ headers }: Reply) {
  expect(headers.get('X-Request-Id')).toMatch(/^[\w-]{16,64}$/)
}

function expectClassic(name: ResultName, reply: Reply) {
  const { code, classic } = RESULTS[name]
  expect(reply).toMatchObject({ status: classic, text: expect.stringMatching(/^\{.*\}$/) })
  expect(reply.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
  expectRequestId(reply)
  if (name === 'OK') {
    expect(reply.text).toBe('{"code":0,"message":"OK"}')
    expect(reply.headers.get('X-Lead-Id')).toMatch(/^\d+-\d+$/)
    expect(reply.headers.get('ETag')).toMatch(/^"v\d+"$/)
    return
  }
  const body = JSON.parse(reply.text)
  const published = reply.text.startsWith(`{"code":${code},"message":"${name}",`)
  expect(published, reply.text.slice(0, 100)).toBe(true)
  expect(body.detail).toMatch(/\w/)
  expect(body.request_id).toBe(reply.headers.get('X-Request-Id'))
}

function expectV1(name: ResultName, reply: Reply) {
  const { code, v1, fix } = RESULTS[name]
  expectRequestId(reply)
  if (name === 'OK') {
    expect([200, 201], reply.text).toContain(reply.status)
    expect(reply.headers.get('Content-Type')).toMatch(/^application\/json\b/)
    return
  }
  expect(reply, reply.text).toMatchObject({ status: v1 })
  expect(reply.headers.get('Content-Type')).toBe('application/problem+json; charset=utf-8')
  const body = JSON.parse(reply.text)
  expect(body).toMatchObject({
    type: `urn:leadline:result:${code}`,
    title: STATUS_CODES[v1!],
    status: v1,
    code,
    name,
    detail: expect.stringMatching(/\w/),
    fix,
    request_id: reply.headers.get('X-Request-Id'),
    retryable: RETRYABLE.includes(name) && body.written !== 'unknown',
  })
}

/** The part of an answer that tells a sender whether to send the same again. */
function expectWritten(name: ResultName, title: string, { text, headers }: Reply) {
  const is_wait = RETRYABLE.includes(name)
  const unknown = title.startsWith('the connection is lost')
  const { written } = text === '' ? { written: undefined } : JSON.parse(text)
  const told = name === 'UNAVAILABLE' || name === 'TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS'
  expect(written).toBe(told ? (unknown ? 'unknown' : 'no') : undefined)
  expect(headers.get('Retry-After') ?? '').toMatch(is_wait && !unknown ? /^[1-9]\d*$/ : /^$/)
}

describe.each([
  ['classic', expectClassic],
  ['v1', expectV1],
] as const)('%s', (style, expectAnswer) => {
  const rows = Object.entries(SCENARIOS).flatMap(([name, scenarios]) => {
    const found = scenarios[style]
    if (typeof found === 'string') return []
    return Object.entries(found).map(
      ([title, run]) => [RESULTS[name as ResultName].code, name as ResultName, title, run] as const,
    )
  })
  test.each(rows)('%i %s: %s', async (_code, name, title, run) => {
    const answers = await run()
    for (const reply of Array.isArray(answers) ? answers : [answers]) {
      expectAnswer(name, reply)
      expectWritten(name, title, reply)
      expect(reply.headers.has('WWW-Authenticate')).toBe(name === 'UNAUTHORIZED')
    }
  })
})

describe('the map', () => {
  test('has every result, with a scenario in each style or the reason why there is none', () => {
    expect(Object.keys(SCENARIOS).sort()).toEqual(Object.keys(RESULTS).sort())
    for (const [name, scenarios] of Object.entries(SCENARIOS))
      for (const found of Object.values(scenarios))
        expect(typeof found === 'string' ? found.length : Object.keys(found).length, name).toBeGreaterThan(0)
  })

  test('has no scenario in a style for which the list has no status', () => {
    for (const [name, { classic, v1 }] of Object.entries(RESULTS)) {
      const scenarios = SCENARIOS[name as ResultName]
      if (classic === null) expect(scenarios.classic, name).toBeTypeOf('string')
      if (v1 === null) expect(scenarios.v1, name).toBeTypeOf('string')
    }
  })

  test('says that nothing answers a result only while nothing in the source names it', () => {
    const later = Object.entries(SCENARIOS)
      .filter(({ 1: scenarios }) => Object.values(scenarios).every((found) => typeof found === 'string'))
      .map(([name]) => name as ResultName)
    expect(later.map((name) => RESULTS[name].code)).toEqual([1011])
    const sources = sourceFiles().filter(([file]) => file !== 'core/result.ts')
    expect(sources.length).toBeGreaterThan(50)
    for (const name of later) {
      const { code } = RESULTS[name]
      const speaks = new RegExp(`\\b(?:${name}|${code})\\b`)
      expect(
        sources.filter(({ 1: text }) => speaks.test(text)).map(([file]) => file),
        `${code} ${name} has no scenario`,
      ).toEqual([])
    }
  })
})

/** Every file of src with its text, without the set of results of which a retry can help: it names, but answers none. */
function sourceFiles(): [file: string, text: string][] {
  const root = join(import.meta.dirname, '../src')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => [
      file,
      readFileSync(join(root, file), 'utf8').replace(/const RETRYABLE = new Set\(\[[^\]]*\]\)/, ''),
    ])
}

describe('beside the list', () => {
  test('an exception answers 400 on the classic routes when the installation wants it so, and 500 on /v1', async () => {
    const server = old_fashioned
    const { lead_id } = await calledLead()
    const [classic, text_form, v1] = await withoutTable('events', () =>
      Promise.all([
        insert({ FirstPhone: mobile() }, { server }),
        send('POST', `${CLASSIC}/insertLead`, { server, query: ids, body: { FirstPhone: mobile() } }),
        send('GET', `/v1/leads/${lead_id}/history`, { server }),
      ]),
    )
    expect(classic).toMatchObject({
      status: 400,
      text: expect.stringMatching(/^\{"code":103,"message":"EXCEPTION",/),
    })
    expect(text_form).toMatchObject({ status: 400, text: expect.stringMatching(/^\{"code":103,/) })
    expectV1('EXCEPTION', v1)
  })

  test('an exception leaves nothing half-written and tells nothing of the inside', async () => {
    const lead = { FirstPhone: mobile(), njExternalLeadId: 'after-an-exception' }
    const { text } = await withoutTable('lead_phones', () => insert(lead))
    expect(text).not.toMatch(/lead_phones|relation|select|postgres/i)
    expect(await insert(lead)).toMatchObject({ status: 200 })
  })

  test('109 answers 429 or 503 on the classic routes when the installation wants it so', async () => {
    const server = repeated
    await busy(server)
    const body = { FirstPhone: mobile() }
    const text_form = (rows: unknown) =>
      send('POST', `${CLASSIC}/insertLead`, { server, query: ids, body: rows })
    for (const reply of [await insert(body, { server }), await text_form(body), await text_form([body])]) {
      expect(reply).toMatchObject({ status: 429, text: expect.stringMatching(/^\{"code":109,/) })
      expectWritten('TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS', '', reply)
    }
    expectV1('TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS', await createWith(body, { server }))
  })

  test('a refusal at the gate wrote nothing', async () => {
    const lead = { FirstPhone: mobile(), njExternalLeadId: 'after-the-gate' }
    expect(await insert(lead, await busy(full))).toMatchObject({ status: 400 })
    expect(await insert(lead)).toMatchObject({ status: 200 })
  })

  test('a session that ends while a lead is written: the answer says that nothing was written, and so it is', async () => {
    const lead = { FirstPhone: mobile(), njExternalLeadId: 'after-the-session' }
    const { text } = await insertInEndedSession(lead)
    expect(JSON.parse(text).detail).toMatch(/nothing was written/)
    expect(await insert(lead)).toMatchObject({ status: 200 })
  })

  test('a connection that dies in the commit: the answer says how to find out, and that way leads to the lead', async () => {
    const lead = { FirstPhone: mobile(), njExternalLeadId: 'after-the-cut' }
    const { text } = await insertOverCutRoad(lead)
    expect(JSON.parse(text).detail).toMatch(/outcome is unknown.*105 or 112/)
    // The statement was on its way: it may well be done.
    await expect
      .poll(async () => (await admin(home, 'select external_id from leads')).rows)
      .toContainEqual({ external_id: lead.njExternalLeadId })
    const again = await insert(lead, { server: remote })
    expect(JSON.parse(again.text)).toMatchObject({ code: 112, lead_id: expect.stringMatching(/^1-\d+$/) })
  })

  test('the old text form says as much of its rows as the new one of its lead', async () => {
    const lead = () => ({ FirstPhone: mobile() })
    const wrong = { FirstPhone: 'call me' }
    for (const body of [lead(), [lead(), wrong], [wrong, lead()]]) {
      const { text, headers } = await overCutRoad(() =>
        send('POST', `${CLASSIC}/insertLead`, { query: ids, body, server: remote }),
      )
      expect(JSON.parse(text)).toMatchObject({ written: 'unknown', message: expect.stringMatching(/1013/) })
      expect(headers.has('Retry-After')).toBe(false)
    }
  })

  test('a wrong, a revoked and an expired key are told the same', async () => {
    const made = { name: 'test', scopes: ['write'] as const, created_by: 'system' }
    const revoked = await createKey(leadline.pool, { ...made, hash: hashKey('revoked') })
    await revokeKey(leadline.pool, SEES_ALL, revoked!.key_id)
    const expires_at = '2020-01-01T00:00:00Z'
    await createKey(leadline.pool, { ...made, hash: hashKey('expired'), expires_at })
    await createKey(leadline.pool, { ...made, hash: hashKey('good') })
    const answers = await Promise.all(
      ['wrong', 'revoked', 'expired'].map((key) => insert({ FirstPhone: mobile() }, { key })),
    )
    const told = answers.map(({ status, text }) => ({ status, ...JSON.parse(text), request_id: '' }))
    expect(told[0]).toMatchObject({ status: 401, code: 1001 })
    for (const one of told) expect(one).toEqual(told[0])
    expect(await insert({ FirstPhone: mobile() }, { key: 'good' })).toMatchObject({ status: 200 })
  })
})
