// Says whether the figures are those of now.

import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import { dashboard as words } from '../text/dashboard.ts'
import styles from './dashboard.module.css'

export function Freshness({
  stale_since,
  paused_at,
}: {
  stale_since: number | null
  paused_at?: number | null
}) {
  const is_paused = paused_at != null
  const state = is_paused ? 'paused' : stale_since === null ? 'live' : 'stale'
  return (
    <span className={styles.freshness} data-state={state} role="status">
      {state === 'stale' && <IconAlertTriangle size="1em" aria-hidden />}
      {is_paused ? words.paused(paused_at) : stale_since === null ? words.live : words.stale(stale_since)}
    </span>
  )
}
