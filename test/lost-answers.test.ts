// No answer denies a commit. Every route that writes, with the connection to the database cut twice: in the
// commit, where nobody can tell, and behind it, where the answer must not say that nothing was written.

import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import type { DncFile, MasterList } from '../src/client/api.ts'
import type { Answer, Problem } from '../src/client/client.ts'
import { fixImportRows, importFixes, undoImportFix } from '../src/client/import-fixes.ts'
import { deleteMasterList, postMasterList, putMasterListPart } from '../src/client/master-lists.ts'
import { CONTRACT } from '../src/http/contract.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { PASSWORD } from './support/operator.ts'
import { cloneDatabase, admin as database, dropDatabase } from './support/postgres.ts'
import { until } from './support/until.ts'
import { errorResponse, NO_ROWS, wireTo } from './support/wire.ts'

const home = await cloneDatabase(inject('servers')[0]!.connection)
afterAll(() => dropDatabase(home))
const wire = await wireTo(home)
afterAll(() => wire.close())
const leadline = await startLeadline({ connection: wire.connection })
const { client, target } = leadline
const { template_id, campaign_id, allocation_id } = target
const admin = await leadline.asOperator('admin')

afterEach(async () => {
  wire.fate = () => undefined
  wire.committed = () => undefined
  expect(await checkDatabase(home)).toEqual([])
})

/** The transaction that has these statements is done, and its commit is not answered. */
function cutInCommit(deed: readonly string[]) {
  wire.fate = (statement, before) => {
    const all = [...before, statement]
    const commits = before.includes('begin') ? statement === 'commit' : true
    return commits && all.some((name) => deed.includes(name))
      ? { answer: Buffer.alloc(0), after: 'cut' }
      : undefined
  }
}

/** From the moment that a transaction with these statements is answered, the database is away. */
function cutBehindCommit(deed: readonly string[]): () => boolean {
  let away = false
  wire.committed = (statements) => {
    away ||= statements.some((name) => deed.includes(name))
  }
  wire.fate = () => (away ? 'cut' : undefined)
  return () => away
}

interface Scene {
  /** The statements that do it: one of them is in the transaction that counts. */
  deed: string[]
  send: () => Promise<Answer>
  /** The answer when nothing can be read after the commit. */
  certain?: object | ''
  /** More is to be done behind the first commit, so that without the database nobody knows how it ends. */
  goes_on?: object
}

let names = 0
const fresh = (what: string) => `${what} ${++names}`

async function newLead() {
  const FirstPhone = mobile()
  const made = await client.insertLeadFast(target, { FirstPhone, Name: 'Ana', njExternalLeadId: FirstPhone })
  const id = made.lead_id!
  const key = { campaign_id, id }
  return { id, FirstPhone, key, external_id: FirstPhone }
}

const classic = (call: string, body: object, query: object = {}) =>
  client.request('POST', `/servicemanager/rest/CampaignAPI/${call}`, {
    query: {
      fTemplateId: template_id,
      fCampaignId: campaign_id,
      fAllocationId: allocation_id,
      ...query,
    },
    body,
  })

const patch = (id: string, body: object, version = 1, query: Record<string, string> = {}) =>
  client.request('PATCH', `/v1/leads/${id}`, { body, query, headers: { 'If-Match': `"v${version}"` } })

async function made<Body>(path: string, body: object): Promise<Body> {
  const answer = await client.post<Body>(path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

const allocation = () =>
  made<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: fresh('Allocation') })

const action = () => ({
  name: fresh('Action'),
  kind: 'url',
  config: { method: 'GET', url: 'https://crm.example/' },
})

const newPull = () => ({
  allocation_id,
  name: fresh('Pull'),
  request: { method: 'GET', url: 'https://crm.example/' },
  format: 'json',
  id_key: 'id',
  enabled: false,
})
const { uploaded, mapped, inState } = importsOf(leadline)

/** A bulk change that has changed nothing, and that no job has begun. */
async function bulkChangeWithoutJob(state: 'running' | 'done'): Promise<number> {
  const { rows } = await database(
    home,
    `insert into bulk_changes (campaign_id, kind, change, state, choice, place, leads, exact, actor, way,
       request_id, finished_at)
     values (${campaign_id}, 'move', '{"kind": "move", "to_allocation_id": ${allocation_id}}', '${state}',
       ${state === 'running' ? "'{}'" : 'null'}, 0, 0, true, 'key:1', 'v1', 'r',
       ${state === 'running' ? 'null' : 'now()'})
     returning bulk_change_id`,
  )
  return rows[0].bulk_change_id
}
const leadFile = (rows = 1) => ['FirstPhone', ...Array.from({ length: rows }, mobile)].join('\n')
const mappedImport = async (rows?: number) => (await mapped(leadFile(rows))).import_id
/** One that is at work for a while. */
const ROWS_OF_A_WHILE = 20_000

const pull = async () => (await made<{ pull_id: number }>('/v1/pulls', newPull())).pull_id

const dispositionSet = () =>
  made<{ disposition_set_id: number }>('/v1/disposition-sets', { name: fresh('Set'), copy_of: 1 })
const template = async () => {
  const { template_id: id } = await made<{ template_id: number }>('/v1/templates', {
    name: fresh('Template'),
    contact_hours: 'Australia/Melbourne',
    fields: [{ name: 'Mobile', kind: 'phone' }],
  })
  return id
}

async function disposition() {
  const code = fresh('Outcome')
  await client.post('/v1/disposition-sets/1/dispositions', { code, kind: 'retry' })
  return { code, path: `/v1/disposition-sets/1/dispositions/${encodeURIComponent(code)}` }
}

/** A lead in the hands of a dialler, whatever the time of the machine: New Zealand has no law here. */
const dialled = await (async () => {
  await made('/v1/contact-hours', { name: 'Always', zone: 'Pacific/Auckland' })
  const template = await made<{ template_id: number }>('/v1/templates', {
    name: 'Dialled',
    region: 'NZ',
    contact_hours: 'Always',
    fields: [{ name: 'Phone', kind: 'phone' }],
  })
  const campaign = await made<{ campaign_id: number }>('/v1/campaigns', {
    template_id: template.template_id,
    name: 'one',
  })
  let line = 64_274_200_000
  return async () => {
    const { allocation_id: at } = await made<{ allocation_id: number }>('/v1/allocations', {
      campaign_id: campaign.campaign_id,
      name: fresh('Allocation'),
      started: true,
    })
    const phone = `+${++line}`
    const ids = { template_id: template.template_id, campaign_id: campaign.campaign_id, allocation_id: at }
    expect(await client.insertLeadFast(ids, { Phone: phone })).toMatchObject({ code: 0 })
    return { at, phone, take: () => client.post<Leases>(`/v1/allocations/${at}/leases`, {}) }
  }
})()

interface Leases {
  items: { lease_id: string }[]
}

async function leased() {
  const { take, phone } = await dialled()
  const { body } = await take()
  return { lease: `/v1/leases/${body.items[0]!.lease_id}`, phone }
}

/** A change that clashed and waits for a person. */
async function held() {
  const { id } = await newLead()
  await patch(id, { fields: { Name: 'Ana Silva' } })
  const answer = await patch(id, { fields: { Name: 'Ana Costa' } }, 1, { on_conflict: 'hold' })
  return { id, conflict_id: (answer.body as { conflict_id: number }).conflict_id }
}

/** A decision for many that fits one held update. */
async function bulk() {
  const { conflict_id } = await held()
  const made = await client.makeBulkDecision({
    caller: null,
    groups: null,
    decisions: { 'fields.Name': 'theirs' },
  })
  const { bulk_id } = made.body as { bulk_id: number }
  return { conflict_id, bulk_id, items: [{ conflict_id, lead_version: 2 }] }
}

const RULE = { template_id, caller: 'key:1', groups: ['fields.Name'], side: 'theirs', reason: 'old' } as const

/** A rule made after two updates were held, so that both are still open. */
async function rule() {
  await held()
  await held()
  const made = await client.createConflictRule({ ...RULE, groups: [...RULE.groups] })
  return made.body as { rule_id: number }
}

async function failedRun() {
  const { code, path } = await disposition()
  const { action_id } = await made<{ action_id: number }>('/v1/actions', {
    name: fresh('Action'),
    kind: 'email',
    config: { to: '${Email}', subject: 's', text: 't' },
  })
  await client.put(`${path}/actions`, { action_ids: [action_id] })
  const { id } = await newLead()
  await patch(id, { disposition: code })
  let run_id: number | undefined
  await until('the run has failed', async () => {
    const runs = await client.get<{ items: { run_id: number; state: string }[] }>('/v1/action-runs', {
      lead_id: id,
    })
    run_id = runs.body.items[0]?.run_id
    return runs.body.items[0]?.state === 'failed'
  })
  return run_id!
}

const INSERT = ['leads.insertBatch', 'leads.insertBatchWithOutcomes']
const UPDATE = ['leads.updateBatch', 'leads.updateBatchWithReports', 'leads.updateTexts']
const NOTHING = ''

/** A file of one number that is not sent yet. */
/** One that awaits its answer. */
async function newWash(): Promise<number> {
  const { allocation_id: at } = await allocation()
  const { rows } = await database(
    home,
    `insert into washes (allocation_id, campaign_id, register, valid_days, starts, state, actor, request_id,
       asked_at, valid_until)
     select allocation_id, campaign_id, 'au', 30, false, 'asked', 'key:1', 'r', now(), now() + interval '30 days'
     from allocations where allocation_id = ${at} returning wash_id`,
  )
  return rows[0].wash_id
}

async function newFile(): Promise<DncFile> {
  const { body } = await client.createDncFile({
    list: 'private',
    mode: 'add',
    name: 'numbers.csv',
    bytes: 10,
  })
  return body as DncFile
}

/** A list that is not sent yet. */
async function newMasterList(): Promise<MasterList> {
  const { body } = await postMasterList(client, { template_id, name: 'customers.csv', bytes: 10 })
  return body as MasterList
}

const SCENES: Record<string, () => Promise<Scene>> = {
  // First, because it waits for a job: some of the others cut the jobs of callbacks, and the job queue recovers from that later.
  'POST /v1/action-runs/:id/rerun': async () => {
    const run_id = await failedRun()
    return {
      deed: ['actionRuns.repeat'],
      send: () => client.post(`/v1/action-runs/${run_id}/rerun`, {}),
      certain: { parent_run_id: run_id },
    }
  },

  'POST /servicemanager/rest/CampaignAPI/insertLeadFast': async () => ({
    deed: INSERT,
    send: () => classic('insertLeadFast', { FirstPhone: mobile() }),
    certain: { code: 0, message: 'OK' },
  }),
  'POST /servicemanager/rest/CampaignAPI/insertLead': async () => ({
    deed: INSERT,
    send: () => classic('insertLead', { FirstPhone: mobile() }),
    certain: { code: 0 },
  }),
  'POST /servicemanager/rest/CampaignAPI/updateLeadFast': async () => {
    const { external_id } = await newLead()
    const change = { FirstPhone: '<NO CHANGE>', njDisposition: 'Busy', njExternalLeadId: external_id }
    return {
      deed: UPDATE,
      send: () => classic('updateLeadFast', change),
      certain: { code: 0, message: 'OK' },
    }
  },
  'POST /servicemanager/rest/CampaignAPI/updateLead': async () => {
    const { external_id } = await newLead()
    const change = { FirstPhone: mobile(), njDisposition: 'Busy', njExternalLeadId: external_id }
    return { deed: UPDATE, send: () => classic('updateLead', change), certain: { code: 0 } }
  },

  'POST /v1/leads': async () => ({
    deed: INSERT,
    send: () => client.createLead({ allocation_id, fields: { FirstPhone: mobile() } }),
    certain: { id: expect.stringMatching(/^1-\d+$/), campaign_id, version: 1 },
  }),
  'PATCH /v1/leads/:id': async () => {
    const { id, key } = await newLead()
    return {
      deed: UPDATE,
      send: () => patch(id, { disposition: 'Busy' }),
      certain: { ...key, version: 2 },
    }
  },
  'POST /v1/leads/:id/notes': async () => {
    const { id } = await newLead()
    return {
      deed: ['notes.add'],
      send: () => client.addNote(id, { text: 'Asks for Tuesday' }),
      certain: { lead_id: id, text: 'Asks for Tuesday' },
    }
  },
  'POST /v1/leads/:id/consents': async () => {
    const { id } = await newLead()
    return {
      deed: ['consents.add'],
      send: () => client.addConsent(id, { kind: 'express', text: 'You may call me' }),
      certain: { lead_id: id, counts: true },
    }
  },
  'PUT /v1/leads/:id/consents/:consent_id/withdrawal': async () => {
    const { id } = await newLead()
    const { consent_id } = await made<{ consent_id: number }>(`/v1/leads/${id}/consents`, {
      kind: 'express',
      text: 'You may call me',
    })
    return {
      deed: ['consents.withdraw'],
      send: () => client.withdrawConsent(id, consent_id, {}),
      certain: { consent_id, counts: false },
    }
  },
  'DELETE /v1/leads/:id': async () => {
    const { id } = await newLead()
    return { deed: ['leads.forget'], send: () => client.delete(`/v1/leads/${id}`), certain: NOTHING }
  },
  'POST /v1/leads/:id/merge': async () => {
    const { id, key } = await newLead()
    await patch(id, { fields: { Name: 'Ana Silva' } })
    const merge = {
      base_version: 1,
      lead_version: 2,
      mine: { fields: { Name: 'Ana Costa' } },
      decisions: { 'fields.Name': { take: 'mine' as const } },
    }
    return {
      deed: UPDATE,
      send: () => client.mergeLead(id, merge),
      certain: { ...key, version: 3 },
    }
  },
  'POST /v1/leads/:id/revert': async () => {
    const { id, key } = await newLead()
    await patch(id, { fields: { Name: 'Ana Silva' } })
    return {
      deed: UPDATE,
      send: () => client.revertLead(id, { version: 2, lead_version: 2 }),
      certain: { ...key, version: 3 },
    }
  },
  'POST /v1/leads/:id/restore': async () => {
    const { id, key } = await newLead()
    await patch(id, { fields: { Name: 'Ana Silva' } })
    const [base_version, lead_version] = [1, 2]
    const mine = { fields: { Name: 'Ana Costa' } }
    const decisions = { 'fields.Name': { take: 'theirs' as const } }
    await client.mergeLead(id, { base_version, lead_version, mine, decisions })
    const history = await client.leadHistory(id)
    const merge_id = (history.ok && history.body.items[1]?.set_aside[0]?.merge_id) || 0
    return {
      deed: UPDATE,
      send: () => client.restoreValues(id, { merge_id, group: 'fields.Name', side: 'mine', lead_version }),
      certain: { ...key, version: 3 },
    }
  },
  'PUT /v1/conflicts/:id/resolution': async () => {
    const { id, conflict_id } = await held()
    const decisions = { 'fields.Name': { take: 'mine' as const } }
    return {
      deed: ['heldUpdates.settle'],
      send: () => client.settleConflict(conflict_id, { lead_version: 2, decisions }),
      certain: { lead_id: id, version: 3 },
    }
  },

  'DELETE /v1/conflicts/:id/resolution': async () => {
    const { id, conflict_id } = await held()
    await client.settleConflict(conflict_id, { dismiss: true, reason: 'old' })
    return {
      deed: ['heldUpdates.reopen'],
      send: () => client.reopenConflict(conflict_id),
      certain: { lead_id: id, version: 2, state: 'open' },
    }
  },
  'DELETE /v1/conflicts/:id': async () => {
    const { conflict_id } = await held()
    return {
      deed: ['heldUpdates.settle'],
      send: () => client.takeBackConflict(conflict_id),
      certain: NOTHING,
    }
  },
  'PUT /v1/conflicts/:id/assignment': async () => {
    const { conflict_id } = await held()
    const { operator_id } = admin.operator
    return {
      deed: ['heldUpdates.assign'],
      send: () => client.assignConflict(conflict_id, { operator_id, was: null, note: 'she knows' }),
      certain: { assigned_to: operator_id },
    }
  },
  'PUT /v1/conflicts/:id/note': async () => {
    const { conflict_id } = await held()
    return {
      deed: ['heldUpdates.note'],
      send: () => client.noteConflict(conflict_id, { note: 'she said so' }),
      certain: NOTHING,
    }
  },
  'POST /v1/bulk-decisions': async () => ({
    deed: ['bulkDecisions.make'],
    send: () => client.makeBulkDecision({ caller: null, groups: null, decisions: {} }),
    certain: { bulk_id: expect.any(Number) },
  }),
  'POST /v1/bulk-decisions/:id/settlements': async () => {
    const { conflict_id, bulk_id, items } = await bulk()
    return {
      deed: ['heldUpdates.settle'],
      send: () => client.settleConflicts(bulk_id, { items }),
      certain: { settled: [conflict_id], left: [] },
    }
  },
  'DELETE /v1/bulk-decisions/:id/settlements': async () => {
    const { bulk_id, items } = await bulk()
    await client.settleConflicts(bulk_id, { items })
    return {
      deed: ['heldUpdates.reopen'],
      send: () => client.undoBulkDecision(bulk_id),
      certain: { undone: 1, left: [] },
    }
  },
  'POST /v1/conflict-rules': async () => {
    await held()
    return {
      deed: ['conflictRules.make'],
      send: () => client.createConflictRule({ ...RULE, groups: [...RULE.groups] }),
      certain: { groups: RULE.groups, in_force: true },
    }
  },
  'DELETE /v1/conflict-rules/:id': async () => {
    const { rule_id } = await rule()
    return {
      deed: ['conflictRules.revoke'],
      send: () => client.revokeConflictRule(rule_id),
      certain: { rule_id, in_force: false },
    }
  },
  'POST /v1/conflict-rules/:id/settlements': async () => {
    const { rule_id } = await rule()
    return {
      deed: ['heldUpdates.settle'],
      send: () => client.applyConflictRule(rule_id),
      goes_on: {},
    }
  },

  'POST /v1/allocations/:id/leases': async () => {
    const { take, phone } = await dialled()
    return {
      deed: ['queue.take'],
      send: take,
      certain: { items: [{ lead: { phones: [{ number: phone }] } }] },
    }
  },
  'PUT /v1/leases/:id/outcome': async () => {
    const { lease, phone } = await leased()
    return {
      deed: UPDATE,
      send: () => client.put(`${lease}/outcome`, { disposition: 'Sale', phone }),
      certain: { applied: true, version: 2 },
    }
  },
  'PATCH /v1/leases/:id': async () => {
    const { lease } = await leased()
    return {
      deed: ['queue.extend'],
      send: () => client.patch(lease, { lease_s: 300 }),
      certain: { expires_at: expect.any(String) },
    }
  },
  'DELETE /v1/leases/:id': async () => {
    const { lease } = await leased()
    return { deed: ['queue.return'], send: () => client.delete(lease), certain: NOTHING }
  },

  'POST /v1/dnc': async () => ({
    deed: ['dnc.add'],
    send: () => client.post('/v1/dnc', { list: 'private', phones: [mobile()] }),
    certain: { added: 1 },
  }),
  'POST /v1/dnc/removals': async () => {
    const phones = [mobile()]
    await client.post('/v1/dnc', { list: 'private', phones })
    return {
      deed: ['dnc.remove'],
      send: () => client.post('/v1/dnc/removals', { list: 'private', phones, reason: 'asked us back' }),
      certain: { removed: 1 },
    }
  },

  'POST /v1/teams': async () => {
    const name = fresh('Team')
    return { deed: ['teams.create'], send: () => client.createTeam({ name }), certain: { name, version: 1 } }
  },
  'PATCH /v1/teams/:id': async () => {
    const { team_id: id } = await made<{ team_id: number }>('/v1/teams', { name: fresh('Team') })
    const change = { name: fresh('Team') }
    return {
      deed: ['teams.rename'],
      send: () => client.changeTeam(id, change, {}, 1),
      certain: { ...change, version: 2 },
    }
  },
  'DELETE /v1/teams/:id': async () => {
    const { team_id: id } = await made<{ team_id: number }>('/v1/teams', { name: fresh('Team') })
    return { deed: ['teams.remove'], send: () => client.deleteTeam(id), certain: NOTHING }
  },

  'POST /v1/templates': async () => {
    const template = {
      name: fresh('Template'),
      region: 'AU',
      contact_hours: 'Australia/Melbourne',
      fields: [{ name: 'Mobile', kind: 'phone' }],
    }
    return {
      deed: ['templates.create'],
      send: () => client.post('/v1/templates', template),
      certain: { name: template.name, fields: [{ name: 'Mobile' }] },
    }
  },
  'PATCH /v1/templates/:id': async () => {
    const id = await template()
    const change = { bad_values: 'refuse' } as const
    return {
      deed: ['templates.change'],
      send: () => client.changeTemplate(id, change, {}, 1),
      certain: { ...change, version: 2 },
    }
  },
  'PATCH /v1/attempt-rules': async () => {
    const change = { lead: { gap_s: ++names } }
    return {
      deed: ['attemptRules.write'],
      send: () => client.changeAttemptRules(change),
      certain: change,
    }
  },
  'POST /v1/templates/:id/fields': async () => {
    const id = await template()
    const field = { name: 'City', kind: 'text' } as const
    return {
      deed: ['fields.add'],
      send: () => client.addField(id, field, {}, 1),
      certain: { fields: [{ name: 'Mobile' }, field], version: 2 },
    }
  },
  'PATCH /v1/templates/:id/fields/:name': async () => {
    const id = await template()
    return {
      deed: ['fields.change'],
      send: () => client.changeField(id, 'Mobile', { label: 'Her mobile' }, {}, 1),
      certain: { fields: [{ name: 'Mobile', label: 'Her mobile' }], version: 2 },
    }
  },
  'DELETE /v1/templates/:id': async () => {
    const { template_id: id } = await made<{ template_id: number }>('/v1/templates', {
      name: fresh('Template'),
      contact_hours: 'Australia/Melbourne',
      fields: [{ name: 'Mobile', kind: 'phone' }],
    })
    return { deed: ['templates.remove'], send: () => client.deleteTemplate(id), certain: NOTHING }
  },
  'POST /v1/campaigns': async () => {
    const campaign = { template_id, name: fresh('Campaign') }
    return {
      deed: ['campaigns.create'],
      send: () => client.post('/v1/campaigns', campaign),
      certain: { ...campaign, campaign_id: expect.any(Number) },
    }
  },
  'PATCH /v1/campaigns/:id': async () => {
    const name = fresh('Campaign')
    const { campaign_id: id } = await made<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
    const change = { name: fresh('Campaign') }
    return {
      deed: ['campaigns.change'],
      send: () => client.changeCampaign(id, change, {}, 1),
      certain: { ...change, version: 2 },
    }
  },
  'DELETE /v1/campaigns/:id': async () => {
    const { campaign_id: id } = await made<{ campaign_id: number }>('/v1/campaigns', {
      template_id,
      name: fresh('Campaign'),
    })
    return { deed: ['campaigns.remove'], send: () => client.deleteCampaign(id), certain: NOTHING }
  },
  'POST /v1/allocations': async () => {
    const one = { campaign_id, name: fresh('Allocation') }
    return {
      deed: ['allocations.create'],
      send: () => client.post('/v1/allocations', one),
      certain: { ...one, allocation_id: expect.any(Number) },
    }
  },
  'PATCH /v1/allocations/:id': async () => {
    const { allocation_id: at } = await allocation()
    return {
      deed: ['allocations.change'],
      send: () => client.patch(`/v1/allocations/${at}`, { started: true }),
      certain: { allocation_id: at, started: true },
    }
  },
  'DELETE /v1/allocations/:id': async () => {
    const { allocation_id: at } = await allocation()
    return { deed: ['allocations.remove'], send: () => client.deleteAllocation(at), certain: NOTHING }
  },
  'POST /v1/allocations/:id/moves': async () => {
    const { id } = await newLead()
    const { allocation_id: to_allocation_id } = await allocation()
    return {
      deed: ['leads.move'],
      send: () => client.post(`/v1/allocations/${allocation_id}/moves`, { to_allocation_id, lead_ids: [id] }),
      certain: { moved: 1 },
    }
  },
  'POST /v1/allocations/:id/recycle': async () => {
    const { allocation_id: at } = await allocation()
    await client.insertLead({ ...target, allocation_id: at }, { FirstPhone: mobile(), njDisposition: 'Sale' })
    return {
      deed: ['leads.recycle'],
      send: () => client.post(`/v1/allocations/${at}/recycle`, { dispositions: ['Sale'] }),
      goes_on: { recycled: 1 },
    }
  },
  'POST /v1/allocations/:id/fills': async () => {
    const { allocation_id: at } = await allocation()
    return {
      deed: ['fills.begin'],
      send: () => client.fillAllocation(at, { search: { q: 'nobody' } }),
      certain: { allocation_id: at, moved: 0 },
    }
  },
  'DELETE /v1/fills/:id': async () => {
    const { allocation_id: at } = await allocation()
    const { rows } = await database(
      home,
      `insert into fills (allocation_id, choice, place, actor, way, request_id)
       values (${at}, '{}', 0, 'key:1', 'v1', 'r') returning fill_id`,
    )
    const { fill_id } = rows[0]
    return {
      deed: ['fills.end'],
      send: () => client.cancelFill(fill_id),
      certain: { fill_id, state: 'cancelled' },
    }
  },
  'POST /v1/bulk-changes': async () => ({
    deed: ['bulkChanges.begin'],
    send: () => client.createBulkChange({ search: { campaign_id, q: 'nobody' }, disposition: 'Busy' }),
    certain: { bulk_change_id: expect.any(Number), kind: 'disposition', state: 'running', done: 0 },
  }),
  'DELETE /v1/bulk-changes/:id': async () => {
    const bulk_change_id = await bulkChangeWithoutJob('running')
    return {
      deed: ['bulkChanges.end'],
      send: () => client.cancelBulkChange(bulk_change_id),
      certain: { bulk_change_id, state: 'cancelled' },
    }
  },
  'POST /v1/bulk-changes/:id/undo': async () => {
    const bulk_change_id = await bulkChangeWithoutJob('done')
    return {
      deed: ['bulkChanges.undo'],
      send: () => client.undoBulkChange(bulk_change_id),
      certain: { bulk_change_id, state: 'undoing' },
    }
  },
  'POST /v1/allocations/:id/washes': async () => {
    const { allocation_id: at } = await allocation()
    return {
      deed: ['washes.begin'],
      send: () => client.makeWash(at, { register: 'au' }),
      certain: { allocation_id: at, state: 'collecting' },
    }
  },
  'POST /v1/washes/:id/answers': async () => {
    const wash_id = await newWash()
    return {
      deed: ['dncFiles.create'],
      send: () => client.answerWash(wash_id, { name: 'answer.csv', bytes: 10 }),
      certain: { wash_id, state: 'uploading' },
    }
  },
  'DELETE /v1/washes/:id': async () => {
    const wash_id = await newWash()
    return {
      deed: ['washes.cancel'],
      send: () => client.cancelWash(wash_id),
      certain: { wash_id, state: 'cancelled' },
    }
  },
  'POST /v1/dnc/files': async () => ({
    deed: ['dncFiles.create'],
    send: () => client.createDncFile({ list: 'private', mode: 'add', name: 'numbers.csv', bytes: 10 }),
    certain: { state: 'uploading', missing_parts: [1] },
  }),
  'PUT /v1/dnc/files/:id/parts/:part': async () => {
    const { file_id } = await newFile()
    return {
      deed: ['dncFiles.addPart'],
      send: () => client.uploadDncPart(file_id, 1, new TextEncoder().encode(mobile())),
      certain: { file_id, missing_parts: [] },
    }
  },
  'DELETE /v1/dnc/files/:id': async () => {
    const { file_id } = await newFile()
    return {
      deed: ['dncFiles.end'],
      send: () => client.cancelDncFile(file_id),
      certain: { file_id, state: 'cancelled' },
    }
  },
  'POST /v1/master-lists': async () => ({
    deed: ['masterLists.create'],
    send: () => postMasterList(client, { template_id, name: 'customers.csv', bytes: 10 }),
    certain: { template_id, state: 'uploading', missing_parts: [1] },
  }),
  'PUT /v1/master-lists/:id/parts/:part': async () => {
    const { list_id } = await newMasterList()
    return {
      deed: ['masterLists.addPart'],
      send: () => putMasterListPart(client, list_id, 1, new TextEncoder().encode('Nothing\n12')),
      certain: { list_id, missing_parts: [] },
    }
  },
  'DELETE /v1/master-lists/:id': async () => {
    const { list_id } = await newMasterList()
    return {
      deed: ['masterLists.end'],
      send: () => deleteMasterList(client, list_id),
      certain: { list_id, state: 'cancelled' },
    }
  },
  'POST /v1/allocations/:id/callback-shifts': async () => {
    const { allocation_id: at } = await allocation()
    const callback = { njDisposition: 'Callback', njCallBackDate: '2029/03/01 10:00' }
    await client.insertLead({ ...target, allocation_id: at }, { FirstPhone: mobile(), ...callback })
    const block = { from: '2029-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z', minutes: 60 }
    return {
      deed: ['callbackShifts.write'],
      send: () => client.post(`/v1/allocations/${at}/callback-shifts`, block),
      certain: { shifted: 1, kept: 0 },
    }
  },
  'POST /v1/contact-hours': async () => {
    const hours = { name: fresh('Hours'), zone: 'Australia/Perth' }
    return {
      deed: ['contactHours.create'],
      send: () => client.post('/v1/contact-hours', hours),
      certain: hours,
    }
  },
  'PATCH /v1/contact-hours/:id': async () => {
    const { contact_hours_id: id } = await made<{ contact_hours_id: number }>('/v1/contact-hours', {
      name: fresh('Hours'),
      zone: 'Australia/Perth',
    })
    const change = { zone: 'Australia/Adelaide' }
    return {
      deed: ['contactHours.replace'],
      send: () => client.patch(`/v1/contact-hours/${id}`, change),
      certain: change,
    }
  },
  'DELETE /v1/contact-hours/:id': async () => {
    const { contact_hours_id: id } = await made<{ contact_hours_id: number }>('/v1/contact-hours', {
      name: fresh('Hours'),
      zone: 'Australia/Perth',
    })
    return {
      deed: ['contactHours.remove'],
      send: () => client.deleteContactHours(id, {}, 1),
      certain: NOTHING,
    }
  },
  'POST /v1/disposition-sets': async () => {
    const name = fresh('Set')
    return {
      deed: ['dispositionSets.create'],
      send: () => client.post('/v1/disposition-sets', { name, copy_of: 1 }),
      certain: { name },
    }
  },
  'PATCH /v1/disposition-sets/:id': async () => {
    const { disposition_set_id: id } = await dispositionSet()
    const change = { name: fresh('Set') }
    return {
      deed: ['dispositionSets.rename'],
      send: () => client.changeDispositionSet(id, change, {}, 1),
      certain: { ...change, version: 2 },
    }
  },
  'DELETE /v1/disposition-sets/:id': async () => {
    const { disposition_set_id: id } = await dispositionSet()
    return {
      deed: ['dispositionSets.remove'],
      send: () => client.deleteDispositionSet(id, {}, 1),
      certain: NOTHING,
    }
  },
  'POST /v1/disposition-sets/:id/dispositions': async () => ({
    deed: ['dispositions.create'],
    send: () => client.post('/v1/disposition-sets/1/dispositions', { code: fresh('Outcome'), kind: 'final' }),
    certain: { disposition_set_id: 1 },
  }),
  'PATCH /v1/disposition-sets/:id/dispositions/:code': async () => {
    const { path } = await disposition()
    return {
      deed: ['dispositions.replace'],
      send: () => client.patch(path, { priority: 3 }),
      certain: { disposition_set_id: 1 },
    }
  },
  'DELETE /v1/disposition-sets/:id/dispositions/:code': async () => {
    const { path } = await disposition()
    return { deed: ['dispositions.remove'], send: () => client.delete(path), certain: NOTHING }
  },
  'PUT /v1/disposition-sets/:id/dispositions/:code/actions': async () => {
    const { path } = await disposition()
    const { action_id } = await made<{ action_id: number }>('/v1/actions', action())
    return {
      deed: ['dispositionActions.replace'],
      send: () => client.put(`${path}/actions`, { action_ids: [action_id] }),
      certain: { items: [{ action_id }] },
    }
  },
  'POST /v1/actions': async () => ({
    deed: ['actions.create'],
    send: () => client.post('/v1/actions', action()),
    certain: { kind: 'url', action_id: expect.any(Number) },
  }),
  'PUT /v1/actions/:id': async () => {
    const { action_id } = await made<{ action_id: number }>('/v1/actions', action())
    return {
      deed: ['actions.replace'],
      send: () => client.put(`/v1/actions/${action_id}`, { ...action(), enabled: false }),
      certain: { action_id, enabled: false },
    }
  },
  'DELETE /v1/actions/:id': async () => {
    const { action_id } = await made<{ action_id: number }>('/v1/actions', action())
    return {
      deed: ['actions.remove'],
      send: () => client.delete(`/v1/actions/${action_id}`),
      certain: NOTHING,
    }
  },
  'POST /v1/pulls': async () => ({
    deed: ['pulls.create'],
    send: () => client.post('/v1/pulls', newPull()),
    certain: { pull_id: expect.any(Number) },
  }),
  'PATCH /v1/pulls/:id': async () => {
    const pull_id = await pull()
    return {
      deed: ['pulls.replace'],
      send: () => client.request('PATCH', `/v1/pulls/${pull_id}`, { body: { every_minutes: 60 } }),
      certain: { pull_id, every_minutes: 60 },
    }
  },
  'DELETE /v1/pulls/:id': async () => {
    const pull_id = await pull()
    return { deed: ['pulls.remove'], send: () => client.delete(`/v1/pulls/${pull_id}`), certain: NOTHING }
  },
  'POST /v1/pulls/:id/runs': async () => {
    const pull_id = await pull()
    return {
      deed: ['pullRuns.start'],
      send: () => client.post(`/v1/pulls/${pull_id}/runs`, {}),
      certain: { pull_id, started_by: 'person' },
    }
  },
  'POST /v1/imports': async () => ({
    deed: ['imports.create'],
    send: () => client.createImport({ campaign_id, allocation_id, file_name: 'leads.csv', file_bytes: 10 }),
    certain: { import_id: expect.any(Number), state: 'uploading' },
  }),
  'PATCH /v1/imports/:id': async () => {
    const import_id = await mappedImport()
    return {
      deed: ['imports.change'],
      send: () => client.changeImport(import_id, { duplicates: 'move' }),
      certain: { import_id, duplicates: 'move' },
    }
  },
  'PUT /v1/imports/:id/parts/:part': async () => {
    const bytes = new TextEncoder().encode(leadFile())
    const file = { file_name: 'leads.csv', file_bytes: bytes.length }
    const begun = await client.createImport({ campaign_id, allocation_id, ...file })
    const { import_id } = begun.body as { import_id: number }
    return {
      deed: ['imports.keepPart'],
      send: () => client.putImportPart(import_id, 1, bytes),
      certain: { import_id, state: 'reading' },
    }
  },
  'PUT /v1/imports/:id/reading': async () => {
    const { import_id } = await uploaded(leadFile())
    return {
      deed: ['imports.setChoices'],
      send: () => client.readImport(import_id, { delimiter: ';' }),
      certain: { import_id, state: 'reading' },
    }
  },
  'PUT /v1/imports/:id/mapping': async () => {
    const { import_id } = await uploaded(leadFile())
    return {
      deed: ['imports.change'],
      send: () => client.mapImport(import_id, { columns: [], constants: [] }),
      certain: { import_id, mapping: { columns: [], constants: [] } },
    }
  },
  'PATCH /v1/imports/:id/rows/:row': async () => {
    const import_id = await mappedImport()
    return {
      deed: ['importRows.write'],
      send: () => client.editImportRow(import_id, 2, { cells: [mobile()] }),
      certain: { row: 2 },
    }
  },
  'POST /v1/imports/:id/fixes': async () => {
    const import_id = await mappedImport()
    return {
      deed: ['importFixes.create'],
      send: () =>
        fixImportRows(client, import_id, {
          column: 'FirstPhone',
          find: '04',
          replace: '4',
          whole_cell: false,
        }),
      certain: { import_id, state: 'fixing' },
    }
  },
  'DELETE /v1/imports/:id/fixes/:fix': async () => {
    const import_id = await mappedImport()
    await fixImportRows(client, import_id, {
      column: 'FirstPhone',
      find: '04',
      replace: '4',
      whole_cell: false,
    })
    await inState(import_id, ['read'])
    const { items } = (await importFixes(client, import_id)).body as { items: { fix_id: number }[] }
    return {
      deed: ['importFixes.beginUndo'],
      send: () => undoImportFix(client, import_id, items[0]!.fix_id),
      certain: { import_id, state: 'fixing' },
    }
  },
  'POST /v1/imports/:id/dry-run': async () => {
    const import_id = await mappedImport()
    return {
      deed: ['imports.beginWalk'],
      send: () => client.checkImport(import_id),
      certain: { import_id, state: 'checking' },
    }
  },
  'POST /v1/imports/:id/start': async () => {
    const import_id = await mappedImport()
    return {
      deed: ['imports.beginWalk'],
      send: () => client.startImport(import_id),
      certain: { import_id, state: 'running' },
    }
  },
  'POST /v1/imports/:id/pause': async () => {
    const import_id = await mappedImport(ROWS_OF_A_WHILE)
    await client.startImport(import_id)
    return {
      deed: ['imports.toState'],
      send: () => client.pauseImport(import_id),
      certain: { import_id, state: 'paused' },
    }
  },
  'POST /v1/imports/:id/resume': async () => {
    const import_id = await mappedImport(ROWS_OF_A_WHILE)
    await client.startImport(import_id)
    await client.pauseImport(import_id)
    await inState(import_id, ['paused'])
    return {
      deed: ['imports.toState'],
      send: () => client.resumeImport(import_id),
      certain: { import_id, state: 'running' },
    }
  },
  'POST /v1/imports/:id/undo': async () => {
    const import_id = await mappedImport()
    await client.startImport(import_id)
    await inState(import_id, ['done'])
    return {
      deed: ['imports.toState'],
      send: () => client.undoImport(import_id),
      certain: { import_id, state: 'undoing' },
    }
  },
  'POST /v1/imports/:id/cancel': async () => {
    const import_id = await mappedImport()
    return {
      deed: ['imports.toState'],
      send: () => client.cancelImport(import_id),
      certain: { import_id, state: 'cancelled' },
    }
  },
  'POST /v1/session': async () => {
    const { login } = (await leadline.asOperator('agent')).operator
    return {
      deed: ['sessions.create'],
      send: () => admin.signIn(login, PASSWORD),
      certain: { operator: { login } },
    }
  },
  'DELETE /v1/session': async () => {
    const agent = await leadline.asOperator('agent')
    return { deed: ['sessions.end'], send: () => agent.signOut(), certain: NOTHING }
  },
  'PUT /v1/session/password': async () => {
    const agent = await leadline.asOperator('agent')
    return {
      deed: ['operators.change'],
      send: () => agent.changePassword(PASSWORD, `${PASSWORD} again`),
      certain: NOTHING,
    }
  },
  'POST /v1/operators': async () => {
    const login = `kim-${++names}`
    return {
      deed: ['operators.create'],
      send: () => client.createOperator({ login, name: 'Kim', role: 'agent', password: PASSWORD }),
      certain: { login },
    }
  },
  'PATCH /v1/operators/:id': async () => {
    const { operator_id } = (await leadline.asOperator('agent')).operator
    return {
      deed: ['operators.change'],
      send: () => client.changeOperator(operator_id, { name: 'Kim Lee' }),
      certain: { operator_id, name: 'Kim Lee' },
    }
  },
  'POST /v1/api-keys': async () => {
    const name = fresh('Web form')
    return {
      deed: ['keys.create'],
      send: () => client.post('/v1/api-keys', { name, scopes: ['insert'] }),
      certain: { name, scopes: ['insert'] },
    }
  },
  'PATCH /v1/api-keys/:id': async () => {
    const body = { name: fresh('Web form'), scopes: ['insert'] }
    const { key_id } = await made<{ key_id: number }>('/v1/api-keys', body)
    const change = { name: fresh('Web form') }
    return {
      deed: ['keys.change'],
      send: () => client.changeApiKey(key_id, change, {}, 1),
      certain: { ...change, version: 2 },
    }
  },
  'POST /v1/api-keys/:id/rotation': async () => {
    const body = { name: fresh('Web form'), scopes: ['insert'] }
    const { key_id } = await made<{ key_id: number }>('/v1/api-keys', body)
    return {
      deed: ['keys.retire'],
      send: () => client.rotateApiKey(key_id, {}, 1),
      certain: { follows: key_id, key: expect.any(String) },
    }
  },
  'DELETE /v1/api-keys/:id': async () => {
    const body = { name: fresh('Web form'), scopes: ['insert'] }
    const { key_id } = await made<{ key_id: number }>('/v1/api-keys', body)
    return {
      deed: ['keys.revoke'],
      send: () => client.delete(`/v1/api-keys/${key_id}`),
      certain: NOTHING,
    }
  },
  'PUT /v1/leads/:id/presence': async () => {
    const { id } = await newLead()
    return {
      deed: ['presence.say'],
      send: () => admin.put(`/v1/leads/${id}/presence`, { editing: true }),
      certain: NOTHING,
    }
  },
  'DELETE /v1/leads/:id/presence': async () => {
    const { id } = await newLead()
    await admin.put(`/v1/leads/${id}/presence`, { editing: true })
    return {
      deed: ['presence.leave'],
      send: () => admin.delete(`/v1/leads/${id}/presence`),
      certain: NOTHING,
    }
  },
}

/** Routes that take a body and write nothing, or an audit entry alone. */
const READING = [
  'POST /servicemanager/rest/CampaignAPI/getCampaignTemplateList',
  'POST /servicemanager/rest/CampaignAPI/getCampaignList',
  'POST /servicemanager/rest/CampaignAPI/getAllocationList',
  'POST /servicemanager/rest/CampaignAPI/getDispositionList',
  'POST /servicemanager/rest/CampaignAPI/getFieldList',
  'POST /servicemanager/rest/CampaignAPI/getFieldDefn',
  'POST /servicemanager/rest/CampaignAPI/getCallRecordList',
  'POST /v1/leads/:id/merge/preview',
  'POST /v1/bulk-decisions/preview',
  'POST /v1/allocations/:id/fills/preview',
  'POST /v1/bulk-change-previews',
  'POST /v1/dnc/check',
  'POST /v1/personal-data',
  'POST /v1/actions/:id/dry-run',
  'POST /v1/pulls/:id/dry-run',
]

const routeOf = new Map(CONTRACT.map((route) => [`${route.method} ${route.url}`, route]))

test('every route that writes has a scene', () => {
  const writing = [...routeOf.keys()].filter((key) => !key.startsWith('GET ') && !READING.includes(key))
  expect(Object.keys(SCENES).toSorted()).toEqual(writing.toSorted())
})

/** The part of a 1013 that tells whether anything was written. */
function expectUnknown(key: string, { status, code, body, retry_after_s }: Answer) {
  expect({ status, code, body }).toMatchObject({ status: 503, code: 1013, body: { written: 'unknown' } })
  const { repeatable = ['PUT', 'DELETE'].includes(key.split(' ')[0]!) } = routeOf.get(key)!
  if (!key.includes('/servicemanager/')) expect((body as Problem).retryable).toBe(repeatable)
  expect(retry_after_s !== null).toBe(repeatable)
}

describe.each(Object.entries(SCENES))('%s', (key, scene) => {
  test('whose commit is not answered is unknown, and may be repeated only where that is harmless', async () => {
    const { deed, send } = await scene()
    cutInCommit(deed)
    expectUnknown(key, await send())
  })

  test('whose commit is answered is not denied when the database goes away behind it', async () => {
    const { deed, send, certain, goes_on } = await scene()
    const isAway = cutBehindCommit(deed)
    const answer = await send()
    expect(isAway()).toBe(true)
    if (goes_on) {
      expectUnknown(key, answer)
      expect(answer.body).toMatchObject(goes_on)
      return
    }
    expect([200, 201, 204], JSON.stringify(answer.body)).toContain(answer.status)
    if (certain === NOTHING) expect(answer.body).toBe(NOTHING)
    else expect(answer.body).toMatchObject(certain!)
  })
})

test.each(['POST /v1/leads', 'PATCH /v1/leads/:id'])(
  '%s of a lead that is forgotten in the moment of the answer: it was written all the same',
  async (key) => {
    const { send, certain } = await SCENES[key]!()
    wire.fate = (statement) => (statement === 'leads.view' ? { answer: NO_ROWS, after: 'cut' } : undefined)
    const answer = await send()
    expect([200, 201]).toContain(answer.status)
    expect(answer.body).toEqual(certain)
  },
)

describe('work in chunks that stops at the second one says how far it came, and goes on when it is sent again', () => {
  const CHUNK = 5_000
  const MORE = 100
  // No scene has given it an action.
  const CLOSED = fresh('Closed')
  let first = 0
  let second = 0
  // Not before the scenes: each of them ends with a look at all leads.
  beforeAll(async () => {
    const campaign = { template_id, name: fresh('Campaign') }
    const { campaign_id } = await made<{ campaign_id: number }>('/v1/campaigns', campaign)
    const allocationOf = (name: string) =>
      made<{ allocation_id: number }>('/v1/allocations', { campaign_id, name })
    first = (await allocationOf('First')).allocation_id
    second = (await allocationOf('Second')).allocation_id
    await client.post('/v1/disposition-sets/1/dispositions', { code: CLOSED, kind: 'final' })
    const lead = () => ({ FirstPhone: mobile(), njDisposition: CLOSED })
    for (let left = CHUNK + MORE; left > 0; left -= 1_000)
      await client.insertLead(
        { template_id, campaign_id, allocation_id: first },
        Array.from({ length: Math.min(left, 1_000) }, lead),
      )
  })

  /** The leads that the audit log counts, over all entries. */
  async function onRecord(action: string, counted: string): Promise<number> {
    const { rows } = await database(
      home,
      `select coalesce(sum((details ->> '${counted}')::integer), 0)::integer as leads from audit_log
       where action = '${action}' and subject in ('allocation:${first}', 'allocation:${second}')`,
    )
    return rows[0].leads
  }

  test('a move whose second commit is not answered', async () => {
    const body = { to_allocation_id: second, all: true }
    const move = () => client.post<Problem>(`/v1/allocations/${first}/moves`, body)
    let chunks = 0
    wire.fate = (statement, before) => {
      const commits = statement === 'commit' && before.includes('leads.move')
      return commits && ++chunks === 2 ? { answer: Buffer.alloc(0), after: 'cut' } : undefined
    }
    const told = await move()
    const problem = { moved: CHUNK, written: 'unknown', retryable: true }
    expect(told).toMatchObject({ status: 503, code: 1013, retry_after_s: 1, body: problem })
    expect(told.body.detail).toMatch(/^5000 leads were moved .* not known whether more were/)
    expect(await move()).toMatchObject({ status: 200, body: { moved: 0 } })
    expect(await onRecord('allocation.move', 'moved')).toBe(CHUNK + MORE)
  })

  test('taking leads up again, when the second chunk takes too long', async () => {
    const body = { dispositions: [CLOSED] }
    const recycle = () => client.post<Problem>(`/v1/allocations/${second}/recycle`, body)
    let chunks = 0
    wire.fate = (statement) =>
      statement === 'leads.recycle' && ++chunks === 2
        ? { answer: errorResponse('ERROR', '57014'), after: 'go on' }
        : undefined
    const told = await recycle()
    const problem = { recycled: CHUNK, written: 'unknown', retryable: true }
    expect(told).toMatchObject({ status: 503, code: 1013, retry_after_s: 2, body: problem })
    expect(told.body.detail).toMatch(/^5000 leads were recycled .* no more were/)
    expect(await onRecord('allocation.recycle', 'recycled')).toBe(CHUNK)
    expect(await recycle()).toMatchObject({ status: 200, body: { recycled: MORE } })
    expect(await onRecord('allocation.recycle', 'recycled')).toBe(CHUNK + MORE)
  })
})
