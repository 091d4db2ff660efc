-- Search: the text of every lead with an index of its trigrams, and an index for each list of leads.
--
-- The text is not written by intake: its index costs ten times what a lead's row costs. The indexer follows the events and
-- writes it a moment later; until then a search looks at the leads of those events themselves.
--
-- With ten million leads: some fifteen minutes, most of them for texts and trigrams while nothing is locked; then leads and
-- events take no writes for about a minute, while their indexes are made.

create extension if not exists pg_trgm;

-- One spelling for what people type and what is stored: small letters without accents, in ASCII whatever the database's
-- locale is. Under the locale C, which the embedded PostgreSQL has, pg_trgm sees no letters but those of ASCII, and lower()
-- may know no others either. A letter of another script becomes five capitals, A to M and then N to Z: found as itself and
-- as nothing else, since the rest of the text has no capitals.
create function fold_text(value text) returns text language plpgsql immutable strict parallel safe as $$
declare
  letter text;
  folded text;
  code integer;
begin
  -- Most texts are done here. In the others only characters that are not ASCII are looked at, each by itself: the steps
  -- below are slow, and a part of a text must fold to a part of what the text folds to.
  if octet_length(value) = char_length(value) then
    return lower(value collate "C");
  end if;
  value := lower(value collate "C");
  for letter in select distinct m[1] from regexp_matches(value, '[^\u0001-\u007f]', 'g') m loop
    folded := translate(regexp_replace(normalize(letter, NFKD), '[\u0300-\u036f]', '', 'g'),
      'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖςØøŁłĐđÐðĦħıŦŧŊŋƏə’‘ʼ‐‑–—−',
      'αβγδεζηθικλμνξοπρστυφχψωϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆσoollddddhhittnnee''''''-----');
    folded := replace(replace(replace(replace(folded, 'ß', 'ss'), 'ẞ', 'ss'), 'Þ', 'th'), 'þ', 'th');
    folded := replace(replace(replace(replace(folded, 'Æ', 'ae'), 'æ', 'ae'), 'Œ', 'oe'), 'œ', 'oe');
    folded := lower(folded collate "C");
    if octet_length(folded) > char_length(folded) then
      -- One that normalises to several (a syllable, a vulgar fraction) is taken as it stands.
      code := ascii(case when char_length(folded) = 1 then folded else letter end);
      folded := chr(65 + code / 28561 % 13) || chr(78 + code / 2197 % 13) || chr(78 + code / 169 % 13)
        || chr(78 + code / 13 % 13) || chr(78 + code % 13);
    end if;
    value := replace(value, letter, folded);
  end loop;
  return value;
end $$;

create table lead_texts (
  campaign_id integer not null,
  lead_number bigint not null,
  version integer not null,
  text text collate "C" not null,
  primary key (campaign_id, lead_number)
) with (fillfactor = 90);
comment on table lead_texts is 'What search looks through: the values, the external id and the numbers of a lead in one folded text.';
comment on column lead_texts.version is 'The version of the lead that the text was made of; a text of an older one is not believed.';
comment on column lead_texts.text is 'Empty for a forgotten lead: with its version, which no late writer of the indexer overwrites.';

create table lead_texts_cursor (
  is_only boolean primary key default true check (is_only),
  tx xid8 not null
);
comment on table lead_texts_cursor is 'How far the indexer is: the texts know every event of a transaction before this one.';

-- Before the leads are read: a transaction that ends meanwhile is not passed over.
insert into lead_texts_cursor (tx) select pg_snapshot_xmin(pg_current_snapshot());

insert into lead_texts (campaign_id, lead_number, version, text)
select l.campaign_id, l.number, l.version, fold_text(concat_ws(E'\n', (
    select string_agg(f.value, E'\n') from jsonb_each_text(l.fields - coalesce(p.fields, '{}')) f), l.external_id, p.numbers))
from leads l cross join lateral (
  select array_agg(p.field) as fields, string_agg(distinct p.phone::text, E'\n') as numbers
  from lead_phones p where p.campaign_id = l.campaign_id and p.lead_number = l.number and p.phone is not null) p;

set local maintenance_work_mem = '256MB';
create index lead_texts_by_trigram on lead_texts using gin (text gin_trgm_ops);

-- What came in after a transaction: for the indexer, and for who follows the events.
create index events_by_tx on events (tx);
-- Who changed a lead; that it came in is no change of it, so inserts do not pay for this.
create index events_by_actor on events (campaign_id, actor, lead_number) where version > 1;

create index leads_by_allocation on leads (allocation_id, number);
create index leads_by_disposition on leads (campaign_id, disposition, number) where disposition is not null;
create index leads_by_callback on leads (campaign_id, callback_at) where callback_at is not null;
