// Requests for every route of the contract, with the ids of a team, to be tried with those of another one. The scopes of
// a route and the ids in its address follow from its declaration; what it takes besides is written here.

import type { Scope } from '../../src/core/access.ts'
import { CONTRACT } from '../../src/http/contract.ts'
import type { Route } from '../../src/http/route.ts'

/** Things of one team. */
export interface Ids {
  team_id: number
  template_id: number
  campaign_id: number
  allocation_id: number
  contact_hours_id: number
  disposition_set_id: number
  action_id: number
  pull_id: number
  import_id: number
  lead_id: string
  lease_id: string
  conflict_id: number
  bulk_id: number
  rule_id: number
  run_id: number
  fill_id: number
  bulk_change_id: number
  dnc_file_id: number
  list_id: number
  wash_id: number
  operator_id: number
  key_id: number
}

/** Ids of nothing. */
export const NOBODYS: Ids = {
  team_id: 999_999,
  template_id: 999_999,
  campaign_id: 999_999,
  allocation_id: 999_999,
  contact_hours_id: 999_999,
  disposition_set_id: 999_999,
  action_id: 999_999,
  pull_id: 999_999,
  import_id: 999_999,
  lead_id: '999999-999999',
  lease_id: '999999-999999-999999',
  conflict_id: 999_999,
  bulk_id: 999_999,
  rule_id: 999_999,
  run_id: 999_999,
  fill_id: 999_999,
  bulk_change_id: 999_999,
  dnc_file_id: 999_999,
  list_id: 999_999,
  wash_id: 999_999,
  operator_id: 999_999,
  key_id: 999_999,
}

export interface Row {
  /** GET /v1/leads/:id */
  route: string
  /** Where one route has several rows. */
  what?: string
  /** One of these is needed; open: nobody is asked; session: operators alone, whatever their role. */
  scopes: readonly (Scope | 'session' | 'open')[]
  /**
   * The answer to a caller of another team: unknown: a refusal in the words for what does not exist; hidden: an answer
   * without it. No ids: the request names nothing of a team.
   */
  foreign: 'unknown' | 'hidden' | 'no ids'
  request: (ids: Ids) => { path: string; body?: unknown }
}

/** The id that `:id` in an address names, by the part before it. */
const NAMED_BY: Record<string, keyof Ids> = {
  '/v1/leads': 'lead_id',
  '/v1/conflicts': 'conflict_id',
  '/v1/bulk-decisions': 'bulk_id',
  '/v1/conflict-rules': 'rule_id',
  '/v1/leases': 'lease_id',
  '/v1/teams': 'team_id',
  '/v1/templates': 'template_id',
  '/v1/campaigns': 'campaign_id',
  '/v1/allocations': 'allocation_id',
  '/v1/contact-hours': 'contact_hours_id',
  '/v1/disposition-sets': 'disposition_set_id',
  '/v1/actions': 'action_id',
  '/v1/action-runs': 'run_id',
  '/v1/fills': 'fill_id',
  '/v1/bulk-changes': 'bulk_change_id',
  '/v1/dnc/files': 'dnc_file_id',
  '/v1/master-lists': 'list_id',
  '/v1/washes': 'wash_id',
  '/v1/pulls': 'pull_id',
  '/v1/imports': 'import_id',
  '/v1/operators': 'operator_id',
  '/v1/api-keys': 'key_id',
}
/** Other parameters of addresses: they are of no team by themselves. */
const OTHERS: Record<string, string> = {
  ':version': '1',
  ':code': 'Busy',
  ':name': 'Phone',
  ':number': '0491570006',
  ':consent_id': '1',
  ':part': '1',
  ':row': '2',
  ':fix': '1',
  ':file': 'leads.ndjson',
}

/** The parts of a request besides the ids in its address. */
interface Given {
  what?: string
  /** Where more is needed than one of the scopes of the route. */
  scopes?: readonly Scope[]
  /** Where it does not follow from the address. */
  foreign?: Row['foreign']
  /** Instead of the address of the route with the ids. */
  path?: string
  query?: (ids: Ids) => string
  body?: (ids: Ids) => unknown
}

const flat = { Phone: '0491570006', njExternalLeadId: 'id-1' }
const target = ({ template_id, campaign_id, allocation_id }: Ids) =>
  `fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`
const insertOrUpdate: Given = { foreign: 'unknown', query: target, body: () => flat }
const ofTemplate: Given = {
  foreign: 'unknown',
  query: ({ template_id }) => `fTemplateId=${template_id}`,
}

const CLASSIC: Record<string, Given> = {
  insertLeadFast: insertOrUpdate,
  insertLead: insertOrUpdate,
  updateLeadFast: insertOrUpdate,
  updateLead: insertOrUpdate,
  getCampaignTemplateList: { foreign: 'hidden' },
  getCampaignList: ofTemplate,
  getAllocationList: { foreign: 'unknown', query: ({ campaign_id }) => `fCampaignId=${campaign_id}` },
  getDispositionList: ofTemplate,
  getFieldList: ofTemplate,
  getFieldDefn: ofTemplate,
  getCallRecordList: {
    foreign: 'unknown',
    query: ({ template_id, campaign_id, allocation_id }) =>
      `fTemplateId=${template_id}&campaignId=${campaign_id}&allocationId=${allocation_id}`,
  },
}

const NAME = 'Taken over'
const mine = { fields: { Name: 'taken over' } }
const list = (list: string, scopes: readonly Scope[], more = {}): Given => ({
  what: list,
  scopes,
  foreign: list === 'campaign' ? 'unknown' : 'no ids',
  body: ({ campaign_id }) => ({
    list,
    phones: ['0491570110'],
    ...more,
    ...(list === 'campaign' ? { campaign_id } : {}),
  }),
})
const removal = { reason: 'taken over' }
const listFile = (name: string, scopes: readonly Scope[]): Given => ({
  what: name,
  scopes,
  foreign: name === 'campaign' ? 'unknown' : 'no ids',
  body: ({ campaign_id }) => ({
    list: name,
    mode: 'add',
    name: 'numbers.csv',
    bytes: 10,
    ...(name === 'campaign' ? { campaign_id } : {}),
  }),
})

const V1: Record<string, Given[]> = {
  'POST /v1/leads': [
    {
      foreign: 'unknown',
      body: ({ allocation_id }) => ({ allocation_id, fields: { Phone: '0491570006' } }),
    },
  ],
  'GET /v1/leads': [
    { query: () => 'q=East+lead' },
    { what: 'a campaign', query: ({ campaign_id }) => `campaign_id=${campaign_id}` },
    { what: 'sorted', query: ({ campaign_id }) => `campaign_id=${campaign_id}&sort=changed` },
  ],
  'PATCH /v1/leads/:id': [{ body: () => mine }],
  'POST /v1/leads/:id/notes': [{ body: () => ({ text: 'Taken over' }) }],
  'POST /v1/leads/:id/consents': [{ body: () => ({ kind: 'express', text: 'Taken over' }) }],
  'PUT /v1/leads/:id/consents/:consent_id/withdrawal': [{ body: () => ({ reason: 'taken over' }) }],
  'POST /v1/leads/:id/merge/preview': [{ body: () => ({ base_version: 1, mine }) }],
  'POST /v1/leads/:id/merge': [{ body: () => ({ base_version: 1, lead_version: 3, mine, decisions: {} }) }],
  'POST /v1/leads/:id/revert': [{ body: () => ({ version: 3, lead_version: 3 }) }],
  'POST /v1/leads/:id/restore': [
    { body: () => ({ merge_id: 999_999, group: 'fields.Name', side: 'mine', lead_version: 3 }) },
  ],
  'PUT /v1/conflicts/:id/resolution': [{ body: () => ({ dismiss: true, reason: 'taken over' }) }],
  'PUT /v1/conflicts/:id/assignment': [{ body: () => ({ operator_id: null, was: null }) }],
  'PUT /v1/conflicts/:id/note': [{ body: () => ({ note: 'taken over' }) }],
  'POST /v1/bulk-decisions/preview': [
    {
      foreign: 'hidden',
      body: ({ campaign_id }) => ({ where: { campaign_id }, decisions: { 'fields.Name': 'mine' } }),
    },
  ],
  'POST /v1/bulk-decisions': [{ body: () => ({ caller: null, groups: null, decisions: {} }) }],
  'POST /v1/bulk-decisions/:id/settlements': [
    { body: ({ conflict_id }) => ({ items: [{ conflict_id, lead_version: 3 }] }) },
  ],
  'POST /v1/conflict-rules': [
    {
      foreign: 'unknown',
      body: ({ template_id }) => ({
        template_id,
        caller: 'key:1',
        groups: ['fields.Name'],
        side: 'mine',
        reason: 'taken over',
      }),
    },
  ],
  // The stream itself is followed elsewhere: an unknown lead is refused before it begins.
  'GET /v1/events': [{ foreign: 'unknown', query: ({ lead_id }) => `topics=lead:${lead_id}` }],
  'GET /v1/exports': [
    { foreign: 'hidden', query: () => 'q=East+lead' },
    { what: 'a campaign', foreign: 'unknown', query: ({ campaign_id }) => `campaign_id=${campaign_id}` },
  ],
  'GET /v1/exports/:file': [
    { foreign: 'hidden', query: () => 'q=East+lead' },
    { what: 'a campaign', foreign: 'unknown', query: ({ campaign_id }) => `campaign_id=${campaign_id}` },
    {
      what: 'an allocation',
      foreign: 'unknown',
      query: ({ allocation_id }) => `allocation_id=${allocation_id}`,
    },
  ],
  'PUT /v1/leads/:id/presence': [{ body: () => ({ editing: true }) }],

  'POST /v1/allocations/:id/leases': [{ body: () => ({ count: 1 }) }],
  'PUT /v1/leases/:id/outcome': [{ body: () => ({ disposition: 'Sale', phone: '0491570006' }) }],
  'PATCH /v1/leases/:id': [{ body: () => ({ lease_s: 600 }) }],

  'POST /v1/dnc': [
    list('private', ['write', 'manage']),
    list('client', ['manage']),
    list('campaign', ['supervise']),
  ],
  'POST /v1/dnc/removals': [
    list('private', ['manage'], removal),
    list('client', ['manage'], removal),
    list('campaign', ['supervise'], removal),
  ],
  'POST /v1/dnc/files': [
    listFile('private', ['manage']),
    listFile('client', ['manage']),
    listFile('campaign', ['supervise']),
  ],
  'PUT /v1/dnc/files/:id/parts/:part': [{ body: () => ({}) }],
  'POST /v1/master-lists': [
    { foreign: 'unknown', body: ({ template_id }) => ({ template_id, name: NAME, bytes: 1_000 }) },
  ],
  'PUT /v1/master-lists/:id/parts/:part': [{ body: () => ({}) }],
  'GET /v1/master-lists': [
    {},
    { what: 'a template', query: ({ template_id }) => `template_id=${template_id}` },
  ],
  'POST /v1/personal-data': [{ body: () => ({ phone: '0491570006' }) }],
  'POST /v1/dnc/check': [
    { foreign: 'unknown', body: ({ campaign_id }) => ({ phones: ['0491570006'], campaign_id }) },
  ],
  'GET /v1/dnc/numbers/:number': [
    { foreign: 'unknown', query: ({ campaign_id }) => `campaign_id=${campaign_id}` },
  ],

  'POST /v1/teams': [{ body: () => ({ name: NAME }) }],
  'PATCH /v1/teams/:id': [{ body: () => ({ name: NAME }) }],
  'POST /v1/templates': [
    {
      foreign: 'unknown',
      body: () => ({
        name: NAME,
        team: 'East',
        contact_hours: 'Australia/Melbourne',
        fields: [{ name: 'Phone', kind: 'phone' }],
      }),
    },
  ],
  'PATCH /v1/templates/:id': [{ body: () => ({ bad_values: 'refuse' }) }],
  'POST /v1/templates/:id/fields': [{ body: () => ({ name: NAME, kind: 'text' }) }],
  'PATCH /v1/templates/:id/fields/:name': [{ body: () => ({ label: NAME }) }],
  'GET /v1/attempt-rules': [{ foreign: 'no ids' }],
  // They limit every team, so callers of one may not change them.
  'PATCH /v1/attempt-rules': [{ foreign: 'no ids', body: () => ({ lead: { gap_s: 60 } }) }],
  'POST /v1/campaigns': [{ foreign: 'unknown', body: ({ template_id }) => ({ template_id, name: NAME }) }],
  'PATCH /v1/campaigns/:id': [{ body: () => ({ name: NAME }) }],
  'POST /v1/allocations': [{ foreign: 'unknown', body: ({ campaign_id }) => ({ campaign_id, name: NAME }) }],
  'PATCH /v1/allocations/:id': [{ body: () => ({ started: false }) }],
  'POST /v1/allocations/:id/moves': [
    { body: ({ allocation_id }) => ({ to_allocation_id: allocation_id + 1, all: true }) },
  ],
  'POST /v1/allocations/:id/callback-shifts': [
    { body: () => ({ from: '2027-01-01T00:00:00Z', to: '2027-01-02T00:00:00Z', minutes: 60 }) },
  ],
  'POST /v1/allocations/:id/fills': [{ body: () => ({}) }],
  'POST /v1/allocations/:id/fills/preview': [{ body: () => ({}) }],
  'POST /v1/bulk-changes': [
    {
      foreign: 'unknown',
      body: ({ campaign_id, allocation_id: to_allocation_id }) => ({
        search: { campaign_id },
        to_allocation_id,
      }),
    },
  ],
  'POST /v1/bulk-change-previews': [
    { foreign: 'unknown', body: ({ lead_id }) => ({ lead_ids: [lead_id], disposition: 'Busy' }) },
  ],
  'POST /v1/allocations/:id/washes': [{ body: () => ({ register: 'au' }) }],
  'POST /v1/washes/:id/answers': [{ body: () => ({ name: 'answer.csv', bytes: 10 }) }],
  'POST /v1/allocations/:id/recycle': [{ body: () => ({ dispositions: ['Busy'] }) }],
  'POST /v1/contact-hours': [{ foreign: 'unknown', body: () => ({ name: NAME, zone: 'UTC', team: 'East' }) }],
  'PATCH /v1/contact-hours/:id': [{ body: () => ({ zone: 'UTC' }) }],
  'POST /v1/disposition-sets': [
    {
      foreign: 'unknown',
      body: ({ disposition_set_id }) => ({ name: NAME, copy_of: disposition_set_id }),
    },
  ],
  'PATCH /v1/disposition-sets/:id': [{ body: () => ({ name: NAME }) }],
  'POST /v1/disposition-sets/:id/dispositions': [{ body: () => ({ code: NAME, kind: 'final' }) }],
  'PATCH /v1/disposition-sets/:id/dispositions/:code': [{ body: () => ({ enabled: false }) }],
  'PUT /v1/disposition-sets/:id/dispositions/:code/actions': [
    { body: () => ({ action_ids: [] }) },
    {
      what: 'an action',
      path: '/v1/disposition-sets/1/dispositions/Busy/actions',
      body: ({ action_id }) => ({ action_ids: [action_id] }),
    },
  ],
  'POST /v1/actions': [
    {
      what: 'a team',
      foreign: 'unknown',
      body: () => ({ name: NAME, team: 'East', kind: 'dnc', config: { list: 'private' } }),
    },
    {
      what: 'an allocation',
      foreign: 'unknown',
      body: ({ allocation_id }) => ({ name: NAME, kind: 'copy', config: { allocation_id } }),
    },
  ],
  'PUT /v1/actions/:id': [{ body: () => ({ name: NAME, kind: 'dnc', config: { list: 'private' } }) }],
  'POST /v1/actions/:id/dry-run': [{ body: ({ lead_id }) => ({ lead_id }) }],
  'GET /v1/action-runs': [{}, { what: 'a lead', query: ({ lead_id }) => `lead_id=${lead_id}` }],
  'POST /v1/pulls': [
    {
      foreign: 'unknown',
      body: ({ allocation_id }) => ({
        allocation_id,
        name: NAME,
        request: { method: 'GET', url: 'https://crm.example/' },
        format: 'json',
        id_key: 'id',
        enabled: false,
      }),
    },
  ],
  'PATCH /v1/pulls/:id': [{ body: () => ({ name: NAME }) }],
  'POST /v1/imports': [
    {
      foreign: 'unknown',
      body: ({ campaign_id, allocation_id }) => ({
        campaign_id,
        allocation_id,
        file_name: NAME,
        file_bytes: 10,
      }),
    },
  ],
  'GET /v1/imports': [{}, { what: 'a campaign', query: ({ campaign_id }) => `campaign_id=${campaign_id}` }],
  'PATCH /v1/imports/:id': [{ body: () => ({ mode: 'update' }) }],
  'PUT /v1/imports/:id/parts/:part': [{ body: () => ({}) }],
  'PUT /v1/imports/:id/reading': [{ body: () => ({}) }],
  'PATCH /v1/imports/:id/rows/:row': [{ body: () => ({ cells: ['taken over'] }) }],
  'POST /v1/imports/:id/fixes': [{ body: () => ({ column: 'Name', find: 'Ann', replace: 'taken over' }) }],
  'GET /v1/imports/:id/fix-previews': [{ query: () => 'column=Name&find=Ann&replace=taken' }],
  'PUT /v1/imports/:id/mapping': [{ body: () => ({ columns: [], constants: [] }) }],

  'POST /v1/session': [{ body: () => ({ login: 'nobody', password: 'no password' }) }],
  'PUT /v1/session/password': [{ body: () => ({ current: 'not this one', new: 'nor that one' }) }],
  'POST /v1/operators': [
    {
      foreign: 'unknown',
      body: () => ({
        login: 'taken-over',
        name: NAME,
        role: 'agent',
        password: 'six tall poplars',
        teams: ['East'],
      }),
    },
  ],
  'PATCH /v1/operators/:id': [{ body: () => ({ name: NAME }) }],
  'PATCH /v1/api-keys/:id': [{ body: () => ({ name: NAME }) }],
  'POST /v1/api-keys/:id/rotation': [{ body: () => ({}) }],
  'POST /v1/api-keys': [
    {
      what: 'a team',
      foreign: 'unknown',
      body: () => ({ name: NAME, scopes: ['read'], teams: ['East'] }),
    },
    {
      what: 'an allocation',
      foreign: 'unknown',
      body: ({ allocation_id }) => ({
        name: NAME,
        scopes: ['insert'],
        teams: ['West'],
        allocation_ids: [allocation_id],
      }),
    },
  ],
}

/** The requests of the contract; a route whose body is not written above has none that would get to its ids. */
export const ROWS: readonly Row[] = CONTRACT.flatMap((route) => {
  const name = `${route.method} ${route.url}`
  const classic = route.tag === 'classic' ? CLASSIC[route.url.split('/').at(-1)!] : undefined
  const given = classic ? [classic] : (V1[name] ?? [{}])
  return given.map((one) => rowOf(name, route, one))
})

function rowOf(name: string, route: Route, { what, scopes, foreign, path, query, body }: Given): Row {
  if (route.tag !== 'classic' && route.schema.body && !body)
    throw new Error(`${name} takes a body: write one into test/support/access-rows.ts`)
  const address = (ids: Ids) => path ?? addressOf(route.url, ids)
  const named = route.url.includes('/:id')
  return {
    route: name,
    what,
    scopes: scopes ?? scopesOf(route),
    foreign: foreign ?? (named ? 'unknown' : isClosedList(route) ? 'hidden' : 'no ids'),
    request: (ids) => ({ path: query ? `${address(ids)}?${query(ids)}` : address(ids), body: body?.(ids) }),
  }
}

function addressOf(url: string, ids: Ids): string {
  const with_id = url.replace(/^(.*?)\/:id/, (_, before: string) => `${before}/${ids[NAMED_BY[before]!]}`)
  return with_id.replace(/:\w+/g, (name) => OTHERS[name]!)
}

/** A caller of another team gets such a list without what is not theirs. */
function isClosedList({ method, scope, open }: Route): boolean {
  return method === 'GET' && scope !== null && scope !== 'session' && !open
}

function scopesOf({ scope, open }: Route): Row['scopes'] {
  if (scope === null || open === 'always') return ['open']
  return scope === 'session' ? ['session'] : scope
}
