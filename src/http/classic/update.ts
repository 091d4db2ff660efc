// updateLeadFast and the older updateLead.

import { scalarText } from '../../core/document-text.ts'
import { type Entry, readEntries } from '../../core/entries.ts'
import { fold } from '../../core/field.ts'
import type { LeadState } from '../../core/lead.ts'
import { LIMITS } from '../../core/limits.ts'
import { isNoChange } from '../../core/no-change.ts'
import { type Outcome, ok, type Problem, refuse, refuseFields } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { readExternalId } from '../../core/submission.ts'
import { readUpdate } from '../../core/update.ts'
import { campaignsOfExternalId } from '../../db/leads.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Updated } from '../../intake/update.ts'
import { nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { answerOk, answerText, rowOutcome } from './answer.ts'
import {
  NO_OBJECT,
  type Row,
  readAllowDuplicates,
  readId,
  readQuery,
  readRow,
  readRows,
  requireId,
} from './request.ts'

/** The ids of the query, read once for all rows. */
interface Target {
  template_id: number | undefined
  campaign_id: number | undefined
  allocation_id: number | undefined
  external_id: string | null
  allow_duplicates: boolean
}

/** Reads a row: one of many in a slice of its own. */
type Reading = <T>(read: () => T) => T | Promise<T>
const atOnce: Reading = (read) => read()

export async function updateLeadFast(call: Call) {
  const query = orRefuse(readQuery(call))
  const allow_duplicates = orRefuse(readAllowDuplicates(query))
  const row = orRefuse(await readRow(call.request.body))
  const ids = orRefuse(readExternalIds(query, row))
  const target = orRefuse(readTarget(query, allow_duplicates, ids.from_query))
  return answerOk(call, orRefuse(await updateRow(call, target, row, atOnce)))
}

export async function updateLead(call: Call) {
  const query = orRefuse(readQuery(call))
  const allow_duplicates = orRefuse(readAllowDuplicates(query))
  const { rows, array } = orRefuse(await readRows(call.request.body, LIMITS.batch_rows_max))
  if (array && rows.length > 1 && query.has('njExternalLeadId'))
    orRefuse(
      refuse('MALFORMED_REQUEST', 'njExternalLeadId in the query names one lead, the body holds several'),
    )
  const first = orRefuse(readExternalIds(query, rows.length === 1 ? rows[0]! : NO_OBJECT))
  const target = orRefuse(readTarget(query, allow_duplicates, first.from_query))
  // Rows of one lead are applied in their order; different leads go side by side.
  const ids = await Promise.all(rows.map((row) => inSlices(() => externalIdOf(row))))
  const before = new Map<string, Promise<unknown>>()
  const outcomes = await Promise.all(
    rows.map((row, i) => {
      const key = ids[i] ?? ''
      const turn = (before.get(key) ?? Promise.resolve()).then(() =>
        rowOutcome(call, row, () => updateRow(call, target, row, inSlices)),
      )
      before.set(key, turn)
      return turn
    }),
  )
  return answerText(call, 'Updated', outcomes, array)
}

/** A system field of a row, before there are rules to sort its keys by; '' where it is not there. */
function entryOf(row: Row, key: 'njExternalLeadId' | 'njVersion'): Entry {
  const folded = fold(key)
  const [, value = ''] = row.entries().find(([name]) => fold(name) === folded) ?? []
  return { key, text: scalarText(value), is_null: value === null }
}

const externalIdOf = (row: Row, problems: Problem[] = []) =>
  readExternalId(entryOf(row, 'njExternalLeadId'), problems)

/** The external id stands in the query or in the body; two that differ are a malformed request. */
function readExternalIds(
  query: ReadonlyMap<string, string>,
  row: Row,
): Outcome<{ from_query: string | null }> {
  const query_problems: Problem[] = []
  const from_query = readExternalId(
    { key: 'njExternalLeadId', text: query.get('njExternalLeadId') ?? '', is_null: false },
    query_problems,
  )
  if (query_problems.length > 0) return refuseFields(query_problems as [Problem, ...Problem[]])
  // What is wrong with the one in the body is answered with its row.
  const from_body = externalIdOf(row)
  const names = from_body !== null && !isNoChange(from_body)
  if (from_query !== null && names && from_query !== from_body)
    return refuse('MALFORMED_REQUEST', 'njExternalLeadId differs between the query and the body', {
      field: 'njExternalLeadId',
    })
  return ok({ from_query })
}

function readTarget(
  query: ReadonlyMap<string, string>,
  allow_duplicates: boolean,
  external_id: string | null,
): Outcome<Target> {
  const campaign_id = readId(query, 'fCampaignId')
  if (campaign_id.refusal) return campaign_id
  // Without a campaign the external id alone must be enough; with one, the three ids go together.
  const read = campaign_id.ok === undefined ? readId : requireId
  const template_id = read(query, 'fTemplateId')
  if (template_id.refusal) return template_id
  const allocation_id = read(query, 'fAllocationId')
  if (allocation_id.refusal) return allocation_id
  return ok({
    template_id: template_id.ok,
    campaign_id: campaign_id.ok,
    allocation_id: allocation_id.ok,
    external_id,
    allow_duplicates,
  })
}

async function updateRow(call: Call, target: Target, row: Row, reading: Reading): Promise<Outcome<Updated>> {
  const { intake } = call.services
  const problems: Problem[] = []
  const [base_version, from_body] = await reading(
    () => [readVersion(entryOf(row, 'njVersion')), externalIdOf(row, problems)] as const,
  )
  if (base_version.refusal) return base_version
  const external_id = target.external_id ?? from_body
  const [first, ...others] = problems
  const unreadable = first && external_id === null ? refuseFields([first, ...others]) : undefined
  if (unreadable && target.campaign_id === undefined) return unreadable

  const campaign = await campaignOf(call, target, external_id)
  if (campaign.refusal) return campaign
  const { template_id, allocation_id } = target
  const found = await intake.targets.find(
    { template_id, campaign_id: campaign.ok, allocation_id },
    call.caller,
  )
  if (found.refusal) return found
  const rules: Rules = found.ok

  const missing = refuse('COULDNT_FIND_THE_LEAD', 'no lead of the campaign has this external id', {
    field: 'njExternalLeadId',
  })
  if (external_id === null || isNoChange(external_id)) return unreadable ?? missing
  const key = { campaign_id: campaign.ok, number: null, external_id }
  const lead: LeadState | undefined = await intake.find(key, call.deadline, call.by)
  if (!lead) return missing

  const now = call.services.now()
  const incoming = await reading(() => {
    const entries = readEntries(row, rules)
    entries.problems.push(...problems)
    return readUpdate(entries, rules, lead, now)
  })
  if (incoming.refusal) return incoming
  const updated = await intake.update({
    rules,
    found: lead,
    base_version: base_version.ok,
    incoming: incoming.ok,
    on_conflict: 'classic',
    allow_duplicates: target.allow_duplicates,
    by: call.by,
    now,
    deadline: call.deadline,
  })
  // A held update will be written as it was read.
  if (updated.refusal?.conflict_id !== undefined) nameWarnings(call, incoming.ok.warnings)
  return updated
}

/** The campaign that the caller names, else the only one that it may see with a lead of this external id. */
async function campaignOf(call: Call, target: Target, external_id: string | null): Promise<Outcome<number>> {
  if (target.campaign_id !== undefined) return ok(target.campaign_id)
  if (external_id === null)
    return refuse('UNKNOWN_TARGET', 'fCampaignId is missing', { field: 'fCampaignId' })
  const campaigns = await campaignsOfExternalId(call.services.pool, external_id, call.caller.team_ids)
  const [only] = campaigns
  if (only !== undefined && campaigns.length === 1) return ok(only)
  return only === undefined
    ? refuse('COULDNT_FIND_THE_LEAD', 'no lead has this external id', { field: 'njExternalLeadId' })
    : refuse('UNKNOWN_TARGET', 'leads of several campaigns have this external id: name fCampaignId', {
        field: 'fCampaignId',
      })
}

function readVersion({ text }: Entry): Outcome<number | null> {
  if (text === '' || (text !== undefined && isNoChange(text))) return ok(null)
  const match = /^\s*"?v?([1-9]\d{0,8})"?\s*$/.exec(text ?? '')
  if (match) return ok(Number(match[1]))
  return refuse('MALFORMED_REQUEST', 'njVersion must be a version that the lead had, such as 3', {
    field: 'njVersion',
  })
}
