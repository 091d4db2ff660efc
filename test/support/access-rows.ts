// Which scopes let a caller through each route, written down apart from the contract; and a request that names things
// of a team, to be tried with the ids of another one.

import { path } from '../../src/client/path.ts'
import type { Scope } from '../../src/core/access.ts'

/** Things of one team. */
export interface Ids {
  template_id: number
  campaign_id: number
  allocation_id: number
  contact_hours_id: number
  disposition_set_id: number
  action_id: number
  lead_id: string
  lease_id: string
  conflict_id: number
  run_id: number
  operator_id: number
  key_id: number
}

/** Ids of nothing. */
export const NOBODYS: Ids = {
  template_id: 999_999,
  campaign_id: 999_999,
  allocation_id: 999_999,
  contact_hours_id: 999_999,
  disposition_set_id: 999_999,
  action_id: 999_999,
  lead_id: '999999-999999',
  lease_id: '999999-999999-999999',
  conflict_id: 999_999,
  run_id: 999_999,
  operator_id: 999_999,
  key_id: 999_999,
}

export interface Row {
  /** Where one route has several rows. */
  what?: string
  /** One of these is needed; open: nobody is asked; session: operators alone, whatever their role. */
  scopes: readonly (Scope | 'session' | 'open')[]
  /**
   * What a caller of another team gets: unknown: a refusal in the words for what does not exist; hidden: an answer
   * without it. No ids: the request names nothing of a team.
   */
  foreign: 'unknown' | 'hidden' | 'no ids'
  request: (ids: Ids) => { path: string; body?: unknown }
}

const CLASSIC = '/servicemanager/rest/CampaignAPI'

const target = ({ template_id, campaign_id, allocation_id }: Ids) =>
  `fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`

const leadBody = { Phone: '0491570006', njExternalLeadId: 'id-1' }

/** A classic insert or update. */
const classic = (name: string, scope: Scope): Row => ({
  scopes: [scope],
  foreign: 'unknown',
  request: (ids) => ({ path: `${CLASSIC}/${name}?${target(ids)}`, body: leadBody }),
})

const lists = (scopes: Row['scopes'], foreign: Row['foreign'], query: (ids: Ids) => string, name: string) =>
  Object.fromEntries(
    ['GET', 'POST'].map((method) => [
      `${method} ${CLASSIC}/${name}`,
      [{ scopes, foreign, request: (ids: Ids) => ({ path: `${CLASSIC}/${name}?${query(ids)}` }) }],
    ]),
  )

const LISTS = ['insert', 'read', 'dial'] as const
const SETS = [...LISTS, 'write'] as const
const LOOKS = ['read', 'write', 'dial', 'supervise', 'manage'] as const

/** A row of one request. */
const one = (
  scopes: Row['scopes'],
  foreign: Row['foreign'],
  address: (ids: Ids) => string,
  body?: (ids: Ids) => unknown,
): Row[] => [{ scopes, foreign, request: (ids) => ({ path: address(ids), body: body?.(ids) }) }]

const to = (address: string) => () => address
const lead =
  (rest = '') =>
  (ids: Ids) =>
    path`/v1/leads/${ids.lead_id}` + rest
const allocation =
  (rest = '') =>
  (ids: Ids) =>
    path`/v1/allocations/${ids.allocation_id}` + rest
const disposition =
  (rest = '') =>
  (ids: Ids) =>
    path`/v1/disposition-sets/${ids.disposition_set_id}/dispositions/Busy` + rest

const dnc = (list: string, scopes: readonly Scope[], reason?: string): Row => ({
  what: list,
  scopes,
  foreign: list === 'campaign' ? 'unknown' : 'no ids',
  request: ({ campaign_id }) => ({
    path: reason ? '/v1/dnc/removals' : '/v1/dnc',
    body: {
      list,
      phones: ['0491570110'],
      ...(reason ? { reason } : {}),
      ...(list === 'campaign' ? { campaign_id } : {}),
    },
  }),
})

export const ROWS: Record<string, Row[]> = {
  [`POST ${CLASSIC}/insertLeadFast`]: [classic('insertLeadFast', 'insert')],
  [`POST ${CLASSIC}/insertLead`]: [classic('insertLead', 'insert')],
  [`POST ${CLASSIC}/updateLeadFast`]: [classic('updateLeadFast', 'write')],
  [`POST ${CLASSIC}/updateLead`]: [classic('updateLead', 'write')],
  ...lists(LISTS, 'hidden', () => '', 'getCampaignTemplateList'),
  ...lists(LISTS, 'unknown', ({ template_id }) => `fTemplateId=${template_id}`, 'getCampaignList'),
  ...lists(LISTS, 'unknown', ({ campaign_id }) => `fCampaignId=${campaign_id}`, 'getAllocationList'),
  ...lists(SETS, 'unknown', ({ template_id }) => `fTemplateId=${template_id}`, 'getDispositionList'),
  ...lists(SETS, 'unknown', ({ template_id }) => `fTemplateId=${template_id}`, 'getFieldList'),
  ...lists(SETS, 'unknown', ({ template_id }) => `fTemplateId=${template_id}`, 'getFieldDefn'),
  ...lists(
    ['read'],
    'unknown',
    ({ template_id, campaign_id, allocation_id }) =>
      `fTemplateId=${template_id}&campaignId=${campaign_id}&allocationId=${allocation_id}`,
    'getCallRecordList',
  ),

  'POST /v1/leads': one(['insert'], 'unknown', to('/v1/leads'), ({ allocation_id }) => ({
    allocation_id,
    fields: { Phone: '0491570006' },
  })),
  'GET /v1/leads': [
    ...one(['read'], 'hidden', to('/v1/leads?q=East+lead')),
    {
      ...one(['read'], 'hidden', (ids) => `/v1/leads?campaign_id=${ids.campaign_id}`)[0]!,
      what: 'a campaign',
    },
  ],
  'GET /v1/leads/:id': one(['read'], 'unknown', lead()),
  'PATCH /v1/leads/:id': one(['write'], 'unknown', lead(), () => ({ fields: { Name: 'taken over' } })),
  'DELETE /v1/leads/:id': one(['supervise'], 'unknown', lead()),
  'GET /v1/leads/:id/history': one(['read'], 'unknown', lead('/history')),
  'GET /v1/leads/:id/calls': one(['read'], 'unknown', lead('/calls')),
  'GET /v1/leads/:id/versions/:version': one(['read'], 'unknown', lead('/versions/1')),
  'POST /v1/leads/:id/merge/preview': one(['read'], 'unknown', lead('/merge/preview'), () => ({
    base_version: 1,
    mine: { fields: { Name: 'taken over' } },
  })),
  'POST /v1/leads/:id/merge': one(['write'], 'unknown', lead('/merge'), () => ({
    base_version: 1,
    lead_version: 3,
    mine: { fields: { Name: 'taken over' } },
    decisions: {},
  })),
  'POST /v1/leads/:id/revert': one(['write'], 'unknown', lead('/revert'), () => ({
    version: 3,
    lead_version: 3,
  })),
  'GET /v1/conflicts': one(['read'], 'hidden', to('/v1/conflicts')),
  'GET /v1/conflicts/:id': one(['read'], 'unknown', ({ conflict_id }) => path`/v1/conflicts/${conflict_id}`),
  'PUT /v1/conflicts/:id/resolution': one(
    ['supervise'],
    'unknown',
    ({ conflict_id }) => path`/v1/conflicts/${conflict_id}/resolution`,
    () => ({ dismiss: true, reason: 'taken over' }),
  ),
  // The stream itself is followed elsewhere: an unknown lead is refused before it begins.
  'GET /v1/events': one(['read'], 'unknown', ({ lead_id }) => `/v1/events?topics=lead:${lead_id}`),
  'PUT /v1/leads/:id/presence': one(['session'], 'unknown', lead('/presence'), () => ({ editing: true })),
  'DELETE /v1/leads/:id/presence': one(['session'], 'unknown', lead('/presence')),

  'POST /v1/allocations/:id/leases': one(['dial'], 'unknown', allocation('/leases'), () => ({ count: 1 })),
  'PUT /v1/leases/:id/outcome': one(
    ['dial'],
    'unknown',
    ({ lease_id }) => path`/v1/leases/${lease_id}/outcome`,
    () => ({ disposition: 'Sale', phone: '0491570006' }),
  ),
  'PATCH /v1/leases/:id': one(
    ['dial'],
    'unknown',
    ({ lease_id }) => path`/v1/leases/${lease_id}`,
    () => ({ lease_s: 600 }),
  ),
  'DELETE /v1/leases/:id': one(['dial'], 'unknown', ({ lease_id }) => path`/v1/leases/${lease_id}`),
  'GET /v1/allocations/:id/queue': one(['dial', 'read'], 'unknown', allocation('/queue')),

  'GET /v1/dnc': one(['read'], 'hidden', to('/v1/dnc')),
  'POST /v1/dnc': [
    dnc('private', ['write', 'manage']),
    dnc('client', ['manage']),
    dnc('campaign', ['supervise']),
  ],
  'POST /v1/dnc/removals': [
    dnc('private', ['manage'], 'taken over'),
    dnc('client', ['manage'], 'taken over'),
    dnc('campaign', ['supervise'], 'taken over'),
  ],
  'POST /v1/dnc/check': one(['read'], 'unknown', to('/v1/dnc/check'), ({ campaign_id }) => ({
    phones: ['0491570006'],
    campaign_id,
  })),
  'GET /v1/dnc/numbers/:number': one(
    ['read'],
    'unknown',
    ({ campaign_id }) => `/v1/dnc/numbers/0491570006?campaign_id=${campaign_id}`,
  ),

  'GET /v1/templates': one(LOOKS, 'hidden', to('/v1/templates')),
  'POST /v1/templates': one(['manage'], 'unknown', to('/v1/templates'), () => ({
    name: 'Taken over',
    team: 'East',
    contact_hours: 'Australia/Melbourne',
    fields: [{ name: 'Phone', kind: 'phone' }],
  })),
  'GET /v1/templates/:id': one(LOOKS, 'unknown', ({ template_id }) => path`/v1/templates/${template_id}`),
  'PATCH /v1/templates/:id': one(
    ['manage'],
    'unknown',
    ({ template_id }) => path`/v1/templates/${template_id}`,
    () => ({ bad_values: 'refuse' }),
  ),
  'GET /v1/campaigns': one(LOOKS, 'hidden', to('/v1/campaigns')),
  'POST /v1/campaigns': one(['manage'], 'unknown', to('/v1/campaigns'), ({ template_id }) => ({
    template_id,
    name: 'Taken over',
  })),
  'GET /v1/campaigns/:id': one(LOOKS, 'unknown', ({ campaign_id }) => path`/v1/campaigns/${campaign_id}`),
  'GET /v1/allocations': one(LOOKS, 'hidden', to('/v1/allocations')),
  'POST /v1/allocations': one(['manage'], 'unknown', to('/v1/allocations'), ({ campaign_id }) => ({
    campaign_id,
    name: 'Taken over',
  })),
  'GET /v1/allocations/:id': one(LOOKS, 'unknown', allocation()),
  'PATCH /v1/allocations/:id': one(['manage'], 'unknown', allocation(), () => ({ started: false })),
  'GET /v1/allocations/:id/counts': one(['read', 'supervise', 'manage'], 'unknown', allocation('/counts')),
  'POST /v1/allocations/:id/moves': one(
    ['supervise'],
    'unknown',
    allocation('/moves'),
    ({ allocation_id }) => ({
      to_allocation_id: allocation_id + 1,
      all: true,
    }),
  ),
  'POST /v1/allocations/:id/recycle': one(['supervise'], 'unknown', allocation('/recycle'), () => ({
    dispositions: ['Busy'],
  })),
  'GET /v1/contact-hours': one(LOOKS, 'hidden', to('/v1/contact-hours')),
  'POST /v1/contact-hours': one(['manage'], 'unknown', to('/v1/contact-hours'), () => ({
    name: 'Taken over',
    zone: 'UTC',
    team: 'East',
  })),
  'GET /v1/contact-hours/:id': one(
    LOOKS,
    'unknown',
    ({ contact_hours_id }) => path`/v1/contact-hours/${contact_hours_id}`,
  ),
  'PATCH /v1/contact-hours/:id': one(
    ['manage'],
    'unknown',
    ({ contact_hours_id }) => path`/v1/contact-hours/${contact_hours_id}`,
    () => ({ zone: 'UTC' }),
  ),
  'GET /v1/contact-hours/:id/opening': one(
    LOOKS,
    'unknown',
    ({ contact_hours_id }) => path`/v1/contact-hours/${contact_hours_id}/opening`,
  ),
  'GET /v1/disposition-sets': one(LOOKS, 'hidden', to('/v1/disposition-sets')),
  'POST /v1/disposition-sets': one(
    ['manage'],
    'unknown',
    to('/v1/disposition-sets'),
    ({ disposition_set_id }) => ({
      name: 'Taken over',
      copy_of: disposition_set_id,
    }),
  ),
  'GET /v1/disposition-sets/:id': one(
    LOOKS,
    'unknown',
    ({ disposition_set_id }) => path`/v1/disposition-sets/${disposition_set_id}`,
  ),
  'POST /v1/disposition-sets/:id/dispositions': one(
    ['manage'],
    'unknown',
    ({ disposition_set_id }) => path`/v1/disposition-sets/${disposition_set_id}/dispositions`,
    () => ({ code: 'Taken over', kind: 'final' }),
  ),
  'PATCH /v1/disposition-sets/:id/dispositions/:code': one(['manage'], 'unknown', disposition(), () => ({
    enabled: false,
  })),
  'DELETE /v1/disposition-sets/:id/dispositions/:code': one(['manage'], 'unknown', disposition()),
  'GET /v1/disposition-sets/:id/dispositions/:code/actions': one(
    ['manage'],
    'unknown',
    disposition('/actions'),
  ),
  'PUT /v1/disposition-sets/:id/dispositions/:code/actions': [
    ...one(['manage'], 'unknown', disposition('/actions'), () => ({ action_ids: [] })),
    {
      ...one(
        ['manage'],
        'unknown',
        to('/v1/disposition-sets/1/dispositions/Busy/actions'),
        ({ action_id }) => ({
          action_ids: [action_id],
        }),
      )[0]!,
      what: 'an action',
    },
  ],
  'GET /v1/actions': one(['manage'], 'hidden', to('/v1/actions')),
  'POST /v1/actions': [
    {
      ...one(['manage'], 'unknown', to('/v1/actions'), () => ({
        name: 'Taken over',
        team: 'East',
        kind: 'dnc',
        config: { list: 'private' },
      }))[0]!,
      what: 'a team',
    },
    {
      ...one(['manage'], 'unknown', to('/v1/actions'), ({ allocation_id }) => ({
        name: 'Taken over',
        kind: 'copy',
        config: { allocation_id },
      }))[0]!,
      what: 'an allocation',
    },
  ],
  'GET /v1/actions/:id': one(['manage'], 'unknown', ({ action_id }) => path`/v1/actions/${action_id}`),
  'PUT /v1/actions/:id': one(
    ['manage'],
    'unknown',
    ({ action_id }) => path`/v1/actions/${action_id}`,
    () => ({ name: 'Taken over', kind: 'dnc', config: { list: 'private' } }),
  ),
  'DELETE /v1/actions/:id': one(['manage'], 'unknown', ({ action_id }) => path`/v1/actions/${action_id}`),
  'POST /v1/actions/:id/dry-run': one(
    ['manage'],
    'unknown',
    ({ action_id }) => path`/v1/actions/${action_id}/dry-run`,
    ({ lead_id }) => ({ lead_id }),
  ),
  'GET /v1/action-runs': [
    ...one(['read'], 'hidden', to('/v1/action-runs')),
    { ...one(['read'], 'hidden', (ids) => `/v1/action-runs?lead_id=${ids.lead_id}`)[0]!, what: 'a lead' },
  ],
  'GET /v1/action-runs/:id': one(['read'], 'unknown', ({ run_id }) => path`/v1/action-runs/${run_id}`),
  'POST /v1/action-runs/:id/rerun': one(
    ['supervise'],
    'unknown',
    ({ run_id }) => path`/v1/action-runs/${run_id}/rerun`,
  ),

  'POST /v1/session': one(['open'], 'no ids', to('/v1/session'), () => ({
    login: 'nobody',
    password: 'no password',
  })),
  'GET /v1/session': one(['open'], 'no ids', to('/v1/session')),
  'DELETE /v1/session': one(['session'], 'no ids', to('/v1/session')),
  'PUT /v1/session/password': one(['session'], 'no ids', to('/v1/session/password'), () => ({
    current: 'not this one',
    new: 'nor that one',
  })),
  'GET /v1/operators': one(['admin'], 'hidden', to('/v1/operators')),
  'POST /v1/operators': one(['admin'], 'unknown', to('/v1/operators'), () => ({
    login: 'taken-over',
    name: 'Taken over',
    role: 'agent',
    password: 'six tall poplars',
    teams: ['East'],
  })),
  'PATCH /v1/operators/:id': one(
    ['admin'],
    'unknown',
    ({ operator_id }) => path`/v1/operators/${operator_id}`,
    () => ({ name: 'Taken over' }),
  ),
  'GET /v1/api-keys': one(['admin'], 'hidden', to('/v1/api-keys')),
  'POST /v1/api-keys': [
    {
      ...one(['admin'], 'unknown', to('/v1/api-keys'), () => ({
        name: 'Taken over',
        scopes: ['read'],
        teams: ['East'],
      }))[0]!,
      what: 'a team',
    },
    {
      ...one(['admin'], 'unknown', to('/v1/api-keys'), ({ allocation_id }) => ({
        name: 'Taken over',
        scopes: ['insert'],
        teams: ['West'],
        allocation_ids: [allocation_id],
      }))[0]!,
      what: 'an allocation',
    },
  ],
  'DELETE /v1/api-keys/:id': one(['admin'], 'unknown', ({ key_id }) => path`/v1/api-keys/${key_id}`),

  'GET /healthz': one(['open'], 'no ids', to('/healthz')),
  'GET /readyz': one(['open'], 'no ids', to('/readyz')),
  'GET /metrics': one(['open'], 'no ids', to('/metrics')),
  'GET /openapi.json': one(['open'], 'no ids', to('/openapi.json')),
}
