// The frame around all screens, and the bar and rail around those behind the sign-in.

import { ActionIcon, Tooltip } from '@mantine/core'
import { useWindowEvent } from '@mantine/hooks'
import IconActivity from '@tabler/icons-react/icons/IconActivity'
import IconArrowsSplit2 from '@tabler/icons-react/icons/IconArrowsSplit2'
import IconBolt from '@tabler/icons-react/icons/IconBolt'
import IconCalendarTime from '@tabler/icons-react/icons/IconCalendarTime'
import IconHistory from '@tabler/icons-react/icons/IconHistory'
import IconInbox from '@tabler/icons-react/icons/IconInbox'
import IconKey from '@tabler/icons-react/icons/IconKey'
import IconKeyboard from '@tabler/icons-react/icons/IconKeyboard'
import IconLayoutSidebarLeftCollapse from '@tabler/icons-react/icons/IconLayoutSidebarLeftCollapse'
import IconLayoutSidebarLeftExpand from '@tabler/icons-react/icons/IconLayoutSidebarLeftExpand'
import IconListDetails from '@tabler/icons-react/icons/IconListDetails'
import IconMenu2 from '@tabler/icons-react/icons/IconMenu2'
import IconPhoneCheck from '@tabler/icons-react/icons/IconPhoneCheck'
import IconPhoneOff from '@tabler/icons-react/icons/IconPhoneOff'
import IconUserCog from '@tabler/icons-react/icons/IconUserCog'
import IconUsers from '@tabler/icons-react/icons/IconUsers'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useMatches, useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { BASE } from '../api/client.ts'
import { handedToMeQuery, openConflictsQuery } from '../api/conflicts.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { draftsAsked } from '../drafts/asked.ts'
import { Dialog, lazyScreen } from '../load-screen.tsx'
import { createSwitch, useStore } from '../store.ts'
import { text } from '../text.ts'
import { useAskMs } from './asking.ts'
import { ConnectionLost, KeepScreen } from './connection.tsx'
import { Forbidden } from './page.tsx'
import { Announcer } from './parts.tsx'
import { changingPassword, SessionEnds } from './session.tsx'
import styles from './shell.module.css'
import { onKeyDown, sheetOpen, useShortcuts } from './shortcuts.tsx'
import { TopToast } from './toast.tsx'
import { UserMenu } from './user-menu.tsx'

const words = text.shell

/** Around everything, signed in or not. */
export function Root() {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        // A new screen is read from its heading on, unless one of its fields has taken the focus.
        if (!fromLocation || !pathChanged) return
        const main = document.querySelector('main')
        if (main && !main.contains(document.activeElement))
          main.querySelector('h1')?.focus({ preventScroll: true })
      }),
    [router],
  )
  return (
    <>
      <Outlet />
      <KeepScreen />
      <Announcer />
    </>
  )
}

/** The places of the rail, with the least role that sees them and the keys that go there. */
const PLACES = [
  {
    to: '/dashboard',
    label: words.nav.dashboard,
    icon: IconActivity,
    least_role: 'lead',
    keys: 'g d',
    does: words.shortcuts.go_dashboard,
  },
  {
    to: '/leads',
    label: words.nav.leads,
    icon: IconUsers,
    least_role: 'agent',
    keys: 'g l',
    does: words.shortcuts.go_leads,
  },
  {
    to: '/conflicts',
    label: words.nav.conflicts,
    icon: IconArrowsSplit2,
    least_role: 'lead',
    keys: 'g c',
    does: words.shortcuts.go_conflicts,
  },
  {
    to: '/campaigns',
    label: words.nav.campaigns,
    icon: IconListDetails,
    least_role: 'lead',
    keys: 'g m',
    does: words.shortcuts.go_campaigns,
  },
  {
    to: '/outcomes',
    label: words.nav.outcomes,
    icon: IconPhoneCheck,
    least_role: 'lead',
    keys: 'g o',
    does: words.shortcuts.go_outcomes,
  },
  {
    to: '/contact-hours',
    label: words.nav.contact_hours,
    icon: IconCalendarTime,
    least_role: 'lead',
    keys: 'g h',
    does: words.shortcuts.go_contact_hours,
  },
  {
    to: '/dnc',
    label: words.nav.dnc,
    icon: IconPhoneOff,
    least_role: 'agent',
    keys: 'g n',
    does: words.shortcuts.go_dnc,
  },
  {
    to: '/actions',
    label: words.nav.actions,
    icon: IconBolt,
    least_role: 'manager',
    keys: 'g x',
    does: words.shortcuts.go_actions,
  },
  {
    to: '/people',
    label: words.nav.people,
    icon: IconUserCog,
    least_role: 'admin',
    keys: 'g p',
    does: words.shortcuts.go_people,
  },
  {
    to: '/keys',
    label: words.nav.keys,
    icon: IconKey,
    least_role: 'admin',
    keys: 'g k',
    does: words.shortcuts.go_keys,
  },
  {
    to: '/audit',
    label: words.nav.audit,
    icon: IconHistory,
    least_role: 'admin',
    keys: 'g a',
    does: words.shortcuts.go_audit,
  },
] as const

const ShortcutSheet = lazyScreen(() => import('./shortcut-sheet.tsx'), 'ShortcutSheet')
const PasswordDialog = lazyScreen(() => import('./password-dialog.tsx'), 'PasswordDialog')
const DraftDialogs = lazyScreen(() => import('../drafts/dialogs.tsx'), 'DraftDialogs')

const railCollapsed = createSwitch('leadline.rail-collapsed', false)

/** Bar, rail and content for operators who are signed in. */
export function Shell() {
  const operator = useOperator()
  const collapsed = useStore(railCollapsed)
  const [open, setOpen] = useState(false)
  const burger = useRef<HTMLButtonElement>(null)
  const navigate = useNavigate()
  const least = useMatches({ select: (matches) => matches.findLast((match) => match.staticData.least_role) })
    ?.staticData.least_role
  const places = PLACES.filter(({ least_role }) => hasRole(operator, least_role))
  useShortcuts([
    { keys: '?', does: words.shortcuts.this_sheet, group: 'everywhere', run: () => sheetOpen.set(true) },
    ...places.map(({ keys, does, to }) => ({
      keys,
      does,
      group: 'everywhere' as const,
      run: () => void navigate({ to }),
    })),
  ])
  useWindowEvent('keydown', onKeyDown)
  useWindowEvent('keydown', ({ key }) => {
    if (key !== 'Escape' || !open) return
    setOpen(false)
    burger.current?.focus()
  })
  const Icon = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse

  return (
    <div className={styles.shell} data-collapsed={collapsed || undefined}>
      <a className={styles.skip} href="#main">
        {words.skip}
      </a>
      <header className={styles.bar}>
        <ActionIcon
          ref={burger}
          className={styles.burger}
          size={32}
          aria-label={open ? words.nav.close : words.nav.open}
          aria-expanded={open}
          aria-controls="rail"
          onClick={() => setOpen(!open)}
        >
          <IconMenu2 size={20} />
        </ActionIcon>
        <Link to="/" className={styles.brand}>
          <img src={`${BASE}icon.svg`} alt="" width={22} height={22} />
          {words.product}
        </Link>
        <TopToast />
        <SessionEnds />
        <ConnectionLost />
        <div className={styles.tools}>
          <Tooltip label={words.help}>
            <ActionIcon
              className={styles.help}
              size={32}
              aria-label={words.help}
              onClick={() => sheetOpen.set(true)}
            >
              <IconKeyboard size={20} />
            </ActionIcon>
          </Tooltip>
          <UserMenu operator={operator} />
        </div>
      </header>
      {/* On narrow screens the rail lies over the content, when asked for. */}
      {open && (
        <button
          type="button"
          className={styles.veil}
          aria-label={words.nav.close}
          onClick={() => setOpen(false)}
        />
      )}
      <nav
        id="rail"
        className={styles.rail}
        aria-label={words.nav.label}
        data-open={open || undefined}
        data-collapsed={collapsed || undefined}
      >
        <ul className={`${styles.places} list`}>
          {places.map((place) => (
            <li key={place.to}>
              <Tooltip label={place.label} position="right" disabled={!collapsed}>
                <Link to={place.to} className={styles.place} onClick={() => setOpen(false)}>
                  <place.icon size={18} stroke={1.7} aria-hidden />
                  <span className={styles.label}>{place.label}</span>
                  {place.to === '/conflicts' && <OpenConflicts />}
                </Link>
              </Tooltip>
            </li>
          ))}
          <HandedToMe collapsed={collapsed} onGo={() => setOpen(false)} />
        </ul>
        <Tooltip label={words.nav.expand} position="right" disabled={!collapsed}>
          <ActionIcon
            className={styles.collapse}
            size={32}
            aria-label={collapsed ? words.nav.expand : words.nav.collapse}
            onClick={() => railCollapsed.set(!collapsed)}
          >
            <Icon size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </nav>
      <main id="main" className={styles.main} tabIndex={-1}>
        {least === undefined || hasRole(operator, least) ? <Outlet /> : <Forbidden least={least} />}
      </main>
      <Dialog of={ShortcutSheet} open={useStore(sheetOpen)} />
      <Dialog of={PasswordDialog} open={useStore(changingPassword)} />
      <Dialog of={DraftDialogs} open={useStore(draftsAsked) !== null} />
    </div>
  )
}

const ASK_MS = 30_000

const Count = ({ of }: { of: string }) => (
  <span className={styles.count}>
    <span aria-hidden>{of}</span>
    <span className="visually-hidden">{words.nav.conflicts_open(of)}</span>
  </span>
)

/** The number of held updates that wait for a person. */
function OpenConflicts() {
  const { data } = useQuery({ ...openConflictsQuery, refetchInterval: useAskMs(ASK_MS) })
  if (!data || data.items.length === 0) return null
  return <Count of={data.next_cursor === null ? String(data.items.length) : `${data.items.length}+`} />
}

/** The way to those that wait for this operator, while there are any. */
function HandedToMe({ collapsed, onGo }: { collapsed: boolean; onGo: () => void }) {
  const { data } = useQuery({ ...handedToMeQuery, refetchInterval: useAskMs(ASK_MS) })
  if (!data || data.length === 0) return null
  return (
    <li>
      <Tooltip label={words.nav.handed_over} position="right" disabled={!collapsed}>
        <Link to="/conflicts/handed-over" className={styles.place} onClick={onGo}>
          <IconInbox size={18} stroke={1.7} aria-hidden />
          <span className={styles.label}>{words.nav.handed_over}</span>
          <Count of={String(data.length)} />
        </Link>
      </Tooltip>
    </li>
  )
}
