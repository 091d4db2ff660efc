// Campaigns of templates.

import { Type } from 'typebox'
import { campaignById, listCampaigns } from '../../db/campaigns.ts'
import { addCampaign, deleteCampaign, patchCampaign } from '../../intake/campaigns.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { CHANGES, changeAsked, changed, created, listed, one, TOUCHES } from './set-up.ts'
import {
  ARCHIVED,
  closed,
  Id,
  IdParams,
  LOOKS,
  Name,
  nullable,
  PAGE,
  pageOf,
  shape,
  Time,
  Version,
} from './shapes.ts'

const Campaign = shape('Campaign', {
  campaign_id: Id,
  template_id: Id,
  name: Type.String(),
  archived_at: nullable(Time, 'Since when its allocations take no leads and hand none out'),
  version: Version,
  created_at: Time,
})
const CampaignChange = closed(
  'CampaignChange',
  {
    name: Type.Optional(Name),
    archived: Type.Optional(Type.Boolean()),
  },
  { minProperties: 1 },
)

export const campaigns = routes('set-up', {
  campaigns: get('/v1/campaigns', {
    scope: LOOKS,
    summary: 'Campaigns',
    query: Type.Object({ ...PAGE, ...ARCHIVED, template_id: Type.Optional(Id) }),
    answer: pageOf(Campaign),
    handle: (call) => listed(call, listCampaigns, 'campaign_id'),
  }),

  createCampaign: post('/v1/campaigns', {
    scope: 'manage',
    summary: 'Create a campaign',
    body: closed('NewCampaign', { template_id: Id, name: Name }),
    created: Campaign,
    handle: async (call) => created(call, await addCampaign(call, call.body), 'campaign_id'),
  }),

  campaign: get('/v1/campaigns/:id', {
    scope: LOOKS,
    summary: 'A campaign',
    params: IdParams,
    answer: Campaign,
    handle: (call) => one(call, campaignById, 'campaign'),
  }),

  changeCampaign: patch('/v1/campaigns/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Rename a campaign, archive it, or take it up again',
    body: CampaignChange,
    answer: shape('ChangedCampaign', { ...Campaign.properties, touches: TOUCHES }),
    handle: async (call) =>
      changed(call, await patchCampaign(call, call.params.id, call.body, changeAsked(call))),
  }),

  deleteCampaign: del('/v1/campaigns/:id', {
    ...CHANGES,
    scope: 'manage',
    summary: 'Delete a campaign that has no allocations',
    handle: async (call) => {
      orRefuse(await deleteCampaign(call, call.params.id, changeAsked(call)))
    },
  }),
})
