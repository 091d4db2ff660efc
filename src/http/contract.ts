// Every route on one screen: method, address, the scopes of which it needs one, what it does.

import type { TSchema } from 'typebox'
import type { Scope } from '../core/access.ts'
import { insertLead, insertLeadFast } from './classic/insert.ts'
import {
  getAllocationList,
  getCallRecordList,
  getCampaignList,
  getCampaignTemplateList,
  getDispositionList,
  getFieldDefn,
  getFieldList,
} from './classic/lists.ts'
import * as c from './classic/schemas.ts'
import { updateLead, updateLeadFast } from './classic/update.ts'
import { Nothing, type Route } from './route.ts'
import { actionRuns } from './v1/action-runs.ts'
import { actions } from './v1/actions.ts'
import * as al from './v1/allocation-schemas.ts'
import * as allocations from './v1/allocations.ts'
import { apiKeys } from './v1/api-keys.ts'
import * as k from './v1/conflict-schemas.ts'
import { getConflict, getConflicts, putResolution } from './v1/conflicts.ts'
import { contactHours } from './v1/contact-hours.ts'
import { dispositionSets } from './v1/disposition-sets.ts'
import { dnc } from './v1/dnc.ts'
import * as ev from './v1/event-schemas.ts'
import * as events from './v1/events.ts'
import * as feed from './v1/feed.ts'
import * as f from './v1/feed-schemas.ts'
import * as w from './v1/lead-edit-schemas.ts'
import * as edits from './v1/lead-edits.ts'
import * as s from './v1/lead-schemas.ts'
import { deleteLead, getLead, getLeadCalls, getLeadHistory } from './v1/leads.ts'
import { operators } from './v1/operators.ts'
import { getLeads } from './v1/search.ts'
import * as se from './v1/search-schemas.ts'
import { session } from './v1/session.ts'
import * as setup from './v1/setup.ts'
import * as t from './v1/setup-schemas.ts'
import * as b from './v1/shapes.ts'
import { healthz, metrics, openapi, Ready, readyz } from './v1/system.ts'

const CLASSIC = '/servicemanager/rest/CampaignAPI'
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
  })

const classic = (
  method: Route['method'],
  name: string,
  scope: Needed,
  summary: string,
  handle: Handle,
  options?: Options,
) => route('classic')(method, `${CLASSIC}/${name}`, scope, summary, handle, options)
const both = (
  name: string,
  scope: Needed,
  summary: string,
  handle: Handle,
  querystring: TSchema,
  response: TSchema = c.Entities,
) => {
  const options = { schema: { querystring, response: { 200: response } } }
  return [
    classic('GET', name, scope, summary, handle, options),
    classic('POST', name, scope, summary, handle, options),
  ]
}
const takes = (querystring: TSchema, body: TSchema) => ({
  gated: true as const,
  schema: { querystring, body, response: { 200: c.Answer } },
})
const LISTS = ['insert', 'read', 'dial'] as const
/** Whoever updates must know them, too. */
const SETS = [...LISTS, 'write'] as const
const [leads, dialling] = [route('leads'), route('dialling')]
const [set_up, system] = [route('set-up'), route('system')]

const query = (querystring: TSchema, response: TSchema) => ({
  schema: { querystring, response: { 200: response } },
})
const one = (params: TSchema, response: TSchema) => ({ schema: { params, response: { 200: response } } })
const make = (body: TSchema, response: TSchema, status = 201) => ({
  schema: { body, response: { [status]: response } },
})
const part = (params: TSchema, querystring: TSchema, response: TSchema) => ({
  schema: { params, querystring, response: { 200: response } },
})
const edit = (params: TSchema, body: TSchema, response: TSchema, status = 200) => ({
  schema: { params, body, response: { [status]: response } },
})
/** Values of leads are in it, which may be mended. */
const mended = (params: TSchema, body: TSchema, response: TSchema) => ({
  schema: { params, querystring: w.BadValueQuery, body, response: { 200: response } },
})
const end = (params: TSchema) => ({ schema: { params, response: { 204: Nothing } } })

// biome-ignore format: a route is a line
export const CONTRACT: readonly Route[] = [
  classic('POST', 'insertLeadFast', 'insert', 'Insert a lead', insertLeadFast, takes(c.InsertQuery, c.LeadBody)),
  classic('POST', 'updateLeadFast', 'write', 'Update a lead', updateLeadFast, takes(c.UpdateQuery, c.LeadBody)),
  classic('POST', 'insertLead', 'insert', 'Insert one or many leads (old text form)', insertLead, { ...takes(c.InsertQuery, c.LeadsBody), many: true }),
  classic('POST', 'updateLead', 'write', 'Update one or many leads (old text form)', updateLead, { ...takes(c.UpdateQuery, c.LeadsBody), many: true }),
  ...both('getCampaignTemplateList', LISTS, 'Templates', getCampaignTemplateList, c.KeyQuery),
  ...both('getCampaignList', LISTS, 'Campaigns of a template', getCampaignList, c.TemplateQuery),
  ...both('getAllocationList', LISTS, 'Allocations of a campaign', getAllocationList, c.AllocationsQuery),
  ...both('getDispositionList', SETS, 'Dispositions of a template', getDispositionList, c.TemplateQuery),
  ...both('getFieldList', SETS, 'Fields of a template', getFieldList, c.TemplateQuery),
  ...both('getFieldDefn', SETS, 'Fields of a template as a form builder takes them', getFieldDefn, c.TemplateQuery, c.FieldDefinitions),
  ...both('getCallRecordList', 'read', 'Calls of a campaign or an allocation, newest first', getCallRecordList, c.CallsQuery, c.CallRecords),

  leads('POST', '/v1/leads', 'insert', 'Insert a lead', edits.postLead, { schema: { querystring: w.BadValueQuery, body: w.NewLead, response: { 201: s.Lead } }, gated: true }),
  leads('GET', '/v1/leads', 'read', 'Search leads', getLeads, { ...query(se.SearchQuery, se.FoundLeads), apart: true }),
  leads('GET', '/v1/leads/:id', 'read', 'A lead', getLead, one(b.LeadParams, s.Lead)),
  leads('PATCH', '/v1/leads/:id', 'write', 'Change a lead', edits.patchLead, { schema: { params: b.LeadParams, querystring: w.PatchQuery, headers: w.PatchHeaders, body: w.LeadPatch, response: { 200: w.ChangedLead, 202: w.HeldChange } }, gated: true }),
  leads('DELETE', '/v1/leads/:id', 'supervise', 'Forget a lead', deleteLead, end(b.LeadParams)),
  leads('GET', '/v1/leads/:id/history', 'read', 'What changed, when, by whom', getLeadHistory, part(b.LeadParams, b.PageQuery, b.pageOf(s.Event))),
  leads('GET', '/v1/leads/:id/calls', 'read', 'Call records of a lead', getLeadCalls, part(b.LeadParams, b.PageQuery, b.pageOf(s.CallRecord))),
  leads('GET', '/v1/leads/:id/versions/:version', 'read', 'A lead as it was', edits.getVersion, one(w.VersionParams, w.LeadVersion)),
  leads('POST', '/v1/leads/:id/merge/preview', 'read', 'What a change would meet; writes nothing', edits.postPreview, { ...mended(b.LeadParams, w.PreviewRequest, k.ConflictDocument), repeatable: true }),
  leads('POST', '/v1/leads/:id/merge', 'write', 'Save a change together with what others did, as decided', edits.postMerge, { ...mended(b.LeadParams, w.MergeRequest, s.Lead), gated: true }),
  leads('POST', '/v1/leads/:id/revert', 'write', 'Undo a change', edits.postRevert, { ...edit(b.LeadParams, w.RevertRequest, s.Lead), gated: true }),
  leads('GET', '/v1/conflicts', 'read', 'Held updates (code 110)', getConflicts, query(k.ConflictQuery, b.pageOf(k.Conflict))),
  leads('GET', '/v1/conflicts/:id', 'read', 'A held update with its three sides', getConflict, one(b.ConflictParams, k.Conflict)),
  leads('PUT', '/v1/conflicts/:id/resolution', 'supervise', 'Settle a held update', putResolution, { ...edit(b.ConflictParams, k.Resolution, k.Settled), repeatable: false }),

  leads('GET', '/v1/events', 'read', 'Follow what happens (server-sent events)', events.getEvents, { ...query(ev.EventsQuery, ev.EventStream), background: true, streams: true }),
  leads('PUT', '/v1/leads/:id/presence', 'session', 'Say that you have a lead open', events.putPresence, { ...edit(b.LeadParams, ev.Presence, Nothing, 204), background: true }),
  leads('DELETE', '/v1/leads/:id/presence', 'session', 'Say that you have left it', events.deletePresence, { ...end(b.LeadParams), background: true }),

  dialling('POST', '/v1/allocations/:id/leases', 'dial', 'Take the next leads to call', feed.postLeases, edit(b.IdParams, f.LeaseRequest, f.Leases)),
  dialling('PUT', '/v1/leases/:id/outcome', 'dial', 'Report what a call came to', feed.putOutcome, mended(f.LeaseParams, f.Report, f.Reported)),
  dialling('PATCH', '/v1/leases/:id', 'dial', 'Keep a lead for longer', feed.patchLease, { ...edit(f.LeaseParams, f.LeasePatch, f.Extended), repeatable: true }),
  dialling('DELETE', '/v1/leases/:id', 'dial', 'Hand a lead back without a call', feed.deleteLease, end(f.LeaseParams)),
  dialling('GET', '/v1/allocations/:id/queue', ['dial', 'read'], 'What comes next, or why a lead does not', feed.getQueue, part(b.IdParams, f.QueueQuery, f.Queue)),

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

  system('GET', '/healthz', null, 'The process is alive', healthz),
  system('GET', '/readyz', null, 'It can take leads, or why not', readyz, { schema: { response: { 200: Ready } } }),
  system('GET', '/metrics', null, 'Prometheus metrics', metrics),
  system('GET', '/openapi.json', null, 'This description', openapi),
]
