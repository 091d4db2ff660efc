// The set-up of the simulated days, as data: for the product through its API, and for the model as it is.

import type { GivenAttemptRules } from '../../../src/client/api.ts'
import type { ContactHours, Disposition } from '../../../src/core/rules.ts'

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const

type Hours = Omit<ContactHours, 'contact_hours_id' | 'zone_version'>
const hours = (name: string, zone: string, more: Partial<Hours> = {}): Hours => ({
  name,
  zone,
  local_to_lead: false,
  weekly: null,
  exceptions: [],
  valid_from: null,
  valid_to: null,
  ...more,
})

/** The first ones are those of the templates. */
export const HOURS: Hours[] = [
  hours('Simulated Melbourne', 'Australia/Melbourne'),
  hours('Simulated Perth', 'Australia/Perth', {
    weekly: [
      { days: [...WEEKDAYS], from: '08:30', to: '12:00' },
      { days: [...WEEKDAYS], from: '13:00', to: '21:00' },
      { days: ['sat', 'sun'], from: '10:00', to: '16:00' },
    ],
  }),
  hours('Simulated Lord Howe', 'Australia/Lord_Howe', {
    // Nights too, where no law forbids them: the clocks change by half an hour in them.
    weekly: [{ days: ['sat', 'sun', 'mon', 'fri'], from: '01:00', to: '22:00' }],
    valid_to: '2027-04-06',
  }),
  hours('Simulated Adelaide', 'Australia/Adelaide', {
    exceptions: [
      { date: '2026-10-05', name: 'Labour Day', windows: [] },
      { date: '2026-12-24', name: 'Christmas Eve', windows: [{ from: '09:00', to: '12:30' }] },
    ],
    valid_from: '2026-10-03',
  }),
  hours('Simulated called person', 'Australia/Sydney', {
    local_to_lead: true,
    weekly: [
      { days: [...WEEKDAYS], from: '10:00', to: '19:00' },
      { days: ['sat', 'sun'], from: '11:00', to: '15:00' },
    ],
    exceptions: [{ date: '2026-12-24', name: 'Christmas Eve', windows: [{ from: '09:30', to: '12:00' }] }],
  }),
]

const plain = { delay_s: null, next_day: false, redials_max: null, enabled: true }

export const DISPOSITIONS: Disposition[] = [
  { ...plain, code: 'Engaged', kind: 'retry', priority: 10, delay_s: 900, redials_max: 2 },
  { ...plain, code: 'Nobody', kind: 'retry', priority: 12, next_day: true, redials_max: 1 },
  { ...plain, code: 'Again', kind: 'retry', priority: 8, delay_s: 0 },
  { ...plain, code: 'Ring back', kind: 'callback', priority: 6, delay_s: 3_600 },
  { ...plain, code: 'Any time', kind: 'callback', priority: 7 },
  { ...plain, code: 'Agreed', kind: 'client_callback', priority: 2 },
  { ...plain, code: 'Agreed later', kind: 'client_callback', priority: 20, next_day: true },
  { ...plain, code: 'Sold', kind: 'final', priority: 10 },
  { ...plain, code: 'Refused', kind: 'final', priority: 50 },
  { ...plain, code: 'Never again', kind: 'dnc', priority: 10 },
  { ...plain, code: 'Given up', kind: 'final', priority: 10, enabled: false },
]

export interface TemplateRules {
  region: string
  duplicate_rule: 'any' | 'all'
  dnc_rule: 'all' | 'any'
  zone_field: 'State' | null
  attempt_rules?: GivenAttemptRules
  consent?: 'required'
}

/**
 * Numbers are read alike in all regions: they are sent as international ones, and their country's rules count. The last
 * two count calls, and one of them asks for consents.
 */
export const TEMPLATES: TemplateRules[] = [
  { region: 'AU', duplicate_rule: 'any', dnc_rule: 'all', zone_field: 'State' },
  { region: 'AU', duplicate_rule: 'all', dnc_rule: 'any', zone_field: null },
  { region: 'NZ', duplicate_rule: 'all', dnc_rule: 'all', zone_field: 'State' },
  {
    region: 'NZ',
    duplicate_rule: 'all',
    dnc_rule: 'all',
    zone_field: null,
    attempt_rules: { number: { day_max: 2, gap_s: 300 }, lead: { total_max: 4 } },
  },
  {
    region: 'AU',
    duplicate_rule: 'any',
    dnc_rule: 'all',
    zone_field: 'State',
    attempt_rules: { number: { total_max: 3, across_campaigns: true }, lead: { gap_s: 60 } },
    consent: 'required',
  },
]
