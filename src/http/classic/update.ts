// updateLeadFast and the older updateLead.

import { readEntries, readUpdate } from '../../core/classic.ts'
import { scalarText } from '../../core/document-text.ts'
import type { Entry } from '../../core/entries.ts'
import { fold } from '../../core/field.ts'
import { type LeadState, readLeadName } from '../../core/lead.ts'
import { readExternalId } from '../../core/lead-values.ts'
import { LIMITS } from '../../core/limits.ts'
import { ok, type Problem, type Result, refuse, refuseFields } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { isNoChange } from '../../core/text.ts'
import type { Warning } from '../../core/warnings.ts'
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
type Reading = <T>(read: () => T) => T | Promise<T>
const atOnce: Reading = (read) => read()

export async function updateLeadFast(call: Call) {
  const query = orRefuse(readQuery(call))
  const allow_duplicates = orRefuse(readAllowDuplicates(query))
  const row = orRefuse(await readRow(call))
  const named = orRefuse(readNamed(query, row))
  const target = orRefuse(readTarget(query, allow_duplicates, named))
  const { warnings } = call.request.raw.leadline!
  return answerOk(call, orRefuse(await updateRow(call, target, row, atOnce, warnings)))
}

export async function updateLead(call: Call) {
  const query = orRefuse(readQuery(call))
  const allow_duplicates = orRefuse(readAllowDuplicates(query))
  const { rows, array } = orRefuse(await readRows(call, LIMITS.batch_rows_max))
  for (const key of NAMES)
    if (array && rows.length > 1 && query.has(key))
      orRefuse(refuse('MALFORMED_REQUEST', `${key} in the query names one lead, the body holds several`))
  const named = orRefuse(readNamed(query, rows.length === 1 ? rows[0]! : NO_OBJECT))
  const target = orRefuse(readTarget(query, allow_duplicates, named))
  // Rows of one lead are applied in their order; different leads go side by side. A lead that has two kinds of names may be
  // named by both of them.
  const names = await Promise.all(rows.map((row) => inSlices(() => namedIn(row))))
  const ids = names.map(({ external_id, lead_id }) => external_id ?? numberOf(lead_id))
  const mixed = NAMES.every((name) => names.some(({ [NAMED_BY[name]]: text }) => text !== null))
  const before = new Map<string, Promise<unknown>>()
  const outcomes = await Promise.all(
    rows.map((row, i) => {
      const key = mixed ? '' : String(ids[i] ?? '')
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
function entryOf(row: Row, key: Name | 'njVersion'): Entry {
  const folded = fold(key)
  const [, value = ''] = row.entries().find(([name]) => fold(name) === folded) ?? []
  return { key, text: scalarText(value), is_null: value === null }
}

function readNames(entryOf: (key: Name) => Entry, problems: Problem[]): Named {
  const read = (name: Name) => {
    const text = readExternalId(entryOf(name), problems)
    return text === null || isNoChange(text) ? null : text
  }
  return { external_id: read('njExternalLeadId'), lead_id: read('njLeadId') }
}

const namedIn = (row: Row, problems: Problem[] = []) => readNames((key) => entryOf(row, key), problems)

/** The number of a lead id, however it is written; what is no lead id stays what it is. */
const numberOf = (lead_id: string | null) =>
  lead_id === null ? null : (readLeadName(lead_id)?.number ?? lead_id)

/** Two ids of one lead; the number alone is that of any campaign. */
const isSameLead = (a: string, b: string) =>
  numberOf(a) === numberOf(b) && (a === b || !a.includes('-') || !b.includes('-'))

/** What names the lead is in the query or in the body; two that differ are a malformed request. */
function readNamed(query: ReadonlyMap<string, string>, row: Row): Result<Named> {
  const problems: Problem[] = []
  const named = readNames((key) => ({ key, text: query.get(key) ?? '', is_null: false }), problems)
  const [first, ...others] = problems
  if (first) return refuseFields([first, ...others])
  // What is wrong with those in the body is answered with its row.
  const in_body = namedIn(row)
  const differs = (key: Name) =>
    refuse('MALFORMED_REQUEST', `${key} differs between the query and the body`, { field: key })
  if (named.external_id !== null && in_body.external_id !== null && named.external_id !== in_body.external_id)
    return differs('njExternalLeadId')
  if (named.lead_id !== null && in_body.lead_id !== null && !isSameLead(named.lead_id, in_body.lead_id))
    return differs('njLeadId')
  return ok(named)
}

function readTarget(
  query: ReadonlyMap<string, string>,
  allow_duplicates: boolean,
  named: Named,
): Result<Target> {
  const campaign_id = readId(query, 'fCampaignId')
  if (campaign_id.refusal) return campaign_id
  // Without a campaign the name of the lead must be enough; with one, the three ids go together.
  const read = campaign_id.ok === undefined ? readId : requireId
  const template_id = read(query, 'fTemplateId')
  if (template_id.refusal) return template_id
  const allocation_id = read(query, 'fAllocationId')
  if (allocation_id.refusal) return allocation_id
  return ok({
    template_id: template_id.ok,
    campaign_id: campaign_id.ok,
    allocation_id: allocation_id.ok,
    ...named,
    allow_duplicates,
  })
}

/** `said`: what reading the body had to say of the row. */
async function updateRow(
  call: Call,
  target: Target,
  row: Row,
  reading: Reading,
  said: readonly Warning[] = [],
): Promise<Result<Updated>> {
  const { intake } = call.services
  const problems: Problem[] = []
  const [base_version, in_body] = await reading(
    () => [readVersion(entryOf(row, 'njVersion')), namedIn(row, problems)] as const,
  )
  if (base_version.refusal) return base_version
  const named: Named = {
    external_id: target.external_id ?? in_body.external_id,
    lead_id: target.lead_id ?? in_body.lead_id,
  }
  const [first, ...others] = problems
  const nameless = named.external_id === null && named.lead_id === null
  const unreadable = first && nameless ? refuseFields([first, ...others]) : undefined
  if (unreadable && target.campaign_id === undefined) return unreadable

  const campaign = await campaignOf(call, target, named)
  if (campaign.refusal) return campaign
  const { template_id, allocation_id } = target
  const found = await intake.targets.find(
    { template_id, campaign_id: campaign.ok, allocation_id },
    call.caller,
  )
  if (found.refusal) return found
  const rules: Rules = found.ok

  if (unreadable) return unreadable
  const searched = await leadOf(call, campaign.ok, named)
  if (searched.refusal) return searched
  const lead = searched.ok

  const now = call.services.now()
  const incoming = await reading(() => {
    const entries = readEntries(row, rules)
    entries.problems.push(...problems)
    return readUpdate(entries, rules, lead, now)
  })
  if (incoming.refusal) return incoming
  const warnings = [...incoming.ok.warnings, ...said]
  const updated = await intake.update({
    rules,
    found: lead,
    base_version: base_version.ok,
    incoming: { ...incoming.ok, warnings },
    on_conflict: 'classic',
    allow_duplicates: target.allow_duplicates,
    by: call.by,
    now,
    deadline: call.deadline,
  })
  // A held update will be written as it was read.
  if (updated.refusal?.conflict_id !== undefined) nameWarnings(call, warnings)
  return updated
}

const missing = (field: Name, detail: string) => refuse('COULDNT_FIND_THE_LEAD', detail, { field })

/** The lead of the campaign that is named by its id or its external id; two names must be those of one lead. */
async function leadOf(
  call: Call,
  campaign_id: number,
  { external_id, lead_id }: Named,
): Promise<Result<LeadState>> {
  const find = (number: number | null, by: string | null) =>
    call.services.intake.find({ campaign_id, number, external_id: by }, call.deadline, call.by)
  if (lead_id === null) {
    if (external_id === null)
      return missing('njExternalLeadId', 'njExternalLeadId or njLeadId must name the lead')
    const lead = await find(null, external_id)
    return lead ? ok(lead) : missing('njExternalLeadId', 'no lead of the campaign has this external id')
  }
  const id = readLeadName(lead_id)
  if (!id) return missing('njLeadId', 'njLeadId is no id of a lead, such as 41-1207 or 1207')
  const elsewhere = id.campaign_id !== null && id.campaign_id !== campaign_id
  const lead = elsewhere ? undefined : await find(id.number, null)
  if (!lead) return missing('njLeadId', 'no lead of the campaign has this id')
  if (external_id !== null && external_id !== lead.external_id)
    return refuse('MALFORMED_REQUEST', 'njLeadId and njExternalLeadId do not name the same lead', {
      field: 'njLeadId',
    })
  return ok(lead)
}

/** The campaign that the caller names, that of the lead id, or the only one that it may see with a lead of the external id. */
async function campaignOf(
  call: Call,
  target: Target,
  { external_id, lead_id }: Named,
): Promise<Result<number>> {
  if (target.campaign_id !== undefined) return ok(target.campaign_id)
  const campaign_id = lead_id === null ? null : readLeadName(lead_id)?.campaign_id
  if (campaign_id) {
    const seen = await call.services.intake.targets.find({ campaign_id }, call.caller)
    return seen.refusal ? missing('njLeadId', 'no lead has this id') : ok(campaign_id)
  }
  if (external_id === null)
    return refuse('UNKNOWN_TARGET', 'fCampaignId is missing', { field: 'fCampaignId' })
  const campaigns = await campaignsOfExternalId(call.services.pool, external_id, call.caller)
  const [only] = campaigns
  if (only !== undefined && campaigns.length === 1) return ok(only)
  return only === undefined
    ? missing('njExternalLeadId', 'no lead has this external id')
    : refuse('UNKNOWN_TARGET', 'leads of several campaigns have this external id: name fCampaignId', {
        field: 'fCampaignId',
      })
}

function readVersion({ text }: Entry): Result<number | null> {
  if (text === '' || (text !== undefined && isNoChange(text))) return ok(null)
  const match = /^\s*"?v?([1-9]\d{0,8})"?\s*$/.exec(text ?? '')
  if (match) return ok(Number(match[1]))
  return refuse('MALFORMED_REQUEST', 'njVersion must be a version that the lead had, such as 3', {
    field: 'njVersion',
  })
}
