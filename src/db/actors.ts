// The names of those who did something, as they are called now.

import type { Db } from './pool.ts'
import { statement } from './statement.ts'

/** The name of the key ('key:7') or operator ('operator:3') that an actor is; null for others. `actor` is an SQL expression. */
export const actorName = (actor: string) => `(case split_part(${actor}, ':', 1)
     when 'key' then (
       select k.name from api_keys k where k.key_id = split_part(${actor}, ':', 2)::integer)
     when 'operator' then (
       select o.name from operators o where o.operator_id = split_part(${actor}, ':', 2)::integer)
   end)`

const NAME = statement<{ actor: string }, { name: string | null }>(
  'actors.name',
  `select ${actorName(':actor::text')} as name`,
)

/** The name of an actor; null for one that has none. */
export const nameOfActor = async (db: Db, actor: string) => (await db.query(NAME, { actor }))[0]!.name
