// The shapes of disposition sets.

import { Type } from 'typebox'
import { DISPOSITION_KINDS } from '../../core/rules.ts'
import { Closed, Id, Name, nullable, oneOf } from './shapes.ts'

const Kind = oneOf(DISPOSITION_KINDS, 'What becomes of the lead')
const Priority = Type.Integer({ minimum: 0, maximum: 100, description: 'Lower first' })
const Delay = nullable(
  Type.Integer({ minimum: 0, maximum: 31_536_000, description: 'Seconds after which the lead comes back' }),
)
const NextDay = Type.Boolean({ description: 'It comes back on the next day instead' })
const Redials = nullable(
  Type.Integer({
    minimum: 0,
    maximum: 1_000,
    description: 'Re-dials before the lead closes: 5 means six calls; null: no limit',
  }),
)

const OPTIONAL = {
  priority: Type.Optional(Priority),
  delay_s: Type.Optional(Delay),
  next_day: Type.Optional(NextDay),
  redials_max: Type.Optional(Redials),
  enabled: Type.Optional(Type.Boolean()),
}
const Code = Type.String({ ...Name, maxLength: 100 })
export const NewDisposition = Type.Object({ code: Code, kind: Kind, ...OPTIONAL }, Closed)
export const DispositionPatch = Type.Object({ kind: Type.Optional(Kind), ...OPTIONAL }, Closed)
export const DispositionParams = Type.Object({ id: Id, code: Type.String({ maxLength: 300 }) })
export const NewDispositionSet = Type.Object(
  {
    name: Name,
    team: Type.Optional(Name),
    copy_of: Type.Optional({ ...Id, description: 'A set whose dispositions it begins with' }),
  },
  Closed,
)
export const DispositionSet = Type.Object({
  disposition_set_id: Id,
  name: Type.String(),
  team: Type.String(),
  dispositions: Type.Array(
    Type.Object({
      disposition_id: Id,
      code: Type.String(),
      kind: Kind,
      priority: Type.Integer(),
      delay_s: Delay,
      next_day: NextDay,
      redials_max: Redials,
      built_in: Type.Boolean(),
      enabled: Type.Boolean(),
    }),
  ),
  used_by: Type.Array(Type.Object({ template_id: Id, name: Type.String() })),
  warnings: Type.Optional(
    Type.Array(Type.String(), { description: 'What a change of this set touches besides' }),
  ),
})
