// What imports take and answer.

import { Type } from 'typebox'
import { DEDUPE_KEYS, DEDUPE_SCOPES, USUAL_DEDUPE } from '../../core/dedupe.ts'
import {
  DUPLICATE_WAYS,
  IMPORT_MODES,
  IMPORT_STATES,
  ROW_FATES,
  type RowFate,
  UNDO_FATES,
  type UndoFate,
} from '../../core/import.ts'
import { LIMITS } from '../../core/limits.ts'
import { RESULTS } from '../../core/result.ts'
import { TABLE_REMARKS, TEXT_ENCODINGS } from '../../core/table.ts'
import type { ImportRow } from '../../db/imports.ts'
import { leadOf, type ReportedRow } from '../../intake/import-report.ts'
import { partsInFile } from '../../intake/imports.ts'
import { MappingShape } from './mapping-shapes.ts'
import {
  ActorName,
  closed,
  Id,
  NullableText,
  named,
  nullable,
  OldAndNew,
  oneOf,
  PAGE,
  record,
  shape,
  Time,
} from './shapes.ts'

const Count = Type.Integer({ minimum: 0 })
const Cell = Type.String({ maxLength: 200 })
const Percent = Type.Integer({ minimum: 0, maximum: 100 })
const ModeShape = named(
  'ImportMode',
  oneOf(
    IMPORT_MODES,
    'insert: every row is a new lead; upsert: a row whose lead is there changes it; update: rows only change leads',
  ),
)
const DuplicatesShape = named(
  'DuplicateWay',
  oneOf(
    DUPLICATE_WAYS,
    'What becomes of a row for a new lead whose number another lead of the campaign holds. reject: 105; update: the row changes that lead; move: that lead goes to the allocation of the row',
  ),
)
const BadPercent = nullable(
  Percent,
  'When a larger share of the rows is refused, the run pauses; null: it never does',
)

const DEDUPE = {
  scope: oneOf(
    DEDUPE_SCOPES,
    'Where leads are looked for: in the campaign, in the allocation of the row, in all campaigns of the template, in all of the installation',
  ),
  days: nullable(
    Type.Integer({ minimum: 1, maximum: LIMITS.dedupe_days_max }),
    'Leads that came in before so many days are left out; null: none is',
  ),
  by: oneOf(DEDUPE_KEYS, 'phone: any number; external_id; fields: all of the fields named, in any case'),
  fields: Type.Array(Cell, { maxItems: LIMITS.dedupe_fields_max, description: 'Of "by": "fields"' }),
}
const DedupeAsked = nullable(
  closed('NewDedupe', {
    scope: Type.Optional(DEDUPE.scope),
    days: Type.Optional(DEDUPE.days),
    by: Type.Optional(DEDUPE.by),
    fields: Type.Optional(DEDUPE.fields),
  }),
  'Which leads a new one must not be the same as; null, or left out: those of the campaign, by number',
)

const WISHES = {
  allocation_id: Type.Optional(
    nullable(Id, 'Where new leads go whose row names no allocation; null only with the mode update'),
  ),
  mode: Type.Optional(ModeShape),
  duplicates: Type.Optional(DuplicatesShape),
  dedupe: Type.Optional(DedupeAsked),
  bad_percent_max: Type.Optional(BadPercent),
}

export const NewImport = closed('NewImport', {
  campaign_id: Id,
  ...WISHES,
  file_name: Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^(?!\\s*$)[^\\u0000-\\u001f\\u007f]*$',
  }),
  file_bytes: Type.Integer({ minimum: 1, maximum: LIMITS.file_bytes_max }),
})
export const ImportChanges = closed('ImportChange', WISHES)

export const Choices = closed(
  'TableChoices',
  {
    file: Type.Optional(Type.String({ maxLength: 1_000, description: 'The file of an archive' })),
    sheet: Type.Optional(Cell),
    encoding: Type.Optional(oneOf(TEXT_ENCODINGS)),
    delimiter: Type.Optional(
      Type.String({
        maxLength: 1,
        description: 'The character between cells; empty for a file of one column',
      }),
    ),
    quote: Type.Optional(Type.String({ maxLength: 1, description: 'Around cells; empty for none' })),
    heading_row: Type.Optional(
      nullable(
        Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
        'The row of the headings; null: there is none',
      ),
    ),
    keep_footer: Type.Optional(
      Type.Boolean({ description: 'Takes rows after the data (totals) like all others' }),
    ),
  },
  { description: 'How the file is to be read; what is left out is found out' },
)

const TallyShape = shape('RowTally', {
  rows: Count,
  ...(Object.fromEntries(ROW_FATES.map((fate) => [fate, Count])) as Record<RowFate, typeof Count>),
  counts: record(Count, 'Result code to the number of rows that got it'),
})

const UNDO_COUNTS = {
  rows: Count,
  ...(Object.fromEntries(UNDO_FATES.map((fate) => [fate, Count])) as Record<UndoFate, typeof Count>),
}
const UndoTallyShape = shape('UndoTally', UNDO_COUNTS)
export const UndoPreview = shape('UndoPreview', {
  ...UNDO_COUNTS,
  exact: Type.Boolean({ description: 'False: so many at least; counting all of them takes too long' }),
})

const RemarkShape = shape('TableRemark', {
  code: Type.String(),
  sentence: Type.String(),
  column: nullable(Type.String()),
  count: Count,
  rows: Type.Array(Type.Integer(), { description: 'The first of them' }),
})

const TableShapeOf = shape('ImportTable', {
  format: oneOf(['text', 'xlsx', 'xls', 'html', 'xml']),
  packed: nullable(oneOf(['zip', 'gz'])),
  files: Type.Array(Type.String(), { description: 'The readable files of an archive' }),
  file: NullableText,
  encoding: nullable(oneOf(TEXT_ENCODINGS)),
  delimiter: NullableText,
  quote: NullableText,
  sheets: Type.Array(Type.String()),
  sheet: NullableText,
  heading_row: nullable(Type.Integer()),
  columns: Type.Array(Type.String()),
  guesses: Type.Array(oneOf(['encoding', 'delimiter', 'heading']), {
    description: 'What is not certain: show it, and let people change it',
  }),
})

export const ImportShape = shape('Import', {
  import_id: Id,
  campaign_id: Id,
  allocation_id: nullable(Id),
  mode: ModeShape,
  duplicates: DuplicatesShape,
  dedupe: shape('Dedupe', DEDUPE),
  bad_percent_max: BadPercent,
  file_name: Type.String(),
  file_bytes: Count,
  part_bytes: Type.Integer({ description: 'Every part of the file but its last has so many bytes' }),
  parts_all: Type.Integer(),
  parts: Type.Array(Type.Integer(), { description: 'The parts that are there, from 1' }),
  choices: Choices,
  table: nullable(TableShapeOf, 'What was found out about the file; null: it was not read yet'),
  remarks: Type.Array(RemarkShape, { description: 'What there is to know about the file' }),
  mapping: nullable(MappingShape, 'Null: nobody has said yet what becomes of the columns'),
  state: oneOf(
    IMPORT_STATES,
    'uploading, reading, unreadable (detail says why), read (its rows are there), checking (the dry run is at work), fixing (rows are corrected), running, paused, done, cancelled, undoing, undone',
  ),
  detail: nullable(Type.String(), 'Why it is in this state'),
  rows: Type.Integer({ description: 'Rows that were read' }),
  checked: nullable(TallyShape, 'What the dry run has found so far'),
  done: nullable(TallyShape, 'What came of the rows so far'),
  undone: nullable(UndoTallyShape, 'What the undoing has done so far'),
  created_by: Type.String(),
  created_by_name: ActorName,
  created_at: Time,
  updated_at: Time,
  started_at: NullableText,
  finished_at: NullableText,
  emptied_at: nullable(Type.String(), 'When the rows went; what came of them stays'),
})

export const shownImport = ({
  shape: table,
  remarks,
  file_hash: _,
  seen_at: __,
  check_id: ___,
  ...row
}: ImportRow) => ({
  ...row,
  dedupe: row.dedupe ?? USUAL_DEDUPE,
  part_bytes: LIMITS.import_part_bytes,
  parts_all: partsInFile(row),
  table,
  remarks: remarks.map(({ code, column, ...remark }) => ({
    ...remark,
    code,
    sentence: TABLE_REMARKS[code],
    column: column === null ? null : (table?.columns[column] ?? null),
  })),
})

export const SameFile = Type.Object({
  items: Type.Array(
    shape('SameFile', {
      import_id: Id,
      file_name: Type.String(),
      state: oneOf(IMPORT_STATES),
      rows: Count,
      created_by_name: ActorName,
      created_at: Time,
    }),
  ),
})

export const RowShape = shape('ImportedRow', {
  row: Type.Integer({ description: 'As the program of the file numbers it' }),
  cells: Type.Array(Type.String(), { description: 'In the order of the columns; a row may end early' }),
  fate: nullable(oneOf(ROW_FATES), 'What came of it, or what the dry run found; null: nothing is known yet'),
  code: nullable(Type.Integer()),
  field: nullable(Type.String(), 'The column that is wrong'),
  detail: NullableText,
  fix: NullableText,
  lead_id: nullable(
    Type.String(),
    'The lead that it made, changed or met, or that it repeats; of another campaign only where the caller sees that',
  ),
  other_row: nullable(Type.Integer(), 'The row of the file that has the same number or external id'),
  conflict_id: nullable(Type.Integer()),
  undone: nullable(
    oneOf(UNDO_FATES),
    'What undoing did to it. kept: somebody has touched its lead since, or it was moved; null: nothing yet',
  ),
  changes: Type.Optional(
    record(
      OldAndNew,
      'With changes=true, of a row that updates a lead or waits for a decision: path to [old, new]. Before the run old is what the lead has now',
    ),
  ),
})

/** A row as it is answered. */
export const shownRow = (
  found: Pick<ImportRow, 'campaign_id'>,
  { row, cells, outcome, undone }: ReportedRow,
) => ({
  row,
  cells,
  fate: outcome?.fate ?? null,
  code: outcome?.code ?? null,
  field: outcome?.field ?? null,
  detail: outcome?.detail ?? null,
  fix: outcome && outcome.code !== 0 ? fixOf(outcome.code) : null,
  lead_id: leadOf(found, outcome),
  other_row: outcome?.other_row ?? null,
  conflict_id: outcome?.conflict_id ?? null,
  undone,
})

const FIXES = new Map(Object.values(RESULTS).map(({ code, fix }) => [code as number, fix as string]))
const fixOf = (code: number) => FIXES.get(code) ?? null

export const RowsQuery = shape('ImportRowsAsked', {
  from: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'From this row on' })),
  limit: PAGE.limit,
  fate: Type.Optional(oneOf([...ROW_FATES, 'pending'], 'pending: nothing is known yet')),
  code: Type.Optional(Type.Integer({ minimum: 0, maximum: 9_999 })),
  changes: Type.Optional(Type.Boolean({ description: 'Whether rows say what they change of their leads' })),
})
export const RowsPage = Type.Object({
  items: Type.Array(RowShape),
  next_row: nullable(Type.Integer(), 'Where the next page begins; null: there are no more'),
})
export const RowEdit = closed('ImportRowEdit', {
  cells: Type.Array(Type.String({ maxLength: LIMITS.row_units_max }), { maxItems: LIMITS.columns_max }),
})
