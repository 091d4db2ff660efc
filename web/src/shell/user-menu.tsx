// The operator's menu. What it offers is loaded when it opens first.

import { Menu, UnstyledButton } from '@mantine/core'
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown'
import type { Operator } from '../../../src/client/api.ts'
import { lazyPart } from '../load-screen.tsx'
import { text } from '../text.ts'
import styles from './shell.module.css'

const UserMenuItems = lazyPart(() => import('./user-menu-items.tsx'), 'UserMenuItems')

export const UserMenu = ({ operator }: { operator: Operator }) => (
  <Menu position="bottom-end" width={248} withinPortal={false}>
    <Menu.Target>
      <UnstyledButton className={styles.user}>
        <span className="visually-hidden">{text.shell.user.signed_in_as}</span>
        <span className={styles.avatar} aria-hidden>
          {initials(operator.name)}
        </span>
        <span className={styles.name}>{operator.name}</span>
        <IconChevronDown size={14} aria-hidden />
      </UnstyledButton>
    </Menu.Target>
    <Menu.Dropdown>
      <UserMenuItems operator={operator} />
    </Menu.Dropdown>
  </Menu>
)

/** "Jane Citizen" as JC. */
const initials = (name: string) =>
  name
    .trim()
    .split(/\s+/)
    .filter((_, i, parts) => i === 0 || i === parts.length - 1)
    .map(([first = '']) => first)
    .join('')
    .toUpperCase()
