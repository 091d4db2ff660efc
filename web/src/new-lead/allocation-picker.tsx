// Where a new lead goes.

import { Select } from '@mantine/core'
import type { SetUp } from '../api/set-up.ts'
import { inputId } from '../lead/show.tsx'
import { PLAIN_MAX } from '../shell/parts.tsx'
import { new_lead } from '../text/new-lead.ts'

const words = new_lead

interface PickerProps {
  set_up: SetUp
  value: number | null
  onChange: (allocation_id: number | null) => void
  error?: string
}

/** Offers allocations by campaign. A stopped one takes leads as well, and its label says so. */
export function AllocationPicker({
  set_up: { campaigns, allocations },
  value,
  onChange,
  error,
}: PickerProps) {
  const by_campaign = Map.groupBy(allocations, ({ campaign_id }) => campaign_id)
  const chosen = allocations.find(({ allocation_id }) => allocation_id === value)
  const campaign = campaigns.find(({ campaign_id }) => campaign_id === chosen?.campaign_id)
  return (
    <Select
      id={inputId('allocation_id')}
      label={words.allocation}
      description={campaign && words.in_campaign(campaign.name)}
      data={campaigns
        .filter(({ campaign_id }) => by_campaign.has(campaign_id))
        .map(({ campaign_id, name }) => ({
          group: name,
          items: by_campaign.get(campaign_id)!.map((one) => ({
            value: String(one.allocation_id),
            label: one.started ? one.name : words.stopped(one.name),
          })),
        }))}
      value={value === null ? null : String(value)}
      onChange={(chosen) => onChange(chosen === null ? null : Number(chosen))}
      allowDeselect={false}
      searchable={allocations.length > PLAIN_MAX}
      error={error}
    />
  )
}
