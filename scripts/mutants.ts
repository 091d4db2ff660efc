// Changes the sources in small ways, one at a time, and looks whether a test notices. `npm run mutants -- --help`

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startServers, TEMPLATE } from '../test/support/postgres.ts'
import { Check, copyOf, type Finding, Runner, type Verdict } from './mutants/check.ts'
import { GROUPS, type Group } from './mutants/guards.ts'
import { type Match, match, type Site, sample, sitesOf } from './mutants/sites.ts'
import { table } from './table.ts'

const HELP = `Examples:
  npm run mutants                                  changes some 220 places, a sample by a seed
  npm run mutants -- --seed 7 --count 60           another, smaller sample
  npm run mutants -- --group merge --file decide   one group, and of it the files with this in their path
  npm run mutants -- --out before.json             writes places and findings to a file
  npm run mutants -- --sites before.json           the same places again, found by what they do
  npm run mutants -- --sites before.json --list    which of them are there, without running a test
  npm run mutants -- --list                        every place

Options:
  --seed N        which places are drawn (1)
  --count N       how many, over all groups (220)
  --group NAME    one group: ${GROUPS.join(', ')}
  --file TEXT     files whose path has this in it
  --site ID       this place alone; can be given again
  --sites FILE    the places of an earlier run
  --survivors     with --sites: those that survived
  --map FILE      JSON, old id → new id, or null for a place that is gone
  --out FILE      where the report is written, after each change
  --go-on         with --out: goes on where a run that was stopped has got to
  --list          lists, and runs nothing
  --json          prints the report as JSON
  --pause-while FILE  waits between two changes while this file exists

It works on a copy of the tree, with a PostgreSQL of its own. The exit code is 0 whatever it finds.`

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '220' },
    group: { type: 'string' },
    file: { type: 'string' },
    site: { type: 'string', multiple: true },
    sites: { type: 'string' },
    survivors: { type: 'boolean' },
    map: { type: 'string' },
    out: { type: 'string' },
    'go-on': { type: 'boolean' },
    list: { type: 'boolean' },
    json: { type: 'boolean' },
    'pause-while': { type: 'string' },
  },
})

interface Report {
  seed: number
  minutes: number
  findings: Finding[]
  /** The results of an earlier run, by place. */
  matches?: (Match & { wanted: Finding })[]
}

const ROOT = resolve(import.meta.dirname, '..')
const say = (text: string) => process.stderr.write(`${text}\n`)
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

/** How many sites each group gets: more where a mistake costs more than lines tell. */
const SHARES: Readonly<Record<Group, number>> = {
  core: 80,
  gate: 20,
  claims: 35,
  merge: 35,
  access: 35,
  others: 15,
}

function chosenSites(all: readonly Site[]): { sites: Site[]; matches?: Report['matches'] } {
  const fits = (site: Site) =>
    (options.group === undefined || site.group === options.group) &&
    (options.file === undefined || site.file.includes(options.file)) &&
    (options.site === undefined || options.site.includes(site.id))
  if (options.sites !== undefined) {
    const { findings } = readJson(options.sites) as Report
    const wanted = findings.filter(
      (site) => fits(site) && (!options.survivors || site.verdict === 'survived'),
    )
    const matches = match(wanted, all, options.map === undefined ? {} : readJson(options.map))
    // A place that has moved counts where it counted before.
    const sites = matches.flatMap(({ wanted, found }) => (found ? { ...found, group: wanted.group } : []))
    return { sites, matches: matches as Report['matches'] }
  }
  const fitting = all.filter(fits)
  if (options.list || options.site) return { sites: fitting }
  const sum = GROUPS.reduce((total, group) => total + SHARES[group], 0)
  const count = (group: Group) =>
    options.group ? Number(options.count) : Math.round((SHARES[group] * Number(options.count)) / sum)
  const counts = Object.fromEntries(GROUPS.map((group) => [group, count(group)])) as Record<Group, number>
  return { sites: sample(fitting, Number(options.seed), counts) }
}

const placeOf = ({ file, line, operator, from, to }: Site) => {
  const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 90)
  return `${file}:${line} ${operator}: ${short(from)} → ${short(to) || 'nothing'}`
}

function summary({ findings, minutes, matches }: Report): string {
  const rows = [...GROUPS, 'all'].map((group) => {
    const mine = findings.filter((finding) => group === 'all' || finding.group === group)
    const times = (verdict: Verdict) => mine.filter((finding) => finding.verdict === verdict).length
    const [killed, timed_out, survived] = [times('killed'), times('timed out'), times('survived')]
    const counted = killed + timed_out + survived
    const share = counted === 0 ? '–' : `${Math.round((100 * (killed + timed_out)) / counted)} %`
    return [
      group,
      String(counted),
      String(killed),
      String(timed_out),
      String(survived),
      share,
      String(times('no-compile')),
    ]
  })
  const heads = ['group', 'changes', 'killed', 'timed out', 'survived', 'noticed', 'no-compile']
  const survivors = findings.filter(({ verdict }) => verdict === 'survived')
  return [
    table(heads, rows),
    ...(matches ? [matchesSaid(matches), lostSaid(findings, matches)] : []),
    `Survived:\n${survivors.map((site) => `- ${site.id} ${placeOf(site)}`).join('\n') || '- none'}`,
    `${minutes.toFixed(1)} minutes`,
  ].join('\n\n')
}

/** The changes that were noticed before and are not any more. */
function lostSaid(findings: readonly Finding[], matches: NonNullable<Report['matches']>): string {
  const before = new Map(matches.map(({ wanted, found }) => [found?.id, wanted.verdict]))
  const lost = findings.filter(
    ({ id, verdict }) => verdict === 'survived' && /killed|timed out/.test(before.get(id) ?? ''),
  )
  return `Noticed before, and not any more:\n${lost.map((site) => `- ${site.id} ${placeOf(site)}`).join('\n') || '- none'}`
}

function matchesSaid(matches: readonly Match[]): string {
  const how = (wanted: Match['how']) => matches.filter((match) => match.how === wanted)
  const counts = (['exact', 'similar', 'mapped', 'gone'] as const).map(
    (word) => `${how(word).length} ${word}`,
  )
  const gone = how('gone').map(({ wanted }) => `- ${wanted.id} ${placeOf(wanted)}\n  ${wanted.context}`)
  return `Places found again: ${counts.join(', ')}${gone.length > 0 ? `\n\nGone:\n${gone.join('\n')}` : ''}`
}

async function main(): Promise<void> {
  const started = performance.now()
  const { sites, matches } = chosenSites(sitesOf(ROOT))
  const report: Report = { seed: Number(options.seed), minutes: 0, findings: [], matches }
  if (options.list) {
    for (const { wanted, found, how, likeness } of matches ?? [])
      if (how !== 'exact')
        console.log(
          `${how} ${likeness.toFixed(2)} ${wanted.id} ${placeOf(wanted)}${found ? `\n  = ${found.id} ${placeOf(found)}` : ''}`,
        )
    if (matches) console.log(matchesSaid(matches))
    else for (const site of sites) console.log(`${site.id} ${site.group} ${placeOf(site)}`)
    return
  }
  const copy = copyOf(ROOT)
  const servers = await startServers({ installed: false })
  const known = servers.map(({ stop: _, ...server }) => server)
  const runner = new Runner(copy, known)
  const stop = async () => {
    runner.stop()
    await Promise.all(servers.map((server) => server.stop()))
    rmSync(copy, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop().finally(() => process.exit(1)))
  try {
    const check = new Check(copy, runner, { ...known[0]!.connection, database: TEMPLATE })
    const note = (finding: Finding) => {
      report.findings.push(finding)
      report.minutes = (performance.now() - started) / 60_000
      const { length } = report.findings
      say(
        `${length}/${sites.length} ${finding.verdict} ${placeOf(finding)} (${(finding.ms / 1_000).toFixed(1)} s)`,
      )
      if (options.out) writeFileSync(options.out, JSON.stringify(report, null, 1))
    }
    const quiet = async () => {
      while (options['pause-while'] && existsSync(options['pause-while'])) await sleep(5_000)
    }
    if (options['go-on'] && options.out) report.findings.push(...(readJson(options.out) as Report).findings)
    const found = new Set(report.findings.map(({ id }) => id))
    const left: Site[] = []
    for (const site of sites.filter(({ id }) => !found.has(id))) {
      await quiet()
      const finding = await check.sift(site)
      if (finding) note(finding)
      else left.push(site)
    }
    // Core is tried last: most of what is left of it needs a long look.
    for (const site of left.sort((a, b) => Number(a.group === 'core') - Number(b.group === 'core'))) {
      await quiet()
      note(await check.judge(site))
    }
  } finally {
    await stop()
  }
  console.log(options.json ? JSON.stringify(report, null, 2) : summary(report))
}

if (options.help) console.log(HELP)
else await main()
