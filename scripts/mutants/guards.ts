// Which sources are changed, what each belongs to, and which tests guard it.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const GROUPS = ['core', 'gate', 'claims', 'merge', 'access', 'others'] as const
export type Group = (typeof GROUPS)[number]

/** The first line that fits decides. */
const GROUP_OF: readonly [RegExp, Group | null][] = [
  [/\.test\.ts$|^src\/db\/(?:embedded|demo|migrate|pools?|health|heartbeats|job-workers|figures)\b/, null],
  [/^src\/intake\/(?:gate|fair-queue|bulkhead)\.ts$/, 'gate'],
  [/^src\/db\/(?:lead-insert|leads|lead-row|lead-claims|lead-update|rules-hold)\.ts$/, 'claims'],
  [
    /^src\/core\/(?:merge|conflict|decide|change)\.ts$|^src\/intake\/(?:merge|settle|hold|sides)\.ts$/,
    'merge',
  ],
  [/^src\/http\/(?:door\/|(?:admit|auth|session|cross-origin|hosts)\.ts$)|dnc-rights\.ts$/, 'access'],
  [/^src\/core\/(?:access|operator)\.ts$|^src\/db\/(?:sight|keys|sessions|sign-ins)\.ts$/, 'access'],
  [/^src\/intake\/(?:keys|sign-in|password)\.ts$/, 'access'],
  [/^src\/core\//, 'core'],
  [/^src\/(?:intake|db)\//, 'others'],
]

export const groupOf = (path: string): Group | null => GROUP_OF.find(([fits]) => fits.test(path))?.[1] ?? null

/**
 * The tests in `test/` that guard a source, the likeliest first. A name is a file, or a folder of files: what follows a
 * large folder hardly ever runs, because only a few files do for one change. Every line that fits counts; four names at
 * most are taken.
 */
const GUARDS: readonly [RegExp, string][] = [
  [
    /core\/(?:submission|entries|lead-body|lead-texts|lead-values|lead|rules|field|attributes|classic)\.ts$/,
    'classic updates contract',
  ],
  [/core\/(?:update|change|no-change)\.ts$/, 'updates lead-edits'],
  [/core\/(?:disposition|outcome|lease)\.ts$/, 'outcomes updates one-hand'],
  [/core\/(?:document|charset|utf8)/, 'forms'],
  [/core\/(?:merge|conflict|decide)/, 'lead-merges updates'],
  [/core\/dnc/, 'dnc-follow dnc'],
  [/core\/queue/, 'dialler one-hand'],
  [/core\/(?:operator|access)\.ts$/, 'rights access session'],
  [/core\/phone-forms/, 'number-forms'],
  [/core\/action/, 'actions'],
  [/core\/result/, 'docs results'],
  [/core\/(?:warnings|value|text|unmapped|non-value)\.ts$/, 'values'],
  [/core\/phone/, 'numbers'],
  [/core\/checks/, 'health doctor'],
  [/core\/search/, 'search-spellings search search-terms'],
  [/lead-insert|lead-row/, 'locks dnc number-forms classic'],
  [/db\/leads/, 'updates/held outcomes privacy classic'],
  [/lead-(?:update|claims)/, 'one-hand actions lead-edits updates'],
  [/rules-hold/, 'zones set-up-races'],
  [/intake\/(?:merge|settle|sides)/, 'lead-merges updates'],
  [/intake\/hold|held-updates/, 'updates lead-merges outcomes'],
  [/intake\/(?:insert|intake|batcher|targets)/, 'classic races'],
  [/intake\/(?:update|write)/, 'values lead-edits lead-races updates'],
  [/intake\/outcome|db\/calls/, 'outcomes call-records one-hand'],
  [/(?:intake\/(?:hand-out|feed)|db\/(?:queue|leases|allocation))/, 'dialler one-hand feed parking'],
  [/parking/, 'parking'],
  [/intake\/(?:contact-hours)|callback-moves|db\/contact-hours/, 'contact-hours zones'],
  [/rearrange/, 'updates allocations one-hand'],
  [/forget/, 'privacy updates'],
  [/search/, 'search search-spellings'],
  [/lead-texts|indexer/, 'search fold-text'],
  [/number-forms/, 'number-forms'],
  [/(?:db|intake)\/dnc|dnc-rights/, 'dnc rights dnc-follow'],
  [
    /db\/(?:setup|templates|campaigns|allocations|teams|rules)|dispositions/,
    'allocations dispositions contract',
  ],
  [/action/, 'actions'],
  [/watch|presence/, 'events'],
  [/operators/, 'operators rights session'],
  [/intake\/(?:figures|pulse|counts)/, 'metrics health'],
  [/session|sign-in|password/, 'session operators'],
  [/hosts/, 'session other-sites'],
  [/http\/(?:admit|door\/door)\.ts/, 'operators access session rights'],
  [/http\/(?:auth|door\/keys|door\/fresh)\.ts/, 'credentials access'],
  [/cross-origin/, 'other-sites credentials session'],
  [/sight/, 'access rights'],
  [/db\/keys/, 'contract/pages'],
  [/(?:db|intake)\/keys/, 'access rights credentials cli'],
  [/intake\/(?:gate|fair-queue)/, 'overload'],
  [/intake\/bulkhead/, 'reads search'],
  [/db\/audit|db\/actors/, 'operators'],
]
const GUARDS_MAX = 4

const IMPORT = /\bfrom\s*'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'/g

/** Finds the tests of sources of one tree. */
export class Guards {
  readonly #tests: string[]
  readonly #importers = new Map<string, string[]>()

  constructor(root: string) {
    this.#tests = globSync('test/{*,*/*}.test.ts', { cwd: root }).sort()
    for (const path of globSync('src/{core,intake,db,http}/**/*.ts', { cwd: root }))
      for (const [, from, dynamic] of readFileSync(join(root, path), 'utf8').matchAll(IMPORT)) {
        const imported = join(dirname(path), (from ?? dynamic)!)
        this.#importers.set(imported, [...(this.#importers.get(imported) ?? []), path])
      }
  }

  /** The tests in `src` that import a source of core or intake, the nearest first; of distant ones the first few. */
  beside(source: string): string[] {
    const beside = source.replace(/\.ts$/, '.test.ts')
    const seen = new Map([[source, 0]])
    for (const path of seen.keys())
      for (const importer of this.#importers.get(path) ?? [])
        if (!seen.has(importer) && seen.get(path)! < 3) seen.set(importer, seen.get(path)! + 1)
    const tests = [...seen.keys()].filter((path) => /^src\/(?:core|intake)\/.*\.test\.ts$/.test(path))
    const near = tests.filter((path) => path === beside || seen.get(path) === 1)
    return [...new Set([...near.sort((a) => (a === beside ? -1 : 1)), ...tests.slice(0, 6)])]
  }

  /** The tests in `test/` that guard a source. */
  table(source: string): string[] {
    const names = GUARDS.filter(([fits]) => fits.test(source)).flatMap(([, names]) => names.split(' '))
    const files = [...new Set(names)]
      .slice(0, GUARDS_MAX)
      .flatMap((name) =>
        this.#tests.filter((path) => path === `test/${name}.test.ts` || path.startsWith(`test/${name}/`)),
      )
    return [...new Set(files)]
  }
}
