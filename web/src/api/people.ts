// Operators and teams, for those who look after them.

import { queryOptions } from '@tanstack/react-query'
import { all, client, must, queries } from './client.ts'

export const operatorsQuery = queryOptions({
  queryKey: ['people', 'operators'],
  queryFn: () => all((page) => client.operators(page)),
})

export const teamsQuery = queryOptions({
  queryKey: ['people', 'teams'],
  queryFn: () => all((page) => client.teams(page)),
})

/** A team as it is now. */
export const freshTeam = (team_id: number) => must(client.team(team_id))

export const peopleChanged = () => queries.invalidateQueries({ queryKey: ['people'] })
