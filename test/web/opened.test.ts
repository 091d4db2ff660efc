// What opens over a screen, in light and dark: axe-core objects to nothing in menus, dialogs, lists of choices, the
// drawer of the phone and messages.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt, type Visit } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { saveButton, screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane, view, others } = screensOf(leadline)
const open = browserAt(leadline.url, { expected: /ERR_/ })
const lead = await leadline.asOperator('lead')
const id = await jane()
const blocked = await jane()
await client.post('/v1/dnc', {
  list: 'private',
  phones: [(await view(blocked)).phones[0]!.number],
  reason: 'asked us not to call',
})
const clashing = await jane()
await others(clashing, { fields: { City: 'Carlton' } })
await client.patchLead(clashing, 1, { fields: { City: 'Fitzroy' } }, 'hold')

interface Opened {
  name: string
  path: string
  /** Opens it, and waits until it is there. */
  open: (page: Page) => Promise<unknown>
  as?: Visit
}

const edit = async (page: Page) => {
  await page.getByLabel('City', { exact: true }).fill(`Ballarat ${Math.random()}`)
  await saveButton(page).waitFor()
}
const user = (page: Page) => page.getByRole('button', { name: /^Signed in as/ }).click()
const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name }).waitFor()

const OPENED: Opened[] = [
  {
    name: 'the menu of the operator',
    path: '/leads',
    open: async (page) => {
      await user(page)
      await page.getByRole('menuitem', { name: /^Sign out$/ }).waitFor()
    },
  },
  {
    name: 'the drawer of a phone',
    path: '/leads',
    as: { width: 360, height: 740 },
    open: async (page) => {
      await page.getByRole('button', { name: 'Open the menu' }).click()
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Leads' }).waitFor()
    },
  },
  {
    name: 'the sheet of shortcuts',
    path: '/leads',
    open: async (page) => {
      await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
      await dialog(page, 'Keyboard shortcuts')
    },
  },
  {
    name: 'the drafts',
    path: `/leads/${id}`,
    open: async (page) => {
      await edit(page)
      await user(page)
      await page.getByRole('menuitem', { name: /^My drafts/ }).click()
      await dialog(page, 'My drafts')
      await page.getByRole('button', { name: /^Discard the draft of/ }).click()
    },
  },
  {
    name: 'the question at the sign-out',
    path: `/leads/${id}`,
    open: async (page) => {
      await edit(page)
      await user(page)
      await page.getByRole('menuitem', { name: /^Sign out$/ }).click()
      await dialog(page, /^Sign out with unsaved changes/)
    },
  },
  {
    name: 'the end of the session',
    path: `/leads/${id}`,
    open: async (page) => {
      await edit(page)
      await page.context().clearCookies()
      await page.keyboard.press('Control+s')
      await dialog(page, 'Your session has ended')
    },
  },
  {
    name: 'a lost connection',
    path: `/leads/${id}`,
    open: async (page) => {
      await page.context().setOffline(true)
      await page.getByRole('status').getByText('No connection').waitFor()
    },
  },
  {
    name: 'a message after a save',
    path: `/leads/${id}`,
    open: async (page) => {
      await edit(page)
      await page.keyboard.press('Control+s')
      await page.getByRole('button', { name: 'Undo' }).first().waitFor()
    },
  },
  {
    name: 'the outcomes to choose from',
    path: `/leads/${id}`,
    open: async (page) => {
      await page.keyboard.press('d')
      await page.keyboard.press('ArrowDown')
      await page.getByRole('listbox').getByRole('option').first().waitFor()
    },
  },
  {
    name: 'why a number is blocked',
    path: `/leads/${blocked}`,
    open: async (page) => {
      await page
        .getByRole('button', { name: /do-not-call|list/i })
        .first()
        .click()
      await page.getByText(/asked us not to call/).waitFor()
    },
  },
  {
    name: 'the allocations of a new lead',
    path: '/leads/new',
    open: async (page) => {
      await page.getByRole('combobox', { name: 'Allocation' }).click()
      await page.getByRole('listbox').getByRole('option').first().waitFor()
    },
  },
]

test.for(OPENED.map((opened) => [opened.name, opened] as const))('%s', async ([, opened]) => {
  const page = await open(opened.path, { as: lead, ...opened.as })
  await page.locator('h1').waitFor()
  await opened.open(page)
  expect(await axeFinds(page)).toEqual([])
})
