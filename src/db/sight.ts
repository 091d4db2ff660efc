// What a caller may see of the set-up, decided inside the statements.

/** The teams that bound a caller; null: bound to none, sees all. */
export type TeamIds = number[] | null

export interface Sight {
  team_ids: TeamIds
  /** The allocations that bound a key; null: all that its teams may see. */
  allocation_ids: number[] | null
}

export const SEES_ALL: Sight = { team_ids: null, allocation_ids: null }

/** The team whose contact hours, disposition sets and actions everybody may use; the first migration makes it. */
export const GLOBAL_TEAM_ID = 1

/** Whether something of a team may be seen. Arguments are SQL expressions; `team_ids`: a parameter. */
export const isSeen = (team: string, team_ids: string) =>
  `(${team_ids}::integer[] is null or ${team} = any (${team_ids}))`

/** Whether something of a team may be used: besides one's own, what is Global. */
export const isUsable = (team: string, team_ids: string) =>
  `(${isSeen(team, team_ids)} or ${team} = ${GLOBAL_TEAM_ID})`
