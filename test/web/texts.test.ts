// The sources of the app: texts come from the catalogue, nothing of the server's inside is reached into.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { audit } from '../../web/src/text/audit.ts'
import { SAID_OF_IMPORTS } from '../../web/src/text/import-problems.ts'
import { SAID as SAID_OF_LEADS } from '../../web/src/text/problems.ts'
import { SAID_OF_SET_UP } from '../../web/src/text/set-up-problems.ts'
import { ROOT } from '../support/statements.ts'

const sources = globSync('web/src/**/*.{ts,tsx}', { cwd: ROOT })
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

const FIELD_PROBLEMS = { ...SAID_OF_LEADS, ...SAID_OF_SET_UP, ...SAID_OF_IMPORTS }

// The linter refuses texts between tags; these are the properties that people read or hear.
const SAID =
  'label|title|placeholder|description|alt|summary|error|aria-label|aria-description|aria-roledescription'

test('what people read or hear comes from the catalogue, in properties too', () => {
  expect(sources.length).toBeGreaterThan(40)
  const literal = new RegExp(
    `\\s(?:${SAID})=(?:"[^"]*\\w[^"]*"|\\{\\s*(?:'[^']*\\w[^']*'|\`[^\`$]*\\w[^\`]*\`)\\s*\\})`,
    'g',
  )
  const found = sources.flatMap(({ path, text }) =>
    [...text.matchAll(literal)].map(([what]) => `${path}:${what}`),
  )
  expect(found).toEqual([])
  expect(' aria-label="Close"'.match(literal)).not.toBe(null)
})

test('the app imports the client and the core of the server, and nothing else of it', () => {
  const IMPORT = /\bfrom\s*'([^']+)'|\bimport\(\s*'([^']+)'|^import\s*'([^']+)'/gm
  const outside = sources.flatMap(({ path, text }) =>
    [...text.matchAll(IMPORT)]
      .map(([, from, dynamic, bare]) => (from ?? dynamic ?? bare)!)
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(ROOT, join(ROOT, dirname(path), name)))
      .filter((name) => !/^(?:web\/src|src\/client|src\/core)\//.test(name))
      .map((name) => `${path} imports ${name}`),
  )
  expect(outside).toEqual([])
})

test('the app translates only what the server still says about values', () => {
  const server = globSync('src/{core,intake}/**/*.ts', { cwd: ROOT })
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join()
    .replace(/\$\{PASSWORD_POINTS_MIN\}/g, '8')
    .replace(/\$\{PASSWORD_POINTS_MAX\}/g, '200')
  expect(Object.keys(FIELD_PROBLEMS).filter((detail) => !server.includes(detail))).toEqual([])
})

const LITERAL = /'[^'\n]*[ A-Z][^'\n]*'|`[^`]*`/g

/** Written by people who think in another language, or for those who call the API. */
const FOREIGN = [
  /\bis no\b/i,
  /\bstands?\b/i,
  /\bmend/i,
  /\bclash/i,
  /\bput aside\b/i,
  /\ball the same\b/i,
  /\bfalls? due\b/i,
  /\b(?:by|Way|on) screen\b/,
  /\bdisposition/i,
  /\bgiven again\b/i,
  /\bthere is none\b/i,
  /\b(?:If-Match|njVersion|campaign_id|RFC \d+)\b/,
]

test('the audit log has a sentence for everything that the server writes into it', () => {
  const found = (of: string, pattern: RegExp) =>
    globSync(of, { cwd: ROOT })
      .filter((path) => !path.endsWith('.test.ts'))
      .flatMap((path) => [...readFileSync(join(ROOT, path), 'utf8').matchAll(pattern)])
      .map(([, what]) => what!)
  const written = new Set([
    // There, texts of this form are actions, or the events that screens follow.
    ...found('src/{intake,jobs}/**/*.ts', /(?<!event: )'([a-z_]+\.\w+)'/g),
    ...found('src/db/**/*.ts', /'system', '([a-z_]+\.\w+)'/g),
    ...found('src/intake/**/*.ts', /\b(?:noun:|NOUN =) '([a-z_]+)'/g).flatMap((noun) => [
      `${noun}.change`,
      `${noun}.delete`,
    ]),
  ])
  // A key is revoked, and stays on record.
  written.delete('key.delete')
  expect(written.size).toBeGreaterThan(60)
  expect([...written].filter((one) => !Object.hasOwn(audit.deeds, one))).toEqual([])
  expect([...written].filter((one) => !Object.hasOwn(audit.kinds, one.split('.')[0]!))).toEqual([])
  expect(Object.keys(audit.deeds).filter((one) => !written.has(one))).toEqual([])
})

test('the catalogue says nothing that a native speaker would not write', () => {
  const files = globSync('web/src/text/*.ts', { cwd: ROOT }).filter((path) => !/\.test\.ts$/.test(path))
  // The keys of these two are the words of the server.
  const texts = files
    .filter((path) => !path.endsWith('problems.ts'))
    .flatMap(
      (path) =>
        readFileSync(join(ROOT, path), 'utf8')
          .replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
          .match(LITERAL) ?? [],
    )
    .concat(Object.values(FIELD_PROBLEMS))
  expect(texts.length).toBeGreaterThan(400)
  expect(texts.filter((text) => FOREIGN.some((phrase) => phrase.test(text)))).toEqual([])
})

test('no source of the app has more than 300 lines of code', () => {
  const lines = (text: string) =>
    text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line))
  expect(sources.filter(({ text }) => lines(text).length > 300).map(({ path }) => path)).toEqual([])
})
