-- Search finds what intake takes: sister letters, digits of all scripts and signs that look alike are folded as one.
--
-- With ten million leads: nothing is locked for long. The texts that are there are folded anew afterwards, in chunks, by
-- the indexer (`refoldNext` in src/db/lead-texts.ts); until it is done, words are looked for in both foldings.

-- For texts that are not folded anew yet. A later migration drops it.
alter function fold_text(text) rename to fold_text_before;
comment on function fold_text_before(text) is 'How texts were folded until 0018.';

-- A letter of another script than the Latin one becomes five capitals, as before: found as itself and as nothing else.
create function fold_text(value text) returns text language plpgsql immutable strict parallel safe as $$
declare
  folded text := replace(replace(lower(value collate "C"), '`', ''''), E'\t', ' ');
begin
  -- Most texts are ASCII. In the others only characters that are not are looked at, each by itself: a part of a text must
  -- fold to a part of what the text folds to.
  if octet_length(value) > char_length(value) then
    declare
      sisters constant jsonb :=
        -- Strokes and hooks, which are no accents.
        jsonb_object(
          string_to_array('ȺⱥƀƁƂƃɃɓƇƈȻȼÐðĐđƉƊƋƌɖɗƎƏƐǝɆɇəɛƑƒƓƔǤǥɠɡɣĦħɦⱧⱨıƖƗɨɩɪɈɉʝĸƘƙⱩⱪŁłƚȽɫɬⱠⱡⱢɱⱮŊŋƝƞɲØøƆƟɔɵƤƥᵽⱣɌɍɽʀⱤȿʂⱾŦŧƬƭƮȾʈⱦƱɄʉʊƲʋỼỽⱲⱳ', null),
          string_to_array('aabbbbbbccccddddddddddeeeeeeeeffggggggghhhhhiiiiiijjjkkkkklllllllllmmnnnnnoooooopppprrrrrsssttttttttuuuuvvvvww', null))
        || jsonb_object(
          string_to_array('ƳƴɎɏỾỿƵƶƷȤȥɀʒᶎⱫⱬⱿ', null),
          string_to_array('yyyyyyzzzzzzzzzzz', null))
        || '{
          "Æ": "ae", "æ": "ae", "ƕ": "hv", "Ỻ": "ll", "ỻ": "ll", "Œ": "oe", "œ": "oe", "Ƣ": "oi", "ƣ": "oi", "ß": "ss",
          "ẞ": "ss", "Þ": "th", "þ": "th", "Ƕ": "hv"}'
        -- Capitals.
        || jsonb_object(
          string_to_array('ƄƜƦƧƩƸƼǷȜȠȢɁɅɊͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϏϘϚϜϞϠϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊ', null),
          string_to_array('ƅɯrƨʃƹƽƿȝnȣɂʌɋͱͳͷϳαβγδεζηθικλμνξοπρστυφχψωϗϙϛϝϟϡϸϻͻͼͽђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋ', null))
        || jsonb_object(
          string_to_array('ҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖᲉᲐᲑᲒᲓᲔᲕ', null),
          string_to_array('ҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆᲊაბგდევ', null))
        || jsonb_object(
          string_to_array('ᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿℲↃⱭⱯⱰⱵꙀꙂꙄꙆꙈꙊꙌꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚς', null),
          string_to_array('ზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿⅎↄɑɐɒⱶꙁꙃꙅꙇꙉꙋꙍꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙꚛσ', null))
        -- Arabic letters as Persian, Urdu and others have them, and those that are written for one another.
        || jsonb_object(
          string_to_array('ىیېےۍێکڪةہھەۀۃٱٲٳٵ', null),
          string_to_array('ييييييككههههههاااا', null))
        -- Hiragana as katakana, small kana as large ones, and the voiced marks that follow half-width kana.
        || jsonb_object(
          string_to_array('ぁあぃいぅうぇえぉおかきくけこさしすせそたちっつてとなにぬねのはひふへほまみむめもゃやゅゆょよらりるれろゎわゐゑをんゕゖゝァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ゛゜', null),
          string_to_array(E'アアイイウウエエオオカキクケコサシスセソタチツツテトナニヌネノハヒフヘホマミムメモヤヤユユヨヨラリルレロワワヰヱヲンカケヽアイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ\u3099\u309a', null))
        -- Apostrophes, quotes, dashes, other signs, blanks.
        || jsonb_object(
          string_to_array(E'`´‘’‚‛‹›❛❜ʹʻʼʽʾʿˈˊˋ′‵՚׳ꞌߴߵ\u0384\u1fbd\u1fbf\u1ffeꞋ“”„‟«»❝❞″‶〃〝〞〟״ʺ\u02dd֊־᐀᠆‐‒–—―⸗⸚⸺⸻⹀⹝゠𐵮𐺭−ー⁃˗─━➖⎯〜〰∼\u02dc⁄∕÷⁎∗×٭・·‧•∙⋅。۔٫、،٬؛؟٪\u1680\u2028\u2029\u2800', null),
          string_to_array('''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''"""""""""""""""""--------------------------~~~~///****.........,,,;?%    ', null));
      -- The zeros of the digits of other scripts (ZEROS in src/core/phone-text.ts); the nine others follow each.
      zeros constant integer[] := array[
        1632, 1776, 1984, 2406, 2534, 2662, 2790, 2918, 3046, 3174, 3302, 3430, 3558, 3664, 3792, 3872, 4160, 4240,
        6112, 6160, 6470, 6608, 6784, 6800, 6992, 7088, 7232, 7248, 42528, 43216, 43264, 43472, 43504, 43600, 44016, 65296,
        66720, 68912, 68928, 69734, 69872, 69942, 70096, 70384, 70736, 70864, 71248, 71360, 71376, 71386, 71472, 71904, 72016, 72688,
        72784, 73040, 73120, 73184, 73552, 90416, 92768, 92864, 93008, 93552, 118000, 120782, 120792, 120802, 120812, 120822, 123200, 123632,
        124144, 124401, 125264, 130032];
      letter text;
      bare text;
      part text;
      code integer;
      zero integer;
      spelled text;
    begin
      for letter in
        select distinct u.letter from unnest(string_to_array(regexp_replace(folded, '[\u0001-\u007f]+', '', 'g'), null)) as u (letter)
      loop
        code := ascii(letter);
        bare := sisters ->> letter;
        if bare is null then
          -- Han characters and syllables of Hangul stay whole. Accents go, and what shows nothing.
          bare := case when code between 13312 and 40959 or code between 44032 and 55203 then letter else regexp_replace(normalize(letter, NFKD),
            '[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f' -- Latin, Greek, Cyrillic
            '\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7' -- Hebrew
            '\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff' -- Arabic
            '\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164'
            '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]', '', 'g') end;
        end if;
        spelled := '';
        foreach part in array string_to_array(bare, null) loop
          part := coalesce(sisters ->> part, lower(part collate "C"));
          code := ascii(part);
          if code > 127 then
            zero := zeros[width_bucket(code, zeros)];
            part := case when code < zero + 10 then (code - zero)::text else
              chr(65 + code / 28561 % 13) || chr(78 + code / 2197 % 13) || chr(78 + code / 169 % 13)
                || chr(78 + code / 13 % 13) || chr(78 + code % 13) end;
          end if;
          spelled := spelled || part;
        end loop;
        folded := replace(folded, letter, spelled);
      end loop;
    end;
  end if;
  if strpos(folded, '  ') > 0 then
    return regexp_replace(folded, ' {2,}', ' ', 'g');
  end if;
  return folded;
end $$;

alter table lead_texts_cursor add column refold_campaign_id integer, add column refold_lead_number bigint;
comment on column lead_texts_cursor.refold_campaign_id is 'Texts up to this one are folded as fold_text does it now; null: all are.';
comment on column lead_texts_cursor.refold_lead_number is 'The lead of that campaign.';
update lead_texts_cursor set refold_campaign_id = 0, refold_lead_number = 0 where exists (select from lead_texts);
