import { describe, expect, test } from 'vitest'
import type { Lead } from '../../../src/client/api.ts'
import { FieldTable } from '../../../src/core/field.ts'
import { changedPaths, type Draft, dropped, edited, patchOf, shownIn, typedSince, valuesOf } from './draft.ts'
import { meet, rebased } from './meet.ts'

const AT = '2026-11-26T10:00:00Z'
const jane: Lead = {
  id: '1-7',
  campaign_id: 1,
  allocation_id: 1,
  external_id: null,
  version: 4,
  fields: { Name: 'Jane Citizen', City: 'Melbourne' },
  unmapped: { source_id: 'A1' },
  bad_values: [],
  phones: [],
  disposition: 'Busy',
  callback: { local: '2026-11-27T09:00:00', zone: 'Australia/Melbourne', at: '2026-11-26T22:00:00Z' },
  callback_agent: null,
  priority: 10,
  contact_hours: 'Melbourne',
  client_approved: false,
  closed: false,
  source: null,
  created_way: 'v1',
  created_by: 'key:1',
  created_at: AT,
  updated_at: AT,
  open_conflicts: 0,
}
const text = (name: string, merge_group: string | null = null) => ({
  name,
  label: name,
  aliases: [],
  kind: 'text' as const,
  choices: null,
  merge_group,
})
const set_up = {
  fields: new FieldTable([text('Name'), text('City', 'address'), text('State', 'address')]),
  dispositions: new Map(),
}
const type = (lead: Lead, changes: Record<string, string | number | null>) =>
  Object.entries(changes).reduce<Draft | null>(
    (draft, [path, value]) => edited(draft, lead, path, value, AT),
    null,
  )!
const now = (changes: Partial<Lead>): Lead => ({ ...jane, version: jane.version + 1, ...changes })

describe('a draft', () => {
  test('has only what is changed, and ends when nothing is', () => {
    const draft = type(jane, { 'fields.Name': 'Joan', 'fields.City': 'Geelong' })
    expect(draft).toMatchObject({ lead_id: '1-7', base_version: 4, base: { 'fields.Name': 'Jane Citizen' } })
    expect(draft.changes).toEqual({ 'fields.Name': 'Joan', 'fields.City': 'Geelong' })
    const back = edited(draft, jane, 'fields.Name', 'Jane Citizen', AT)!
    expect(back.changes).toEqual({ 'fields.City': 'Geelong' })
    expect(edited(back, jane, 'fields.City', 'Melbourne', AT)).toBeNull()
    expect(dropped(draft, ['fields.Name', 'fields.City'])).toBeNull()
  })

  test('keeps what is typed back while others have changed it', () => {
    const draft = type(jane, { 'fields.Name': 'Joan' })
    const lead = now({ fields: { Name: 'Jo', City: 'Geelong' } })
    expect(edited(draft, lead, 'fields.City', 'Melbourne', AT)?.changes).toEqual({
      'fields.Name': 'Joan',
      'fields.City': 'Melbourne',
    })
  })

  test('loses nothing that is typed while it is being saved', () => {
    const sent = type(jane, { 'fields.Name': 'Joan', priority: 3 })
    const saved = now({ fields: { Name: 'Joan', City: 'Melbourne' }, priority: 3 })
    expect(typedSince(sent, sent, saved)).toBeNull()
    expect(typedSince(sent, null, saved)).toBeNull()
    const more = edited(edited(sent, jane, 'fields.Name', 'Joan C', AT), jane, 'fields.City', 'Geelong', AT)
    expect(typedSince(sent, more, saved)).toMatchObject({
      base_version: 5,
      base: { 'fields.Name': 'Joan' },
      changes: { 'fields.Name': 'Joan C', 'fields.City': 'Geelong' },
    })
  })

  test('keeps the disposition that the lead has already: it is an outcome', () => {
    const draft = type(jane, { disposition: 'Busy' })
    expect(draft.changes).toEqual({ disposition: 'Busy' })
    expect(patchOf(draft.changes)).toEqual({ disposition: 'Busy' })
  })

  test('is shown over what the lead has now', () => {
    const draft = type(jane, { 'fields.Name': null })
    const current = valuesOf(now({ fields: { Name: 'Joan', City: 'Geelong' } }))
    expect(shownIn(draft, current, 'fields.Name')).toBeNull()
    expect(shownIn(draft, current, 'fields.City')).toBe('Geelong')
    expect(shownIn(null, current, 'fields.State')).toBeNull()
  })

  test('is saved as a PATCH of what is named: null and an empty text clear', () => {
    const changes = {
      'fields.Name': '',
      'fields.City': 'Geelong',
      'unmapped.source_id': null,
      callback: '2026-11-28T10:00',
      callback_agent: null,
      priority: 3,
      contact_hours: 'Perth',
      closed: true,
    }
    expect(patchOf(changes)).toEqual({
      fields: { Name: null, City: 'Geelong' },
      unmapped: { source_id: null },
      callback: { local: '2026-11-28T10:00' },
      callback_agent: null,
      priority: 3,
      contact_hours: 'Perth',
    })
    expect(patchOf({ callback: null, priority: null })).toEqual({ callback: null, priority: null })
  })
})

describe('a draft and a change by somebody else', () => {
  test('of another group: the draft goes on from the lead as it is now', () => {
    const draft = type(jane, { 'fields.Name': 'Joan' })
    const lead = now({ fields: { Name: 'Jane Citizen', City: 'Geelong' } })
    const next = rebased(draft, lead, meet(draft, valuesOf(lead), set_up))
    expect(next).toMatchObject({ base_version: 5, changes: { 'fields.Name': 'Joan' } })
    expect(next?.base['fields.City']).toBe('Geelong')
  })

  test('of the same group: it stays on what it was made from', () => {
    const draft = type(jane, { 'fields.State': 'VIC' })
    const lead = now({ fields: { Name: 'Jane Citizen', City: 'Geelong' } })
    expect(rebased(draft, lead, meet(draft, valuesOf(lead), set_up))).toBeUndefined()
  })

  test('to the same value: that change needs no saving any more', () => {
    const draft = type(jane, { 'fields.Name': 'Joan', disposition: 'Busy' })
    const lead = now({ fields: { Name: 'Joan', City: 'Melbourne' } })
    const next = rebased(draft, lead, meet(draft, valuesOf(lead), set_up))
    expect(next?.changes).toEqual({ disposition: 'Busy' })
    const alone = type(jane, { 'fields.Name': 'Joan' })
    expect(rebased(alone, lead, meet(alone, valuesOf(lead), set_up))).toBeNull()
  })
})

test('what has changed between two states of a lead', () => {
  expect(changedPaths({ a: 1, b: null }, { a: 1, c: 2, d: null })).toEqual(['c'])
})
