// The contact centre of the demo: who works there, what is called, and the systems that send leads.

import type { Reply } from '../../client/answer.ts'
import type { NewTemplate } from '../../client/api.ts'
import { LeadlineClient, type Target } from '../../client/client.ts'
import type { Scope } from '../../core/access.ts'
import type { Role } from '../../core/operator.ts'
import { createKey } from '../../db/keys.ts'
import type { Pool } from '../../db/pool.ts'
import { hashKey } from '../../intake/keys.ts'

/** Everybody in the demo signs in with it; the demo listens on this machine only. */
export const PASSWORD = 'demo tour 2026'

export const PEOPLE: readonly { login: string; name: string; role: Role }[] = [
  { login: 'erin', name: 'Erin Walsh', role: 'admin' },
  { login: 'dev', name: 'Dev Patel', role: 'manager' },
  { login: 'carla', name: 'Carla Rossi', role: 'lead' },
  { login: 'ann', name: 'Ann Lee', role: 'agent' },
  { login: 'ben', name: 'Ben Okafor', role: 'agent' },
]

/** The systems that talk to it, by the names of their keys. */
const SYSTEMS = {
  web_form: { name: 'Web form', scopes: ['insert'] },
  crm: { name: 'CRM nightly sync', scopes: ['read', 'write'] },
  office: { name: 'Back office', scopes: ['admin'] },
} as const satisfies Record<string, { name: string; scopes: Scope[] }>

export type Systems = Record<keyof typeof SYSTEMS, LeadlineClient>

/** A client for each system, with a key that is made where it is missing. Known to everybody, like the password. */
export async function connectSystems(pool: Pool, url: string): Promise<Systems> {
  const clients: Partial<Systems> = {}
  for (const [id, { name, scopes }] of Object.entries(SYSTEMS)) {
    const key = `demo_${id}_${'0'.repeat(32)}`
    await createKey(pool, { name, hash: hashKey(key), scopes: [...scopes], created_by: 'system' })
    clients[id as keyof Systems] = new LeadlineClient({ url, key })
  }
  return clients as Systems
}

const address = { kind: 'text', merge_group: 'address' } as const

const FIELDS: NewTemplate['fields'] = [
  { name: 'Name', kind: 'text' },
  { name: 'StreetAddress', label: 'Street address', ...address },
  { name: 'City', ...address },
  { name: 'State', ...address },
  { name: 'PostCode', label: 'Post code', ...address },
  { name: 'Email', label: 'E-mail', kind: 'email' },
  { name: 'Mobile', kind: 'phone' },
  { name: 'HomePhone', label: 'Home phone', kind: 'phone' },
  { name: 'Roof', kind: 'choice', choices: ['Tile', 'Metal', 'Flat'] },
  { name: 'Owner', label: 'Owns the house', kind: 'check' },
  { name: 'QuarterlyBill', label: 'Quarterly bill ($)', kind: 'number' },
  { name: 'Notes', kind: 'long_text' },
]

const CAMPAIGNS = [
  { name: 'Solar, spring', allocations: ['Melbourne', 'Elsewhere'] },
  { name: 'Battery follow-up', allocations: ['Customers of 2025'] },
]

/** @throws Error */
export const accepted = async <Body>(reply: Promise<Reply<Body>>): Promise<Body> => {
  const answer = await reply
  if (answer.ok) return answer.body
  throw new Error(`the demo was refused: ${answer.code} ${answer.body.detail}`)
}

/** Null: it is there already. */
export async function setUp({ office }: Systems): Promise<Target[] | null> {
  if ((await office.operators()).body.items.length > 0) return null
  for (const person of PEOPLE) await accepted(office.createOperator({ ...person, password: PASSWORD }))
  const hours = await accepted(
    office.createContactHours({
      name: 'Weekdays and Saturday',
      zone: 'Australia/Melbourne',
      weekly: [
        { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '20:00' },
        { days: ['sat'], from: '10:00', to: '16:00' },
      ],
    }),
  )
  const template = { name: 'Solar', region: 'AU', contact_hours: hours.name, fields: FIELDS }
  const { template_id } = await accepted(office.createTemplate(template))
  const targets: Target[] = []
  for (const { name, allocations } of CAMPAIGNS) {
    const { campaign_id } = await accepted(office.createCampaign({ template_id, name }))
    for (const slice of allocations) {
      const allocation = { campaign_id, name: slice, started: true }
      const { allocation_id } = await accepted(office.createAllocation(allocation))
      targets.push({ template_id, campaign_id, allocation_id })
    }
  }
  return targets
}

/** The allocations of the demo, as they were set up. */
export async function targetsOf({ office }: Systems): Promise<Target[]> {
  const { items: campaigns } = await accepted(office.campaigns())
  const { items: allocations } = await accepted(office.allocations())
  return allocations.flatMap(({ allocation_id, campaign_id }) => {
    const campaign = campaigns.find((one) => one.campaign_id === campaign_id)
    if (!CAMPAIGNS.some(({ name }) => name === campaign?.name)) return []
    return [{ template_id: campaign!.template_id, campaign_id, allocation_id }]
  })
}
