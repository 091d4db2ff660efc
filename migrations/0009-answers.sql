-- A request that is sent again is recognised by its digest, a worker that is gone by its session.
-- Adds a column without a default and a new table: locks call_records for a moment, whatever its size.

alter table call_records add column request_digest text collate "C";
comment on column call_records.request_digest is 'Of an update that named the version it was made for: that version and all that it asked for. Sent again, it is not another call.';

create table job_workers (
  worker_id text collate "C" primary key,
  started_at timestamptz not null default now()
);
comment on table job_workers is 'Processes that take jobs, by the name that locks them. Each proves that it is alive by an advisory lock of its session; without it, its jobs are free again.';
