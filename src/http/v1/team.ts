// Set-up belongs to teams: whose a new piece is, and who may change what all share.

import { ok, type Result, refuse, refuseFields } from '../../core/result.ts'
import { GLOBAL_TEAM_ID } from '../../db/sight.ts'
import { teamNamed } from '../../db/teams.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'

/** The team that something new belongs to: the one named, else the caller's only one, else Global. */
export async function teamOf({ services, caller }: Call, name: string | undefined): Promise<number> {
  const { team_ids } = caller
  if (name === undefined) {
    if (team_ids === null) return GLOBAL_TEAM_ID
    const [only] = team_ids
    if (team_ids.length === 1) return only!
    return orRefuse(
      refuseFields([{ name: 'INVALID_FIELD', field: '/team', detail: 'name one of your teams' }]),
    )
  }
  const team_id = await teamNamed(services.pool, caller, name)
  return team_id ?? orRefuse(refuse('UNKNOWN_TARGET', 'there is no such team', { field: '/team' }))
}

/** Refuses to change what all teams share when the caller is bound to some. */
export function refuseShared({ caller }: Call, team_id: number, what: string): void {
  if (isOwn(caller, team_id)) return
  const detail = `${what} of the team Global: everybody uses it, so only a caller without a team may change it`
  orRefuse(refuse('FORBIDDEN', detail))
}

/** Whether a caller may change what belongs to a team. */
export const isOwn = ({ team_ids }: Call['caller'], team_id: number) =>
  team_ids === null || team_ids.includes(team_id)

/**
 * Ids of the teams of somebody, or of a key, that the caller makes. A caller who is bound to teams cannot make anybody
 * who sees every team.
 */
export async function teamIds(
  { services, caller }: Call,
  names: readonly string[],
): Promise<Result<number[]>> {
  const wrong = (field: string, detail: string) => refuseFields([{ name: 'INVALID_FIELD', field, detail }])
  if (names.length === 0 && caller.team_ids !== null)
    return wrong('/teams', 'name at least one of your teams')
  const found = await Promise.all(names.map((name) => teamNamed(services.pool, caller, name)))
  const unknown = found.indexOf(undefined)
  if (unknown >= 0) return wrong(`/teams/${unknown}`, 'there is no such team')
  return ok(found as number[])
}
