// Who may change which do-not-call list.
//
// The private and client lists belong to the installation: the client list unblocks numbers, and a removal from either
// frees or blocks them for every team. A campaign's list belongs to its team.

import { mayDo, type Scope } from '../../core/access.ts'
import { LIMITS } from '../../core/limits.ts'
import { type DncList, refuse } from '../../core/result.ts'
import { countDncAddition } from '../../db/dnc.ts'
import type { Db } from '../../db/pool.ts'
import type { Call, Caller } from '../context.ts'
import { orRefuse, Refused } from '../errors.ts'

const keepsAll = ({ scopes, team_ids }: Caller) => team_ids === null && mayDo(scopes, ['manage'])

function need({ scopes }: Caller, needed: readonly Scope[]): void {
  if (!mayDo(scopes, needed)) orRefuse(refuse('FORBIDDEN', `this needs the scope ${needed.join(' or ')}`))
}

const needAll = (caller: Caller, what: string) => {
  if (!keepsAll(caller))
    orRefuse(refuse('FORBIDDEN', `${what} needs the scope manage and a caller who is bound to no team`))
}

/** Refuses an addition that the caller may not make, by its list and size. */
export function refuseAddition({ caller }: Call, list: DncList, numbers: number): void {
  if (list === 'client') needAll(caller, 'a change of the client list')
  if (list === 'campaign') need(caller, ['supervise'])
  if (list !== 'private' || keepsAll(caller)) return
  need(caller, ['write', 'manage'])
  if (numbers > LIMITS.dnc_numbers_bounded_max)
    needAll(caller, `an addition of more than ${LIMITS.dnc_numbers_bounded_max} numbers`)
}

export function refuseRemoval({ caller }: Call, list: DncList): void {
  if (list === 'campaign') need(caller, ['supervise'])
  else needAll(caller, `a removal from the ${list} list`)
}

/** Counts what was added to the private list; the addition is undone when it exceeds the bound of the day. */
export async function countAddition(
  tx: Db,
  { caller, by }: Call,
  list: DncList,
  added: number,
): Promise<void> {
  if (list !== 'private' || keepsAll(caller) || added === 0) return
  const { dnc_numbers_day_max } = LIMITS
  if (await countDncAddition(tx, by.actor, added, dnc_numbers_day_max)) return
  const detail = `the private list takes ${dnc_numbers_day_max} numbers a day from you; nothing was added. More needs the scope manage without a team`
  throw new Refused(refuse('RATE_LIMITED', detail, { retry_after_s: secondsOfDayLeft() }))
}

const DAY_S = 86_400
const secondsOfDayLeft = () => DAY_S - (Math.floor(Date.now() / 1_000) % DAY_S)
