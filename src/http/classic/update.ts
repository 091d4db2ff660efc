// updateLeadFast and the older updateLead.

import { Type } from 'typebox'
import { readEntries, readUpdate } from '../../core/classic.ts'
import { scalarText } from '../../core/document-text.ts'
import type { Entry } from '../../core/entries.ts'
import { fold } from '../../core/field.ts'
import { type LeadState, readLeadName } from '../../core/lead.ts'
import { readBaseVersion, readExternalId } from '../../core/lead-values.ts'
import { LIMITS } from '../../core/limits.ts'
import { type FieldProblem, refuse, refuseFields } from '../../core/result.ts'
import { isNoChange } from '../../core/text.ts'
import type { Warning } from '../../core/warnings.ts'
import { campaignsOfExternalId } from '../../db/leads.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Updated } from '../../intake/update.ts'
import { nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { post, routes } from '../route.ts'
import { CLASSIC } from '../style.ts'
import { answerOk, answerText, rowAnswer } from './answer.ts'
import {
  allowsDuplicates,
  type ClassicQuery,
  classicQuery,
  idIn,
  malformed,
  NO_OBJECT,
  type Row,
  readRow,
  readRows,
  requiredId,
} from './request.ts'
import { ALLOW, FlatLead, FlatLeads, IDS, KEY, Taken, text } from './shapes.ts'

/** How a request names its lead; null: not so. */
interface Named {
  external_id: string | null
  /** As it is written: 41-1207, or 1207. */
  lead_id: string | null
}

const NAMED_BY = { njExternalLeadId: 'external_id', njLeadId: 'lead_id' } as const
type Name = keyof typeof NAMED_BY
const NAMES = Object.keys(NAMED_BY) as Name[]

/** The ids of the query, read once for all rows. */
interface Target extends Named {
  template_id: number | undefined
  campaign_id: number | undefined
  allocation_id: number | undefined
  allow_duplicates: boolean
}

/** Reads a row: one of many in a slice of its own. */
type Pace = <T>(read: () => T) => T | Promise<T>
const atOnce: Pace = (read) => read()

const UpdateQuery = Type.Object({
  ...IDS,
  njExternalLeadId: text('External id of the lead, where it is not in the body'),
  njLeadId: text(
    'Id of the lead, where it is not named by its external id: 41-1207, or 1207 in the campaign',
  ),
  ...ALLOW,
  ...KEY,
})

export const updates = routes('classic', {
  updateLeadFast: post(`${CLASSIC}/updateLeadFast`, {
    scope: 'write',
    gated: 'update',
    summary: 'Update a lead',
    query: UpdateQuery,
    body: FlatLead,
    answer: Taken,
    handle: async (call) => {
      const query = classicQuery(call)
      const allow_duplicates = allowsDuplicates(query)
      const row = await readRow(call)
      const target = targetOf(query, allow_duplicates, namedOnce(query, row))
      return answerOk(call, await updateRow(call, target, row, atOnce, call.notes.warnings))
    },
  }),

  updateLead: post(`${CLASSIC}/updateLead`, {
    scope: 'write',
    gated: 'update',
    many: true,
    summary: 'Update one or many leads (old text form)',
    query: UpdateQuery,
    body: FlatLeads,
    answer: Taken,
    handle: async (call) => {
      const query = classicQuery(call)
      const allow_duplicates = allowsDuplicates(query)
      const { rows, array } = await readRows(call, LIMITS.batch_rows_max)
      for (const key of NAMES)
        if (array && rows.length > 1 && query.has(key))
          malformed(`${key} in the query names one lead, the body holds several`)
      const named = namedOnce(query, rows.length === 1 ? rows[0]! : NO_OBJECT)
      const target = targetOf(query, allow_duplicates, named)
      const inTurn = await turnsOf(rows)
      const results = await Promise.all(
        rows.map((row, i) =>
          inTurn(i, () => rowAnswer(call, row, () => updateRow(call, target, row, inSlices))),
        ),
      )
      return answerText(call, 'Updated', results, array)
    },
  }),
})

/**
 * Rows of one lead are applied in their order; different leads go side by side. If some rows name leads in one way and
 * some in the other, two rows may be of one lead without its showing: then all take turns.
 */
async function turnsOf(rows: readonly Row[]) {
  const names = await Promise.all(rows.map((row) => inSlices(() => namedIn(row))))
  const mixed = NAMES.every((name) => names.some((named) => named[NAMED_BY[name]] !== null))
  const last = new Map<string, Promise<unknown>>()
  return <T>(i: number, work: () => Promise<T>): Promise<T> => {
    const { external_id, lead_id } = names[i]!
    const key = mixed ? '' : (external_id ?? numberOf(lead_id) ?? '').toString()
    const turn = (last.get(key) ?? Promise.resolve()).then(work)
    last.set(key, turn)
    return turn
  }
}

/** A system field of a row, before there are rules to sort its keys by; '' where it is not there. */
function entryOf(row: Row, key: Name | 'njVersion'): Entry {
  const folded = fold(key)
  const [, value = ''] = row.entries().find(([name]) => fold(name) === folded) ?? []
  return { key, text: scalarText(value), is_null: value === null }
}

function readNames(entryOf: (key: Name) => Entry, problems: FieldProblem[]): Named {
  const read = (name: Name) => {
    const text = readExternalId(entryOf(name), problems)
    return text === null || isNoChange(text) ? null : text
  }
  return { external_id: read('njExternalLeadId'), lead_id: read('njLeadId') }
}

const namedIn = (row: Row, problems: FieldProblem[] = []) => readNames((key) => entryOf(row, key), problems)

/** The number in a lead id, however it is written; any other text as it is. */
const numberOf = (lead_id: string | null) =>
  lead_id === null ? null : (readLeadName(lead_id)?.number ?? lead_id)

/** Two ids of one lead; the number alone is that of any campaign. */
const isSameLead = (a: string, b: string) =>
  numberOf(a) === numberOf(b) && (a === b || !a.includes('-') || !b.includes('-'))

/** The lead is named in the query or in the body; two names that differ are a malformed request. */
function namedOnce(query: ClassicQuery, row: Row): Named {
  const problems: FieldProblem[] = []
  const named = readNames((key) => ({ key, text: query.get(key) ?? '', is_null: false }), problems)
  orRefuseAll(problems)
  // Problems of names in the body are answered with the row.
  const in_body = namedIn(row)
  const differs = (key: Name) => malformed(`${key} differs between the query and the body`, key)
  if (named.external_id !== null && in_body.external_id !== null && named.external_id !== in_body.external_id)
    differs('njExternalLeadId')
  if (named.lead_id !== null && in_body.lead_id !== null && !isSameLead(named.lead_id, in_body.lead_id))
    differs('njLeadId')
  return named
}

function orRefuseAll([first, ...others]: readonly FieldProblem[]): void {
  if (first) orRefuse(refuseFields([first, ...others]))
}

function targetOf(query: ClassicQuery, allow_duplicates: boolean, named: Named): Target {
  const campaign_id = idIn(query, 'fCampaignId')
  // Without a campaign the name of the lead must be enough; with one, the three ids go together.
  const read = campaign_id === undefined ? idIn : requiredId
  const template_id = read(query, 'fTemplateId')
  const allocation_id = read(query, 'fAllocationId')
  return { template_id, campaign_id, allocation_id, ...named, allow_duplicates }
}

/** `said`: the warnings of reading the body. */
async function updateRow(
  call: Call,
  target: Target,
  row: Row,
  pace: Pace,
  said: readonly Warning[] = [],
): Promise<Updated> {
  const { intake } = call.services
  const problems: FieldProblem[] = []
  const [base_version, in_body] = await pace(
    () => [orRefuse(readBaseVersion(entryOf(row, 'njVersion'))), namedIn(row, problems)] as const,
  )
  const named: Named = {
    external_id: target.external_id ?? in_body.external_id,
    lead_id: target.lead_id ?? in_body.lead_id,
  }
  const nameless = named.external_id === null && named.lead_id === null
  if (nameless && target.campaign_id === undefined) orRefuseAll(problems)
  const campaign_id = target.campaign_id ?? (await campaignOf(call, named))
  const { template_id, allocation_id } = target
  const rules = orRefuse(await intake.targets.find({ template_id, campaign_id, allocation_id }, call.caller))
  call.notes.campaign_id = campaign_id
  if (nameless) orRefuseAll(problems)
  const lead = await leadOf(call, campaign_id, named)

  const now = call.services.now()
  const incoming = orRefuse(
    await pace(() => {
      const entries = readEntries(row, rules)
      entries.problems.push(...problems)
      return readUpdate(entries, rules, lead, now)
    }),
  )
  const warnings = [...incoming.warnings, ...said]
  const updated = await intake.update({
    rules,
    found: lead,
    base_version,
    incoming: { ...incoming, warnings },
    on_conflict: 'classic',
    // The classic API shows no conflict.
    reader: { team_ids: [], may_overrule: false },
    allow_duplicates: target.allow_duplicates,
    by: call.by,
    now,
    deadline: call.deadline,
  })
  // A held update will be written as it was read.
  if (updated.refusal?.conflict_id !== undefined) nameWarnings(call, warnings)
  return orRefuse(updated)
}

const missing = (field: Name, detail: string): never =>
  orRefuse(refuse('COULDNT_FIND_THE_LEAD', detail, { field }))

/** The lead of the campaign that is named by its id or its external id; two names must be those of one lead. */
async function leadOf(call: Call, campaign_id: number, { external_id, lead_id }: Named): Promise<LeadState> {
  const find = (number: number | null, by: string | null) =>
    call.services.intake.find({ campaign_id, number, external_id: by }, call.deadline, call.by)
  if (lead_id === null) {
    if (external_id === null)
      return missing('njExternalLeadId', 'njExternalLeadId or njLeadId must name the lead')
    const lead = await find(null, external_id)
    return lead ?? missing('njExternalLeadId', 'no lead of the campaign has this external id')
  }
  const id = readLeadName(lead_id)
  if (!id) return missing('njLeadId', 'njLeadId is no id of a lead, such as 41-1207 or 1207')
  const elsewhere = id.campaign_id !== null && id.campaign_id !== campaign_id
  const lead = elsewhere ? undefined : await find(id.number, null)
  if (!lead) return missing('njLeadId', 'no lead of the campaign has this id')
  if (external_id !== null && external_id !== lead.external_id)
    malformed('njLeadId and njExternalLeadId do not name the same lead', 'njLeadId')
  return lead
}

/** The campaign of the lead id, or the only one with a lead of the external id that the caller may see. */
async function campaignOf(call: Call, { external_id, lead_id }: Named): Promise<number> {
  const campaign_id = lead_id === null ? null : readLeadName(lead_id)?.campaign_id
  if (campaign_id) {
    const seen = await call.services.intake.targets.find({ campaign_id }, call.caller)
    return seen.refusal ? missing('njLeadId', 'no lead has this id') : campaign_id
  }
  const nowhere = (detail: string) => orRefuse(refuse('UNKNOWN_TARGET', detail, { field: 'fCampaignId' }))
  if (external_id === null) return nowhere('fCampaignId is missing')
  const campaigns = await campaignsOfExternalId(call.services.pool, external_id, call.caller)
  const [only] = campaigns
  if (only === undefined) return missing('njExternalLeadId', 'no lead has this external id')
  if (campaigns.length > 1) nowhere('leads of several campaigns have this external id: name fCampaignId')
  return only
}
