// Scopes: what a key may do, and what a role lets an operator do.

import type { Role } from './operator.ts'

export const SCOPES = ['insert', 'write', 'dial', 'read', 'export', 'supervise', 'manage', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** One sentence per scope, for the command line and the documentation. */
export const SCOPE_TEXTS: Record<Scope, string> = {
  insert:
    'insert leads and list templates, campaigns and allocations; a form or an automation service gets this',
  write: 'insert, update, merge and revert; add up to 1,000 numbers a day to the private do-not-call list',
  dial: 'take leads, report outcomes, look at the queue',
  read: 'read and search leads, calls and conflicts, check do-not-call lists, follow events',
  export: 'take data out in bulk',
  supervise:
    'settle conflicts, forget, move and recycle leads, keep the do-not-call list of a campaign, run actions again',
  manage: 'change the set-up and actions, keep the private and client do-not-call lists',
  admin: 'everything, keys and operators included',
}

/** The scopes that a scope includes. */
const BRINGS: Partial<Record<Scope, readonly Scope[]>> = { write: ['insert'], admin: SCOPES }

/** The given scopes with those that they bring along. */
export const effectiveScopes = (scopes: readonly Scope[]): ReadonlySet<Scope> =>
  new Set(scopes.flatMap((scope) => [scope, ...(BRINGS[scope] ?? [])]))

/** Whether these scopes include at least one of those needed. Every request asks, so nothing is built for it. */
export const mayDo = (scopes: readonly Scope[], needed: readonly Scope[]): boolean =>
  scopes.some((scope) => needed.includes(scope) || BRINGS[scope]?.some((brought) => needed.includes(brought)))

/** The scopes of an operator's session, by role. */
export const SCOPES_OF: Record<Role, readonly Scope[]> = {
  agent: ['dial', 'write', 'read'],
  lead: ['dial', 'write', 'read', 'supervise'],
  manager: ['dial', 'write', 'read', 'supervise', 'manage', 'export'],
  admin: ['admin'],
}

/** Only these scopes make sense for a key that is bound to allocations: everything else reaches beyond them. */
export const ALLOCATION_SCOPES: readonly Scope[] = ['insert', 'dial']

export interface Grant {
  scopes: readonly Scope[]
  /** Null: every team. */
  team_ids: readonly number[] | null
  /** Null: every allocation that the teams may see. */
  allocation_ids: readonly number[] | null
}

/** Whether two grants let their holders do and see the same. */
export const isSame = (one: Grant, other: Grant) => isWithin(one, other) && isWithin(other, one)

/** Whether a grant gives nothing beyond another one: nobody hands on more than they have. */
export function isWithin(grant: Grant, own: Grant): boolean {
  const effective = effectiveScopes(own.scopes)
  return (
    areWithin(grant.team_ids, own.team_ids) &&
    areWithin(grant.allocation_ids, own.allocation_ids) &&
    [...effectiveScopes(grant.scopes)].every((scope) => effective.has(scope))
  )
}

/** Null: all there are. */
const areWithin = (ids: readonly number[] | null, own: readonly number[] | null) =>
  own === null || (ids?.every((id) => own.includes(id)) ?? false)
