-- Who may do what: scopes by task, keys bound to allocations, disposition sets that belong to a team, do-not-call
-- entries that know the team of their source, a one-time code for the first admin.
--
-- With ten million leads: columns without a default that is computed lock nothing for long. Finding the keys that have
-- taken leases reads the leases once (some seconds for ten million), while nothing is locked but the keys.

alter table api_keys
  drop constraint api_keys_scopes_check,
  add constraint api_key_scopes_are_known check (cardinality(scopes) > 0
    and scopes <@ array['insert', 'write', 'dial', 'read', 'export', 'supervise', 'manage', 'admin']),
  add column allocation_ids integer[] check (cardinality(allocation_ids) > 0),
  add column former_scopes text[] not null default '{}',
  add constraint bound_api_keys_insert_or_dial
    check (allocation_ids is null or scopes <@ array['insert', 'dial']);
comment on column api_keys.allocation_ids is 'Only for leads of these allocations; null: of all that the teams may see.';
comment on column api_keys.former_scopes is 'What the key used before scopes were split, and may no longer do: to be granted again where it is meant.';

-- A scope "write" used to include what dialling, supervising and managing are now. A key keeps dialling where it has
-- dialled; the others are named, so that somebody decides.
update api_keys k set scopes = k.scopes || array['dial']
from (select distinct taker from leases) l
where l.taker = 'key:' || k.key_id and 'write' = any (k.scopes) and not 'admin' = any (k.scopes);

with used as (
  select actor, case
      when action = 'lead.forget' or subject = 'dnc:campaign' then 'supervise'
      else 'manage'
    end as scope
  from audit_log
  where action in ('lead.forget', 'dnc.remove')
    or (action = 'dnc.add' and (subject <> 'dnc:private' or (details ->> 'entries')::integer > 100))
  union
  select resolved_by, 'supervise' from held_updates where resolved_by is not null)
update api_keys k set former_scopes = u.scopes
from (select actor, array_agg(distinct scope order by scope) as scopes from used group by actor) u
where u.actor = 'key:' || k.key_id and not 'admin' = any (k.scopes);

alter table disposition_sets add column team_id integer references teams;
update disposition_sets set team_id = (select team_id from teams where name = 'Global');
alter table disposition_sets alter column team_id set not null;
comment on column disposition_sets.team_id is 'Sets of the team Global can be used by all, and changed by those who are bound to no team.';
comment on column contact_hours.team_id is 'Contact hours of the team Global can be used by all, and changed by those who are bound to no team.';
comment on column actions.team_id is 'Runs for leads of this team''s templates; of the team Global: for those of every template. Those of Global can be used by all, and changed by those who are bound to no team.';

alter table dnc_entries add column team_ids integer[];
comment on column dnc_entries.team_ids is 'The teams that its source is bound to: only they, and those of no team, see reason and source. Null: bound to none.';

-- Whatever columns an entry has, only the three that stamp its removal may change, once.
create or replace function dnc_entries_are_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.removed_at is null and new.removed_at is not null
    and to_jsonb(new) - array['removed_at', 'removed_by', 'removed_reason']
      = to_jsonb(old) - array['removed_at', 'removed_by', 'removed_reason']
  then
    return new;
  end if;
  raise exception 'dnc_entries are append-only: an entry is removed by stamping it once' using errcode = 'restrict_violation';
end $$;

create table dnc_additions (
  actor text collate "C" not null,
  day date not null,
  numbers integer not null,
  primary key (actor, day)
);
comment on table dnc_additions is 'How many numbers an actor with bounds has put on the private list on a day (UTC).';

create table setup_codes (
  code_hash bytea primary key,
  created_at timestamptz not null default now()
);
comment on table setup_codes is 'SHA-256 of the codes that start messages show: one makes the first admin, then all of them are gone.';
