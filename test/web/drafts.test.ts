// Unsaved input on desks that people share: nobody else reads it, and signing out asks what becomes of it.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { PASSWORD } from '../support/operator.ts'
import { saveButton, screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { jane } = screensOf(leadline)
const open = browserAt(leadline.url)

const bar = (page: Page) => page.getByRole('region', { name: 'Save' })
const city = (page: Page) => page.getByLabel('City', { exact: true })

/** Everything that the browser keeps for the app. */
const stored = (page: Page) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
const drafts = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('leadline.kept.')))

test('what is typed survives a reload, and nothing of the lead can be read where it is kept', async () => {
  const ann = await leadline.asOperator('agent')
  const id = await jane()
  const page = await open(`/leads/${id}`, { as: ann })
  await city(page).fill('Ballarat')
  await saveButton(page).waitFor()
  await expect.poll(() => drafts(page)).toHaveLength(1)
  expect(await stored(page)).not.toMatch(/Ballarat|Melbourne|Citizen|Collins|example\.com/)
  await page.reload()
  await saveButton(page).waitFor()
  expect(await city(page).inputValue()).toBe('Ballarat')

  const beside = await page.context().newPage()
  await beside.goto(`/leads/${id}`)
  await saveButton(beside).waitFor()
  await city(beside).fill('Bendigo')
  await expect.poll(() => city(page).inputValue()).toBe('Bendigo')
  await bar(beside).getByRole('button', { name: 'Discard' }).click()
  await saveButton(page).waitFor({ state: 'detached' })
  expect(await drafts(page)).toEqual([])
})

const menu = async (page: Page, item: RegExp) => {
  await page.getByRole('button', { name: /^Signed in as/ }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('signing out asks what becomes of drafts; kept ones wait for the same operator, and nobody else reads them', async () => {
  const ann = await leadline.asOperator('agent')
  const ben = await leadline.asOperator('agent')
  const [one, other] = [await jane(), await jane({ fields: { Name: 'Ada Lovelace' } })]
  const page = await open(`/leads/${one}`, { as: ann })
  await city(page).fill('Ballarat')
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Asks for Tuesday')
  await page.goto(`/leads/${other}`)
  await city(page).fill('Bendigo')
  await saveButton(page).waitFor()
  const beside = await page.context().newPage()
  await beside.goto('/leads')

  await menu(page, /^My drafts \(2\)$/)
  const list = page.getByRole('dialog', { name: 'My drafts' })
  await list.getByRole('button', { name: 'Discard the draft of Ada Lovelace' }).click()
  await list.getByRole('button', { name: 'Undo' }).click()
  await list.getByText('City, Note').waitFor()
  await list.getByRole('link', { name: 'Open the draft of Jane Citizen' }).click()
  await page.waitForURL(`**/leads/${one}`)
  expect(await city(page).inputValue()).toBe('Ballarat')

  await menu(page, /^Sign out$/)
  const asked = page.getByRole('dialog', { name: 'Sign out with unsaved changes?' })
  await asked.getByRole('button', { name: 'Stay signed in' }).click()
  await menu(page, /^Sign out$/)
  await asked.getByRole('button', { name: 'Keep drafts and sign out' }).click()
  await page.waitForURL('**/login')
  await beside.waitForURL('**/login')
  expect(await drafts(page)).toHaveLength(2)
  expect(await stored(page)).not.toMatch(/Ballarat|Bendigo|Citizen|Lovelace|example\.com/)

  const signIn = async (login: string) => {
    await page.getByLabel('Login').fill(login)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/leads')
  }
  await signIn(ben.operator.login)
  await menu(page, /^My drafts$/)
  await page.getByText('You have no drafts').waitFor()
  await page.keyboard.press('Escape')
  await menu(page, /^Sign out$/)
  await page.waitForURL('**/login')

  await signIn(ann.operator.login)
  await page.goto(`/leads/${other}`)
  await saveButton(page).waitFor()
  expect(await city(page).inputValue()).toBe('Bendigo')
  await menu(page, /^Sign out$/)
  await page.getByRole('button', { name: 'Discard drafts and sign out' }).click()
  await page.waitForURL('**/login')
  expect(await drafts(page)).toEqual([])
})

test('a page that cannot encrypt keeps drafts as long as its tab, and none of them after signing out', async () => {
  const page = await open('/login', { as: await leadline.asOperator('agent') })
  await page.addInitScript(() => Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined }))
  await page.goto(`/leads/${await jane()}`)
  await city(page).fill('Ballarat')
  await saveButton(page).waitFor()
  await page.reload()
  expect(await city(page).inputValue()).toBe('Ballarat')
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('Ballarat')
  await menu(page, /^Sign out$/)
  await page.getByText('Drafts cannot be kept for you here').waitFor()
  expect(await page.getByRole('button', { name: 'Keep drafts and sign out' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Discard drafts and sign out' }).click()
  await page.waitForURL('**/login')
  expect(await stored(page)).not.toMatch(/Ballarat|Citizen/)
})
