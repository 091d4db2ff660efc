// Changes of leads over /v1: new ones, patches against a version, merges, undoing, and a lead as it was.

import { mayDo } from '../../core/access.ts'
import { KEEPING, type Leniency, STRICT } from '../../core/entries.ts'
import { type LeadState, readLeadId, valuesOf } from '../../core/lead.ts'
import { readLeadBody, segment } from '../../core/lead-body.ts'
import { hasRole } from '../../core/operator.ts'
import { ok, type Result, refuse, refuseFields } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { readNewLead } from '../../core/submission.ts'
import { type Incoming, readPatch } from '../../core/update.ts'
import { eventOf, shownOf, viewLead } from '../../db/leads.ts'
import { preview } from '../../intake/merge.ts'
import { baseOf } from '../../intake/sides.ts'
import type { OnConflict, Updated } from '../../intake/update.ts'
import { certainly, nameWarnings } from '../answer.ts'
import type { Call, Caller } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type { MergeBody } from './lead-edit-schemas.ts'

/** Whether a priority may rise although the customer has asked for the call: for operators with some say, not for keys. */
export const mayPutOff = ({ operator }: Caller) => operator !== null && hasRole(operator.role, 'lead')

export const mayRead = ({ scopes }: Caller) => mayDo(scopes, ['read'])

/** A key that may write and not read is told that changes met, not what the lead holds. */
export function withoutValues<T>(call: Call, { ok: value, refusal }: Result<T>): Result<T> {
  if (!refusal) return ok(value as T)
  const { conflict, ...rest } = refusal
  return { refusal: conflict && mayRead(call.caller) ? refusal : rest }
}

const nobody = refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead')

export async function postLead(call: Call) {
  const { intake, now } = call.services
  const { body } = call.request
  const { rules, allocation_id } = await targetOf(call, objectOf(body))
  const { entries, allow_duplicates } = readLeadBody(body, rules, 'new', { reading: readingOf(call) })
  const instant = now()
  const submission = orRefuse(readNewLead(entries, rules, allocation_id, instant))
  const inserted = orRefuse(
    await intake.insert({ submission, rules, allow_duplicates, by: call.by, now: instant }, call.deadline),
  )
  call.reply.code(201).header('Location', `/v1/leads/${inserted.lead_id}`)
  return answerLead(call, { ...inserted, warnings: submission.warnings })
}

/** /v1 is strict, unless its caller says otherwise. */
export const readingOf = ({ request }: Call): Leniency =>
  (request.query as { on_bad_value?: 'keep' | 'refuse' }).on_bad_value === 'keep' ? KEEPING : STRICT

function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return orRefuse(refuse('MALFORMED_REQUEST', 'the body must be one JSON object'))
  return body as Record<string, unknown>
}

async function targetOf(
  call: Call,
  { allocation_id }: Record<string, unknown>,
): Promise<{ rules: Rules; allocation_id: number }> {
  if (typeof allocation_id !== 'number' || !Number.isInteger(allocation_id) || allocation_id < 1)
    return orRefuse(
      refuseFields([
        { name: 'INVALID_FIELD', field: '/allocation_id', detail: 'must be the id of an allocation' },
      ]),
    )
  const { targets } = call.services.intake
  const rules =
    allocation_id > 2_147_483_647
      ? refuse('UNKNOWN_TARGET', `allocation ${allocation_id}: not known`)
      : await targets.ofAllocation(allocation_id, call.caller)
  if (rules.refusal) return orRefuse({ refusal: { ...rules.refusal, field: '/allocation_id' } })
  return { rules: rules.ok, allocation_id }
}

/** The lead that the address names as it is now, with the rules of its campaign, if the caller may see it. */
async function found(call: Call): Promise<{ lead: LeadState; rules: Rules }> {
  const { intake } = call.services
  const key = readLeadId((call.request.params as { id: string }).id)
  if (!key) return orRefuse(nobody)
  const rules = await intake.targets.find({ campaign_id: key.campaign_id }, call.caller)
  if (rules.refusal) return orRefuse(nobody)
  const lead = await intake.find({ ...key, external_id: null }, call.deadline, call.by)
  return lead ? { lead, rules: rules.ok } : orRefuse(nobody)
}

/** A body that changes a lead, read against the lead as its sender knew it. */
async function readChange(call: Call, body: unknown, at: string, base_version: number) {
  const { lead, rules } = await found(call)
  const base = orRefuse(await baseOf(call.services.pool, lead, base_version, rules))
  const { entries, allow_duplicates } = readLeadBody(body, rules, 'patch', { at, reading: readingOf(call) })
  const now = call.services.now()
  const may_put_off = mayPutOff(call.caller)
  const incoming: Incoming = orRefuse(readPatch(entries, rules, base, { now, may_put_off }))
  const { by, deadline } = call
  return { rules, found: lead, base, incoming, allow_duplicates, may_put_off, by, now, deadline }
}

export async function patchLead(call: Call) {
  const { on_conflict = 'fail' } = call.request.query as { on_conflict?: OnConflict }
  const body = objectOf(call.request.body)
  const base_version = orRefuse(readIfMatch(call.request.headers['if-match']))
  const change = await readChange(call, body, '', base_version)
  const changed = await call.services.intake.update({ ...change, base_version, on_conflict })
  const updated = withoutValues(call, pointed(changed, change.rules))
  const { refusal } = updated
  if (refusal?.conflict_id !== undefined) {
    const { conflict_id, lead_id, lead_version, groups } = refusal
    nameWarnings(call, change.incoming.warnings)
    call.reply.code(202)
    return { conflict_id, lead_id, lead_version, groups }
  }
  return answerLead(call, orRefuse(updated))
}

/** The one version that a change was made from. A weak tag, as proxies that compress make it, names it as well. */
function readIfMatch(header: string | undefined): Result<number> {
  if (header === undefined || header.trim() === '*')
    return refuse(
      'PRECONDITION_REQUIRED',
      header === undefined
        ? 'a change needs If-Match with the version that it was made from'
        : 'If-Match: * names no version, so the change could replace what its sender never saw',
      { field: 'If-Match' },
    )
  const match = /^\s*(?:W\/)?"v([1-9]\d{0,8})"\s*$/.exec(header)
  if (match) return ok(Number(match[1]))
  return refuse('MALFORMED_REQUEST', 'If-Match must be one version as ETag gives it, such as "v7"', {
    field: 'If-Match',
  })
}

export async function postPreview(call: Call) {
  const { base_version, mine } = call.request.body as Pick<MergeBody, 'base_version' | 'mine'>
  const change = await readChange(call, mine, '/mine', base_version)
  return preview(call.services.pool, change, change.found)
}

export async function postMerge(call: Call) {
  const { base_version, lead_version, mine, decisions } = call.request.body as MergeBody
  const change = await readChange(call, mine, '/mine', base_version)
  const merged = await call.services.intake.merge({ ...change, lead_version, decisions })
  return answerLead(call, orRefuse(withoutValues(call, pointed(merged, change.rules, '/mine'))))
}

export async function postRevert(call: Call) {
  const { version, lead_version } = call.request.body as { version: number; lead_version: number }
  const { lead, rules } = await found(call)
  const reverted = await call.services.intake.revert({
    rules,
    found: lead,
    version,
    lead_version,
    may_put_off: mayPutOff(call.caller),
    by: call.by,
    now: call.services.now(),
    deadline: call.deadline,
  })
  return answerLead(call, orRefuse(withoutValues(call, reverted)))
}

export async function getVersion(call: Call) {
  const { version } = call.request.params as { version: number }
  const { lead, rules } = await found(call)
  const { pool } = call.services
  const was = await baseOf(pool, lead, version, rules)
  if (was.refusal) return orRefuse(refuse('UNKNOWN_TARGET', was.refusal.detail))
  const { at, actor, actor_name, way, request_id } = (await eventOf(pool, lead, version))!
  return {
    lead_id: (call.request.params as { id: string }).id,
    version,
    at,
    actor,
    actor_name,
    way,
    request_id,
    values: valuesOf(was.ok),
    fields: was.ok.fields,
    unmapped: was.ok.unmapped,
  }
}

/** A field or key that a refusal names by its name is named by its place in the body. */
function pointed<T>(outcome: Result<T>, rules: Rules, at = ''): Result<T> {
  const { refusal } = outcome
  // What has a list of problems names places already.
  if (refusal?.field === undefined || refusal.errors) return outcome
  const field = rules.fields.named(refusal.field)
  if (field) return { refusal: { ...refusal, field: `${at}/fields/${segment(field.name)}` } }
  if (refusal.name !== 'INVALID_FIELD') return outcome
  return { refusal: { ...refusal, field: `${at}/unmapped/${segment(refusal.field)}` } }
}

/**
 * The lead as it is now; what others changed meanwhile is in it. Its id and version are all that is told to who may not
 * read it, and when it cannot be read any more: the database went away, somebody forgot the lead.
 */
async function answerLead(call: Call, { lead_id, version, merged, warnings }: Updated) {
  nameWarnings(call, warnings)
  const key = readLeadId(lead_id)!
  const { caller, services } = call
  const certain = { id: lead_id, campaign_id: key.campaign_id, version }
  const view = mayRead(caller)
    ? await certainly(call, certain, async () => {
        const lead = await viewLead(services.pool, key, caller)
        return lead && services.intake.targets.marked(shownOf(lead))
      })
    : certain
  call.reply.header('ETag', `"v${view.version}"`)
  return { ...view, ...(merged ? { merged } : {}) }
}
