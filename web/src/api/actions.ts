// Actions and their runs.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { ActionsSearch } from '../search.ts'
import { all, client, must, queries } from './client.ts'

export const actionsQuery = queryOptions({
  queryKey: ['actions', 'list'],
  queryFn: () => all((page) => client.actions(page)),
})

export const actionsChanged = () => queries.invalidateQueries({ queryKey: ['actions'] })

export const actionQuery = (action_id: number) =>
  queryOptions({ queryKey: ['actions', 'one', action_id], queryFn: () => must(client.action(action_id)) })

/** The actions of an outcome as they are now, with the version of its set. */
export const freshActionsOf = (set_id: number, code: string) => must(client.dispositionActions(set_id, code))

export type OutcomeActions = Awaited<ReturnType<typeof freshActionsOf>>

const LIST_ROWS = 50

export const runsQuery = ({ action_id, state }: ActionsSearch) =>
  infiniteQueryOptions({
    queryKey: ['actions', 'runs', action_id, state],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      must(client.actionRuns({ action_id, state, limit: LIST_ROWS, cursor: pageParam })),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })
