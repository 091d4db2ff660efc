// People and teams on the screen, with the keyboard alone.

import { expect, test } from 'vitest'
import { browserAt, laterThanDoubleClick } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { dialogCloses, focusIsOn, press, tabTo, typeInto } from './keyboard-names.ts'
import { screensOf, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane } = screensOf(leadline)
const open = browserAt(leadline.url)
const admin = await leadline.asOperator('admin')

async function operatorNamed(wanted: string) {
  const answer = await client.operators({ limit: 500 })
  if (!answer.ok) throw new Error(answer.body.detail)
  const found = answer.body.items.find(({ name }) => name === wanted)
  if (!found) throw new Error(`there is no ${wanted}`)
  return found
}

test('a person is added with a made-up password, signs in with it, and has the role and team', async () => {
  await client.createTeam({ name: 'West' })
  const page = await open('/people', { as: admin })
  await page.locator('table[data-settled]').nth(1).waitFor()
  await press(page, 'Add a person…')
  await focusIsOn(page, 'Name')
  await page.keyboard.type('Maria Costa')
  await typeInto(page, 'Login', 'Maria')
  await tabTo(page, /^Agent:/)
  await page.keyboard.press('ArrowDown')
  await tabTo(page, 'West')
  await page.keyboard.press('Space')
  await press(page, 'Make one up')
  expect(await axeFinds(page)).toEqual([])
  await press(page, 'Add the person')
  await page.getByRole('dialog', { name: 'Maria Costa can sign in' }).waitFor()
  const password = await page.getByRole('definition').nth(2).innerText()
  expect(await operatorNamed('Maria Costa')).toMatchObject({ login: 'maria', role: 'lead', teams: ['West'] })
  expect(await axeFinds(page)).toEqual([])
  await press(page, 'Done')
  await dialogCloses(page)
  await page.getByRole('row').filter({ hasText: 'Maria Costa' }).getByText('Team lead').waitFor()

  const hers = await open('/login')
  await hers.getByLabel('Login').focus()
  await hers.keyboard.type('maria')
  await typeInto(hers, /^Password/, password)
  await hers.keyboard.press('Enter')
  await hers.getByRole('button', { name: /^Signed in as/ }).waitFor()
})

test('what cannot be is said at its field, which gets the focus', async () => {
  const page = await open('/people', { as: admin })
  await page.locator('table[data-settled]').first().waitFor()
  await press(page, 'Add a person…')
  await focusIsOn(page, 'Name')
  await page.keyboard.type('Ann Lee')
  await typeInto(page, 'Login', admin.operator.login)
  await typeInto(page, 'First password', 'password1')
  await press(page, 'Add the person')
  await page.getByText('This password is too common.').waitFor()
  await focusIsOn(page, 'First password')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('four grey geese')
  await page.keyboard.press('Enter')
  await page.getByText('Somebody already has this login.').waitFor()
  await focusIsOn(page, 'Login')
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ann Lee')
})

test('a person is turned off in one browser: within a second the other browser is signed out', async () => {
  const ben = await leadline.asOperator('agent')
  const { name } = ben.operator
  const id = await jane()
  const his = await open(`/leads/${id}`, { as: ben })
  await his.getByLabel('City', { exact: true }).waitFor()
  const page = await open('/people', { as: admin })
  await page.getByRole('button', { name: `Turn off ${name}` }).focus()
  const turned_off = page.waitForResponse((answer) => answer.request().method() === 'PATCH')
  await page.keyboard.press('Enter')
  await turned_off
  const began = performance.now()
  await until('his requests are refused', async () => (await ben.lead(id)).status === 401)
  expect(performance.now() - began).toBeLessThan(1_000)
  await his.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
  const row = page.getByRole('row').filter({ hasText: name })
  await row.getByText('Turned off').waitFor()
  await toast(page, `${name} is turned off and signed out everywhere.`)

  await laterThanDoubleClick(page)
  await row.getByRole('button', { name: `Turn on ${name}` }).focus()
  await page.keyboard.press('Enter')
  await row.getByText('Turned off').waitFor({ state: 'detached' })
  expect((await operatorNamed(name)).disabled).toBe(false)
})

test('a double click turns a person off, and not on again', async () => {
  const { operator } = await leadline.asOperator('agent')
  const page = await open('/people', { as: admin })
  await page.getByRole('button', { name: `Turn off ${operator.name}` }).click({ clickCount: 2, delay: 200 })
  await page.getByRole('row').filter({ hasText: operator.name }).getByText('Turned off').waitFor()
  await page.waitForTimeout(500)
  expect((await operatorNamed(operator.name)).disabled).toBe(true)
})

test('a role and teams are changed; one’s own are not', async () => {
  await client.createTeam({ name: 'North' })
  const { operator } = await leadline.asOperator('agent')
  const page = await open('/people', { as: admin })
  await page.getByRole('button', { name: `Change ${operator.name}` }).focus()
  await page.keyboard.press('Enter')
  await focusIsOn(page, 'Name')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Rob Stone')
  await tabTo(page, /^Agent:/)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await tabTo(page, 'North')
  await page.keyboard.press('Space')
  await press(page, 'Save')
  await toast(page, 'Rob Stone is changed.')
  expect(await operatorNamed('Rob Stone')).toMatchObject({ role: 'manager', teams: ['North'] })

  await page.getByRole('button', { name: `Change ${admin.operator.name}` }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('You cannot change your own role or teams.').waitFor()
  expect(await page.getByRole('radio').count()).toBe(0)
})

test('a dialog that was opened before another change gives no role back', async () => {
  await client.createTeam({ name: 'Harbour' })
  const { operator } = await leadline.asOperator('manager')
  const page = await open('/people', { as: admin })
  await page.getByRole('button', { name: `Change ${operator.name}` }).focus()
  await page.keyboard.press('Enter')
  await focusIsOn(page, 'Name')
  expect(
    await admin.changeOperator(operator.operator_id, { role: 'agent', teams: ['Harbour'] }),
  ).toMatchObject({
    ok: true,
  })
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Kim Reed')
  await press(page, 'Save')
  await toast(page, 'Kim Reed is changed.')
  expect(await operatorNamed('Kim Reed')).toMatchObject({ role: 'agent', teams: ['Harbour'] })
})

test('a new password ends the sessions, and is shown once', async () => {
  const ann = await leadline.asOperator('agent')
  const page = await open('/people', { as: admin })
  await page.getByRole('button', { name: `New password for ${ann.operator.name}` }).focus()
  await page.keyboard.press('Enter')
  await typeInto(page, 'New password', 'four grey geese')
  await press(page, 'Set the password')
  await page.getByRole('dialog', { name: `${ann.operator.name} can sign in` }).waitFor()
  await page.getByRole('definition').filter({ hasText: 'four grey geese' }).waitFor()
  await until('her requests are refused', async () => (await ann.teams()).status === 401)
})

test('teams are added, renamed beside somebody else, and deleted once nothing belongs to them', async () => {
  const page = await open('/people', { as: admin })
  await page.locator('table[data-settled]').nth(1).waitFor()
  await press(page, 'Add a team…')
  await focusIsOn(page, 'Name')
  await page.keyboard.type('South')
  await page.keyboard.press('Enter')
  await toast(page, 'Team South is there.')
  await dialogCloses(page)

  await page.getByRole('button', { name: 'Rename South' }).focus()
  await page.keyboard.press('Enter')
  await focusIsOn(page, 'Name')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('South coast')
  const teams = await client.teams()
  const { team_id } = teams.ok ? teams.body.items.find(({ name }) => name === 'South')! : { team_id: 0 }
  await client.changeTeam(team_id, { name: 'Southern' })
  await page.keyboard.press('Enter')
  await page.getByText('Someone renamed this team to Southern meanwhile.').waitFor()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('South coast')
  expect(await axeFinds(page)).toEqual([])
  await press(page, 'Rename')
  await toast(page, 'The team is called South coast now.')
  await dialogCloses(page)

  const person = { login: 'sue', name: 'Sue', role: 'agent', password: 'four grey geese' } as const
  const sue = await client.createOperator({ ...person, teams: ['South coast'] })
  await page.getByRole('button', { name: 'Delete South coast' }).focus()
  await page.keyboard.press('Enter')
  await focusIsOn(page, 'Cancel')
  await press(page, 'Delete the team')
  await page.getByText('Something still belongs to this team').waitFor()
  expect(await axeFinds(page)).toEqual([])
  if (sue.ok) await client.changeOperator(sue.body.operator_id, { teams: [] })
  await press(page, 'Delete the team')
  await toast(page, 'Team South coast is deleted.')
})

test('an admin of a team sees and makes its people only', async () => {
  const east = await leadline.asOperator('admin', ['East'])
  const page = await open('/people', { as: east })
  await page.getByRole('row').filter({ hasText: east.operator.name }).waitFor()
  expect(await page.getByRole('row').filter({ hasText: admin.operator.name }).count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Add a team…' }).count()).toBe(0)
  await press(page, 'Add a person…')
  await focusIsOn(page, 'Name')
  await page.keyboard.type('Eve Snow')
  await typeInto(page, 'Login', 'eve')
  await tabTo(page, 'East')
  await page.keyboard.press('Space')
  await typeInto(page, 'First password', 'four grey geese')
  await press(page, 'Add the person')
  await page.getByText('Choose at least one of your teams.').nth(1).waitFor()
  await focusIsOn(page, /East|Global/)
  await page.getByRole('checkbox', { name: 'East' }).check()
  await press(page, 'Add the person')
  await page.getByRole('dialog', { name: 'Eve Snow can sign in' }).waitFor()
  expect(await operatorNamed('Eve Snow')).toMatchObject({ teams: ['East'] })
})

test('others have no access, and the page fits a phone', async () => {
  const manager = await leadline.asOperator('manager')
  const theirs = await open('/people', { as: manager })
  await theirs.getByRole('heading', { name: 'You don’t have access' }).waitFor()
  const page = await open('/people', { as: admin, width: 360 })
  await page.locator('table[data-settled]').nth(1).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await axeFinds(page)).toEqual([])
})
