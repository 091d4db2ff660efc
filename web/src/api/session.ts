// Who sits here: the session, its roles, signing in and out.

import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import type { Operator, Role, Session } from '../../../src/client/model.ts'
import { all, call } from './client.ts'

export type { Operator, Role, Session }

const ROLES: readonly Role[] = ['agent', 'lead', 'manager', 'admin']

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

/** Counts as use; asking for the session alone does not. */
export const extendSession = () => call<Session>('GET', '/v1/session', { query: { extend: true } })

export interface SignedIn {
  operator: Operator
  expires_at: string
}

export const signIn = (body: { login: string; password: string }) =>
  call<SignedIn>('POST', '/v1/session', { body })

export const signOut = (everywhere: boolean) =>
  call<''>('DELETE', '/v1/session', { query: { everywhere: everywhere || undefined } })

export interface FirstOperator {
  /** What the start message of the server shows. */
  code: string
  login: string
  name: string
  password: string
}

/** Only while there is no operator: makes an admin, who is signed in at once. */
export const createFirstOperator = (body: FirstOperator) =>
  call<Operator>('POST', '/v1/operators', { body: { ...body, role: 'admin' } })

export const operatorsQuery = queryOptions({
  queryKey: ['operators'],
  queryFn: () => all<Operator>('/v1/operators'),
  staleTime: 60_000,
})
