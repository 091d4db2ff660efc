-- Set-up has versions, so that nobody overwrites a change that they have not seen. Templates, campaigns and allocations can
-- be archived; a key can follow another one.
--
-- Columns with a constant default or none: no table is rewritten, each is locked for a moment.

alter table teams add column version integer not null default 1;
alter table contact_hours add column version integer not null default 1;
alter table disposition_sets add column version integer not null default 1;
alter table templates add column version integer not null default 1;
alter table templates add column archived_at timestamptz;
alter table campaigns add column version integer not null default 1;
alter table campaigns add column archived_at timestamptz;
alter table allocations add column version integer not null default 1;
alter table allocations add column archived_at timestamptz;
alter table actions add column version integer not null default 1;
alter table api_keys add column version integer not null default 1;
alter table api_keys add column follows integer references api_keys;

comment on column disposition_sets.version is 'Counts changes of its dispositions too.';
comment on column templates.version is 'Counts changes of its fields too.';
comment on column templates.archived_at is 'Since when it gets no new campaigns.';
comment on column campaigns.archived_at is 'Since when it takes no leads and hands none out.';
comment on column allocations.archived_at is 'Since when it takes no leads and cannot be started.';
comment on column api_keys.follows is 'The key that this one was made to replace.';
