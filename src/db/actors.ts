// The names of those who did something, as they are called now.

import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

/**
 * The name of the key ('key:7'), operator ('operator:3'), pull ('pull:2') or import ('import:12': its file) that an actor is;
 * null for others. `actor` is an SQL expression.
 */
export const actorName = (actor: string) => `(case split_part(${actor}, ':', 1)
     when 'key' then (
       select k.name from api_keys k where k.key_id = split_part(${actor}, ':', 2)::integer)
     when 'operator' then (
       select o.name from operators o where o.operator_id = split_part(${actor}, ':', 2)::integer)
     when 'pull' then (
       select pulls.name from pulls where pulls.pull_id = split_part(${actor}, ':', 2)::integer)
     when 'import' then (
       select f.file_name from imports f where f.import_id = split_part(${actor}, ':', 2)::integer)
   end)`

const NAME = statement<{ actor: string }, { name: string | null }>(
  'actors.name',
  `select ${actorName(':actor::text')} as name`,
)

/** The name of an actor; null for one that has none. */
export const nameOfActor = async (db: Db, actor: string) => (await db.query(NAME, { actor }))[0]!.name

interface ActorRow {
  actor: string
  actor_name: string | null
}

// One look into the index for each actor of each campaign, however many changes there are.
const LIST = statement<Pick<Sight, 'team_ids'> & { rows_max: number }, ActorRow>(
  'actors.list',
  `with recursive changers as (
     select c.campaign_id, (
       select min(e.actor) from events e where e.campaign_id = c.campaign_id and e.version > 1) as actor
     from campaigns c join templates t using (template_id)
     where ${visibleTo('t.team_id')}
     union all
     select c.campaign_id, (
       select min(e.actor) from events e
       where e.campaign_id = c.campaign_id and e.version > 1 and e.actor > c.actor)
     from changers c where c.actor is not null)
   select a.actor, ${actorName('a.actor')} as actor_name
   from (select distinct actor from changers where actor is not null) a
   order by a.actor limit :rows_max`,
)

/** The actors that have changed leads of these teams since they came in. */
export const listActors = (db: Db, { team_ids }: Pick<Sight, 'team_ids'>, rows_max: number) =>
  db.query(LIST, { team_ids, rows_max })
