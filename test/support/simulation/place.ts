// Where simulated days are played: the set-up through the API, and all leads compared at the end.

import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { LeadlineClient } from '../../../src/client/client.ts'
import { DISPOSITIONS, HOURS, TEMPLATES, type TemplateRules } from '../model/world.ts'
import { admin, type Connection } from '../postgres.ts'
import type { Place, Player } from './player.ts'

export interface Template {
  template_id: number
  rules: TemplateRules
}

async function made<Body>(client: LeadlineClient, path: string, body: object): Promise<Body> {
  const answer = await client.post<Body>(path, body)
  expect(answer, path).toMatchObject({ status: 201 })
  return answer.body
}

/** Contact hours, a disposition set and the templates. */
export async function setUp(client: LeadlineClient): Promise<Template[]> {
  for (const hours of HOURS) await made(client, '/v1/contact-hours', hours)
  const { disposition_set_id } = await made<{ disposition_set_id: number }>(client, '/v1/disposition-sets', {
    name: 'Simulated',
  })
  for (const disposition of DISPOSITIONS)
    await made(client, `/v1/disposition-sets/${disposition_set_id}/dispositions`, disposition)
  const templates: Template[] = []
  for (const [i, rules] of TEMPLATES.entries()) {
    const { template_id } = await made<{ template_id: number }>(client, '/v1/templates', {
      name: `Simulated ${i}`,
      ...rules,
      contact_hours: HOURS[0]!.name,
      disposition_set: 'Simulated',
      fields: [
        { name: 'Name', kind: 'text' },
        { name: 'City', kind: 'text', merge_group: 'address' },
        { name: 'State', kind: 'text', merge_group: 'address' },
        { name: 'First', kind: 'phone' },
        { name: 'Second', kind: 'phone' },
      ],
    })
    templates.push({ template_id, rules })
  }
  return templates
}

let campaigns = 0

/** A campaign with two started allocations. */
export async function makePlace(
  client: LeadlineClient,
  { template_id, rules }: Template,
  setClock: (now: number) => void,
): Promise<Place> {
  const { campaign_id } = await made<{ campaign_id: number }>(client, '/v1/campaigns', {
    template_id,
    name: `day ${++campaigns}`,
  })
  const allocations: number[] = []
  for (const name of ['first', 'second']) {
    const body = { campaign_id, name, started: true }
    allocations.push((await made<{ allocation_id: number }>(client, '/v1/allocations', body)).allocation_id)
  }
  return { client, setClock, rules, template_id, campaign_id, allocations }
}

/** Every lead of the campaign, its calls, its numbers, and what waits for a person. */
export async function compareAll(connection: Connection, player: Player): Promise<void> {
  const { campaign_id } = player
  const leads = await admin(
    connection,
    `select l.number::int, l.version, l.allocation_id, l.fields, l.disposition, l.callback_agent, l.priority,
       to_char(l.callback_local, 'YYYY-MM-DD"T"HH24:MI:SS') as callback, h.name as hours, l.client_approved,
       l.closed_at is not null as closed, l.calls, l.forgotten_at is not null as forgotten,
       (select coalesce(json_agg(p.phone order by p.field), '[]') from lead_phones p
        where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.state in ('wrong', 'disconnected')) as not_dialled
     from leads l left join contact_hours h using (contact_hours_id)
     where l.campaign_id = ${campaign_id} order by l.number`,
  )
  const calls = await admin(
    connection,
    `select lead_number::int as number, json_agg(disposition order by call_id) as dispositions
     from call_records where campaign_id = ${campaign_id} group by lead_number`,
  )
  const calls_of = new Map(calls.rows.map(({ number, dispositions }) => [number, dispositions]))
  const there = leads.rows.map(({ number, forgotten, not_dialled, ...lead }) => ({
    number,
    calls: calls_of.get(number) ?? [],
    ...(forgotten ? { forgotten } : { ...shownOf(lead), not_dialled: new Set(not_dialled) }),
  }))
  const expected = player.everyLead()
  // Of a hundred thousand leads only the one that differs is worth a look.
  for (const [i, lead] of there.entries())
    if (!isDeepStrictEqual(lead, expected[i])) expect(lead).toEqual(expected[i])
  expect(there).toHaveLength(expected.length)

  const held = await admin(
    connection,
    `select lead_number::int as number, groups from held_updates where campaign_id = ${campaign_id} and state = 'open'`,
  )
  const waiting = held.rows.map(({ number, groups }) => JSON.stringify([number, groups]))
  expect(new Set(waiting)).toEqual(player.model.held)
}

const shownOf = ({ calls: _, ...lead }: Record<string, unknown>) => lead
