// The set-up of the server before the rows run.

import type { Target } from '../../src/client/client.ts'
import type { Scope } from '../../src/core/access.ts'
import { createKey } from '../../src/db/keys.ts'
import { hashKey, newKey } from '../../src/intake/keys.ts'
import { type Leadline, mobile } from '../support/leadline.ts'
import { admin } from '../support/postgres.ts'
import type { World } from './row.ts'

/** A key in clear, for requests that spell their own headers. */
export async function keyOf(
  { pool }: Leadline,
  options: { scopes: Scope[]; team_ids?: number[]; expires_at?: string },
): Promise<string> {
  const key = newKey()
  await createKey(pool, { name: 'test', hash: hashKey(key), created_by: 'system', ...options })
  return key
}

interface Wanted {
  name: string
  team?: string
  dnc_rule?: 'any'
  disposition_set?: string
  fields?: Record<string, unknown>[]
}

const PHONES = [
  { name: 'FirstPhone', kind: 'phone' },
  { name: 'SecondPhone', kind: 'phone' },
]

/** A template with one campaign and one allocation. */
export async function newTarget({ client }: Leadline, { fields = [], ...wanted }: Wanted): Promise<Target> {
  const template = await client.post<{ template_id: number }>('/v1/templates', {
    contact_hours: 'Australia/Melbourne',
    fields: [{ name: 'Name', kind: 'text' }, ...PHONES, ...fields],
    ...wanted,
  })
  const { template_id } = template.body
  const campaign = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: wanted.name,
  })
  const { campaign_id } = campaign.body
  const allocation = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id,
    name: wanted.name,
  })
  return { template_id, campaign_id, allocation_id: allocation.body.allocation_id }
}

const EVERY_KIND = [
  { name: 'Notes', kind: 'long_text' },
  { name: 'Email', kind: 'email' },
  { name: 'Born', kind: 'date' },
  { name: 'Income', kind: 'number' },
  { name: 'Plan', kind: 'choice', choices: ['Basic', 'Full'] },
  { name: 'Agreed', kind: 'check' },
]

export async function makeWorld(leadline: Leadline, hasty: Leadline): Promise<World> {
  const { client, target, connection } = leadline
  // There are no routes for teams and disposition sets yet.
  const teams = await admin(connection, `insert into teams (name) values ('West') returning team_id`)
  await admin(
    connection,
    `with s as (insert into disposition_sets (name, team_id) values ('Short', 1) returning disposition_set_id)
     insert into dispositions (disposition_set_id, code, kind, enabled)
     select s.disposition_set_id, d.code, 'final', d.enabled
     from s, (values ('Info Pack', true), ('Toilet', false)) as d (code, enabled)`,
  )
  const known_id = 'known'
  await client.insertLeadFast(target, { FirstPhone: mobile(), njExternalLeadId: known_id })
  await client.updateLeadFast(target, {
    FirstPhone: '<NO CHANGE>',
    njExternalLeadId: known_id,
    njDisposition: 'Busy',
  })
  return {
    leadline,
    hasty,
    known_id,
    west: {
      team_id: teams.rows[0].team_id,
      target: await newTarget(leadline, { name: 'West', team: 'West' }),
    },
    rich: await newTarget(leadline, { name: 'Rich', disposition_set: 'Short', fields: EVERY_KIND }),
    strict: await newTarget(leadline, { name: 'Strict', dnc_rule: 'any' }),
  }
}
