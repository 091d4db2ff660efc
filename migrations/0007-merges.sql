-- The history of a lead shows what people decided when changes met.

create index audit_log_merges on audit_log (subject) where action = 'lead.merge';
