// Getting started: the steps tick themselves off.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { press } from './keyboard-names.ts'

const leadline = await startLeadline()
const open = browserAt(leadline.url)
const admin = await leadline.asOperator('admin')
const shell = promisify(execFile)

test('an administrator is led to the first call, with the keyboard alone, and hides the steps', async () => {
  const page = await open('/', { as: admin })
  const step = (title: string) => page.getByRole('listitem').filter({ hasText: title })
  const isDone = (title: string) => step(title).and(page.locator('[data-done]')).waitFor()
  await isDone('Have a campaign')
  expect(await page.locator('[data-done]').count()).toBe(1)
  expect(await axeFinds(page)).toEqual([])

  await press(page, 'Make a key and show the request')
  const request = await page.getByRole('dialog').locator('pre').innerText()
  expect(JSON.parse((await shell('bash', ['-c', request])).stdout)).toEqual({ code: 0, message: 'OK' })
  await press(page, 'I have copied it')
  await isDone('Send a first lead')

  await leadline.asOperator('agent')
  await admin.createApiKey({ name: 'Dialler', scopes: ['dial'] })
  await page.reload()
  await isDone('Add your colleagues')
  await isDone('Connect a dialler')

  await press(page, 'Hide this')
  await page.waitForURL('**/leads')
  await page.goto('/')
  await page.waitForURL('**/leads')
})

test('others come to the leads', async () => {
  const page = await open('/', { as: await leadline.asOperator('manager') })
  await page.waitForURL('**/leads')
})
