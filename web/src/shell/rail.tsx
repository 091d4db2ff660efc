import { ActionIcon, Tooltip } from '@mantine/core'
import { useIdle } from '@mantine/hooks'
import IconLayoutSidebarLeftCollapse from '@tabler/icons-react/icons/IconLayoutSidebarLeftCollapse'
import IconLayoutSidebarLeftExpand from '@tabler/icons-react/icons/IconLayoutSidebarLeftExpand'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { openConflictsQuery } from '../api/conflicts.ts'
import { text } from '../text.ts'
import type { Place } from './nav.ts'
import styles from './rail.module.css'

export interface RailProps {
  places: readonly Place[]
  /** On narrow screens it lies over the content, when asked for. */
  open: boolean
  onClose: () => void
  collapsed: boolean
  onCollapse: (collapsed: boolean) => void
}

export function Rail({ places, open, onClose, collapsed, onCollapse }: RailProps) {
  const words = text.shell.nav
  const Icon = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  return (
    <>
      {open && <button type="button" className={styles.veil} aria-label={words.close} onClick={onClose} />}
      <nav
        id="rail"
        className={styles.rail}
        aria-label={words.label}
        data-open={open || undefined}
        data-collapsed={collapsed || undefined}
      >
        <ul className={styles.places}>
          {places.map((place) => (
            <li key={place.to}>
              <Tooltip label={place.label} position="right" disabled={!collapsed}>
                <Link to={place.to} className={styles.place} onClick={onClose}>
                  <place.icon size={18} stroke={1.7} aria-hidden />
                  <span className={styles.label}>{place.label}</span>
                  {place.to === '/conflicts' && <OpenConflicts />}
                </Link>
              </Tooltip>
            </li>
          ))}
        </ul>
        <div className={styles.foot}>
          <Tooltip label={words.expand} position="right" disabled={!collapsed}>
            <ActionIcon
              className={styles.collapse}
              variant="subtle"
              color="gray"
              size={32}
              aria-label={collapsed ? words.expand : words.collapse}
              onClick={() => onCollapse(!collapsed)}
            >
              <Icon size={18} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        </div>
      </nav>
    </>
  )
}

const ASK_MS = 30_000
const IDLE_MS = 300_000

/** How many updates wait for a person. */
function OpenConflicts() {
  // A screen that nobody is at must not keep the session alive by asking.
  const idle = useIdle(IDLE_MS, { initialState: false })
  const { data } = useQuery({ ...openConflictsQuery, refetchInterval: idle ? false : ASK_MS })
  if (!data || data.items.length === 0) return null
  const shown = data.next_cursor === null ? String(data.items.length) : `${data.items.length}+`
  return (
    <span className={styles.count}>
      <span aria-hidden>{shown}</span>
      <span className="visually-hidden">{text.shell.nav.conflicts_open(shown)}</span>
    </span>
  )
}
