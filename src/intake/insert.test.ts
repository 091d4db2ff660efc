import { expect, test } from 'vitest'
import { NO_ATTRIBUTES } from '../core/attributes.ts'
import { FieldTable, fold } from '../core/field.ts'
import type { ContactHours, Rules } from '../core/rules.ts'
import { type Arrival, renewed } from './insert.ts'
import { rowOf } from './write.ts'

const hours = (contact_hours_id: number, name: string, zone: string, zone_version = 1): ContactHours => ({
  contact_hours_id,
  name,
  zone,
  local_to_lead: false,
  zone_version,
  weekly: null,
  exceptions: [],
  valid_from: null,
  valid_to: null,
})

const DAYS = hours(1, 'Days', 'Australia/Sydney')

const rulesWith = (evenings: ContactHours): Rules => ({
  campaign_id: 1,
  template_id: 1,
  team_id: 1,
  region: 'AU',
  duplicate_rule: 'any',
  dnc_rule: 'any',
  bad_values: 'keep',
  master_list: null,
  zone_field: null,
  counts_attempts: false,
  judges_calls: false,
  fields: new FieldTable([]),
  contact_hours: DAYS,
  all_contact_hours: new Map([DAYS, evenings].map((one) => [fold(one.name), one])),
  dispositions: new Map(),
})

test('a lead keeps its own contact hours when their name and zone change while it waits', () => {
  const evenings = hours(2, 'Evenings', 'Australia/Sydney')
  const arrival: Arrival = {
    rules: rulesWith(evenings),
    by: { actor: 'key:1', way: 'v1', request_id: 'r' },
    now: '2026-11-26T00:00:00Z',
    allow_duplicates: false,
    submission: {
      lead: {
        ...NO_ATTRIBUTES,
        allocation_id: 1,
        callback_local: '2026-12-01T10:00:00',
        contact_hours: 'Evenings',
        own_hours: evenings,
        fields: { Name: 'Ana Silva' },
        unmapped: {},
        phones: [{ field: 'Mobile', phone: 61_412_345_678, state: 'ok' }],
      },
      numbers: [61_412_345_678],
      disposition: null,
      warnings: [],
    },
  }
  const again = renewed(arrival, rulesWith(hours(2, 'Late shift', 'Australia/Perth', 2))).ok!
  expect(rowOf(again.submission.lead, {}, null, again, [])).toMatchObject({
    contact_hours_id: 2,
    zone_version: 2,
    callback_at: '2026-12-01T02:00:00Z',
  })
})
