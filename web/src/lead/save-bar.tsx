// At the foot, as long as something is not saved.

import { Button, Kbd } from '@mantine/core'
import { text } from '../text.ts'
import styles from './bars.module.css'
import type { Edit } from './use-edit.ts'

const words = text.lead.save

export function SaveBar({ edit }: { edit: Edit }) {
  const { draft, saving } = edit
  if (!draft) return null
  return (
    <section className={styles.bar} aria-label={words.bar}>
      <span className={styles.count}>{words.changes(Object.keys(draft.changes).length)}</span>
      <span className={styles.kept}>{words.kept_here}</span>
      <Button variant="default" size="sm" onClick={edit.discard} disabled={saving}>
        {words.discard}
      </Button>
      <Button size="sm" loading={saving} onClick={() => edit.save()}>
        {words.save}
        <Kbd size="xs" className={styles.key} aria-hidden>
          {words.key}
        </Kbd>
      </Button>
    </section>
  )
}
