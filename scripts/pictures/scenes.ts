// The screens in the states that people meet, besides one of every route (test/web/screens.ts) and what opens over them
// (test/web/opened.ts).

import type { Page } from 'playwright-core'
import type { Scene } from '../../test/web/screens.ts'
import type { Centre } from './centre.ts'
import {
  alert,
  button,
  clash,
  dialog,
  field,
  heading,
  janes,
  LEAD,
  MERGE,
  type State,
} from './lead-scenes.ts'
import { SET_UP } from './set-up-scenes.ts'
import { WORK } from './work-scenes.ts'

const settled = (page: Page) => page.locator('table[data-settled]').waitFor()

const choose = async (page: Page, n: number) => {
  await settled(page)
  for (let i = 1; i <= n; i++) await page.getByRole('checkbox').nth(i).click()
  await page.getByText(`${n} selected`).first().waitFor()
}

const group = (page: Page, name: RegExp) => page.getByRole('row').filter({ has: button(page, name) })

const CONFLICTS: State[] = [
  {
    name: 'conflicts-empty',
    path: () => '/conflicts',
    visitor: 'newcomer',
    ready: (page) => page.getByText('No conflicts wait').waitFor(),
  },
  {
    name: 'conflicts-decide-many',
    path: () => '/conflicts',
    ready: async (page) => {
      await group(page, /Roof/)
        .getByRole('button', { name: /^Decide all/ })
        .click()
      await page.getByRole('dialog').getByText('Apply the change').click()
      await page.getByText(/can be decided together/).waitFor()
    },
  },
  {
    name: 'conflicts-decided-many',
    path: async ({ held }) => {
      for (let i = 0; i < 3; i++) await held({ fields: { Owner: 'yes' } }, { fields: { Owner: 'no' } })
      return '/conflicts'
    },
    ready: async (page) => {
      await group(page, /Owns/)
        .getByRole('button', { name: /^Decide all/ })
        .click()
      await page.getByRole('dialog').getByText('Apply the change').click()
      await button(page, /^Settle 3/).click()
      await button(page, /^Undo all 3/).waitFor()
    },
  },
  {
    name: 'conflicts-make-rule',
    path: () => '/conflicts',
    visitor: 'admin',
    ready: async (page) => {
      await group(page, /Roof/)
        .getByRole('button', { name: /^Make this a rule/ })
        .click()
      await dialog(page)
    },
  },
  {
    name: 'conflict-settled',
    path: ({ settled }) => `/conflicts/${settled}`,
    ready: (page) => heading(page),
  },
  {
    name: 'conflict-dismissed',
    path: ({ dismissed }) => `/conflicts/${dismissed}`,
    ready: (page) => heading(page),
  },
  {
    name: 'conflict-dismiss',
    path: ({ conflict_id }) => `/conflicts/${conflict_id}`,
    ready: async (page) => {
      await button(page, /^Dismiss/).click()
      await dialog(page)
    },
  },
  {
    name: 'conflict-handed-over',
    path: ({ asked }) => `/conflicts/${asked}`,
    ready: (page) => page.getByText('the new address is right').waitFor(),
  },
]

const LISTS: State[] = [
  {
    name: 'leads-empty',
    path: () => '/leads',
    visitor: 'newcomer',
    ready: (page) => page.getByRole('heading', { name: 'No leads yet' }).waitFor(),
  },
  {
    name: 'leads-loading',
    path: () => '/login',
    ready: async (page) => {
      await page.route(/\/v1\/leads\?/, () => undefined)
      await page.goto('/leads')
      await page.locator('[aria-busy]').waitFor()
    },
  },
  { name: 'leads-found', path: () => '/leads?q=jane+citizen+melbourne', ready: settled },
  {
    name: 'leads-no-such-number',
    path: () => '/leads?q=0499+111+222',
    ready: (page) => page.getByRole('heading', { name: 'No leads match' }).waitFor(),
  },
  { name: 'leads-selected', path: () => '/leads', ready: (page) => choose(page, 3) },
  {
    name: 'leads-set-outcome',
    path: () => '/leads',
    ready: async (page) => {
      await choose(page, 3)
      await button(page, 'Set outcome').click()
      await page.getByRole('dialog').getByLabel('Outcome').selectOption('Sale')
    },
  },
  {
    name: 'leads-do-not-call',
    path: () => '/leads',
    ready: async (page) => {
      await choose(page, 3)
      await button(page, 'Do not call').click()
      await dialog(page)
    },
  },
  {
    name: 'leads-columns',
    path: () => '/leads',
    ready: async (page) => {
      await settled(page)
      await button(page, 'Columns').click()
      await page.getByRole('dialog').getByRole('checkbox').first().waitFor()
    },
  },
  {
    name: 'leads-filter',
    path: () => '/leads?disposition=Callback&closed=no',
    ready: async (page) => {
      await settled(page)
      await button(page, /^Campaign/)
        .first()
        .click()
      await page.getByRole('option').first().waitFor()
    },
  },
]

const typeIn = async (page: Page, mobile: string) => {
  await page.getByRole('combobox', { name: 'Allocation' }).click()
  await page.getByRole('option', { name: 'Melbourne' }).click()
  await field(page, 'Name').fill('Jane Citizen')
  await field(page, 'Mobile').fill(mobile)
  await button(page, 'Create the lead').click()
  await alert(page)
}

const OTHERS: State[] = [
  {
    name: 'new-lead-duplicate',
    path: () => '/leads/new',
    ready: async (page, { numberOf, called }) => typeIn(page, await numberOf(called)),
  },
  {
    name: 'new-lead-do-not-call',
    path: () => '/leads/new',
    ready: async (page, { numberOf, blocked_id }) => typeIn(page, await numberOf(blocked_id)),
  },
  {
    name: 'history-merged',
    path: janes,
    ready: async (page, centre) => {
      await clash({ Name: 'Joan', City: 'Geelong' }, { Name: 'Janet', City: 'Ballarat' }).ready(page, centre)
      await page.keyboard.press('1')
      await page.keyboard.press('2')
      await page.keyboard.press('Control+Enter')
      await page.getByText('Merged and saved.').first().waitFor()
      await page.getByRole('link', { name: 'History' }).click()
      await heading(page, 'History')
    },
  },
  {
    name: 'history-compare',
    path: ({ called }) => `/leads/${called}/history`,
    ready: async (page) => {
      await button(page, /^Compare/).click()
    },
  },
  {
    name: 'login-wrong',
    path: () => '/login',
    visitor: 'nobody',
    ready: async (page) => {
      await page.getByLabel('Login').fill('nobody')
      await page.getByLabel('Password', { exact: true }).fill('wrong horse')
      await button(page, 'Sign in').click()
      await page.getByText('Wrong login or password.').waitFor()
    },
  },
  {
    name: 'setup-problems',
    path: () => '/setup',
    visitor: 'first',
    ready: async (page) => {
      await field(page, 'Your name').fill('Erin Walsh')
      await page.getByLabel('Login').fill('erin')
      await page.getByLabel('Password', { exact: true }).fill('password')
      await page.getByLabel('Set-up code').fill('AAAA-AAAA')
      await button(page, 'Create the account').click()
      await page.locator('[aria-invalid="true"]').first().waitFor()
    },
  },
]

const IMPORTS: State[] = [
  {
    name: 'imports-empty',
    path: () => '/imports',
    visitor: 'newcomer',
    ready: (page) => page.getByText(/^No file has been imported yet/).waitFor(),
  },
  {
    name: 'imports-interrupted',
    path: ({ imports }) => `/imports/${imports.uploading}`,
    ready: (page) => page.getByText('The upload was interrupted').waitFor(),
  },
  {
    name: 'imports-unreadable',
    path: ({ imports }) => `/imports/${imports.unreadable}`,
    ready: (page) => page.getByText('This file cannot be read').waitFor(),
  },
  {
    name: 'imports-fix-alike',
    path: ({ imports }) => `/imports/${imports.checked}/check?code=1006`,
    ready: async (page) => {
      await button(page, /^Change all… like row/).click()
      await dialog(page)
      await page.getByLabel('Replace with').fill('0412 345 678')
      await page.getByRole('button', { name: /^Change \d+ rows?$/ }).waitFor()
    },
  },
  {
    name: 'imports-cancel',
    path: ({ imports }) => `/imports/${imports.read}`,
    ready: async (page) => {
      await button(page, 'Cancel the import…').click()
      await dialog(page)
    },
  },
]

export const SCENES: readonly Scene<Centre>[] = [WORK, LEAD, MERGE, CONFLICTS, LISTS, IMPORTS, SET_UP, OTHERS]
  .flat()
  .map((state) => ({ visitor: 'lead', ...state }))
