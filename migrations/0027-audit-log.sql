-- The audit log is read: newest first, of a team, by what an entry is about, by its author, by its kind.
--
-- A column without a default: audit_log is locked for a moment. The indexes of a million entries take some fifteen
-- seconds; meanwhile changes of set-up and sign-ins wait, and leads come in.

alter table audit_log add column team_ids integer[];
comment on column audit_log.team_ids is 'The teams that what it is about belonged to, or else its author: an admin who is bound to teams sees those within. Null: none, or older than this column.';

create index audit_log_by_time on audit_log (at, audit_id);
create index audit_log_by_subject on audit_log (subject, at, audit_id);
create index audit_log_by_actor on audit_log (actor, at, audit_id);
create index audit_log_by_noun on audit_log (split_part(action, '.', 1), at, audit_id);
create index audit_log_by_request on audit_log (request_id, at, audit_id) where request_id is not null;

-- The one by subject finds them, too, and what was undone and given back.
drop index audit_log_merges;
