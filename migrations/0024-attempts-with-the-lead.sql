-- How often a lead got each disposition is kept in its row, which an outcome writes anyway.
--
-- With ten million leads: a column without a default, so leads is locked for a moment only. Nothing is copied: a lead that an
-- older version has called takes its counts along with its next outcome.

alter table leads add column attempts jsonb;
comment on column leads.attempts is 'How often the lead got each disposition: what re-dial limits count. Null: no version since 0024 has called it.';
comment on table attempts is 'How often a lead got a disposition, as versions before 0024 counted; read where leads.attempts is null, and not written.';

-- Whether a disposition was ever given is asked of call records.
drop index attempts_by_disposition;
