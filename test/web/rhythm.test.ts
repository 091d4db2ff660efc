// People double-click, and hold keys down. Whatever the main button of a screen does, it does once, and nothing else takes
// the second click.

import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAt, type Visit } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { PASSWORD } from '../support/operator.ts'
import { saveButton, screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane, others } = screensOf(leadline)
const open = browserAt(leadline.url)
const lead = await leadline.asOperator('lead')

interface Scene {
  name: string
  as?: Visit['as']
  path: () => Promise<string>
  /** Up to the point at which the main button can be pressed. */
  prepare: (page: Page) => Promise<Locator>
  /** What the button sends, once. */
  sends: RegExp
  keys: readonly string[]
}

const button = (page: Page, name: RegExp | string) => page.getByRole('button', { name })
const SAVES = ['Control+s', 'Control+s', 'Enter', 'Space', 'Control+s'] as const

const SCENES: Scene[] = [
  {
    name: 'signing in',
    path: async () => '/login',
    prepare: async (page) => {
      await page.getByLabel('Login').fill(lead.operator.login)
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      return button(page, 'Sign in')
    },
    sends: /^POST \/v1\/session$/,
    keys: ['Enter', 'Enter', 'Space', 'Enter'],
  },
  {
    name: 'creating a lead',
    as: lead,
    path: async () => '/leads/new',
    prepare: async (page) => {
      await page.getByLabel('First phone').fill(mobile())
      return button(page, 'Create the lead')
    },
    sends: /^POST \/v1\/leads$/,
    keys: ['Enter', 'Enter', 'Space', 'Control+s'],
  },
  {
    name: 'saving a lead',
    as: lead,
    path: async () => `/leads/${await jane()}`,
    prepare: async (page) => {
      await page.getByLabel('City', { exact: true }).fill('Ballarat')
      return saveButton(page)
    },
    sends: /^PATCH \/v1\/leads\/[\d-]+$/,
    keys: SAVES,
  },
  {
    name: 'saving a merge',
    as: lead,
    path: async () => `/leads/${await jane()}`,
    prepare: async (page) => {
      await page.getByLabel('City', { exact: true }).fill('Ballarat')
      await others(new URL(page.url()).pathname.split('/').at(-1)!, { fields: { City: 'Bendigo' } })
      await page.keyboard.press('Control+s')
      await page.waitForURL('**/merge')
      await page.getByRole('radio', { name: /^Keep mine/ }).click()
      return button(page, /^Save merge/)
    },
    sends: /^POST \/v1\/leads\/[\d-]+\/merge$/,
    keys: SAVES,
  },
  {
    name: 'dismissing a conflict',
    as: lead,
    path: async () => {
      const id = await jane()
      await others(id, { fields: { City: 'Carlton' } })
      const held = await client.patchLead(id, 1, { fields: { City: 'Fitzroy' } }, 'hold')
      return `/conflicts/${(held.body as { conflict_id: number }).conflict_id}`
    },
    prepare: async (page) => {
      await button(page, /^Dismiss/).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill('sent twice')
      return dialog.getByRole('button', { name: /^Dismiss/ })
    },
    sends: /^PUT \/v1\/conflicts\/\d+\/resolution$/,
    keys: ['Enter', 'Enter', 'Space', 'Enter'],
  },
  {
    name: 'restoring a value that was given up',
    as: lead,
    path: async () => {
      const id = await jane()
      await others(id, { fields: { City: 'Carlton', Email: 'theirs@example.com' } })
      const mine = { fields: { City: 'Fitzroy', Email: 'mine@example.com' } }
      const decisions = { address: { take: 'theirs' as const }, 'fields.Email': { take: 'theirs' as const } }
      await lead.mergeLead(id, { base_version: 1, lead_version: 2, mine, decisions })
      return `/leads/${id}/history`
    },
    prepare: async (page) => button(page, 'Restore yours: Address Fitzroy'),
    sends: /^POST \/v1\/leads\/[\d-]+\/restore$/,
    keys: ['Enter', 'r', 'Space', 'Enter', 'r'],
  },
  {
    name: 'undoing a change',
    as: lead,
    path: async () => {
      const id = await jane()
      await others(id, { fields: { City: 'Carlton' } })
      return `/leads/${id}/history`
    },
    prepare: async (page) => button(page, 'Undo this change, version 2'),
    sends: /^POST \/v1\/leads\/[\d-]+\/revert$/,
    keys: ['Enter', 'Enter', 'Space', 'Enter'],
  },
  {
    name: 'signing out',
    as: lead,
    path: async () => `/leads/${await jane()}`,
    prepare: async (page) => {
      await page.getByLabel('City', { exact: true }).fill('Ballarat')
      await button(page, /^Signed in as/).click()
      await page.getByRole('menuitem', { name: /^Sign out$/ }).click()
      return button(page, 'Stay signed in')
    },
    sends: /^nothing$/,
    keys: ['Enter', 'Enter', 'Space'],
  },
]

/** Between the two clicks, milliseconds. */
const PACES = [200, 450, 600]
/** What comes late of a second press shows by then. */
const AFTER_MS = 700

/** Opens a scene; returns its button, and what has been sent that changes something. */
async function enter(scene: Scene) {
  const page = await open(await scene.path(), { as: scene.as })
  await page.locator('h1').waitFor()
  const main = await scene.prepare(page)
  await main.waitFor()
  const sent: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (request.method() !== 'GET' && !/\/(presence|preview)$/.test(pathname))
      sent.push(`${request.method()} ${pathname}`)
  })
  const isOnce = async () => {
    await page.waitForTimeout(AFTER_MS)
    const once = scene.sends.source === '^nothing$' ? [] : [expect.stringMatching(scene.sends)]
    expect(sent).toEqual(once)
  }
  return { page, main, isOnce }
}

/** Clicks at a place. The clicks carry the time of the hand, `after_ms` the first one, which a busy machine does not stretch. */
async function clickerAt(page: Page, x: number, y: number) {
  const input = await page.context().newCDPSession(page)
  const began_s = Date.now() / 1000
  return async (after_ms: number) => {
    const click = { x, y, button: 'left', clickCount: 1, timestamp: began_s + after_ms / 1000 } as const
    for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased'] as const)
      await input.send('Input.dispatchMouseEvent', { ...click, type })
  }
}

test.for(SCENES.map((scene) => [scene.name, scene] as const))('%s: a double click', async ([, scene]) => {
  for (const pace of PACES) {
    const { page, main, isOnce } = await enter(scene)
    const { x, y, width, height } = (await main.boundingBox())!
    // Off the middle, where another button may come to lie.
    const click = await clickerAt(page, x + width * 0.7, y + height / 2)
    await click(0)
    await page.waitForTimeout(pace)
    await click(pace)
    await isOnce()
  }
})

test.for(SCENES.map((scene) => [scene.name, scene] as const))(
  '%s: keys again and again',
  async ([, scene]) => {
    const { page, main, isOnce } = await enter(scene)
    await main.focus()
    for (const key of scene.keys) await page.keyboard.press(key)
    await isOnce()
  },
)
