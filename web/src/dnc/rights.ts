// What an operator may do with the lists, by the rule that the server applies.

import { SCOPES_OF } from '../../../src/core/access.ts'
import { judgeAddition, judgeRemoval, keepsAllLists } from '../../../src/core/dnc-rights.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { DNC_LISTS, type DncList } from '../../../src/core/result.ts'
import { useOperator } from '../api/session.ts'

export interface DncRights {
  add: readonly DncList[]
  remove: readonly DncList[]
  /** Those that files may be imported to. */
  files: readonly DncList[]
  /** Numbers of one addition to the private list. */
  numbers_max: number
}

export function useDncRights(): DncRights {
  const { role, teams } = useOperator()
  // Which teams they are makes no difference here.
  const grant = { scopes: SCOPES_OF[role], team_ids: teams.length > 0 ? [] : null, allocation_ids: null }
  return {
    add: DNC_LISTS.filter((list) => !judgeAddition(grant, list, 1).refusal),
    remove: DNC_LISTS.filter((list) => !judgeRemoval(grant, list).refusal),
    files: DNC_LISTS.filter((list) => !judgeAddition(grant, list, Number.POSITIVE_INFINITY).refusal),
    numbers_max: keepsAllLists(grant) ? LIMITS.dnc_numbers_max : LIMITS.dnc_numbers_bounded_max,
  }
}
