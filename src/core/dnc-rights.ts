// The rights to change do-not-call lists.
//
// The private and client lists belong to the installation: the client list unblocks numbers, and a removal from either list
// frees or blocks them for every team. A campaign's list belongs to its team.

import { type Grant, mayDo, type Scope } from './access.ts'
import { LIMITS } from './limits.ts'
import { type DncList, ok, type Result, refuse } from './result.ts'

/** Whether a grant is for the lists of the whole installation, without a bound. */
export const keepsAllLists = ({ scopes, team_ids }: Grant) => team_ids === null && mayDo(scopes, ['manage'])

/** Whether an addition of so many numbers to a list may be made. */
export function judgeAddition(grant: Grant, list: DncList, numbers: number): Result<true> {
  if (list === 'campaign') return needs(grant, ['supervise'])
  if (keepsAllLists(grant)) return ok(true)
  if (list === 'client') return needsAllLists('a change of the client list')
  const may_add = needs(grant, ['write', 'manage'])
  if (may_add.refusal || numbers <= LIMITS.dnc_numbers_bounded_max) return may_add
  return needsAllLists(`an addition of more than ${LIMITS.dnc_numbers_bounded_max} numbers`)
}

/** Whether numbers may be removed from a list. */
export function judgeRemoval(grant: Grant, list: DncList): Result<true> {
  if (list === 'campaign') return needs(grant, ['supervise'])
  return keepsAllLists(grant) ? ok(true) : needsAllLists(`a removal from the ${list} list`)
}

const needs = ({ scopes }: Grant, needed: readonly Scope[]): Result<true> =>
  mayDo(scopes, needed) ? ok(true) : refuse('FORBIDDEN', `this needs the scope ${needed.join(' or ')}`)

const needsAllLists = (what: string) =>
  refuse('FORBIDDEN', `${what} needs the scope manage and a caller who is bound to no team`)
