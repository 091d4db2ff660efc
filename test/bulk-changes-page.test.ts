// The page about bulk changes: each of its commands is run, in order, and answers what the page says.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startLeadline } from './support/leadline.ts'
import { ShellPage, sectionsOf } from './support/shell-document.ts'
import { ROOT } from './support/statements.ts'

const leadline = await startLeadline()
const sections = sectionsOf(readFileSync(join(ROOT, 'docs/bulk-changes.md'), 'utf8'))
const page = new ShellPage(leadline.url, { LEADLINE_API_KEY: leadline.key })

test('the commands of the page answer as it says, one section after the other', async () => {
  let run = 0
  for (const section of sections.values()) run += await page.run(section)
  expect(run).toBeGreaterThan(7)
})
