// The shapes of what screens follow.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { Closed } from './shapes.ts'

export const EventsQuery = Type.Object({
  topics: Type.String({
    minLength: 1,
    maxLength: 2_000,
    description: `What to follow, up to ${LIMITS.topics_max} topics separated by commas: lead:41-1207 (from now on), lead:41-1207@7 (what came after version 7), conflicts`,
  }),
})

export const EventStream = Type.String({
  description:
    'text/event-stream with the events lead.updated {lead_id, version, at, actor, actor_name, way, paths}, presence {lead_id, operators: [{operator_id, name, editing, since}]} and conflicts {open}',
})

export const Presence = Type.Object(
  { editing: Type.Boolean({ description: 'Something is typed and not saved yet' }) },
  Closed,
)
