// A person without a mouse: Tab goes from one thing to the next, and only what has the focus is used.

import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

const STEPS_MAX = 150
const NEAR = 3

/** Presses Tab until this has the focus. It is there to be reached, or the test fails. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.first().waitFor()
  await target.evaluate(approach, NEAR)
  for (let i = 0; i < STEPS_MAX; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${target}`)
}

/** In the page. Long ways are shortened: the focus is put a few stops before what is wanted. */
function approach(wanted: Element, near: number) {
  const within = wanted.closest('[role="dialog"]') ?? document
  const stops = [
    ...within.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex]'),
  ].filter((stop) => stop.tabIndex >= 0 && !stop.matches(':disabled') && stop.checkVisibility())
  const at = stops.indexOf(wanted as HTMLElement)
  const now = stops.indexOf(document.activeElement as HTMLElement)
  if (at > 0 && (now > at || now < at - near)) stops[Math.max(at - near, 0)]!.focus()
}

/** Goes to a button or link, and presses it. */
export async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press('Enter')
}

/** Goes to an input, and types over what is there. */
export async function typeInto(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.type(text)
}

/** Chooses from a native list by typing the name. */
export async function choose(page: Page, target: Locator, label: string): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.type(label)
  await expect
    .poll(() => target.evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.label))
    .toBe(label)
}

/** The dialog that is open, and has the focus. */
export async function dialogOf(page: Page): Promise<Locator> {
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  return dialog
}

/** Opens a menu, and goes down to an item of it. */
export async function chooseFromMenu(page: Page, menu: string | RegExp, item: string): Promise<void> {
  await press(page, page.getByRole('button', { name: menu }))
  const wanted = page.getByRole('menuitem', { name: item })
  await wanted.waitFor()
  await expect
    .poll(() => page.getByRole('menuitem').evaluateAll((all) => all.includes(document.activeElement!)))
    .toBe(true)
  for (let i = 0; i < 10; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) break
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
}
