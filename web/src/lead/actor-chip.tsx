import IconFileImport from '@tabler/icons-react/icons/IconFileImport'
import IconKey from '@tabler/icons-react/icons/IconKey'
import IconRobot from '@tabler/icons-react/icons/IconRobot'
import IconUser from '@tabler/icons-react/icons/IconUser'
import styles from './actor-chip.module.css'
import type { Actor } from './show.ts'

const ICONS = { operator: IconUser, key: IconKey, import: IconFileImport, system: IconRobot }

export function ActorChip({ actor: { kind, name } }: { actor: Actor }) {
  const Icon = ICONS[kind]
  return (
    <span className={styles.chip}>
      <Icon size={13} stroke={1.8} aria-hidden />
      {name}
    </span>
  )
}
