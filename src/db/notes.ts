// Notes about leads.

import type { LeadKey } from '../core/lead.ts'
import { actorName } from './actors.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

export interface NoteRow {
  note_id: number
  lead_id: string
  text: string
  at: string
  actor: string
  actor_name: string | null
  way: string
}

const NOTE = `n.note_id, n.campaign_id || '-' || n.lead_number as lead_id, n.text, n.at, n.actor,
     ${actorName('n.actor')} as actor_name, n.way`

/** A note that is to be written. */
export interface NewNote extends LeadKey {
  /** The version of the lead that the author saw. */
  base_version: number
  /** RFC 3339 */
  at: string
  actor: string
  way: string
  request_id: string
  text: string
}

const ADD = statement<NewNote, NoteRow>(
  'notes.add',
  `with there as (
     select * from lead_notes
     where campaign_id = :campaign_id and lead_number = :number and actor = :actor
       and base_version = :base_version and text = :text
     limit 1),
   added as (
     insert into lead_notes (campaign_id, lead_number, base_version, at, actor, way, request_id, text)
     select :campaign_id, :number, :base_version, :at, :actor, :way, :request_id, :text
     where not exists (select from there)
     returning *)
   select ${NOTE} from (select * from there union all select * from added) n`,
)

/** Adds a note to a locked lead; a note that is sent again is the one that is there. */
export const addNote = async (
  tx: Db,
  { campaign_id, number, base_version, at, actor, way, request_id, text }: NewNote,
) => (await tx.query(ADD, { campaign_id, number, base_version, at, actor, way, request_id, text }))[0]!

interface Asked {
  /** Notes before this one; null: from the newest. */
  before: number | null
  rows_max: number
}

const OF_LEAD = statement<LeadKey & Asked, NoteRow>(
  'notes.ofLead',
  `select ${NOTE} from lead_notes n
   where n.campaign_id = :campaign_id and n.lead_number = :number
     and (:before::bigint is null or n.note_id < :before)
   order by n.note_id desc limit :rows_max`,
)

/** The notes of a lead, newest first. */
export const notesOf = (db: Db, { campaign_id, number }: LeadKey, { before, rows_max }: Asked) =>
  db.query(OF_LEAD, { campaign_id, number, before, rows_max })
