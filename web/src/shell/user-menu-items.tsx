// What the operator's menu offers: colours, shortcuts, drafts, signing out.

import { Menu, useMantineColorScheme } from '@mantine/core'
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

const { user } = text.shell

const COLOURS = ['auto', 'light', 'dark'] as const

export function UserMenuItems({ operator }: { operator: Operator }) {
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
    <>
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
        {user.drafts(drafts.length)}
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
    </>
  )
}
