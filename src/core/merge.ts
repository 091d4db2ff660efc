// The three-way merge of a lead: what changed since the base on one side, what a caller wants on the other.
// The server decides with it, the browser shows with it; both get the same answer.

import { OUTCOME_PATHS } from './attributes.ts'
import type { FieldKind, FieldTable } from './field.ts'
import { LIMITS } from './limits.ts'
import { withoutEnds } from './text.ts'
import { mergeTexts } from './text-merge.ts'

export type Scalar = string | number | boolean | null

/**
 * A lead as flat values by path: 'fields.City', 'unmapped.source_id', 'disposition', 'callback' (wall time), and so on.
 * Absent and null are the same. Only own properties count; what is made here has no prototype.
 */
export type Values = Readonly<Record<string, Scalar>>

/** What merges know of the paths of a lead. */
export interface Matching {
  /** The merge group of a path. */
  groupOf: (path: string) => string
  same: (path: string, one: Scalar, other: Scalar) => boolean
  /** Of a field; undefined for other paths. */
  kindOf: (path: string) => FieldKind | undefined
}

/** A group that both sides changed, each to something else. */
export interface Clash {
  group: string
  /** Every path of the group that any side has, sorted. */
  paths: string[]
  /** The group's values of each side; `incoming` has only the paths that the caller named. */
  base: Values
  current: Values
  incoming: Values
}

export interface Merge {
  /** The patch onto current, from the groups that do not clash; empty: nothing to do. */
  patch: Values
  clashes: Clash[]
  /** Groups of incoming that are in the patch. */
  groups_taken: string[]
  /** Groups that changed in current and that incoming leaves alone. */
  groups_kept: string[]
}

/** A group on the three sides. */
export interface Meeting {
  group: string
  /** Every path of the group that any side has. */
  paths: string[]
  /** The paths that the caller named. */
  named: string[]
  /** Incoming changes it. */
  wanted: boolean
  /** Current has changed since the base. */
  moved: boolean
  /** What the lead has, path by path, if incoming is taken. */
  wishes: Values
  /** Both do, each to something else. */
  clashes: boolean
  /** Both changed a long text, and both changes fit. */
  merged?: Values
}

/**
 * The groups that any side has.
 * `base`: the lead as the caller knew it. `current`: as it is now. `incoming`: only the paths that the caller named.
 * `asserted`: named paths that count as changed even when equal to base (a disposition given again is an outcome).
 */
export function meetings(
  base: Values,
  current: Values,
  incoming: Values,
  matching: Matching,
  asserted: ReadonlySet<string> = new Set(),
): Meeting[] {
  const groups = Map.groupBy(
    new Set([base, current, incoming].flatMap((values) => Object.keys(values))),
    matching.groupOf,
  )
  return [...groups].map(([group, paths]) => {
    const named = paths.filter((path) => Object.hasOwn(incoming, path))
    const differs = (path: string, one: Values, other: Values) =>
      !matching.same(path, valueAt(one, path), valueAt(other, path))
    const wanted = named.some((path) => asserted.has(path) || differs(path, incoming, base))
    const moved = paths.some((path) => differs(path, current, base))
    const wishes = emptyValues()
    for (const path of paths) {
      const side = named.includes(path) ? incoming : base
      // Another spelling of the value that was there gives way to the spelling that the lead has got since.
      const respelled = valueAt(current, path) !== valueAt(base, path)
      const is_as_before = !differs(path, side, base) && !differs(path, current, base)
      wishes[path] = valueAt(respelled && is_as_before ? current : side, path)
    }
    const meet = wanted && moved && paths.some((path) => differs(path, wishes, current))
    const merged = meet ? mergedText(paths, matching, [base, wishes, current]) : undefined
    const met = { group, paths, named, wanted, moved, wishes, clashes: meet && !merged }
    return merged ? { ...met, merged } : met
  })
}

/** The long text of a group that has nothing else, with the changes of both; undefined: somebody must decide. */
function mergedText(paths: readonly string[], { kindOf }: Matching, sides: Values[]): Values | undefined {
  const [path] = paths
  if (path === undefined || paths.length > 1 || kindOf(path) !== 'long_text') return undefined
  const [base, mine, theirs] = sides.map((side) => String(valueAt(side, path) ?? ''))
  const { text, clashes } = mergeTexts(base!, mine!, theirs!)
  return clashes || text.length > LIMITS.text_points_max ? undefined : { [path]: withoutEnds(text) || null }
}

/** Merges by group; a group is taken whole. The sides are those of `meetings`. */
export function merge(...sides: Parameters<typeof meetings>): Merge {
  const [base, current, incoming, { same }] = sides
  const patch = emptyValues()
  const clashes: Clash[] = []
  const groups_taken: string[] = []
  const groups_kept: string[] = []
  for (const { group, paths, named, wishes, ...met } of meetings(...sides)) {
    if (met.merged) {
      const written = paths.filter((path) => !same(path, valueAt(met.merged!, path), valueAt(current, path)))
      for (const path of written) patch[path] = valueAt(met.merged, path)
      ;(written.length > 0 ? groups_taken : groups_kept).push(group)
    } else if (met.clashes)
      clashes.push({
        group,
        paths: paths.toSorted(),
        base: pick(base, paths),
        current: pick(current, paths),
        incoming: pick(incoming, named),
      })
    else if (met.moved && !met.wanted) groups_kept.push(group)
    else if (!met.moved) {
      const written = named.filter((path) => valueAt(wishes, path) !== valueAt(current, path))
      for (const path of written) patch[path] = valueAt(wishes, path)
      if (written.length > 0) groups_taken.push(group)
    }
  }
  return { patch, clashes, groups_taken, groups_kept }
}

const emptyValues = (): Record<string, Scalar> => Object.create(null)

export const valueAt = (values: Values, path: string): Scalar =>
  Object.hasOwn(values, path) ? (values[path] ?? null) : null

function pick(values: Values, paths: readonly string[]): Record<string, Scalar> {
  const picked = emptyValues()
  for (const path of paths) if (Object.hasOwn(values, path)) picked[path] = valueAt(values, path)
  return picked
}

const OUTCOME: ReadonlySet<string> = new Set(OUTCOME_PATHS)

/** Names that a template's merge group cannot have as they are: they are the ids of the other groups. */
const RESERVED = /^(?:outcome$|fields\.|unmapped\.|lead\.|group:)/

/**
 * The merge group of a path, by the fields of a template. Ids are made to be read and never coincide:
 * 'outcome', 'address' (a merge group of the template), 'fields.City', 'unmapped.source_id', 'lead.source'.
 */
export function groupOf(fields: FieldTable): (path: string) => string {
  return (path) => {
    if (OUTCOME.has(path)) return 'outcome'
    if (path.startsWith('unmapped.')) return path
    if (!path.startsWith('fields.')) return `lead.${path}`
    const field = fields.named(path.slice('fields.'.length))
    if (!field || field.kind === 'phone' || field.merge_group === null) return path
    return RESERVED.test(field.merge_group) ? `group:${field.merge_group}` : field.merge_group
  }
}
