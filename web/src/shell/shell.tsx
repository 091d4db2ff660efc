// What stands around the screens of somebody who is signed in: bar, rail, content.

import { ActionIcon, Tooltip } from '@mantine/core'
import IconKeyboard from '@tabler/icons-react/icons/IconKeyboard'
import IconMenu2 from '@tabler/icons-react/icons/IconMenu2'
import { Link, Outlet, useMatches, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { BASE } from '../api/client.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { createKeptStore, isBoolean, useStore } from '../store.ts'
import { text } from '../text.ts'
import { Forbidden } from './forbidden.tsx'
import { PLACES } from './nav.ts'
import { Rail } from './rail.tsx'
import { SessionEnds } from './session-ends.tsx'
import styles from './shell.module.css'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import { onKeyDown, sheetOpen, useShortcuts } from './shortcuts.ts'
import { UserMenu } from './user-menu.tsx'

export const railCollapsed = createKeptStore('leadline.rail-collapsed', false, isBoolean)

export function Shell() {
  const operator = useOperator()
  const collapsed = useStore(railCollapsed)
  const [open, setOpen] = useState(false)
  const navigate = useNavigate()
  const least = useMatches({ select: (matches) => matches.findLast((match) => match.staticData.least_role) })
    ?.staticData.least_role
  const may = least === undefined || hasRole(operator, least)

  const places = PLACES.filter(({ least_role }) => hasRole(operator, least_role))
  useShortcuts([
    { keys: '?', does: text.shell.shortcuts.this_sheet, group: 'everywhere', run: () => sheetOpen.set(true) },
    ...places.map(({ keys, does, to }) => ({
      keys,
      does,
      group: 'everywhere' as const,
      run: () => void navigate({ to }),
    })),
  ])
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])

  return (
    <div className={styles.shell} data-collapsed={collapsed || undefined}>
      <a className={styles.skip} href="#main">
        {text.shell.skip}
      </a>
      <header className={styles.bar}>
        <ActionIcon
          className={styles.burger}
          variant="subtle"
          color="gray"
          size={32}
          aria-label={open ? text.shell.nav.close : text.shell.nav.open}
          aria-expanded={open}
          aria-controls="rail"
          onClick={() => setOpen(!open)}
        >
          <IconMenu2 size={20} />
        </ActionIcon>
        <Link to="/leads" className={styles.brand}>
          <img src={`${BASE}icon.svg`} alt="" width={22} height={22} />
          {text.shell.product}
        </Link>
        <div className={styles.tools}>
          <Tooltip label={text.shell.help}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              aria-label={text.shell.help}
              onClick={() => sheetOpen.set(true)}
            >
              <IconKeyboard size={20} />
            </ActionIcon>
          </Tooltip>
          <UserMenu operator={operator} />
        </div>
      </header>
      <Rail
        places={places}
        open={open}
        onClose={() => setOpen(false)}
        collapsed={collapsed}
        onCollapse={(to) => railCollapsed.set(to)}
      />
      <main id="main" className={styles.main} tabIndex={-1}>
        {may ? <Outlet /> : <Forbidden />}
      </main>
      <ShortcutSheet />
      <SessionEnds />
    </div>
  )
}
