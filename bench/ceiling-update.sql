-- The ceiling of updates: one update by external id per commit, written for speed. A pgbench script, run with
-- -M prepared and
--   -D campaign_id -D run=TEXT -D leads=N -D first=N -D clients=N -D n=0
-- It writes what intake writes for the usual outcome: a field and the disposition of the lead, its event, a call
-- record, the count of attempts, the place in the queue.
\set n :n + 1
\set k :first + :n * :clients + :client_id
\set i random(1, :leads)
with written as (
  update leads l
  set version = l.version + 1, fields = l.fields || jsonb_build_object('City', 'Abbotsford c' || (:k)::text),
    disposition = 'No Answer', callback_local = (now() + interval '1 day')::timestamp(0), callback_at = (now() + interval '1 day')::timestamptz(0),
    priority = 12, calls = l.calls + 1, updated_at = now(),
    attempts = coalesce(l.attempts, '{}')
      || jsonb_build_object('No Answer', coalesce((l.attempts ->> 'No Answer')::integer, 0) + 1)
  from leads o
  where o.campaign_id = (:campaign_id)::integer
    and o.external_id = substr(md5((:run)::text || '-' || (:i)::text), 1, 18)
    and l.campaign_id = o.campaign_id and l.number = o.number
  returning l.campaign_id, l.number, l.allocation_id, l.version, l.fields, o.fields as old_fields, o.disposition as old_disposition),
new_events as (
  insert into events (campaign_id, lead_number, version, actor, way, request_id, changes)
  select campaign_id, number, version, 'ceiling', 'classic', '000000000000000000000000',
    jsonb_build_object('fields.City', jsonb_build_array(old_fields -> 'City', fields -> 'City'),
      'disposition', jsonb_build_array(old_disposition, 'No Answer'), 'priority', jsonb_build_array(10, 12),
      'callback', jsonb_build_array(null, (now() + interval '1 day')::timestamp(0)::text))
  from written),
places as (
  update queue q set priority = 12, due_at = (now() + interval '1 day')::timestamptz(0), state = 'waiting',
    wake_at = (now() + interval '1 day')::timestamptz(0)
  from written w where q.campaign_id = w.campaign_id and q.lead_number = w.number)
insert into call_records (campaign_id, lead_number, allocation_id, disposition, actor, way, request_id)
select campaign_id, number, allocation_id, 'No Answer', 'ceiling', 'classic', '000000000000000000000000' from written;
