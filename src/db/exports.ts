// Exports: the chosen leads of a campaign by their numbers, a chunk at a time, each chunk as it is at one moment.

import { CALL_COLUMNS, type CallRow } from './calls.ts'
import {
  CHOICE_ASKED,
  CHOSEN,
  type ChoiceParams,
  type LeadChoice,
  LOOKED_AT,
  paramsOfChoice,
  stretch,
} from './chosen-leads.ts'
import { shownLeads, type Viewed, type ViewRow, viewedOf } from './leads.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

/** Leads of one chunk: what is made of them keeps the process busy for some milliseconds. */
const EXPORTED_AT_ONCE = 250

type Teams = Pick<Sight, 'team_ids'>
type PageParams = ChoiceParams & Teams & { until: number }
interface Named {
  allocation: string
}
type PageRow = (ViewRow & Named) | { id: null }
export type ExportView = Viewed & Named

const NAMED = '(select a.name from allocations a where a.allocation_id = l.allocation_id) as allocation, '

/** `asked`: the rows of chosen leads. */
const shown = (asked: string) => `${shownLeads(`${asked} as asked`, { also: NAMED })}
       where ${visibleTo('t.team_id')}`

const WALKED = statement<PageParams & { place: number }, PageRow & { end: number | null }>(
  'exports.walked',
  `with ${CHOICE_ASKED},
   chosen as materialized (
     select l.campaign_id, l.number
     from (${stretch('oldest', LOOKED_AT, 'l.*')}) l
     where l.number <= :until::bigint and ${CHOSEN}
     order by l.number limit ${EXPORTED_AT_ONCE})
   select passed."end", shown.*
   from (
       select max(l.number) filter (where l.number <= :until::bigint) as "end"
       from (${stretch('oldest', LOOKED_AT, 'l.number')}) l) passed
     left join (${shown('chosen')}) shown on true
   order by shown.number`,
)

const LISTED = statement<PageParams & { numbers: number[] }, ViewRow & Named>(
  'exports.listed',
  `with ${CHOICE_ASKED},
   chosen as materialized (
     select l.campaign_id, l.number
     from unnest(:numbers::bigint[]) as u (number) cross join lateral (
       select * from leads l where l.campaign_id = :campaign_id and l.number = u.number limit 1) l
     where l.number <= :until::bigint and ${CHOSEN})
   select shown.* from (${shown('chosen')}) shown order by shown.number`,
)

const NEWEST = statement<{ campaign_id: number }, { number: number }>(
  'exports.newest',
  'select number from leads where campaign_id = :campaign_id order by number desc limit 1',
)

/** The number of the newest lead of a campaign; 0: it has none. */
export const newestNumber = async (db: Db, campaign_id: number) =>
  (await db.query(NEWEST, { campaign_id }))[0]?.number ?? 0

export interface ExportPage {
  /** The last lead that was looked at; null: there are no more. */
  end: number | null
  leads: ExportView[]
}

/** The next chosen leads after a place, none beyond `until`, in the order of their numbers. */
export async function exportPage(
  db: Db,
  choice: LeadChoice,
  { team_ids }: Teams,
  place: number,
  until: number,
): Promise<ExportPage> {
  const params = { ...paramsOfChoice(choice), team_ids, until }
  if (choice.typed?.found) {
    const numbers = choice.typed.found
      .filter((number) => number > place)
      .sort((a, b) => a - b)
      .slice(0, EXPORTED_AT_ONCE)
    const leads = numbers.length > 0 ? await db.query(LISTED, { ...params, numbers }) : []
    return { end: numbers.at(-1) ?? null, leads: leads.map(exported) }
  }
  const rows = await db.query(WALKED, { ...params, place })
  const leads = rows.flatMap(({ end: _, ...row }) => (row.id === null ? [] : [exported(row)]))
  // A full chunk may end before its stretch.
  const end = leads.length === EXPORTED_AT_ONCE ? leads.at(-1)!.number : rows[0]!.end
  return { end, leads }
}

const exported = ({ allocation, ...row }: ViewRow & Named): ExportView => ({ ...viewedOf(row), allocation })

const CALLS = statement<{ campaign_id: number; numbers: number[] }, CallRow & { number: number }>(
  'exports.calls',
  `select r.lead_number as number, ${CALL_COLUMNS}
   from unnest(:numbers::bigint[]) as u (number) cross join lateral (
     select * from call_records r
     where r.campaign_id = :campaign_id and r.lead_number = u.number
     offset 0) r
   order by r.lead_number, r.call_id`,
)

/** The calls of these leads, by their numbers. */
export async function callsOfLeads(db: Db, campaign_id: number, numbers: readonly number[]) {
  const rows = await db.query(CALLS, { campaign_id, numbers: [...numbers] })
  return Map.groupBy(
    rows.map(({ number, ...call }) => ({ number, call })),
    ({ number }) => number,
  )
}
