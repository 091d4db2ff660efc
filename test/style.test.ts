// The shape of the code: who may import whom, how long a file may be, what must not be written anywhere.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { LOCKS } from '../src/db/locks.ts'
import { ROOT } from './support/statements.ts'

// A compass with a stop: past this a file holds more than one idea.
const CODE_LINES_MAX = 300

interface Source {
  /** src/core/phone.ts */
  path: string
  text: string
  /** Paths of our own files, and the names of packages. */
  imports: string[]
}

// Imports of types count too: a type that points upward is a dependency.
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"()]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|(?:^|\n)import\s*['"]([^'"]+)['"]/g

const importsOf = (path: string, text: string): string[] =>
  [...text.matchAll(IMPORT)].map(([, from, dynamic, bare]) => {
    const name = (from ?? dynamic ?? bare)!
    return name.startsWith('.') ? relative(ROOT, join(ROOT, dirname(path), name)) : name
  })

const read = (pattern: string): Source[] =>
  globSync(pattern, { cwd: ROOT }).map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    return { path, text, imports: importsOf(path, text) }
  })

const sources = read('src/**/*.ts')
/** Programs beside the product. */
const programs = read('{bench,scripts,examples,test/support,test/torture,test/fixtures}/**/*.ts')
const product = sources.filter(({ path }) => !path.endsWith('.test.ts'))
const inside = (folder: string) => product.filter(({ path }) => path.startsWith(folder))

/** Lines that are neither empty nor comment. */
const codeLines = (text: string) =>
  text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line))

/** The folders of src, lowest first: each may import itself and those before it. */
const LAYERS = [
  'src/core/',
  'src/db/',
  'src/intake/',
  'src/import/',
  'src/export/',
  'src/jobs/',
  'src/http/',
  'src/cli/',
]
const layerOf = (path: string) => LAYERS.findIndex((layer) => path.startsWith(layer))
const importing = (rule: (path: string, name: string) => boolean) =>
  product.flatMap(({ path, imports }) =>
    imports.filter((name) => rule(path, name)).map((name) => `${path} imports ${name}`),
  )

const EXPORTED = /^export (?:async )?(?:abstract )?(?:const|function\*?|class|type|interface|let) (\w+)/gm

test('the imports of a source are found', () => {
  const text = `import { readFileSync } from 'node:fs'
import type { Field } from './field.ts'
import {
  type Result,
  ok,
} from '../db/pool.ts'
export { EmbeddedError } from '../db/embedded.ts'
import 'pg'
const { serve } = await import('./serve.ts')
`
  expect(importsOf('src/core/phone.ts', text)).toEqual([
    'node:fs',
    'src/core/field.ts',
    'src/db/pool.ts',
    'src/db/embedded.ts',
    'pg',
    'src/core/serve.ts',
  ])
  expect(product.length).toBeGreaterThan(60)
})

test('nothing imports upward: core, db, intake, import, jobs, http, cli', () => {
  expect(importing((path, name) => layerOf(path) >= 0 && layerOf(name) > layerOf(path))).toEqual([])
})

test('no files import each other in a circle, not even for their types', () => {
  // But for the SDK: a refusal names shapes of the API, and the generated methods name their answers.
  const exempt = 'src/client/answer.ts imports src/client/api.ts'
  let edges = product
    .flatMap(({ path, imports }) => imports.map((name) => ({ path, name })))
    .filter(({ path, name }) => `${path} imports ${name}` !== exempt)
  // A file that imports nothing, or that nothing imports, is outside all circles. Removing these leaves the circles.
  for (let before = 0; edges.length !== before; ) {
    before = edges.length
    const importers = new Set(edges.map(({ path }) => path))
    const imported = new Set(edges.map(({ name }) => name))
    edges = edges.filter(({ path, name }) => importers.has(name) && imported.has(path))
  }
  expect(edges).toEqual([])
})

test('core imports nothing but itself and libphonenumber-js, and no Node', () => {
  const own = /^(src\/core\/|libphonenumber-js\b)/
  expect(importing((path, name) => path.startsWith('src/core/') && !own.test(name))).toEqual([])
})

test('core has no clock and no chance of its own', () => {
  for (const { path, text } of inside('src/core/'))
    for (const line of codeLines(text))
      expect(line, path).not.toMatch(
        /\bDate\.now\b|\bnew Date\(\)|\bTemporal\.Now\b|\bMath\.random\b|\bperformance\.|\bprocess\./,
      )
})

test('examples import the client and themselves, so that they show what anybody can write', () => {
  const examples = globSync('examples/**/*.ts', { cwd: ROOT })
  expect(examples.length).toBeGreaterThan(2)
  for (const path of examples) {
    const text = readFileSync(join(ROOT, path), 'utf8')
    for (const name of importsOf(path, text)) expect(name, path).toMatch(/^(node:|examples\/|src\/client\/)/)
    expect(codeLines(text).length, path).toBeLessThanOrEqual(CODE_LINES_MAX)
  }
})

test('the model that the product is compared with takes nothing from it but types', () => {
  const models = globSync('test/support/model/*.ts', { cwd: ROOT })
  expect(models.length).toBeGreaterThan(3)
  for (const path of models) {
    const lines = readFileSync(join(ROOT, path), 'utf8').split('\n')
    for (const line of lines.filter((line) => line.includes('/src/')))
      expect(line, path).toMatch(/^import type /)
  }
})

test('only db knows the driver', () => {
  const users = /^src\/(db|embedded-postgres)\//
  expect(importing((path, name) => /^pg\b/.test(name) && !users.test(path))).toEqual([])
})

test('the embedded PostgreSQL is a room with one door, and nothing of Leadline is in it', () => {
  const room = 'src/embedded-postgres/'
  const packages = /^(node:|pg$)/
  expect(
    importing((path, name) => path.startsWith(room) && !name.startsWith(room) && !packages.test(name)),
  ).toEqual([])
  for (const { path, text } of inside(room)) expect(text, path).not.toMatch(/leadline/i)
  const elsewhere = [...sources, ...programs].filter(({ path }) => !path.startsWith(room))
  const entered = elsewhere.flatMap(({ path, imports }) =>
    imports.filter((name) => name.startsWith(room)).map((name) => `${path} imports ${name}`),
  )
  expect(entered).toEqual([`src/db/embedded.ts imports ${room}embedded.ts`])
})

test('only db declares statements', () => {
  const declaring = product
    .filter(({ text }) => /\bstatement(<[^()]*>)?\(/.test(text))
    .map(({ path }) => path)
  expect(declaring.length).toBeGreaterThan(20)
  expect(declaring.filter((path) => !path.startsWith('src/db/'))).toEqual([])
})

test('statements can be read: no line of code in db is longer than 110 columns', () => {
  const long = inside('src/db/').flatMap(({ path, text }) =>
    codeLines(text)
      .filter((line) => line.length > 110)
      .map((line) => `${path}: ${line.trim()}`),
  )
  expect(long).toEqual([])
})

test('the client imports nothing but itself, so that it runs wherever fetch does', () => {
  const foreign = (path: string, name: string) =>
    path.startsWith('src/client/') && !name.startsWith('src/client/')
  expect(importing(foreign)).toEqual([])
})

test('only http knows the framework and its schemas', () => {
  const http = /^(fastify|@fastify\/|ajv|typebox)/
  expect(importing((path, name) => http.test(name) && !path.startsWith('src/http/'))).toEqual([])
})

test('the command line alone reads the environment, and hands it to the list of options', () => {
  const readers = product.filter(({ text }) => /\bprocess\.env\b/.test(text)).map(({ path }) => path)
  // Programs that are started (initdb, postgres, ps) get the path to themselves, and nothing else of it.
  expect(readers.sort()).toEqual(['src/cli/command.ts', 'src/embedded-postgres/user.ts'])
  for (const { path, text } of inside('src/embedded-postgres/'))
    for (const [, name] of text.matchAll(/\bprocess\.env\.?(\w*)/g)) expect(name, path).toBe('PATH')
})

test(`no source that people write has more than ${CODE_LINES_MAX} lines of code`, () => {
  const long = product
    .filter(({ text }) => !text.startsWith('// Made by `npm run docs`'))
    .map(({ path, text }) => ({ path, lines: codeLines(text).length }))
    .filter(({ lines }) => lines > CODE_LINES_MAX)
  expect(long).toEqual([])
})

test('the app asks through the methods of the SDK, and spells no address of /v1', () => {
  const app = globSync('web/src/**/*.{ts,tsx}', { cwd: ROOT })
  expect(app.length).toBeGreaterThan(40)
  for (const path of app) expect(readFileSync(join(ROOT, path), 'utf8'), path).not.toMatch(/['"`]\/?v1\//)
})

test('the lock file names no registry: npm takes the one that is set where it runs', () => {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
  expect([...lock.matchAll(/"resolved": "([^"]*)"/g)].map(([, address]) => address)).toEqual([])
})

test('every dependency has its line in the decision record, and nothing else has', () => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )
  const record = readFileSync(join(ROOT, 'docs/decisions/0001-dependencies.md'), 'utf8')
  const listed = [...record.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name!)
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies })
  expect(listed.sort()).toEqual(names.sort())
})

test('nothing is left out of the run: no skipped, focused or promised tests', () => {
  const tests = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: ROOT })
  for (const path of tests)
    expect(readFileSync(join(ROOT, path), 'utf8'), path).not.toMatch(
      /\b(test|it|describe)\.(skip|only|todo|fails)\b/,
    )
})

test('every advisory lock has a number of its own, and takes it from src/db/locks.ts', () => {
  const numbers = Object.values(LOCKS)
  expect(new Set(numbers).size).toBe(numbers.length)
  const calls = product.flatMap(({ path, text }) =>
    [...text.matchAll(/pg_(?:try_)?advisory_\w*\(([^)]*)\)/g)].map(([, number]) => ({ path, number })),
  )
  expect(calls.length).toBeGreaterThanOrEqual(numbers.length)
  for (const { path, number } of calls) expect(number, path).toMatch(/^\$\{LOCKS\.\w+\}/)
  const in_functions = globSync('migrations/*.sql', { cwd: ROOT }).flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/advisory_\w*\((\d+)/g)].map(([, number]) =>
      Number(number),
    ),
  )
  // One of the functions was made again.
  expect(new Set(in_functions)).toEqual(new Set([LOCKS.zone, LOCKS.dispositions]))
})

test('an exported name means one thing in the whole of src', () => {
  const homes = new Map<string, Set<string>>()
  // The generated SDK repeats the names of the shapes that it is made from.
  for (const { path, text } of product.filter(({ path }) => path !== 'src/client/api.ts'))
    for (const [, name] of text.matchAll(EXPORTED))
      homes.set(name!, (homes.get(name!) ?? new Set()).add(path))
  expect(homes.size).toBeGreaterThan(500)
  expect([...homes].filter(([, paths]) => paths.size > 1)).toEqual([])
})

test('only intake and jobs open transactions', () => {
  const openers = product
    .filter(({ text }) => /\.transaction\(|\btransact\(/.test(text))
    .map(({ path }) => path)
  expect(openers.filter((path) => !/^src\/(db|intake|jobs)\//.test(path))).toEqual([])
})

test('the classic spelling is known at its edge, and to those who write to it', () => {
  const spelling = /\bnj[A-Z]\w+|\bf(?:Template|Campaign|Allocation)Id\b/
  const speakers = product
    .filter(({ text }) => codeLines(text).some((line) => spelling.test(line)))
    .map(({ path }) => path)
    .filter((path) => !/^src\/(http\/classic|client|cli)\//.test(path))
  // The table of attributes, the placeholders that templates of actions know, rows that are pulled, and sentences that
  // name a key.
  expect(speakers.sort()).toEqual([
    'src/core/action-template.ts',
    'src/core/action-values.ts',
    'src/core/attributes.ts',
    'src/core/classic.ts',
    'src/core/pulled-row.ts',
    'src/core/result.ts',
  ])
})
