// Attempt rules: how often a number and a lead are called, in one campaign and across them, and who counts it in a race.

import { afterAll, describe, expect, test } from 'vitest'
import type { AttemptRulesChange, GivenAttemptRules } from '../src/client/api.ts'
import { hasCallIndex, makeCallIndex } from '../src/db/call-index.ts'
import { Pool } from '../src/db/pool.ts'
import { STATEMENTS } from '../src/db/statement.ts'
import { serverVersions, startLeadline } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin } from './support/postgres.ts'
import { spyOnQueries } from './support/queries.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Noon in Auckland; New Zealand has no law here that closes a day. */
const NOON = Date.parse('2026-11-23T23:00:00Z')

describe.for(serverVersions())('PostgreSQL %i', async (major) => {
  let now = NOON
  const { client, pool, clientWith, connection } = await startLeadline({
    major,
    now: () => new Date(now).toISOString(),
  })
  const hours = await client.createContactHours({ name: 'Always', zone: 'Pacific/Auckland' })
  expect(hours).toMatchObject({ status: 201 })
  afterAll(async () => {
    await client.changeAttemptRules({ number: null, lead: null })
  })

  const body = <T>(answer: { ok: boolean; body: unknown }): T => {
    expect(answer.ok, JSON.stringify(answer.body)).toBe(true)
    return answer.body as T
  }

  let names = 0
  async function campaign(attempt_rules: GivenAttemptRules | null) {
    const { template_id } = body<{ template_id: number }>(
      await client.createTemplate({
        name: `Counted ${++names}`,
        region: 'NZ',
        contact_hours: 'Always',
        attempt_rules,
        fields: [
          { name: 'Mobile', kind: 'phone' },
          { name: 'Home', kind: 'phone' },
        ],
      }),
    )
    return campaignOf(template_id)
  }
  async function campaignOf(template_id: number) {
    const { campaign_id } = body<{ campaign_id: number }>(
      await client.createCampaign({ template_id, name: `c ${++names}` }),
    )
    const { allocation_id } = body<{ allocation_id: number }>(
      await client.createAllocation({ campaign_id, name: 'a', started: true }),
    )
    return { template_id, campaign_id, allocation_id }
  }
  type Place = Awaited<ReturnType<typeof campaignOf>>

  let line = 64_274_000_000
  const number = () => `+${++line}`
  async function lead(place: Place, Mobile: string, Home?: string) {
    const made = await client.insertLeadFast(
      place,
      { Mobile, ...(Home === undefined ? {} : { Home }) },
      { allowDuplicates: true },
    )
    expect(made.code).toBe(0)
    return made.lead_id!
  }
  interface Handed {
    lease_id: string
    numbers: { number: string }[]
    lead: { id: string }
  }
  const take = async ({ allocation_id }: Place, count = 1) =>
    body<{ items: Handed[] }>(await client.takeLeases(allocation_id, { count })).items
  async function call(place: Place, disposition = 'Again') {
    const [handed] = await take(place)
    if (!handed) return undefined
    const phone = handed.numbers[0]!.number
    body(await client.reportOutcome(handed.lease_id, { disposition: 'Busy', phone, callback: null }))
    return { lead_id: handed.lead.id, phone, disposition }
  }
  const why = async (place: Place, lead_id: string) =>
    body<{ lead: { eligible: boolean; next_at: string | null; reasons: { why: string; detail: string }[] } }>(
      await client.queue(place.allocation_id, { lead_id }),
    ).lead
  const parked = async ({ allocation_id }: Place) =>
    body<{ parked: number }>(await client.allocationCounts(allocation_id)).parked

  test('the index of calls by number is there from the first start', async () => {
    expect(await hasCallIndex(pool)).toBe(true)
  })

  test('a number is called so many times in 24 hours, then the lead waits, and says until when', async () => {
    now = NOON
    const place = await campaign({ number: { day_max: 2 } })
    const Mobile = number()
    const id = await lead(place, Mobile)
    expect(await call(place)).toMatchObject({ lead_id: id })
    now += HOUR
    expect(await call(place)).toMatchObject({ lead_id: id })
    expect(await take(place)).toEqual([])
    expect(await parked(place)).toBe(1)
    const { next_at, reasons } = await why(place, id)
    expect(next_at).toBe('2026-11-24T23:00:00.000Z')
    expect(reasons).toEqual([
      {
        why: 'attempts',
        detail: `${Mobile} was called 2 times in the last 24 hours; again from 2026-11-25 12:00`,
        until: '2026-11-24T23:00:00.000Z',
      },
    ])
    now = NOON + 24 * HOUR - MINUTE
    expect(await take(place)).toEqual([])
    now = NOON + 24 * HOUR
    expect(await call(place)).toMatchObject({ lead_id: id })
  })

  test('a gap, a total, and the limits of a lead are told apart; a lead at its total stays open and parked', async () => {
    now = NOON
    const place = await campaign({ number: { gap_s: 3_600 }, lead: { total_max: 2 } })
    const [Mobile, Home] = [number(), number()]
    const id = await lead(place, Mobile, Home)
    expect(await call(place)).toMatchObject({ phone: Mobile })
    now += MINUTE
    // The other number may be called at once.
    expect(await take(place)).toMatchObject([{ numbers: [{ number: Home }] }])
    now += 10 * MINUTE
    // Nobody told how it went: it was no attempt.
    expect(await take(place)).toMatchObject([{ numbers: [{ number: Home }] }])
    now += 10 * MINUTE
    expect(await call(place)).toMatchObject({ phone: Home })
    now += 2 * HOUR
    expect(await take(place)).toEqual([])
    expect(await why(place, id)).toMatchObject({
      eligible: false,
      next_at: null,
      reasons: [{ why: 'attempts', detail: 'the lead was called 2 times, as often as the rules allow' }],
    })
    expect(await parked(place)).toBe(1)
    expect((await client.lead(id)).body).toMatchObject({ closed: false, disposition: 'Busy' })
    // Rules that allow more free it at once.
    body(await client.changeTemplate(place.template_id, { attempt_rules: { lead: { total_max: 3 } } }))
    expect(await call(place)).toMatchObject({ lead_id: id })
  })

  test('a lead in the hands of a dialler holds its numbers until it is handed back, reported, or its time is over', async () => {
    now = NOON
    const place = await campaign({ number: { day_max: 1 } })
    const Mobile = number()
    const older = await lead(place, Mobile)
    const newer = await lead(place, Mobile)
    const [first] = await take(place, 2)
    expect(first!.lead.id).toBe(newer)
    expect(await take(place)).toEqual([])
    now += 1_000
    expect((await client.handBackLease(first!.lease_id)).status).toBe(204)
    now += 1_000
    expect((await take(place, 2)).map(({ lead }) => lead.id)).toEqual([newer])
    // Nobody reports: the older one waits until the lease ends.
    expect(await why(place, older)).toMatchObject({ reasons: [{ why: 'attempts' }] })
    now += 10 * MINUTE
    const [again] = await take(place)
    expect(again!.lead.id).toBe(newer)
    // The call was yesterday: today the number may be called.
    const yesterday = new Date(now - 25 * HOUR).toISOString()
    const report = { disposition: 'Sale', phone: Mobile, at: yesterday }
    body(await client.reportOutcome(again!.lease_id, report))
    now += 1_000
    expect(await take(place)).toMatchObject([{ lead: { id: older } }])
  })

  test('numbers are dialled in their order, so those before the reported one were called too', async () => {
    now = NOON
    const place = await campaign({ number: { day_max: 1 } })
    const [Mobile, Home] = [number(), number()]
    await lead(place, Mobile, Home)
    const others = [await lead(place, Home), await lead(place, Mobile)]
    now += 1_000
    const [mobile] = await take(place)
    expect(mobile!.lead.id).toBe(others[1])
    body(await client.reportOutcome(mobile!.lease_id, { disposition: 'Sale', phone: Mobile }))
    now += 1_000
    const [home] = await take(place)
    expect(home!.lead.id).toBe(others[0])
    body(await client.reportOutcome(home!.lease_id, { disposition: 'Sale', phone: Home }))
    now = NOON + 25 * HOUR
    const [both] = await take(place)
    expect(both!.numbers.map((row) => row.number)).toEqual([Mobile, Home])
    body(await client.reportOutcome(both!.lease_id, { disposition: 'Sale', phone: Home }))
    now += MINUTE
    const later = [await lead(place, Mobile), await lead(place, Home)]
    expect(await take(place, 5)).toEqual([])
    for (const one of later) expect((await why(place, one)).reasons).toMatchObject([{ why: 'attempts' }])
  })

  test('an outcome that names no number counts for each number of its lead', async () => {
    now = NOON
    const place = await campaign({ number: { total_max: 1 } })
    const [Mobile, Home] = [number(), number()]
    const id = await lead(place, Mobile, Home)
    body(await client.patchLead(id, 1, { disposition: 'Busy', callback: null }))
    now += MINUTE
    const other = await lead(place, Home)
    expect(await take(place, 5)).toEqual([])
    for (const one of [id, other]) expect((await why(place, one)).reasons).toHaveLength(1)
    // It has the number no more, so nobody knows that the call was to it.
    body(await client.patchLead(id, 2, { fields: { Home: null } }))
    now += MINUTE
    expect(await take(place, 5)).toMatchObject([{ lead: { id: other } }])
  })

  test('a forgotten lead leaves no attempts', async () => {
    now = NOON
    const place = await campaign({ number: { total_max: 1 } })
    const Mobile = number()
    const id = await lead(place, Mobile)
    const other = await lead(place, Mobile)
    expect(await call(place)).toMatchObject({ lead_id: other })
    now += HOUR
    expect(await take(place)).toEqual([])
    expect((await client.forgetLead(other)).status).toBe(204)
    now += MINUTE
    expect(await take(place)).toMatchObject([{ lead: { id } }])
  })

  test('calls of other campaigns count where the rule says so, whatever their own rules are', async () => {
    now = NOON
    const own = await campaign({ number: { day_max: 1 } })
    const across = await campaign({ number: { day_max: 1, across_campaigns: true } })
    const free = await campaign(null)
    const Mobile = number()
    const leads = [await lead(own, Mobile), await lead(across, Mobile), await lead(free, Mobile)]
    const [held] = await take(free)
    expect(await take(across)).toEqual([])
    expect(await why(across, leads[1]!)).toMatchObject({ reasons: [{ why: 'attempts' }] })
    now += 1_000
    expect((await client.handBackLease(held!.lease_id)).status).toBe(204)
    now += 1_000
    expect(await call(own)).toMatchObject({ phone: Mobile })
    now += 1_000
    expect(await take(across)).toEqual([])
    expect(await call(free)).toMatchObject({ phone: Mobile })
  })

  test('the rules of the installation count every call, and the stricter rule wins', async () => {
    now = NOON
    const place = await campaign({ number: { day_max: 3 } })
    const free = await campaign(null)
    const Mobile = number()
    await lead(place, Mobile)
    await lead(free, Mobile)
    const rules = await client.attemptRules()
    const { version } = body<{ version: number }>(rules)
    expect(rules.body).toMatchObject({ number: null, lead: null })
    const change: AttemptRulesChange = { number: { day_max: 2 } }
    const changed = await client.changeAttemptRules(change, version)
    expect(changed.body).toMatchObject({ number: { day_max: 2, total_max: null }, version: version + 1 })
    // The same again is no change; from an older version another one is refused.
    expect((await client.changeAttemptRules(change, version)).body).toMatchObject({ version: version + 1 })
    expect(await client.changeAttemptRules({ lead: { day_max: 1 } }, version)).toMatchObject({ status: 412 })
    expect(await call(place)).toMatchObject({ phone: Mobile })
    expect(await call(free)).toMatchObject({ phone: Mobile })
    now += HOUR
    for (const one of [place, free]) expect(await take(one)).toEqual([])
    const of_team = await clientWith(['manage'], [1])
    expect(await of_team.changeAttemptRules({ number: null })).toMatchObject({ status: 403 })
    const audit = body<{ items: { action: string }[] }>(await client.auditLog({ action: 'attempt_rules' }))
    expect(audit.items[0]).toMatchObject({ action: 'attempt_rules.change', details: change })
    body(await client.changeAttemptRules({ number: null }))
    now += 1_000
    expect(await take(place)).toMatchObject([{ numbers: [{ number: Mobile }] }])
  })

  test('wrong rules are refused with their field, and rules that limit nothing are none', async () => {
    const place = await campaign({ number: {}, lead: { day_max: null } })
    expect((await client.template(place.template_id)).body).toMatchObject({ attempt_rules: null })
    const wrong = await client.changeTemplate(place.template_id, {
      attempt_rules: { number: { day_max: 0 } },
    })
    expect(wrong).toMatchObject({ status: 422, code: 1005 })
    const rules = { number: { gap_s: 60 } }
    const { version } = body<{ version: number }>(
      await client.changeTemplate(place.template_id, { attempt_rules: rules }),
    )
    const again = await client.changeTemplate(place.template_id, { attempt_rules: rules })
    expect(again.body).toMatchObject({ version })
    expect(await client.changeTemplate(place.template_id, { attempt_rules: null }, {}, 1)).toMatchObject({
      status: 412,
    })
  })

  test('the queue shows whom a dialler would get, one after the other', async () => {
    now = NOON
    const place = await campaign({ number: { day_max: 1 } })
    const Mobile = number()
    const ids = [await lead(place, Mobile), await lead(place, number()), await lead(place, Mobile)]
    const queue = body<{ items: { lead_id: string }[] }>(await client.queue(place.allocation_id))
    expect(queue.items.map(({ lead_id }) => lead_id)).toEqual([ids[2], ids[1]])
    expect((await take(place, 3)).map(({ lead }) => lead.id)).toEqual([ids[2], ids[1]])
  })

  test('after an upgrade rules are refused until calls are indexed by their number', async () => {
    const place = await campaign(null)
    await admin(connection, 'drop index call_records_by_phone')
    const rules = { number: { day_max: 1 } }
    const asked = [
      () => client.changeTemplate(place.template_id, { attempt_rules: rules }),
      () => client.changeAttemptRules(rules),
    ]
    for (const ask of asked) {
      const answer = await ask()
      expect(answer).toMatchObject({ status: 503, code: 1013 })
      expect(JSON.stringify(answer.body)).toContain('can be set in some minutes')
    }
    expect(await makeCallIndex(pool, new AbortController().signal)).toBe(true)
    expect(await hasCallIndex(pool)).toBe(true)
    for (const ask of asked) expect(await ask()).toMatchObject({ status: 200 })
    body(await client.changeAttemptRules({ number: null }))
  })

  test('counting reads the calls of the numbers that it asks about, however many others there are', async () => {
    now = NOON
    const place = await campaign({ number: { day_max: 3, across_campaigns: true } })
    const Mobile = number()
    const id = await lead(place, Mobile)
    expect(await call(place)).toMatchObject({ phone: Mobile })
    await admin(
      connection,
      `insert into call_records (campaign_id, lead_number, allocation_id, disposition, phone, at, actor, way, request_id)
       select 999, n, 1, 'Busy', 64270000000 + n, now(), 'key:1', 'dialler', 'none' from generate_series(1, 20000) n`,
    )
    try {
      const { text, parameters } = STATEMENTS.get('attempts.ofNumbers')!
      const values: Record<string, string> = {
        campaign_id: String(place.campaign_id),
        lead_numbers: `'{${id.split('-')[1]}}'`,
        phones: `'{${Mobile.slice(1)}}'`,
        across: 'true',
        now: 'null',
      }
      const sql = text.replaceAll(/\$(\d+)/g, (_, n: string) => values[parameters[Number(n) - 1]!]!)
      const { rows } = await admin(connection, `explain (analyze, format json) ${sql}`)
      interface Node {
        'Relation Name'?: string
        'Actual Rows': number
        'Actual Loops': number
        'Rows Removed by Filter'?: number
        Plans?: Node[]
      }
      const read = (node: Node): number =>
        (node['Relation Name'] === 'call_records'
          ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
          : 0) + (node.Plans ?? []).reduce((sum, child) => sum + read(child), 0)
      const rows_read = read(rows[0]['QUERY PLAN'][0].Plan)
      expect(rows_read).toBeGreaterThan(0)
      expect(rows_read).toBeLessThan(20)
    } finally {
      await admin(connection, 'delete from call_records where campaign_id = 999')
    }
  })

  test('without rules a hand-out runs no statement about attempts', async () => {
    now = NOON
    const place = await campaign(null)
    await lead(place, number())
    const spy = spyOnQueries(Pool.prototype)
    try {
      expect(await take(place)).toHaveLength(1)
      const asked = spy.mock.calls.map(([{ name }]) => name)
      expect(asked).toContain('queue.take')
      expect(asked.filter((name) => /^(?:attempts|parking)\./.test(name))).toEqual([])
    } finally {
      spy.mockRestore()
    }
  })

  test('of 32 takers of two campaigns one gets the number that may be called once', async () => {
    now = NOON
    const places = [
      await campaign({ number: { day_max: 1, across_campaigns: true } }),
      await campaign({ number: { day_max: 1, across_campaigns: true } }),
    ]
    const rounds = much(12, 300)
    for (let round = 0; round < rounds; round++) {
      // More leads with the number than one in each campaign, and others that are free.
      const Mobile = number()
      for (const place of places) {
        await lead(place, Mobile)
        await lead(place, number(), Mobile)
        await lead(place, Mobile)
      }
      const handed = await Promise.all(
        Array.from({ length: 32 }, (_, i) => take(places[i % 2]!, 1 + (i % 3))),
      )
      const shown = handed.flat().flatMap(({ numbers }) => numbers.map((row) => row.number))
      expect(
        shown.filter((one) => one === Mobile),
        `round ${round}`,
      ).toHaveLength(1)
      // The home numbers were free: their leads were not lost to anybody.
      expect(new Set(shown).size).toBe(shown.length)
      await Promise.all(handed.flat().map(({ lease_id }) => client.handBackLease(lease_id)))
      now += 25 * HOUR
      for (const place of places)
        for (const { lease_id, numbers } of await take(place, 9))
          body(await client.reportOutcome(lease_id, { disposition: 'Sale', phone: numbers[0]!.number }))
      now += 25 * HOUR
      for (const place of places)
        for (const { lease_id, numbers } of await take(place, 9))
          body(await client.reportOutcome(lease_id, { disposition: 'Sale', phone: numbers[0]!.number }))
      now += 25 * HOUR
    }
  })
})
