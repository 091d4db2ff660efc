// Callbacks follow the zone of their contact hours, whatever is written beside the change.

import pg from 'pg'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { LeadPatch } from '../src/client/api.ts'
import { callbackInstant } from '../src/core/callback.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf } from './support/leads.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

// A Tuesday, 14:00 in Melbourne.
let now = '2026-11-24T03:00:00.000Z'
const leadline = await startLeadline({ now: () => now })
const second = await startLeadline({ connection: leadline.connection, now: () => now })
const { client, target, connection } = leadline
const { ana, view, changed } = leadsOf(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

interface Hours {
  contact_hours_id: number
  name: string
  zone: string
  callback_move: { moved: number; finished_at: string | null } | null
}

let names = 0
const hoursIn = async (zone: string) =>
  (await client.post<Hours>('/v1/contact-hours', { name: `Zone ${++names}`, zone })).body
const toZone = async ({ contact_hours_id }: Hours, zone: string, by = client) => {
  const answer = await by.patch<Hours>(`/v1/contact-hours/${contact_hours_id}`, { zone })
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
}
const moveOf = async ({ contact_hours_id }: Hours) =>
  (await client.get<Hours>(`/v1/contact-hours/${contact_hours_id}`)).body.callback_move
const followed = (hours: Hours) =>
  until('all callbacks have followed', async () => (await moveOf(hours))?.finished_at !== null)

/** Leads whose instant is not what their wall time means in the zone of their contact hours, worked out one by one. */
async function astray(): Promise<string[]> {
  const { rows } = await admin(
    connection,
    `select l.campaign_id || '-' || l.number as lead_id, h.zone, to_char(l.callback_local, 'YYYY-MM-DD"T"HH24:MI:SS') as local,
       to_char(l.callback_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
     from leads l join campaigns c using (campaign_id) join templates t using (template_id)
       join contact_hours h on h.contact_hours_id = coalesce(l.contact_hours_id, t.contact_hours_id)
     where l.callback_local is not null`,
  )
  expect(rows.length).toBeGreaterThan(0)
  return rows
    .filter(({ local, zone, at }) => callbackInstant(local, zone) !== at)
    .map(({ lead_id }) => lead_id)
}

const ZONES = ['Australia/Melbourne', 'Australia/Perth', 'Australia/Adelaide', 'Europe/London']
const pick = <T>(values: readonly T[]) => values[Math.floor(Math.random() * values.length)]!

test('inserts, edits, outcomes and moves to other contact hours, on two servers, while the zones change: every instant is right', async () => {
  const hours = [await hoursIn(ZONES[0]!), await hoursIn(ZONES[1]!)]
  const ids = [(await ana()).id]
  const clients = [client, second.client]
  const counts = { inserted: 0, edited: 0, zones: 0 }
  const began = performance.now()
  // Longer where a busy machine has seen little by then.
  const goesOn = (ms = 8_000) => {
    const passed = performance.now() - began
    return passed < ms || (passed < ms * 4 && Math.min(...Object.values(counts)) <= 5)
  }
  const local = () => `2026-12-0${1 + Math.floor(Math.random() * 9)}T1${Math.floor(Math.random() * 10)}:30`

  const inserter = async (by: typeof client) => {
    while (goesOn()) {
      const contact_hours = pick([hours[0]!.name, hours[1]!.name])
      const made = await by.createLead({
        allocation_id: target.allocation_id,
        fields: { FirstPhone: mobile() },
        callback: { local: local() },
        contact_hours,
      })
      expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201 })
      ids.push((made.body as { id: string }).id)
      counts.inserted++
    }
  }
  const editor = async (by: typeof client, round: number) => {
    for (let i = round; goesOn(); i++) {
      const id = pick(ids)
      const lead = await by.lead(id)
      if (!lead.ok) continue
      const patches: LeadPatch[] = [
        { fields: { City: `City ${i}` } },
        { callback: { local: local() } },
        { contact_hours: pick(hours).name },
        { disposition: pick(['Busy', 'Callback', 'No Answer']) },
        { fields: { SecondPhone: mobile() } },
      ]
      const edited = await by.patchLead(id, lead.body.version, patches[i % patches.length]!)
      if (edited.ok) counts.edited++
      else expect(edited.code, JSON.stringify(edited.body)).toBe(110)
    }
  }
  const mover = async () => {
    // The others go on for a moment: what they still know of the zones is old by then.
    for (let i = 0; goesOn(7_200); i++) {
      await toZone(hours[i % 2]!, ZONES[(i * 3 + 1) % 4]!, clients[i % 2])
      counts.zones++
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  await Promise.all([
    ...clients.flatMap((by) => [inserter(by), editor(by, 0), editor(by, 1), editor(by, 3)]),
    mover(),
  ])
  for (const some of hours) await followed(some)
  expect(await astray(), JSON.stringify(counts)).toEqual([])
  for (const [what, count] of Object.entries(counts)) expect(count, what).toBeGreaterThan(5)
})

test('an update that waited for its lead while the zone changed is worked out again', async () => {
  const hours = await hoursIn('Australia/Melbourne')
  const [held, behind] = [await ana({ external_id: 'held' }), await ana({ external_id: 'behind' })]
  const other = new pg.Client(connection)
  await other.connect()
  onTestFinished(() => other.end())
  await other.query('begin')
  await other.query(`select from leads where external_id = 'held' for update`)
  const update = (id: string) =>
    client.patchLead(id, 1, { callback: { local: '2026-12-01T10:00' }, contact_hours: hours.name })
  const first = update(held.id)
  await new Promise((resolve) => setTimeout(resolve, 200))
  const behind_it = update(behind.id)
  const zone = toZone(hours, 'Australia/Perth', second.client)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await other.query('commit')
  await Promise.all([first, behind_it, zone])
  await followed(hours)
  for (const { id } of [held, behind])
    expect(await view(id)).toMatchObject({
      version: 2,
      callback: { zone: 'Australia/Perth', at: '2026-12-01T02:00:00Z' },
    })
})

test('an insert by a server that has not heard of the change yet gets the new zone', async () => {
  const hours = await hoursIn('Australia/Melbourne')
  const lead = () => ({
    FirstPhone: mobile(),
    njContactHours: hours.name,
    njCallBackDate: '2026/12/01 10:00',
  })
  expect(await second.client.insertLeadFast(target, lead())).toMatchObject({ code: 0 })
  await toZone(hours, 'Australia/Perth')
  const { code, lead_id } = await second.client.insertLeadFast(target, lead())
  expect(code).toBe(0)
  expect((await view(lead_id!)).callback).toMatchObject({ at: '2026-12-01T02:00:00Z' })
  await followed(hours)
  expect(await astray()).toEqual([])
})

describe('many callbacks', () => {
  const MANY = 12_000

  /** Leads as intake would have left them. */
  async function fill(hours: Hours) {
    const { campaign_id, allocation_id } = target
    await admin(
      connection,
      `with r as materialized (
         select nextval('lead_numbers') as number, 61480000000 + nextval('lead_numbers') as phone,
           timestamp '2026-12-01 10:00' + i % 500 * interval '1 minute' as local from generate_series(1, ${MANY}) as i),
       l as (
         insert into leads (campaign_id, number, allocation_id, fields, callback_local, callback_at, contact_hours_id, created_way, created_by)
         select ${campaign_id}, number, ${allocation_id}, jsonb_build_object('FirstPhone', '+' || phone), local,
           local at time zone 'Australia/Melbourne', ${hours.contact_hours_id}, 'import', 'system' from r),
       p as (
         insert into lead_phones (campaign_id, lead_number, field, phone, state)
         select ${campaign_id}, number, 'FirstPhone', phone, 'ok' from r),
       c as (insert into claims (campaign_id, phone, lead_number) select ${campaign_id}, phone, number from r),
       e as (
         insert into events (campaign_id, lead_number, version, actor, way, request_id)
         select ${campaign_id}, number, 1, 'system', 'import', 'fill' from r)
       insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, due_at, state, wake_at)
       select ${campaign_id}, number, ${allocation_id}, ${hours.contact_hours_id}, 10, local at time zone 'Australia/Melbourne',
         'waiting', local at time zone 'Australia/Melbourne' from r`,
    )
  }

  test('are moved a chunk at a time; a server that stops in the middle leaves the rest to the next one', async () => {
    const hours = await hoursIn('Australia/Melbourne')
    await fill(hours)
    const third = await startLeadline({ connection, now: () => now })
    const { stop } = third
    await toZone(hours, 'Australia/Perth')
    await until('some have moved', async () => ((await moveOf(hours))?.moved ?? 0) > 0)
    await stop()
    await followed(hours)
    expect(await moveOf(hours)).toMatchObject({ moved: MANY })
    expect(await astray()).toEqual([])
  })

  test('that a process left behind when it was killed are taken up by the next one that starts', async () => {
    const hours = await hoursIn('Australia/Melbourne')
    await fill(hours)
    const { contact_hours_id } = hours
    const key = `move_callbacks:${contact_hours_id}`
    // As a kill in the middle leaves it: the zone is changed, the job is locked by a worker that has ended.
    await admin(
      connection,
      `begin;
       update contact_hours set zone = 'Australia/Perth', zone_version = 2 where contact_hours_id = ${contact_hours_id};
       insert into callback_moves (contact_hours_id) values (${contact_hours_id});
       select graphile_worker.add_job('move_callbacks', '{"contact_hours_id": ${contact_hours_id}}', job_key := '${key}');
       update graphile_worker._private_jobs set locked_at = now(), locked_by = 'killed' where key = '${key}';
       commit`,
    )
    await startLeadline({ connection, now: () => now })
    await followed(hours)
    expect(await astray()).toEqual([])
  })

  test('wait for the one that somebody is writing, and nobody waits for them', async () => {
    const hours = await hoursIn('Australia/Melbourne')
    await fill(hours)
    const other = new pg.Client(connection)
    await other.connect()
    onTestFinished(() => other.end())
    await other.query('begin')
    await other.query(`select from leads where number = (select max(number) - 5000 from leads) for update`)
    await toZone(hours, 'Australia/Perth')
    await until('it has come as far as that one', async () => ((await moveOf(hours))?.moved ?? 0) > MANY / 4)
    const begun = performance.now()
    const { id } = await ana({ callback: { local: '2026-12-01T10:00' }, contact_hours: hours.name })
    await changed(id, 1, { disposition: 'Callback' })
    expect(performance.now() - begun).toBeLessThan(1_000)
    expect((await moveOf(hours))!.finished_at).toBeNull()
    await other.query('rollback')
    await followed(hours)
    expect(await astray()).toEqual([])
  })

  test('that are not due in the new zone are not handed out, also before their turn to be moved has come', async () => {
    const hours = await hoursIn('Australia/Melbourne')
    const { body } = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id: target.campaign_id,
      name: 'due soon',
      started: true,
    })
    const { allocation_id } = body
    const due = { callback: { local: '2026-11-24T13:00' }, contact_hours: hours.name }
    await ana({ ...due, external_id: 'the first to be moved' })
    await fill(hours)
    const { id } = await ana({ ...due, allocation_id })
    const other = new pg.Client(connection)
    await other.connect()
    onTestFinished(() => other.end())
    await other.query('begin')
    await other.query(`select from leads where external_id = 'the first to be moved' for update`)
    await toZone(hours, 'Australia/Perth')
    const take = async () =>
      (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {})).body.items.map(
        ({ lead }) => [lead.id, lead.callback?.at],
      )
    expect(await take()).toEqual([])
    now = '2026-11-24T05:00:00.000Z'
    expect(await take()).toEqual([[id, now.replace('.000', '')]])
    now = '2026-11-24T03:00:00.000Z'
    await other.query('rollback')
    await followed(hours)
    expect(await astray()).toEqual([])
  })
})
