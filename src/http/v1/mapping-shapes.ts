// What becomes of the columns of a file, as imports take and answer it.

import { type TProperties, Type } from 'typebox'
import { DAY_ORDERS } from '../../core/day-order.ts'
import { FIELD_KINDS } from '../../core/field.ts'
import { LIMITS } from '../../core/limits.ts'
import { COLUMN_KEYS } from '../../core/mapping.ts'
import { MAPPING_REASONS } from '../../core/mapping-guess.ts'
import { Closed, closed, Id, named, nullable, oneOf, record, shape } from './shapes.ts'

const to = <const Kind extends string, Properties extends TProperties>(kind: Kind, properties: Properties) =>
  Type.Object({ to: Type.Unsafe<Kind>({ const: kind }), ...properties }, Closed)

const Key = Type.String({ minLength: 1, maxLength: 1_000 })
const FieldTarget = to('field', { field: { ...Key, description: 'By name, label or alias' } })
const SystemTarget = to('system', {
  key: oneOf(
    COLUMN_KEYS,
    'lead_id and version name the lead that the row changes, and what it was made from',
  ),
})
const RowTarget = to('row', {
  key: oneOf(
    ['action', 'allocation'],
    'What the row asks for: ADD, MODIFY or REALLOCATE; the name of an allocation',
  ),
})
const TargetShape = named(
  'ColumnTarget',
  Type.Union([
    FieldTarget,
    SystemTarget,
    RowTarget,
    to('code', { of: { ...Key, description: 'The column of the numbers' }, plus: Type.Boolean() }),
    to('numbers', {}),
    to('unmapped', { key: { ...Key, description: 'Kept with the lead under this key' } }),
    to('new_field', { name: Key, kind: oneOf(FIELD_KINDS) }),
    to('ignored', {}),
  ]),
)
const COLUMN = {
  column: { ...Key, description: 'The heading, as the table of the import names it' },
  target: TargetShape,
  days: Type.Optional(oneOf(DAY_ORDERS, 'How days are written')),
  values: Type.Optional(
    record(Type.String({ maxLength: 1_000 }), 'Other texts for values, by the text in lower case'),
  ),
  digits: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 20,
      description: 'Digits get zeros in front until they are so many',
    }),
  ),
  lost_zero: Type.Optional(
    Type.Boolean({ description: 'Numbers get back the zero that a spreadsheet has dropped' }),
  ),
}
const ConstantShape = closed('ImportConstant', {
  target: named('ConstantTarget', Type.Union([FieldTarget, SystemTarget, RowTarget])),
  text: Type.String({ maxLength: LIMITS.text_points_max }),
})
export const MappingShape = closed(
  'ImportMapping',
  {
    columns: Type.Array(closed('ColumnMapping', COLUMN), { maxItems: LIMITS.columns_max }),
    constants: Type.Array(ConstantShape, {
      maxItems: LIMITS.fields_max,
      description: 'The same value for all rows that have none',
    }),
  },
  { description: 'A column that it does not name is left out' },
)

const Values = Type.Array(Type.String())
export const SuggestionShape = shape('SuggestedMapping', {
  columns: Type.Array(
    shape('SuggestedColumn', {
      ...COLUMN,
      confidence: oneOf(['sure', 'likely', 'none'], 'likely: please look; none: it fills no field'),
      reason: oneOf(MAPPING_REASONS),
      questions: Type.Array(
        shape('MappingQuestion', {
          about: oneOf(
            ['days', 'values'],
            'Whether day or month comes first; values that the field does not have',
          ),
          is_mixed: Type.Optional(Type.Boolean({ description: 'The days contradict each other' })),
          values: Type.Optional(Values),
        }),
      ),
    }),
  ),
  constants: Type.Array(ConstantShape),
  from_import_id: nullable(
    Id,
    'The import of an earlier file with these headings, whose mapping it is; null: a guess',
  ),
})
