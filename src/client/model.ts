// Types of the routes that api.ts does not have yet. A test holds them equal to the schemas that the server validates with.

import type { OnBadValue } from './api.ts'

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
