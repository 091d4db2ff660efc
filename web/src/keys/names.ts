import { useSetUp } from '../api/set-up.ts'
import { keys } from '../text/keys.ts'

/** "Solar · Week 1" */
export function useAllocationName(): (id: number) => string {
  const set_up = useSetUp().data
  return (id) => {
    const allocation = set_up?.allocations.find(({ allocation_id }) => allocation_id === id)
    const campaign = set_up?.campaigns.find(({ campaign_id }) => campaign_id === allocation?.campaign_id)
    return allocation && campaign ? keys.allocation(campaign.name, allocation.name) : keys.unknown_allocation
  }
}
