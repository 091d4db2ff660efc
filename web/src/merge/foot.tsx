import { Button, Kbd } from '@mantine/core'
import { merge as words } from '../text/merge.ts'
import { SAVE_ID } from './ids.ts'
import { canSave } from './state.ts'
import { type MergeSubject, sidesOf } from './subject.ts'
import { summaryOf } from './summary.ts'
import type { Merging } from './use-merge.ts'
import styles from './view.module.css'

interface FootProps {
  subject: MergeSubject
  merging: Merging
  onPreview: () => void
}

/** At the foot of the screen: where the result comes from, and saving it. */
export function Foot({ subject, merging, onPreview }: FootProps) {
  const { state, save } = merging
  const { mine, theirs, base, value, left } = summaryOf(state)
  const sides = sidesOf(subject)
  const parts = [
    mine > 0 && sides.mine_count(mine),
    theirs > 0 && sides.theirs_count(theirs),
    base > 0 && words.summary.base(base),
    value > 0 && words.summary.value(value),
    left > 0 && words.summary.left(left),
  ].filter(Boolean)
  return (
    <section className={styles.foot} aria-label={words.summary.label}>
      <p>
        <strong>{words.summary.label}</strong> <span>{parts.join(' · ')}</span>
      </p>
      <Button variant="default" onClick={onPreview}>
        {words.actions.preview}
      </Button>
      <Button
        id={SAVE_ID}
        loading={state.phase === 'saving'}
        // It keeps the focus and says why not, instead of not being there.
        data-disabled={!canSave(state) || undefined}
        aria-disabled={!canSave(state)}
        onClick={(event) => (canSave(state) ? save() : event.preventDefault())}
      >
        {words.actions.save}
        {left > 0 ? (
          <span className={styles.left}>{words.actions.left(left)}</span>
        ) : (
          <Kbd size="xs" className={styles.key} aria-hidden>
            {words.actions.key}
          </Kbd>
        )}
      </Button>
    </section>
  )
}
