// Where a new lead goes.

import { openAllocations, type SetUp } from '../api/set-up.ts'
import { inputId } from '../lead/show.tsx'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { PLAIN_MAX } from '../shell/parts.tsx'
import { new_lead } from '../text/new-lead.ts'

const words = new_lead

interface PickerProps {
  set_up: SetUp
  value: number | null
  onChange: (allocation_id: number) => void
  error?: string
}

/** Offers allocations by campaign. A stopped one takes leads as well, and its label says so. */
export function AllocationPicker({ set_up, value, onChange, error }: PickerProps) {
  const { campaigns } = set_up
  const allocations = openAllocations(set_up)
  const chosen = allocations.find(({ allocation_id }) => allocation_id === value)
  const campaign = campaigns.find(({ campaign_id }) => campaign_id === chosen?.campaign_id)
  return (
    <ChoiceInput
      id={inputId('allocation_id')}
      label={words.allocation}
      description={campaign && words.in_campaign(campaign.name)}
      choices={campaigns.flatMap(({ campaign_id, name }) =>
        allocations
          .filter((one) => one.campaign_id === campaign_id)
          .map((one) => ({
            value: String(one.allocation_id),
            label: one.started ? one.name : words.stopped(one.name),
            group: name,
          })),
      )}
      value={value === null ? null : String(value)}
      onChoose={(chosen) => onChange(Number(chosen))}
      searchable={allocations.length > PLAIN_MAX}
      error={error}
    />
  )
}
