// What became of the leads and changes that senders offered, counted in slots of ten seconds.

import { actorName } from './actors.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { clock, instantText, type None, statement } from './statement.ts'

export type IntakeDeed = 'insert' | 'update'

export interface IntakeAnswers {
  deed: IntakeDeed
  /** 0: taken. */
  code: number
  /** 0: the request named none that its sender may see. */
  campaign_id: number
  actor: string
  answers: number
}

// Servers that add at the same time take the rows in the same order.
const ADD = statement<{ counted: string }>(
  'intakeAnswers.add',
  `insert into intake_answers as a (at, deed, code, campaign_id, actor, answers)
   select date_bin('10 s', ${clock()}, 'epoch'), c.deed, c.code, c.campaign_id, c.actor, c.answers
   from json_to_recordset(:counted::json)
     as c (deed text, code integer, campaign_id integer, actor text, answers integer)
   order by c.deed, c.code, c.campaign_id, c.actor
   on conflict (at, deed, code, campaign_id, actor) do update set answers = a.answers + excluded.answers`,
)

export const addIntakeAnswers = (db: Db, counted: readonly IntakeAnswers[]) =>
  db.query(ADD, { counted: JSON.stringify(counted) })

const SWEEP = statement<None>(
  'intakeAnswers.sweep',
  `delete from intake_answers where at < ${clock()} - interval '2 hours'`,
)

/** Removes what nobody looks at any more. */
export const sweepIntakeAnswers = (db: Db) => db.query(SWEEP)

type Teams = Pick<Sight, 'team_ids'>

/** The answers of the last hour that a caller may see. A request that named no campaign belongs to no team. */
const SEEN = `
     select a.*, a.at > ${clock()} - interval '1 minute' as is_new
     from intake_answers a
     where a.at > ${clock()} - interval '1 hour' and ${visibleTo(`(
       select t.team_id from campaigns c join templates t using (template_id)
       where c.campaign_id = a.campaign_id)`)}`

const INSERTED = "a.code = 0 and a.deed = 'insert'"
const UPDATED = "a.code = 0 and a.deed = 'update'"

export interface IntakeTotals {
  /** New leads. */
  inserted: number
  updated: number
  refused: number
}

const sum = (which: string) => `coalesce(sum(a.answers) filter (where ${which}), 0)::integer`

const totals = (of = 'true') => `${sum(`${of} and ${INSERTED}`)} as inserted,
       ${sum(`${of} and ${UPDATED}`)} as updated, ${sum(`${of} and a.code <> 0`)} as refused`

export interface LastHour extends IntakeTotals {
  /** Of the last minute, to ten seconds. */
  minute: IntakeTotals
  /** Minutes without an answer are left out. */
  minutes: { at: string; inserted: number; refused: number }[]
  /** The refusals, the most frequent first. */
  codes: { deed: IntakeDeed; code: number; answers: number }[]
  /** Those whose leads or changes were refused most. */
  senders: { actor: string; actor_name: string | null; taken: number; refused: number }[]
}

const SENDERS_SHOWN = 5

const LAST_HOUR = statement<Teams, LastHour>(
  'intakeAnswers.lastHour',
  `with seen as materialized (${SEEN}),
   senders as (
     select a.actor, ${sum('a.code = 0')} as taken, ${sum('a.code <> 0')} as refused
     from seen a group by a.actor having bool_or(a.code <> 0)
     order by refused desc, a.actor limit ${SENDERS_SHOWN})
   select ${totals()},
     (select row_to_json(n) from (select ${totals('a.is_new')} from seen a) n) as minute,
     (select coalesce(json_agg(m order by m.at), '[]') from (
       select ${instantText("date_trunc('minute', a.at)")} as at,
         ${sum(INSERTED)} as inserted, ${sum('a.code <> 0')} as refused
       from seen a group by 1) m) as minutes,
     (select coalesce(json_agg(c order by c.answers desc, c.code, c.deed), '[]') from (
       select a.deed, a.code, sum(a.answers)::integer as answers
       from seen a where a.code <> 0 group by a.deed, a.code) c) as codes,
     (select coalesce(json_agg(s order by s.refused desc, s.actor), '[]') from (
       select s.actor, ${actorName('s.actor')} as actor_name, s.taken, s.refused from senders s) s) as senders
   from seen a`,
)

export const lastHour = async (db: Db, { team_ids }: Teams) => (await db.query(LAST_HOUR, { team_ids }))[0]!
