// What a wash says of a call, as parts of statements. An allocation whose numbers are washed says so itself, so that a
// hand-out from any other one asks nothing more.

import { blockingEntry, standing } from './dnc.ts'
import { clock } from './statement.ts'

/** SQL: whether an allocation in a row `a` waits for a wash. Then only leads whose person has asked for a call are called. */
export const isUnwashed = (a: string, now = clock()) =>
  `(${a}.needs_wash and (${a}.washed_until is null or ${a}.washed_until <= ${now}))`

/**
 * SQL: joins the row `wash` to a lead in a row `l`: the wash by which its calls are judged. Null: none, because its allocation
 * needs no wash, or the person has asked for the call.
 */
export const JUDGED_BY_WASH = `left join lateral (
       select a.wash_id, a.washed_until, true as is_needed from allocations a
       where a.allocation_id = l.allocation_id and a.needs_wash and not l.client_approved
       limit 1) wash on true`

/**
 * What blocks a call to a number of a lead, as a subquery of at most one row (list, blocked_until): an entry of a
 * do-not-call list, or the row `wash` that JUDGED_BY_WASH joins. The list of clients speaks against a register, not against
 * a wash that is missing or over. Arguments are SQL expressions.
 */
export const blockingCall = (campaign_id: string, phone: string, now = clock()) => `
  select * from (
    select blocking.list, blocking.blocked_until from (${blockingEntry(campaign_id, phone, now)}) blocking
    union all
    select case verdict.verdict when 'listed' then 'register' else 'unwashed' end, null
    from (
      select (
        select w.verdict from wash_numbers w
        where w.wash_id = wash.wash_id and w.phone in (${phone}, other_form(${phone}))
          and wash.washed_until > ${now} limit 1) as verdict
      where wash.is_needed) verdict
    where coalesce(verdict.verdict, 'asked') in ('asked', 'listed')
      and (coalesce(wash.washed_until <= ${now}, true) or not exists (
        select from dnc_entries c
        where c.phone in (${phone}, other_form(${phone})) and c.list = 'client' and ${standing('c', now)}))
  ) call limit 1`
