// API keys on the screen, with the keyboard alone; the request beside a new key runs as it is.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ApiKey } from '../../src/client/api.ts'
import { LeadlineClient } from '../../src/client/client.ts'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { until } from '../support/until.ts'
import { axeFinds } from './axe.ts'
import { dialogCloses, focusIsOn, press, tabTo, typeInto } from './keyboard-names.ts'
import { toast } from './lead-screens.ts'

const leadline = await startLeadline()
const { client, target, url } = leadline
const open = browserAt(leadline.url)
const admin = await leadline.asOperator('admin')
const shell = promisify(execFile)

async function keysNamed(wanted: string): Promise<ApiKey[]> {
  const answer = await client.apiKeys({ limit: 500 })
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body.items.filter(({ name }) => name === wanted)
}

async function keyNamed(wanted: string): Promise<ApiKey> {
  const [found] = await keysNamed(wanted)
  if (!found) throw new Error(`there is no key ${wanted}`)
  return found
}

const tick = async (page: Page, name: string | RegExp) => {
  await tabTo(page, name)
  await page.keyboard.press('Space')
}

const openKeys = async (as = admin) => {
  const page = await open('/keys', { as })
  await page.getByRole('heading', { name: 'API keys' }).waitFor()
  await page.getByRole('button', { name: 'Make a key…' }).first().waitFor()
  return page
}

test('a key for a web form is made, shown once with a request that works, and bounded', async () => {
  const page = await openKeys()
  await press(page, 'Make a key…')
  await focusIsOn(page, 'Name')
  await page.keyboard.type('Web form')
  await tick(page, 'Insert leads')
  const allocations = page.getByRole('group', { name: 'Only for these allocations' })
  await allocations.getByRole('checkbox').first().waitFor()
  await tick(page, /^\S.* · /)
  await typeInto(page, 'Last day', '30 Nov 2031')
  expect(await axeFinds(page)).toEqual([])
  await press(page, 'Make the key')
  const dialog = page.getByRole('dialog', { name: 'The key for Web form' })
  await dialog.waitFor()
  expect(await axeFinds(page)).toEqual([])
  // A stray Escape does not lose it.
  await page.keyboard.press('Escape')
  const key = await dialog.locator('code').innerText()
  const request = await dialog.locator('pre').innerText()
  expect(request).toContain(key)
  const { stdout } = await shell('bash', ['-c', request])
  expect(JSON.parse(stdout)).toEqual({ code: 0, message: 'OK' })
  expect(await keyNamed('Web form')).toMatchObject({
    scopes: ['insert'],
    allocation_ids: [target.allocation_id],
    expires_at: '2031-11-30T13:00:00Z',
  })
  await press(page, 'I have copied it')
  await dialogCloses(page)
  const row = page.getByRole('row').filter({ hasText: 'Web form' })
  await row.getByText('After 30 Nov 2031').waitFor()
  expect(await page.content()).not.toContain(key)
})

test.for([
  ['Reader', 'Read', /"items"/],
  ['Dialler', 'Dial', /"items"/],
  ['CRM', 'Change leads', /"code":0/],
] as const)('the request beside a key of the scope %s works', async ([name, scope, answered]) => {
  const page = await openKeys()
  await press(page, 'Make a key…')
  await focusIsOn(page, 'Name')
  await page.keyboard.type(name)
  await tick(page, scope)
  await press(page, 'Make the key')
  const request = await page.getByRole('dialog').locator('pre').innerText()
  // The number of the sample belongs to one lead.
  const other = request.replace('0383218199', '0383218200')
  expect((await shell('bash', ['-c', other])).stdout).toMatch(answered)
})

test('a key is changed beside somebody else: their change is shown, and both are kept', async () => {
  const made = await client.createApiKey({ name: 'Nightly', scopes: ['read'] })
  if (!made.ok) throw new Error(made.body.detail)
  const { key_id } = made.body
  const page = await openKeys()
  await page.getByRole('button', { name: 'Change Nightly' }).focus()
  await page.keyboard.press('Enter')
  await focusIsOn(page, 'Name')
  await page.keyboard.press('End')
  await page.keyboard.type(' sync')
  await client.changeApiKey(key_id, { scopes: ['read', 'write'] })
  await page.keyboard.press('Enter')
  await page.getByText('Someone changed this key meanwhile.').waitFor()
  await page
    .getByText('What may it do?: Change leads, Read')
    .or(page.getByText('What may it do?: Read, Change leads'))
    .waitFor()
  expect(await axeFinds(page)).toEqual([])
  await page.getByRole('textbox', { name: 'Name' }).focus()
  await page.keyboard.press('Enter')
  await toast(page, 'Nightly sync is changed. It counts within a second.')
  const after = await keyNamed('Nightly sync')
  expect(after.scopes.toSorted()).toEqual(['read', 'write'])
})

test('a key is replaced with an overlap, and the old one is revoked', async () => {
  const made = await client.createApiKey({ name: 'CRM', scopes: ['read'] })
  if (!made.ok) throw new Error(made.body.detail)
  const old = new LeadlineClient({ url, key: made.body.key })
  const page = await openKeys()
  const first = page.getByRole('button', { name: 'Replace CRM' }).first()
  await first.focus()
  await page.keyboard.press('Enter')
  await focusIsOn(page, 'The old key works')
  await page.keyboard.type('for another h')
  await press(page, 'Make the new key')
  const key = await page.getByRole('dialog').locator('code').innerText()
  await press(page, 'I have copied it')
  await dialogCloses(page)
  const fresh = new LeadlineClient({ url, key })
  expect((await fresh.leads({ limit: 1 })).ok).toBe(true)
  expect((await old.leads({ limit: 1 })).ok).toBe(true)
  const [before] = (await keysNamed('CRM')).filter(({ key_id }) => key_id === made.body.key_id)
  const left_s = (Date.parse(before!.expires_at!) - Date.now()) / 1_000
  expect(left_s).toBeGreaterThan(3_500)
  expect(left_s).toBeLessThanOrEqual(3_600)
  const row = page.getByRole('row').filter({ hasText: 'Replaced' })
  await row.getByText('Replaced', { exact: true }).waitFor()

  await row.getByRole('button', { name: 'Revoke CRM' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('This cannot be undone.').waitFor()
  expect(await axeFinds(page)).toEqual([])
  await focusIsOn(page, 'Cancel')
  await press(page, 'Revoke the key')
  await toast(page, 'CRM is revoked.')
  await until('the old key fails', async () => (await old.leads({ limit: 1 })).status === 401)
  expect((await fresh.leads({ limit: 1 })).ok).toBe(true)
  await row.waitFor({ state: 'detached' })
  await page.getByLabel('Show ended keys').focus()
  await page.keyboard.press('Space')
  await page
    .getByRole('row')
    .filter({ hasText: /Revoked \d/ })
    .waitFor()
  await page.waitForURL('**/keys?ended=true')
})

test('an admin of a team makes keys for this team only', async () => {
  const east = await leadline.asOperator('admin', ['East'])
  const page = await openKeys(east)
  await page.getByText('No keys yet.').waitFor()
  await press(page, 'Make a key…')
  await focusIsOn(page, 'Name')
  await page.keyboard.type('East reader')
  await tick(page, 'Read')
  // It is theirs until they take the team away.
  expect(await page.getByRole('checkbox', { name: 'East' }).isChecked()).toBe(true)
  await tick(page, 'East')
  await press(page, 'Make the key')
  await page.getByText('Choose at least one of your teams.', { exact: true }).waitFor()
  await page.getByRole('checkbox', { name: 'East' }).focus()
  await page.keyboard.press('Space')
  await press(page, 'Make the key')
  await press(page, 'I have copied it')
  expect(await keyNamed('East reader')).toMatchObject({ teams: ['East'] })
})

test('others have no access, and the page fits a phone', async () => {
  const theirs = await open('/keys', { as: await leadline.asOperator('manager') })
  await theirs.getByRole('heading', { name: 'You don’t have access' }).waitFor()
  const page = await open('/keys', { as: admin, width: 360 })
  await page.locator('table[data-settled]').waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await axeFinds(page)).toEqual([])
})
