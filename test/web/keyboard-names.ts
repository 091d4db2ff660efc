// A person who uses the keyboard alone.

import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** The name of what has the focus, as screen readers say it. */
const nameOfFocus = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document
    const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent
    return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').replace(/\s*\*$/, '')
  })

export const focusIsOn = (page: Page, name: string | RegExp) =>
  expect.poll(() => nameOfFocus(page)).toMatch(typeof name === 'string' ? exactly(name) : name)

const exactly = (name: string) => new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)

const STEPS_MAX = 120

/** Tabs on (or back) until something of this name has the focus. */
export async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const wanted = typeof name === 'string' ? exactly(name) : name
  const met: string[] = []
  for (let i = 0; i < STEPS_MAX; i++) {
    await page.keyboard.press(key)
    const found = await nameOfFocus(page)
    if (wanted.test(found)) return
    met.push(found)
  }
  throw new Error(`the focus never came to ${wanted}, but to: ${[...new Set(met)].join(' | ')}`)
}

/** Tabs to a field and types; what was in it is replaced. */
export async function typeInto(page: Page, name: string | RegExp, text: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

export async function press(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
}

/** Chooses in a list of the browser by typing the beginning of the choice. */
export async function choose(page: Page, name: string | RegExp, begins: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.type(begins)
}

export const dialogCloses = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' })
