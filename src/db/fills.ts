// Fills: the leads that a search finds are moved to an allocation, a chunk at a time. A fill goes through the leads of its
// campaign in the order of their numbers, and commits how far it has come with each chunk.

import {
  CHOICE_ASKED,
  CHOSEN,
  type ChoiceParams,
  type ChosenStretch,
  countChosen,
  type Direction,
  FIRST_PLACE,
  type LeadChoice,
  nextChosen,
  paramsOfChoice,
} from './chosen-leads.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { lockLeads } from './rearrange.ts'
import { type Sight, visibleTo } from './sight.ts'
import { type None, statement } from './statement.ts'

/** The name of a fill in the job queue. */
export const FILL_TASK = 'fill_allocation'

/** Which leads a fill takes. It is kept with the fill until that ends. */
export interface FillChoice extends Omit<LeadChoice, 'codes' | 'except_id'> {
  to_id: number
  /** With how many of each disposition, '' for none yet; a limit that is null is none. Null: whatever they have. */
  picks: { code: string; leads_max: number | null }[] | null
  leads_max: number | null
  order: Direction
}

const paramsOf = ({ to_id, picks, ...choice }: FillChoice): ChoiceParams =>
  paramsOfChoice({ ...choice, except_id: to_id, codes: picks?.map(({ code }) => code) ?? null })

/** The next leads that are chosen, in order, and where to go on. */
export const nextOfFill = (tx: Db, choice: FillChoice, place: number) =>
  nextChosen(tx, paramsOf(choice), { found: choice.typed?.found ?? null, order: choice.order, place })

/** The chosen among the next leads by disposition, newest first, and where to go on; null: there are no more. */
export const countFill = (db: Db, choice: FillChoice, place: number) =>
  countChosen(db, paramsOf(choice), choice.typed?.found ?? null, place)

export interface FillRow {
  fill_id: number
  allocation_id: number
  state: 'running' | 'done' | 'cancelled' | 'stopped'
  moved: number
  changed: number
  moved_with: Record<string, number>
  created_at: string
  created_by: string
  finished_at: string | null
}

const ROW = `f.fill_id, f.allocation_id, f.state, f.moved, f.changed, f.moved_with, f.created_at,
     f.actor as created_by, f.finished_at`

/** A job for each fill that is not finished; one that waits already is taken up at once. */
const queued = (fills: string) => `
   select graphile_worker.add_job('${FILL_TASK}', json_build_object('fill_id', f.fill_id),
     job_key := '${FILL_TASK}:' || f.fill_id)
   from ${fills} f where f.state = 'running'`

interface Author {
  actor: string
  way: string
  request_id: string
}

const BEGIN = statement<Author & { allocation_id: number; choice: string; place: number }, FillRow>(
  'fills.begin',
  `with begun as (
     insert into fills as f (allocation_id, choice, place, actor, way, request_id)
     values (:allocation_id, :choice::jsonb, :place, :actor, :way, :request_id)
     returning ${ROW}),
   job as (${queued('begun')})
   select begun.* from begun, job`,
)

/** With its job. */
export const beginFill = async (tx: Db, by: Author, choice: FillChoice): Promise<FillRow> =>
  (
    await tx.query(BEGIN, {
      ...by,
      allocation_id: choice.to_id,
      choice: JSON.stringify(choice),
      place: FIRST_PLACE[choice.order],
    })
  )[0]!

const RESUME = statement<None>('fills.resume', queued('fills'))

/** Queues the fills that an ended process has left. Two jobs of one fill do not disturb each other. */
export const resumeFills = (db: Db) => db.query(RESUME)

interface FillAtWork extends Author {
  fill_id: number
  choice: FillChoice
  place: number
  moved: number
  moved_with: Record<string, number>
}

const LOCK = statement<{ fill_id: number }, FillAtWork>(
  'fills.lock',
  `select fill_id, choice, place, moved, moved_with, actor, way, request_id from fills
   where fill_id = :fill_id and state = 'running' for update skip locked`,
)

/** Undefined: it has ended, or another process is at it. */
export const lockFill = async (tx: Db, fill_id: number) => (await tx.query(LOCK, { fill_id }))[0]

const IS_RUNNING = statement<{ fill_id: number }>(
  'fills.isRunning',
  "select from fills where fill_id = :fill_id and state = 'running'",
)

export const isFillRunning = async (db: Db, fill_id: number) =>
  (await db.query(IS_RUNNING, { fill_id })).length > 0

type MoveParams = ChoiceParams &
  Author & { fill_id: number; to_id: number; numbers: number[]; codes: string[] }

// Each is judged again once it is locked.
const MOVE = statement<MoveParams, { code: string; moved: number }>(
  'fills.move',
  `with ${CHOICE_ASKED},
   locked as materialized (
     select l.number, l.allocation_id, u.code
     from unnest(:numbers::bigint[], :codes::text[]) as u (number, code) cross join lateral (
       select * from leads l where l.campaign_id = :campaign_id and l.number = u.number limit 1) l
     where coalesce(l.disposition, '') = u.code and ${CHOSEN}),
   moved as (
     update leads l set allocation_id = :to_id, version = l.version + 1, updated_at = now()
     from locked where l.campaign_id = :campaign_id and l.number = locked.number
     returning l.number, l.version, locked.allocation_id as from_id, locked.code),
   new_events as (
     insert into events (campaign_id, lead_number, version, actor, way, request_id, changes)
     select :campaign_id, number, version, :actor, :way, :request_id,
       jsonb_build_object('allocation_id', jsonb_build_array(from_id, :to_id::integer))
     from moved),
   placed as (
     update queue q set allocation_id = :to_id
     from moved m where q.campaign_id = :campaign_id and q.lead_number = m.number),
   sources as (
     insert into fill_sources as s (fill_id, allocation_id, moved)
     select :fill_id::integer, from_id, count(*) from moved group by from_id
     on conflict (fill_id, allocation_id) do update set moved = s.moved + excluded.moved)
   select code, count(*)::integer as moved from moved group by code`,
)

/**
 * Moves those of the leads that are still chosen and have the same disposition; answers how many with each. A lease stays
 * with its taker.
 */
export async function moveChosen(
  tx: Db,
  { fill_id, choice, actor, way, request_id }: FillAtWork,
  leads: ChosenStretch['leads'],
) {
  const numbers = leads.map(({ number }) => number)
  const codes = leads.map(({ code }) => code)
  await lockLeads(tx, choice.campaign_id, numbers)
  return tx.query(MOVE, {
    ...paramsOf(choice),
    fill_id,
    to_id: choice.to_id,
    actor,
    way,
    request_id,
    numbers,
    codes,
  })
}

interface Progress {
  fill_id: number
  place: number
  moved: number
  changed: number
  moved_with: Record<string, number>
}

const ADVANCE = statement<Omit<Progress, 'moved_with'> & { moved_with: string }>(
  'fills.advance',
  `update fills set place = :place, moved = :moved, changed = changed + :changed,
     moved_with = :moved_with::jsonb
   where fill_id = :fill_id`,
)

/** `moved` is all that were moved, `changed` those that this chunk left. */
export const advanceFill = (tx: Db, progress: Progress) =>
  tx.query(ADVANCE, { ...progress, moved_with: JSON.stringify(progress.moved_with) })

const END = statement<{ fill_id: number; state: string }, FillRow>(
  'fills.end',
  `update fills f set state = :state, choice = null, finished_at = now()
   where f.fill_id = :fill_id and f.state = 'running'
   returning ${ROW}`,
)

/** Undefined: it had ended already. What was typed goes. */
export const endFill = async (tx: Db, fill_id: number, state: 'done' | 'cancelled' | 'stopped') =>
  (await tx.query(END, { fill_id, state }))[0]

const LIST = statement<
  Sight & PageBounds & { allocation_id: number | null; fill_id: number | null },
  FillRow
>(
  'fills.list',
  `select ${ROW}
   from fills f join allocations a using (allocation_id) join campaigns c using (campaign_id)
     join templates t using (template_id)
   where ${visibleTo('t.team_id', 'select a.allocation_id')}
     and (:allocation_id::integer is null or f.allocation_id = :allocation_id)
     and (:fill_id::integer is null or f.fill_id = :fill_id)
     and f.fill_id > :after::bigint
   order by f.fill_id limit :rows_max`,
)

export const listFills = (db: Db, sight: Sight, asked: PageBounds & { allocation_id: number }) =>
  db.query(LIST, { ...sight, fill_id: null, ...asked })

export const fillById = async (db: Db, sight: Sight, fill_id: number) =>
  (await db.query(LIST, { ...sight, fill_id, allocation_id: null, after: 0, rows_max: 1 }))[0]
