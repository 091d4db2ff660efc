// Attempt rules: how often a number and a lead may be called. Those of the installation count beside each template's.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { installationRules } from '../../db/attempt-rules.ts'
import { patchAttemptRules } from '../../intake/attempt-rules.ts'
import { tagOf } from '../if-match.ts'
import { get, patch, routes } from '../route.ts'
import { CHANGES, changeAsked, changed } from './set-up.ts'
import { closed, LOOKS, nullable, shape, Version } from './shapes.ts'

const Times = Type.Integer({ minimum: 1, maximum: LIMITS.attempts_max })
const LIMIT_SCHEMAS = {
  day_max: nullable(Times, 'Attempts in the last 24 hours; null: no limit'),
  total_max: nullable(Times, 'Attempts in all; null: no limit'),
  gap_s: nullable(
    Type.Integer({ minimum: 1, maximum: LIMITS.attempt_gap_s_max }),
    'Seconds from one attempt to the next at the least; null: no limit',
  ),
}
const ACROSS = Type.Boolean({
  description:
    'Whether calls of every campaign count, or those of the same campaign; for the installation every call counts',
})

const GIVEN = {
  day_max: Type.Optional(LIMIT_SCHEMAS.day_max),
  total_max: Type.Optional(LIMIT_SCHEMAS.total_max),
  gap_s: Type.Optional(LIMIT_SCHEMAS.gap_s),
}
const GIVEN_RULES = {
  number: Type.Optional(
    nullable(closed('GivenNumberLimits', { ...GIVEN, across_campaigns: Type.Optional(ACROSS) })),
  ),
  lead: Type.Optional(nullable(closed('GivenLeadLimits', GIVEN))),
}
export const GivenAttemptRulesShape = closed('GivenAttemptRules', GIVEN_RULES)

const RULES = {
  number: nullable(
    shape('NumberLimits', { ...LIMIT_SCHEMAS, across_campaigns: ACROSS }),
    'Of each number; null: no limit',
  ),
  lead: nullable(shape('LeadLimits', LIMIT_SCHEMAS), 'Of each lead; null: no limit'),
}
export const AttemptRulesShape = shape('AttemptRules', RULES)
const InstallationRules = shape('InstallationAttemptRules', { ...RULES, version: Version })

export const attemptRules = routes('set-up', {
  attemptRules: get('/v1/attempt-rules', {
    scope: LOOKS,
    summary: 'How often a number and a lead may be called in the whole installation',
    answer: InstallationRules,
    handle: async ({ services, reply }) => {
      const rules = await installationRules(services.pool)
      reply.header('ETag', tagOf(rules.version))
      return rules
    },
  }),

  changeAttemptRules: patch('/v1/attempt-rules', {
    repeatable: CHANGES.repeatable,
    headers: CHANGES.headers,
    scope: 'manage',
    summary: 'Change how often a number and a lead may be called in the whole installation',
    body: closed('AttemptRulesChange', GIVEN_RULES),
    answer: InstallationRules,
    handle: async (call) => {
      const asked = changeAsked({ headers: call.headers, query: {} })
      return changed(call, await patchAttemptRules(call, call.body, asked))
    },
  }),
})
