// One line for people who merge for the first time; whoever has read it closes it for ever.

import { CloseButton } from '@mantine/core'
import { createSwitch, useStore } from '../store.ts'
import { merge as words } from '../text/merge.ts'
import styles from './merge.module.css'

const shown = createSwitch('leadline.merge-hint', true)

export function FirstUse() {
  if (!useStore(shown)) return null
  return (
    <div className={`${styles.hint} row dimmed small`}>
      <p className={styles.with_keys}>{words.first_use.keys}</p>
      <p className={styles.with_touch}>{words.first_use.touch}</p>
      <CloseButton size="sm" aria-label={words.first_use.close} onClick={() => shown.set(false)} />
    </div>
  )
}
