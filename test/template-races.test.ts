// A template of 60 fields changes a hundred times while 32 takers and 64 writers work on two servers: nothing that was
// answered is lost, and the history of every lead reads right afterwards.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { FieldChange, Template, TemplateChange } from '../src/client/api.ts'
import type { LeadlineClient } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { startLeadline } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin } from './support/postgres.ts'
import { placeIn } from './support/regions.ts'

const CHANGES = much(100, 1_000)
const FIELDS = 60
const [TAKERS, INSERTERS, UPDATERS] = [32, 32, 32]
const PACE_MS = 20
/** The rest of a worker between two requests: what is tested is the change beside them, not the machine. */
const REST_MS = 1_500

const leadline = await startLeadline()
const second = await startLeadline({ connection: leadline.connection })
const { client, connection } = leadline
const clients = [client, second.client]

/** Texts that begin the list, with two numbers at its end. */
const names = Array.from({ length: FIELDS - 2 }, (_, i) => `F${i}`)
const pick = <T>(values: readonly T[]) => values[Math.floor(Math.random() * values.length)]!

/** New Zealand: no law narrows the hours, so the clock of the machine does not matter. */
const place = await placeIn(leadline, 'NZ', {
  fields: [
    ...names.map((name) => ({ name, kind: 'text' })),
    { name: 'Phone', kind: 'phone' },
    { name: 'Second', kind: 'phone' },
  ],
})
const { template_id, campaign_id, allocation_id } = place

let line = 210_000_000
const nextNumber = () => `0${line++}`

/** What a writer was told is written: a text under a key, of a lead, at a version. */
interface Written {
  id: string
  version: number
  key: string
  text: string
}
const written: Written[] = []
const held = new Set<string>()
const counts = { inserted: 0, updated: 0, met: 0, retired: 0, handed_out: 0, changed: 0 }
const ids: string[] = []
let goes_on = true

async function insert(by: LeadlineClient) {
  const key = pick(names)
  // By an alias, which is no field of the template for a part of the time.
  const sent_key = Math.random() < 0.3 ? `alias ${key}` : key
  const text = `text ${counts.inserted++}`
  const lead: Record<string, string> = { Phone: nextNumber(), [sent_key]: text }
  if (Math.random() < 0.2) lead.Second = nextNumber()
  const answer = await by.insertLeadFast(place, lead)
  expect(answer, JSON.stringify(answer)).toMatchObject({ code: 0 })
  const id = answer.lead_id!
  written.push({ id, version: 1, key, text })
  ids.push(id)
}

async function update(by: LeadlineClient) {
  const id = pick(ids)
  const lead = await by.lead(id)
  if (!lead.ok) throw new Error(lead.body.detail)
  const key = pick(names)
  const text = `text ${counts.updated} of ${id}`
  const fields = { [key]: text, ...(Math.random() < 0.1 ? { Phone: nextNumber() } : {}) }
  const answer = await by.patchLead(id, lead.body.version, { fields })
  if (answer.ok) {
    counts.updated++
    written.push({ id, version: answer.body.version, key, text })
  } else if (answer.code === 110) counts.met++
  else {
    // The field was retired a moment ago.
    expect(answer, JSON.stringify(answer.body)).toMatchObject({
      code: 1005,
      body: { field: `/fields/${key}` },
    })
    counts.retired++
  }
}

async function take(by: LeadlineClient) {
  const answer = await by.post<Leases>(`/v1/allocations/${allocation_id}/leases`, {})
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
  const [lease] = answer.body.items
  if (!lease) return sleep(20)
  const { id } = lease.lead
  expect(held.has(id), `${id} is in two hands`).toBe(false)
  expect(lease.numbers.length).toBeGreaterThan(0)
  held.add(id)
  await sleep(Math.random() * 20)
  held.delete(id)
  const reported = await by.put(`/v1/leases/${lease.lease_id}/outcome`, {
    disposition: 'No Answer',
    phone: lease.numbers[0]!.number,
  })
  expect(reported, JSON.stringify(reported.body)).toMatchObject({ status: 200, body: { applied: true } })
  counts.handed_out++
}

const shuffled = (template: Template) =>
  template.fields
    .filter(({ retired }) => !retired)
    .map(({ name }) => name)
    .toSorted(() => Math.random() - 0.5)

/** One change after the other, each made from the version of the one before. */
async function change(round: number) {
  const by = clients[round % 2]!
  const { body } = await by.template(template_id)
  const template = body as Template
  const name = pick(names)
  const ofField = (asked: FieldChange, field = name) =>
    by.changeField(template_id, field, asked, {}, template.version)
  const ofRules = (asked: TemplateChange) => by.changeTemplate(template_id, asked, {}, template.version)
  const ways = [
    () => ofField({ label: `Label ${round}` }),
    () => ofField({ aliases: [`alias ${name}`, `other ${round}`] }),
    () => ofRules({ field_order: shuffled(template) }),
    () => ofField({ retired: !template.fields.find((field) => field.name === name)!.retired }),
    () => ofField({ retired: !template.fields.find((field) => field.name === 'Second')!.retired }, 'Second'),
    () => ofRules({ bad_values: template.bad_values === 'keep' ? 'refuse' : 'keep', name: `Name ${round}` }),
    () => ofRules({ duplicate_rule: template.duplicate_rule === 'any' ? 'all' : 'any' }),
    () => ofField({ kind: pick(['text', 'long_text'] as const), merge_group: pick(['group', null]) }),
  ]
  const answer = await ways[round % ways.length]!()
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
  counts.changed++
}

const repeated = (work: (by: LeadlineClient) => Promise<unknown>) => async (_: unknown, i: number) => {
  try {
    while (goes_on) {
      await work(clients[i % 2]!)
      await sleep(Math.random() * REST_MS)
    }
  } finally {
    goes_on = false
  }
}

test('takers and writers lose nothing while the template changes', {
  timeout: much(180_000, 1_800_000),
}, async () => {
  for (let i = 0; i < 50; i++) await insert(client)
  const workers = [
    ...Array.from({ length: TAKERS }).map(repeated(take)),
    ...Array.from({ length: INSERTERS }).map(repeated(insert)),
    ...Array.from({ length: UPDATERS }).map(repeated(update)),
  ]
  const changer = async () => {
    try {
      for (let round = 0; round < CHANGES; round++) {
        await change(round)
        await sleep(PACE_MS)
      }
      const { body } = await client.template(template_id)
      for (const { name, retired } of (body as Template).fields)
        if (retired) await client.changeField(template_id, name, { retired: false })
    } finally {
      await sleep(1_000)
      goes_on = false
    }
  }
  await Promise.all([...workers, changer()])
  for (const [what, count] of Object.entries(counts))
    expect(count, `${what} ${JSON.stringify(counts)}`).toBeGreaterThan(0)

  expect(await checkDatabase(connection)).toEqual([])
  const parked = await admin(
    connection,
    `select lead_number from queue where campaign_id = ${campaign_id} and state = 'parked'`,
  )
  expect(parked.rows).toEqual([])
  await historiesHold()
})

/** Every version of a lead that somebody wrote has what they wrote, in a field or as an unmapped key. */
async function historiesHold() {
  const asked = [...written]
  const lost: (Written & { found: unknown })[] = []
  const look = async () => {
    for (let one = asked.pop(); one; one = asked.pop()) {
      const { id, version, key, text } = one
      const answer = await client.leadVersion(id, version)
      const { fields = {}, unmapped = {} } = answer.ok ? answer.body : {}
      if (![fields[key], unmapped[key], unmapped[`alias ${key}`]].includes(text))
        lost.push({ ...one, found: answer.body })
    }
  }
  await Promise.all(Array.from({ length: 16 }, look))
  expect(lost).toEqual([])
}
