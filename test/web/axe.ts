// What axe-core objects to on a page, for people who do not see it, or not well.

import axe from 'axe-core'
import type { Page } from 'playwright-core'

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

export async function axeFinds(page: Page) {
  // Through the debugger: the page's own policy lets no such script in.
  await page.evaluate(axe.source)
  return page.evaluate(violations, STANDARDS)
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
