// What the rail leads to: what exists, for the roles that may see it.

import type { TablerIcon } from '@tabler/icons-react'
import IconArrowsSplit2 from '@tabler/icons-react/icons/IconArrowsSplit2'
import IconUsers from '@tabler/icons-react/icons/IconUsers'
import type { LinkProps } from '@tanstack/react-router'
import type { Role } from '../api/session.ts'
import { text } from '../text.ts'

export interface Place {
  to: LinkProps['to'] & string
  label: string
  icon: TablerIcon
  least_role: Role
  /** Second key after g. */
  keys: string
  does: string
}

export const PLACES: readonly Place[] = [
  {
    to: '/leads',
    label: text.shell.nav.leads,
    icon: IconUsers,
    least_role: 'agent',
    keys: 'g l',
    does: text.shell.shortcuts.go_leads,
  },
  {
    to: '/conflicts',
    label: text.shell.nav.conflicts,
    icon: IconArrowsSplit2,
    least_role: 'lead',
    keys: 'g c',
    does: text.shell.shortcuts.go_conflicts,
  },
]
