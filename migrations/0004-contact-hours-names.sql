-- Contact hours are named in any case, so two whose names differ in case only would be one: the leads of the other
-- would never be called.
create unique index contact_hours_names_are_unique_in_any_case on contact_hours (lower(name));
