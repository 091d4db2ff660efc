// The notes of a lead: a log beside its fields, newest first.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { readNote } from '../../core/note.ts'
import { refuseField } from '../../core/result.ts'
import { notesOf } from '../../db/notes.ts'
import { note } from '../../intake/notes.ts'
import { orRefuse } from '../errors.ts'
import { get, post, routes } from '../route.ts'
import { seenLead } from './leads.ts'
import { page } from './page.ts'
import { ActorName, closed, LeadParams, PageQuery, pageOf, shape, Time } from './shapes.ts'

const NewNote = closed('NewNote', {
  // Two units are one character at the least; the rule counts characters.
  text: Type.String({ maxLength: 2 * LIMITS.text_points_max, description: 'At most 20,000 characters' }),
})
const Note = shape('Note', {
  note_id: Type.Integer(),
  lead_id: Type.String(),
  text: Type.String(),
  at: Time,
  actor: Type.String({ description: 'key:7, operator:3, action:4 or system' }),
  actor_name: ActorName,
  way: Type.String(),
})

export const notes = routes('leads', {
  leadNotes: get('/v1/leads/:id/notes', {
    scope: 'read',
    summary: 'The notes of a lead, newest first',
    params: LeadParams,
    query: PageQuery,
    answer: pageOf(Note),
    handle: async (call) => {
      const lead = await seenLead(call, call.params.id)
      return page(
        call.query,
        ({ after, rows_max }) => notesOf(call.services.pool, lead, { before: after || null, rows_max }),
        (row) => row.note_id,
      )
    },
  }),

  addNote: post('/v1/leads/:id/notes', {
    scope: 'write',
    // The same text by the same author from the same version of the lead is one note.
    repeatable: true,
    summary: 'Add a note to a lead',
    params: LeadParams,
    body: NewNote,
    created: Note,
    handle: async (call) => {
      const { by, services } = call
      const { campaign_id, number } = await seenLead(call, call.params.id)
      const read = readNote(call.body.text)
      if ('problem' in read) return orRefuse(refuseField('/text', read.problem))
      const noting = { text: read.text, base_version: null, by, now: services.now() }
      return orRefuse(await note(services.pool, { campaign_id, number }, noting))
    },
  }),
})
