// Rules that settle held updates. A rule decides for its sender and groups what a person would have to decide; everything
// else is judged as when a person settles, so that nothing a rule gives up is lost.

import { type ConflictGroup, openGroups } from '../core/conflict.ts'
import type { Field } from '../core/field.ts'
import { fieldPath } from '../core/lead.ts'
import { ok, type Result, refuseField } from '../core/result.ts'
import { closes, dispositionNamed, type Rules } from '../core/rules.ts'
import { DeadlinePassed } from '../db/again.ts'
import { audit } from '../db/audit.ts'
import {
  type ConflictRule,
  conflictRuleById,
  makeConflictRule,
  type RuleInForce,
  revokeConflictRule,
  rulesForSender,
} from '../db/conflict-rules.ts'
import { type HeldUpdate, heldUpdatesById } from '../db/held-updates.ts'
import { behindCommit, DatabaseUnavailable, type Pool } from '../db/pool.ts'
import { SEES_ALL, type Sight } from '../db/sight.ts'
import type { Author } from './actor.ts'
import { type HeldSides, settle } from './settle.ts'
import { besideLeads } from './settle-many.ts'
import type { Reader } from './sides.ts'
import type { Updated, UpdateRequest } from './update.ts'
import type { UpdateRoads, WriteRequest } from './write.ts'

/** Refuses groups that no rule may decide. */
export function judgeGroups(
  groups: readonly string[],
  fields: readonly Pick<Field, 'name' | 'kind'>[],
): Result<readonly string[]> {
  const is_phone = (group: string) =>
    fields.some(({ name, kind }) => kind === 'phone' && fieldPath(name) === group)
  return groups.some(is_phone)
    ? refuseField('/groups', 'a phone number is decided by a person, never by a rule')
    : ok(groups)
}

/** A rule reads no refusal. */
const NOBODY: Reader = { team_ids: [], may_overrule: false }

/** A lead changes while its held update is judged; more often than so often, a person looks at it. */
const ROUNDS_MAX = 5

/** The rule that covers every open group; none where a person must decide. */
function ruleFor({ groups, given, lead }: HeldSides, rules: Rules, known: readonly RuleInForce[]) {
  const open = openGroups(groups)
  const phones = new Set(rules.fields.phones.map(({ name }) => fieldPath(name)))
  const by_person = ({ group, class: found, theirs }: ConflictGroup) => {
    if (found === 'linked' || phones.has(group)) return true
    if (group !== 'outcome') return false
    const set = typeof theirs.disposition === 'string' && dispositionNamed(rules, theirs.disposition)
    return lead.closed || (given !== null && closes(given)) || (set && closes(set))
  }
  if (open.length === 0 || open.some(by_person)) return undefined
  return known.find((rule) => open.every(({ group }) => rule.groups.includes(group)))
}

interface RuledRequest extends WriteRequest {
  held: HeldUpdate
}

/** Settles a held update by the rules of its sender. Undefined: a person must decide. */
async function settleByRules(
  roads: UpdateRoads,
  request: RuledRequest,
  known: readonly RuleInForce[],
): Promise<Updated | undefined> {
  const { held, rules, now } = request
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const [{ lead, sides } = {}] = await besideLeads(roads.pool, [{ held, rules }], now)
    if (!lead || !sides) return undefined
    const rule = ruleFor(sides, rules, known)
    if (!rule) return undefined
    const open = openGroups(sides.groups).map(({ group }) => group)
    const settled = await settle(roads, {
      ...request,
      by: { ...request.by, actor: `rule:${rule.rule_id}` },
      may_put_off: false,
      reader: NOBODY,
      resolution: {
        lead_version: lead.version,
        decisions: Object.fromEntries(open.map((group) => [group, { take: rule.side }])),
      },
    })
    if (settled.ok) {
      const moved = sides.groups.filter((group) => group.class === 'only_theirs').map(({ group }) => group)
      const kept = rule.side === 'theirs' ? [...open, ...moved] : moved
      return { ...settled.ok, merged: { kept, base_version: held.base_version } }
    }
    if (settled.refusal.name !== 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT') return undefined
  }
  return undefined
}

/** An update that was just held is settled at once where a rule covers it: its sender gets the answer of a saved one. */
export async function withoutRuled(
  roads: UpdateRoads,
  request: UpdateRequest,
  updated: Result<Updated>,
): Promise<Result<Updated>> {
  const { conflict_id } = updated.refusal ?? {}
  if (conflict_id === undefined) return updated
  const { rules, by } = request
  try {
    const known = await rulesForSender(roads.pool, rules.template_id, by.actor)
    const [held] = known.length > 0 ? await heldUpdatesById(roads.pool, SEES_ALL, [conflict_id]) : []
    const settled = held && (await behindCommit(() => settleByRules(roads, { ...request, held }, known)))
    return settled ? ok(settled) : updated
  } catch (error) {
    // It is held, and a person settles it. Only a settlement that may have committed is not known.
    if (error instanceof DeadlinePassed || (error instanceof DatabaseUnavailable && !error.unknown))
      return updated
    throw error
  }
}

/** Settles those of the open held updates that the rule covers; the others stay open. */
export async function applyRule(
  roads: UpdateRoads,
  helds: readonly { held: HeldUpdate; rules: Rules }[],
  rule: RuleInForce,
  request: Omit<WriteRequest, 'rules'>,
): Promise<number> {
  let settled = 0
  for (const each of helds) {
    const one = () => settleByRules(roads, { ...request, ...each }, [rule])
    if (await (settled > 0 ? behindCommit(one) : one())) settled++
  }
  return settled
}

type NewConflictRule = Omit<Parameters<typeof makeConflictRule>[1], 'made_by'>

/** Makes a rule and records who did. */
export const makeRule = (
  pool: Pool,
  sight: Sight,
  rule: NewConflictRule,
  by: Author,
): Promise<ConflictRule | undefined> =>
  pool.transaction(async (tx) => {
    const rule_id = await makeConflictRule(tx, { ...rule, made_by: by.actor })
    const { template_id, caller, groups, side, until } = rule
    const details = { template_id, caller, groups, side, until }
    await audit(tx, { ...by, action: 'conflict_rule.make', subject: `conflict_rule:${rule_id}`, details })
    return conflictRuleById(tx, sight, rule_id)
  })

/** What a rule has settled stays settled. Again, it does nothing. Undefined: no such rule that may be seen. */
export const revokeRule = (
  pool: Pool,
  sight: Sight,
  rule_id: number,
  by: Author,
): Promise<ConflictRule | undefined> =>
  pool.transaction(async (tx) => {
    if (!(await conflictRuleById(tx, sight, rule_id))) return undefined
    if (await revokeConflictRule(tx, rule_id, by.actor))
      await audit(tx, { ...by, action: 'conflict_rule.revoke', subject: `conflict_rule:${rule_id}` })
    return conflictRuleById(tx, sight, rule_id)
  })
