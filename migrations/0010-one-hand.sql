-- A lead is in one hand, and set-up that changes beside leads loses nothing.

-- Whatever gives a lead a place in the queue asks whether a lease of it runs still. With ten million leases: their table
-- takes no writes for about five seconds.
create index leases_running on leases (campaign_id, lead_number) where ended_at is null;
