// The do-not-call list as people read it: the last change first, with the names of those who made it.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DncEvidence, LatestDncEntries } from '../src/client/api.ts'
import type { LeadlineClient } from '../src/client/client.ts'
import { mobile, startLeadline } from './support/leadline.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { campaign_id } = target
const manager = await leadline.asOperator('manager')
const keeper = await leadline.clientWith(['read', 'supervise', 'manage'])

type Query = NonNullable<Parameters<LeadlineClient['latestDncEntries']>[0]>

async function page(query: Query, by: LeadlineClient = client): Promise<LatestDncEntries> {
  const answer = await by.latestDncEntries(query)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}

/** Every page of so many entries. */
async function read(limit: number, query: Query = {}, by: LeadlineClient = client): Promise<DncEvidence[]> {
  const items: DncEvidence[] = []
  for (let cursor: string | undefined; ; ) {
    const found = await page({ ...query, limit, cursor }, by)
    items.push(...found.items)
    if (found.next_cursor === null) return items
    cursor = found.next_cursor
  }
}

const e164 = (phone: string) => `+61${phone.slice(1)}`
const [first, second, third, fourth] = [mobile(), mobile(), mobile(), mobile()]
const removed = mobile()

test('the last change comes first, a removal is one, and names are there', async () => {
  await keeper.addToDnc({ list: 'private', phones: [removed, first] })
  await manager.addToDnc({ list: 'client', phones: [second], reason: 'ours since May' })
  await manager.addToDnc({ list: 'campaign', campaign_id, phones: [third, fourth] })
  await manager.removeFromDnc({ list: 'private', phones: [removed], reason: 'typed wrongly' })
  const all = await read(100)
  expect(all.map(({ phone }) => phone)).toEqual([removed, fourth, third, second, first].map(e164))
  expect(all[0]).toMatchObject({
    standing: false,
    removed_by_name: manager.operator.name,
    removed_reason: 'typed wrongly',
  })
  expect(all[3]).toMatchObject({
    standing: true,
    added_by_name: manager.operator.name,
    removed_by_name: null,
    reason: 'ours since May',
  })
})

test('it is narrowed by list, campaign and whether an entry counts', async () => {
  const phones = async (query: Query) => (await read(100, query)).map(({ phone }) => phone)
  expect(await phones({ list: 'private' })).toEqual([removed, first].map(e164))
  expect(await phones({ list: 'private', standing: true })).toEqual([e164(first)])
  expect(await phones({ standing: false })).toEqual([e164(removed)])
  expect(await phones({ campaign_id })).toEqual([fourth, third].map(e164))
  expect(await phones({ campaign_id, list: 'client' })).toEqual([])
  expect(await phones({ campaign_id: 999 })).toEqual([])
})

test('pages of any length make the same list', async () => {
  const whole = await read(500)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 7 }),
      fc.option(fc.constantFrom<Query['list']>('private', 'client', 'campaign'), { nil: undefined }),
      async (limit, list) => {
        const expected = list ? whole.filter((entry) => entry.list === list) : whole
        expect(await read(limit, { list })).toEqual(expected)
      },
    ),
    { numRuns: 20 },
  )
})

test('a caller of one team sees its campaigns, the shared lists, and no reasons of others', async () => {
  const east = await leadline.asOperator('lead', ['East'])
  const all = await read(2, {}, east)
  expect(all.map(({ phone }) => phone)).toEqual([removed, second, first].map(e164))
  expect(all.map(({ reason, removed_reason }) => reason ?? removed_reason)).toEqual([null, null, null])
  expect(await read(2, { campaign_id }, east)).toEqual([])
  await east.addToDnc({ list: 'private', phones: [mobile()], reason: 'asked us' })
  expect((await page({ limit: 1 }, east)).items).toMatchObject([{ reason: 'asked us' }])
})

test('a cursor that is none is refused', async () => {
  expect(await client.latestDncEntries({ cursor: 'x' })).toMatchObject({ status: 400, body: { code: 1003 } })
})
