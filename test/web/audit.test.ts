// The audit log on the screen, with the keyboard alone.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { choose, press, typeInto } from './keyboard-names.ts'

const leadline = await startLeadline()
const { client } = leadline
const open = browserAt(leadline.url)
const admin = await leadline.asOperator('admin')
const { name } = admin.operator

test('what was done is told in sentences, with what changed from what to what', async () => {
  const team = await admin.createTeam({ name: 'South' })
  const key = await admin.createApiKey({ name: 'Web form', scopes: ['insert'] })
  const person = { login: 'sue', name: 'Sue Ling', role: 'agent', password: 'four grey geese' } as const
  const sue = await admin.createOperator({ ...person, teams: [] })
  if (!team.ok || !key.ok || !sue.ok) throw new Error('nothing was made')
  await admin.changeTeam(team.body.team_id, { name: 'South coast' })
  await admin.changeApiKey(key.body.key_id, { scopes: ['insert', 'read'] })
  await admin.changeOperator(sue.body.operator_id, { role: 'lead' })
  await admin.addToDnc({ list: 'private', phones: [mobile()] })

  const page = await open('/audit', { as: admin })
  const row = (said: string) => page.getByRole('row').filter({ hasText: said }).first()
  await row(`${name} added numbers to the private do-not-call list.`).waitFor()
  await row(`${name} changed Sue Ling.`).getByText('Role: Agent → Team lead').waitFor()
  await row(`${name} changed the key Web form.`).getByText('May: Insert leads → Insert leads, Read').waitFor()
  await row(`${name} renamed the team South coast.`).getByText('Name: South → South coast').waitFor()
  expect(await axeFinds(page)).toEqual([])
})

test('it is narrowed by who, what and when, and the address keeps it', async () => {
  await client.createTeam({ name: 'North' })
  const page = await open('/audit', { as: admin })
  await page.getByText('added the team North').waitFor()
  await choose(page, 'About', 'API')
  await page.waitForURL('**/audit?kind=key')
  await until('only keys are shown', async () => (await page.getByText('the team').count()) === 0)
  await page.getByText('made the key Web form').waitFor()
  await press(page, 'Clear filters')
  await choose(page, 'Who', name)
  await until(
    'the key’s deed is gone',
    async () => (await page.getByText('added the team North').count()) === 0,
  )
  await page.getByText('added the team South').waitFor()
  await typeInto(page, 'To', '1 Jan 2020')
  await page.getByText('No entries match these filters.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.reload()
  await page.getByText('No entries match these filters.').waitFor()
  await press(page, 'Clear filters')
  await page.getByText('added the team North').waitFor()
})

test('it is read on, page by page, and fits a phone; an admin of a team sees the team’s entries', async () => {
  for (let i = 0; i < 60; i++) await client.createTeam({ name: `Team ${i}` })
  const page = await open('/audit?kind=team', { as: admin, width: 360 })
  await page.getByText('added the team Team 59').waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await press(page, 'Show more')
  await page.getByText('added the team Team 3.').waitFor()

  const east = await leadline.asOperator('admin', ['East'])
  await east.createApiKey({ name: 'East form', scopes: ['insert'], teams: ['East'] })
  const theirs = await open('/audit', { as: east })
  await theirs.getByText('made the key East form').waitFor()
  expect(await theirs.getByText('Web form').count()).toBe(0)
  const manager = await open('/audit', { as: await leadline.asOperator('manager') })
  await manager.getByRole('heading', { name: 'You don’t have access' }).waitFor()
})
