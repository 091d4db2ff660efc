// Actions end to end: an outcome starts them, the queue runs them, real servers on loopback get what they send.

import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { type Leadline, mobile, type Options, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { type HttpTarget, httpTarget, mailTarget } from './support/targets.ts'
import { until } from './support/until.ts'

interface Run {
  run_id: number
  action_id: number
  kind: string
  lead_id: string
  disposition: string
  attempt: number
  started_by: string
  parent_run_id: number | null
  delivery_id: string
  state: string
  tries: number
  status: number | null
  detail: string | null
}

const web = await httpTarget()
const post = await mailTarget()
afterAll(async () => {
  await web.stop()
  await post.stop()
})
const actions = { private_hosts: [web.host], smtp_url: post.url, mail_from: 'Leads <leads@example.com>' }
const leadline = await startLeadline({ actions })
const { client, target, connection } = leadline
afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

let names = 0
const fresh = (what: string) => `${what} ${++names}`

async function create(kind: string, config: object, more: object = {}, as: Leadline = leadline) {
  const body = { name: fresh(kind), kind, config, ...more }
  const made = await as.client.post<{ action_id: number }>('/v1/actions', body)
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201 })
  return made.body.action_id
}

const hook = (path: string, more: object = {}, to: HttpTarget = web) => ({
  method: 'POST',
  url: to.url + path,
  body: '{"lead":"${njLead}","city":"${City}","outcome":"${njDisposition}"}',
  ...more,
})

/** A disposition of its own that starts these actions; its code. */
async function outcome(action_ids: number[], kind = 'retry', as: Leadline = leadline) {
  const code = fresh('Outcome')
  await as.client.post('/v1/disposition-sets/1/dispositions', { code, kind })
  const linked = await link(code, action_ids, as)
  expect(linked, JSON.stringify(linked.body)).toMatchObject({ status: 200 })
  return code
}

const link = (code: string, action_ids: number[], as: Leadline = leadline) =>
  as.client.put<{ items: { action_id: number }[] }>(
    `/v1/disposition-sets/1/dispositions/${encodeURIComponent(code)}/actions`,
    { action_ids },
  )

const FIELDS = { Name: 'Ann "Annie" Lee', City: 'Zürich', Email: 'ann@example.com' }

async function insert(more: object = {}, as: Leadline = leadline) {
  const FirstPhone = mobile()
  const { lead_id } = await as.client.insertLeadFast(as.target, {
    FirstPhone,
    njExternalLeadId: FirstPhone,
    ...FIELDS,
    ...more,
  })
  return { lead_id: lead_id!, FirstPhone }
}

const give = async (FirstPhone: string, njDisposition: string, as: Leadline = leadline) =>
  expect(
    await as.client.updateLeadFast(as.target, { njExternalLeadId: FirstPhone, FirstPhone, njDisposition }),
  ).toMatchObject({ code: 0 })

const runsOf = async (lead_id: string, as: Leadline = leadline) =>
  (await as.client.get<{ items: Run[] }>('/v1/action-runs', { lead_id })).body.items

/** The runs of a lead, oldest first, once there are so many and all of them have ended. */
async function ended(lead_id: string, runs: number, as: Leadline = leadline): Promise<Run[]> {
  let found: Run[] = []
  await until(`${runs} runs of ${lead_id} end`, async () => {
    found = (await runsOf(lead_id, as)).reverse()
    return found.length >= runs && found.every(({ state }) => state !== 'queued')
  })
  expect(found).toHaveLength(runs)
  return found
}

/** Whatever the test made of the target, the next one finds it well. */
const answerAfterwards = () =>
  onTestFinished(() => {
    web.answer = () => ({ status: 200 })
  })

const gotAt = (path: string) => web.received.filter(({ url }) => url.startsWith(path))

describe('a URL action', () => {
  test('is called after the outcome, once, with the values of the lead', async () => {
    const code = await outcome([
      await create(
        'url',
        hook('/sold/${Name}', { headers: { Authorization: 'Bearer s3cret', 'X-City': '${City}' } }),
      ),
    ])
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    const [run] = await ended(lead_id, 1)
    expect(run).toMatchObject({
      kind: 'url',
      state: 'done',
      status: 200,
      tries: 1,
      attempt: 1,
      disposition: code,
    })
    const [got, ...others] = gotAt('/sold/')
    expect(others).toEqual([])
    expect(got).toMatchObject({
      method: 'POST',
      url: '/sold/Ann%20%22Annie%22%20Lee',
      body: JSON.stringify({ lead: lead_id, city: 'Zürich', outcome: code }),
    })
    expect(got!.headers).toMatchObject({
      authorization: 'Bearer s3cret',
      'x-city': 'Z%C3%BCrich',
      'content-type': 'application/json',
      'leadline-delivery-id': run!.delivery_id,
      host: web.host,
    })
  })

  test('is called for an outcome that comes with an insert, or from a dialler', async () => {
    const code = await outcome([await create('url', hook('/each'))])
    const by_insert = await client.insertLead(target, { FirstPhone: mobile(), njDisposition: code })
    expect(by_insert).toMatchObject({ code: 0 })
    await until('the first call', async () => gotAt('/each').length === 1)
    const { FirstPhone, lead_id } = await insert()
    await give(FirstPhone, code)
    await give(FirstPhone, code)
    expect((await ended(lead_id, 2)).map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  describe("knows the call by the source system's placeholders", async () => {
    const NAMES = [
      ...['njLeadId', 'njCallDate', 'njDialedNumber', 'njDialAttempts', 'njUniqueCallId', 'njCallDuration'],
      ...['njContactHours', 'njAction'],
    ]
    const body = JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, `\${${name}}`])))
    const query = NAMES.map((name) => `${name}=\${${name}}`).join('&')
    const sold = async (path: string) => outcome([await create('url', hook(`${path}?${query}`, { body }))])
    const gotOnce = async (path: string) => {
      await until(`a call of ${path}`, async () => gotAt(`${path}?`).length > 0)
      const [got, ...others] = gotAt(`${path}?`)
      expect(others).toEqual([])
      const values = JSON.parse(got!.body)
      // The same values in the address, escaped for it.
      expect(Object.fromEntries(new URL(got!.url, 'http://localhost').searchParams)).toEqual(values)
      return values
    }
    const CLASSIC_DATE = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/

    test('when nobody said of it: what is not known is empty', async () => {
      const code = await sold('/updated')
      const { lead_id, FirstPhone } = await insert()
      await give(FirstPhone, 'Busy')
      await give(FirstPhone, code)
      const values = await gotOnce('/updated')
      expect(values).toMatchObject({
        njLeadId: lead_id.split('-')[1],
        njCallDate: expect.stringMatching(CLASSIC_DATE),
        njDialAttempts: '2',
        njDialedNumber: '',
        njUniqueCallId: '',
        njCallDuration: '',
      })
    })

    test('in an action that another one starts, for an outcome that came with an insert', async () => {
      const then_action_id = await create('url', hook(`/followed?${query}`, { body }))
      const condition = { field: 'njDialAttempts', op: 'equals', value: '1' }
      const code = await outcome([await create('conditional', { condition, then_action_id })])
      await client.insertLead(target, { FirstPhone: mobile(), njDisposition: code })
      expect(await gotOnce('/followed')).toMatchObject({ njDialAttempts: '1', njCallDuration: '' })
    })

    test('in a dry run: as if the call were now', async () => {
      const { lead_id } = await insert()
      const id = await create('url', hook('/dry', { body }))
      const { body: dry } = await client.post<{ request: { body: string } }>(`/v1/actions/${id}/dry-run`, {
        lead_id,
      })
      expect(JSON.parse(dry.request.body)).toMatchObject({
        njLeadId: lead_id.split('-')[1],
        njCallDate: expect.stringMatching(CLASSIC_DATE),
        njDialAttempts: '1',
        njDialedNumber: '',
      })
    })
  })

  test('that is refused comes again later, as the same delivery', async () => {
    const code = await outcome([await create('url', hook('/again'))])
    let calls = 0
    web.answer = ({ url }) => ({ status: url === '/again' && ++calls === 1 ? 503 : 204 })
    answerAfterwards()
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    await until('the first try', async () => calls === 1)
    const [waiting] = await runsOf(lead_id)
    expect(waiting).toMatchObject({ state: 'queued', tries: 1 })
    const [run] = await ended(lead_id, 1)
    expect(run).toMatchObject({ state: 'done', status: 204, tries: 2 })
    expect(new Set(gotAt('/again').map(({ headers }) => headers['leadline-delivery-id']))).toEqual(
      new Set([run!.delivery_id]),
    )
  })

  test('that never works fails after its last try, and can be run again', async () => {
    const code = await outcome([await create('url', hook('/never'))])
    web.answer = ({ url }) => ({ status: url === '/never' ? 500 : 200 })
    answerAfterwards()
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    await until('the first try', async () => (await runsOf(lead_id))[0]?.status === 500)
    await admin(connection, 'update graphile_worker._private_jobs set max_attempts = 2, run_at = now()')
    const [failed] = await ended(lead_id, 1)
    expect(failed).toMatchObject({ state: 'failed', status: 500, detail: 'HTTP 500', tries: 2 })
    expect(await client.get('/v1/action-runs', { state: 'failed' })).toMatchObject({
      body: { items: [{ run_id: failed!.run_id }] },
    })
    web.answer = () => ({ status: 200 })
    const again = await client.post<Run>(`/v1/action-runs/${failed!.run_id}/rerun`, {})
    expect(again).toMatchObject({
      status: 201,
      body: { started_by: 'rerun', parent_run_id: failed!.run_id, disposition: code },
    })
    expect(again.body.delivery_id).not.toBe(failed!.delivery_id)
    expect((await ended(lead_id, 2))[1]).toMatchObject({ state: 'done', status: 200 })
    expect(await client.get(`/v1/action-runs/${failed!.run_id}`)).toMatchObject({
      status: 200,
      body: { state: 'failed' },
    })
    const { action_id } = failed!
    const both = await client.get<{ items: Run[] }>('/v1/action-runs', { action_id })
    expect(both.body.items.map((run) => run.run_id)).toEqual([again.body.run_id, failed!.run_id])
    expect(await client.get('/v1/action-runs', { action_id: action_id + 1 })).toMatchObject({
      body: { items: [] },
    })
  })

  test('is over when the target wants to speak another protocol', async () => {
    const code = await outcome([await create('url', hook('/upgrade'))])
    web.answer = ({ url }) =>
      url === '/upgrade'
        ? { status: 101, headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }
        : { status: 200 }
    answerAfterwards()
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    expect(await ended(lead_id, 1)).toMatchObject([{ state: 'failed', status: 101, tries: 1 }])
  })

  test.each([
    ['is done where many do their work and then point to a page', 302, 'done', 'answered 302, not followed'],
    ['fails at once where the address is another one', 308, 'failed', 'answered 308, not followed'],
    ['fails at once where the same again is as wrong', 404, 'failed', 'HTTP 404'],
  ])('%s: one call', async (_, status, state, detail) => {
    const path = `/once-${status}`
    const code = await outcome([await create('url', hook(path))])
    web.answer = ({ url }) => ({ status: url === path ? status : 200, headers: { Location: web.url } })
    answerAfterwards()
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    expect(await ended(lead_id, 1)).toMatchObject([{ state, status, detail, tries: 1 }])
    expect(gotAt(path)).toHaveLength(1)
    expect((await admin(connection, `select from graphile_worker.jobs`)).rowCount).toBe(0)
  })

  test('waits as long as the target asks, an hour at most', async () => {
    const code = await outcome([await create('url', hook('/later'))])
    web.answer = ({ url }) =>
      url === '/later'
        ? { status: 429, headers: { 'Retry-After': gotAt('/later').length === 1 ? '600' : '86400' } }
        : { status: 200 }
    answerAfterwards()
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    for (const [tries, wait_s] of [
      [1, 600],
      [2, 3_600],
    ] as const) {
      const waits = async () => {
        const { rows } = await admin(
          connection,
          `select extract(epoch from run_at - now())::integer as seconds, max_attempts - attempts as left
           from graphile_worker.jobs where locked_at is null`,
        )
        return rows
      }
      await until('the next try is put off', async () => (await waits())[0]?.seconds > 60)
      const [only, ...others] = await waits()
      expect(others).toEqual([])
      expect(only.left).toBe(10 - tries)
      expect(Math.abs(only.seconds - wait_s)).toBeLessThan(30)
      expect(await runsOf(lead_id)).toMatchObject([
        { state: 'queued', status: 429, tries, detail: 'HTTP 429' },
      ])
      if (tries === 2) web.answer = () => ({ status: 200 })
      await admin(connection, 'update graphile_worker._private_jobs set run_at = now()')
    }
    expect(await ended(lead_id, 1)).toMatchObject([{ state: 'done', status: 200, tries: 3, detail: null }])
  })

  test('follows no redirect, reads no long answer, and calls nothing private that is not named', async () => {
    const elsewhere = await httpTarget()
    onTestFinished(() => elsewhere.stop())
    web.answer = ({ url }) =>
      url === '/moved'
        ? { status: 302, headers: { Location: elsewhere.url } }
        : { status: 200, body: Buffer.alloc(4_000_000) }
    answerAfterwards()
    const code = await outcome([
      await create('url', hook('/moved')),
      await create('url', hook('/long')),
      await create('url', hook('/private', {}, elsewhere)),
      await create('url', hook('/', { url: 'http://169.254.169.254/latest/meta-data' })),
    ])
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    await until('all were tried', async () =>
      (await runsOf(lead_id)).every(({ detail, state }) => detail || state === 'done'),
    )
    const [link_local, other, long, moved] = await runsOf(lead_id)
    expect(moved).toMatchObject({ state: 'done', status: 302, detail: 'answered 302, not followed' })
    expect(long).toMatchObject({ state: 'done', status: 200 })
    for (const run of [link_local, other])
      expect(run).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('LEADLINE_ACTIONS_PRIVATE_HOSTS'),
      })
    expect(elsewhere.received).toEqual([])
    await until('no connection stays', async () => web.open() === 0)
  })
})

describe('an e-mail', () => {
  test('is sent with the values of the lead, under its delivery id', async () => {
    const config = {
      to: '${Name} <${Email}>',
      bcc: 'boss@example.com',
      subject: 'Hello ${Name}',
      text: 'About ${njLead}',
    }
    const code = await outcome([await create('email', config)])
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    const [run] = await ended(lead_id, 1)
    expect(run).toMatchObject({ kind: 'email', state: 'done', status: 250 })
    expect(post.received).toHaveLength(1)
    const [{ to, text }] = post.received as [(typeof post.received)[0]]
    expect(to).toEqual(['ann@example.com', 'boss@example.com'])
    expect(text).toContain(`About ${lead_id}`)
    expect(text).toContain(`Leadline-Delivery-ID: ${run!.delivery_id}`)
    expect(text).not.toMatch(/^bcc/im)
  })

  test('that the mail server refuses is tried again; one without a recipient is not', async () => {
    const code = await outcome([await create('email', { to: '${Email}', subject: 's', text: 't' })])
    post.reply = '451 later'
    onTestFinished(() => {
      post.reply = '250 taken'
    })
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    await until(
      'the first try',
      async () => (await runsOf(lead_id))[0]?.tries === 1 && (await runsOf(lead_id))[0]?.status === 451,
    )
    expect(await runsOf(lead_id)).toMatchObject([{ state: 'queued', status: 451 }])
    post.reply = '554 never'
    const never = await insert()
    await give(never.FirstPhone, code)
    expect(await ended(never.lead_id, 1)).toMatchObject([
      { state: 'failed', status: 554, tries: 1, detail: 'the mail server refused it (SMTP 554)' },
    ])
    post.greeting = '554 no service'
    onTestFinished(() => {
      post.greeting = '220 test'
    })
    const outside = await insert()
    await give(outside.FirstPhone, code)
    await until('the first try', async () => (await runsOf(outside.lead_id))[0]?.status === 554)
    expect(await runsOf(outside.lead_id)).toMatchObject([{ state: 'queued', status: 554 }])
    const nobody = await insert({ Email: '' })
    await give(nobody.FirstPhone, code)
    expect(await ended(nobody.lead_id, 1)).toMatchObject([
      { state: 'failed', detail: 'the lead gives no recipient' },
    ])
  })
})

test('a mail that some of its recipients cannot get is done, and says so', async () => {
  const config = { to: '${Email}', cc: 'gone@example.com', subject: 's', text: 't' }
  const code = await outcome([await create('email', config)])
  post.recipient = (address) => (address.startsWith('gone') ? '550 nobody' : '250 ok')
  onTestFinished(() => {
    post.recipient = () => '250 ok'
  })
  const { lead_id, FirstPhone } = await insert()
  await give(FirstPhone, code)
  const detail = '1 of 2 recipients were refused'
  expect(await ended(lead_id, 1)).toMatchObject([{ state: 'done', status: 250, detail }])
})

describe('a copy', () => {
  async function elsewhere() {
    const campaign = await client.post<{ campaign_id: number }>('/v1/campaigns', {
      template_id: target.template_id,
      name: fresh('Campaign'),
    })
    const { campaign_id } = campaign.body
    const made = await client.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: 'one' })
    return { ...target, campaign_id, allocation_id: made.body.allocation_id }
  }

  test('is a new lead of the other allocation, made once, through the same door', async () => {
    const there = await elsewhere()
    const code = await outcome([await create('copy', { allocation_id: there.allocation_id })], 'final')
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    const [run] = await ended(lead_id, 1)
    expect(run).toMatchObject({ state: 'done', status: 0 })
    const copy = run!.detail!.split(' ').at(-1)
    expect(await client.get(`/v1/leads/${copy}`)).toMatchObject({
      body: {
        campaign_id: there.campaign_id,
        allocation_id: there.allocation_id,
        fields: { ...FIELDS, FirstPhone },
        disposition: null,
        external_id: null,
        version: 1,
        created_way: 'action',
        source: `copy of ${lead_id}`,
      },
    })
    expect(await client.insertLeadFast(there, { FirstPhone })).toMatchObject({ code: 105, lead_id: copy })
  })

  test('meets the duplicate check there, unless it may not matter', async () => {
    const there = await elsewhere()
    const strict = await create('copy', { allocation_id: there.allocation_id })
    const lax = await create('copy', { allocation_id: there.allocation_id, allow_duplicates: true })
    const { lead_id, FirstPhone } = await insert()
    await client.insertLeadFast(there, { FirstPhone })
    await give(FirstPhone, await outcome([strict, lax]))
    expect(await ended(lead_id, 2)).toMatchObject([
      { state: 'failed', status: 105, detail: 'refused: 105 DUPLICATE' },
      { state: 'done', status: 0 },
    ])
  })
})

test('numbers go on a list, and are blocked from then on', async () => {
  const code = await outcome([await create('dnc', { list: 'private' })])
  const { lead_id, FirstPhone } = await insert()
  await give(FirstPhone, code)
  expect(await ended(lead_id, 1)).toMatchObject([{ state: 'done', detail: '1 of 1 numbers added' }])
  expect(await client.get(`/v1/dnc/numbers/${FirstPhone}`)).toMatchObject({
    body: { blocked: true, blocked_by: { list: 'private', source: lead_id, reason: code } },
  })
})

describe('actions that choose', () => {
  test('on a condition, and on the nth attempt', async () => {
    const [yes, no] = [await create('url', hook('/yes')), await create('url', hook('/no'))]
    const condition = { field: 'City', op: 'equals', value: 'perth' }
    const choice = await create('conditional', { condition, then_action_id: yes, else_action_id: no })
    const third = await create('nth_attempt', { attempt: 3, then_action_id: choice })
    const code = await outcome([third])
    const { lead_id, FirstPhone } = await insert({ City: 'Perth' })
    for (let call = 1; call <= 2; call++) await give(FirstPhone, code)
    expect(await ended(lead_id, 2)).toMatchObject([
      { state: 'skipped', attempt: 1 },
      { state: 'skipped', attempt: 2 },
    ])
    await give(FirstPhone, code)
    const runs = await ended(lead_id, 5)
    const chain = runs.slice(2)
    expect(chain).toMatchObject([
      { kind: 'nth_attempt', state: 'done', attempt: 3, started_by: 'outcome' },
      { kind: 'conditional', state: 'done', detail: 'the condition holds', parent_run_id: chain[0]!.run_id },
      { kind: 'url', state: 'done', started_by: 'action', parent_run_id: chain[1]!.run_id },
    ])
    expect([gotAt('/yes').length, gotAt('/no').length]).toEqual([1, 0])
  })

  test('never in a ring', async () => {
    const a = await create('url', hook('/ring'))
    const b = await create('nth_attempt', { attempt: 1, then_action_id: a })
    const c = await create('nth_attempt', { attempt: 1, then_action_id: b })
    const ring = await client.put(`/v1/actions/${b}`, {
      name: fresh('ring'),
      kind: 'nth_attempt',
      config: { attempt: 1, then_action_id: c },
    })
    expect(ring).toMatchObject({ status: 422, code: 1005, body: { field: '/config/then_action_id' } })
  })
})

describe('what does not run', () => {
  test('a disabled action, and one whose lead was forgotten in the meantime', async () => {
    const action_id = await create('url', hook('/off'))
    const code = await outcome([action_id])
    const { lead_id, FirstPhone } = await insert()
    web.answer = () => ({ status: 500 })
    answerAfterwards()
    await give(FirstPhone, code)
    await until('the first try', async () => (await runsOf(lead_id))[0]?.status === 500)
    const config = hook('/off')
    await client.put(`/v1/actions/${action_id}`, { name: fresh('off'), kind: 'url', config, enabled: false })
    expect(await ended(lead_id, 1)).toMatchObject([{ state: 'skipped', detail: 'the action is disabled' }])
    await give(FirstPhone, code)
    expect(await runsOf(lead_id)).toHaveLength(1)
    await client.put(`/v1/actions/${action_id}`, { name: fresh('on'), kind: 'url', config })
    await client.delete(`/v1/leads/${lead_id}`)
    const [run] = await runsOf(lead_id)
    await client.post(`/v1/action-runs/${run!.run_id}/rerun`, {})
    expect((await ended(lead_id, 2))[1]).toMatchObject({ state: 'skipped', detail: 'the lead is forgotten' })
  })

  test('that of another team', async () => {
    const { rows } = await admin(connection, `insert into teams (name) values ('East') returning team_id`)
    const team_id = rows[0].team_id as number
    const east = await leadline.clientWith(['admin'], [team_id])
    const made = await east.post<{ action_id: number }>('/v1/actions', {
      name: 'East hook',
      team: 'East',
      kind: 'url',
      config: { method: 'GET', url: `${web.url}/east` },
    })
    expect(made.status).toBe(201)
    const { items } = (await east.get<{ items: { team: string }[] }>('/v1/actions')).body
    expect(new Set(items.map(({ team }) => team))).toEqual(new Set(['East', 'Global']))
    expect(
      await east.post('/v1/actions', { name: 'x', team: 'Global', kind: 'dnc', config: { list: 'private' } }),
    ).toMatchObject({
      code: 1004,
    })
    const { lead_id, FirstPhone } = await insert()
    const code = await outcome([made.body.action_id])
    await give(FirstPhone, code)
    expect(await runsOf(lead_id)).toEqual([])
    const [known] = await runsOf((await insert()).lead_id)
    expect(known).toBeUndefined()
  })
})

describe('set-up', () => {
  test('an action is what was asked for; its secrets are shown to nobody, and stay', async () => {
    const config = hook('/x', { headers: { Authorization: 'Bearer s3cret' } })
    const id = await create('url', config)
    const path = `/v1/actions/${id}`
    const shown = await client.get<{ name: string; config: { headers: object } }>(path)
    expect(shown.body).toMatchObject({ kind: 'url', enabled: true, team: 'Global', dispositions: [] })
    expect(shown.body.config).toEqual({ ...config, headers: { Authorization: '***' } })
    const changed = await client.put(path, { name: 'renamed', kind: 'url', config: shown.body.config })
    expect(changed).toMatchObject({ status: 200, body: { name: 'renamed' } })
    const { rows } = await admin(connection, `select config from actions where action_id = ${id}`)
    expect(rows[0].config.headers).toEqual({ Authorization: 'Bearer s3cret' })
    // Nobody gets to see a secret by sending it to a server of their own.
    for (const url of ['http://other.example/x', web.url.replace('http:', 'https:')])
      expect(
        await client.put(path, { name: 'renamed', kind: 'url', config: { ...shown.body.config, url } }),
      ).toMatchObject({ status: 422, code: 1005, body: { field: '/config/headers/Authorization' } })
    expect(await client.put(path, { name: 'x', kind: 'dnc', config: { list: 'private' } })).toMatchObject({
      code: 1005,
      body: { field: '/kind' },
    })
    expect(
      await client.post('/v1/actions', { name: 'renamed', kind: 'dnc', config: { list: 'private' } }),
    ).toMatchObject({
      code: 1005,
      body: { field: '/name' },
    })
    expect(await client.delete(path)).toMatchObject({ status: 204 })
    expect(await client.get(path)).toMatchObject({ status: 404, code: 1004 })
  })

  test('secrets in the address, the body and marked headers are sent, and shown by no answer', async () => {
    const config = {
      method: 'POST',
      url: `${web.url}/secrets?token=s3cret&id=\${njLead}`,
      headers: { 'X-Pass': 's3cret', 'X-Hook': 's3cret' },
      body: '{"login": {"password": "s3cret", "user": "leadline"}, "sid": "s3cret", "lead": "${njLead}"}',
      secrets: ['X-Hook', 'sid'],
    }
    const name = fresh('secrets')
    const made = await client.post<{ action_id: number; config: typeof config }>('/v1/actions', {
      name,
      kind: 'url',
      config,
    })
    const id = made.body.action_id
    const again = { name, kind: 'url', config: made.body.config }
    const { lead_id, FirstPhone } = await insert()
    const answers = [
      made,
      await client.get(`/v1/actions/${id}`),
      await client.get('/v1/actions', { limit: 500 }),
      await client.put(`/v1/actions/${id}`, again),
      await client.post(`/v1/actions/${id}/dry-run`, { lead_id }),
      await client.put(`/v1/actions/${id}`, {
        ...again,
        config: { ...again.config, url: 'http://other.example/?token=***' },
      }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 422])
    expect(answers.at(-1)!.body).toMatchObject({ field: '/config/url' })
    for (const { body } of answers) expect(JSON.stringify(body)).not.toContain('s3cret')
    await give(FirstPhone, await outcome([id]))
    await ended(lead_id, 1)
    expect(gotAt('/secrets')).toMatchObject([
      {
        url: `/secrets?token=s3cret&id=${lead_id}`,
        headers: { 'x-pass': 's3cret', 'x-hook': 's3cret' },
        body: config.body.replace('${njLead}', lead_id),
      },
    ])
  })

  test('one that is linked, followed or has run is disabled, not deleted', async () => {
    const [linked, followed] = [
      await create('dnc', { list: 'private' }),
      await create('dnc', { list: 'campaign' }),
    ]
    await create('nth_attempt', { attempt: 2, then_action_id: followed })
    const code = await outcome([linked])
    const shown = await client.get(`/v1/actions/${linked}`)
    expect(shown.body).toMatchObject({ dispositions: [{ disposition_set_id: 1, code }] })
    for (const id of [linked, followed])
      expect(await client.delete(`/v1/actions/${id}`)).toMatchObject({ status: 422, code: 1005 })
    const { lead_id, FirstPhone } = await insert()
    await give(FirstPhone, code)
    await ended(lead_id, 1)
    await link(code, [])
    expect(await client.delete(`/v1/actions/${linked}`)).toMatchObject({ status: 422, code: 1005 })
  })

  test.for<[string, object, number, string]>([
    ['url', { method: 'POST' }, 1005, 'url'],
    ['url', { method: 'TRACE', url: 'https://a.example/' }, 1005, '/config/method'],
    ['url', { method: 'POST', url: 'https://${City}.example/' }, 1005, '/config/url'],
    ['url', { method: 'POST', url: 'https://a.example/${Town}' }, 1005, '/config/url'],
    [
      'url',
      { method: 'POST', url: 'https://a.example/', headers: { Host: 'b' } },
      1005,
      '/config/headers/Host',
    ],
    ['url', { method: 'POST', url: 'https://a.example/', colour: 'red' }, 1005, 'config'],
    ['email', { to: 'nobody', subject: 's', text: 't' }, 1005, '/config/to'],
    ['copy', { allocation_id: 99_999 }, 1004, '/config/allocation_id'],
    ['dnc', { list: 'client' }, 1005, '/config/list'],
    [
      'conditional',
      { condition: { field: 'Town', op: 'empty' }, then_action_id: 1 },
      1005,
      '/config/condition/field',
    ],
    [
      'conditional',
      { condition: { field: 'City', op: 'equals' }, then_action_id: 1 },
      1005,
      '/config/condition/value',
    ],
    ['nth_attempt', { attempt: 0, then_action_id: 1 }, 1005, '/config/attempt'],
    ['nth_attempt', { attempt: 1, then_action_id: 99_999 }, 1004, '/config/then_action_id'],
    ['carrier_pigeon', {}, 1005, 'kind'],
  ])('%s %j is refused', async ([kind, config, code, field]) => {
    const answer = await client.post('/v1/actions', { name: fresh('wrong'), kind, config })
    expect(answer).toMatchObject({ code })
    expect(JSON.stringify(answer.body)).toContain(field)
  })

  test('what is linked is known, once, and in this order', async () => {
    const [a, b] = [await create('dnc', { list: 'private' }), await create('dnc', { list: 'campaign' })]
    const code = await outcome([b, a])
    expect((await link(code, [b, a])).body.items.map(({ action_id }) => action_id)).toEqual([b, a])
    expect((await link(code, [a])).body.items.map(({ action_id }) => action_id)).toEqual([a])
    expect(await link(code, [a, a])).toMatchObject({ code: 1005 })
    expect(await link(code, [a, 99_999])).toMatchObject({ code: 1004 })
    expect(await link('No such', [a])).toMatchObject({ code: 1004 })
    const writer = await leadline.clientWith(['read', 'write'])
    expect(await writer.get('/v1/actions')).toMatchObject({ status: 403, code: 1002 })
  })
})

describe('a dry run', () => {
  const rehearse = (id: number, body: object) => client.post(`/v1/actions/${id}/dry-run`, body)

  test('shows what would be sent, and sends nothing', async () => {
    const { lead_id, FirstPhone } = await insert()
    const id = await create('url', hook('/dry', { headers: { 'X-Api-Key': 's3cret' } }))
    expect(await rehearse(id, { lead_id, disposition: 'Sale' })).toMatchObject({
      status: 200,
      body: {
        kind: 'url',
        problem: null,
        request: {
          method: 'POST',
          url: `${web.url}/dry`,
          headers: { 'X-Api-Key': '***', 'Content-Type': 'application/json' },
          body: JSON.stringify({ lead: lead_id, city: 'Zürich', outcome: 'Sale' }),
        },
      },
    })
    const mail = await create('email', { to: '${Email}', subject: 'Hi ${Name}', text: 't' })
    const before = post.received.length
    expect((await rehearse(mail, { lead_id })).body).toMatchObject({
      problem: null,
      email: { to: [{ address: 'ann@example.com' }], subject: 'Hi Ann "Annie" Lee' },
    })
    const list = await create('dnc', { list: 'private' })
    expect((await rehearse(list, { lead_id })).body).toMatchObject({
      dnc: { list: 'private', numbers: [`+61${FirstPhone.slice(1)}`] },
    })
    expect([gotAt('/dry').length, post.received.length]).toEqual([0, before])
    expect(await client.get(`/v1/dnc/numbers/${FirstPhone}`)).toMatchObject({ body: { blocked: false } })
  })

  test('says why a run would fail, and which action would follow', async () => {
    const { lead_id, FirstPhone } = await insert()
    const away = await create('url', { method: 'GET', url: 'http://10.0.0.1/' })
    expect((await rehearse(away, { lead_id })).body).toMatchObject({
      problem: expect.stringContaining('LEADLINE_ACTIONS_PRIVATE_HOSTS'),
    })
    const copy = await create('copy', { allocation_id: target.allocation_id })
    expect((await rehearse(copy, { lead_id })).body).toMatchObject({
      problem: 'refused: 105 DUPLICATE',
      copy: { fields: { ...FIELDS, FirstPhone } },
    })
    const twin = await create('copy', { allocation_id: target.allocation_id, allow_duplicates: true })
    expect((await rehearse(twin, { lead_id })).body).toMatchObject({ problem: null })
    const { rows } = await admin(
      connection,
      `select count(*)::int from leads where source = 'copy of ${lead_id}'`,
    )
    expect(rows).toEqual([{ count: 0 }])
    const nth = await create('nth_attempt', { attempt: 2, then_action_id: copy })
    expect((await rehearse(nth, { lead_id })).body).toMatchObject({ choice: { next_action_id: null } })
    expect((await rehearse(nth, { lead_id, attempt: 2 })).body).toMatchObject({
      choice: { next_action_id: copy },
    })
    expect(await rehearse(nth, { lead_id: '1-99999' })).toMatchObject({ status: 404, code: 101 })
    expect(await rehearse(nth, { lead_id: 'Ann' })).toMatchObject({ status: 404, code: 101 })
  })
})

describe('when a target is dead', () => {
  const RUNS = 200

  /** A server of its own whose every outcome hangs on a target that never answers. */
  async function hanging(options: Options = {}) {
    const dead = await httpTarget()
    dead.answer = null
    const concurrency = options.actions?.concurrency ?? RUNS
    const server = await startLeadline({ ...options, actions: { private_hosts: [dead.host], concurrency } })
    onTestFinished(() => server.stop())
    onTestFinished(() => dead.stop())
    return { dead, server }
  }

  test(`with ${RUNS} calls hanging no connection and no slot of intake is held, and no run is lost`, async () => {
    const { dead, server } = await hanging()
    const code = await outcome([await create('url', hook('/hang', {}, dead), {}, server)], 'retry', server)
    const leads = await Promise.all(Array.from({ length: RUNS }, () => insert({}, server)))
    await Promise.all(leads.map(({ FirstPhone }) => give(FirstPhone, code, server)))
    await until('all of them hang', async () => dead.open() === RUNS)
    const busy = await admin(
      server.connection,
      `select count(*)::int as held from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
         and state is distinct from 'idle'`,
    )
    expect(busy.rows).toEqual([{ held: 0 }])
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toMatch(/^leadline_gate_busy 0$/m)
    expect(metrics).toMatch(/^leadline_gate_waiting 0$/m)
    await insert({}, server)
    expect(dead.open()).toBe(RUNS)
    dead.answer = () => ({ status: 200 })
    const states = async () =>
      (await admin(server.connection, 'select state, count(*)::int from action_runs group by 1')).rows
    await until('every run is done', async () => {
      const [only, ...others] = await states()
      return others.length === 0 && only?.state === 'done' && only.count === RUNS
    })
  })

  test('a server that stops, or is gone, leaves its runs to the next one', async () => {
    const { dead, server } = await hanging({ actions: { concurrency: 4 } })
    const code = await outcome([await create('url', hook('/stop', {}, dead), {}, server)], 'retry', server)
    const leads = await Promise.all(Array.from({ length: 8 }, () => insert({}, server)))
    await Promise.all(leads.map(({ FirstPhone }) => give(FirstPhone, code, server)))
    await until('some of them hang', async () => dead.open() === 4)
    await server.stop()
    dead.answer = () => ({ status: 200 })
    const next = await startLeadline({
      connection: server.connection,
      actions: { private_hosts: [dead.host] },
    })
    onTestFinished(() => next.stop())
    for (const { lead_id } of leads) expect(await ended(lead_id, 1, next)).toMatchObject([{ state: 'done' }])
  })
})
