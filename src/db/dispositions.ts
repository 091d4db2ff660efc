// Disposition sets as set-up.

import type { Disposition } from '../core/rules.ts'
import { LOCKS } from './locks.ts'
import type { Db } from './pool.ts'
import { isSeen, isUsable, type TeamIds } from './sight.ts'
import { statement } from './statement.ts'

export type SetUpDisposition = Disposition & { disposition_id: number; built_in: boolean }

export interface DispositionSet {
  disposition_set_id: number
  name: string
  team_id: number
  team: string
  dispositions: SetUpDisposition[]
  /** Templates of this set that may be seen. */
  used_by: { template_id: number; name: string }[]
  /** Templates of this set, seen or not. */
  templates: number
}

const LIST = statement(
  'dispositionSets.list',
  `select s.disposition_set_id, s.name, s.team_id, g.name as team,
     (select coalesce(json_agg(json_build_object('disposition_id', d.disposition_id, 'code', d.code, 'kind', d.kind, 'priority', d.priority,
        'delay_s', d.delay_s, 'next_day', d.next_day, 'redials_max', d.redials_max, 'built_in', d.built_in,
        'enabled', d.enabled) order by d.priority, d.code), '[]')
      from dispositions d where d.disposition_set_id = s.disposition_set_id) as dispositions,
     (select coalesce(json_agg(json_build_object('template_id', t.template_id, 'name', t.name) order by t.template_id), '[]')
      from templates t
      where t.disposition_set_id = s.disposition_set_id and ${isSeen('t.team_id', '$1')}) as used_by,
     (select count(*)::integer from templates t where t.disposition_set_id = s.disposition_set_id) as templates
   from disposition_sets s join teams g using (team_id)
   where ${isUsable('s.team_id', '$1')} and ($2::integer is null or s.disposition_set_id = $2)
   order by s.disposition_set_id`,
)

export const listDispositionSets = (db: Db, teams: TeamIds) => db.query<DispositionSet>(LIST, [teams, null])
export const dispositionSetById = async (db: Db, teams: TeamIds, id: number) =>
  (await db.query<DispositionSet>(LIST, [teams, id]))[0]

const OF_TEMPLATE = statement(
  'dispositions.ofTemplate',
  `select d.disposition_id, d.code, d.enabled from templates t join dispositions d using (disposition_set_id)
   where t.template_id = $1 order by d.disposition_id`,
)

export const dispositionsOfTemplate = (db: Db, template_id: number) =>
  db.query<Pick<SetUpDisposition, 'disposition_id' | 'code' | 'enabled'>>(OF_TEMPLATE, [template_id])

const CREATE = statement(
  'dispositionSets.create',
  `with made as (insert into disposition_sets (name, team_id) values ($1, $3) returning disposition_set_id),
   copied as (
     insert into dispositions (disposition_set_id, code, kind, priority, delay_s, next_day, redials_max, built_in, enabled)
     select made.disposition_set_id, d.code, d.kind, d.priority, d.delay_s, d.next_day, d.redials_max, d.built_in, d.enabled
     from made, dispositions d where d.disposition_set_id = $2)
   select disposition_set_id from made`,
)

/** The new set's id, with the dispositions of another one. Names are unique (23505). */
export const createDispositionSet = async (db: Db, name: string, team_id: number, copy_of: number | null) =>
  (await db.query<{ disposition_set_id: number }>(CREATE, [name, copy_of, team_id]))[0]!.disposition_set_id

// Every outcome waits behind this wait: it gives up soon (55P03), and is tried again.
const LOCK = statement(
  'dispositionSets.lock',
  `select set_config('lock_timeout', '300ms', true), pg_advisory_xact_lock(${LOCKS.dispositions}, $1::integer)`,
)

/**
 * Before dispositions of the set are read to be changed, first thing in the transaction: one change of a set at a time, and
 * the outcomes that were given before are committed by then. Those that come later see the change.
 */
export const lockDispositions = (tx: Db, disposition_set_id: number) => tx.query(LOCK, [disposition_set_id])

const ADD = statement(
  'dispositions.create',
  `insert into dispositions (disposition_set_id, code, kind, priority, delay_s, next_day, redials_max, enabled)
   select s.disposition_set_id, $2, $3, $4, $5, $6, $7, $8 from disposition_sets s where s.disposition_set_id = $1
   returning code`,
)

const paramsOf = (disposition_set_id: number, d: Disposition) => [
  disposition_set_id,
  d.code,
  d.kind,
  d.priority,
  d.delay_s,
  d.next_day,
  d.redials_max,
  d.enabled,
]

/** Undefined: no such set. Codes are unique in any case (23505). */
export const addDisposition = async (db: Db, disposition_set_id: number, disposition: Disposition) =>
  (await db.query<{ code: string }>(ADD, paramsOf(disposition_set_id, disposition)))[0]

const REPLACE = statement(
  'dispositions.replace',
  `update dispositions set kind = $3, priority = $4, delay_s = $5, next_day = $6, redials_max = $7, enabled = $8
   where disposition_set_id = $1 and code = $2 returning code`,
)

export const replaceDisposition = async (db: Db, disposition_set_id: number, disposition: Disposition) =>
  (await db.query<{ code: string }>(REPLACE, paramsOf(disposition_set_id, disposition)))[0]

const REMOVE = statement(
  'dispositions.remove',
  'delete from dispositions where disposition_set_id = $1 and code = $2 and not built_in returning code',
)

export const removeDisposition = async (db: Db, disposition_set_id: number, code: string) =>
  (await db.query<{ code: string }>(REMOVE, [disposition_set_id, code]))[0]

const USED = statement(
  'dispositions.used',
  `select from templates t join campaigns c using (template_id)
   where t.disposition_set_id = $1 and (
     exists (select from attempts a where a.campaign_id = c.campaign_id and a.disposition = $2 offset 0)
     or exists (
       select from held_updates u
       where u.state = 'open' and u.campaign_id = c.campaign_id and u.incoming ->> 'disposition' = $2 offset 0))
   limit 1`,
)

/** Whether a lead has ever got it, or may get it when a held update is settled. */
export const dispositionIsUsed = async (db: Db, disposition_set_id: number, code: string) =>
  (await db.query(USED, [disposition_set_id, code])).length > 0
