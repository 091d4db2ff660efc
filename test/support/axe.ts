// What axe finds wrong with a page, for people who use it without seeing it.

import axe from 'axe-core'
import type { Page } from 'playwright-core'

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** 'color-contrast: .count (…)'; evaluated by the debugger, so that the page's policy allows it. */
export async function axeFinds(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    (levels) => window.axe.run(document, { runOnly: levels }),
    LEVELS,
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} (${failureSummary})`),
  )
}

declare global {
  interface Window {
    axe: typeof axe
  }
}
