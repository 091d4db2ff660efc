// The page about set-up: each of its commands is run, in order, and answers what the page says.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startLeadline } from './support/leadline.ts'
import { ShellPage, sectionsOf } from './support/shell-document.ts'
import { ROOT } from './support/statements.ts'

const leadline = await startLeadline()
const sections = sectionsOf(readFileSync(join(ROOT, 'docs/set-up.md'), 'utf8'))
const page = new ShellPage(leadline.url, { LEADLINE_API_KEY: leadline.key })

// The introduction gives the address and the key their names.
await page.run(sections.get('')!)

test.for([...sections.keys()].filter((heading) => heading !== ''))(
  'the commands of "%s" answer as the page says',
  async (heading) => expect(await page.run(sections.get(heading)!)).toBeGreaterThan(2),
)
