// Every route of the server. docs/generated/routes.md shows them as a table.

import type { TSchema } from 'typebox'
import type { Scope } from '../core/access.ts'
import { inserts } from './classic/insert.ts'
import { lists } from './classic/lists.ts'
import { updates } from './classic/update.ts'
import type { Route } from './route.ts'
import { actionRuns } from './v1/action-runs.ts'
import { actions } from './v1/actions.ts'
import * as al from './v1/allocation-schemas.ts'
import * as allocations from './v1/allocations.ts'
import { apiKeys } from './v1/api-keys.ts'
import { conflicts } from './v1/conflicts.ts'
import { contactHours } from './v1/contact-hours.ts'
import { dispositionSets } from './v1/disposition-sets.ts'
import { dnc } from './v1/dnc.ts'
import { events } from './v1/events.ts'
import { feed } from './v1/feed.ts'
import { leadEdits } from './v1/lead-edits.ts'
import { leadMerges } from './v1/lead-merges.ts'
import { leads } from './v1/leads.ts'
import { operators } from './v1/operators.ts'
import { search } from './v1/search.ts'
import { session } from './v1/session.ts'
import * as setup from './v1/setup.ts'
import * as t from './v1/setup-schemas.ts'
import * as b from './v1/shapes.ts'
import { system } from './v1/system.ts'

/** One scope is written by itself. */
type Needed = Scope | Route['scope']
type Handle = Route['handle']
type Options = Partial<
  Pick<Route, 'gated' | 'many' | 'streams' | 'apart' | 'schema' | 'open' | 'background' | 'repeatable'>
>

const route =
  (tag: string) =>
  (
    method: Route['method'],
    url: string,
    scope: Needed,
    summary: string,
    handle: Handle,
    options: Options = {},
  ): Route => ({
    method,
    url,
    scope: typeof scope === 'string' && scope !== 'session' ? [scope] : scope,
    summary,
    handle,
    tag,
    ...options,
    schema: options.schema ?? {},
  })

const set_up = route('set-up')

const query = (querystring: TSchema, response: TSchema) => ({
  schema: { querystring, response: { 200: response } },
})
const one = (params: TSchema, response: TSchema) => ({ schema: { params, response: { 200: response } } })
const make = (body: TSchema, response: TSchema, status = 201) => ({
  schema: { body, response: { [status]: response } },
})
const edit = (params: TSchema, body: TSchema, response: TSchema, status = 200) => ({
  schema: { params, body, response: { [status]: response } },
})

// biome-ignore format: a route is a line
export const CONTRACT: readonly Route[] = [
  ...inserts,
  ...updates,
  ...lists,

  ...leadEdits,
  ...search,
  ...leads,
  ...leadMerges,
  ...conflicts,
  ...events,
  ...feed,

  ...dnc,

  set_up('GET', '/v1/templates', b.LOOKS, 'Templates with their fields', setup.getTemplates, query(b.PageQuery, b.pageOf(t.Template))),
  set_up('POST', '/v1/templates', 'manage', 'Create a template', setup.postTemplate, make(t.NewTemplate, t.Template)),
  set_up('GET', '/v1/templates/:id', b.LOOKS, 'A template', setup.getTemplate, one(b.IdParams, t.Template)),
  set_up('PATCH', '/v1/templates/:id', 'manage', 'Change the rules of a template', setup.patchTemplate, { ...edit(b.IdParams, t.TemplatePatch, t.Template), repeatable: true }),
  set_up('GET', '/v1/campaigns', b.LOOKS, 'Campaigns', setup.getCampaigns, query(t.CampaignQuery, b.pageOf(t.Campaign))),
  set_up('POST', '/v1/campaigns', 'manage', 'Create a campaign', setup.postCampaign, make(t.NewCampaign, t.Campaign)),
  set_up('GET', '/v1/campaigns/:id', b.LOOKS, 'A campaign', setup.getCampaign, one(b.IdParams, t.Campaign)),
  set_up('GET', '/v1/allocations', b.LOOKS, 'Allocations', allocations.getAllocations, query(al.AllocationQuery, b.pageOf(al.Allocation))),
  set_up('POST', '/v1/allocations', 'manage', 'Create an allocation', allocations.postAllocation, make(al.NewAllocation, al.Allocation)),
  set_up('GET', '/v1/allocations/:id', b.LOOKS, 'An allocation', allocations.getAllocation, one(b.IdParams, al.Allocation)),
  set_up('PATCH', '/v1/allocations/:id', 'manage', 'Start or stop an allocation', allocations.patchAllocation, { ...edit(b.IdParams, al.AllocationPatch, al.CountedAllocation), repeatable: true }),
  ...contactHours,
  set_up('GET', '/v1/allocations/:id/counts', ['read', 'supervise', 'manage'], 'What stands in an allocation', allocations.getCounts, one(b.IdParams, al.Counts)),
  set_up('POST', '/v1/allocations/:id/moves', 'supervise', 'Move leads to another allocation', allocations.postMoves, { ...edit(b.IdParams, al.Move, al.Moved), repeatable: true }),
  set_up('POST', '/v1/allocations/:id/recycle', 'supervise', 'Take closed leads up again', allocations.postRecycle, { ...edit(b.IdParams, al.Recycle, al.Recycled), repeatable: true }),

  ...dispositionSets,

  ...actions,
  ...actionRuns,

  ...session,
  ...operators,
  ...apiKeys,

  ...system,
]
