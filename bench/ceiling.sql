-- The ceiling of inserts: one lead per commit, written for speed. A pgbench script, run with -M prepared and
--   -D campaign_id -D allocation_id -D run=TEXT -D clients=N -D first=N -D seed=N -D n=0
-- It writes what intake writes for a lead with two numbers, into the same tables and indexes, and looks up the
-- same things first: external id, do-not-call lists, claims. It has no HTTP, reads no document and judges nothing.
--
-- permute() makes each number random and gives none twice; the last three bits (3) are those of this ceiling.
\set n :n + 1
\set k :first + :n * :clients + :client_id
\set mobile 61400000003 + 8 * permute(:k % 5000000, 5000000, :seed)
\set p permute(:k % 2500000, 2500000, :seed)
\set landline 61290000003 + 8 * :p + case when :p >= 1250000 then 90000000 else 0 end
with r as (
  select (:campaign_id)::integer as campaign_id, (:mobile)::bigint as mobile, (:landline)::bigint as landline,
    substr(md5((:run)::text || '-c' || (:k)::text), 1, 18) as external_id, (:k)::text as k),
free as materialized (
  select r.*, nextval('lead_numbers') as number from r
  where not exists (select from leads l where l.campaign_id = r.campaign_id and l.external_id = r.external_id)
    and not exists (
      select from dnc_entries e
      where e.phone in (r.mobile, r.landline) and e.removed_at is null and (e.expires_at is null or e.expires_at > now())
        and (e.list = 'private' or (e.list = 'campaign' and e.campaign_id = r.campaign_id)))
    and not exists (select from claims c where c.campaign_id = r.campaign_id and c.phone in (r.mobile, r.landline))),
new_leads as (
  insert into leads (campaign_id, number, allocation_id, external_id, fields, created_way, created_by)
  select campaign_id, number, (:allocation_id)::integer, external_id,
    format('{"Name": "Jane Smith %s", "StreetAddress": "12 Langridge Street", "City": "Abbotsford", "State": "Vic", "PostCode": "3067", "Email": "jane.%s@example.com", "FirstPhone": "%s", "SecondPhone": "%s"}',
      k, k, mobile, landline)::jsonb, 'classic', 'ceiling'
  from free),
new_phones as (
  insert into lead_phones (campaign_id, lead_number, field, phone, state)
  select campaign_id, number, 'FirstPhone', mobile, 'ok' from free
  union all select campaign_id, number, 'SecondPhone', landline, 'ok' from free),
new_claims as (
  insert into claims (campaign_id, phone, lead_number)
  select campaign_id, landline, number from free
  union all select campaign_id, mobile, number from free),
new_places as (
  insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state)
  select campaign_id, number, (:allocation_id)::integer, 0, 10, 'ready' from free)
insert into events (campaign_id, lead_number, version, actor, way, request_id)
select campaign_id, number, 1, 'ceiling', 'classic', '000000000000000000000000' from free;
