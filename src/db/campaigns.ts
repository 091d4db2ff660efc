// Campaigns of templates.

import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

export interface CampaignRow {
  campaign_id: number
  template_id: number
  name: string
  /** Null: its allocations take leads, unless they are archived themselves. */
  archived_at: string | null
  version: number
  created_at: string
}

const ROW = 'c.campaign_id, c.template_id, c.name, c.archived_at, c.version, c.created_at'

const ALLOCATIONS = `
       select a.allocation_id from allocations a where a.campaign_id = c.campaign_id`

const LIST = statement<
  Sight & PageBounds & { template_id: number | null; campaign_id: number | null; archived: boolean },
  CampaignRow
>(
  'campaigns.list',
  `select ${ROW}
   from campaigns c join templates t using (template_id)
   where ${visibleTo('t.team_id', ALLOCATIONS)}
     and (:template_id::integer is null or c.template_id = :template_id)
     and (:campaign_id::integer is null or c.campaign_id = :campaign_id)
     and (:archived::boolean or c.archived_at is null)
     and c.campaign_id > :after::bigint
   order by c.campaign_id limit :rows_max`,
)

/** `archived`: with the archived ones. */
export const listCampaigns = (
  db: Db,
  sight: Sight,
  asked: Partial<PageBounds> & { template_id?: number; campaign_id?: number; archived?: boolean } = {},
) =>
  db.query(LIST, { ...sight, ...EVERYTHING, template_id: null, campaign_id: null, archived: false, ...asked })

export const campaignById = async (db: Db, sight: Sight, campaign_id: number) =>
  (await listCampaigns(db, sight, { campaign_id, archived: true }))[0]

const CREATE = statement<Sight & { template_id: number; name: string }, CampaignRow>(
  'campaigns.create',
  `insert into campaigns as c (template_id, name)
   select t.template_id, :name from templates t
   where t.template_id = :template_id and ${visibleTo('t.team_id')}
   returning ${ROW}`,
)

/** Undefined: the caller sees no such template. Names are unique in the template (23505). */
export const createCampaign = async (db: Db, sight: Sight, template_id: number, name: string) =>
  (await db.query(CREATE, { ...sight, template_id, name }))[0]

const LOCK = statement<Sight & { campaign_id: number }, CampaignRow>(
  'campaigns.lock',
  `select ${ROW} from campaigns c join templates t using (template_id)
   where c.campaign_id = :campaign_id and ${visibleTo('t.team_id')} for update of c`,
)

/** Undefined: the caller may not change such a campaign. */
export const lockCampaign = async (tx: Db, sight: Sight, campaign_id: number) =>
  (await tx.query(LOCK, { ...sight, campaign_id }))[0]

const CHANGE = statement<{ campaign_id: number; name: string; archived: boolean }, CampaignRow>(
  'campaigns.change',
  `update campaigns c set name = :name, version = c.version + 1,
     archived_at = case when :archived then coalesce(c.archived_at, now()) end
   where c.campaign_id = :campaign_id
   returning ${ROW}`,
)

/** Of a locked campaign. Names are unique in the template (23505). */
export const changeCampaign = async (
  tx: Db,
  campaign_id: number,
  change: { name: string; archived: boolean },
) => (await tx.query(CHANGE, { campaign_id, ...change }))[0]!

const LEADS = statement<{ campaign_id: number }, { leads: number }>(
  'campaigns.leads',
  'select count(*)::integer as leads from leads where campaign_id = :campaign_id and forgotten_at is null',
)

export const leadsOfCampaign = async (db: Db, campaign_id: number) =>
  (await db.query(LEADS, { campaign_id }))[0]!.leads

const VISIBLE_AMONG = statement<Sight & { campaign_ids: readonly number[] }, { campaign_id: number }>(
  'campaigns.visibleAmong',
  `select c.campaign_id from campaigns c join templates t using (template_id)
   where c.campaign_id = any (:campaign_ids::integer[]) and ${visibleTo('t.team_id', ALLOCATIONS)}`,
)

/** Those of the campaigns that the caller sees. */
export const campaignsSeen = async (
  db: Db,
  sight: Sight,
  campaign_ids: readonly number[],
): Promise<ReadonlySet<number>> =>
  new Set((await db.query(VISIBLE_AMONG, { ...sight, campaign_ids })).map(({ campaign_id }) => campaign_id))
