-- The charset of a sender that declares none and does not send UTF-8. A new column without a default: api_keys is locked for a
-- moment, and no lead.

alter table api_keys add column fallback_charset text collate "C"
  check (fallback_charset in ('windows-1252', 'iso-8859-1'));
comment on column api_keys.fallback_charset is 'Charset of its classic bodies that are not UTF-8 and declare none; null: as the installation says (LEADLINE_CLASSIC_FALLBACK_CHARSET).';
