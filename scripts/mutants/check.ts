// Judges one change after the other on a copy of the tree.

import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '../../test/support/postgres.ts'
import type { Cover } from './cover.ts'
import { Guards } from './guards.ts'
import type { Ask, Said, Selection } from './runner.ts'
import type { Site } from './sites.ts'

/** `no-compile`: Node or PostgreSQL does not take it, so no test had anything to notice. */
export type Verdict = 'killed' | 'timed out' | 'survived' | 'no-compile'

export interface Finding extends Site {
  verdict: Verdict
  /** The test that noticed, and what it said. */
  by?: string
  message?: string
  ms: number
  tests: string[]
}

/** A copy of a tree as git sees it, with what is not committed. */
export function copyOf(root: string): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'leadline-mutants-')))
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const path of stdout.split('\n'))
    if (path && existsSync(join(root, path))) cpSync(join(root, path), join(copy, path))
  symlinkSync(realpathSync(join(root, 'node_modules')), join(copy, 'node_modules'))
  return copy
}

interface Failure {
  verdict: 'killed' | 'timed out'
  by: string
  message: string
  id?: string
}
type Run = Failure | { verdict: 'passed'; ms: number; covers: Cover[] }

/** How long a run may go on behind its first failure, milliseconds: after that its process is ended. */
const GRACE_MS = 3_000

/** A vitest in a process of its own, started again when it hangs. */
export class Runner {
  readonly #copy: string
  readonly #env: NodeJS.ProcessEnv
  #child: ChildProcess | undefined
  #heard: Said[] = []
  /** The last words of vitest. */
  talk = ''
  #wake = () => {}

  constructor(copy: string, servers: readonly object[]) {
    this.#copy = copy
    this.#env = { ...process.env, MUTANTS_SERVERS: JSON.stringify(servers) }
  }

  /** Undefined: vitest itself failed, or its process ended. */
  async run(ask: Ask, ms_max: number): Promise<Run | undefined> {
    if (!this.#child) this.#start()
    this.#child!.send(ask)
    let failure: Run | undefined
    for (;;) {
      const said = await this.#hear(failure ? GRACE_MS : ms_max)
      if (said && 'failed' in said) failure ??= { verdict: 'killed', by: said.failed.test, ...said.failed }
      else if (said && 'done' in said) return failure ?? { verdict: 'passed', ...said.done }
      else {
        this.stop()
        if (failure || said) return failure
        return { verdict: 'timed out', by: ask.tests.map(({ file }) => file).join(' '), message: '' }
      }
    }
  }

  /** Nothing when nothing is said in time. */
  async #hear(ms_max: number): Promise<Said | undefined> {
    if (this.#heard.length === 0) {
      const waken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      await Promise.race([waken, sleep(ms_max, undefined, { ref: false })])
    }
    return this.#heard.shift()
  }

  #start(): void {
    // A process group of its own: what its tests start ends with it.
    const child = fork(join(this.#copy, 'scripts/mutants/runner.ts'), {
      cwd: this.#copy,
      env: this.#env,
      detached: true,
      silent: true,
    })
    child.stderr!.on('data', (data) => {
      this.talk = (this.talk + data).slice(-4_000)
    })
    child.stdout!.resume()
    const hear = (said: Said) => {
      if (child !== this.#child) return
      this.#heard.push(said)
      this.#wake()
    }
    child.on('message', hear)
    child.on('exit', () => hear({ broken: 'it has gone' }))
    this.#child = child
    this.#heard = []
  }

  stop(): void {
    if (this.#child?.pid === undefined) return
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch {}
    this.#child = undefined
  }
}

export class Check {
  readonly #copy: string
  readonly #runner: Runner
  readonly #guards: Guards
  readonly #template: Connection
  /** The test files that pass on the tree as it is, and what their tests cover: only they can notice anything. */
  readonly #known = new Map<string, { ms: number; covers: Cover[] }>()
  /** Tests that pass alone, on the tree as it is, and files that load. */
  readonly #trusted = new Set<string>()
  /** Files whose tests build on each other. */
  readonly #whole = new Set<string>()
  /** The source that was changed last and has been mended since: vitest must read it again. */
  #last: string[] = []

  constructor(copy: string, runner: Runner, template: Connection) {
    this.#copy = copy
    this.#runner = runner
    this.#guards = new Guards(copy)
    this.#template = template
  }

  /** Whether a change is valid at all, and whether the pure tests notice it; undefined: `judge` must tell. */
  async sift(site: Site): Promise<Finding | undefined> {
    const started = performance.now()
    const tests = await this.#pureOf(site)
    if (!(await this.#compiles(site))) return findingOf(site, 'no-compile', started, tests)
    if (tests.length === 0) return undefined
    const selections = tests.map((file) => ({ file }))
    const run = await this.#run(site, selections)
    return run.verdict === 'passed' ? undefined : findingOf(site, run.verdict, started, tests, run)
  }

  /** Whether the tests that need a server notice a change. */
  async judge(site: Site): Promise<Finding> {
    const started = performance.now()
    const tests = await this.#pureOf(site)
    const selections = await this.#selectionsOf(site)
    // The plans of statements show what no answer shows: that both ends of a key are looked up.
    if (site.is_sql) selections.push(...(await this.#passing([STATEMENTS])).map((file) => ({ file })))
    for (const { file, ids } of selections) {
      tests.push(file)
      let run = await this.#run(site, [{ file, ids }])
      if (!(await this.#isTrue(run, file, ids))) {
        run = await this.#run(site, [{ file }])
        if (!(await this.#isTrue(run, file))) continue
      }
      if (run.verdict !== 'passed') return findingOf(site, run.verdict, started, tests, run)
    }
    return findingOf(site, 'survived', started, tests)
  }

  #pureOf = ({ file }: Site) => this.#passing(this.#guards.beside(file).filter(isPure))

  /** Does something while the copy has the change. */
  async #with<T>({ file, start, end, to }: Site, work: (changed: string) => T): Promise<Awaited<T>> {
    const path = join(this.#copy, file)
    const source = readFileSync(path, 'utf8')
    const changed = source.slice(0, start) + to + source.slice(end)
    writeFileSync(path, changed)
    try {
      return await work(changed)
    } finally {
      writeFileSync(path, source)
    }
  }

  async #run(site: Site, tests: Selection[]): Promise<Run> {
    const ms_max = 60_000 + 4 * tests.reduce((total, { file }) => total + this.#known.get(file)!.ms, 0)
    const changed = [...this.#last, site.file]
    this.#last = [site.file]
    const run = await this.#with(site, () => this.#runner.run({ tests, changed }, ms_max))
    if (run) return run
    // A change may end the process of the tests; but then they pass without it.
    await this.#runUnchanged(tests)
    return { verdict: 'killed', by: 'the process of the tests, which ended', message: '' }
  }

  /** Runs tests on the tree as it is. */
  async #runUnchanged(tests: Selection[], cover = false): Promise<Run> {
    const ask = { tests, changed: this.#last, cover }
    const run = (await this.#runner.run(ask, LEARN_MS_MAX)) ?? (await this.#runner.run(ask, LEARN_MS_MAX))
    if (!run) throw new Error(`vitest fails: ${this.#runner.talk}`)
    return run
  }

  #compiles = (site: Site) =>
    this.#with(site, (changed) => {
      try {
        stripTypeScriptTypes(changed)
      } catch {
        return false
      }
      if (!site.is_sql) return true
      const prepare = [join(this.#copy, 'scripts/mutants/prepare.ts'), JSON.stringify(this.#template)]
      return spawnSync(process.execPath, prepare, { cwd: this.#copy }).status === 0
    })

  /** The tests that need a server and cover a site, the likeliest file first. */
  async #selectionsOf({ file, scope }: Site): Promise<Selection[]> {
    const beside = this.#guards.beside(file).filter((test) => !isPure(test))
    const files = await this.#passing([...new Set([...beside, ...this.#guards.table(file)])])
    const covering = (test: string, part: string) =>
      this.#known.get(test)!.covers.filter(({ parts }) => parts.includes(part))
    const [owner, name] = scope.split('.')
    const own = name === undefined || name === 'constructor' ? owner : name
    // A statement has a name of its own. What is worked out when a module is loaded is covered by whatever calls the module.
    const part = [scope, `${file}#${own}`, file].find((part) =>
      files.some((test) => covering(test, part).length > 0),
    )
    if (part === undefined) return files.slice(0, FILES_MAX).map((file) => ({ file }))
    // Behind the guards come files that are known because they guard something else.
    const others = part === file ? [] : [...this.#known.keys()].filter((test) => !files.includes(test))
    others.sort((a, b) => this.#known.get(a)!.ms - this.#known.get(b)!.ms)
    return [...files, ...others]
      .map((file) => ({ file, ids: covering(file, part).map(({ id }) => id) }))
      .filter(({ ids }) => ids.length > 0)
      .slice(0, FILES_MAX)
      .map(({ file, ids }) => (this.#whole.has(file) ? { file } : { file, ids }))
  }

  /** Those test files that pass on the tree as it is; each runs once, and what its tests cover is noted. */
  async #passing(files: readonly string[]): Promise<string[]> {
    for (const file of files) {
      if (this.#known.has(file)) continue
      let run = await this.#runUnchanged([{ file }], true)
      if (run.verdict !== 'passed') run = await this.#runUnchanged([{ file }], true)
      if (run.verdict !== 'passed')
        process.stderr.write(`left out, for it fails by itself: ${run.by} ${run.message}\n`)
      this.#known.set(file, run.verdict === 'passed' ? run : { ms: 0, covers: [] })
    }
    return files.filter((file) => this.#known.get(file)!.ms > 0)
  }

  /** Whether tests fail because of the change, and not because the tests before them were left out. */
  async #isTrue(run: Run, file: string, ids?: string[]): Promise<boolean> {
    if (run.verdict !== 'killed') return true
    const one = ids && run.id
    const trusted = one ?? file
    if (this.#trusted.has(trusted)) return true
    const alone = await this.#runUnchanged([{ file, ids: one ? [one] : ids }])
    if (alone.verdict === 'passed') this.#trusted.add(trusted)
    else this.#whole.add(file)
    return alone.verdict === 'passed'
  }
}

const isPure = (test: string) => test.startsWith('src/core/')

const findingOf = (
  site: Site,
  verdict: Verdict,
  started: number,
  tests: string[],
  failure?: Failure,
): Finding => ({
  ...site,
  verdict,
  by: failure?.by,
  message: failure?.message,
  ms: Math.round(performance.now() - started),
  tests,
})

const STATEMENTS = 'test/statements.test.ts'
const LEARN_MS_MAX = 900_000
/** Test files that need a server, for one change. */
const FILES_MAX = 5
