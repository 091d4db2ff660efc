-- The clock of the called person: each place in the queue has the set of zones that its lead may be in, and a hand-out passes
-- over the sets in which one is closed.
--
-- The column has a constant default, so no table is rewritten and each is locked for a moment. The index of a large queue is
-- made beside the old one while the server runs (src/db/queue-index.ts); a small one gets it here, which locks it for less
-- than half a second. Until a place has its set it has 0, and a hand-out works the set out by itself.

alter table queue add column zone_set integer not null default 0;
comment on column queue.zone_set is 'Bits of LEGAL_ZONES (src/core/legal-zones.ts): where the owners of the numbers may be. 0: nowhere with rules, or not worked out yet.';

alter table templates add column zone_field text;
comment on column templates.zone_field is 'The field with the state or post code that tells the time zone of a lead, met with that of its numbers; null: numbers alone tell it.';

-- How far the zone sets of a template follow its fields and the tables of prefixes and post codes.
create table zone_rewrites (
  template_id integer primary key references templates on delete cascade,
  tables_version integer not null,
  campaign_id integer not null default 0,
  lead_number bigint not null default 0,
  leads bigint not null default 0,
  moved bigint not null default 0,
  begun_at timestamptz not null default now(),
  finished_at timestamptz,
  is_upgrade boolean not null default false
);
comment on table zone_rewrites is 'The rewriting of the zone sets in the queue, once for each template that had campaigns before or has changed.';
comment on column zone_rewrites.tables_version is 'ZONE_TABLES_VERSION (src/core/zone-set.ts) that the sets follow.';
comment on column zone_rewrites.campaign_id is 'The lead up to which it has come, with lead_number.';
comment on column zone_rewrites.leads is 'Places that it has looked at.';
comment on column zone_rewrites.moved is 'Those of them that are called by another clock than that of their contact hours.';
comment on column zone_rewrites.is_upgrade is 'Begun when zone sets came, so people are told how many leads they move.';

insert into zone_rewrites (template_id, tables_version, is_upgrade)
select template_id, 0, true from templates t
where exists (select from campaigns c join queue q using (campaign_id) where c.template_id = t.template_id);

do $$ begin
  if (select count(*) from (select from queue limit 100000) q) < 100000 then
    drop index queue_ready;
    create index queue_ready_by_zone on queue (
      allocation_id, contact_hours_id, zone_set, priority, due_at desc nulls last, lead_number desc
    ) where state = 'ready';
  end if;
end $$;
