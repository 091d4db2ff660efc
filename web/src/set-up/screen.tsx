// Screens of set-up: what they are about is found in the set-up that is there, or it is said that it is gone.

import { Button, Menu } from '@mantine/core'
import IconDots from '@tabler/icons-react/icons/IconDots'
import type { ReactNode } from 'react'
import { hasRole, useOperator } from '../api/session.ts'
import { type SetUp, useNewSetUp } from '../api/set-up.ts'
import { Page, Waiting } from '../shell/page.tsx'
import { set_up as words } from '../text/set-up.ts'

export const useMayManage = () => hasRole(useOperator(), 'manager')

/** Why the operator cannot change what belongs to a team; undefined: they can. */
export function useFixed(team: string | undefined): string | undefined {
  const own = useOperator()
  if (!hasRole(own, 'manager')) return words.only_managers
  // Of other teams they see only what is Global.
  const is_own = team === undefined || own.teams.length === 0 || own.teams.includes(team)
  return is_own ? undefined : words.of_everybody
}

/** While the set-up is loading, or cannot be, that is what the screen shows. */
export function WithSetUp({ title, children }: { title: string; children: (set_up: SetUp) => ReactNode }) {
  const { data, error, refetch } = useNewSetUp()
  if (!data) return <Waiting title={title} error={error} retry={() => void refetch()} />
  return children(data)
}

export const Gone = ({ back }: { back: ReactNode }) => (
  <Page title={words.gone_title} back={back} width="form">
    <p>{words.gone}</p>
  </Page>
)

interface Deed {
  label: string
  run: () => void
}

/** The menu of deeds that few need. */
export function More({ name, deeds }: { name: string; deeds: readonly (Deed | false | undefined)[] }) {
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button size="compact-sm" variant="subtle" color="gray" aria-label={words.more(name)}>
          <IconDots size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {deeds.map(
          (deed) =>
            deed && (
              <Menu.Item key={deed.label} onClick={deed.run}>
                {deed.label}
              </Menu.Item>
            ),
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
