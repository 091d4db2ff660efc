-- Numbers that are right by the shape of their plan; numbers that have two forms.
--
-- With ten million leads: nothing is locked for long. The rows that are there are checked by the next migration.

alter table lead_phones
  drop constraint lead_phones_state_check,
  add constraint lead_phones_state_check
    check (state in ('ok', 'unlisted', 'invalid', 'wrong', 'disconnected')) not valid;
comment on column lead_phones.state is 'unlisted: right by the shape of its plan, but not known when it was read; dialled like ok.';

-- What src/core/phone-forms.ts says, for statements that meet rows of both forms: until they are rewritten, and where an
-- older version still writes them. An expression alone, so that PostgreSQL puts it into the statement.
create function other_form(phone bigint) returns bigint language sql immutable parallel safe as $$
  select case
    when phone < 520000000000 then null
    when phone between 5212000000000 and 5219999999999 then phone - 4690000000000
    when phone between 522000000000 and 529999999999 then phone + 4690000000000
    when phone between 5491100000000 and 5491199999999 or phone between 5492000000000 and 5493999999999
      then phone - 4950000000000
    when phone between 541100000000 and 541199999999 or phone between 542000000000 and 543999999999
      then phone + 4950000000000
  end
$$;
comment on function other_form(bigint) is 'The other form of a number that has two (Mexico, Argentina), whichever it is given; null for most.';
