// Runs tests of a copy of the tree again and again in one vitest, on a PostgreSQL that runs already. The check starts it
// as a child process, so that it can end one that hangs.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createVitest, type TestCase, type TestModule, type TestProject } from 'vitest/node'
import config from '../../vitest.config.ts'
import type { Cover } from './cover.ts'

export interface Ask {
  tests: Selection[]
  /** The sources that are not what they were in the last run. */
  changed: string[]
  /** Whether to note what each test executes. */
  cover?: boolean
}

export interface Selection {
  file: string
  /** Tests as vitest knows them; undefined: all. */
  ids?: string[]
}

/** `failed` comes as soon as a test fails, `done` when all is over. */
export type Said =
  | { failed: { id?: string; test: string; message: string } }
  | { done: { ms: number; covers: Cover[] } }
  /** Vitest itself fails. */
  | { broken: string }

const root = process.cwd()
const notes = mkdtempSync(join(root, 'notes-'))
process.env.MUTANTS_NOTES = notes
const tell = (said: Said) => process.send!(said)
const failed = (test: string, errors: readonly { message?: string }[] = [], id?: string) =>
  tell({ failed: { id, test, message: (errors[0]?.message ?? '').slice(0, 300) } })

const reporter = {
  onTestCaseResult(test: TestCase) {
    if (test.result().state !== 'failed') return
    failed(`${test.module.relativeModuleId} > ${test.fullName}`, test.result().errors, test.id)
  },
  onTestModuleEnd(module: TestModule) {
    const errors = [module, ...module.children.allSuites()].flatMap((part) => [...part.errors()])
    if (errors.length > 0) failed(module.relativeModuleId, errors)
  },
}

type Project = { test: { globalSetup?: string; setupFiles?: string } }

/** A project as it is configured, with servers that run already. */
const withOurServers = ({ test }: Project) => {
  if (!test.globalSetup) return { test }
  const setupFiles = [test.setupFiles ?? [], 'scripts/mutants/cover-on-demand.ts'].flat()
  return { test: { ...test, globalSetup: 'scripts/mutants/servers.ts', setupFiles } }
}
const { projects = [], ...options } = (await config({ mode: 'test', command: 'serve' })).test ?? {}
const vitest = await createVitest('test', {
  ...options,
  projects: (projects as Project[]).map(withOurServers),
  root,
  config: false,
  watch: false,
  bail: 1,
  reporters: [reporter],
  maxWorkers: 1,
})

const projectOf = (file: string): TestProject =>
  vitest.projects.find((project) => project.matchesTestGlob(join(root, file)))!

async function run({ tests, changed, cover }: Ask): Promise<Said> {
  for (const path of changed) vitest.invalidateFile(join(root, path))
  process.env.MUTANTS_COVER = cover ? '1' : ''
  for (const name of readdirSync(notes)) rmSync(join(notes, name))
  const started = performance.now()
  const { unhandledErrors } = await vitest.runTestSpecifications(
    tests.map(({ file, ids }) => projectOf(file).createSpecification(join(root, file), { testIds: ids })),
  )
  const errors = unhandledErrors as { message?: string }[]
  const broken = errors.find(({ message }) => message?.startsWith('[vitest-pool]'))
  if (broken) return { broken: broken.message! }
  if (errors.length > 0) failed('outside of tests', errors)
  const ms = Math.round(performance.now() - started)
  const noted = readdirSync(notes).map((name) => readFileSync(join(notes, name), 'utf8'))
  const covers = noted.filter((text) => text.startsWith('[')).flatMap((text) => JSON.parse(text) as Cover[])
  return { done: { ms, covers } }
}

process.on('message', (ask: Ask) => {
  run(ask).then(tell, (error: unknown) => tell({ broken: String(error) }))
})
process.on('disconnect', () => process.exit())
