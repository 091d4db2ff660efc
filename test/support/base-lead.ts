// A lead and the rules of its campaign, for tests of what changes make of it.

import { NO_ATTRIBUTES } from '../../src/core/attributes.ts'
import { type FieldKind, FieldTable } from '../../src/core/field.ts'
import type { LeadState } from '../../src/core/lead.ts'
import type { ContactHours, Disposition, Rules } from '../../src/core/rules.ts'

const field = (name: string, kind: FieldKind = 'text', merge_group: string | null = null) => ({
  name,
  label: name,
  aliases: [],
  kind,
  choices: null,
  merge_group,
})
const hours: ContactHours = {
  contact_hours_id: 1,
  name: 'Sydney',
  zone: 'Australia/Sydney',
  local_to_lead: false,
  zone_version: 1,
  weekly: null,
  exceptions: [],
  valid_from: null,
  valid_to: null,
}
const disposition = (code: string, kind: Disposition['kind'], priority: number): Disposition => ({
  code,
  kind,
  priority,
  delay_s: 900,
  next_day: false,
  redials_max: null,
  enabled: true,
})
export const BUSY = disposition('Busy', 'retry', 10)
export const rules: Rules = {
  campaign_id: 1,
  template_id: 1,
  team_id: 1,
  region: 'AU',
  duplicate_rule: 'any',
  dnc_rule: 'all',
  bad_values: 'keep',
  master_list: null,
  zone_field: null,
  counts_attempts: false,
  judges_calls: false,
  fields: new FieldTable([
    field('Name'),
    field('City', 'text', 'address'),
    field('State', 'text', 'address'),
    field('Mobile', 'phone'),
    field('Email', 'email'),
  ]),
  contact_hours: hours,
  all_contact_hours: new Map([['sydney', hours]]),
  dispositions: new Map([
    ['busy', BUSY],
    ['sale', disposition('Sale', 'final', 10)],
  ]),
}
/** Its first version, in which it was never called. */
export const BASE: LeadState = {
  ...NO_ATTRIBUTES,
  campaign_id: 1,
  number: 7,
  allocation_id: 1,
  version: 1,
  fields: { Name: 'Ana Silva', City: 'Abbotsford', Mobile: '0412345678' },
  unmapped: {},
  phones: [{ field: 'Mobile', phone: 61412345678, state: 'ok' }],
  own_hours: null,
  calls: 0,
  attempts: null,
}
