-- A template can get another disposition set. An outcome that waits for the lock of the set that the template had must look
-- again which one it has by then.
--
-- Replaces a function: no table is locked.

create or replace function disposition_is(campaign integer, given text, known_kind text) returns boolean language plpgsql volatile as $$
declare
  set_id integer;
  locked_id integer;
begin
  loop
    select t.disposition_set_id into set_id from campaigns c join templates t using (template_id) where c.campaign_id = campaign;
    exit when set_id is not distinct from locked_id;
    perform pg_advisory_xact_lock_shared(7350119, set_id);
    locked_id := set_id;
  end loop;
  return exists (
    select from dispositions d where d.disposition_set_id = set_id and d.code = given and d.kind = known_kind);
end $$;
