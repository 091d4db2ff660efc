// Asks axe-core which parts of a page exclude people who see badly or not at all.

import axe from 'axe-core'
import type { Page } from 'playwright-core'

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** In light and in dark colours. */
export async function axeFinds(page: Page) {
  // Through the debugger: the page's own policy lets no such script in.
  await page.evaluate(axe.source)
  const found = []
  for (const colours of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: colours })
    await page.locator(`html[data-mantine-color-scheme="${colours}"]`).waitFor()
    for (const violation of await page.evaluate(violations, STANDARDS)) found.push({ colours, ...violation })
  }
  return found
}

/** In the page. */
async function violations(standards: string[]) {
  const found = await window.axe.run(document, { runOnly: standards, resultTypes: ['violations'] })
  return found.violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
  }))
}

declare global {
  interface Window {
    axe: typeof axe
  }
}
