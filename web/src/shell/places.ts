// The places of the rail.

import IconActivity from '@tabler/icons-react/icons/IconActivity'
import IconArrowsSplit2 from '@tabler/icons-react/icons/IconArrowsSplit2'
import IconBolt from '@tabler/icons-react/icons/IconBolt'
import IconCalendarTime from '@tabler/icons-react/icons/IconCalendarTime'
import IconCalendarUser from '@tabler/icons-react/icons/IconCalendarUser'
import IconFileImport from '@tabler/icons-react/icons/IconFileImport'
import IconHistory from '@tabler/icons-react/icons/IconHistory'
import IconKey from '@tabler/icons-react/icons/IconKey'
import IconListDetails from '@tabler/icons-react/icons/IconListDetails'
import IconPhoneCheck from '@tabler/icons-react/icons/IconPhoneCheck'
import IconPhoneOff from '@tabler/icons-react/icons/IconPhoneOff'
import IconPhoneOutgoing from '@tabler/icons-react/icons/IconPhoneOutgoing'
import IconUser from '@tabler/icons-react/icons/IconUser'
import IconUsers from '@tabler/icons-react/icons/IconUsers'
import { text } from '../text.ts'

const words = text.shell

/** The places of the rail, with the least role that sees them and the keys that go there. */
export const PLACES = [
  {
    to: '/dashboard',
    label: words.nav.dashboard,
    icon: IconActivity,
    least_role: 'lead',
    keys: 'g d',
  },
  {
    to: '/work',
    label: words.nav.work,
    icon: IconPhoneOutgoing,
    least_role: 'agent',
    keys: 'g w',
  },
  {
    to: '/callbacks',
    label: words.nav.callbacks,
    icon: IconCalendarUser,
    least_role: 'agent',
    keys: 'g b',
  },
  {
    to: '/leads',
    label: words.nav.leads,
    icon: IconUsers,
    least_role: 'agent',
    keys: 'g l',
  },
  {
    to: '/conflicts',
    label: words.nav.conflicts,
    icon: IconArrowsSplit2,
    least_role: 'lead',
    keys: 'g c',
  },
  {
    to: '/campaigns',
    label: words.nav.campaigns,
    icon: IconListDetails,
    least_role: 'lead',
    keys: 'g m',
  },
  {
    to: '/imports',
    label: words.nav.imports,
    icon: IconFileImport,
    least_role: 'lead',
    keys: 'g i',
  },
  {
    to: '/outcomes',
    label: words.nav.outcomes,
    icon: IconPhoneCheck,
    least_role: 'lead',
    keys: 'g o',
  },
  {
    to: '/contact-hours',
    label: words.nav.contact_hours,
    icon: IconCalendarTime,
    least_role: 'lead',
    keys: 'g h',
  },
  {
    to: '/dnc',
    label: words.nav.dnc,
    icon: IconPhoneOff,
    least_role: 'agent',
    keys: 'g n',
  },
  {
    to: '/actions',
    label: words.nav.actions,
    icon: IconBolt,
    least_role: 'manager',
    keys: 'g x',
  },
  {
    to: '/people',
    label: words.nav.people,
    icon: IconUser,
    least_role: 'admin',
    keys: 'g p',
  },
  {
    to: '/keys',
    label: words.nav.keys,
    icon: IconKey,
    least_role: 'admin',
    keys: 'g k',
  },
  {
    to: '/audit',
    label: words.nav.audit,
    icon: IconHistory,
    least_role: 'admin',
    keys: 'g a',
  },
] as const
