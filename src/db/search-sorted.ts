// Leads in other orders than that of their numbers: by the callback, the earliest first, and by the last change, the latest
// first. Each walks one index from a place on. A walk ends after so many leads; then the page may be short.

import type { LeadKey } from '../core/lead.ts'
import type { Db } from './pool.ts'
import { FITS, type Filter, LEADS_COUNTED_MAX, VISIBLE } from './search-parts.ts'
import { statement } from './statement.ts'

/** A lead's place in an order: what it is sorted by (a transaction, or microseconds since 1970), and its number. */
export interface SortedPlace {
  at: string
  number: number
}

type Params = Filter & { at: string | null; number: number | null; rows_max: number }

interface SortedStep {
  leads: (LeadKey & SortedPlace)[]
  /** How many fit, one more than LEADS_COUNTED_MAX at most. */
  counted: number
  /** Where the walk ended before all leads; null: it passed them all. */
  edge: SortedPlace | null
}

/** Callbacks that one step passes in each campaign, and changes that it passes in all of them. */
const CALLBACKS_MAX = 5_000
const CHANGES_MAX = 20_000

const COUNTED = `(select count(*) from (select from found limit ${LEADS_COUNTED_MAX + 1}) counted) as counted`
const AS_PLACE = `json_build_object('at', f.at::text, 'number', f.number)`
const AS_LEAD = `json_build_object(
         'campaign_id', f.campaign_id, 'number', f.number, 'at', f.at::text)`

const CALLBACK_AT = `(timestamptz 'epoch' + :at::bigint * interval '1 microsecond')`

const BY_CALLBACK = statement<Params, SortedStep>(
  'search.byCallback',
  `with ${VISIBLE},
   walked as materialized (
     select v.campaign_id, w.* from visible v cross join lateral (
       select l.number, l.callback_at, ${FITS} as fits,
         (extract(epoch from l.callback_at) * 1000000)::bigint as at
       from leads l
       where l.campaign_id = v.campaign_id
         and l.callback_at >= coalesce(${CALLBACK_AT}, :callback_from::timestamptz, '-infinity')
         and l.callback_at < coalesce(:callback_to::timestamptz, 'infinity')
         and (:at::bigint is null or (l.callback_at, l.number) > (${CALLBACK_AT}, :number::bigint))
       order by l.callback_at, l.number limit ${CALLBACKS_MAX}) w),
   edge as materialized (
     select last.at, last.number from (
       select distinct on (w.campaign_id) w.at, w.number
       from walked w
       where w.campaign_id in (
         select campaign_id from walked group by campaign_id having count(*) = ${CALLBACKS_MAX})
       order by w.campaign_id, w.at desc, w.number desc) last
     order by last.at, last.number limit 1),
   found as materialized (
     select w.campaign_id, w.number, w.at from walked w
     where w.fits and ((w.at, w.number) <= (select at, number from edge) or not exists (select from edge)))
   select ${COUNTED},
     (select ${AS_PLACE} from edge f) as edge,
     (select coalesce(json_agg(${AS_LEAD}), '[]')
      from (select * from found order by at, number limit :rows_max) f) as leads`,
)

// The last event of a lead is that of its version. Events come in the order of their transactions.
const BY_CHANGE = statement<Params, SortedStep>(
  'search.byChange',
  `with ${VISIBLE},
   walked as materialized (
     select e.campaign_id, e.lead_number as number, e.version, e.tx as at
     from events e
     where e.tx <= coalesce(:at::text::xid8, '18446744073709551615')
       and (:at::text is null or (e.tx, e.lead_number) < (:at::text::xid8, :number::bigint))
     order by e.tx desc, e.lead_number desc limit ${CHANGES_MAX}),
   edge as materialized (
     select w.at, w.number from walked w
     where (select count(*) from walked) = ${CHANGES_MAX}
     order by w.at, w.number limit 1),
   found as materialized (
     select w.campaign_id, w.number, w.at
     from walked w join visible v using (campaign_id) cross join lateral (
       select from leads l
       where l.campaign_id = w.campaign_id and l.number = w.number and l.version = w.version and ${FITS}
       limit 1) l)
   select ${COUNTED},
     (select ${AS_PLACE} from edge f) as edge,
     (select coalesce(json_agg(${AS_LEAD}), '[]')
      from (select * from found order by at desc, number desc limit :rows_max) f) as leads`,
)

const SORTED = { callback: BY_CALLBACK, changed: BY_CHANGE }
export type SortOrder = keyof typeof SORTED

/** The leads after a place, as far as one walk goes. */
export const sortedSearch = async (
  db: Db,
  order: SortOrder,
  { filter, after, rows_max }: { filter: Filter; after: SortedPlace | null; rows_max: number },
) =>
  (
    await db.query(SORTED[order], {
      ...filter,
      at: after?.at ?? null,
      number: after?.number ?? null,
      rows_max,
    })
  )[0]!
