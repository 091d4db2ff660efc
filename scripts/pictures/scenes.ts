// The screens in the states that people meet, besides one of every route (test/web/screens.ts) and what opens over them
// (test/web/opened.ts).

import type { Page } from 'playwright-core'
import type { Scene } from '../../test/web/screens.ts'
import { type Centre, TWELVE } from './centre.ts'

type State = Omit<Scene<Centre>, 'visitor'> & { visitor?: Scene<Centre>['visitor'] }

const idOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1)!
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })
const button = (page: Page, name: RegExp | string) => page.getByRole('button', { name })
const settled = (page: Page) => page.locator('table[data-settled]').waitFor()
const heading = (page: Page, name: RegExp | string = /./) =>
  page.getByRole('heading', { level: 1, name }).waitFor()
const dialog = (page: Page) => page.getByRole('dialog').waitFor()
const alert = (page: Page) => page.getByRole('alert').first().waitFor()
const janes = async ({ jane }: Centre) => `/leads/${await jane()}`

/** Saves into a conflict. */
async function meet(page: Page): Promise<void> {
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/merge')
  await page.getByRole('radio').first().waitFor()
}

/** Changes these fields while others change them, too. */
const clash = (mine: Record<string, string>, theirs: Record<string, string>) => ({
  path: janes,
  ready: async (page: Page, { others }: Centre) => {
    for (const [label, value] of Object.entries(mine)) await field(page, label).fill(value)
    await others(idOf(page), { fields: theirs })
    await meet(page)
  },
})

const choose = async (page: Page, n: number) => {
  await settled(page)
  for (let i = 1; i <= n; i++) await page.getByRole('checkbox').nth(i).click()
  await page.getByText(`${n} selected`).first().waitFor()
}

const TEXT =
  'Asked for the brochure.\nSpeaks Vietnamese; her son translates.\nWants to talk to her partner first.'

const LEAD: State[] = [
  { name: 'lead-called', path: ({ called }) => `/leads/${called}`, ready: (page) => heading(page) },
  { name: 'lead-closed', path: ({ closed }) => `/leads/${closed}`, ready: (page) => heading(page) },
  { name: 'lead-blocked', path: ({ blocked_id }) => `/leads/${blocked_id}`, ready: (page) => heading(page) },
  {
    name: 'lead-sixty-fields',
    path: async ({ jane, sixty }) =>
      `/leads/${await jane({ Name: 'Jane Citizen', Field12: 'Tile', Field21: 'Ute', Field22: '2019', Field34: 'None' }, sixty)}`,
    ready: (page) => heading(page),
  },
  {
    name: 'lead-sixty-fields-all',
    path: async ({ jane, sixty }) => `/leads/${await jane({ Name: 'Jane Citizen' }, sixty)}`,
    ready: async (page) => {
      await button(page, /^Show \d+ empty fields/).click()
      await field(page, 'Question 12').scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'lead-others-change-it',
    path: janes,
    ready: async (page, { others }) => {
      await field(page, 'City').fill('Geelong')
      await others(idOf(page), { fields: { City: 'Ballarat', Name: 'Jane M. Citizen' } })
      await page.getByText('Changed meanwhile to Ballarat.').waitFor()
    },
  },
  {
    name: 'lead-not-saved',
    path: janes,
    ready: async (page) => {
      await field(page, 'E-mail').fill('jane at home')
      await field(page, 'Mobile').fill('0412')
      await page.keyboard.press('Control+s')
      await alert(page)
    },
  },
  {
    name: 'lead-number-taken',
    path: janes,
    ready: async (page, { lead, called }) => {
      await field(page, 'Mobile').fill(`+${(await lead(called)).phones[0]!.number}`.replace('++', '+'))
      await page.keyboard.press('Control+s')
      await button(page, 'Save anyway').waitFor()
    },
  },
  {
    name: 'lead-outcome',
    path: janes,
    visitor: 'agent',
    ready: async (page) => {
      await page.getByRole('group', { name: 'Outcomes used most' }).waitFor()
      await page.keyboard.press('2')
      await field(page, 'Note').fill('Wants to talk to her partner first.')
    },
  },
  {
    name: 'lead-calendar',
    path: janes,
    visitor: 'agent',
    ready: async (page) => {
      await button(page, 'Open the calendar').first().click()
      await dialog(page)
    },
  },
  {
    name: 'lead-do-not-call',
    path: janes,
    visitor: 'agent',
    ready: async (page) => {
      await page.getByRole('group', { name: 'Outcomes used most' }).waitFor()
      await page.keyboard.press('d')
      await page.keyboard.type('do not')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Control+s')
      await dialog(page)
    },
  },
  {
    name: 'lead-gone',
    path: () => '/leads/1-999999',
    ready: (page) => heading(page, 'Lead not found'),
  },
]

const MERGE: State[] = [
  { name: 'merge-1', ...clash({ City: 'Geelong' }, { City: 'Ballarat' }) },
  {
    name: 'merge-12',
    path: async ({ jane, twelve }) =>
      `/leads/${await jane(Object.fromEntries(TWELVE.map((name) => [name, `${name} before`])), twelve)}`,
    ready: async (page, { others }) => {
      for (const name of TWELVE) await field(page, name).fill(`${name} mine`)
      await others(idOf(page), { fields: Object.fromEntries(TWELVE.map((name) => [name, `${name} theirs`])) })
      await meet(page)
    },
  },
  {
    name: 'merge-two-authors',
    path: janes,
    visitor: 'agent',
    ready: async (page, { others, office, people }) => {
      await field(page, 'Name').fill('Joan Citizen')
      await field(page, 'City').fill('Geelong')
      await others(idOf(page), { fields: { Name: 'Jane M. Citizen', Email: 'jm@example.com' } })
      await others(idOf(page), { fields: { QuarterlyBill: '410' } }, office)
      await others(idOf(page), { fields: { City: 'Ballarat' } }, people.lead)
      await meet(page)
    },
  },
  {
    name: 'merge-closed-by-others',
    path: janes,
    visitor: 'agent',
    ready: async (page, { others }) => {
      await page.getByRole('group', { name: 'Outcomes used most' }).waitFor()
      await page.keyboard.press('2')
      await page.keyboard.type('tomorrow 10:00')
      await page.keyboard.press('Enter')
      await others(idOf(page), { disposition: 'Do Not Call' })
      await meet(page)
    },
  },
  {
    name: 'merge-number-blocked',
    path: janes,
    ready: async (page, { block, mobile }) => {
      await field(page, 'Mobile').fill(mobile())
      await block(idOf(page))
      await meet(page)
    },
  },
  {
    name: 'merge-long-text',
    path: async ({ jane }) => `/leads/${await jane({ Notes: TEXT })}`,
    ready: async (page, { others }) => {
      await field(page, 'Notes').fill(TEXT.replace('brochure', 'price list, in writing'))
      await others(idOf(page), { fields: { Notes: TEXT.replace('brochure', 'brochure for batteries') } })
      await meet(page)
    },
  },
  {
    name: 'merge-suggested',
    ...clash(
      { Name: 'Jane M. Citizen-Hall', City: 'Geelong' },
      { Name: 'Jane Citizen-Hall', City: 'Ballarat' },
    ),
  },
  {
    name: 'merge-decided',
    path: janes,
    ready: async (page, centre) => {
      await clash({ Name: 'Joan', City: 'Geelong' }, { Name: 'Janet', City: 'Ballarat' }).ready(page, centre)
      await page.keyboard.press('1')
      await page.keyboard.press('2')
      await page.getByText('All decided').first().waitFor()
    },
  },
  {
    name: 'merge-hand-over',
    path: janes,
    visitor: 'agent',
    ready: async (page, centre) => {
      await clash({ City: 'Geelong' }, { City: 'Ballarat' }).ready(page, centre)
      await button(page, /^Hand over/).click()
      await dialog(page)
    },
  },
]

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
    ready: async (page, { lead, called }) =>
      typeIn(page, `+${(await lead(called)).phones[0]!.number}`.replace('++', '+')),
  },
  {
    name: 'new-lead-do-not-call',
    path: () => '/leads/new',
    ready: async (page, { lead, blocked_id }) =>
      typeIn(page, `+${(await lead(blocked_id)).phones[0]!.number}`.replace('++', '+')),
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

export const SCENES: readonly Scene<Centre>[] = [LEAD, MERGE, CONFLICTS, LISTS, OTHERS]
  .flat()
  .map((state) => ({ visitor: 'lead', ...state }))
