// An agent's day: the next lead and the callbacks.

import type { Page } from 'playwright-core'
import type { Centre } from './centre.ts'
import { button, heading, type State } from './lead-scenes.ts'

const next = async (page: Page) => {
  // Whoever has a lead already finds it here again.
  const take = button(page, 'Take the next lead')
  await take.or(button(page, 'Hand back')).first().waitFor()
  if (await take.isVisible()) await take.click()
  await button(page, 'No Answer').waitFor()
  await page
    .getByText(/Can be called/)
    .first()
    .waitFor()
}

const inWellington = ({ wellington }: Centre) => `/work?allocation_id=${wellington}`

export const WORK: State[] = [
  { name: 'work-lead', path: inWellington, visitor: 'agent', ready: next },
  {
    name: 'work-callback',
    path: inWellington,
    visitor: 'agent',
    ready: async (page) => {
      await next(page)
      // A press on a lead that has just come up is not meant for it.
      await page.waitForTimeout(800)
      await button(page, /^Callback/).click()
      await page.keyboard.press('Enter')
      await page.getByText(/^Next try/).waitFor()
    },
  },
  {
    name: 'work-empty',
    path: ({ twelve }) => `/work?allocation_id=${twelve}`,
    visitor: 'agent',
    ready: async (page) => {
      await button(page, 'Take the next lead').click()
      await page.getByText(/^Every lead is closed/).waitFor()
    },
  },
  {
    name: 'callbacks-kept',
    path: () => '/callbacks',
    visitor: 'agent',
    ready: (page) => page.getByRole('region', { name: /^Later/ }).waitFor(),
  },
  {
    name: 'callbacks-move',
    path: () => '/callbacks',
    visitor: 'agent',
    ready: async (page) => {
      await heading(page)
      await button(page, /^Move the callback of/)
        .first()
        .click()
      await page.getByRole('dialog').getByRole('textbox', { name: 'Callback' }).waitFor()
    },
  },
]
