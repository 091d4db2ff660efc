-- The charset of a sender that names none and does not send UTF-8. A new column without a default: api_keys is locked for a
-- moment, and no lead.

alter table api_keys add column fallback_charset text collate "C"
  check (fallback_charset in ('windows-1252', 'iso-8859-1'));
comment on column api_keys.fallback_charset is 'In what bodies of the classic API are read that name no charset and are not UTF-8; null: as the installation says (LEADLINE_CLASSIC_FALLBACK_CHARSET).';
