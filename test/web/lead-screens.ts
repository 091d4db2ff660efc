// Tests of the lead's screens share these: a lead, changes by others, and the texts on the screen.

import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { LeadPatch, NewLead } from '../../src/client/api.ts'
import { LeadlineClient } from '../../src/client/client.ts'
import { createKey } from '../../src/db/keys.ts'
import { hashKey, newKey } from '../../src/intake/keys.ts'
import { type Leadline, mobile } from '../support/leadline.ts'

export function screensOf({ client, pool, url, target: { allocation_id } }: Leadline) {
  const view = async (id: string) => {
    const lead = await client.lead(id)
    if (!lead.ok) throw new Error(lead.body.detail)
    return lead.body
  }
  return {
    view,

    /** Jane's lead. */
    async jane(more: Partial<NewLead> = {}): Promise<string> {
      const fields = {
        Name: 'Jane Citizen',
        StreetAddress: '12 Collins Street',
        City: 'Melbourne',
        State: 'Vic',
        PostCode: '3000',
        Email: 'jane@example.com',
        FirstPhone: mobile(),
        ...more.fields,
      }
      const made = await client.createLead({ allocation_id, ...more, fields })
      if (!made.ok) throw new Error(JSON.stringify(made.body))
      return made.body.id
    },

    /** A client of the API whose key has this name. */
    async senderNamed(name: string): Promise<LeadlineClient> {
      const key = newKey()
      await createKey(pool, {
        name,
        hash: hashKey(key),
        scopes: ['read', 'write'],
        team_ids: null,
        created_by: 'system',
      })
      return new LeadlineClient({ url, key })
    },

    /** Somebody else changes the lead as it is now. */
    async others(id: string, patch: LeadPatch, by: LeadlineClient = client): Promise<void> {
      const answer = await by.patchLead(id, (await view(id)).version, patch)
      if (!answer.ok) throw new Error(`${answer.body.code} ${answer.body.detail}`)
    },
  }
}

/** The button in the save bar of a lead, as long as something is unsaved. */
export const saveButton = (page: Page) =>
  page.getByRole('region', { name: 'Save' }).locator('button[aria-disabled="false"]', { hasText: /^Save/ })

/** The name of what has the focus, as screen readers say it. */
export const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document
    return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
  })

export const hasFocus = (page: Page, name: RegExp) => expect.poll(() => focused(page)).toMatch(name)

/** The last announcement to screen readers. */
export const hears = (page: Page, said: RegExp) =>
  expect.poll(() => page.locator('[aria-live="polite"][aria-atomic]').textContent()).toMatch(said)

/** A message, in the save bar or in the bar at the top; the same is said to screen readers. */
export const toast = (page: Page, said: string | RegExp) =>
  page.locator('[data-toast]').getByText(said).waitFor()
