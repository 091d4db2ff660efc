-- Heartbeats: every server writes its row every few seconds. This shows writes that do not reach the disk, and wrong clocks.
-- The table is new and tiny. Building the index on held_updates reads that table once: with ten million held updates nobody
-- can hold or settle one for some seconds. Neither statement locks leads.

create table heartbeats (
  process_id uuid primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  at timestamptz not null default now(),
  clock_ahead_s double precision not null
) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000);
comment on table heartbeats is 'The servers that run on this database. Each write is a durable commit, so a stalled commit shows here.';
comment on column heartbeats.process_id is 'Made at the start of the server. The server deletes its row when it stops; after a crash the row goes an hour later.';
comment on column heartbeats.clock_ahead_s is 'How far the clock of the server is ahead of the database''s, seconds; negative: behind.';

-- Metrics read the oldest open update and count the open ones; this index skips the expired ones.
create index held_updates_by_expiry on held_updates (expires_at) where state = 'open' and resolved_at is null;

-- These comments were out of date: actions copy leads too, and the audit log also keeps the decisions of merges.
comment on column leads.created_by is 'key:7, operator:3, action:4 or system.';
comment on table audit_log is 'Changes of everything but leads: keys, DNC, set-up, sign-ins. Also the decisions that people made when changes of a lead met.';
