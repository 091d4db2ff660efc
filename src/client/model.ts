// Types of the routes that api.ts does not have yet. A test holds them equal to the schemas that the server validates with.

import type { OnBadValue } from './api.ts'

/** Why a number is blocked, or is not. */
export interface DncNumber {
  number: string
  campaign_id: number | null
  blocked: boolean
  /** One sentence for people. */
  explanation: string
}

export interface TemplateField {
  field_id: number
  name: string
  label: string
  aliases: string[]
  kind: 'text' | 'long_text' | 'phone' | 'email' | 'date' | 'number' | 'choice' | 'check'
  choices: string[] | null
  merge_group: string | null
  /** Leads may still have values in it. */
  retired: boolean
}

export interface Template {
  template_id: number
  name: string
  team: string
  region: string
  contact_hours: string
  disposition_set: string
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  bad_values: OnBadValue
  fields: TemplateField[]
  created_at: string
}

export interface Campaign {
  campaign_id: number
  template_id: number
  name: string
  created_at: string
}

export interface Allocation {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
  created_at: string
}

export interface Disposition {
  disposition_id: number
  code: string
  kind: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
  priority: number
  delay_s: number | null
  next_day: boolean
  redials_max: number | null
  built_in: boolean
  enabled: boolean
}

export interface DispositionSet {
  disposition_set_id: number
  name: string
  team: string
  dispositions: Disposition[]
  used_by: { template_id: number; name: string }[]
  warnings?: string[]
}
