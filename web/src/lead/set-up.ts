// What a lead's campaign works with: the fields of its template, its dispositions, the contact hours there are.

import { queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Field, FieldTable, fold } from '../../../src/core/field.ts'
import { call, type Page } from '../api/client.ts'
import { type Disposition, type SetUp, type Template, templateOf, useSetUp } from '../api/set-up.ts'

export interface Hours {
  name: string
  zone: string
}

export interface LeadSetUp {
  template: Template
  campaign: string
  /** Live ones, in the order of the template. */
  fields: FieldTable
  /** Retired ones too: old leads still have values in them. */
  all_fields: readonly Field[]
  /** By folded code, disabled ones too. */
  dispositions: ReadonlyMap<string, Disposition>
  contact_hours: readonly Hours[]
  allocations: ReadonlyMap<number, string>
}

const contactHoursQuery = queryOptions({
  queryKey: ['contact-hours'],
  queryFn: async () => (await call<Page<Hours>>('GET', '/v1/contact-hours')).items,
  staleTime: 60_000,
})

/** The set-up of any campaign; undefined until it is there. */
export function useSetUps(): { of: (campaign_id: number) => LeadSetUp | undefined; error: Error | null } {
  const set_up = useSetUp()
  const hours = useQuery(contactHoursQuery)
  const of = useMemo(() => {
    const known = new Map<number, LeadSetUp | undefined>()
    return (campaign_id: number) => {
      if (!set_up.data || !hours.data) return undefined
      if (!known.has(campaign_id)) known.set(campaign_id, setUpOf(set_up.data, campaign_id, hours.data))
      return known.get(campaign_id)
    }
  }, [set_up.data, hours.data])
  return { of, error: set_up.error ?? hours.error }
}

/** Undefined until it is there. */
export function useLeadSetUp(campaign_id: number | undefined): {
  data: LeadSetUp | undefined
  error: Error | null
} {
  const { of, error } = useSetUps()
  return { data: campaign_id === undefined ? undefined : of(campaign_id), error }
}

/** The campaign in a lead id. */
export const campaignOf = (lead_id: string) => Number(lead_id.split('-')[0])

function setUpOf(all: SetUp, campaign_id: number, contact_hours: Hours[]): LeadSetUp | undefined {
  const template = templateOf(all, campaign_id)
  if (!template) return undefined
  const all_fields = template.fields.map((field) => ({ ...field, aliases: [] }))
  const set = all.disposition_sets.find(({ name }) => name === template.disposition_set)
  return {
    template,
    campaign: all.campaigns.find((campaign) => campaign.campaign_id === campaign_id)?.name ?? '',
    fields: new FieldTable(all_fields.filter(({ retired }) => !retired)),
    all_fields,
    dispositions: new Map(set?.dispositions.map((each) => [fold(each.code), each])),
    contact_hours,
    allocations: new Map(all.allocations.map(({ allocation_id, name }) => [allocation_id, name])),
  }
}

/** The zone of named contact hours; null: those of the template. */
export const zoneOf = ({ contact_hours, template }: LeadSetUp, name: string | null) =>
  contact_hours.find((hours) => fold(hours.name) === fold(name ?? template.contact_hours))?.zone
