import { Select } from '@mantine/core'
import type { SetUp } from '../../api/set-up.ts'
import { text } from '../../text.ts'

const words = text.new_lead

export interface AllocationPickerProps {
  set_up: SetUp
  value: number | null
  onChange: (allocation_id: number | null) => void
  error?: string
}

/** Allocations by their campaign; one that is stopped takes leads as well, and says so. */
export function AllocationPicker({ set_up, value, onChange, error }: AllocationPickerProps) {
  const groups = set_up.campaigns
    .map(({ campaign_id, name }) => ({
      group: name,
      items: set_up.allocations
        .filter((one) => one.campaign_id === campaign_id)
        .map((one) => ({
          value: String(one.allocation_id),
          label: one.started ? one.name : words.stopped(one.name),
        })),
    }))
    .filter(({ items }) => items.length > 0)
  const campaign = set_up.campaigns.find(
    ({ campaign_id }) =>
      campaign_id === set_up.allocations.find((one) => one.allocation_id === value)?.campaign_id,
  )
  return (
    <Select
      id="allocation_id"
      label={words.allocation}
      description={campaign && words.in_campaign(campaign.name)}
      data={groups}
      value={value === null ? null : String(value)}
      onChange={(chosen) => onChange(chosen === null ? null : Number(chosen))}
      allowDeselect={false}
      searchable={set_up.allocations.length > 8}
      error={error}
    />
  )
}
