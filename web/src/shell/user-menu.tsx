import { Menu, SegmentedControl, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown'
import IconDevices from '@tabler/icons-react/icons/IconDevices'
import IconLogout from '@tabler/icons-react/icons/IconLogout'
import { useMutation } from '@tanstack/react-query'
import { BASE } from '../api/client.ts'
import { type Operator, signOut } from '../api/session.ts'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import { shortcutsOn } from './shortcuts.ts'
import styles from './user-menu.module.css'

const words = text.shell.user
const COLOURS = ['auto', 'light', 'dark'] as const

export function UserMenu({ operator }: { operator: Operator }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const shortcuts = useStore(shortcutsOn)
  const leave = useMutation({
    mutationFn: signOut,
    // A fresh page: nothing that this operator saw stays in its memory.
    onSettled: () => window.location.assign(`${BASE}login`),
  })
  return (
    <Menu position="bottom-end" width={248} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={styles.target}>
          <span className="visually-hidden">{words.signed_in_as}</span>
          <span className={styles.avatar} aria-hidden>
            {initials(operator.name)}
          </span>
          <span className={styles.name}>{operator.name}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <strong>{operator.name}</strong>
          <span className="dimmed">{words.login_and_role(operator.login, operator.role)}</span>
        </div>
        <Menu.Divider />
        <div className={styles.colours}>
          <span id="colours">{words.colours}</span>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-labelledby="colours"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as (typeof COLOURS)[number])}
            data={COLOURS.map((value) => ({ value, label: words.colour_names[value] }))}
          />
        </div>
        <Menu.CheckboxItem checked={shortcuts} onChange={(on) => shortcutsOn.set(on)}>
          {words.shortcuts}
        </Menu.CheckboxItem>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate(false)}>
          {words.sign_out}
        </Menu.Item>
        <Menu.Item leftSection={<IconDevices size={16} />} onClick={() => leave.mutate(true)}>
          {words.sign_out_everywhere}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** JC of "Jane Citizen" */
const initials = (name: string) => {
  const words = name.trim().split(/\s+/)
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : '']
  return `${[...first][0] ?? ''}${[...last][0] ?? ''}`.toUpperCase()
}
