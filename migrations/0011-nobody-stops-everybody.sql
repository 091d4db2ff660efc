-- Lists that are read often have an index of their own, and wrong passwords delay those who give them.
--
-- With a million held updates, or runs of actions, none can be written for a second. The other tables are small.

-- Those that are settled, superseded, expired.
create index held_updates_by_state on held_updates (state, held_update_id);

-- Runs of one campaign, newest first.
create index action_runs_by_campaign on action_runs (campaign_id, run_id);

-- Counted by login alone, wrong passwords of anybody kept everybody with this login waiting.
truncate sign_in_failures;
alter table sign_in_failures
  add column from_hash bytea not null,
  drop constraint sign_in_failures_pkey,
  add primary key (login_hash, from_hash);
comment on column sign_in_failures.from_hash is 'SHA-256 of the origin of the attempts: a network address, or a browser in which the operator signed in before.';

create table sign_in_devices (
  token_hash bytea not null,
  operator_id integer not null references operators,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  primary key (token_hash, operator_id)
);
create index sign_in_devices_by_operator on sign_in_devices (operator_id, seen_at);
create index sign_in_devices_by_age on sign_in_devices (seen_at);
comment on table sign_in_devices is 'Browsers in which an operator signed in before: wrong passwords that come from elsewhere do not delay them.';
comment on column sign_in_devices.token_hash is 'SHA-256 of the token in the cookie of the browser. It opens nothing: the password is asked all the same.';
