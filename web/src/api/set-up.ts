// Templates, campaigns, allocations, dispositions, contact hours: what the operator may see of them. They change
// seldom.

import { queryOptions, useQuery } from '@tanstack/react-query'
import type { Field } from '../../../src/core/field.ts'
import { all, client, must, type Page } from './client.ts'

export interface Template {
  template_id: number
  name: string
  region: string
  contact_hours: string
  disposition_set: string
  /** Retired ones too: old leads still have values in them. */
  fields: (Field & { retired: boolean })[]
}

interface Campaign {
  campaign_id: number
  template_id: number
  name: string
}

interface Allocation {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
}

export interface Disposition {
  code: string
  kind: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
  priority: number
  enabled: boolean
}

export interface SetUp {
  templates: Template[]
  campaigns: Campaign[]
  allocations: Allocation[]
  disposition_sets: { name: string; dispositions: Disposition[] }[]
  contact_hours: { name: string; zone: string }[]
}

const setUpQuery = queryOptions({
  queryKey: ['set-up'],
  staleTime: 60_000,
  queryFn: async (): Promise<SetUp> => {
    const [templates, campaigns, allocations, sets, hours] = await Promise.all([
      all((page) => client.get<Page<Template>>('/v1/templates', page)),
      all((page) => client.get<Page<Campaign>>('/v1/campaigns', page)),
      all((page) => client.get<Page<Allocation>>('/v1/allocations', page)),
      must(client.get<Page<SetUp['disposition_sets'][number]>>('/v1/disposition-sets')),
      must(client.get<Page<SetUp['contact_hours'][number]>>('/v1/contact-hours')),
    ])
    return { templates, campaigns, allocations, disposition_sets: sets.items, contact_hours: hours.items }
  },
})

export const useSetUp = () => useQuery(setUpQuery)

export function templateOf(set_up: SetUp | undefined, campaign_id: number | undefined): Template | undefined {
  const campaign = set_up?.campaigns.find((one) => one.campaign_id === campaign_id)
  return set_up?.templates.find((template) => template.template_id === campaign?.template_id)
}

/** The fields that are asked for and shown, in the template's order. */
export const liveFields = ({ fields }: Template) => fields.filter(({ retired }) => !retired)
