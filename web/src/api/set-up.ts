// Templates, campaigns, allocations, dispositions: what the operator may see of them. They change seldom.

import { queryOptions, useQuery } from '@tanstack/react-query'
import type { FieldKind } from '../../../src/core/field.ts'
import { all, call, type Page } from './client.ts'

export interface TemplateField {
  name: string
  label: string
  kind: FieldKind
  choices: string[] | null
  merge_group: string | null
  retired: boolean
}

export interface Template {
  template_id: number
  name: string
  region: string
  contact_hours: string
  disposition_set: string
  fields: TemplateField[]
}

export interface Campaign {
  campaign_id: number
  template_id: number
  name: string
}

export interface Allocation {
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

export interface DispositionSet {
  disposition_set_id: number
  name: string
  dispositions: Disposition[]
}

const FRESH_MS = 60_000

export interface SetUp {
  templates: Template[]
  campaigns: Campaign[]
  allocations: Allocation[]
  disposition_sets: DispositionSet[]
}

export const setUpQuery = queryOptions({
  queryKey: ['set-up'],
  staleTime: FRESH_MS,
  queryFn: async (): Promise<SetUp> => {
    const [templates, campaigns, allocations, { items: disposition_sets }] = await Promise.all([
      all<Template>('/v1/templates'),
      all<Campaign>('/v1/campaigns'),
      all<Allocation>('/v1/allocations'),
      call<Page<DispositionSet>>('GET', '/v1/disposition-sets'),
    ])
    return { templates, campaigns, allocations, disposition_sets }
  },
})

export const useSetUp = () => useQuery(setUpQuery)

export function templateOf(set_up: SetUp | undefined, campaign_id: number | undefined): Template | undefined {
  const campaign = set_up?.campaigns.find((one) => one.campaign_id === campaign_id)
  return set_up?.templates.find((template) => template.template_id === campaign?.template_id)
}

/** The fields that are asked for and shown, in the template's order. */
export const liveFields = (template: Template) => template.fields.filter(({ retired }) => !retired)
