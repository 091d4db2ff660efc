// Do-not-call entries as people read them: the last changed first, with names.

import type { ListPlace } from '../core/dnc-cursor.ts'
import type { DncList } from '../core/result.ts'
import { type DncEvidenceRow, NAMED_ENTRY, PAGE_MAX, served, standing, VISIBLE_LIST } from './dnc.ts'
import type { Db } from './pool.ts'
import type { Sight } from './sight.ts'
import { statement } from './statement.ts'

const BEFORE = '(e.changed_tx, e.entry_id) < (:tx::xid8, :entry_id::bigint)'
const LATEST_FIRST = 'order by e.changed_tx desc, e.entry_id desc'
const AS_ASKED = `${served('e')}
     and (:standing::boolean is null or ${standing('e')} = :standing)`
const latest = (from: string) => `
   select ${NAMED_ENTRY}, ${standing('e')} as standing, e.changed_tx::text as tx
   from ${from} ${LATEST_FIRST} limit :rows_max`

const latestOf = (list: DncList) => `
     (select e.* from dnc_entries e
      where e.list = '${list}' and (:list::text is null or :list = '${list}') and ${BEFORE} and ${AS_ASKED}
      ${LATEST_FIRST} limit ${PAGE_MAX})`

export type LatestEntry = Omit<DncEvidenceRow, 'blocks'> & ListPlace

interface LatestFilter {
  list: DncList | null
  /** Only of the list of this campaign. */
  campaign_id: number | null
  /** Null: both those that count and those that no longer do. */
  standing: boolean | null
}

type LatestParams = Sight & ListPlace & Omit<LatestFilter, 'campaign_id'> & { rows_max: number }

const LATEST = statement<LatestParams, LatestEntry>(
  'dnc.latest',
  latest(`(${latestOf('private')} union all ${latestOf('client')} union all ${latestOf('campaign')}) e`),
)

const LATEST_OF_TEAMS = statement<LatestParams, LatestEntry>(
  'dnc.latestOfTeams',
  latest(`(${latestOf('private')} union all ${latestOf('client')} union all
     (select e.* from campaigns c join templates t using (template_id) cross join lateral (
        select e.* from dnc_entries e
        where e.campaign_id = c.campaign_id and ${BEFORE} and ${AS_ASKED}
        ${LATEST_FIRST} limit ${PAGE_MAX}) e
      where t.team_id = any (:team_ids::integer[]) and (:list::text is null or :list = 'campaign'))) e`),
)

const LATEST_OF_CAMPAIGN = statement<LatestParams & { campaign_id: number }, LatestEntry>(
  'dnc.latestOfCampaign',
  latest(`dnc_entries e
   where e.campaign_id = :campaign_id and ${BEFORE} and ${AS_ASKED}
     and (:list::text is null or e.list = :list) and ${VISIBLE_LIST}`),
)

/** Entries that may be seen, the last changed first, before a place. */
export function latestDncEntries(
  db: Db,
  sight: Sight,
  { campaign_id, ...filter }: LatestFilter,
  { tx, entry_id }: ListPlace,
  rows_max: number,
): Promise<LatestEntry[]> {
  const params = { ...sight, ...filter, tx, entry_id, rows_max }
  if (campaign_id !== null) return db.query(LATEST_OF_CAMPAIGN, { ...params, campaign_id })
  return db.query(sight.team_ids === null ? LATEST : LATEST_OF_TEAMS, params)
}
