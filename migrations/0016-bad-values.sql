-- Nothing that nobody needs refuses a lead, and what was read otherwise than it was sent is named.

-- Templates that are there already refuse as they did until somebody changes them; new ones keep. Columns that are new and
-- have no default, or a constant one, lock nothing for long, however many rows there are.
alter table templates add column bad_values text collate "C" not null default 'refuse' check (bad_values in ('keep', 'refuse'));
alter table templates alter column bad_values set default 'keep';
comment on column templates.bad_values is 'A text that does not fit its field''s kind. keep: stored, shown with a mark, never instead of a good value. refuse: 1005.';

alter table events add column warnings jsonb;
comment on column events.warnings is 'What was read otherwise than it was sent: [{code, field}], without values. Null: nothing.';
