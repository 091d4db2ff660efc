import { Modal } from '@mantine/core'
import { FOLLOWING, groupResult, isDecided, presetOf } from '../../../src/core/conflict.ts'
import { groupLabel } from '../lead/show.ts'
import { merge as words } from '../text/merge.ts'
import { decisionOf, type MergeState } from './state.ts'
import type { MergeSubject } from './subject.ts'
import { SideValues } from './values.tsx'
import styles from './view.module.css'

interface PreviewProps {
  opened: boolean
  onClose: () => void
  subject: MergeSubject
  state: MergeState
}

/** The whole lead as it would be saved. */
export function Preview({ opened, onClose, subject, state }: PreviewProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.preview.title} size="lg">
      <dl className={styles.pairs}>
        {state.collision.groups.map((group) => {
          const open = presetOf(group) === null && !isDecided(group, state.decisions)
          const result = groupResult(group, decisionOf(state, group.group))
          const changed = group.paths.some(
            (path) => !FOLLOWING.has(path) && result[path] !== group.theirs[path],
          )
          return (
            <div key={group.group}>
              <dt>{groupLabel(group.group, group.paths, subject.set_up)}</dt>
              <dd>
                {open ? (
                  <em className={styles.open}>{words.preview.open}</em>
                ) : (
                  <SideValues group={group} values={result} set_up={subject.set_up} plain />
                )}
                {changed && !open && <span className={styles.changed}>{words.preview.changed}</span>}
              </dd>
            </div>
          )
        })}
      </dl>
    </Modal>
  )
}
