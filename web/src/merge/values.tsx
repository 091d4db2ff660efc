// The values of a group on one side, with what differs from before marked.

import { type ConflictGroup, FOLLOWING } from '../../../src/core/conflict.ts'
import type { Scalar, Values } from '../../../src/core/merge.ts'
import type { LeadSetUp } from '../lead/set-up.ts'
import { fieldOf, labelOf, shownValue } from '../lead/show.ts'
import { merge as words } from '../text/merge.ts'
import { keepBoth, marked } from './text.ts'
import styles from './values.module.css'

export interface SideProps {
  group: ConflictGroup
  values: Values
  set_up: LeadSetUp
  /** Without marks: what was before. */
  plain?: boolean
}

/** Those that differ somewhere; where none does, all that can be chosen. */
function shownPaths({ base, mine, theirs, paths }: ConflictGroup): readonly string[] {
  const own = paths.filter((path) => !FOLLOWING.has(path))
  const differing = own.filter((path) => base[path] !== mine[path] || base[path] !== theirs[path])
  return differing.length > 0 ? differing : own
}

export function SideValues({ group, values, set_up, plain }: SideProps) {
  const { base } = group
  const shown = shownPaths(group)
  const [only] = group.paths
  if (only !== undefined && group.paths.length === 1)
    return (
      <Value
        path={only}
        value={values[only] ?? null}
        base={base[only] ?? null}
        set_up={set_up}
        plain={plain}
      />
    )
  return (
    <dl className={styles.values}>
      {shown.map((path) => (
        <div key={path} data-same={(!plain && values[path] === base[path]) || undefined}>
          <dt>{labelOf(path, set_up)}</dt>
          <dd>
            <Value
              path={path}
              value={values[path] ?? null}
              base={base[path] ?? null}
              set_up={set_up}
              plain={plain}
            />
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface ValueProps {
  path: string
  value: Scalar
  base: Scalar
  set_up: LeadSetUp
  plain?: boolean
}

export function Value({ path, value, base, set_up, plain }: ValueProps) {
  const shown = shownValue(path, value, set_up)
  if (shown === null) return <em className={styles.empty}>{words.empty}</em>
  if (plain || value === base) return <span className={styles.value}>{shown}</span>
  return (
    <span className={styles.value}>
      {marked(shownValue(path, base, set_up) ?? '', shown).map(({ text, changed }, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
        changed ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>,
      )}
    </span>
  )
}

/** The values in one line, for names of controls and for summaries. */
export function inWords(group: ConflictGroup, values: Values, set_up: LeadSetUp): string {
  const word = (path: string) => shownValue(path, values[path] ?? null, set_up) ?? words.empty
  const [only] = group.paths
  if (only !== undefined && group.paths.length === 1) return word(only)
  return shownPaths(group)
    .map((path) => `${labelOf(path, set_up)} ${word(path)}`)
    .join(', ')
}

/** Both texts of a long one, where each side wrote something of its own; undefined: there is no such thing. */
export function bothOf(group: ConflictGroup, set_up: LeadSetUp): Values | undefined {
  const [path] = group.paths
  if (path === undefined || group.paths.length > 1 || fieldOf(path, set_up)?.kind !== 'long_text')
    return undefined
  const [base, mine, theirs] = [group.base, group.mine, group.theirs].map((side) => String(side[path] ?? ''))
  return { [path]: keepBoth(base!, mine!, theirs!).text || null }
}
