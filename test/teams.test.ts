// Teams: who sees them, who changes them, and what their names do elsewhere.

import { expect, test } from 'vitest'
import type { Team } from '../src/client/api.ts'
import { startLeadline } from './support/leadline.ts'

const leadline = await startLeadline()
const { client, clientWith } = leadline
const GLOBAL = 1

let made = 0
const fresh = () => `Team ${++made}`
async function team() {
  const answer = await client.createTeam({ name: fresh() })
  expect(answer).toMatchObject({ status: 201, body: { version: 1 } })
  return answer.body as Team
}
const listed = async (as: typeof client) => ((await as.teams()).body as { items: Team[] }).items

test('a team has a name, and counts what belongs to it', async () => {
  const { team_id, name } = await team()
  const field = { name: 'Phone', kind: 'phone' as const }
  await client.createTemplate({
    name: fresh(),
    team: name,
    contact_hours: 'Australia/Melbourne',
    fields: [field],
  })
  await leadline.asOperator('agent', [name])
  const keys = await Promise.all(
    [1, 2].map(() => client.createApiKey({ name: 'reader', scopes: ['read'], teams: [name] })),
  )
  await client.revokeApiKey((keys[0]!.body as { key_id: number }).key_id)
  const expected = { team_id, name, templates: 1, operators: 1, keys: 1, version: 1 }
  expect(await client.team(team_id)).toMatchObject({ status: 200, body: expected })
  expect(await listed(client)).toContainEqual(expected)
  expect(await client.createTeam({ name })).toMatchObject({ status: 422, code: 1005 })
})

test('renamed, it is named by its new name everywhere, and by the old one nowhere', async () => {
  const { team_id, name } = await team()
  const hours = { name: fresh(), zone: 'UTC' }
  const own = await client.createContactHours({ ...hours, team: name })
  const { contact_hours_id } = own.body as { contact_hours_id: number }
  const next = fresh()
  const renamed = await client.changeTeam(team_id, { name: next }, {}, 1)
  expect(renamed).toMatchObject({ status: 200, body: { name: next, version: 2 } })
  expect(await client.contactHours(contact_hours_id)).toMatchObject({ body: { team: next } })
  expect(await client.createContactHours({ name: fresh(), zone: 'UTC', team: name })).toMatchObject({
    code: 1004,
  })
  expect(await client.createContactHours({ name: fresh(), zone: 'UTC', team: next })).toMatchObject({
    status: 201,
  })
  expect(await client.changeTeam(team_id, { name }, {}, 1)).toMatchObject({ status: 412, code: 110 })
  const rehearsed = await client.changeTeam(team_id, { name }, { dry_run: true })
  expect(rehearsed).toMatchObject({ body: { name, version: 2, touches: { leads: 0 } } })
  expect(await client.team(team_id)).toMatchObject({ body: { name: next } })
})

test('Global keeps its name and stays', async () => {
  expect(await client.changeTeam(GLOBAL, { name: 'Ours' })).toMatchObject({ status: 422, code: 1005 })
  expect(await client.changeTeam(GLOBAL, { name: 'Global' })).toMatchObject({ status: 200 })
  expect(await client.deleteTeam(GLOBAL)).toMatchObject({ status: 422, code: 1005 })
})

test('a caller of a team sees that team, and changes none', async () => {
  const [own, other] = [await team(), await team()]
  const admin = await clientWith(['admin'], [own.team_id])
  expect((await listed(admin)).map(({ team_id }) => team_id)).toEqual([own.team_id])
  expect(await admin.team(other.team_id)).toMatchObject({ status: 404, code: 1004 })
  expect(await admin.createTeam({ name: fresh() })).toMatchObject({ status: 403, code: 1002 })
  for (const change of [admin.changeTeam(own.team_id, { name: fresh() }), admin.deleteTeam(own.team_id)])
    expect(await change).toMatchObject({ status: 403, code: 1002 })
  for (const change of [admin.changeTeam(other.team_id, { name: fresh() }), admin.deleteTeam(other.team_id)])
    expect(await change).toMatchObject({ status: 404, code: 1004 })
  const manager = await clientWith(['manage'])
  expect(await manager.createTeam({ name: fresh() })).toMatchObject({ status: 403, code: 1002 })
})

test('a revoked key of a deleted team says that it is gone', async () => {
  const { team_id, name } = await team()
  const key = await client.createApiKey({ name: 'reader', scopes: ['read'], teams: [name] })
  const { key_id } = key.body as { key_id: number }
  expect(await client.deleteTeam(team_id)).toMatchObject({
    code: 1005,
    body: { detail: `team ${team_id} has key ${key_id}: delete them or give them to another team first` },
  })
  await client.revokeApiKey(key_id)
  expect(await client.deleteTeam(team_id)).toMatchObject({ status: 204 })
  const { items } = (await client.apiKeys({ limit: 500 })).body as {
    items: { key_id: number; teams: string[] }[]
  }
  expect(items.find((one) => one.key_id === key_id)).toMatchObject({ teams: [`deleted team ${team_id}`] })
})
