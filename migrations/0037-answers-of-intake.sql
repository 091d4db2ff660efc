-- What became of the leads and changes that senders offered in the last two hours, for the dashboard: refusals are kept nowhere
-- else, and no index finds leads by their time.
--
-- A new table: nothing is locked. Each server adds to it every two seconds while something arrives, and removes what is
-- older than two hours; some thousand rows at most places.

create table intake_answers (
  at timestamptz not null,
  deed text collate "C" not null check (deed in ('insert', 'update')),
  code integer not null,
  campaign_id integer not null,
  actor text collate "C" not null,
  answers integer not null,
  -- Whoever looks reads the newest; whoever adds meets the row by its whole key.
  primary key (at, deed, code, campaign_id, actor)
);
comment on table intake_answers is 'How many inserts and updates got which result code, in slots of ten seconds. A measure: a crash may lose some seconds of it.';
comment on column intake_answers.at is 'The start of the slot.';
comment on column intake_answers.code is '0: taken.';
comment on column intake_answers.campaign_id is '0: the request named no campaign that its sender may see.';
comment on column intake_answers.actor is 'key:7, operator:3, pull:2; nobody: no key or session let it in.';
