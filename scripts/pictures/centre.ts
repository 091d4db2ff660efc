// The contact centre of the demo as the pictures need it: with much to decide, long templates and something of everything.

import { setTimeout as sleep } from 'node:timers/promises'
import { connectSystems, PASSWORD, PEOPLE, setUp } from '../../src/cli/demo/place.ts'
import { tellStory } from '../../src/cli/demo/story.ts'
import type { startServer } from '../../src/cli/server.ts'
import type { Reply } from '../../src/client/answer.ts'
import type { LeadPatch, NewTemplate } from '../../src/client/api.ts'
import { LeadlineClient } from '../../src/client/client.ts'
import { sendDncFile } from '../../src/client/send-file.ts'
import { localIn } from '../../src/core/times.ts'
import { ensureTeam } from '../../src/db/teams.ts'
import { COOKIE } from '../../src/http/door/sessions.ts'
import { bulkChangeIn, changeBy, importsAt } from '../../test/web/screens.ts'

const LEADS = 400
const LOOK_MS = 50
const MANY = 65

const must = async <Body>(reply: Promise<Reply<Body>>): Promise<Body> => {
  const answer = await reply
  if (!answer.ok) throw new Error(`${answer.code} ${answer.body.detail}`)
  return answer.body
}

export type Centre = Awaited<ReturnType<typeof openCentre>>

export async function openCentre({ pool, url }: Awaited<ReturnType<typeof startServer>>) {
  const systems = await connectSystems(pool, url)
  const { crm, office } = systems
  const targets = (await setUp(systems))!
  await tellStory(systems, pool, targets, LEADS, console.error)
  const { allocation_id } = targets[0]!

  let nth = 0
  const mobile = () => `04${String(70_000_000 + nth++ * 101)}`
  /** Jane's lead; its id. */
  const jane = async (fields: Record<string, string> = {}, into = allocation_id): Promise<string> => {
    const all =
      into === allocation_id
        ? {
            Name: 'Jane Citizen',
            StreetAddress: '12 Collins Street',
            City: 'Melbourne',
            State: 'VIC',
            PostCode: '3000',
            Email: 'jane@example.com',
            Mobile: mobile(),
            Roof: 'Tile',
            ...fields,
          }
        : { ...fields, Mobile: mobile() }
    return (await must(office.createLead({ allocation_id: into, fields: all }))).id
  }
  const lead = (id: string) => must(office.lead(id))
  const numberOf = async (id: string) => (await lead(id)).phones[0]!.number!
  /** Somebody changes a lead as it is now. */
  const others = async (id: string, patch: LeadPatch, by: LeadlineClient = crm) =>
    must(by.patchLead(id, (await lead(id)).version, patch))
  /** A change of a lead that has been changed since: it waits. */
  const held = async (theirs: LeadPatch, mine: LeadPatch, by: LeadlineClient = crm) => {
    const id = await jane()
    await others(id, theirs, office)
    const answer = await must(by.patchLead(id, 1, mine, 'hold'))
    if (!('conflict_id' in answer)) throw new Error('nothing was held')
    return answer.conflict_id
  }

  const cookies: Record<string, string> = {}
  const people: Record<string, LeadlineClient> = {}
  const signIn = async (login: string, as: string) => {
    const headers = { Origin: url, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ login, password: PASSWORD })
    const answer = await fetch(`${url}/v1/session`, { method: 'POST', headers, body })
    cookies[as] = new RegExp(`${COOKIE}=([^;]+)`).exec(answer.headers.getSetCookie().join())![1]!
    const asPerson: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('Cookie', `${COOKIE}=${cookies[as]}`)
      headers.set('Origin', url)
      return fetch(input, { ...init, headers })
    }
    people[as] = new LeadlineClient({ url, key: null, fetch: asPerson })
  }
  for (const role of ['agent', 'lead', 'admin'] as const)
    await signIn(PEOPLE.find((one) => one.role === role)!.login, role)
  await pool.transaction((tx) => ensureTeam(tx, 'Perth'))
  const newcomer = { login: 'nora', name: 'Nora Quist', role: 'lead', teams: ['Perth'] } as const
  await must(office.createOperator({ ...newcomer, teams: [...newcomer.teams], password: PASSWORD }))
  await signIn(newcomer.login, 'newcomer')

  /** A campaign with these fields and a mobile; its allocation. */
  const campaignOf = async (
    name: string,
    fields: NewTemplate['fields'],
    more: Partial<NewTemplate> = {},
  ): Promise<number> => {
    const mobiles = [{ name: 'Mobile', kind: 'phone' as const }]
    const template = {
      name,
      contact_hours: 'Weekdays and Saturday',
      fields: [...fields, ...mobiles],
      ...more,
    }
    const { template_id } = await must(office.createTemplate(template))
    const { campaign_id } = await must(office.createCampaign({ template_id, name }))
    const made = await must(office.createAllocation({ campaign_id, name, started: true }))
    return made.allocation_id
  }

  for (let i = 0; i < MANY; i++) await held({ fields: { Roof: 'Metal' } }, { fields: { Roof: 'Flat' } })
  const settled = await held(
    { fields: { City: 'Fitzroy' } },
    { fields: { City: 'Docklands', Email: 'jane@office.example' } },
  )
  await must(people.lead!.settleConflict(settled, await decisionsOf(people.lead!, settled)))
  const dismissed = await held({ fields: { City: 'Fitzroy' } }, { fields: { City: 'Docklands' } })
  await must(people.lead!.settleConflict(dismissed, { dismiss: true, reason: 'The CRM sent it twice.' }))
  const asked = await held({ fields: { City: 'Fitzroy' } }, { fields: { City: 'Docklands' } }, people.agent)
  await must(people.agent!.noteConflict(asked, { note: 'She called back: the new address is right.' }))
  await held({ fields: { Name: 'J. Citizen' } }, { fields: { Name: 'Jane Hall' } }, people.agent)
  const open = await must(office.conflicts({ state: 'open', limit: 100 }))
  const first = open.items.at(-1)!
  const blocked_id = await jane()
  const block = async (id: string) => {
    const phones = (await lead(id)).phones.map(({ number }) => String(number))
    await must(office.addToDnc({ list: 'private', phones, reason: 'asked us not to call' }))
  }
  await block(blocked_id)
  // What the picture of a checked number asks about.
  await must(office.addToDnc({ list: 'private', phones: ['0412345063'], reason: 'asked us twice' }))
  const called = await jane({ HomePhone: '03 9100 2000', Notes: 'Prefers a call after work.' })
  for (const disposition of ['No Answer', 'Busy', 'Answering Machine'])
    await others(called, { disposition }, people.agent)
  await must(people.agent!.addNote(called, { text: 'Her neighbour says she is back on Monday.' }))
  await others(called, { disposition: 'Callback', callback: { local: '2027-03-03T10:00' } }, people.agent)
  // In New Zealand no law narrows the hours, so a lead can be called whenever pictures are taken.
  await must(office.createContactHours({ name: 'Round the clock', zone: 'Pacific/Auckland' }))
  const wellington = await campaignOf(
    'Wellington solar',
    ['Name', 'Street', 'City', 'Interest'].map((name) => ({ name, kind: 'text' as const })),
    { region: 'NZ', contact_hours: 'Round the clock' },
  )
  const { login: agent } = PEOPLE.find((one) => one.role === 'agent')!
  const promised = async (Name: string, hours: number | null) => {
    const local = hours === null ? null : localIn(Date.now() + hours * 3_600_000, 'Pacific/Auckland')
    const fields = { Name, City: 'Wellington', Street: '8 Cuba Street', Mobile: `+6427${4_600_000 + nth++}` }
    const callback = local === null ? {} : { callback: { local }, callback_agent: agent }
    return (await must(office.createLead({ allocation_id: wellington, fields, ...callback }))).id
  }
  for (const [name, hours] of [
    ['Rangi Walker', -3],
    ['Mere Tane', 2],
    ['Oliver Brown', 26],
    ['Sina Leota', 27],
    ['Hemi Parata', 75],
  ] as const)
    await promised(name, hours)
  const next = await promised('Aroha Ngata', null)
  await must(people.agent!.addNote(next, { text: 'Saw us at the home show in Petone.' }))
  // Washed once, and asked about again.
  const battery = await campaignOf('Battery offers', [{ name: 'Name', kind: 'text' }])
  const offered = Array.from({ length: 40 }, () => mobile())
  for (const [i, Mobile] of offered.entries())
    await must(office.createLead({ allocation_id: battery, fields: { Name: `Person ${i}`, Mobile } }))
  const askedAbout = async () => {
    const { wash_id } = await must(office.makeWash(battery, { register: 'au' }))
    while ((await must(office.wash(wash_id))).state === 'collecting') await sleep(LOOK_MS)
    return wash_id
  }
  const washed = await askedAbout()
  const answer = new Blob(offered.map((phone, i) => `${phone},${i % 7 === 0 ? 'Y' : 'N'}\n`))
  const file = await must(office.answerWash(washed, { name: 'washed.csv', bytes: answer.size }))
  await sendDncFile(office, file, answer)
  while ((await must(office.wash(washed))).state !== 'done') await sleep(LOOK_MS)
  await askedAbout()
  const { action_id } = await must(
    office.createAction({
      name: 'Tell the CRM',
      kind: 'url',
      config: {
        method: 'POST',
        url: 'https://crm.example/leads/${njExternalLeadId}/sold',
        headers: { Authorization: 'Bearer s3cret' },
        body: '{"lead": "${njLead}", "name": "${Name}", "outcome": "${njDisposition}"}',
      },
    }),
  )
  await must(office.changeDispositionActions(1, 'Sale', { action_ids: [action_id] }))
  const closed = await jane()
  await others(closed, { disposition: 'Sale' }, people.agent)

  return {
    cookies,
    people,
    jane,
    numberOf,
    others,
    held,
    block,
    mobile,
    crm,
    office,
    settled,
    dismissed,
    asked,
    blocked_id,
    action_id,
    called,
    closed,
    allocation_id,
    wellington,
    battery,
    lead_id: first.lead_id,
    conflict_id: first.conflict_id,
    bulk_change_id: await bulkChangeIn(office, targets[0]!),
    imports: await importsAt(office, targets[0]!, 'Mobile'),
    change: changeBy(office, first.lead_id),
    sixty: await campaignOf('Sixty fields', SIXTY),
    twelve: await campaignOf(
      'Twelve fields',
      TWELVE.map((name) => ({ name, kind: 'text' })),
    ),
  }
}

async function decisionsOf(by: LeadlineClient, conflict_id: number) {
  const { lead_version, clashes } = await must(by.conflict(conflict_id))
  const decisions = clashes.map((group) => [group, { take: 'theirs' as const }])
  return { lead_version: lead_version!, decisions: Object.fromEntries(decisions) }
}

export const TWELVE = 'Name Company Job Email Web Street City State Plan Budget Size Language'.split(' ')

const SECTIONS = ['vehicle', 'insurance', 'household']
const SIXTY: NewTemplate['fields'] = Array.from({ length: 59 }, (_, i) => ({
  name: i === 0 ? 'Name' : `Field${i}`,
  label: i === 0 ? 'Name' : `Question ${i}`,
  kind: i > 0 && i < 10 ? 'phone' : i > 57 ? 'long_text' : 'text',
  ...(i >= 20 && i < 50 ? { merge_group: SECTIONS[Math.floor((i - 20) / 10)]! } : {}),
}))
