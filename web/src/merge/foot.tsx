// The foot of the merge screen: where the results come from, the whole lead as it would be, and the button that saves it.

import { Button, Kbd } from '@mantine/core'
import { FOLLOWING, groupResult, isDecided, presetOf } from '../../../src/core/conflict.ts'
import { footRoom } from '../shell/foot-room.ts'
import { Modal } from '../shell/modal.tsx'
import { merge as words } from '../text/merge.ts'
import styles from './merge.module.css'
import { SAVE_ID } from './screen-keys.ts'
import { canSave, decisionOf, leftOf, originsOf } from './state.ts'
import { useMerging } from './use-merge.ts'
import { Groups, SideValues } from './values.tsx'

/** The whole lead as it would be saved. */
export function Preview({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { state } = useMerging()
  return (
    <Modal opened={opened} onClose={onClose} title={words.preview.title} size="lg">
      <Groups groups={state.collision.groups}>
        {(group) => {
          if (presetOf(group) === null && !isDecided(group, state.decisions))
            return <em className={styles.open}>{words.preview.open}</em>
          const result = groupResult(group, decisionOf(state, group.group))
          const differs = (path: string) => !FOLLOWING.has(path) && result[path] !== group.theirs[path]
          return (
            <>
              <SideValues group={group} values={result} plain />
              {group.paths.some(differs) && (
                <span className={`${styles.changed} tiny`}>{words.preview.changed}</span>
              )}
            </>
          )
        }}
      </Groups>
    </Modal>
  )
}

/** The foot of the screen: where the results come from, and the button that saves them. */
export function Foot({ onPreview }: { onPreview: () => void }) {
  const { subject, state, save } = useMerging()
  const sides = words.sides[subject.kind]
  const from = originsOf(state)
  const left = leftOf(state).length
  const can_save = canSave(state)
  const parts = [
    from.mine > 0 && sides.mine_count(from.mine),
    from.theirs > 0 && sides.theirs_count(from.theirs),
    from.base > 0 && words.summary.base(from.base),
    from.value > 0 && words.summary.value(from.value),
    from.merged > 0 && words.summary.merged(from.merged),
    left > 0 && words.summary.left(left),
  ].filter(Boolean)
  return (
    <section ref={footRoom} className={`${styles.foot} foot-bar row`} aria-label={words.summary.label}>
      <p>
        <strong>{words.summary.label}</strong> <span className="dimmed">{parts.join(' · ')}</span>
      </p>
      <Button onClick={onPreview}>{words.actions.preview}</Button>
      <Button
        variant="filled"
        id={SAVE_ID}
        loading={state.phase === 'saving'}
        // A disabled button would lose the focus; this one keeps it and shows what is left.
        data-disabled={!can_save || undefined}
        aria-disabled={!can_save}
        // A key that is held down after the last decision must not save at once.
        onKeyDown={(event) => event.repeat && event.preventDefault()}
        onClick={save}
      >
        {words.actions.save}
        {left > 0 ? (
          <span className={styles.left}>{words.actions.left(left)}</span>
        ) : (
          <Kbd size="xs" aria-hidden>
            {words.actions.key}
          </Kbd>
        )}
      </Button>
    </section>
  )
}
