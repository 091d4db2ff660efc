// Rules are read before a write and kept for a moment. What must not be wrong of them is compared inside the statement.

/**
 * A part of a writing statement: the rows of its part `r` that rest on rules which have changed since, the zone of contact
 * hours (callback_at, hours_id, zone_version) or the kind of a disposition (campaign_id, and the column of that name with
 * its _kind). Asked once for each zone and disposition of the batch; whoever changes one waits until the statement is
 * committed. It comes before any lead is locked.
 */
export const staleRows = (outcome: 'disposition' | 'outcome') => `stale as materialized (
     select r.i from r join (
       select h.hours_id, h.zone_version from (
         select distinct r.hours_id, r.zone_version from r where r.callback_at is not null offset 0) h
       where not zone_is(h.hours_id, h.zone_version) offset 0) h using (hours_id, zone_version)
     where r.callback_at is not null
     union all
     select r.i from r join (
       select d.campaign_id, d.${outcome}, d.${outcome}_kind from (
         select distinct r.campaign_id, r.${outcome}, r.${outcome}_kind from r where r.${outcome} is not null offset 0) d
       where not disposition_is(d.campaign_id, d.${outcome}, d.${outcome}_kind) offset 0) d
       using (campaign_id, ${outcome}, ${outcome}_kind))`
