// A template of another region with a campaign and a started allocation.

import type { Target } from '../../src/client/client.ts'
import type { Leadline } from './leadline.ts'

export interface Place extends Target {
  region: string
}

let names = 0

/** Contact hours round the clock, in UTC. `rules`: what else the template has. */
export async function placeIn(
  { client }: Pick<Leadline, 'client'>,
  region: string,
  rules: Record<string, unknown> = {},
): Promise<Place> {
  const name = `${region} ${++names}`
  await client.post('/v1/contact-hours', { name, zone: 'UTC' })
  const template = await client.post<{ template_id: number }>('/v1/templates', {
    name,
    region,
    contact_hours: name,
    fields: [
      { name: 'Name', kind: 'text' },
      { name: 'Phone', kind: 'phone' },
      { name: 'Second', kind: 'phone' },
    ],
    ...rules,
  })
  const { template_id } = template.body
  const campaign = await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
  const { campaign_id } = campaign.body
  const allocation = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id,
    name,
    started: true,
  })
  const { allocation_id } = allocation.body
  return { region, template_id, campaign_id, allocation_id }
}
