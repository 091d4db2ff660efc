// What needed nobody: merged by itself, each reversible, and what nobody changed.

import { type ConflictGroup, presetOf } from '../../../src/core/conflict.ts'
import type { LeadSetUp } from '../lead/set-up.ts'
import { groupLabel } from '../lead/show.ts'
import { merge as words } from '../text/merge.ts'
import { Heads } from './heads.tsx'
import { Row } from './row.tsx'
import { decisionOf } from './state.ts'
import { type MergeSubject, sidesOf } from './subject.ts'
import type { Merging } from './use-merge.ts'
import { SideValues } from './values.tsx'
import styles from './view.module.css'

interface AutomaticProps {
  groups: readonly ConflictGroup[]
  subject: MergeSubject
  merging: Merging
  opened: boolean
  onToggle: (opened: boolean) => void
}

export function Automatic({ groups, subject, merging, opened, onToggle }: AutomaticProps) {
  if (groups.length === 0) return null
  const { state, dispatch } = merging
  const sides = sidesOf(subject)
  const items = groups.map((group) => {
    const take = decisionOf(state, group.group)?.take ?? presetOf(group)!
    const from = group.class === 'agreed' && take === 'theirs' ? words.both : words.result_from[take](sides)
    return words.automatic_item(groupLabel(group.group, group.paths, subject.set_up), from)
  })
  return (
    <details
      className={styles.folded}
      open={opened}
      onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
    >
      <summary>
        <strong>{words.automatic(groups.length)}</strong>
        <span>{items.join(' · ')}</span>
      </summary>
      {opened && (
        <table className={styles.table}>
          <caption className="visually-hidden">{words.automatic_table}</caption>
          <Heads subject={subject} merging={merging} />
          <tbody>
            {groups.map((group) => (
              <Row key={group.group} group={group} subject={subject} state={state} dispatch={dispatch} />
            ))}
          </tbody>
        </table>
      )}
    </details>
  )
}

export function Unchanged({ groups, set_up }: { groups: readonly ConflictGroup[]; set_up: LeadSetUp }) {
  if (groups.length === 0) return null
  return (
    <details className={styles.folded}>
      <summary>
        <strong>{words.unchanged(groups.length)}</strong>
      </summary>
      <dl className={styles.pairs}>
        {groups.map((group) => (
          <div key={group.group}>
            <dt>{groupLabel(group.group, group.paths, set_up)}</dt>
            <dd>
              <SideValues group={group} values={group.theirs} set_up={set_up} plain />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
