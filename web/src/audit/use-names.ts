import { useQuery } from '@tanstack/react-query'
import { actionsQuery } from '../api/actions.ts'
import { pullsQuery } from '../api/audit.ts'
import { keysQuery } from '../api/keys.ts'
import { operatorsQuery, teamsQuery } from '../api/people.ts'
import { useSetUp } from '../api/set-up.ts'
import type { Names } from './names.ts'

/** The names of everything that the operator may see. */
export function useNames(): Names {
  const keys = useQuery(keysQuery).data ?? []
  const operators = useQuery(operatorsQuery).data ?? []
  const teams = useQuery(teamsQuery).data ?? []
  const actions = useQuery(actionsQuery).data ?? []
  const pulls = useQuery(pullsQuery).data ?? []
  const set_up = useSetUp().data
  return new Map([
    ...keys.map(({ key_id, name }) => [`key:${key_id}`, name] as const),
    ...operators.map(({ operator_id, name }) => [`operator:${operator_id}`, name] as const),
    ...teams.map(({ team_id, name }) => [`team:${team_id}`, name] as const),
    ...actions.map(({ action_id, name }) => [`action:${action_id}`, name] as const),
    ...pulls.map(({ pull_id, name }) => [`pull:${pull_id}`, name] as const),
    ...(set_up
      ? [
          ...set_up.templates.map(({ template_id, name }) => [`template:${template_id}`, name] as const),
          ...set_up.campaigns.map(({ campaign_id, name }) => [`campaign:${campaign_id}`, name] as const),
          ...set_up.allocations.map(
            ({ allocation_id, name }) => [`allocation:${allocation_id}`, name] as const,
          ),
          ...set_up.contact_hours.map(
            ({ contact_hours_id, name }) => [`contact_hours:${contact_hours_id}`, name] as const,
          ),
          ...set_up.disposition_sets.map(
            ({ disposition_set_id, name }) => [`disposition_set:${disposition_set_id}`, name] as const,
          ),
        ]
      : []),
  ])
}
