import type { Action } from '../../../src/client/api.ts'
import { originOf } from '../../../src/core/action.ts'
import { useAllocationName } from '../keys/names.ts'
import { actions as words } from '../text/actions.ts'

/** "POST https://crm.example", "a@example.com", "Solar · Week 1": what an action does, beside its kind. */
export function useWhatItDoes(all: readonly Action[]): (action: Action) => string {
  const allocationName = useAllocationName()
  const nameOf = (id: unknown) => all.find(({ action_id }) => action_id === id)?.name ?? ''
  return ({ kind, config }) => {
    switch (kind) {
      case 'url':
        return `${config.method} ${originOf(String(config.url)) ?? config.url}`
      case 'email':
        return String(config.to)
      case 'copy':
        return allocationName(Number(config.allocation_id))
      case 'dnc':
        return words.form.lists[config.list as 'private' | 'campaign']
      case 'conditional':
      case 'nth_attempt':
        return nameOf(config.then_action_id)
      default:
        return kind satisfies never
    }
  }
}
