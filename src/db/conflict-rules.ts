// Rules that settle held updates, so that nobody has to.

import { actorName } from './actors.ts'
import { type HeldUpdate, OPEN_HELD, ROW_OF_HELD, VISIBLE_HELD } from './held-updates.ts'
import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, visibleTo } from './sight.ts'
import { statement } from './statement.ts'

export interface ConflictRule {
  rule_id: number
  template_id: number
  template: string
  caller: string
  caller_name: string | null
  groups: string[]
  /** mine: the update wins; theirs: the lead stays as it is. */
  side: 'mine' | 'theirs'
  reason: string
  until: string | null
  in_force: boolean
  /** How many held updates it has settled, and when it did last. */
  settled: number
  last_settled_at: string | null
  made_by: string
  made_by_name: string | null
  made_at: string
  revoked_by: string | null
  revoked_by_name: string | null
  revoked_at: string | null
}

const IN_FORCE = 'r.revoked_at is null and (r.until is null or r.until > now())'

const ROW = `r.rule_id, r.template_id, t.name as template, r.caller, ${actorName('r.caller')} as caller_name,
  r.groups, r.side, r.reason, r.until, ${IN_FORCE} as in_force, did.settled, did.last_settled_at,
  r.made_by, ${actorName('r.made_by')} as made_by_name, r.made_at,
  r.revoked_by, ${actorName('r.revoked_by')} as revoked_by_name, r.revoked_at`

const DID = `cross join lateral (
     select count(*)::integer as settled, max(u.resolved_at) as last_settled_at from held_updates u
     where u.resolved_by = 'rule:' || r.rule_id and u.resolved_by like 'rule:%') did`

const LIST = statement<Sight & PageBounds & { rule_id: number | null }, ConflictRule>(
  'conflictRules.list',
  `select ${ROW} from conflict_rules r join templates t using (template_id) ${DID}
   where ${visibleTo('t.team_id')} and (:rule_id::integer is null or r.rule_id = :rule_id)
     and r.rule_id > :after::bigint
   order by r.rule_id limit :rows_max`,
)

export const listConflictRules = (
  db: Db,
  sight: Sight,
  asked: Partial<PageBounds> & { rule_id?: number } = {},
) => db.query(LIST, { ...sight, ...EVERYTHING, rule_id: null, ...asked })

export const conflictRuleById = async (db: Db, sight: Sight, rule_id: number) =>
  (await listConflictRules(db, sight, { rule_id }))[0]

type NewRule = Pick<
  ConflictRule,
  'template_id' | 'caller' | 'groups' | 'side' | 'reason' | 'until' | 'made_by'
>

const MAKE = statement<NewRule, { rule_id: number }>(
  'conflictRules.make',
  `insert into conflict_rules (template_id, caller, groups, side, reason, until, made_by)
   values (:template_id, :caller, :groups::text[], :side, :reason, :until::timestamptz, :made_by)
   returning rule_id`,
)

export const makeConflictRule = async (tx: Db, rule: NewRule) => (await tx.query(MAKE, rule))[0]!.rule_id

const REVOKE = statement<{ rule_id: number; actor: string }>(
  'conflictRules.revoke',
  `update conflict_rules set revoked_by = :actor, revoked_at = now()
   where rule_id = :rule_id and revoked_at is null returning rule_id`,
)

/** False: it was revoked before. */
export const revokeConflictRule = async (tx: Db, rule_id: number, actor: string) =>
  (await tx.query(REVOKE, { rule_id, actor })).length > 0

export type RuleInForce = Pick<ConflictRule, 'rule_id' | 'groups' | 'side'>

const FOR_SENDER = statement<Pick<ConflictRule, 'template_id' | 'caller'>, RuleInForce>(
  'conflictRules.forSender',
  `select r.rule_id, r.groups, r.side from conflict_rules r
   where r.template_id = :template_id and r.caller = :caller and ${IN_FORCE}
   order by r.rule_id`,
)

/** The rules in force for the updates of a sender, the oldest first. */
export const rulesForSender = (db: Db, template_id: number, caller: string) =>
  db.query(FOR_SENDER, { template_id, caller })

type OpenOfSender = Pick<Sight, 'team_ids'> &
  Pick<ConflictRule, 'template_id' | 'caller'> & { after: number; rows_max: number }

const OPEN_OF_SENDER = statement<OpenOfSender, HeldUpdate>(
  'heldUpdates.openOfSender',
  `select ${ROW_OF_HELD} from held_updates u join campaigns c using (campaign_id)
   where u.caller = :caller and u.held_update_id > :after and ${OPEN_HELD}
     and c.template_id = :template_id and ${VISIBLE_HELD}
   order by u.held_update_id limit :rows_max`,
)

/** The open held updates of a sender for leads of a template, in the order of the list. */
export const openOfSender = (db: Db, { team_ids, template_id, caller, after, rows_max }: OpenOfSender) =>
  db.query(OPEN_OF_SENDER, { team_ids, template_id, caller, after, rows_max })

const SENDER_KNOWN = statement<
  Pick<Sight, 'team_ids'> & Pick<ConflictRule, 'template_id' | 'caller'>,
  { known: boolean }
>(
  'heldUpdates.senderKnown',
  `select exists (
     select from held_updates u join campaigns c using (campaign_id)
     where u.caller = :caller and c.template_id = :template_id and ${VISIBLE_HELD}) as known`,
)

/** Whether an update of a sender for a lead of a template, which may be seen, has ever been held. */
export const senderKnown = async (
  db: Db,
  { team_ids }: Pick<Sight, 'team_ids'>,
  { template_id, caller }: Pick<ConflictRule, 'template_id' | 'caller'>,
) => (await db.query(SENDER_KNOWN, { team_ids, template_id, caller }))[0]!.known
