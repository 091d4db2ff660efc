-- Who has a lead open on a screen. Unlogged: after a crash of the database nobody is there, until they say so again.

create unlogged table presence (
  campaign_id integer not null,
  lead_number bigint not null,
  operator_id integer not null,
  editing boolean not null,
  since timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  primary key (campaign_id, lead_number, operator_id)
) with (fillfactor = 70);
create index presence_by_age on presence (seen_at);
comment on table presence is 'Which operators have which lead open. Neither a change nor a lock; gone when not said again for 25 s.';
comment on column presence.editing is 'Something is typed and not saved yet.';
