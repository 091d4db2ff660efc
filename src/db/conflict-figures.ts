// Figures about clashes by sender: they tell which integration to mend.

import { actorName } from './actors.ts'
import { HELD_TEMPLATE, VISIBLE_HELD } from './held-updates.ts'
import type { Db } from './pool.ts'
import type { Sight } from './sight.ts'
import { statement } from './statement.ts'

export interface ConflictFigures {
  caller: string
  caller_name: string | null
  /** Updates held in these days. */
  held: number
  /** Updates that met other changes and were merged without a person. */
  merged: number
  /** Half of those that people settled took longer, seconds; null: nobody settled one. */
  median_s: number | null
  /** The groups that clashed most, the first most often. */
  top_groups: { template_id: number; group: string; held: number }[]
}

const TOP_GROUPS = 3
const CALLERS_MAX = 100

const FIGURES = statement<Pick<Sight, 'team_ids'> & { days: number }, ConflictFigures>(
  'heldUpdates.figures',
  `with h as (
     select u.caller, u.groups, u.resolved_by, u.created_at, u.resolved_at, ${HELD_TEMPLATE} as template_id
     from held_updates u
     where u.created_at > now() - make_interval(days => :days) and ${VISIBLE_HELD}),
   senders as (
     select h.caller, count(*)::integer as held,
       percentile_cont(0.5) within group (order by extract(epoch from h.resolved_at - h.created_at))
         filter (where h.resolved_by like 'operator:%') as median_s
     from h group by h.caller
     order by count(*) desc, h.caller limit ${CALLERS_MAX})
   select s.caller, ${actorName('s.caller')} as caller_name, s.held, round(s.median_s)::integer as median_s,
     (select coalesce(sum(m.merged), 0)::integer from merges_by_day m
      where m.actor = s.caller and m.day > (now() at time zone 'UTC')::date - :days::integer) as merged,
     coalesce((select json_agg(top) from (
       select h.template_id, g.name as "group", count(*)::integer as held
       from h cross join lateral unnest(h.groups) g (name) where h.caller = s.caller
       group by h.template_id, g.name order by count(*) desc, g.name limit ${TOP_GROUPS}) top
     ), '[]') as top_groups
   from senders s order by s.held desc, s.caller`,
)

/** The last days, by sender; those with most held updates first. */
export const conflictFigures = (db: Db, { team_ids }: Pick<Sight, 'team_ids'>, days: number) =>
  db.query(FIGURES, { team_ids, days })

const COUNT_MERGES = statement<{ actors: string[]; merged: number[] }>(
  'merges.count',
  `insert into merges_by_day as m (actor, day, merged)
   select actor, (now() at time zone 'UTC')::date, merged
   from unnest(:actors::text[], :merged::integer[]) counted (actor, merged) order by actor
   on conflict (actor, day) do update set merged = m.merged + excluded.merged`,
)

/** Adds to the merges of today, by actor. */
export const countMerges = (db: Db, merges: ReadonlyMap<string, number>) =>
  db.query(COUNT_MERGES, { actors: [...merges.keys()], merged: [...merges.values()] })
