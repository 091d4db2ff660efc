import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const open = browserAt(leadline.url)

test('the first visitor makes the admin', async () => {
  const page = await open('/')
  await page.waitForURL('**/setup')
  await page.screenshot({ path: '/tmp/setup.png' })
  await page.getByLabel('Your name').fill('Ada Admin')
  await page.getByLabel('Login').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('six tall poplars')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('heading', { level: 1, name: 'Welcome, Ada Admin' }).waitFor()
  await page.screenshot({ path: '/tmp/setup2.png' })
  expect(page.url()).toContain('/setup')
})
