// The part of the set-up that a caller may see, decided inside the statements.

export interface Sight {
  /** The teams that bound a caller; null: sees those of every team. */
  team_ids: number[] | null
  /** The allocations that bound a key; null: all that its teams may see. */
  allocation_ids: number[] | null
}

export const SEES_ALL: Sight = { team_ids: null, allocation_ids: null }

/** The team whose contact hours, disposition sets and actions everybody may use; the first migration makes it. */
export const GLOBAL_TEAM_ID = 1

// These are conditions on the parameters of a `Sight`. A caller is often a wider object than a `Sight`: spread it first,
// so that none of its other properties takes the place of a parameter: `{ ...sight, name }`.

/**
 * Whether something of a team may be seen. `allocations`: a query of the allocation ids of which a caller who is bound to
 * allocations needs one. Both are SQL.
 */
export const visibleTo = (team: string, allocations?: string) => {
  const of_team = `(:team_ids::integer[] is null or ${team} = any (:team_ids))`
  if (allocations === undefined) return of_team
  return `${of_team}
     and (:allocation_ids::integer[] is null or :allocation_ids && array(${allocations}))`
}

/** Whether something of a team may be used: the caller may see it, or it is Global. */
export const usableBy = (team: string) => `(${visibleTo(team)} or ${team} = ${GLOBAL_TEAM_ID})`

/** Whether somebody, or a key, is bound to no team but the caller's. Null: bound to none, sees every team. */
export const withinTeamsOf = (teams: string) => `(:team_ids::integer[] is null or ${teams} <@ :team_ids)`
