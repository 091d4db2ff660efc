-- Dispositions and fields have ids of their own, and a call record knows what the dialler said of its call.

-- Callers of the classic API name dispositions by integers, and lists of fields have them. The tables are small: locked for a
-- moment. From an identity, so an id never comes again, not even that of a disposition that was deleted.
alter table dispositions add column disposition_id integer generated always as identity unique;
alter table fields add column field_id integer generated always as identity unique;
comment on column dispositions.disposition_id is 'Never changes, never used again; what fDispositions of the classic API names';
comment on column fields.field_id is 'Never changes, never used again';

-- Columns without a default: call_records, attempts and action_runs are locked for a moment, whatever their size.
alter table call_records add column duration_s integer, add column unique_call_id text collate "C";
comment on column call_records.duration_s is 'How long the call lasted, as the dialler said it; null: it did not';
comment on column call_records.unique_call_id is 'The id of the call in the telephone system, as the dialler said it';

alter table attempts add column call_id bigint;
comment on column attempts.call_id is 'The call record of the last one; null: older than this column';
alter table action_runs add column call_id bigint;
comment on column action_runs.call_id is 'The call record of the outcome that started it; null: older than this column';

-- The newest calls of some dispositions are found without walking past those of the others. With ten million call records: some
-- thirty seconds in which they can be read, but not written.
create index call_records_by_disposition on call_records (campaign_id, disposition, call_id);
create index call_records_by_allocation_and_disposition on call_records (campaign_id, allocation_id, disposition, call_id);
drop index call_records_by_allocation;
