// The session: the operator and the role.

import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import type { Operator, Role } from '../../../src/client/api.ts'
import { client, must } from './client.ts'

const ROLES: readonly Role[] = ['agent', 'lead', 'manager', 'admin']

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => must(client.session()),
  staleTime: 60_000,
})

/** The operator of a screen that opens only for operators. */
export function useOperator(): Operator {
  const { operator } = useSuspenseQuery(sessionQuery).data
  if (!operator) throw new Error('a screen behind the sign-in is drawn without an operator')
  return operator
}

/** Roles include those below them. */
export const hasRole = (operator: Operator, least: Role) =>
  ROLES.indexOf(operator.role) >= ROLES.indexOf(least)

/** Everybody whom a callback can be kept for. */
export const colleaguesQuery = queryOptions({
  queryKey: ['colleagues'],
  queryFn: async () => (await must(client.colleagues())).items,
  staleTime: 60_000,
})
