// A note is added to a lead. It changes no value, so it makes no version and can clash with nothing.

import type { LeadKey } from '../core/lead.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { lockLead } from '../db/lead-update.ts'
import { addNote, type NoteRow } from '../db/notes.ts'
import type { Db, Pool } from '../db/pool.ts'
import type { Actor } from './actor.ts'
import { pastLocks } from './locks.ts'

/** A note with its author and time. */
export interface Noting {
  text: string
  /** The version of the lead that the author saw; null: the newest. */
  base_version: number | null
  by: Actor
  now: string
}

/** Writes it about a lead that is locked at a version. */
export const writeNote = (
  tx: Db,
  { campaign_id, number }: LeadKey,
  version: number,
  { text, base_version, by: { actor, way, request_id }, now: at }: Noting,
): Promise<NoteRow> =>
  addNote(tx, {
    campaign_id,
    number,
    base_version: base_version ?? version,
    at,
    actor,
    way,
    request_id,
    text,
  })

/** The lock keeps a lead that is being forgotten from getting a note that nobody would remove. */
export async function note(pool: Pool, lead: LeadKey, noting: Noting): Promise<Result<NoteRow>> {
  const { campaign_id, number } = lead
  const written = await pastLocks(() =>
    pool.transaction(
      async (tx) => {
        const locked = await lockLead(tx, { campaign_id, number })
        return locked && writeNote(tx, lead, locked.version, noting)
      },
      { retry: 'clash' },
    ),
  )
  return written ? ok(written) : refuse('COULDNT_FIND_THE_LEAD', 'the lead was forgotten meanwhile')
}
