-- Set-up that changes beside leads loses nothing, and the do-not-call list can be followed.

-- Instants of callbacks follow from the zone of their contact hours. A write says by which version of the zone it worked
-- them out; one that rests on an older zone is not written. Columns and tables that are new or have a constant default lock
-- nothing for long.
alter table contact_hours add column zone_version integer not null default 1;
comment on column contact_hours.zone_version is 'Rises with every change of the zone';

-- Called by the statement that writes. Whoever changes the zone holds the lock alone: so either the write is committed when
-- the change begins to move callbacks, or the write is told here that the zone is another one. Volatile: each query inside
-- sees what was committed while the lock was waited for. The numbers of the locks stand in src/db/locks.ts.
create function zone_is(id integer, known_version integer) returns boolean language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(7350118, id);
  return exists (select from contact_hours h where h.contact_hours_id = id and h.zone_version = known_version);
end $$;

-- The same for outcomes: a disposition that nobody has used may be deleted or get another kind.
create function disposition_is(campaign integer, given text, known_kind text) returns boolean language plpgsql volatile as $$
declare
  set_id integer;
begin
  select t.disposition_set_id into set_id from campaigns c join templates t using (template_id) where c.campaign_id = campaign;
  perform pg_advisory_xact_lock_shared(7350119, set_id);
  return exists (
    select from dispositions d where d.disposition_set_id = set_id and d.code = given and d.kind = known_kind);
end $$;

-- How far the callbacks of contact hours have been moved after a change of their zone: leads are gone through in the order of
-- their key, a chunk at a time.
create table callback_moves (
  contact_hours_id integer primary key references contact_hours,
  campaign_id integer not null default 0,
  lead_number bigint not null default 0,
  moved bigint not null default 0,
  begun_at timestamptz not null default now(),
  finished_at timestamptz
);
comment on column callback_moves.lead_number is 'The last lead that is done, with campaign_id';

-- The do-not-call list can be followed: entries in the order of the transactions that last changed them, so that a reader's
-- place is never passed by a commit. What is there already counts as changed before everything else. With ten million
-- entries: some twenty seconds in which entries can be read, but not added or removed, while their two indexes are made.
alter table dnc_entries add column changed_tx xid8 not null default '0';
alter table dnc_entries alter column changed_tx set default pg_current_xact_id();
comment on column dnc_entries.changed_tx is 'The transaction that added the entry, or removed it; 0: before this column';
-- Each list has its own order, however large the others are; so has each campaign, for a caller that sees some of them.
create index dnc_entries_by_list on dnc_entries (list, changed_tx, entry_id);
create index dnc_entries_by_campaign on dnc_entries (campaign_id, changed_tx, entry_id) where campaign_id is not null;

create or replace function dnc_entries_are_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.removed_at is null and new.removed_at is not null
    and to_jsonb(new) - array['removed_at', 'removed_by', 'removed_reason']
      = to_jsonb(old) - array['removed_at', 'removed_by', 'removed_reason']
  then
    new.changed_tx := pg_current_xact_id();
    return new;
  end if;
  -- A database that was moved by its rows alone counts its transactions anew: what is there is old then.
  if tg_op = 'UPDATE' and new.changed_tx = '0' and to_jsonb(new) - 'changed_tx' = to_jsonb(old) - 'changed_tx' then
    return new;
  end if;
  raise exception 'dnc_entries are append-only: an entry is removed by stamping it once' using errcode = 'restrict_violation';
end $$;
