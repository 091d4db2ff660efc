// The set-up of a lead: the fields of its template, its dispositions, the contact hours it can have.

import { createContext, useContext, useMemo } from 'react'
import type { Disposition, Lead, Template } from '../../../src/client/api.ts'
import { FieldTable, fold } from '../../../src/core/field.ts'
import { liveFields, type SetUp, templateOf, useSetUp } from '../api/set-up.ts'

/** The parts of the set-up that the campaign of a lead uses. */
export interface LeadSetUp {
  template: Template
  campaign: string
  /** Live ones, in the order of the template. */
  fields: FieldTable
  /** By folded code, disabled ones too. */
  dispositions: ReadonlyMap<string, Disposition>
  contact_hours: SetUp['contact_hours']
  allocations: ReadonlyMap<number, string>
}

/** The set-up of a lead, by its id. */
export function useSetUpOf(lead_id: string): { data: LeadSetUp | undefined; error: Error | null } {
  const { data, error } = useSetUp()
  const campaign_id = Number(lead_id.split('-')[0])
  return { data: useMemo(() => data && leadSetUp(data, campaign_id), [data, campaign_id]), error }
}

export function leadSetUp(all: SetUp, campaign_id: number): LeadSetUp | undefined {
  const template = templateOf(all, campaign_id)
  if (!template) return undefined
  const set = all.disposition_sets.find(({ name }) => name === template.disposition_set)
  return {
    template,
    campaign: all.campaigns.find((campaign) => campaign.campaign_id === campaign_id)?.name ?? '',
    fields: new FieldTable(liveFields(template)),
    dispositions: new Map(set?.dispositions.map((each) => [fold(each.code), each])),
    contact_hours: all.contact_hours,
    allocations: new Map(all.allocations.map(({ allocation_id, name }) => [allocation_id, name])),
  }
}

/**
 * The zone in which callbacks are read in named contact hours; null: those of the template. `called`: where the numbers of the
 * lead are, for contact hours that go by the clock of the person who is called.
 */
export function zoneOf(
  { contact_hours, template }: Pick<LeadSetUp, 'contact_hours' | 'template'>,
  name: string | null,
  called: Lead['zones'] = [],
): string | undefined {
  const hours = contact_hours.find((each) => fold(each.name) === fold(name ?? template.contact_hours))
  const [zone] = called[0]?.zones ?? []
  const is_one = called.every(({ zones }) => zones.length === 1 && zones[0] === zone)
  return hours?.local_to_lead && is_one && zone !== undefined ? zone : hours?.zone
}

/** What tells where the called person is: a number of the lead, and its state or post code. */
export interface Called {
  phone?: string
  address?: string
}

const ADDRESS_CHARS_MAX = 100

export function calledOf({ zones, fields }: Lead, { template: { zone_field } }: LeadSetUp): Called {
  const phone = zones?.[0]?.number
  const address = zone_field === null ? '' : (fields[zone_field] ?? '')
  // A longer text is no state or post code, and nothing for the query of an address.
  const is_short = address !== '' && address.length <= ADDRESS_CHARS_MAX
  return { ...(phone !== undefined && { phone }), ...(is_short && { address }) }
}

/** Of the lead that a screen shows; empty for a lead that is not there yet. */
export const CalledContext = createContext<Called>({})

/** The set-up of the lead that a screen shows. */
export const LeadSetUpContext = createContext<LeadSetUp | null>(null)

export function useLeadSetUp(): LeadSetUp {
  const set_up = useContext(LeadSetUpContext)
  if (!set_up) throw new Error('a part of a lead is drawn outside of its screen')
  return set_up
}
