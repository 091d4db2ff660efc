// The audit log: who changed what besides leads (keys, DNC, set-up).

import { LIMITS } from '../core/limits.ts'
import { actorName } from './actors.ts'
import type { PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, withinTeamsOf } from './sight.ts'
import { statement } from './statement.ts'

type Detail = string | number | boolean | null | readonly Detail[] | { readonly [key: string]: Detail }

export interface AuditEntry {
  actor: string
  /** `noun.deed`: key.create, dnc.add, allocation.start */
  action: string
  subject: string
  /** Never a phone number, a name or a key. */
  details?: Record<string, Detail>
  request_id?: string | null
}

/** How the teams of a thing are found by its noun and its number, `given.id`. */
const TEAMS = {
  team: 'select array[t.team_id] from teams t where t.team_id = given.id',
  template: 'select array[t.team_id] from templates t where t.template_id = given.id',
  campaign: ofCampaign('c.campaign_id = given.id'),
  lead: ofCampaign('c.campaign_id = given.id'),
  allocation: ofCampaign('a.allocation_id = given.id', 'join allocations a using (campaign_id)'),
  conflict: ofCampaign('u.held_update_id = given.id', 'join held_updates u using (campaign_id)'),
  conflict_rule: `select array[t.team_id] from templates t join conflict_rules r using (template_id)
       where r.rule_id = given.id`,
  contact_hours: 'select array[h.team_id] from contact_hours h where h.contact_hours_id = given.id',
  disposition_set: 'select array[s.team_id] from disposition_sets s where s.disposition_set_id = given.id',
  disposition: 'select array[s.team_id] from disposition_sets s where s.disposition_set_id = given.id',
  action: 'select array[a.team_id] from actions a where a.action_id = given.id',
  bulk_change: ofCampaign('u.bulk_change_id = given.id', 'join bulk_changes u using (campaign_id)'),
  import: ofCampaign('u.import_id = given.id', 'join imports u using (campaign_id)'),
  pull: ofCampaign(
    'u.pull_id = given.id',
    'join allocations a using (campaign_id) join pulls u using (allocation_id)',
  ),
}
/** The same of those who can be bound to several, or to none. */
const TEAMS_BOUND_TO = {
  key: 'select k.team_ids from api_keys k where k.key_id = given.id',
  operator: 'select array_agg(o.team_id) from operator_teams o where o.operator_id = given.id',
}

function ofCampaign(condition: string, join = '') {
  return `select array[t.team_id] from templates t join campaigns c using (template_id)
       ${join} where ${condition}`
}

const nounsOf = (teams: object) =>
  Object.keys(teams)
    .map((noun) => `'${noun}'`)
    .join(', ')

const cases = (teams: Record<string, string>) =>
  Object.entries(teams)
    .map(([noun, find]) => `when '${noun}' then (${find})`)
    .join('\n       ')

// An entry has the teams of what it is about as it is now. What has just been deleted has those of the entries before; what
// belongs to nobody, such as the private list, those of the author. A key or an operator that is bound to no team has none.
const ADD = statement<Required<Omit<AuditEntry, 'details'>> & { details: string }>(
  'audit.add',
  `with named as (
     select case
         when :subject::text = 'dnc:campaign' then 'campaign:' || (:details::jsonb ->> 'campaign_id')
         when split_part(:subject, ':', 1) in (
           ${nounsOf(TEAMS)},
           ${nounsOf(TEAMS_BOUND_TO)}) then :subject
         else :actor::text
       end as about),
   given as (
     select about, split_part(about, ':', 1) as noun, substring(about from ':([0-9]+)')::bigint as id
     from named)
   insert into audit_log (actor, action, subject, details, request_id, team_ids)
   select :actor, :action, :subject, :details, :request_id, case noun
       ${cases(TEAMS_BOUND_TO)}
       else coalesce(case noun
       ${cases(TEAMS)}
       end, (
         select a.team_ids from audit_log a
         where a.subject = given.about and a.team_ids is not null
         order by a.at desc, a.audit_id desc limit 1))
     end
   from given`,
)

export async function audit(
  db: Db,
  { actor, action, subject, details = {}, request_id = null }: AuditEntry,
): Promise<void> {
  await db.query(ADD, { actor, action, subject, details: JSON.stringify(details), request_id })
}

export interface AuditRow extends Required<AuditEntry> {
  audit_id: number
  at: string
  actor_name: string | null
}

interface AuditFilter {
  actor: string | null
  action: string | null
  /** The part of an action before its dot. */
  noun: string | null
  subject: string | null
  request_id: string | null
  from: string | null
  to: string | null
}

const NEWEST_FIRST = 'order by a.at desc, a.audit_id desc'

// Each from its own index: under a generic plan an optional condition uses none. The limit stands in the text: with a
// parameter the planner expects a tenth of all rows, and may sort them.
const listed = (condition: string) => `
   select a.audit_id, a.at, a.actor, ${actorName('a.actor')} as actor_name, a.action, a.subject,
     a.details, a.request_id
   from (
     select a.* from audit_log a
     where ${condition} and ${withinTeamsOf('a.team_ids')}
       and (:actor::text is null or a.actor = :actor)
       and (:action::text is null or a.action = :action)
       and (:noun::text is null or split_part(a.action, '.', 1) = :noun)
       and (:subject::text is null or a.subject = :subject)
       and (:request_id::text is null or a.request_id = :request_id)
       and a.at >= coalesce(:from::timestamptz, '-infinity') and a.at < coalesce(:to::timestamptz, 'infinity')
       and (a.at, a.audit_id) < (case :after::bigint
           when 0 then 'infinity'
           else (select c.at from audit_log c where c.audit_id = :after)
         end, :after)
     ${NEWEST_FIRST} limit ${LIMITS.page_rows_max + 1}) a
   ${NEWEST_FIRST} limit :rows_max`

type Asked = Pick<Sight, 'team_ids'> & AuditFilter & PageBounds
const LISTS = {
  request_id: statement<Asked, AuditRow>('audit.ofRequest', listed('a.request_id = :request_id')),
  subject: statement<Asked, AuditRow>('audit.ofSubject', listed('a.subject = :subject')),
  actor: statement<Asked, AuditRow>('audit.ofActor', listed('a.actor = :actor')),
  noun: statement<Asked, AuditRow>('audit.ofNoun', listed("split_part(a.action, '.', 1) = :noun")),
}
const LIST = statement<Asked, AuditRow>('audit.list', listed('true'))

/** Entries before the one of the cursor, newest first; those that may be seen. */
export function listAudit(
  db: Db,
  { team_ids }: Sight,
  asked: Partial<AuditFilter> & PageBounds,
): Promise<AuditRow[]> {
  const noun = asked.action?.split('.')[0] ?? null
  const action = asked.action?.includes('.') ? asked.action : null
  const filter = {
    actor: null,
    subject: null,
    request_id: null,
    from: null,
    to: null,
    ...asked,
    noun,
    action,
  }
  const by = (['request_id', 'subject', 'actor', 'noun'] as const).find((key) => filter[key] !== null)
  return db.query(by ? LISTS[by] : LIST, { team_ids, ...filter })
}
