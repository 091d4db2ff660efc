// Campaigns, templates, outcomes and contact hours in the states that people meet.

import { button, dialog, type State } from './lead-scenes.ts'

export const SET_UP: State[] = [
  {
    name: 'campaigns-empty',
    path: () => '/campaigns',
    visitor: 'newcomer',
    ready: (page) => page.getByRole('heading', { level: 1 }).waitFor(),
  },
  {
    name: 'campaigns-new-template',
    path: () => '/campaigns',
    visitor: 'admin',
    ready: async (page) => {
      await button(page, 'New template').click()
      await dialog(page)
    },
  },
  {
    name: 'campaigns-archive',
    path: () => '/campaigns',
    visitor: 'admin',
    ready: async (page) => {
      await button(page, 'More for Solar, spring').click()
      await page.getByRole('menuitem', { name: 'Archive…' }).click()
      await page.getByText(/stay, with their history/).waitFor()
    },
  },
  {
    name: 'allocation-why-not',
    path: ({ allocation_id }) => `/allocations/${allocation_id}`,
    visitor: 'lead',
    ready: async (page) => {
      await page.getByLabel('Name, number or id').fill('jane citizen')
      await page.keyboard.press('Enter')
      await page.getByText('Which of these?').waitFor()
      await page.getByRole('button', { name: 'Jane Citizen' }).first().click()
      await page.getByRole('heading', { name: 'Why not this lead?' }).scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'allocation-wash',
    path: ({ battery }) => `/allocations/${battery}`,
    visitor: 'admin',
    ready: (page) => page.getByText(/to ask about/).waitFor(),
  },
  {
    name: 'allocation-wash-answer',
    path: ({ battery }) => `/allocations/${battery}`,
    visitor: 'admin',
    ready: async (page) => {
      await button(page, /^Upload the answer of wash/).click()
      await dialog(page)
    },
  },
  {
    name: 'template-changed',
    path: () => '/templates/2',
    visitor: 'admin',
    ready: async (page) => {
      await page.getByLabel('Duplicates in a campaign').selectOption('all')
      await button(page, 'Move Name down').click()
      await button(page, 'Review and save').click()
      await page
        .getByRole('dialog')
        .getByText(/affected/)
        .waitFor()
    },
  },
  {
    name: 'template-field',
    path: () => '/templates/2',
    visitor: 'admin',
    ready: async (page) => {
      await button(page, 'Change City').click()
      await dialog(page)
    },
  },
  {
    name: 'outcome-change',
    path: () => '/outcomes/1',
    visitor: 'admin',
    ready: async (page) => {
      await button(page, 'Change No Answer').click()
      await page.getByLabel('Calls after the first').fill('6')
    },
  },
  {
    name: 'outcome-review',
    path: () => '/outcomes/1',
    visitor: 'admin',
    ready: async (page) => {
      await button(page, 'Change No Answer').click()
      await page.getByLabel('Calls after the first').fill('6')
      await button(page, 'Review').click()
      await page
        .getByRole('dialog')
        .getByText(/affected/)
        .waitFor()
    },
  },
  {
    name: 'outcomes-set-top',
    path: () => '/outcomes/1',
    visitor: 'lead',
    ready: (page) => page.getByText(/^After Sale/).waitFor(),
  },
  {
    name: 'contact-hours-changed',
    path: () => '/contact-hours/2',
    visitor: 'admin',
    ready: async (page) => {
      await page.getByRole('gridcell', { name: /^Wednesday 18:00/ }).click()
      await button(page, /^Add the public holidays of Australia 2027/).click()
      await page.getByRole('grid').evaluate((grid) => grid.scrollIntoView({ block: 'start' }))
      await page.mouse.wheel(0, -80)
    },
  },
  {
    name: 'contact-hours-met',
    path: () => '/contact-hours/2',
    visitor: 'admin',
    ready: async (page, { office }) => {
      const hours = await office.contactHours(2)
      if (!hours.ok) throw new Error(hours.body.detail)
      const { valid_to } = hours.body
      await page.getByRole('gridcell', { name: /^Wednesday 19:00/ }).click()
      const next = valid_to === '2030-12-31' ? '2031-12-31' : '2030-12-31'
      await office.changeContactHours(2, { valid_to: next })
      await button(page, 'Review and save').click()
      await page.getByText('Somebody else changed this meanwhile').waitFor()
      await page.mouse.wheel(0, -2_000)
    },
  },
]
