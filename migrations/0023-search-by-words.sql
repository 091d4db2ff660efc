-- Search finds words by their beginning and numbers by any part of three digits: an index of some twenty entries a lead
-- instead of a hundred.
--
-- Nothing is locked for long. Where there are texts, the old index stays and serves until the indexer has made the new one
-- beside it, without a lock that writers meet, and drops it then (src/db/search-index.ts): some five minutes with ten
-- million leads.

-- The entries of a folded text: each word of three signs and more as it stands; a number of five digits and more by its pieces of four, every
-- second one from its end (12345678: 5678, 3456, 1234), and the three that an odd number begins with, so that any three
-- digits are the beginning or the end of a piece. Letters of scripts that are written without blanks (fold_text makes five
-- capitals of each) go by pairs, and the last one by itself.
-- src/core/search-terms.ts has the other half. It calls no function of ours: analyze would not find it.
create function search_terms(value text) returns tsvector language plpgsql immutable strict parallel safe as $$
declare
  word text collate "C";
  terms text[];
  left_out text[] := '{}';
  place integer;
begin
  -- Most texts are short and have no other script.
  if value = lower(value collate "C") and length(value) <= 2000 then
    terms := regexp_split_to_array(value, '[^a-z0-9]+');
    foreach word in array terms loop
      if length(word) < 3 then
        left_out := left_out || word;
      elsif word < ':' and length(word) > 4 and word !~ '[a-z]' then
        left_out := left_out || word;
        -- From place 0 on there are three.
        for place in reverse length(word) - 3 .. 0 by 2 loop
          terms := terms || substr(word, place, 4);
        end loop;
      end if;
    end loop;
    return ts_delete(array_to_tsvector(array_remove(terms, '')), left_out);
  end if;
  -- In a text of any length no sign may be looked for by its place: twenty thousand times that would take seconds.
  return (
    select coalesce(array_to_tsvector(array_agg(t.term)), '')
    from (
      select distinct m[1] as word from regexp_matches(left(value, 100000),
        '[a-z0-9]+|(?:AN[N-Z]{3})+|(?:A[O-Z][N-Z]{3}|[B-M][N-Z]{4})+', 'g') m) w
      cross join lateral (
        select piece[1] as term
        from (values (1), (3)) as first (place)
          cross join lateral regexp_matches(substr(w.word, first.place + length(w.word) % 2), '.{4}', 'g') piece
        where w.word ~ '^[0-9]{5,}$'
        union all
        select left(w.word, 3) where w.word ~ '^[0-9]{5,}$' and length(w.word) % 2 = 1
        union all
        select left(w.word, case when w.word < ':' or w.word >= 'a' then 64 else 60 end)
        where w.word ~ '^(?:[a-z0-9]{3}|(?:AN[N-Z]{3}){3})' and w.word !~ '^[0-9]{5,}$'
        union all
        select pair[1]
        from (values (1), (6)) as first (place)
          cross join lateral regexp_matches(substr(w.word, first.place), '.{5,10}', 'g') pair
        where w.word !~ '^(?:[a-z0-9]|AN)') t);
end $$;
comment on function search_terms(text) is 'The entries of a folded text in the index of search.';

-- Entries wait together and are sorted in by the thousand: the more wait, the less WAL each costs, but every search reads
-- them all, a megabyte in a millisecond.
do $$ begin
  if not exists (select from lead_texts) then
    drop index lead_texts_by_trigram;
    create index lead_texts_by_term on lead_texts using gin (search_terms(text)) with (gin_pending_list_limit = 8192);
  end if;
end $$;
