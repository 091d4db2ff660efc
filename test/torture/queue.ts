// The place of each lead in the queue, worked out again from the lead, its leases, the lists and the clock.

export const QUEUE_RULE = 'the queue follows from leads, leases, lists and clock'

const blocked = (phone: string, lead: string) => `exists (
  select from dnc_entries e
  where e.phone = ${phone} and e.removed_at is null and coalesce(e.expires_at, 'infinity') > now()
    and (e.list = 'private' or e.list = 'campaign' and e.campaign_id = ${lead}.campaign_id and not exists (
      select from dnc_entries c where c.phone = ${phone} and c.list = 'client' and c.removed_at is null
        and coalesce(c.expires_at, 'infinity') > now())))`

/** Answers (lead_id, found), as the rules of checkDatabase do. For 15 minutes a due callback belongs to its agent. */
export const MISPLACED = `
  with numbers as (
    select p.campaign_id, p.lead_number, bool_and(${blocked('p.phone', 'p')}) as blocked
    from lead_phones p where p.state = 'ok' group by 1, 2),
  standings as (
    select l.*, n.blocked, q.state, q.wake_at, q.lease_number as queued_lease, s.lease_number,
      case when l.callback_at > now() then 'waiting'
        when l.callback_agent is not null and l.callback_at + interval '15 minutes' > now() then 'bound'
        else 'ready' end as free
    from leads l
      left join numbers n on n.campaign_id = l.campaign_id and n.lead_number = l.number
      left join queue q on q.campaign_id = l.campaign_id and q.lead_number = l.number
      left join lateral (
        select max(s.lease_number) as lease_number from leases s
        where s.campaign_id = l.campaign_id and s.lead_number = l.number and s.ended_at is null and s.expires_at > now()) s
        on true),
  places as (
    select campaign_id || '-' || number as lead_id, blocked,
      case when closed_at is not null or blocked is null then 'none'
        when lease_number is not null then 'leased as ' || lease_number else free end as expected,
      -- A row that has fallen due counts as promoted.
      case when state is null then 'none' when wake_at <= now() then free
        when state = 'leased' then 'leased as ' || queued_lease else state end as found
    from standings)
  -- A blocked lead is parked only when its turn comes.
  select lead_id, found || ' instead of ' || expected as found from places
  where found <> expected and not (found = 'parked' and blocked and expected <> 'none')`
