-- A campaign that runs: contact hours, the queue from which diallers take leads, leases.

alter table contact_hours
  add column weekly jsonb,
  add column exceptions jsonb not null default '[]',
  add column valid_from date,
  add column valid_to date;
comment on column contact_hours.weekly is 'Windows in local time, [{"days": ["mon", "tue"], "from": "09:00", "to": "20:00"}]; null: round the clock.';
comment on column contact_hours.exceptions is 'Days that differ, [{"date": "2026-12-25", "name": "Christmas Day", "windows": []}]; without windows: closed.';
comment on column contact_hours.valid_from is 'First local day on which anything is open; null: no such bound. valid_to: the last one.';

-- One narrow row for each open lead with a number that may be dialled: what a lease touches is never the wide lead.
create table queue (
  campaign_id integer not null,
  lead_number bigint not null,
  allocation_id integer not null,
  contact_hours_id integer not null,
  priority smallint not null,
  due_at timestamptz,
  agent text collate "C",
  state text collate "C" not null check (state in ('ready', 'waiting', 'bound', 'leased', 'parked')),
  wake_at timestamptz,
  lease_number bigint,
  primary key (campaign_id, lead_number),
  check ((state = 'leased') = (lease_number is not null)),
  check (state <> 'ready' or wake_at is null),
  check (state not in ('waiting', 'bound', 'leased') or wake_at is not null)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
comment on column queue.contact_hours_id is 'Those of the lead; 0: those of the template, whatever they are by then.';
comment on column queue.due_at is 'The instant of the callback; null: a new lead.';
comment on column queue.state is 'ready; waiting for its callback; bound: due, but for its agent alone; leased; parked: all its numbers are blocked.';
comment on column queue.wake_at is 'When the row changes by itself: a callback falls due, a grace or a lease ends, a do-not-call entry expires.';

-- The order of hand-out is the order of this index: priority, callbacks latest due first, then the newest lead.
create index queue_ready on queue (allocation_id, contact_hours_id, priority, due_at desc nulls last, lead_number desc)
  where state = 'ready';
create index queue_bound on queue (allocation_id, agent, contact_hours_id, priority, due_at desc nulls last, lead_number desc)
  where state = 'bound';
create index queue_wake on queue (allocation_id, wake_at) where wake_at is not null;
create index queue_parked on queue (allocation_id) where state = 'parked';

create sequence lease_numbers as bigint cache 1;

create table leases (
  campaign_id integer not null,
  lease_number bigint not null,
  lead_number bigint not null,
  allocation_id integer not null,
  lead_version integer not null,
  lead_calls integer not null,
  taker text collate "C" not null,
  agent text collate "C",
  leased_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_how text collate "C" check (ended_how in ('outcome', 'returned')),
  outcome jsonb,
  primary key (campaign_id, lease_number),
  check ((ended_how = 'outcome') = (outcome is not null))
);
comment on table leases is 'A lead in the hands of a dialler; which lease holds a lead now is told by the queue alone.';
comment on column leases.lead_version is 'What the dialler saw: the base of the values in its outcome. lead_calls: the outcomes of the lead up to then.';
comment on column leases.outcome is 'digest of the request and its answer: a repeat is answered the same, another one is refused (1010).';

-- What a rule for the next outcome is worked out from: compared, like the version, when it is written.
alter table leads add column calls integer not null default 0;
comment on column leads.calls is 'How many outcomes the lead has had; an outcome raises it, also one that changes nothing.';
update leads l set calls = r.calls
from (select campaign_id, lead_number, count(*) as calls from call_records group by campaign_id, lead_number) r
where l.campaign_id = r.campaign_id and l.number = r.lead_number;

alter table call_records add column lease_number bigint;
-- One outcome per lease, whoever reports it first.
create unique index one_call_record_per_lease on call_records (campaign_id, lease_number) where lease_number is not null;

-- Whether a disposition has ever been given in a campaign.
create index attempts_by_disposition on attempts (campaign_id, disposition);

create index leads_closed on leads (campaign_id, allocation_id, disposition) where closed_at is not null and forgotten_at is null;

insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, due_at, agent, state, wake_at)
select l.campaign_id, l.number, l.allocation_id, coalesce(l.contact_hours_id, 0), l.priority, l.callback_at, l.callback_agent,
  case when l.callback_at > now() then 'waiting' else 'ready' end, case when l.callback_at > now() then l.callback_at end
from leads l
where l.closed_at is null and exists (
  select from lead_phones p where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.state = 'ok');
