// Decisions as they are shown: in the history of a lead, and with a settled conflict.

import { type Static, Type } from 'typebox'
import { presetOf } from '../../core/conflict.ts'
import type { LeadEvent } from '../../core/conflict-document.ts'
import type { KeptDecision } from '../../db/merges.ts'
import {
  ActorName,
  GroupClassShape,
  NullableText,
  nullable,
  oneOf,
  record,
  shape,
  TakeShape,
  Time,
  ValuesShape,
} from './shapes.ts'

const DecidedGroupShape = shape('DecidedGroup', {
  group: Type.String(),
  class: GroupClassShape,
  paths: Type.Array(Type.String()),
  base: ValuesShape,
  mine: ValuesShape,
  theirs: ValuesShape,
  result: { ...ValuesShape, description: 'The values that the lead got, or kept' },
  taken: TakeShape,
  reason: NullableText,
})

export const RestoredSide = oneOf(['base', 'mine', 'theirs'], 'Whose values')

export const DecidedMerge = shape('DecidedMerge', {
  merge_id: nullable(Type.Integer({ description: 'Names it for a restore; null: its values were not kept' })),
  conflict_id: nullable(Type.Integer({ description: 'The conflict that was settled' })),
  base_version: Type.Integer({ description: 'What both had started from' }),
  lead_version: Type.Integer({ description: 'The lead that the decisions were made for' }),
  actor: Type.String(),
  actor_name: ActorName,
  sender: Type.String({ description: 'Who wanted mine: the actor, or the sender of the conflict' }),
  sender_name: ActorName,
  at: Time,
  classes: record(GroupClassShape, 'By group, without those that nobody changed'),
  decisions: record(Type.Object({ take: TakeShape, reason: NullableText }), 'By group'),
  groups: nullable(
    Type.Array(DecidedGroupShape, {
      description: 'What was decided about each group, with all values that it chose from; null: not kept',
    }),
  ),
})
type Decided = Static<typeof DecidedMerge>

export const shownMerge = (kept: KeptDecision): Decided => {
  const { merge_id, held_update_id, base_version, lead_version, groups } = kept
  const { actor, actor_name, sender, sender_name, at } = kept
  return {
    merge_id,
    conflict_id: held_update_id,
    base_version,
    lead_version,
    actor,
    actor_name,
    sender,
    sender_name,
    at,
    classes: Object.fromEntries(groups.map((group) => [group.group, group.class])),
    decisions: Object.fromEntries(
      groups
        .filter((group) => group.taken !== presetOf(group))
        .map(({ group, taken: take, reason }) => [group, { take, reason }]),
    ),
    groups,
  }
}

interface Merged extends LeadEvent {
  merge: Pick<Decided, 'base_version' | 'lead_version' | 'classes' | 'decisions'> | null
}

/** An event with the decisions about its version; those of older releases come without their values. */
export function withMerges<Event extends Merged>(event: Event, merges: readonly KeptDecision[]) {
  const own = merges.filter(({ version }) => version === event.version)
  const made = own.find(({ wrote }) => wrote)
  const { actor, actor_name, at } = event
  const older = event.merge && {
    ...event.merge,
    ...{ merge_id: null, conflict_id: null, actor, actor_name, sender: actor, sender_name: actor_name },
    ...{ at, groups: null },
  }
  return {
    ...event,
    merge: made ? shownMerge(made) : older,
    set_aside: own.filter(({ wrote }) => !wrote).map(shownMerge),
  }
}
