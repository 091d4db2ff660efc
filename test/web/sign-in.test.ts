// Getting in: the first account, signing in and out, too many attempts, and a session that ends under one's feet.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { PASSWORD } from '../support/operator.ts'

const leadline = await startLeadline()
const open = browserAt(leadline.url)

test('the first visitor makes the admin, and gets a curl that works as it stands', async () => {
  const page = await open('/leads')
  await page.waitForURL('**/setup')
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('Login').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('password')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByText('Is one of the most common passwords.').waitFor()
  await page.getByLabel('Password', { exact: true }).fill('six tall poplars')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Welcome, Ada Lovelace' }).waitFor()

  const curl = await page.locator('pre').innerText()
  const { stdout } = await promisify(execFile)('sh', ['-c', curl], {
    env: { PATH: process.env.PATH, LEADLINE_API_KEY: leadline.key },
  })
  expect(stdout).toBe('{"code":0,"message":"OK"}')

  await page.getByRole('link', { name: 'Go to the leads' }).click()
  await page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor()
  expect(await page.getByRole('button', { name: 'Signed in as Ada Lovelace' }).isVisible()).toBe(true)
  await page.goto('/login')
  await page.waitForURL('**/leads')
})

test('who comes second is sent to the sign-in', async () => {
  const page = await open('/setup')
  await page.waitForURL('**/login')
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
  expect(await page.title()).toBe('Sign in · Leadline')
})

test('managers can fill the sign-in; a wrong password says so; the right one leads back to where one was', async () => {
  const { operator } = await leadline.asOperator('agent')
  const page = await open('/leads/new?allocation_id=1')
  await page.waitForURL('**/login?*')
  const [login, password] = [page.getByLabel('Login'), page.getByLabel('Password', { exact: true })]
  expect(await login.getAttribute('autocomplete')).toBe('username')
  expect(await password.getAttribute('autocomplete')).toBe('current-password')

  await login.fill(operator.login)
  await password.fill('not this one')
  await page.keyboard.press('Enter')
  await page.getByText('Login or password is wrong.').waitFor()
  expect(await password.inputValue()).toBe('')
  await password.fill(PASSWORD)
  await page.getByRole('button', { name: 'Show the password' }).click()
  expect(await password.getAttribute('type')).toBe('text')
  await password.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'New lead' }).waitFor()
  expect(new URL(page.url()).search).toBe('?allocation_id=1')
})

test('nobody is led away from the app by a link to the sign-in', async () => {
  const page = await open('/login?to=//evil.example/leads', { as: await leadline.asOperator('agent') })
  await page.waitForURL(`${leadline.url}/leads`)
})

test('too many attempts: how long to wait counts down, and the button waits, too', async () => {
  const page = await open('/login')
  const password = page.getByLabel('Password', { exact: true })
  await page.getByLabel('Login').fill('nobody.at.all')
  const told = page.getByText(/Too many attempts\. The next one is possible in \d+ (seconds?|minutes?)\./)
  for (let i = 0; i < 30 && !(await told.isVisible()); i++) {
    const answered = page.waitForResponse('**/v1/session')
    await password.fill(`guess ${i}`)
    await page.keyboard.press('Enter')
    await answered
    await page.waitForFunction(() =>
      document.querySelector('form [aria-invalid="true"], form [role="alert"]'),
    )
  }
  await told.waitFor()
  expect(await page.getByRole('button', { name: 'Sign in' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Sign in', disabled: false }).waitFor()
})

test('signing out ends the session, here or everywhere', async () => {
  const agent = await leadline.asOperator('agent')
  const page = await open('/leads', { as: agent })
  await page.getByRole('button', { name: /^Signed in as/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
  await page.waitForURL('**/login')
  expect((await agent.session()).body.operator).toBe(null)

  const lead = await leadline.asOperator('lead')
  const other_device = await leadline.clientWith([])
  expect(other_device).toBeDefined()
  const second = await open('/leads', { as: lead })
  await second.getByRole('button', { name: /^Signed in as/ }).click()
  await second.getByRole('menuitem', { name: 'Sign out on all devices' }).click()
  await second.waitForURL('**/login')
  expect((await lead.session()).body.operator).toBe(null)
})

test('a session that ends while somebody types: they sign in on the spot, and nothing is lost', async () => {
  const agent = await leadline.asOperator('agent')
  const page = await open('/leads/new', { as: agent })
  await page.getByLabel('Name', { exact: true }).fill('Grace Hopper')
  await page.getByLabel('First phone').fill('0412 345 678')
  await agent.signOut()
  await page.getByRole('button', { name: 'Create the lead' }).click()

  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await dialog.waitFor()
  expect(await dialog.getByLabel('Login').inputValue()).toBe(agent.operator.login)
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Grace Hopper')
  await page.getByRole('button', { name: 'Create the lead' }).click()
  await page.waitForURL(/\/leads\/\d+-\d+$/)
})
