// Actions and their runs.

import { queryOptions } from '@tanstack/react-query'
import { all, client, queries } from './client.ts'

export const actionsQuery = queryOptions({
  queryKey: ['actions', 'list'],
  queryFn: () => all((page) => client.actions(page)),
})

export const actionsChanged = () => queries.invalidateQueries({ queryKey: ['actions'] })
