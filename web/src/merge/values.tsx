// The values of a group on one side.

import { type ConflictGroup, FOLLOWING } from '../../../src/core/conflict.ts'
import { type Values, valueAt } from '../../../src/core/merge.ts'
import { mergeTexts } from '../../../src/core/text-merge.ts'
import { type LeadSetUp, useLeadSetUp } from '../lead/set-up.ts'
import { fieldOf, groupLabel, labelOf, shownValue } from '../lead/show.tsx'
import { Value } from '../lead/values.tsx'
import { merge as words } from '../text/merge.ts'
import styles from './merge.module.css'
import row from './row.module.css'

interface SideProps {
  group: ConflictGroup
  values: Values
  /** Without marks. */
  plain?: boolean
  /** Of long texts only the changes. */
  short?: boolean
}

/** The paths that differ somewhere; if none does, all that can be chosen. */
function shownPaths({ base, mine, theirs, paths }: ConflictGroup): readonly string[] {
  const own = paths.filter((path) => !FOLLOWING.has(path))
  const differing = own.filter((path) => base[path] !== mine[path] || base[path] !== theirs[path])
  return differing.length > 0 ? differing : own
}

/** The only path of a group that has one. */
const onlyPath = ({ paths }: ConflictGroup) => (paths.length === 1 ? paths[0] : undefined)

export function SideValues({ group, values, plain, short }: SideProps) {
  const set_up = useLeadSetUp()
  const value = (path: string) => (
    <Value
      path={path}
      value={valueAt(values, path)}
      base={valueAt(plain ? values : group.base, path)}
      short={short}
    />
  )
  const only = onlyPath(group)
  if (only !== undefined) return value(only)
  return (
    <span className={row.values}>
      {shownPaths(group).map((path) => (
        <span key={path} data-same={(!plain && values[path] === group.base[path]) || undefined}>
          <span className="dimmed tiny">{labelOf(path, set_up)}</span>
          {value(path)}
        </span>
      ))}
    </span>
  )
}

interface GroupsProps {
  groups: readonly ConflictGroup[]
  children: (group: ConflictGroup) => React.ReactNode
}

/** A list of groups with some content for each. */
export function Groups({ groups, children }: GroupsProps) {
  const set_up = useLeadSetUp()
  return (
    <dl className={`${styles.groups} small`}>
      {groups.map((group) => (
        <div key={group.group}>
          <dt>{groupLabel(group, set_up)}</dt>
          <dd>{children(group)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** The values in one line, for the names of controls. */
export function inWords(group: ConflictGroup, values: Values, set_up: LeadSetUp): string {
  const word = (path: string) => shownValue(path, valueAt(values, path), set_up) ?? words.empty
  const only = onlyPath(group)
  if (only !== undefined) return word(only)
  return shownPaths(group)
    .map((path) => `${labelOf(path, set_up)} ${word(path)}`)
    .join(', ')
}

/** Both versions of a long text, where each side wrote something of its own; undefined for any other group. */
export function bothOf(group: ConflictGroup, set_up: LeadSetUp): Values | undefined {
  const path = onlyPath(group)
  if (path === undefined || fieldOf(path, set_up)?.kind !== 'long_text') return undefined
  const [base, mine, theirs] = [group.base, group.mine, group.theirs].map((side) => String(side[path] ?? ''))
  return { [path]: mergeTexts(base!, mine!, theirs!).text || null }
}

/** Whether a result decides if, when and under which number the lead is called. */
export const concernsCalling = ({ group, paths }: ConflictGroup, set_up: LeadSetUp) =>
  group === 'outcome' || paths.some((path) => fieldOf(path, set_up)?.kind === 'phone')
