// The bar at the foot of a screen of set-up: how much is unsaved, and the way to save it. It is there while something is.

import { Button } from '@mantine/core'
import { footRoom } from '../shell/foot-room.ts'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { set_up as words } from '../text/set-up.ts'
import type { Difference } from './differences.ts'
import type { Editing } from './editing.ts'
import { LeaveGuard } from './leave-guard.tsx'
import { Refusal } from './refusal.tsx'
import { ReviewDialog } from './review.tsx'
import styles from './set-up.module.css'

interface ChangeBarProps<Thing> {
  editing: Editing<Thing>
  differences: readonly Difference[]
  notes?: readonly string[]
}

export function ChangeBar<Thing>({ editing, differences, notes }: ChangeBarProps<Thing>) {
  useShortcuts([{ keys: 'mod+s', does: words.save_keys, run: editing.review }])
  const in_review = editing.touched !== undefined
  if (!editing.is_changed) return null
  return (
    <>
      <LeaveGuard />
      {editing.error && !in_review && <Refusal error={editing.error} onRetry={editing.review} />}
      <section ref={footRoom} className={`${styles.bar} foot-bar row`} aria-label={words.save}>
        <strong role="status">{words.unsaved(differences.length)}</strong>
        <div className={`${styles.deeds} row`}>
          <Button onClick={editing.discard}>{words.discard}</Button>
          <Button variant="filled" aria-busy={editing.busy && !in_review} onClick={editing.review}>
            {words.review}
          </Button>
        </div>
      </section>
      <ReviewDialog editing={editing} differences={differences} notes={notes} />
    </>
  )
}
