import { expect, test } from 'vitest'
import { type CallFacts, type KnownLead, systemValues } from './action-values.ts'
import { FieldTable } from './field.ts'
import type { ContactHours, Rules } from './rules.ts'

const hours = (name: string, zone: string): ContactHours => ({
  contact_hours_id: 1,
  name,
  zone,
  local_to_lead: false,
  zone_version: 1,
  weekly: null,
  exceptions: [],
  valid_from: null,
  valid_to: null,
})

const field = (name: string) => ({
  name,
  label: name,
  aliases: [],
  kind: 'phone' as const,
  choices: null,
  merge_group: null,
})

const rules: Rules = {
  campaign_id: 41,
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
  fields: new FieldTable([field('Home'), field('Work'), field('toString')]),
  contact_hours: hours('Office', 'Australia/Melbourne'),
  all_contact_hours: new Map(),
  dispositions: new Map(),
}

const lead: KnownLead = {
  campaign_id: 41,
  number: 1207,
  external_id: null,
  fields: { Home: '03 8321 8199', Work: '(03) 9010 1234' },
  callback_local: '2026-10-04T02:30:00',
  priority: 10,
  contact_hours: null,
  own_hours: null,
}

const call: CallFacts = {
  at: '2026-10-03T16:29:59.999Z',
  duration_s: 0,
  unique_call_id: 'x.1',
  phone: 61390101234,
  dial_attempts: 4,
}

const valued = (known: KnownLead, facts: CallFacts | null) =>
  systemValues(known, rules, { campaign_name: 'C', allocation_name: 'A', disposition: null, call: facts })

test('what is known of a call, in the spelling of the source system', () => {
  expect(valued(lead, call)).toEqual({
    njLead: '41-1207',
    njLeadId: '1207',
    njCampaignName: 'C',
    njAllocationName: 'A',
    njDisposition: '',
    njCallBackDate: '2026/10/04 02:30',
    njExternalLeadId: '',
    njPriority: '10',
    njContactHours: 'Office',
    // In the second hour of the day on which the clocks go forward.
    njCallDate: '2026/10/04 03:29:59',
    njDialedNumber: '(03) 9010 1234',
    njDialAttempts: '4',
    njCallDuration: '0',
    njUniqueCallId: 'x.1',
    njAction: '',
  })
})

test("the time is that of the lead's own contact hours, as they were when it was read", () => {
  const own_hours = {
    contact_hours_id: 2,
    name: 'Perth',
    zone: 'Australia/Perth',
    local_to_lead: false,
    zone_version: 1,
  }
  expect(valued({ ...lead, contact_hours: 'Perth', own_hours }, call)).toMatchObject({
    njContactHours: 'Perth',
    njCallDate: '2026/10/04 00:29:59',
  })
})

test('a number that the lead has no more is written in full; what nobody said is empty', () => {
  expect(valued({ ...lead, fields: {} }, call)).toMatchObject({ njDialedNumber: '+61390101234' })
  const unknown = { njDialedNumber: '', njCallDuration: '', njUniqueCallId: '' }
  expect(valued(lead, { ...call, phone: null, duration_s: null, unique_call_id: null })).toMatchObject(
    unknown,
  )
  expect(valued(lead, null)).toMatchObject({ ...unknown, njCallDate: '', njDialAttempts: '' })
})
