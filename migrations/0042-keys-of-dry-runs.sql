-- The keys that a dry run gives to its rows have an id of their own: a dry run, or a run, begins at once however many keys an
-- earlier dry run has left, and a sweep removes those in pieces.
--
-- Locks imports, import_chunks and import_keys for a moment: nothing is rewritten, and import_chunks has a row for 500 rows of
-- a file.

create sequence import_checks as integer;
alter table imports add column check_id integer;
comment on column imports.check_id is 'The latest dry run, to which import_keys belong. Null: there was none.';
update imports set check_id = import_id where checked is not null;
select setval('import_checks', (select coalesce(max(import_id), 0) + 1 from imports), false);
create index imports_by_check on imports (check_id) where check_id is not null;

-- A foreign key would look its import up for each of three keys a row, which is a third of what a dry run costs.
alter table import_keys drop constraint import_keys_import_id_fkey;
alter table import_keys rename column import_id to check_id;
comment on table import_keys is 'Numbers (and, below zero, leads and hashes of external ids) that rows would take by a dry run: later rows may want them, too. They go when the rows are taken.';
comment on column import_keys.check_id is 'The dry run. Keys of one that no import names as its latest are swept.';

-- Which chunk has a row: rows that mean one number may be far apart.
create index import_chunks_by_row on import_chunks (import_id, first_row);
