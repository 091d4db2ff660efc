// Set-up changes while diallers take leads and senders write them: nothing that was acknowledged is lost, and every process
// goes by a change within a second.

import { afterAll, expect, test } from 'vitest'
import type {
  AllocationChange,
  AttemptRules,
  CampaignChange,
  ContactHours,
  Lead,
  Pull,
} from '../src/client/api.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { startLeadline } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const CHANGES = much(24, 100)
const TAKERS = 32
const WRITERS = 64
const SEEN_MS_MAX = 1_000

const leadline = await startLeadline()
const { client, connection } = leadline
const second = await startLeadline({ connection })
const clients = [client, second.client] as const

afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

/** New Zealand: no law narrows the hours, so the clock of the machine does not matter. */
const at = await (async () => {
  const hours = await client.createContactHours({ name: 'Always', zone: 'Pacific/Auckland' })
  const { contact_hours_id } = hours.body as { contact_hours_id: number }
  const template = await client.createTemplate({
    name: 'Under load',
    region: 'NZ',
    contact_hours: 'Always',
    fields: [
      { name: 'Phone', kind: 'phone' },
      { name: 'City', kind: 'text' },
    ],
  })
  const { template_id } = template.body as { template_id: number }
  const campaign = await client.createCampaign({ template_id, name: 'Under load' })
  const { campaign_id } = campaign.body as { campaign_id: number }
  const allocation = await client.createAllocation({ campaign_id, name: 'Week', started: true })
  const { allocation_id } = allocation.body as { allocation_id: number }
  return { template_id, campaign_id, allocation_id, contact_hours_id }
})()

/** An allocation that no taker asks for, with a lead that was called once. */
const probe = await (async () => {
  const { campaign_id } = at
  const made = await client.createAllocation({ campaign_id, name: 'Looked at', started: true })
  const { allocation_id } = made.body as { allocation_id: number }
  const called = await client.insertLead(
    { ...at, allocation_id },
    { Phone: '+64219999999', njDisposition: 'Busy' },
  )
  const pull = await client.createPull({
    name: 'Under load',
    allocation_id,
    enabled: false,
    request: { method: 'GET', url: 'https://crm.example/leads' },
    format: 'json',
    id_key: 'id',
    keys: {},
  })
  expect(pull, JSON.stringify(pull.body)).toMatchObject({ status: 201 })
  return { allocation_id, lead_id: called.lead_id!, pull_id: (pull.body as Pull).pull_id }
})()

let lines = 64_210_000_000
const phone = () => `+${++lines}`

/** What was acknowledged. */
const inserted: string[] = []
const updated = new Map<string, string>()
const reported: string[] = []

let over = false

/** Every third of its writes is a new lead; the others update a lead of its own. */
async function write(i: number): Promise<void> {
  const by = clients[i % 2]!
  let own: string | undefined
  for (let turn = 0; !over; turn++) {
    if (own === undefined || turn % 3 === 0) {
      const njExternalLeadId = `writer ${i} turn ${turn}`
      // A lead that waits, so that no taker closes it.
      const waits: Record<string, string> = turn % 2 === 0 ? { njDisposition: 'Busy' } : {}
      const answer = await by.insertLead(at, { Phone: phone(), njExternalLeadId, ...waits })
      expect([0, 1004], JSON.stringify(answer.body)).toContain(answer.code)
      if (answer.code !== 0) continue
      inserted.push(njExternalLeadId)
      if (turn % 2 === 0) own = njExternalLeadId
    } else {
      const change = { Phone: '<NO CHANGE>', njExternalLeadId: own, City: `turn ${turn}` }
      const answer = await by.updateLeadFast(at, change)
      expect(answer, JSON.stringify(answer.body)).toMatchObject({ code: 0 })
      updated.set(own, change.City)
    }
  }
}

async function take(i: number): Promise<void> {
  const by = clients[i % 2]!
  while (!over) {
    const answer = await by.post<Leases>(`/v1/allocations/${at.allocation_id}/leases`, { wait_s: 1 })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    for (const { lease_id, numbers } of answer.body.items) {
      const report = { disposition: 'Sale', phone: numbers[0]!.number }
      expect(await by.put(`/v1/leases/${lease_id}/outcome`, report)).toMatchObject({ status: 200 })
      reported.push(lease_id.split('-')[2]!)
    }
  }
}

interface Change {
  send: () => Promise<{ status: number; body: unknown }>
  /** Whether the second process goes by it. */
  seen: () => Promise<boolean>
}

/** Whether the second process takes leads. */
const takes = (expected: boolean) => async () => {
  const { code } = await second.client.insertLeadFast(at, { Phone: phone() })
  expect([0, 1004]).toContain(code)
  return (code === 0) === expected
}

/** Whether the second process holds back the lead that was called once. */
const holdsBack = (expected: boolean) => async () => {
  const path = `/v1/allocations/${probe.allocation_id}/queue`
  const { body } = await second.client.get<Queue>(path, { lead_id: probe.lead_id })
  return body.lead.reasons.some(({ why }) => why === 'attempts') === expected
}

interface Queue {
  lead: { reasons: { why: string }[] }
}

let perths = 61_894_210_000
/** In which zone the second process reads the callback of a lead in Perth. */
const readsIn = (zone: string) => async () => {
  const { body } = await second.client.createLead({
    allocation_id: probe.allocation_id,
    fields: { Phone: `+${++perths}` },
    callback: { local: '2030-03-12T14:00' },
  })
  return (body as Lead).callback?.zone === zone
}

const allocation =
  (body: AllocationChange): Change['send'] =>
  () =>
    client.changeAllocation(at.allocation_id, body)
const campaign =
  (body: CampaignChange): Change['send'] =>
  () =>
    client.changeCampaign(at.campaign_id, body)

const templateRules = (attempt_rules: AttemptRules | null) => () =>
  client.changeTemplate(at.template_id, { attempt_rules })
const local = (local_to_lead: boolean) => () =>
  client.changeContactHours(at.contact_hours_id, { local_to_lead })

let minutes = 5
const ONCE: AttemptRules = { number: null, lead: { day_max: null, total_max: 1, gap_s: null } }

let names = 0
const ROUND: Change[] = [
  { send: allocation({ started: false }), seen: takes(true) },
  { send: () => allocation({ name: `Week ${++names}` })(), seen: takes(true) },
  { send: allocation({ started: true }), seen: takes(true) },
  { send: templateRules(ONCE), seen: holdsBack(true) },
  { send: allocation({ archived: true }), seen: takes(false) },
  { send: templateRules(null), seen: holdsBack(false) },
  { send: allocation({ archived: false }), seen: takes(true) },
  { send: local(true), seen: readsIn('Australia/Perth') },
  { send: allocation({ started: true }), seen: takes(true) },
  { send: () => client.changeAttemptRules({ lead: { total_max: 1 } }), seen: holdsBack(true) },
  { send: () => campaign({ name: `Under load ${++names}` })(), seen: takes(true) },
  {
    send: () => client.changePull(probe.pull_id, { every_minutes: ++minutes }),
    seen: async () => ((await second.client.pull(probe.pull_id)).body as Pull).every_minutes === minutes,
  },
  { send: campaign({ archived: true }), seen: takes(false) },
  { send: () => client.changeAttemptRules({ lead: null }), seen: holdsBack(false) },
  { send: campaign({ archived: false }), seen: takes(true) },
  { send: local(false), seen: readsIn('Pacific/Auckland') },
  { send: allocation({ started: true }), seen: takes(true) },
]

/** For how long after its answer the second process did not go by a change, milliseconds. */
async function lag({ seen }: Change): Promise<number> {
  const answered = performance.now()
  for (let last = 0; ; ) {
    const begun = performance.now()
    if (await seen()) return last
    last = begun - answered
    if (last > 10 * SEEN_MS_MAX) return last
  }
}

test(`${CHANGES} changes beside ${TAKERS} takers and ${WRITERS} writers lose nothing and are seen at once`, async () => {
  const busy = [
    ...Array.from({ length: TAKERS }, (_, i) => take(i)),
    ...Array.from({ length: WRITERS }, (_, i) => write(i)),
  ]
  const lags: number[] = []
  const changed: number[] = []
  try {
    for (let i = 0; i < CHANGES; i++) {
      const change = ROUND[i % ROUND.length]!
      const begun = performance.now()
      const answer = await change.send()
      expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
      changed.push(performance.now() - begun)
      lags.push(await lag(change))
    }
  } finally {
    over = true
    await Promise.all(busy)
  }
  expect(Math.max(...lags)).toBeLessThan(SEEN_MS_MAX)

  const { rows: leads } = await admin(
    connection,
    `select external_id, fields ->> 'City' as city from leads where campaign_id = ${at.campaign_id}`,
  )
  const cities = new Map(leads.map(({ external_id, city }) => [external_id, city]))
  expect(inserted.filter((id) => !cities.has(id))).toEqual([])
  expect([...updated].filter(([id, city]) => cities.get(id) !== city)).toEqual([])
  const { rows: calls } = await admin(
    connection,
    `select lease_number from call_records
     where campaign_id = ${at.campaign_id} and lease_number is not null`,
  )
  expect(calls.map(({ lease_number }) => String(lease_number)).sort()).toEqual(reported.sort())
  // Of the rules, the pull and the contact hours every change is there, and no other.
  const versions = await admin(
    connection,
    `select p.version as pull, p.every_minutes, h.version as hours, t.version as template
     from pulls p, contact_hours h, templates t
     where p.pull_id = ${probe.pull_id} and h.contact_hours_id = ${at.contact_hours_id}
       and t.template_id = ${at.template_id}`,
  )
  const sent = (of: Change['send'][]) =>
    Array.from({ length: CHANGES }, (_, i) => ROUND[i % ROUND.length]!.send).filter((send) =>
      of.includes(send),
    ).length
  const at_rows = (...rows: number[]) => rows.map((row) => ROUND[row]!.send)
  expect(versions.rows).toEqual([
    {
      pull: 1 + sent(at_rows(11)),
      every_minutes: minutes,
      hours: 1 + sent(at_rows(7, 15)),
      template: 1 + sent(at_rows(3, 5)),
    },
  ])
  // Callbacks are where the contact hours of the end have them.
  await until('all callbacks have followed', async () => {
    const { body } = await client.contactHours(at.contact_hours_id)
    return (body as ContactHours).callback_move?.finished_at !== null
  })
  const { rows: zones } = await admin(
    connection,
    `select distinct h.local_to_lead and l.fields ->> 'Phone' like '+618%' as is_local,
       coalesce(l.callback_zone, h.zone) as zone
     from leads l cross join contact_hours h
     where l.campaign_id = ${at.campaign_id} and l.callback_local is not null
       and h.contact_hours_id = ${at.contact_hours_id}`,
  )
  for (const { is_local, zone } of zones) expect(zone).toBe(is_local ? 'Australia/Perth' : 'Pacific/Auckland')
  // All of them were at work.
  expect([inserted.length, updated.size, reported.length].every((some) => some > WRITERS)).toBe(true)
}, 300_000)
