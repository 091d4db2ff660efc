// Rules that settle held updates of a sender, so that nobody has to.

import { Type } from 'typebox'
import { known, refuse, refuseField } from '../../core/result.ts'
import { readInstant } from '../../core/times.ts'
import { conflictRuleById, listConflictRules, openOfSender, senderKnown } from '../../db/conflict-rules.ts'
import { templateById } from '../../db/templates.ts'
import { judgeGroups, makeRule, revokeRule } from '../../intake/conflict-rules.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, routes } from '../route.ts'
import { withRules } from './conflict-views.ts'
import { created, listed, one } from './set-up.ts'
import {
  ActorName,
  closed,
  Id,
  IdParams,
  NullableText,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  Sentence,
  shape,
  Time,
} from './shapes.ts'

const Groups = Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), { minItems: 1, maxItems: 20 })
const RuleSide = oneOf(['mine', 'theirs'], 'mine: the update wins; theirs: the lead stays as it is')
const ConflictRule = shape('ConflictRule', {
  rule_id: Id,
  template_id: Id,
  template: Type.String(),
  caller: Type.String(),
  caller_name: ActorName,
  groups: Groups,
  side: RuleSide,
  reason: Type.String(),
  until: NullableText,
  in_force: Type.Boolean(),
  settled: Type.Integer({ description: 'How many held updates it has settled' }),
  last_settled_at: NullableText,
  made_by: Type.String(),
  made_by_name: ActorName,
  made_at: Time,
  revoked_by: NullableText,
  revoked_by_name: ActorName,
  revoked_at: NullableText,
})
const NewConflictRule = closed('NewConflictRule', {
  template_id: Id,
  caller: Type.String({ pattern: '^key:[1-9][0-9]{0,8}$', description: 'The key whose updates it settles' }),
  groups: { ...Groups, description: 'No phones; an outcome that closes a lead is never decided by a rule' },
  side: RuleSide,
  reason: Sentence,
  until: Type.Optional(nullable(Type.String(), 'When it ends; null: when somebody revokes it')),
})
/** Each is a transaction of its own: a request never takes long. */
const PART_MAX = 25

export const conflictRules = routes('leads', {
  conflictRules: get('/v1/conflict-rules', {
    scope: ['supervise', 'manage'],
    summary: 'Rules that settle conflicts, with what they did',
    query: PageQuery,
    answer: pageOf(ConflictRule),
    handle: (call) => listed(call, listConflictRules, 'rule_id'),
  }),

  createConflictRule: post('/v1/conflict-rules', {
    scope: 'manage',
    summary: 'Make a rule that settles conflicts of a sender',
    body: NewConflictRule,
    created: ConflictRule,
    handle: async (call) => {
      const { services, caller, by, body } = call
      const { pool } = services
      const { template_id, until = null } = body
      const template = orRefuse(
        known(await templateById(pool, caller, template_id), `template ${template_id}`),
      )
      orRefuse(judgeGroups(body.groups, template.fields))
      if (!(await senderKnown(pool, caller, body)))
        return orRefuse(
          refuseField('/caller', 'no update of this key for leads of this template has ever clashed'),
        )
      const end = until === null ? null : readEnd(until, services.now())
      const rule = { ...body, groups: [...body.groups].sort(), until: end }
      return created(call, known(await makeRule(pool, caller, rule, by), 'the rule'), 'rule_id')
    },
  }),

  revokeConflictRule: del('/v1/conflict-rules/:id', {
    scope: 'manage',
    summary: 'End a rule; what it has settled stays settled',
    params: IdParams,
    answer: ConflictRule,
    handle: async (call) => {
      const { services, caller, by, params } = call
      return orRefuse(known(await revokeRule(services.pool, caller, params.id, by), `rule ${params.id}`))
    },
  }),

  applyConflictRule: post('/v1/conflict-rules/:id/settlements', {
    scope: 'manage',
    repeatable: true,
    summary: 'Settle the conflicts that are open already by a rule, part by part',
    params: IdParams,
    query: Type.Object({ cursor: Type.Optional(Type.Integer({ minimum: 0 })) }),
    answer: Type.Object({
      settled: Type.Integer(),
      looked_at: Type.Integer(),
      next_cursor: nullable(Type.Integer()),
    }),
    handle: async (call) => {
      const { services, caller, by, deadline } = call
      const rule = await one(call, conflictRuleById, 'rule')
      if (!rule.in_force) return orRefuse(refuse('UNKNOWN_TARGET', 'this rule is not in force any more'))
      const { team_ids } = caller
      const { template_id, caller: sender } = rule
      const after = call.query.cursor ?? 0
      const asked = { team_ids, template_id, caller: sender, after, rows_max: PART_MAX }
      const rows = await openOfSender(services.pool, asked)
      const request = { by, now: services.now(), deadline }
      const settled = await services.intake.applyRule(await withRules(call, rows), rule, request)
      const next_cursor = rows.length < PART_MAX ? null : rows.at(-1)!.held_update_id
      return { settled, looked_at: rows.length, next_cursor }
    },
  }),
})

function readEnd(text: string, now: string): string {
  const read = readInstant(text)
  if (!('at' in read)) return orRefuse(refuseField('/until', 'is no RFC 3339 time'))
  return read.at > now ? read.at : orRefuse(refuseField('/until', 'must be in the future'))
}
