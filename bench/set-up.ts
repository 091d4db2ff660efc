// The set-up that scenarios need, made over HTTP.

import type { LeadlineClient, Target } from '../src/client/client.ts'

const address = { kind: 'text', merge_group: 'address' }

/** The fields of the sample template, in a template of the bench's own. */
const FIELDS = [
  { name: 'Name', kind: 'text' },
  { name: 'StreetAddress', ...address },
  { name: 'City', ...address },
  { name: 'State', ...address },
  { name: 'PostCode', ...address },
  { name: 'Email', kind: 'email' },
  { name: 'FirstPhone', kind: 'phone' },
  { name: 'SecondPhone', kind: 'phone' },
]

/** The name of a run's campaign, by which its database is recognised. */
export const nameOf = (run: string) => `bench ${run}`

export async function createTarget(client: LeadlineClient, run: string): Promise<Target> {
  const name = nameOf(run)
  await create(client, '/v1/contact-hours', { name, zone: 'Australia/Melbourne' })
  const template = { name, region: 'AU', contact_hours: name, fields: FIELDS }
  const { template_id } = await create<Target>(client, '/v1/templates', template)
  const { campaign_id } = await create<Target>(client, '/v1/campaigns', { template_id, name })
  const allocation = { campaign_id, name, started: true }
  const { allocation_id } = await create<Target>(client, '/v1/allocations', allocation)
  return { template_id, campaign_id, allocation_id }
}

/** Makes a piece of set-up; answers it. */
export async function create<Body>(client: LeadlineClient, path: string, body: object): Promise<Body> {
  const answer = await client.post<Body & { detail?: string }>(path, body)
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.body.detail ?? ''}`)
  return answer.body
}

/** A template whose hours are open whatever the time of day: no rules are known for the numbers of New Zealand. */
export async function setUpTakers(client: LeadlineClient, run: string) {
  await create(client, '/v1/contact-hours', { name: `bench always ${run}`, zone: 'UTC' })
  const closed = await create<{ contact_hours_id: number }>(client, '/v1/contact-hours', {
    name: `bench never ${run}`,
    zone: 'UTC',
    weekly: [],
  })
  const { template_id } = await create<Target>(client, '/v1/templates', {
    name: `bench leases ${run}`,
    region: 'NZ',
    contact_hours: `bench always ${run}`,
    fields: [
      { name: 'Name', kind: 'text' },
      { name: 'Phone', kind: 'phone' },
    ],
  })
  const { campaign_id } = await create<Target>(client, '/v1/campaigns', { template_id, name: nameOf(run) })
  return {
    closed: closed.contact_hours_id,
    allocation: async (name: string): Promise<Target> => {
      const body = { campaign_id, name, started: true }
      const { allocation_id } = await create<Target>(client, '/v1/allocations', body)
      return { template_id, campaign_id, allocation_id }
    },
  }
}
