// Merging a change with the changes of others, and undoing a change.

import { Type } from 'typebox'
import { refuse } from '../../core/result.ts'
import { mergeById } from '../../db/merges.ts'
import { preview } from '../../intake/merge.ts'
import { orRefuse } from '../errors.ts'
import { post, routes } from '../route.ts'
import { orKnownOutcome } from './callbacks.ts'
import { ConflictDocumentShape, DecisionsShape } from './conflict-shapes.ts'
import { RestoredSide } from './decided.ts'
import { answerLead, LeadPatch, orCertain, pointed, readChange } from './lead-edits.ts'
import { foundLead, mayPutOff, readerOf } from './leads.ts'
import { BadValueQuery, Closed, ConflictParams, closed, Lead, LeadParams, Version } from './shapes.ts'

const PreviewRequest = Type.Object({ base_version: Version, mine: LeadPatch }, Closed)
const MergeRequest = closed('MergeRequest', {
  base_version: Version,
  lead_version: { ...Version, description: 'The version that the decisions were made for' },
  mine: LeadPatch,
  decisions: DecisionsShape,
})
const RevertRequest = Type.Object(
  { version: { ...Version, description: 'The version whose change is undone' }, lead_version: Version },
  Closed,
)

const RestoreRequest = closed('RestoreRequest', {
  merge_id: { ...ConflictParams.properties.id, description: 'As the history and a settled conflict name it' },
  group: Type.String(),
  side: RestoredSide,
  lead_version: { ...Version, description: 'The version that the lead has now' },
})

export const leadMerges = routes('leads', {
  previewMerge: post('/v1/leads/:id/merge/preview', {
    scope: 'read',
    repeatable: true,
    summary: 'Show how a change would merge; writes nothing',
    params: LeadParams,
    query: BadValueQuery,
    body: PreviewRequest,
    answer: ConflictDocumentShape,
    handle: async (call) => {
      const { base_version, mine } = call.body
      const change = await readChange(call, mine, '/mine', base_version)
      return preview(call.services.pool, change, change.found, call.by, change.reader)
    },
  }),

  mergeLead: post('/v1/leads/:id/merge', {
    scope: 'write',
    gated: 'update',
    summary: 'Save a change together with what others did, as decided',
    params: LeadParams,
    query: BadValueQuery,
    body: MergeRequest,
    answer: orCertain(Lead),
    handle: async (call) => {
      const { base_version, lead_version, mine, decisions } = call.body
      const change = await readChange(call, mine, '/mine', base_version)
      await orKnownOutcome(call, change.found.campaign_id, decisions)
      const merged = await call.services.intake.merge({ ...change, lead_version, decisions })
      return answerLead(call, orRefuse(pointed(merged, change.rules, '/mine')))
    },
  }),

  revertLead: post('/v1/leads/:id/revert', {
    scope: 'write',
    gated: 'update',
    summary: 'Undo a change',
    params: LeadParams,
    body: RevertRequest,
    answer: orCertain(Lead),
    handle: async (call) => {
      const { lead, rules } = await foundLead(call, call.params.id)
      const { version, lead_version } = call.body
      const { by, deadline } = call
      const may_put_off = mayPutOff(call.caller)
      const now = call.services.now()
      const reader = readerOf(call.caller)
      const revert = { rules, found: lead, version, lead_version, may_put_off, reader, by, now, deadline }
      return answerLead(call, orRefuse(await call.services.intake.revert(revert)))
    },
  }),

  restoreValues: post('/v1/leads/:id/restore', {
    scope: 'write',
    gated: 'update',
    summary: 'Give a group the values back that a decision gave up',
    params: LeadParams,
    body: RestoreRequest,
    answer: orCertain(Lead),
    handle: async (call) => {
      const { lead, rules } = await foundLead(call, call.params.id)
      const { merge_id, group, side, lead_version } = call.body
      const decision = await mergeById(call.services.pool, lead, merge_id)
      if (!decision) return orRefuse(refuse('UNKNOWN_TARGET', `merge ${merge_id}: not known`))
      const { by, deadline, caller } = call
      const now = call.services.now()
      const may = { may_put_off: mayPutOff(caller), reader: readerOf(caller) }
      const restore = { rules, found: lead, decision, group, side, lead_version, ...may, by, now, deadline }
      return answerLead(call, orRefuse(await call.services.intake.restore(restore)))
    },
  }),
})
