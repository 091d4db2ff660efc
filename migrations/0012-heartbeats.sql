-- Signs of life: every server writes its row every few seconds, so that a write that no longer reaches the disk, or a
-- clock that is wrong, is noticed. The table is new and tiny. The index on held_updates takes no longer than reading the
-- table once: with ten million held updates some seconds in which none can be held or settled.

create table heartbeats (
  process_id uuid primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  at timestamptz not null default now(),
  clock_ahead_s double precision not null
) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000);
comment on table heartbeats is 'The servers that run on this database. Written with a durable commit, so that a commit that stalls is seen.';
comment on column heartbeats.process_id is 'Made at the start of the server; its row goes with it, or is deleted an hour after its last sign of life.';
comment on column heartbeats.clock_ahead_s is 'How far the clock of the server is ahead of the database''s, seconds; negative: behind.';

-- The oldest that waits, and how many do, without passing over those that have expired.
create index held_updates_by_expiry on held_updates (expires_at) where state = 'open' and resolved_at is null;

-- What these comments said is no longer so: actions copy leads, and decisions of people are kept beside what is no change.
comment on column leads.created_by is 'key:7, operator:3, action:4 or system.';
comment on table audit_log is 'What is no change of a lead: keys, DNC, set-up, sign-ins. And what people decided where changes of a lead met.';
