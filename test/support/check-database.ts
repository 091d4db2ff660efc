// Rules that hold in every database at every quiet moment, as queries that find the rows that break them.
//
// It reads the tables alone and shares no code with the product: a rule that the product forgot is found here too.

import pg from 'pg'
import type { Connection } from './postgres.ts'

/** Whether closed leads have been taken up again: the one way in which a lead is open whatever its disposition says. */
const RECYCLED = (row: string, number: string) => `exists (
  select from events e where e.campaign_id = ${row}.campaign_id and e.lead_number = ${row}.${number}
    and e.changes -> 'closed' = '[true, false]' and not e.changes ? 'disposition')`

export interface Violation {
  rule: string
  lead_id: string
  /** The finding; never a value of the lead. */
  found: string
}

const LEAD_ID = (row: string, number = 'lead_number') => `${row}.campaign_id || '-' || ${row}.${number}`

/** Each query answers (lead_id, found): nothing when its rule holds. */
export const RULES: Readonly<Record<string, string>> = {
  'a claim is held by a lead that has the number': `
    select ${LEAD_ID('c')} as lead_id, 'a claim without its number' as found from claims c
    where not exists (
      select from lead_phones p where p.campaign_id = c.campaign_id and p.lead_number = c.lead_number
        and p.phone = c.phone and p.state <> 'invalid')`,
  'a number that a lead has is claimed once in its campaign': `
    select min(${LEAD_ID('p')}) as lead_id, count(distinct c.lead_number) || ' claims' as found
    from lead_phones p join leads l on l.campaign_id = p.campaign_id and l.number = p.lead_number
      left join claims c on c.campaign_id = p.campaign_id and c.phone = p.phone
    where p.state <> 'invalid' and l.forgotten_at is null
    group by p.campaign_id, p.phone having count(distinct c.lead_number) <> 1`,
  'a claim is one row': `
    select min(${LEAD_ID('c')}) as lead_id, count(*) || ' rows' as found from claims c
    group by c.campaign_id, c.phone having count(*) > 1`,
  'a lead that is there can be dialled': `
    select ${LEAD_ID('l', 'number')} as lead_id, 'no valid number' as found from leads l
    where l.forgotten_at is null and not exists (
      select from lead_phones p where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.state <> 'invalid')`,
  'phone rows and phone fields are the same': `
    select coalesce(${LEAD_ID('p')}, ${LEAD_ID('f')}) as lead_id,
      case when p.field is null then 'a phone field without its row' else 'a phone row without its field' end as found
    from lead_phones p full join (
      select l.campaign_id, l.number as lead_number, f.name as field
      from leads l join campaigns c using (campaign_id) join fields f using (template_id)
      where f.kind = 'phone' and coalesce(l.fields ->> f.name, '') <> '') f
      on f.campaign_id = p.campaign_id and f.lead_number = p.lead_number and f.field = p.field
    where p.field is null or f.field is null`,
  'nothing of a lead that is missing': `
    select ${LEAD_ID('t')} as lead_id, t.what as found from (
      select campaign_id, lead_number, 'phones' as what from lead_phones
      union all select campaign_id, lead_number, 'a claim' from claims
      union all select campaign_id, lead_number, 'events' from events
      union all select campaign_id, lead_number, 'call records' from call_records
      union all select campaign_id, lead_number, 'notes' from lead_notes
      union all select campaign_id, lead_number, 'consents' from lead_consents
      union all select campaign_id, lead_number, 'held updates' from held_updates) t
    where not exists (select from leads l where l.campaign_id = t.campaign_id and l.number = t.lead_number)
    group by t.campaign_id, t.lead_number, t.what`,
  'nothing that names a person is left of a forgotten lead': `
    select ${LEAD_ID('l', 'number')} as lead_id, w.found
    from leads l cross join lateral (
      select 'values' as found where l.fields <> '{}' or l.unmapped <> '{}' or l.external_id is not null
        or l.callback_at is not null or l.callback_agent is not null or l.source is not null
      union all select 'phones' from lead_phones p where p.campaign_id = l.campaign_id and p.lead_number = l.number
      union all select 'a claim' from claims c where c.campaign_id = l.campaign_id and c.lead_number = l.number
      union all select 'history values' from events e
        where e.campaign_id = l.campaign_id and e.lead_number = l.number
          and e.changes is not null and (e.version < l.version or e.changes <> '{"forgotten": [false, true]}')
      union all select 'numbers of a lease' from leases s
        where s.campaign_id = l.campaign_id and s.lead_number = l.number and s.numbers is not null
      union all select 'a called number' from call_records r
        where r.campaign_id = l.campaign_id and r.lead_number = l.number and r.phone is not null
      union all select 'the digest of a request' from call_records r
        where r.campaign_id = l.campaign_id and r.lead_number = l.number and r.request_digest is not null
      union all select 'notes' from lead_notes n where n.campaign_id = l.campaign_id and n.lead_number = l.number
      union all select 'consents' from lead_consents n where n.campaign_id = l.campaign_id and n.lead_number = l.number
      union all select 'a text of search' from lead_texts t
        where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.text <> ''
      union all select 'a held update' from held_updates u
        where u.campaign_id = l.campaign_id and u.lead_number = l.number
          and (u.state = 'open' or u.base <> '{}' or u.incoming <> '{}' or u.resolution is not null)) w
    where l.forgotten_at is not null
    group by l.campaign_id, l.number, w.found`,
  'a text of search is of a version that the lead has or had, and of no other lead': `
    select ${LEAD_ID('t')} as lead_id, 'version ' || t.version as found
    from lead_texts t left join leads l on l.campaign_id = t.campaign_id and l.number = t.lead_number
    where l.version is null or t.version > l.version`,
  'one event for each version': `
    select ${LEAD_ID('l', 'number')} as lead_id, 'version ' || l.version || ', events ' || coalesce(e.versions, 'none') as found
    from leads l left join (
      select campaign_id, lead_number, count(*) as events, min(version) as first, max(version) as last,
        string_agg(version::text, ' ' order by version) as versions
      from events group by campaign_id, lead_number) e
      on e.campaign_id = l.campaign_id and e.lead_number = l.number
    where (e.events, e.first, e.last) is distinct from (l.version::bigint, 1, l.version)`,
  'an insert has no changes, every later event has some': `
    select ${LEAD_ID('e')} as lead_id, 'version ' || e.version as found
    from events e join leads l on l.campaign_id = e.campaign_id and l.number = e.lead_number
    where l.forgotten_at is null and (e.version = 1) <> (e.changes is null or e.changes = '{}')
      -- An outcome makes a version too, so that sent again it is seen.
      and not exists (
        select from call_records r
        where r.campaign_id = e.campaign_id and r.lead_number = e.lead_number and r.request_id = e.request_id)`,
  // The new value of each change is the old value of the next change of the same path, and the last one is what
  // the lead has now: so every version can be rebuilt from the current values backwards.
  'history folds into the current values': `
    with now as (
      select l.campaign_id, l.number as lead_number,
        (select coalesce(jsonb_object_agg('fields.' || f.key, f.value), '{}') from jsonb_each(l.fields) f)
        || (select coalesce(jsonb_object_agg('unmapped.' || u.key, u.value), '{}') from jsonb_each(l.unmapped) u)
        || jsonb_build_object('allocation_id', l.allocation_id, 'disposition', l.disposition, 'callback', to_char(l.callback_local, 'YYYY-MM-DD"T"HH24:MI:SS'),
          'callback_agent', l.callback_agent, 'priority', l.priority, 'contact_hours', h.name,
          'client_approved', l.client_approved, 'closed', l.closed_at is not null) as paths
      from leads l left join contact_hours h using (contact_hours_id) where l.forgotten_at is null),
    changes as (
      select e.campaign_id, e.lead_number, e.version, c.key as path, c.value -> 0 as old, c.value -> 1 as new,
        jsonb_typeof(c.value) = 'array' and jsonb_array_length(c.value) = 2 as is_pair,
        lead(c.value -> 0) over (partition by e.campaign_id, e.lead_number, c.key order by e.version) as next
      from events e cross join lateral jsonb_each(e.changes) c
      where e.changes is not null)
    select ${LEAD_ID('c')} as lead_id, c.path || ' at version ' || c.version as found
    from changes c join now using (campaign_id, lead_number)
    where not c.is_pair or c.old = c.new
      or jsonb_typeof(c.old) in ('object', 'array') or jsonb_typeof(c.new) in ('object', 'array')
      or c.new is distinct from coalesce(c.next, now.paths -> c.path, 'null')`,
  'an external id names one lead of its campaign': `
    select min(${LEAD_ID('l', 'number')}) as lead_id, count(*) || ' leads' as found from leads l
    where l.external_id is not null group by l.campaign_id, l.external_id having count(*) > 1`,
  'a lead number is given once': `
    select min(${LEAD_ID('l', 'number')}) as lead_id, count(*) || ' leads' as found from leads l
    group by l.number having count(*) > 1`,
  'a lead is closed exactly when its disposition closes or its re-dials are used up': `
    select ${LEAD_ID('l', 'number')} as lead_id, 'closed: ' || (l.closed_at is not null) as found
    from leads l join campaigns c using (campaign_id) join templates t using (template_id)
      left join dispositions d on d.disposition_set_id = t.disposition_set_id and d.code = l.disposition
    where l.forgotten_at is null and (l.closed_at is not null)
      <> coalesce(d.kind in ('final', 'dnc') or d.kind = 'retry' and (l.attempts ->> l.disposition)::integer > d.redials_max, false)
      and not ${RECYCLED('l', 'number')}`,
  'attempts count the call records': `
    select coalesce(a.lead_id, r.lead_id) as lead_id,
      coalesce(a.attempts, 0) || ' attempts, ' || coalesce(r.calls, 0) || ' call records' as found
    from (
        select ${LEAD_ID('l', 'number')} as lead_id, a.key as disposition, a.value::integer as attempts
        from leads l cross join jsonb_each_text(l.attempts) a) a
      full join (select ${LEAD_ID('r')} as lead_id, r.disposition, count(*) as calls from call_records r group by 1, 2) r
      using (lead_id, disposition)
    where a.attempts is distinct from r.calls and not exists (
      select from leads l where l.campaign_id || '-' || l.number = coalesce(a.lead_id, r.lead_id)
        and (l.forgotten_at is not null or ${RECYCLED('l', 'number')}))`,
  'a lead counts its call records': `
    select ${LEAD_ID('l', 'number')} as lead_id, l.calls || ' calls, ' || count(r.call_id) || ' call records' as found
    from leads l left join call_records r on r.campaign_id = l.campaign_id and r.lead_number = l.number
    where l.forgotten_at is null group by l.campaign_id, l.number having l.calls <> count(r.call_id)`,
  'an open lead with a number to dial stands in the queue, and nobody else': `
    select coalesce(${LEAD_ID('q')}, l.lead_id) as lead_id,
      case when q.lead_number is null then 'no place' else 'a place' end as found
    from queue q full join (
      select l.campaign_id, l.number, ${LEAD_ID('l', 'number')} as lead_id from leads l
      where l.closed_at is null and exists (
        select from lead_phones p where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.state in ('ok', 'unlisted'))) l
      on l.campaign_id = q.campaign_id and l.number = q.lead_number
    where q.lead_number is null or l.number is null`,
  'the queue says what the lead says': `
    select ${LEAD_ID('q')} as lead_id, 'another place' as found
    from queue q join leads l on l.campaign_id = q.campaign_id and l.number = q.lead_number
    where (q.allocation_id, q.contact_hours_id, q.priority, q.due_at, q.agent) is distinct from
      (l.allocation_id, coalesce(l.contact_hours_id, 0), l.priority, l.callback_at, l.callback_agent)`,
  'a leased lead has its lease, without an outcome': `
    select ${LEAD_ID('q')} as lead_id, 'lease ' || q.lease_number as found from queue q
    where q.state = 'leased' and not exists (
      select from leases s where s.campaign_id = q.campaign_id and s.lease_number = q.lease_number
        and s.lead_number = q.lead_number and s.ended_how is null)`,
  'no two leases of a lead run at once': `
    select ${LEAD_ID('s')} as lead_id, 'lease ' || s.lease_number || ' from ' || s.leased_at::time
        || ' to ' || least(s.ended_at, s.expires_at)::time || ', ' || o.lease_number || ' from ' || o.leased_at::time as found
    from leases s join leases o on o.campaign_id = s.campaign_id and o.lead_number = s.lead_number
      and o.lease_number <> s.lease_number
    where o.leased_at >= s.leased_at and o.leased_at < least(s.ended_at, s.expires_at)
      and (o.leased_at > s.leased_at or o.lease_number > s.lease_number)`,
  'an outcome of a lease is one call record': `
    select ${LEAD_ID('s')} as lead_id, 'lease ' || s.lease_number as found
    from leases s left join call_records r on r.campaign_id = s.campaign_id and r.lease_number = s.lease_number
    where (s.outcome is null) <> (r.call_id is null)`,
  'the allocation of a lead is there, in the campaign of the lead': `
    select ${LEAD_ID('l', 'number')} as lead_id, 'allocation ' || l.allocation_id as found from leads l
    where not exists (
      select from allocations a where a.allocation_id = l.allocation_id and a.campaign_id = l.campaign_id)`,
  'what is archived is stopped': `
    select a.campaign_id || '-' as lead_id, 'allocation ' || a.allocation_id as found
    from allocations a join campaigns c using (campaign_id)
    where a.started and coalesce(a.archived_at, c.archived_at) is not null`,
  'a callback has its wall time and its instant': `
    select ${LEAD_ID('l', 'number')} as lead_id, 'one of the two' as found from leads l
    where (l.callback_local is null) <> (l.callback_at is null)`,
  'one open held update for a lead, caller and groups': `
    select min(${LEAD_ID('u')}) as lead_id, count(*) || ' open' as found from held_updates u where u.state = 'open'
    group by u.campaign_id, u.lead_number, u.caller, u.groups having count(*) > 1`,
}

const MANY = 2_000

/** Everything that is wrong with a database; empty when nothing is. */
export async function checkDatabase(connection: Connection): Promise<Violation[]> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    // Tables that have just grown are planned as if they were small, and some rules join everything with everything.
    const many = await client.query(`select from leads offset ${MANY} limit 1`)
    if (many.rowCount) await client.query('analyze leads, lead_phones, claims, events, call_records, queue')
    // All rules see one moment.
    await client.query('begin isolation level repeatable read read only')
    return await violationsIn(client)
  } finally {
    await client.end()
  }
}

/** The same as a transaction sees it. */
export async function violationsIn(client: pg.Client): Promise<Violation[]> {
  const violations: Violation[] = []
  for (const [rule, text] of Object.entries(RULES)) {
    const { rows } = await client.query<Omit<Violation, 'rule'>>(`${text} limit 20`)
    violations.push(...rows.map((row) => ({ rule, ...row })))
  }
  return violations
}
