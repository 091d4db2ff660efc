// The schemas of a conflict: its groups, authors, numbers and hours, and the decisions that settle it.

import { Type } from 'typebox'
import { LINK_REASONS } from '../../core/conflict.ts'
import { ACTOR_TYPES } from '../../core/conflict-document.ts'
import { SUGGESTION_REASONS } from '../../core/suggestion.ts'
import { HOURS_RULES } from './contact-hours.ts'
import {
  ActorName,
  closed,
  DncListShape,
  GroupClassShape,
  Id,
  NullableText,
  named,
  nullable,
  oneOf,
  record,
  Sentence,
  shape,
  TakeShape,
  Time,
  ValuesShape,
} from './shapes.ts'

const Paths = Type.Array(Type.String())
const Side = oneOf(['mine', 'theirs'])
const EVENT = {
  version: Type.Integer(),
  actor: Type.String({ description: 'key:7, operator:3, action:4 or system' }),
  actor_name: ActorName,
  at: Time,
  way: Type.String(),
  request_id: Type.String(),
}

export const ValueAuthorShape = shape('ValueAuthor', {
  ...EVENT,
  actor_type: oneOf(ACTOR_TYPES),
  actor_id: nullable(Type.Integer({ description: 'Of the key, operator or action; null for the system' })),
  version: nullable(Type.Integer({ description: 'The version that brought the values; null: not saved' })),
  at: nullable(Time, 'RFC 3339; null: being saved now'),
  request_id: nullable(Type.String({ description: 'Null: being saved now' })),
  paths: Type.Array(Type.String(), { description: 'The paths whose values are theirs' }),
})
const Authors = (description: string) => Type.Array(ValueAuthorShape, { description })

export const ConflictGroupShape = shape('ConflictGroup', {
  group: Type.String(),
  class: GroupClassShape,
  paths: Paths,
  base: ValuesShape,
  mine: ValuesShape,
  theirs: ValuesShape,
  by: shape(
    'GroupAuthors',
    {
      base: Authors('Of the values before'),
      mine: Authors('Of the change: one, or none where the change does not name the group'),
      theirs: Authors('Of the values that the lead has now'),
    },
    {
      description: 'Who made the values of each side: of each path the last one who set it, the newest first',
    },
  ),
  merged: Type.Optional({
    ...ValuesShape,
    description: 'Both texts in one; where the class is merged, this is saved without a decision',
  }),
  suggestion: Type.Optional(
    shape(
      'Suggestion',
      {
        take: Side,
        reason: oneOf(
          SUGGESTION_REASONS,
          'completes: it says all that the other side does, and more; fills_in: it has values that the other side left empty',
        ),
      },
      { description: 'The side that a person probably takes; it needs a decision all the same' },
    ),
  ),
  reason: Type.Optional(oneOf(LINK_REASONS, 'Why the group is linked')),
  recommended: Type.Optional(Side),
  needs_reason: Type.Optional(
    Type.Array(Side, {
      description: 'The side that may be taken only with a reason; base and value then need one too',
    }),
  ),
  needs_role: Type.Optional(
    oneOf(
      ['lead'],
      'What needs a reason needs this role as well (a key: the scope supervise); see may_overrule',
    ),
  ),
  because_of: Type.Optional(
    Type.Array(Type.String(), {
      description: 'The groups whose changes link it: their authors tell who did what',
    }),
  ),
})

const NullableTime = nullable(Time, 'RFC 3339; null: not for this reader')
const SideNumber = shape('SideNumber', {
  path: Type.String(),
  text: Type.String(),
  number: nullable(Type.String({ description: 'E.164; null: it is no number' })),
  blocked: nullable(
    shape('NumberBlock', {
      list: DncListShape,
      since_base: Type.Boolean({ description: 'It was blocked after the base' }),
      at: NullableTime,
      actor: nullable(Type.String({ description: 'Who blocked it; null: not for this reader' })),
      actor_name: ActorName,
      reason: NullableText,
      source: NullableText,
    }),
    'What blocks it now; null: nothing',
  ),
})

export const ConflictDocumentShape = shape('ConflictDocument', {
  lead_id: Type.String(),
  base_version: Type.Integer(),
  lead_version: Type.Integer(),
  theirs: nullable(
    Type.Object({
      ...EVENT,
      versions_between: Type.Integer({ description: 'How many changes there were since the base' }),
    }),
    'The newest change of the lead since the base; null: nobody has changed it',
  ),
  changes: Type.Array(shape('ChangeSince', { ...EVENT, groups: Type.Array(Type.String()) }), {
    description: 'All changes since the base with the groups that they changed, the newest first',
  }),
  base: ValuesShape,
  mine: ValuesShape,
  current: ValuesShape,
  groups: Type.Array(ConflictGroupShape),
  numbers: Type.Array(SideNumber, { description: 'Each phone text of a side, as a number' }),
  contact_hours: Type.Array(
    shape('CallingHours', {
      contact_hours_id: Id,
      name: Type.String(),
      ...HOURS_RULES,
      of_template: Type.Boolean({ description: 'They count where a side names none' }),
    }),
    { description: 'Those that count for a side' },
  ),
  zone_field: nullable(Type.String(), 'The field that tells the zone of the lead, beside its numbers'),
  may_overrule: Type.Boolean({ description: 'Whether the reader may take sides that need the role lead' }),
})

export const DecisionsShape = named(
  'Decisions',
  record(
    closed('Decision', {
      take: TakeShape,
      value: Type.Optional(record(NullableText, 'Texts by path')),
      reason: Type.Optional(Sentence),
    }),
    'By group; every open one needs a decision, any other may have one',
  ),
)
