// The demo: a past that is told once, through the API, and goes on without harm.

import { afterAll, expect, test } from 'vitest'
import { connectSystems, PASSWORD, PEOPLE, setUp, targetsOf } from '../src/cli/demo/place.ts'
import { practice } from '../src/cli/demo/practice.ts'
import { tellStory } from '../src/cli/demo/story.ts'
import { trickle } from '../src/cli/demo/trickle.ts'
import { checkDatabase } from './support/check-database.ts'
import { startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { connection, pool, url } = leadline
afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

const LEADS = 400

test('the demo has leads, calls, conflicts and people, and things go on happening', async () => {
  const systems = await connectSystems(pool, url)
  const made = await setUp(systems)
  expect(made).toHaveLength(3)
  await tellStory(systems, pool, made!, LEADS, () => undefined)
  const count = async (text: string) => (await admin(connection, text)).rows[0].n as number
  expect(await count('select count(*)::integer as n from leads')).toBe(LEADS)
  expect(await count('select count(*)::integer as n from call_records')).toBeGreaterThan(LEADS / 4)
  expect(
    await count(`select count(*)::integer as n from leads where created_at < now() - interval '7 days'`),
  ).toBeGreaterThan(LEADS / 4)
  expect(await count('select count(distinct lead_number)::integer as n from events where at > now()')).toBe(0)
  const conflicts = await systems.office.get<{ items: { clashes: string[] }[] }>('/v1/conflicts')
  expect(conflicts.body.items).toHaveLength(9)
  for (const { clashes } of conflicts.body.items) expect(clashes).toContain('address')

  expect(
    await systems.web_form.post('/v1/session', { login: PEOPLE[0]!.login, password: PASSWORD }),
  ).toMatchObject({
    status: 201,
    body: { operator: { role: 'admin' } },
  })

  // A clash to practise on waits for the agent, and again once it is settled, however often.
  const ann = await leadline.asOperator('agent')
  await ann.signIn('ann', PASSWORD)
  const handed = async () => {
    await practice(systems, made![0]!)
    const found = await ann.conflicts({ assigned: 'me' })
    if (!found.ok) throw new Error(found.body.detail)
    expect(found.body.items).toMatchObject([{ clashes: ['address', 'fields.Name'] }])
    return found.body.items[0]!
  }
  const first = await handed()
  expect((await handed()).conflict_id).toBe(first.conflict_id)
  for (const take of ['mine', 'theirs', 'mine', 'base'] as const) {
    const { conflict_id, clashes, lead_version } = await handed()
    const decisions = Object.fromEntries(clashes.map((group) => [group, { take }]))
    const settled = await ann.settleConflict(conflict_id, { lead_version: lead_version!, decisions })
    expect(settled).toMatchObject({ status: 200 })
  }

  // A second start finds everything, and adds nothing but what happens from then on.
  expect(await setUp(systems)).toBeNull()
  const targets = await targetsOf(systems)
  expect(targets).toEqual(made)
  const stop = new AbortController()
  const going_on = trickle(systems, targets, 900_000, stop.signal)
  await until(
    'a lead comes in',
    async () => (await count('select count(*)::integer as n from leads')) > LEADS + 1,
  )
  stop.abort()
  await going_on
})
