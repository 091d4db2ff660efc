// `npm run bench -- table [NAME …]`: keeps results in the repository, and shows all that are kept in docs/performance.md.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kept, PUBLISHABLE, type Ran, section, withSection } from './published.ts'
import { say } from './report.ts'

const RESULTS = join(import.meta.dirname, 'results')
const KEPT = join(RESULTS, 'published')
export const PAGE = join(import.meta.dirname, '../docs/performance.md')

/** The results that are kept. */
export const keptResults = (): Ran[] =>
  existsSync(KEPT)
    ? readdirSync(KEPT)
        .sort()
        .map((name) => JSON.parse(readFileSync(join(KEPT, name), 'utf8')))
    : []

/** `names`: results of bench/results that take the place of those that were kept. */
export function runTable(names: readonly string[]): void {
  mkdirSync(KEPT, { recursive: true })
  for (const name of names) {
    const path = join(RESULTS, `${name}.json`)
    if (!PUBLISHABLE.includes(name) || !existsSync(path))
      throw new Error(`there is no result of ${name} to publish (publishable: ${PUBLISHABLE.join(', ')})`)
    const result = kept(JSON.parse(readFileSync(path, 'utf8')))
    writeFileSync(join(KEPT, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`)
  }
  writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), section(keptResults())))
  say('Written to docs/performance.md')
}
