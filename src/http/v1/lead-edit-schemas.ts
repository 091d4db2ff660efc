// The shapes of changes of leads: new ones, patches, merges, and what is answered when changes meet.

import { type Static, Type } from 'typebox'
import { Decisions, Values } from './conflict-schemas.ts'
import { Lead } from './lead-schemas.ts'
import { ActorName, Closed, Id, judged, NullableText, nullable, oneOf, Time } from './shapes.ts'

const Version = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const Texts = (description: string) => Type.Record(Type.String(), NullableText, { description })
const CallbackGiven = nullable(
  Type.Object(
    {
      local: Type.String({
        description:
          'Wall time in the zone of the contact hours, 2026-11-26T10:00; from a year ago to in five years',
      }),
    },
    Closed,
  ),
)
const Priority = nullable(
  Type.Integer({ minimum: 0, maximum: 100, description: 'Lower is called first; null: 10' }),
)
const AllowDuplicates = Type.Boolean({
  default: false,
  description: 'Takes numbers that another lead of the campaign holds; never one that must not be called',
})
const Agent = nullable(Type.String({ description: 'Whose callback it is' }))
const ContactHours = nullable(Type.String({ description: 'By name; null: those of the template' }))

export const NewLead = judged(
  Type.Object(
    {
      allocation_id: Id,
      external_id: Type.Optional(NullableText),
      fields: Texts('By name in any case, or by alias; a phone field needs a value'),
      unmapped: Type.Optional(Texts('What is no field: kept with the lead, never dialled')),
      priority: Type.Optional(Priority),
      callback: Type.Optional(CallbackGiven),
      callback_agent: Type.Optional(Agent),
      contact_hours: Type.Optional(ContactHours),
      source: Type.Optional(nullable(Type.String({ description: 'Where it comes from' }))),
      allow_duplicates: Type.Optional(AllowDuplicates),
    },
    Closed,
  ),
)

export const LeadPatch = judged(
  Type.Object(
    {
      fields: Type.Optional(Texts('Null clears; what is left out stays')),
      unmapped: Type.Optional(Texts('Null removes the key')),
      disposition: Type.Optional(
        Type.String({ description: 'An outcome, also when it is the one that the lead has' }),
      ),
      callback: Type.Optional(CallbackGiven),
      callback_agent: Type.Optional(Agent),
      priority: Type.Optional(Priority),
      contact_hours: Type.Optional(ContactHours),
      allow_duplicates: Type.Optional(AllowDuplicates),
    },
    { ...Closed, description: 'What is left out stays as it is, null clears' },
  ),
)

const OnBadValue = Type.Optional(
  oneOf(
    ['refuse', 'keep'],
    "What becomes of a value that cannot be kept as it is. refuse (default): 1005. keep: it is mended, cut, left out or, where it does not fit its field's kind, kept with a mark; X-Leadline-Warnings names it",
  ),
)
export const BadValueQuery = Type.Object({ on_bad_value: OnBadValue })

export const PatchQuery = Type.Object({
  on_bad_value: OnBadValue,
  on_conflict: Type.Optional(
    Type.Unsafe<'fail' | 'merge' | 'hold'>({
      type: 'string',
      enum: ['fail', 'merge', 'hold'],
      default: 'fail',
      description:
        'When the lead has another version by now. fail: 412. merge: what does not clash is saved, else 412. hold: as merge, but a clash waits under /v1/conflicts (202)',
    }),
  ),
})
export const PatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'The version that the change was made from, "v7"; without it 428' }),
  ),
})

export const ChangedLead = Type.Object({
  ...Lead.properties,
  merged: Type.Optional(
    Type.Object(
      {
        kept: Type.Array(Type.String(), { description: 'Groups that others changed, and that stay' }),
        base_version: Type.Integer(),
      },
      { description: 'The lead had moved on: the change was merged with what others did' },
    ),
  ),
})
export const HeldChange = Type.Object({
  conflict_id: Type.Integer(),
  lead_id: Type.String(),
  lead_version: Type.Integer(),
  groups: Type.Array(Type.String()),
})

export const PreviewRequest = Type.Object({ base_version: Version, mine: LeadPatch }, Closed)
export const MergeRequest = Type.Object(
  {
    base_version: Version,
    lead_version: { ...Version, description: 'The version that the decisions were made for' },
    mine: LeadPatch,
    decisions: Decisions,
  },
  Closed,
)
export const RevertRequest = Type.Object(
  { version: { ...Version, description: 'The version whose change is undone' }, lead_version: Version },
  Closed,
)

export const VersionParams = Type.Object({ id: Type.String(), version: Version })
const FieldTexts = Type.Record(Type.String(), Type.String())
export const LeadVersion = Type.Object({
  lead_id: Type.String(),
  version: Type.Integer(),
  at: Time,
  actor: Type.String(),
  actor_name: ActorName,
  way: Type.String(),
  request_id: Type.String(),
  values: Values,
  fields: FieldTexts,
  unmapped: FieldTexts,
})

export type MergeBody = Static<typeof MergeRequest>
