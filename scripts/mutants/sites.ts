// Sites: places that can be changed, known by what they do and not by their line, so that the same ones are found
// again in a tree in which files have moved and names have changed.

import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GROUPS, type Group, groupOf } from './guards.ts'
import { type Change, changesOf } from './mutate.ts'

export interface Site extends Change {
  /** Of operator, code, context and place among equal ones: the same in every tree that has the site. */
  id: string
  group: Group
  file: string
  line: number
  from: string
  /** Place among the sites that are otherwise equal. */
  nth: number
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** Every site of a tree. */
export function sitesOf(root: string): Site[] {
  const times = new Map<string, number>()
  return globSync('src/**/*.ts', { cwd: root })
    .sort()
    .flatMap((file) => {
      const group = groupOf(file)
      if (group === null) return []
      const text = readFileSync(join(root, file), 'utf8')
      return changesOf(text, file.startsWith('src/db/')).map((change) => {
        const what = [group, change.operator, change.snippet, change.context, change.to].join('\n')
        const nth = times.get(what) ?? 0
        times.set(what, nth + 1)
        const line = text.slice(0, change.start).split('\n').length
        const from = text.slice(change.start, change.end)
        return { ...change, id: digest(`${what}\n${nth}`).slice(0, 10), group, file, line, from, nth }
      })
    })
}

/** So many sites of each group, the same ones for the same seed. */
export function sample(
  sites: readonly Site[],
  seed: number,
  counts: Readonly<Record<Group, number>>,
): Site[] {
  const order = new Map(sites.map(({ id }) => [id, digest(`${seed} ${id}`)]))
  return GROUPS.flatMap((group) =>
    sites
      .filter((site) => site.group === group)
      .sort((a, b) => (order.get(a.id)! < order.get(b.id)! ? -1 : 1))
      .slice(0, counts[group]),
  )
}

export interface Match {
  wanted: Site
  /** Undefined: gone. */
  found?: Site
  how: 'exact' | 'similar' | 'mapped' | 'gone'
  /** 0 to 1. */
  likeness: number
}

/** Below this, two sites have little in common. */
const LIKENESS_MIN = 0.6

/**
 * Finds sites of another tree again: by their text, else the most similar one of the same operator. Each is found once.
 * `mapping`: ids found by a person, null for what is gone for good.
 */
export function match(
  wanted: readonly Site[],
  there: readonly Site[],
  mapping: Readonly<Record<string, string | null>> = {},
): Match[] {
  const byId = new Map(there.map((site) => [site.id, site]))
  const matches = new Map<string, Match>()
  const taken = new Set<string>()
  const take = (site: Site, found: Site | undefined, how: Match['how'], likeness: number) => {
    matches.set(site.id, { wanted: site, found, how, likeness })
    if (found) taken.add(found.id)
  }
  for (const site of wanted) {
    const mapped = mapping[site.id]
    if (mapped === null) take(site, undefined, 'gone', 0)
    else if (mapped !== undefined) take(site, byId.get(mapped), byId.has(mapped) ? 'mapped' : 'gone', 1)
  }
  for (const site of wanted) {
    const found = byId.get(site.id)
    if (!matches.has(site.id) && found && !taken.has(found.id)) take(site, found, 'exact', 1)
  }
  const pairs = wanted
    .filter(({ id }) => !matches.has(id))
    .flatMap((site) =>
      there
        .filter(
          (other) => other.operator === site.operator && other.is_sql === site.is_sql && !taken.has(other.id),
        )
        .map((other) => ({ site, other, likeness: likenessOf(site, other) }))
        .filter(({ likeness }) => likeness >= LIKENESS_MIN),
    )
    .sort((a, b) => b.likeness - a.likeness)
  for (const { site, other, likeness } of pairs)
    if (!matches.has(site.id) && !taken.has(other.id)) take(site, other, 'similar', likeness)
  return wanted.map((site) => matches.get(site.id) ?? { wanted: site, how: 'gone', likeness: 0 })
}

/** The changed code counts most, then what is around it, then where it is. */
const likenessOf = (a: Site, b: Site): number =>
  0.45 * common(a.snippet, b.snippet) +
  0.3 * common(a.context, b.context) +
  0.15 * (a.scope === b.scope ? 1 : 0) +
  0.1 * (a.file === b.file ? 1 : a.group === b.group ? 0.5 : 0)

/** The share of words and pairs of words that two texts have in common. */
function common(a: string, b: string): number {
  if (a === b) return 1
  const [left, right] = [gramsOf(a), gramsOf(b)]
  let both = 0
  for (const [gram, times] of left) both += Math.min(times, right.get(gram) ?? 0)
  const sum = (grams: Map<string, number>) => [...grams.values()].reduce((total, times) => total + times, 0)
  return (2 * both) / (sum(left) + sum(right))
}

const known = new Map<string, Map<string, number>>()
function gramsOf(text: string): Map<string, number> {
  const kept = known.get(text)
  if (kept) return kept
  const grams = new Map<string, number>()
  const words = text.split(' ')
  for (const [i, word] of words.entries())
    for (const gram of [word, `${word} ${words[i + 1] ?? ''}`]) grams.set(gram, (grams.get(gram) ?? 0) + 1)
  known.set(text, grams)
  return grams
}
