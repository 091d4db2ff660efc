// Which leads a fill takes, as its statements ask for them.

import { folded, TEXT } from './lead-texts.ts'
import { FITS, type Filter, type Fitting, MATCHES, WAYS } from './search-parts.ts'

/** A field has one of these texts, whatever their folding. */
export interface FieldCondition {
  field: string
  texts: string[]
  /** Or it has none. */
  or_none: boolean
}

/** Which leads a fill takes. It is kept with the fill until that ends. */
export interface FillChoice {
  campaign_id: number
  to_id: number
  filter: Omit<Filter, 'team_ids' | 'campaign_id'>
  /** Null: nothing was typed. */
  typed: {
    /** The ways to read it, and what an external id or a lead's number has to be. */
    ways: Fitting[]
    external_id: string
    number: number | null
    /** All leads that search found, where they are few; null: they are many. */
    found: number[] | null
  } | null
  /** Each must hold. Null: none. Fills of an older version, which may still run, do not have it. */
  fields?: FieldCondition[] | null
  /** Null: from all. */
  from_ids: number[] | null
  /** With how many of each disposition, '' for none yet; a limit that is null is none. Null: whatever they have. */
  picks: { code: string; leads_max: number | null }[] | null
  leads_max: number | null
  order: 'newest' | 'oldest'
}

export type ChoiceParams = FillChoice['filter'] & {
  campaign_id: number
  to_id: number
  from_ids: number[] | null
  picked: string[] | null
  fields: string | null
  ways: string | null
  external_id: string | null
  id_number: number | null
}

export const choiceParams = ({
  campaign_id,
  to_id,
  filter,
  typed,
  fields,
  from_ids,
  picks,
}: FillChoice): ChoiceParams => ({
  ...filter,
  // A fill that an older version began does not name it.
  callback_agent: filter.callback_agent ?? null,
  campaign_id,
  to_id,
  from_ids,
  picked: picks?.map(({ code }) => code) ?? null,
  fields: fields ? JSON.stringify(fields) : null,
  ways: typed && JSON.stringify(typed.ways),
  external_id: typed?.external_id ?? null,
  id_number: typed?.number ?? null,
})

/** The ways to read what was typed, and the conditions on fields. */
export const CHOICE_ASKED = `${WAYS},
   conditions as materialized (
     select c.field, c.or_none, array(select fold_text(json_array_elements_text(c.texts))) as texts
     from json_to_recordset(:fields::json) as c (field text, texts json, or_none boolean))`

/** Whether a lead in a row `l` is chosen, as it is now. The indexer may not have reached it: then its text is made here. */
export const CHOSEN = `l.allocation_id <> :to_id::integer
       and (:from_ids::integer[] is null or l.allocation_id = any (:from_ids))
       and (:picked::text[] is null or coalesce(l.disposition, '') = any (:picked))
       and ${FITS}
       and (:fields::json is null or not exists (
         select from conditions c
         where not case when l.fields ->> c.field is null then c.or_none
           else (${folded('l.fields ->> c.field')}) = any (c.texts) end offset 0))
       and (:ways::json is null or l.external_id = :external_id::text or l.number = :id_number::bigint
         or exists (
           select from (
             select coalesce((
               select t.text from lead_texts t
               where t.campaign_id = l.campaign_id and t.lead_number = l.number and t.version = l.version),
               (${TEXT})) as text
             offset 0) now
           where ${MATCHES('now.text')} offset 0))`
