// A lead on its page and on the merge screen, in the states that people meet.

import type { Page } from 'playwright-core'
import type { Scene } from '../../test/web/screens.ts'
import { type Centre, TWELVE } from './centre.ts'

export type State = Omit<Scene<Centre>, 'visitor'> & { visitor?: Scene<Centre>['visitor'] }

const idOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1)!
export const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })
export const button = (page: Page, name: RegExp | string) => page.getByRole('button', { name })
export const heading = (page: Page, name: RegExp | string = /./) =>
  page.getByRole('heading', { level: 1, name }).waitFor()
export const dialog = (page: Page) => page.getByRole('dialog').waitFor()
export const alert = (page: Page) => page.getByRole('alert').first().waitFor()
export const janes = async ({ jane }: Centre) => `/leads/${await jane()}`

/** Saves into a conflict. */
async function meet(page: Page): Promise<void> {
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/merge')
  await page.getByRole('radio').first().waitFor()
}

/** Changes these fields while others change them, too. */
export const clash = (mine: Record<string, string>, theirs: Record<string, string>) => ({
  path: janes,
  ready: async (page: Page, { others }: Centre) => {
    for (const [label, value] of Object.entries(mine)) await field(page, label).fill(value)
    await others(idOf(page), { fields: theirs })
    await meet(page)
  },
})

const TEXT =
  'Asked for the brochure.\nSpeaks Vietnamese; her son translates.\nWants to talk to her partner first.'

export const LEAD: State[] = [
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
    ready: async (page, { numberOf, called }) => {
      await field(page, 'Mobile').fill(await numberOf(called))
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

export const MERGE: State[] = [
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
      await button(page, /^(Ask a team lead|Hand over to)/).click()
      await dialog(page)
    },
  },
]
