// What intake needs to know of a campaign: its template's fields and rules, contact hours, dispositions.

import type { FieldTable } from './field.ts'
import { fold } from './field.ts'
import type { Region } from './phone.ts'

export interface ContactHours {
  contact_hours_id: number
  name: string
  /** IANA time zone. */
  zone: string
}

export const DISPOSITION_KINDS = ['retry', 'callback', 'client_callback', 'final', 'dnc'] as const
export type DispositionKind = (typeof DISPOSITION_KINDS)[number]

export interface Disposition {
  code: string
  kind: DispositionKind
  enabled: boolean
}

export interface Rules {
  campaign_id: number
  template_id: number
  team_id: number
  region: Region
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  fields: FieldTable
  contact_hours: ContactHours
  /** By folded name. */
  all_contact_hours: ReadonlyMap<string, ContactHours>
  /** By folded code; disabled ones included. */
  dispositions: ReadonlyMap<string, Disposition>
}

/** A disposition that ends the calling of a lead. */
export const closes = (disposition: Disposition) => disposition.kind === 'final' || disposition.kind === 'dnc'

/** The enabled disposition that a caller names, in any case; undefined: 106. */
export function dispositionNamed(rules: Rules, code: string): Disposition | undefined {
  const found = rules.dispositions.get(fold(code))
  return found?.enabled ? found : undefined
}

export const contactHoursNamed = (rules: Rules, name: string) => rules.all_contact_hours.get(fold(name))
