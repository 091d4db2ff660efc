// What opens over a screen: menus, dialogs, lists of choices, the drawer of the phone, messages.

import type { Page } from 'playwright-core'
import type { Scene } from './screens.ts'

interface World {
  /** A lead that can be edited. */
  lead_id: string
  /** A lead whose number was put on a list because it "asked us not to call". */
  blocked_id: string
}

const edit = async (page: Page) => {
  await page.getByLabel('City', { exact: true }).fill(`Ballarat ${Math.random()}`)
  await page
    .getByRole('region', { name: 'Save' })
    .getByText(/unsaved change/)
    .waitFor()
}
const user = (page: Page) => page.getByRole('button', { name: /^Signed in as/ }).click()
const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name }).waitFor()

const lead = ({ lead_id }: World) => `/leads/${lead_id}`

export const OPENED: readonly Scene<World>[] = [
  {
    name: 'the menu of the operator',
    path: () => '/leads',
    visitor: 'lead',
    ready: async (page) => {
      await user(page)
      await page.getByRole('menuitem', { name: /^Sign out$/ }).waitFor()
    },
  },
  {
    name: 'the drawer of a phone',
    path: () => '/leads',
    visitor: 'lead',
    narrow: true,
    ready: async (page) => {
      await page.getByRole('button', { name: 'Open the menu' }).click()
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Leads' }).waitFor()
    },
  },
  {
    name: 'the export',
    path: () => '/leads',
    visitor: 'admin',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Export', exact: true }).click()
      await dialog(page, 'Export leads')
      await page.getByText(/match(?:es)? the search/).waitFor()
      await page.getByRole('checkbox', { name: 'Callback in UTC' }).waitFor()
    },
  },
  {
    name: 'the sheet of shortcuts',
    path: () => '/leads',
    visitor: 'lead',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
      await dialog(page, 'Keyboard shortcuts')
    },
  },
  {
    name: 'the drafts',
    path: lead,
    visitor: 'lead',
    ready: async (page) => {
      await edit(page)
      await user(page)
      await page.getByRole('menuitem', { name: /^My drafts/ }).click()
      await dialog(page, 'My drafts')
      await page.getByRole('button', { name: /^Discard the draft of/ }).click()
    },
  },
  {
    name: 'changing the password',
    path: () => '/leads',
    visitor: 'lead',
    ready: async (page) => {
      await user(page)
      await page.getByRole('menuitem', { name: 'Change my password…' }).click()
      await dialog(page, 'Change my password')
    },
  },
  {
    name: 'the question at the sign-out',
    path: lead,
    visitor: 'lead',
    ready: async (page) => {
      await edit(page)
      await user(page)
      await page.getByRole('menuitem', { name: /^Sign out$/ }).click()
      await dialog(page, /^Sign out with unsaved changes/)
    },
  },
  {
    name: 'the end of the session',
    path: lead,
    visitor: 'lead',
    ready: async (page) => {
      await edit(page)
      await page.context().clearCookies()
      await page.keyboard.press('Control+s')
      await dialog(page, 'Your session has ended')
    },
  },
  {
    name: 'a lost connection',
    path: lead,
    visitor: 'lead',
    ready: async (page) => {
      await page.context().setOffline(true)
      await page.getByRole('status').getByText('No connection').waitFor()
    },
  },
  {
    name: 'a message after a save',
    path: lead,
    visitor: 'lead',
    ready: async (page) => {
      await edit(page)
      await page.keyboard.press('Control+s')
      await page.getByRole('button', { name: 'Undo' }).first().waitFor()
    },
  },
  {
    name: 'the outcomes to choose from',
    path: lead,
    visitor: 'lead',
    ready: async (page) => {
      await page.keyboard.press('d')
      await page.keyboard.press('ArrowDown')
      await page.getByRole('listbox').getByRole('option').first().waitFor()
    },
  },
  {
    name: 'why a number is blocked',
    path: ({ blocked_id }) => `/leads/${blocked_id}`,
    visitor: 'lead',
    ready: async (page) => {
      await page
        .getByRole('button', { name: /do-not-call|list/i })
        .first()
        .click()
      await page.getByText(/asked us not to call/).waitFor()
    },
  },
  {
    name: 'the allocations of a new lead',
    path: () => '/leads/new',
    visitor: 'lead',
    ready: async (page) => {
      await page.getByRole('combobox', { name: 'Allocation' }).click()
      await page.getByRole('listbox').getByRole('option').first().waitFor()
    },
  },
  {
    name: 'washing an allocation',
    path: () => '/allocations/1',
    visitor: 'lead',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Wash…' }).click()
      await dialog(page, /^Wash /)
    },
  },
  {
    name: 'importing a file of numbers',
    path: () => '/dnc',
    visitor: 'lead',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Import a file…' }).first().click()
      await dialog(page, 'Import a file')
    },
  },
]
