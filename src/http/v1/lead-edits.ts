// New leads, and changes that were made from a version.

import { type Static, type TSchema, Type } from 'typebox'
import { readLeadId } from '../../core/lead.ts'
import { isObject, readLeadBody, segment } from '../../core/lead-body.ts'
import { type Result, refuse, refuseFields } from '../../core/result.ts'
import type { Rules } from '../../core/rules.ts'
import { readNewLead } from '../../core/submission.ts'
import { readPatch } from '../../core/update.ts'
import { shownOf, viewLead } from '../../db/leads.ts'
import { note } from '../../intake/notes.ts'
import { baseOf } from '../../intake/sides.ts'
import type { Updated } from '../../intake/update.ts'
import { certainly, nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { readIfMatch, tagOf } from '../if-match.ts'
import { answer, patch, post, routes } from '../route.ts'
import { nameClosedHours, orKnownAgent } from './callbacks.ts'
import { foundLead, mayPutOff, mayRead, readerOf } from './leads.ts'
import {
  BadValueQuery,
  Closed,
  closed,
  Id,
  judged,
  Lead,
  LeadParams,
  NullableText,
  named,
  nullable,
  readingOf,
  shape,
} from './shapes.ts'

const Texts = (description: string) => Type.Record(Type.String(), NullableText, { description })
/** A new lead and a change both have these. */
const COMMON = {
  priority: Type.Optional(
    nullable(Type.Integer({ minimum: 0, maximum: 100, description: 'Lower is called first; null: 10' })),
  ),
  callback: Type.Optional(
    nullable(
      Type.Object(
        {
          local: Type.String({
            description:
              'Wall time in the zone of the contact hours, 2026-11-26T10:00; from a year ago to in five years',
          }),
        },
        Closed,
      ),
    ),
  ),
  callback_agent: Type.Optional(nullable(Type.String({ description: 'The agent who calls back' }))),
  contact_hours: Type.Optional(
    nullable(Type.String({ description: 'By name; null: those of the template' })),
  ),
  allow_duplicates: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Takes numbers that another lead of the campaign holds; never one that must not be called',
    }),
  ),
}

const NewLead = judged(
  closed('NewLead', {
    allocation_id: Id,
    external_id: Type.Optional(NullableText),
    fields: Texts('By name in any case, or by alias; a phone field needs a value'),
    unmapped: Type.Optional(
      Texts('Keys that are not fields of the template: kept with the lead, never dialled'),
    ),
    source: Type.Optional(nullable(Type.String({ description: 'Where it comes from' }))),
    ...COMMON,
  }),
)

export const LeadPatch = judged(
  closed(
    'LeadPatch',
    {
      fields: Type.Optional(Texts('Null clears; what is left out stays')),
      unmapped: Type.Optional(Texts('Null removes the key')),
      disposition: Type.Optional(
        Type.String({ description: 'An outcome, also when it is the one that the lead has' }),
      ),
      note: Type.Optional(
        Type.String({ description: 'A note about the lead, written in the same transaction' }),
      ),
      ...COMMON,
    },
    { description: 'A key that is left out stays as it is, null clears' },
  ),
)

const PatchQuery = Type.Object({
  ...BadValueQuery.properties,
  on_conflict: Type.Optional(
    named(
      'OnConflict',
      Type.Unsafe<'fail' | 'merge' | 'hold'>({
        type: 'string',
        enum: ['fail', 'merge', 'hold'],
        default: 'fail',
        description:
          'When the lead has another version by now. fail: 412. merge: what does not clash is saved, else 412. hold: as merge, but a clash waits under /v1/conflicts (202)',
      }),
    ),
  ),
})
const PatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'The version that the change was made from, "v7"; without it 428' }),
  ),
})

const ChangedLead = shape('ChangedLead', {
  ...Lead.properties,
  merged: Type.Optional(
    shape(
      'Merged',
      {
        kept: Type.Array(Type.String(), { description: 'Groups that others changed, and that stay' }),
        base_version: Type.Integer(),
      },
      { description: 'The lead had moved on: the change was merged with what others did' },
    ),
  ),
})
const HeldChange = shape('HeldChange', {
  conflict_id: Type.Integer(),
  lead_id: Type.String(),
  lead_version: Type.Integer(),
  groups: Type.Array(Type.String()),
})

/** All that a caller without the scope read gets of a lead, and all that is certain once a change is committed. */
interface Certain {
  id: string
  campaign_id: number
  version: number
}
/** The SDK promises the whole lead: most callers may read it. */
export const orCertain = <T extends TSchema>(lead: T) => Type.Unsafe<Static<T> | Certain>(lead)

export const leadEdits = routes('leads', {
  createLead: post('/v1/leads', {
    scope: 'insert',
    gated: 'insert',
    summary: 'Insert a lead',
    query: BadValueQuery,
    body: NewLead,
    created: orCertain(Lead),
    handle: async (call) => {
      const { intake, now } = call.services
      const { body, by } = call
      const { rules, allocation_id } = await targetOf(call, objectOf(body))
      const reading = readingOf(call.query)
      const { entries, allow_duplicates } = readLeadBody(body, rules, 'new', { reading })
      const instant = now()
      const submission = orRefuse(readNewLead(entries, rules, allocation_id, instant))
      await orKnownAgent(call, rules.campaign_id, submission.lead.callback_agent, '/callback_agent')
      nameClosedHours(call, rules, submission.lead, { callback: submission.lead.callback_local })
      const arrival = { submission, rules, allow_duplicates, by, now: instant }
      const inserted = orRefuse(await intake.insert(arrival, call.deadline))
      call.reply.header('Location', `/v1/leads/${inserted.lead_id}`)
      return answerLead(call, { ...inserted, warnings: submission.warnings })
    },
  }),

  patchLead: patch('/v1/leads/:id', {
    scope: 'write',
    gated: 'update',
    summary: 'Change a lead',
    params: LeadParams,
    query: PatchQuery,
    headers: PatchHeaders,
    body: LeadPatch,
    answers: { 200: orCertain(ChangedLead), 202: HeldChange },
    handle: async (call) => {
      const { on_conflict = 'fail' } = call.query
      const body = objectOf(call.body)
      const base_version = orRefuse(readIfMatch(call.headers['if-match']))
      const change = await readChange(call, body, '', base_version)
      const changed = await call.services.intake.update({ ...change, base_version, on_conflict })
      const updated = pointed(changed, change.rules)
      const { conflict_id, lead_id, lead_version, groups } = updated.refusal ?? {}
      if (conflict_id === undefined) return answer(200, await answerLead(call, orRefuse(updated)))
      nameWarnings(call, change.incoming.warnings)
      // A note clashes with nothing, so it does not wait with the change.
      if (change.note) orRefuse(await note(call.services.pool, change.found, change.note))
      return answer(202, { conflict_id, lead_id: lead_id!, lead_version: lead_version!, groups: groups! })
    },
  }),
})

function objectOf(body: unknown): Record<string, unknown> {
  return isObject(body) ? body : orRefuse(refuse('MALFORMED_REQUEST', 'the body must be one JSON object'))
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
      : await targets.openAllocation(allocation_id, call.caller)
  if (rules.refusal) return orRefuse({ refusal: { ...rules.refusal, field: '/allocation_id' } })
  call.notes.campaign_id = rules.ok.campaign_id
  return { rules: rules.ok, allocation_id }
}

/** A body that changes a lead, read against the lead as its sender knew it. `at`: where the change is in the request. */
export async function readChange(
  call: Call & { params: Static<typeof LeadParams>; query: Static<typeof BadValueQuery> },
  body: unknown,
  at: string,
  base_version: number,
) {
  const { lead, rules } = await foundLead(call, call.params.id)
  const base = orRefuse(await baseOf(call.services.pool, lead, base_version, rules))
  const reading = readingOf(call.query)
  const { entries, allow_duplicates, note: text } = readLeadBody(body, rules, 'patch', { at, reading })
  const now = call.services.now()
  const may_put_off = mayPutOff(call.caller)
  const incoming = orRefuse(readPatch(entries, rules, base, { now, may_put_off }))
  const { callback_agent } = incoming.values
  if (callback_agent !== base.callback_agent)
    await orKnownAgent(call, lead.campaign_id, callback_agent, `${at}/callback_agent`)
  nameClosedHours(call, rules, base, incoming.values)
  const { by, deadline } = call
  const reader = readerOf(call.caller)
  const note = text === undefined ? undefined : { text, base_version, by, now }
  return {
    rules,
    found: lead,
    base,
    incoming,
    allow_duplicates,
    may_put_off,
    reader,
    by,
    now,
    deadline,
    note,
  }
}

/** A field or key that a refusal names by its name is named by its place in the body. */
export function pointed<T>(result: Result<T>, rules: Rules, at = ''): Result<T> {
  const { refusal } = result
  // A list of problems names places already.
  if (refusal?.field === undefined || refusal.errors) return result
  const field = rules.fields.named(refusal.field)
  if (field) return { refusal: { ...refusal, field: `${at}/fields/${segment(field.name)}` } }
  if (refusal.name !== 'INVALID_FIELD') return result
  return { refusal: { ...refusal, field: `${at}/unmapped/${segment(refusal.field)}` } }
}

/** The lead as it is now, with the changes of others. If it cannot be read any more, what is certain. */
export async function answerLead(call: Call, { lead_id, version, merged, warnings }: Updated) {
  nameWarnings(call, warnings)
  const key = readLeadId(lead_id)!
  const { caller, services } = call
  const certain: Certain = { id: lead_id, campaign_id: key.campaign_id, version }
  const view = mayRead(caller)
    ? await certainly(call, certain, async () => {
        const lead = await viewLead(services.pool, key, caller)
        return lead && services.intake.targets.marked(shownOf(lead), services.now())
      })
    : certain
  call.reply.header('ETag', tagOf(view.version))
  return { ...view, ...(merged ? { merged } : {}) }
}
