// The operator's menu: colours, shortcuts, drafts, signing out.

import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown'
import IconDevices from '@tabler/icons-react/icons/IconDevices'
import IconLock from '@tabler/icons-react/icons/IconLock'
import IconLogout from '@tabler/icons-react/icons/IconLogout'
import IconPencil from '@tabler/icons-react/icons/IconPencil'
import type { Operator } from '../../../src/client/api.ts'
import { draftsAsked, useDrafts, useLeave } from '../drafts/asked.ts'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import { changingPassword } from './session.tsx'
import styles from './shell.module.css'
import { shortcutsOn } from './shortcuts.tsx'

const words = text.shell

const COLOURS = ['auto', 'light', 'dark'] as const

export function UserMenu({ operator }: { operator: Operator }) {
  const { user } = words
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const drafts = useDrafts()
  const leave = useLeave()
  const ask = (everywhere: boolean) => {
    if (drafts.length > 0) draftsAsked.set({ everywhere })
    else
      leave.mutate(
        { everywhere, keep: false },
        { onError: (error) => draftsAsked.set({ everywhere, error }) },
      )
  }
  return (
    <Menu position="bottom-end" width={248} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={styles.user}>
          <span className="visually-hidden">{user.signed_in_as}</span>
          <span className={styles.avatar} aria-hidden>
            {initials(operator.name)}
          </span>
          <span className={styles.name}>{operator.name}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.part}>
          <strong>{operator.name}</strong>
          <span className="dimmed">{user.login_and_role(operator.login, operator.role)}</span>
        </div>
        <Menu.Divider />
        <Menu.Label id="colours">{user.colours}</Menu.Label>
        <Menu.RadioGroup
          aria-labelledby="colours"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as (typeof COLOURS)[number])}
        >
          {COLOURS.map((value) => (
            <Menu.RadioItem key={value} value={value}>
              {user.colour_names[value]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.CheckboxItem checked={useStore(shortcutsOn)} onChange={(on) => shortcutsOn.set(on)}>
          {user.shortcuts}
        </Menu.CheckboxItem>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => draftsAsked.set('list')}>
          {text.shell.user.drafts(drafts.length)}
        </Menu.Item>
        <Menu.Item leftSection={<IconLock size={16} />} onClick={() => changingPassword.set(true)}>
          {user.change_password}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => ask(false)}>
          {user.sign_out}
        </Menu.Item>
        <Menu.Item leftSection={<IconDevices size={16} />} onClick={() => ask(true)}>
          {user.sign_out_everywhere}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** "Jane Citizen" as JC. */
const initials = (name: string) =>
  name
    .trim()
    .split(/\s+/)
    .filter((_, i, parts) => i === 0 || i === parts.length - 1)
    .map(([first = '']) => first)
    .join('')
    .toUpperCase()
