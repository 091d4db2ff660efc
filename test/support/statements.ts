// The statements that the sources declare, by name, found in their text: what is never loaded is found too.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Declared {
  name: string
  /** Path of the source file. */
  file: string
}

export const declaredStatements = (): Declared[] =>
  globSync('src/**/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] }).flatMap((path) => {
    const file = join(ROOT, path)
    const names = readFileSync(file, 'utf8').matchAll(/\bstatement(?:<[^()]*?>)?\(\s*'([^']+)'/g)
    return [...names].map(([, name]) => ({ name: name!, file }))
  })

/** The names of `declared` that are not among `executed`, sorted. */
export const neverExecuted = (declared: readonly Declared[], executed: ReadonlySet<string>): string[] =>
  declared
    .map(({ name }) => name)
    .filter((name) => !executed.has(name))
    .sort()
