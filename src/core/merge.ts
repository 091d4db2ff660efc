// The three-way merge of a lead: what changed since the base on one side, what a caller wants on the other.
// The server decides with it, the browser shows with it; both get the same answer.

import { OUTCOME_PATHS } from './attributes.ts'
import type { FieldTable } from './field.ts'

export type Scalar = string | number | boolean | null

/**
 * A lead as flat values by path: 'fields.City', 'unmapped.source_id', 'disposition', 'callback' (wall time), and so on.
 * Absent and null are the same. Only own properties count; what is made here has no prototype.
 */
export type Values = Readonly<Record<string, Scalar>>

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
interface Meeting {
  group: string
  /** Every path of the group that any side has. */
  paths: string[]
  /** The paths that the caller named. */
  named: string[]
  /** Incoming changes it. */
  wanted: boolean
  /** Current has changed since the base. */
  moved: boolean
  /** Both do, each to something else. */
  clashes: boolean
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
  groupOf: (path: string) => string,
  asserted: ReadonlySet<string> = new Set(),
): Meeting[] {
  const groups = Map.groupBy(
    new Set([base, current, incoming].flatMap((values) => Object.keys(values))),
    groupOf,
  )
  return [...groups].map(([group, paths]) => {
    const named = paths.filter((path) => Object.hasOwn(incoming, path))
    const wanted = named.some((path) => asserted.has(path) || valueAt(incoming, path) !== valueAt(base, path))
    const moved = paths.some((path) => valueAt(current, path) !== valueAt(base, path))
    const result = (path: string) => valueAt(named.includes(path) ? incoming : base, path)
    const clashes = wanted && moved && paths.some((path) => result(path) !== valueAt(current, path))
    return { group, paths, named, wanted, moved, clashes }
  })
}

/** Merges by group; a group is taken whole. The sides are those of `meetings`. */
export function merge(...sides: Parameters<typeof meetings>): Merge {
  const [base, current, incoming] = sides
  const patch = emptyValues()
  const clashes: Clash[] = []
  const groups_taken: string[] = []
  const groups_kept: string[] = []
  for (const { group, paths, named, ...met } of meetings(...sides)) {
    if (met.clashes)
      clashes.push({
        group,
        paths: paths.toSorted(),
        base: pick(base, paths),
        current: pick(current, paths),
        incoming: pick(incoming, named),
      })
    else if (met.moved && !met.wanted) groups_kept.push(group)
    else if (!met.moved) {
      const written = named.filter((path) => valueAt(incoming, path) !== valueAt(base, path))
      for (const path of written) patch[path] = valueAt(incoming, path)
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
