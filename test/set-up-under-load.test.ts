// Set-up changes while diallers take leads and senders write them: nothing that was acknowledged is lost, and every process
// goes by a change within a second.

import { afterAll, expect, test } from 'vitest'
import type { AllocationChange, CampaignChange } from '../src/client/api.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { startLeadline } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin } from './support/postgres.ts'

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
  await client.createContactHours({ name: 'Always', zone: 'Pacific/Auckland' })
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
  return { template_id, campaign_id, allocation_id }
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
  /** Whether the second process takes leads afterwards. */
  takes: boolean
}

const allocation =
  (body: AllocationChange): Change['send'] =>
  () =>
    client.changeAllocation(at.allocation_id, body)
const campaign =
  (body: CampaignChange): Change['send'] =>
  () =>
    client.changeCampaign(at.campaign_id, body)

let names = 0
const ROUND: Change[] = [
  { send: allocation({ started: false }), takes: true },
  { send: () => allocation({ name: `Week ${++names}` })(), takes: true },
  { send: allocation({ started: true }), takes: true },
  { send: allocation({ archived: true }), takes: false },
  { send: allocation({ archived: false }), takes: true },
  { send: allocation({ started: true }), takes: true },
  { send: () => campaign({ name: `Under load ${++names}` })(), takes: true },
  { send: campaign({ archived: true }), takes: false },
  { send: campaign({ archived: false }), takes: true },
  { send: allocation({ started: true }), takes: true },
]

/** For how long after its answer the second process did not go by a change, milliseconds. */
async function lag({ takes }: Change): Promise<number> {
  const answered = performance.now()
  for (let last = 0; ; ) {
    const begun = performance.now()
    const { code } = await second.client.insertLeadFast(at, { Phone: phone() })
    expect([0, 1004]).toContain(code)
    if ((code === 0) === takes) return last
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
  // All of them were at work.
  expect([inserted.length, updated.size, reported.length].every((some) => some > WRITERS)).toBe(true)
}, 300_000)
