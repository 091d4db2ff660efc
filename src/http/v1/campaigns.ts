// Campaigns of templates.

import { Type } from 'typebox'
import { campaignById, listCampaigns } from '../../db/campaigns.ts'
import { addCampaign } from '../../intake/campaigns.ts'
import { get, post, routes } from '../route.ts'
import { created, listed, one } from './set-up.ts'
import { closed, Id, IdParams, LOOKS, Name, PAGE, pageOf, shape, Time } from './shapes.ts'

const Campaign = shape('Campaign', {
  campaign_id: Id,
  template_id: Id,
  name: Type.String(),
  created_at: Time,
})

export const campaigns = routes('set-up', {
  campaigns: get('/v1/campaigns', {
    scope: LOOKS,
    summary: 'Campaigns',
    query: Type.Object({ ...PAGE, template_id: Type.Optional(Id) }),
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
})
