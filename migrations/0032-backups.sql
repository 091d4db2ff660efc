-- When backups were made, so that the doctor can say how old the last one is; and when the database was restored, so that a
-- reader of the database before learns that its place is of another history.
--
-- New tables: nothing is locked.

create table backups (
  backup_id integer generated always as identity primary key,
  snapshot_at timestamptz not null,
  finished_at timestamptz not null default now(),
  file text not null,
  bytes bigint not null
);
comment on table backups is 'Backups made by the command. A row says that the whole file was on the disk by then.';
comment on column backups.snapshot_at is 'The moment that the backup shows.';
comment on column backups.file is 'The name of the file, without its folder.';

create table restores (
  restore_id integer generated always as identity primary key,
  history text collate "C" not null unique default substr(md5(gen_random_uuid()::text), 1, 8),
  restored_at timestamptz not null default now(),
  snapshot_at timestamptz not null,
  forgotten integer not null
);
comment on table restores is 'Restores of this database from a backup. Each begins another history.';
comment on column restores.history is 'Goes into the cursors of readers: a place of another history is refused.';
comment on column restores.forgotten is 'Leads that were forgotten after the backup, and again by the restore.';
