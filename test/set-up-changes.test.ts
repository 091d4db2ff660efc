// Set-up is changed from the version that its author saw, or not at all; a dry run says what a change would reach.

import { expect, test } from 'vitest'
import { startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const { client, connection } = leadline
const { template_id } = leadline.target

let made = 0
const fresh = () => `Campaign ${++made}`
async function campaign() {
  const { body } = await client.createCampaign({ template_id, name: fresh() })
  return body as { campaign_id: number; name: string; version: number }
}

test('a change made from an older version is refused, and nothing of it is written', async () => {
  const { campaign_id, version } = await campaign()
  const name = fresh()
  expect(await client.changeCampaign(campaign_id, { name }, {}, version)).toMatchObject({
    status: 200,
    body: { name, version: 2 },
  })
  expect(await client.changeCampaign(campaign_id, { name: fresh() }, {}, version)).toMatchObject({
    status: 412,
    code: 110,
  })
  expect(await client.campaign(campaign_id)).toMatchObject({ body: { name, version: 2 } })
})

test('of many changes from one version exactly one is made', async () => {
  const { campaign_id } = await campaign()
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => client.changeCampaign(campaign_id, { name: fresh() }, {}, 1)),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(15).fill(412)])
  expect(await client.campaign(campaign_id)).toMatchObject({ body: { version: 2 } })
})

test('a change that is there already is answered, raises no version and leaves no audit entry', async () => {
  const { campaign_id, name } = await campaign()
  await client.changeCampaign(campaign_id, { archived: true }, {}, 1)
  const again = await client.changeCampaign(campaign_id, { archived: true, name }, {}, 1)
  expect(again).toMatchObject({ status: 200, body: { version: 2 } })
  const entries = await admin(
    connection,
    `select action from audit_log where subject = 'campaign:${campaign_id}' order by audit_id`,
  )
  expect(entries.rows.map(({ action }) => action)).toEqual(['campaign.create', 'campaign.change'])
})

test('a dry run says what a change would reach, and does nothing', async () => {
  const { campaign_id, name } = await campaign()
  const rehearsed = await client.changeCampaign(campaign_id, { name: fresh() }, { dry_run: true })
  expect(rehearsed).toMatchObject({ status: 200, body: { version: 1, touches: { leads: 0 } } })
  expect(await client.campaign(campaign_id)).toMatchObject({ body: { name, version: 1 } })
})

test('a name that is taken, and a header that names no version, are refused', async () => {
  const [one, other] = [await campaign(), await campaign()]
  expect(await client.changeCampaign(one.campaign_id, { name: other.name })).toMatchObject({ code: 1005 })
  const odd = { body: { name: fresh() }, headers: { 'If-Match': 'v1' } }
  expect(await client.request('PATCH', `/v1/campaigns/${one.campaign_id}`, odd)).toMatchObject({ code: 1003 })
})
