// The templates, campaigns, allocations, dispositions and contact hours that the operator may see. They seldom
// change.

import { queryOptions, useQuery } from '@tanstack/react-query'
import type { Allocation, Campaign, ContactHours, DispositionSet, Template } from '../../../src/client/api.ts'
import { all, client, must, queries } from './client.ts'

export interface SetUp {
  templates: Template[]
  campaigns: Campaign[]
  allocations: Allocation[]
  disposition_sets: DispositionSet[]
  contact_hours: ContactHours[]
}

export const setUpQuery = queryOptions({
  queryKey: ['set-up'],
  staleTime: 60_000,
  queryFn: async (): Promise<SetUp> => {
    const [templates, campaigns, allocations, sets, hours] = await Promise.all([
      all((page) => client.templates(page)),
      all((page) => client.campaigns({ ...page, archived: true })),
      all((page) => client.allocations({ ...page, archived: true })),
      must(client.dispositionSets()),
      must(client.contactHoursList()),
    ])
    return { templates, campaigns, allocations, disposition_sets: sets.items, contact_hours: hours.items }
  },
})

export const useSetUp = () => useQuery(setUpQuery)

/** Those that take leads: virtual ones have none of their own. */
export const openAllocations = (set_up: SetUp): Allocation[] =>
  calledAllocations(set_up).filter(({ draws }) => draws === null)

/** Those that diallers get leads from. */
export const calledAllocations = ({ allocations, campaigns }: SetUp): Allocation[] =>
  allocations.filter(
    ({ archived_at, campaign_id }) =>
      archived_at === null && campaigns.find((one) => one.campaign_id === campaign_id)?.archived_at === null,
  )

export function templateOf(set_up: SetUp | undefined, campaign_id: number | undefined): Template | undefined {
  const campaign = set_up?.campaigns.find((one) => one.campaign_id === campaign_id)
  return set_up?.templates.find((template) => template.template_id === campaign?.template_id)
}

/** The fields that are not retired, in the template's order. */
export const liveFields = ({ fields }: Template) => fields.filter(({ retired }) => !retired)

/** For screens that change it: somebody else may have done so since. */
export const useNewSetUp = () => useQuery({ ...setUpQuery, staleTime: 0 })

/** Asks for it again after a change, or after a refusal because of one. */
export const newSetUp = (): Promise<SetUp> => queries.fetchQuery({ ...setUpQuery, staleTime: 0 })
