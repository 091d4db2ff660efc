-- Contact hours may go by the clock of the called person.
--
-- Columns with constant defaults or none: no table is rewritten, each is locked for a moment.

alter table contact_hours add column local_to_lead boolean not null default false;
comment on column contact_hours.local_to_lead is 'The hours are those of the zones that the called person may be in; the zone counts where none is known.';

alter table leads add column callback_zone text collate "C";
comment on column leads.callback_zone is 'The zone in which callback_local is read, where the contact hours are local to the lead; null: their own.';
