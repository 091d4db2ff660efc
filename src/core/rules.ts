// The rules of a campaign: its template's fields and settings, contact hours, dispositions.

import type { FieldTable } from './field.ts'
import { fold } from './field.ts'
import type { MasterList } from './master-list.ts'
import type { Region } from './phone.ts'

export interface ContactHours {
  contact_hours_id: number
  name: string
  /** IANA time zone. */
  zone: string
  /** They go by the clock of the called person; the zone counts where nobody knows that one. */
  local_to_lead: boolean
  /** Rises when the zone or `local_to_lead` changes, and when a template gets other contact hours. */
  zone_version: number
  /** Null: round the clock. */
  weekly: Window[] | null
  exceptions: Exception[]
  /** First and last local day on which anything is open, '2026-10-04'; null: no such bound. */
  valid_from: string | null
  valid_to: string | null
}

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** Wall times '09:00' to '20:00': the first minute is in, the last is out; '24:00' is the end of the day. */
export interface Span {
  from: string
  to: string
}

export interface Window extends Span {
  days: Day[]
}

/** A day that differs from its week; without windows it is closed. */
export interface Exception {
  date: string
  name: string
  windows: Span[]
}

export const DISPOSITION_KINDS = ['retry', 'callback', 'client_callback', 'final', 'dnc'] as const
export type DispositionKind = (typeof DISPOSITION_KINDS)[number]

export interface Disposition {
  code: string
  kind: DispositionKind
  /** The priority that the lead gets, 0 to 100. */
  priority: number
  /** After how many seconds the lead comes back; null: at once, or at its date. */
  delay_s: number | null
  /** It comes back on the next day instead. */
  next_day: boolean
  /** Re-dials before the lead closes: 5 means six calls. Null: no limit. */
  redials_max: number | null
  enabled: boolean
}

/** How to treat a text that does not fit its field's kind: keep it with a mark, or refuse it (1005). */
export type BadValues = 'keep' | 'refuse'

export interface Rules {
  campaign_id: number
  template_id: number
  team_id: number
  region: Region
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  bad_values: BadValues
  /** The leads that the template does not take once more; null: it has no such list. */
  master_list: MasterList | null
  /** The field with the state or post code that tells the time zone of a lead; null: numbers alone tell it. */
  zone_field: string | null
  /** Whether attempts are counted anywhere: by a template, or by the installation. */
  counts_attempts: boolean
  /** Whether a hand-out asks how often a lead was called, or for its consent. */
  judges_calls: boolean
  fields: FieldTable
  contact_hours: ContactHours
  /** By folded name. */
  all_contact_hours: ReadonlyMap<string, ContactHours>
  /** By folded code; disabled ones included. */
  dispositions: ReadonlyMap<string, Disposition>
}

/** A disposition that ends the calling of a lead. */
export const closes = ({ kind }: Pick<Disposition, 'kind'>) => kind === 'final' || kind === 'dnc'

/** The enabled disposition that a caller names, in any case; undefined: 106. */
export function dispositionNamed(rules: Rules, code: string): Disposition | undefined {
  const found = rules.dispositions.get(fold(code))
  return found?.enabled ? found : undefined
}

export const contactHoursNamed = (rules: Rules, name: string) => rules.all_contact_hours.get(fold(name))

export const hoursOfId = ({ all_contact_hours }: Rules, contact_hours_id: number) =>
  [...all_contact_hours.values()].find((hours) => hours.contact_hours_id === contact_hours_id)

/** Whether a disposition that was given is still there and of its kind. */
export const isStill = ({ dispositions }: Rules, { code, kind }: Disposition) =>
  dispositions.get(fold(code))?.kind === kind
