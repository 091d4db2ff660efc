// Consents of a lead: a record that only grows, and the rule of a template that asks for one.

import { expect, test } from 'vitest'
import { startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { much } from './support/much.ts'
import { admin } from './support/postgres.ts'

/** Noon of a Tuesday in Melbourne. */
const NOON = '2026-06-30T02:00:00Z'
let now = NOON
const leadline = await startLeadline({ now: () => now })
const { client, connection, clientWith } = leadline
const { ana } = leadsOf(leadline)

function body<T>(answer: { ok: boolean; body: unknown }): T {
  expect(answer.ok, JSON.stringify(answer.body)).toBe(true)
  return answer.body as T
}
interface Consent {
  consent_id: number
  counts: boolean
  expires_at: string | null
}
const consentsOf = async (id: string) => body<{ items: Consent[] }>(await client.consents(id)).items
const express = { kind: 'express', text: 'Yes, call me about loans' } as const

test('a consent has its words, its time, its author and its end, and makes no version', async () => {
  now = NOON
  const { id } = await ana()
  const agent = await leadline.asOperator('agent')
  const made = await agent.addConsent(id, {
    ...express,
    given_at: '2026-06-29T23:30:00Z',
    given_by: 'Her husband Rui',
    source: ' Recording 4711 ',
  })
  expect(made).toMatchObject({ status: 201 })
  expect(made.body).toMatchObject({
    lead_id: id,
    ...express,
    given_at: '2026-06-29T23:30:00Z',
    given_by: 'Her husband Rui',
    source: 'Recording 4711',
    // Three months of Melbourne's calendar: 9:30 on 30 June to 9:30 on 30 September.
    expires_at: '2026-09-29T23:30:00Z',
    counts: true,
    at: NOON,
    actor: `operator:${agent.operator.operator_id}`,
    actor_name: agent.operator.name,
    way: 'screen',
    withdrawn_at: null,
  })
  expect((await client.lead(id)).body).toMatchObject({ version: 1 })
})

test('a stated end counts; inferred consent, and one until it is withdrawn, have none', async () => {
  now = NOON
  const { id } = await ana()
  await client.addConsent(id, { kind: 'inferred', text: 'Is our customer' })
  await client.addConsent(id, { ...express, expires_at: null })
  await client.addConsent(id, { ...express, expires_at: '2026-07-01T00:00:00Z' })
  expect((await consentsOf(id)).map(({ expires_at }) => expires_at)).toEqual([
    '2026-07-01T00:00:00Z',
    null,
    null,
  ])
  now = '2026-07-01T00:00:00Z'
  expect((await consentsOf(id)).map(({ counts }) => counts)).toEqual([false, true, true])
})

test('a withdrawal is stamped once, and the record keeps both in the order in which they came', async () => {
  now = NOON
  const { id } = await ana()
  const { consent_id } = body<Consent>(await client.addConsent(id, express))
  const withdrawn = await client.withdrawConsent(id, consent_id, { reason: 'Asked us to stop' })
  expect(withdrawn.body).toMatchObject({
    counts: false,
    withdrawn_at: NOON,
    withdrawn_by: 'key:1',
    withdrawn_way: 'v1',
    withdrawn_reason: 'Asked us to stop',
  })
  now = '2026-07-02T00:00:00Z'
  const again = await client.withdrawConsent(id, consent_id, { reason: 'another' })
  expect(again.body).toEqual(withdrawn.body)
  expect(await client.withdrawConsent(id, 999_999, {})).toMatchObject({ status: 404, code: 1004 })
  // The same words again are another consent.
  expect(body<Consent>(await client.addConsent(id, express)).consent_id).not.toBe(consent_id)
  expect(await consentsOf(id)).toHaveLength(2)
  const { rows } = await admin(
    connection,
    `select action from audit_log where subject = 'lead:${id}' and action like 'consent.%' order by audit_id`,
  )
  expect(rows.map(({ action }) => action)).toEqual(['consent.add', 'consent.withdraw', 'consent.add'])
  for (const change of [`text = 'No'`, `withdrawn_at = null, withdrawn_by = null, withdrawn_way = null`])
    await expect(admin(connection, `update lead_consents set ${change}`)).rejects.toThrow('append-only')
})

test('a consent that is sent again is one; pages begin with the newest', async () => {
  now = NOON
  const { id } = await ana()
  const given_at = '2026-06-01T00:00:00Z'
  for (let i = 0; i < 3; i++) await client.addConsent(id, { ...express, given_at })
  await client.addConsent(id, { ...express, given_at, text: 'And about insurance' })
  const first = body<{ items: Consent[]; next_cursor: number }>(await client.consents(id, { limit: 1 }))
  expect(first.items).toMatchObject([{ text: 'And about insurance' }])
  const rest = await client.consents(id, { cursor: first.next_cursor })
  expect(rest.body).toMatchObject({ items: [{ text: express.text }], next_cursor: null })
})

test.each([
  ['text', { text: '  ' }, 'is empty'],
  ['given_at', { given_at: 'yesterday' }, 'RFC 3339'],
  ['given_at', { given_at: '2026-07-01T00:00:00Z' }, 'lies in the future'],
  ['expires_at', { expires_at: '2026-01-01T00:00:00Z' }, 'is not after the time'],
  ['expires_at', { expires_at: 'never' }, 'RFC 3339'],
  ['source', { source: 'a\u0000b' }, 'NUL'],
  ['given_by', { given_by: 'a\u0007b' }, 'control'],
  ['kind', { kind: 'assumed' }, ''],
])('a wrong %s is refused with its field', async (field, more, detail) => {
  now = NOON
  const { id } = await ana()
  const answer = await client.request('POST', `/v1/leads/${id}/consents`, { body: { ...express, ...more } })
  expect(answer).toMatchObject({ status: 422, code: 1005 })
  expect(JSON.stringify(answer.body)).toContain(`/${field}`)
  expect(JSON.stringify(answer.body)).toContain(detail)
  expect(await consentsOf(id)).toEqual([])
})

test('reading needs read, recording and withdrawing need write; a foreign or forgotten lead is unknown', async () => {
  const { id } = await ana()
  const reader = await clientWith(['read'])
  expect(await reader.addConsent(id, express)).toMatchObject({ status: 403 })
  expect(await reader.consents(id)).toMatchObject({ status: 200 })
  expect(await (await clientWith(['dial'])).consents(id)).toMatchObject({ status: 403 })
  await client.addConsent(id, express)
  await client.forgetLead(id)
  expect(await client.consents(id)).toMatchObject({ status: 404 })
  expect(await client.addConsent(id, express)).toMatchObject({ status: 404 })
})

interface Place {
  template_id: number
  campaign_id: number
  allocation_id: number
}

async function asking(): Promise<Place> {
  const name = `Asking ${Math.random()}`
  const { template_id } = body<Place>(
    await client.createTemplate({
      name,
      region: 'NZ',
      contact_hours: 'Always',
      consent: 'required',
      fields: [{ name: 'Phone', kind: 'phone' }],
    }),
  )
  const { campaign_id } = body<Place>(await client.createCampaign({ template_id, name }))
  const made = await client.createAllocation({ campaign_id, name, started: true })
  return { template_id, campaign_id, allocation_id: body<Place>(made).allocation_id }
}
await client.createContactHours({ name: 'Always', zone: 'Pacific/Auckland' })

let line = 64_274_500_000
async function lead(place: Place): Promise<string> {
  const made = await client.insertLeadFast(place, { Phone: `+${++line}` })
  expect(made.code).toBe(0)
  return made.lead_id!
}
const take = async ({ allocation_id }: Place, count = 1) =>
  body<{ items: { lead: { id: string }; lease_id: string }[] }>(
    await client.takeLeases(allocation_id, { count }),
  ).items

test('a template that asks for consent hands out those who gave one, until it lapses or is withdrawn', async () => {
  now = NOON
  const place = await asking()
  const [silent, asked] = [await lead(place), await lead(place)]
  expect(await take(place, 5)).toEqual([])
  const why = await client.queue(place.allocation_id, { lead_id: silent })
  expect(why.body).toMatchObject({
    items: [],
    lead: {
      eligible: false,
      next_at: null,
      reasons: [
        {
          why: 'no_consent',
          detail: 'the template asks for a consent, and the lead has none that counts now',
          until: null,
        },
      ],
    },
  })
  const consent = { ...express, expires_at: '2026-06-30T03:00:00Z' }
  const { consent_id } = body<Consent>(await client.addConsent(asked, consent))
  now = '2026-06-30T02:01:00Z'
  const [handed] = await take(place, 5)
  expect(handed).toMatchObject({ lead: { id: asked } })
  await client.handBackLease(handed!.lease_id)
  await client.withdrawConsent(asked, consent_id, {})
  now = '2026-06-30T02:02:00Z'
  expect(await take(place)).toEqual([])
  await client.addConsent(asked, { ...consent, text: 'Call after all' })
  now = '2026-06-30T02:59:00Z'
  const [again] = await take(place)
  expect(again).toMatchObject({ lead: { id: asked } })
  await client.handBackLease(again!.lease_id)
  now = '2026-06-30T03:00:00Z'
  expect(await take(place)).toEqual([])
  // The rule goes, and with it what kept the leads back.
  body(await client.changeTemplate(place.template_id, { consent: 'none' }))
  now = '2026-06-30T03:01:00Z'
  expect((await take(place, 5)).map(({ lead }) => lead.id)).toEqual([asked, silent])
})

test('a consent that comes beside a hand-out is not lost: the lead is handed out then or at the next look', async () => {
  now = NOON
  const place = await asking()
  const rounds = much(15, 1_000)
  for (let round = 0; round < rounds; round++) {
    const id = await lead(place)
    const [taken] = await Promise.all([
      take(place),
      client.addConsent(id, { ...express, expires_at: null }),
      take(place),
    ])
    const next = taken.length > 0 ? taken : await take(place)
    const held = body<{ lead: { reasons: { why: string }[] } }>(
      await client.queue(place.allocation_id, { lead_id: id }),
    )
    expect(next.length > 0 || held.lead.reasons.some(({ why }) => why === 'leased'), `round ${round}`).toBe(
      true,
    )
  }
})

test('a waiting taker gets a lead as soon as its consent is there', async () => {
  now = NOON
  const place = await asking()
  const id = await lead(place)
  expect(await take(place)).toEqual([])
  const waiting = client.takeLeases(place.allocation_id, { wait_s: 20 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await client.addConsent(id, express)
  expect(body<{ items: unknown[] }>(await waiting).items).toMatchObject([{ lead: { id } }])
})
