// Getting in: the first account, signing in and out, too many attempts, and a session that ends under one's feet.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { OperatorClient, PASSWORD } from '../support/operator.ts'
import { saveButton, toast } from './lead-screens.ts'

const leadline = await startLeadline()
const open = browserAt(leadline.url)
const openByName = browserAt(leadline.url.replace('127.0.0.1', 'leads.test'), {
  expected: /Cross-Origin-Opener-Policy|FORBIDDEN/,
})

test('the code of the start makes the admin, who gets a curl that works as it stands', async () => {
  const page = await open('/leads')
  await page.waitForURL('**/setup')
  await page.getByLabel('Set-up code').fill('AAAA-BBBB-CCCC')
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('Login').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('password')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByText('Wrong set-up code.').waitFor()
  await page.getByLabel('Set-up code').fill(leadline.setup_code!.toLowerCase())
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByText('This password is too common.').waitFor()
  await page.getByLabel('Password', { exact: true }).fill('six tall poplars')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Welcome, Ada Lovelace' }).waitFor()

  const curl = await page.locator('pre').innerText()
  const { stdout } = await promisify(execFile)('sh', ['-c', curl], {
    env: { PATH: process.env.PATH, LEADLINE_API_KEY: leadline.key },
  })
  expect(stdout).toBe('{"code":0,"message":"OK"}')

  await page.getByRole('link', { name: 'Go on to the next steps' }).click()
  await page.getByRole('heading', { name: 'Getting started' }).waitFor()
  await page.getByRole('link', { name: 'Leads', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor()
  expect(await page.getByRole('button', { name: 'Signed in as Ada Lovelace' }).isVisible()).toBe(true)
  await page.goto('/login')
  await page.waitForURL('**/leads')
})

test('under a name that is not set up the app says so, and what an administrator does', async () => {
  const page = await openByName('/')
  await page.getByText('This address is not set up').waitFor()
  await page.getByText('Leadline does not know the name leads.test.').waitFor()
  expect(await page.getByText('LEADLINE_PUBLIC_HOSTS').isVisible()).toBe(true)
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
  await page.getByText('Wrong login or password.').waitFor()
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
  const told = page.getByText(/^Too many attempts\. Try again in \d+ (seconds?|minutes?)\.$/)
  const again = page.getByText('You can try again now.')
  const button = page.getByRole('button', { name: 'Sign in' })
  for (let status = 0, guesses = 0; status !== 429; guesses++) {
    expect(guesses, 'attempts without a delay').toBeLessThan(30)
    await password.fill(`guess ${guesses}`)
    const answered = page.waitForResponse('**/v1/session')
    await page.keyboard.press('Enter')
    status = (await answered).status()
    // The form takes the next one when it has drawn this answer.
    if (status !== 429) await expect.poll(() => button.isEnabled()).toBe(true)
  }
  // On a slow machine the wait may be over before it is looked at.
  await told.or(again).waitFor()
  if (await told.isVisible()) expect(await button.isDisabled()).toBe(true)
  await again.waitFor()
  expect(await button.isEnabled()).toBe(true)

  await page.route('**/v1/session', (route) =>
    route.fulfill({
      status: 429,
      headers: { 'X-Request-Id': 'a', 'Retry-After': '95', 'Content-Type': 'application/json' },
      body: JSON.stringify({
        code: 1012,
        name: 'RATE_LIMITED',
        detail: 'too many',
        fix: 'wait',
        request_id: 'a',
      }),
    }),
  )
  await password.fill('one more')
  await page.keyboard.press('Enter')
  await page.getByText('Try again in 2 minutes.').waitFor()
})

test('signing out ends the session, here or everywhere', async () => {
  const agent = await leadline.asOperator('agent')
  const page = await open('/leads', { as: agent })
  await page.getByRole('button', { name: /^Signed in as/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
  await page.waitForURL('**/login')
  expect((await agent.session()).body.operator).toBe(null)

  const lead = await leadline.asOperator('lead')
  const other_device = new OperatorClient(leadline.url, lead.operator)
  await other_device.signIn(lead.operator.login, PASSWORD)
  const second = await open('/leads', { as: lead })
  await second.getByRole('button', { name: /^Signed in as/ }).click()
  await second.getByRole('menuitem', { name: 'Sign out on all devices' }).click()
  await second.waitForURL('**/login')
  expect((await lead.session()).body.operator).toBe(null)
  expect((await other_device.session()).body.operator).toBe(null)
})

test('operators change their password: refusals are at the field, other devices are signed out, drafts stay', async () => {
  const agent = await leadline.asOperator('agent')
  const other_device = new OperatorClient(leadline.url, agent.operator)
  await other_device.signIn(agent.operator.login, PASSWORD)
  const page = await open('/leads/new', { as: agent })
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Grace Hopper')
  await page.getByRole('button', { name: /^Signed in as/ }).click()
  await page.getByRole('menuitem', { name: 'Change my password…' }).click()
  const box = (label: string) => page.getByRole('dialog').getByRole('textbox', { name: label, exact: true })
  const says = async (field: string, problem: string) => {
    await page.getByRole('dialog').getByText(problem).waitFor()
    expect(await box(field).getAttribute('aria-invalid')).toBe('true')
    expect(await box(field).evaluate((input) => input === document.activeElement)).toBe(true)
  }
  await box('Current password').fill('six tall oaks')
  await box('New password').fill('password1')
  await box('New password again').fill('password2')
  await page.keyboard.press('Enter')
  await says('New password again', 'The two new passwords differ.')
  await box('New password again').fill('password1')
  await page.keyboard.press('Enter')
  await says('New password', 'This password is too common.')
  const wanted = 'nine short willows'
  await box('New password').fill(wanted)
  await box('New password again').fill(wanted)
  await page.keyboard.press('Enter')
  await says('Current password', 'This is not your password.')
  await box('Current password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await toast(page, 'Your password is changed.')
  expect((await other_device.session()).body.operator).toBe(null)
  expect((await other_device.signIn(agent.operator.login, wanted)).ok).toBe(true)
  await page.reload()
  expect(await name.inputValue()).toBe('Grace Hopper')
})

test('a session that ends during the work: they sign in on the spot, and what it refused is done, once', async () => {
  const agent = await leadline.asOperator('agent')
  const page = await open('/leads/new', { as: agent })
  const sent: string[] = []
  page.on('request', (request) => {
    if (
      ['POST', 'PATCH'].includes(request.method()) &&
      /^\/v1\/leads(\/[\d-]+)?$/.test(new URL(request.url()).pathname)
    )
      sent.push(request.method())
  })
  const signInAgain = async () => {
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
    await dialog.waitFor()
    expect(await page.locator('main').innerText()).not.toMatch(/API|Authorization|Bearer/)
    expect(await dialog.getByLabel('Login').inputValue()).toBe(agent.operator.login)
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
  }
  await page.getByLabel('Name', { exact: true }).fill('Grace Hopper')
  await page.getByLabel('First phone').fill('0412 345 678')
  await agent.signOut()
  await page.getByRole('button', { name: 'Create the lead' }).click()
  await signInAgain()
  await page.waitForURL(/\/leads\/\d+-\d+$/)
  expect(sent).toEqual(['POST', 'POST'])

  await page.getByLabel('Name', { exact: true }).fill('Grace B. Hopper')
  await page.context().clearCookies()
  await page.keyboard.press('Control+s')
  await signInAgain()
  await saveButton(page).waitFor({ state: 'detached' })
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Grace B. Hopper')
  expect(sent).toEqual(['POST', 'POST', 'PATCH', 'PATCH'])
  expect(await page.getByRole('alert').count()).toBe(0)
})
