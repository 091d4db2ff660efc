// The templates that use contact hours.

import type { ContactHours } from '../../../src/client/api.ts'
import type { SetUp } from '../api/set-up.ts'
import { contact_hours as words } from '../text/contact-hours.ts'

export const templatesWith = ({ templates }: SetUp, { name }: Pick<ContactHours, 'name'>) =>
  templates.filter(({ contact_hours }) => contact_hours === name)

export function usersOf(set_up: SetUp, hours: Pick<ContactHours, 'name'>): string {
  const users = templatesWith(set_up, hours)
  return users.length === 0 ? words.used_by_none : words.used_by(users.map(({ name }) => name).join(', '))
}
