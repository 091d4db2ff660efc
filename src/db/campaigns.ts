// Campaigns of templates.

import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

export interface CampaignRow {
  campaign_id: number
  template_id: number
  name: string
  created_at: string
}

const ALLOCATIONS = `
       select a.allocation_id from allocations a where a.campaign_id = c.campaign_id`

const LIST = statement<
  Sight & PageBounds & { template_id: number | null; campaign_id: number | null },
  CampaignRow
>(
  'campaigns.list',
  `select c.campaign_id, c.template_id, c.name, c.created_at
   from campaigns c join templates t using (template_id)
   where ${visibleTo('t.team_id', ALLOCATIONS)}
     and (:template_id::integer is null or c.template_id = :template_id)
     and (:campaign_id::integer is null or c.campaign_id = :campaign_id)
     and c.campaign_id > :after::bigint
   order by c.campaign_id limit :rows_max`,
)

export const listCampaigns = (
  db: Db,
  sight: Sight,
  asked: Partial<PageBounds> & { template_id?: number; campaign_id?: number } = {},
) => db.query(LIST, { ...sight, ...EVERYTHING, template_id: null, campaign_id: null, ...asked })

export const campaignById = async (db: Db, sight: Sight, campaign_id: number) =>
  (await listCampaigns(db, sight, { campaign_id }))[0]

const CREATE = statement<Sight & { template_id: number; name: string }, CampaignRow>(
  'campaigns.create',
  `insert into campaigns (template_id, name)
   select t.template_id, :name from templates t
   where t.template_id = :template_id and ${visibleTo('t.team_id')}
   returning campaign_id, template_id, name, created_at`,
)

/** Undefined: the caller sees no such template. Names are unique in the template (23505). */
export const createCampaign = async (db: Db, sight: Sight, template_id: number, name: string) =>
  (await db.query(CREATE, { ...sight, template_id, name }))[0]
