// Set-up belongs to teams: which one a new piece belongs to, and who may change what everybody uses. Teams themselves are
// made, renamed and deleted.

import { ok, type Result, refuse, refuseField } from '../core/result.ts'
import type { Db } from '../db/pool.ts'
import { removeTeam, usersOfTeam } from '../db/removals.ts'
import { GLOBAL_TEAM_ID, type Sight } from '../db/sight.ts'
import { createTeam, lockTeam, renameTeam, type TeamRow, teamNamed } from '../db/teams.ts'
import {
  type Asker,
  type ChangeAsked,
  changeSetUp,
  counted,
  deleteSetUp,
  patchSetUp,
  refuseUsed,
} from './set-up.ts'

/** The team that something new belongs to: the named one, else the caller's only one, else Global. */
export async function teamOf({ services, caller }: Asker, name: string | undefined): Promise<Result<number>> {
  if (name !== undefined) {
    const team_id = await teamNamed(services.pool, caller, name)
    return team_id === undefined
      ? refuse('UNKNOWN_TARGET', 'there is no such team', { field: '/team' })
      : ok(team_id)
  }
  const [only, another] = caller.team_ids ?? [GLOBAL_TEAM_ID]
  if (only === undefined || another !== undefined) return refuseField('/team', 'name one of your teams')
  return ok(only)
}

/** Whether a caller may change what belongs to a team. */
export const isOwn = ({ team_ids }: Sight, team_id: number) => team_ids === null || team_ids.includes(team_id)

/** The row, unless it is Global and teams bound the caller. `what` begins the refusal: this is an action. */
export function owned<Row extends { team_id: number }>(
  { caller }: Asker,
  found: Result<Row>,
  what: string,
): Result<Row> {
  if (found.refusal || isOwn(caller, found.ok.team_id)) return found
  return refuse(
    'FORBIDDEN',
    `${what} of the team Global: everybody uses it, so only a caller without a team may change it`,
  )
}

/**
 * The ids of the teams of a new operator or key. A caller who is bound to teams cannot make anybody who sees every team.
 */
export async function teamIds(db: Db, sight: Sight, names: readonly string[]): Promise<Result<number[]>> {
  if (names.length === 0 && sight.team_ids !== null)
    return refuseField('/teams', 'name at least one of your teams')
  const found = await Promise.all(names.map((name) => teamNamed(db, sight, name)))
  const unknown = found.indexOf(undefined)
  if (unknown >= 0) return refuseField(`/teams/${unknown}`, 'there is no such team')
  return ok(found as number[])
}

export const addTeam = async (asker: Asker, name: string): Promise<Result<TeamRow>> =>
  refuseBound(asker.caller) ??
  changeSetUp(asker, {
    action: 'team.create',
    details: { name },
    work: async (tx) => ok(await createTeam(tx, name)),
    subject: ({ team_id }) => `team:${team_id}`,
  })

/** Renames. Whoever names it by its name names it by the new one from then on. */
export const patchTeam = (asker: Asker, team_id: number, { name }: { name: string }, asked: ChangeAsked) =>
  patchSetUp(asker, {
    noun: 'team',
    id: team_id,
    asked,
    details: { name },
    lock: lockTeam,
    done: (row) => row.name === name,
    write: async (tx, row) => refuseKept(asker, row) ?? ok(await renameTeam(tx, team_id, name)),
    // A lead belongs to its campaign, and says nothing of a team.
    reach: async () => 0,
  })

export const deleteTeam = (asker: Asker, team_id: number, asked: ChangeAsked): Promise<Result<TeamRow>> =>
  deleteSetUp(asker, {
    noun: 'team',
    id: team_id,
    asked,
    lock: lockTeam,
    objection: async (tx, row) => {
      const kept = refuseKept(asker, row)
      if (kept) return kept
      const users = await usersOfTeam(tx, team_id)
      if (users.length === 0) return undefined
      const named = users.map(({ noun, ids }) => counted(noun, ids)).join('; ')
      return refuseUsed(`team ${team_id} has ${named}: delete them or give them to another team first`)
    },
    remove: removeTeam,
  })

function refuseKept({ caller }: Asker, { team_id }: TeamRow) {
  const bound = refuseBound(caller)
  if (bound) return bound
  return team_id === GLOBAL_TEAM_ID
    ? refuseUsed('the team Global is for what everybody uses: it keeps its name and is not deleted')
    : undefined
}

const refuseBound = ({ team_ids }: Sight) =>
  team_ids === null ? undefined : refuse('FORBIDDEN', 'only a caller without a team may change teams')
