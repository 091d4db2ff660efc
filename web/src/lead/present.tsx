// The others who have the lead open, and a sign when their changes come late.

import IconPlugConnectedX from '@tabler/icons-react/icons/IconPlugConnectedX'
import type { Others } from '../api/live.ts'
import { text } from '../text.ts'
import styles from './lead.module.css'

const words = text.lead.live

export function PresentChips({ present, late }: Others) {
  return (
    <>
      {late && (
        <p className={`${styles.late} notice tiny`} role="status">
          <IconPlugConnectedX size={14} aria-hidden />
          {words.late}
        </p>
      )}
      {present.length > 0 && (
        <ul className={`${styles.present} list row`} aria-label={words.who_is_here}>
          {present.map(({ operator_id, name, editing }) => (
            <li key={operator_id} data-editing={editing || undefined}>
              {editing ? words.editing(name) : words.here(name)}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
