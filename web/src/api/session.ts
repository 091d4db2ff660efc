// Who sits here: the session, its roles, signing in and out.

import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { call } from './client.ts'

export const ROLES = ['agent', 'lead', 'manager', 'admin'] as const
export type Role = (typeof ROLES)[number]

export interface Operator {
  operator_id: number
  login: string
  name: string
  role: Role
  teams: string[]
  disabled: boolean
  created_at: string
  last_seen_at: string | null
}

export interface Session {
  operator: Operator | null
  /** There is no operator yet: the first one is made at /setup. */
  setup: boolean
  expires_at: string | null
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => call<Session>('GET', '/v1/session'),
  staleTime: 60_000,
})

/** The operator of a screen that only opens with one. */
export function useOperator(): Operator {
  const { operator } = useSuspenseQuery(sessionQuery).data
  if (!operator) throw new Error('a screen behind the sign-in is drawn without an operator')
  return operator
}

/** Roles include those below them. */
export const hasRole = (operator: Operator, least: Role) =>
  ROLES.indexOf(operator.role) >= ROLES.indexOf(least)

export const signIn = (body: { login: string; password: string }) =>
  call<{ operator: Operator; expires_at: string }>('POST', '/v1/session', { body })

export const signOut = (everywhere: boolean) =>
  call<''>('DELETE', '/v1/session', { query: { everywhere: everywhere || undefined } })

export interface NewOperator {
  login: string
  name: string
  role: Role
  password: string
}

export const createOperator = (body: NewOperator) => call<Operator>('POST', '/v1/operators', { body })
