// The others who have the lead open, what they handed over, and a sign when their changes come late.

import IconPlugConnectedX from '@tabler/icons-react/icons/IconPlugConnectedX'
import { Link } from '@tanstack/react-router'
import type { Others } from '../api/live-lead.ts'
import { call } from '../text/call.ts'
import { text } from '../text.ts'
import styles from './lead.module.css'

const words = text.lead.live

export function PresentChips({ present, handed, late }: Others) {
  return (
    <>
      {late && (
        <p className={`${styles.late} notice tiny`} role="status">
          <IconPlugConnectedX size={14} aria-hidden />
          {words.late}
        </p>
      )}
      {handed > 0 && (
        <span className={`${styles.conflicts} notice tiny`} role="status">
          <Link to="/conflicts/handed-over">{call.handed(handed)}</Link>
        </span>
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
