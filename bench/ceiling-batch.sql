-- The batched ceiling of inserts: 64 leads per commit by one statement, written for speed. A pgbench script, run with
-- -M prepared and
--   -D campaign_id -D allocation_id -D run=TEXT
-- It writes what intake writes for 64 leads with two numbers each, into the same tables and indexes, and looks up
-- nothing first: no external id, no do-not-call list, no claim.
--
-- A prime as stride gives each lead numbers of its own, far from those of the lead before; the last three bits (7) are
-- those of this ceiling.
with n as materialized (select nextval('lead_numbers') as number from generate_series(1, 64)),
r as materialized (
  select number, (:campaign_id)::integer as campaign_id, (:allocation_id)::integer as allocation_id,
    substr(md5((:run)::text || '-b' || number), 1, 18) as external_id,
    61400000007 + 8 * (number * 6700417 % 5000000) as mobile,
    61290000007 + 8 * p + case when p >= 1250000 then 90000000 else 0 end as landline
  from (select number, number * 6700417 % 2500000 as p from n) n),
new_leads as (
  insert into leads (campaign_id, number, allocation_id, external_id, fields, created_way, created_by)
  select campaign_id, number, allocation_id, external_id,
    format('{"Name": "Jane Smith %s", "StreetAddress": "12 Langridge Street", "City": "Abbotsford", "State": "Vic", "PostCode": "3067", "Email": "jane.%s@example.com", "FirstPhone": "%s", "SecondPhone": "%s"}',
      number, number, mobile, landline)::jsonb, 'classic', 'ceiling'
  from r),
new_phones as (
  insert into lead_phones (campaign_id, lead_number, field, phone, state)
  select campaign_id, number, 'FirstPhone', mobile, 'ok' from r
  union all select campaign_id, number, 'SecondPhone', landline, 'ok' from r),
new_claims as (
  insert into claims (campaign_id, phone, lead_number)
  select campaign_id, landline, number from r
  union all select campaign_id, mobile, number from r order by 1, 2),
new_places as (
  insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state)
  select campaign_id, number, allocation_id, 0, 10, 'ready' from r)
insert into events (campaign_id, lead_number, version, actor, way, request_id)
select campaign_id, number, 1, 'ceiling', 'classic', '000000000000000000000000' from r;
