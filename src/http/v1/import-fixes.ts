// Rows of an import are corrected alike, and corrections are undone.

import { type Static, Type } from 'typebox'
import type { CellFix } from '../../core/import-fix.ts'
import { listFixes } from '../../db/import-fixes.ts'
import { importById } from '../../db/imports.ts'
import { countFix, fixRows, undoFix } from '../../intake/import-fixes.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, routes } from '../route.ts'
import { ImportShape, shownImport } from './import-shapes.ts'
import { one } from './set-up.ts'
import { ActorName, closed, Id, IdParams, nullable, shape, Time } from './shapes.ts'

const Text = (description: string) => Type.String({ maxLength: 1_000, description })
const Code = Type.Integer({ minimum: 0, maximum: 9_999 })

const SOUGHT = {
  column: Type.String({ minLength: 1, maxLength: 1_000, description: 'As the table of the import names it' }),
  find: Text('The value that is replaced; empty for empty cells'),
  replace: Text('What the cells have instead'),
  whole_cell: Type.Optional(
    Type.Boolean({
      description: 'true (default): cells that are this value; false: this text wherever a cell has it',
    }),
  ),
  code: Type.Optional({ ...Code, description: 'Only rows that the dry run gave this code' }),
}
const FixAsked = closed('ImportFixAsked', SOUGHT)

const FixShape = shape('ImportFix', {
  fix_id: Id,
  column: Type.String(),
  find: Type.String(),
  replace: Type.String(),
  whole_cell: Type.Boolean(),
  code: nullable(Type.Integer()),
  rows: Type.Integer({ description: 'How many rows it has changed' }),
  actor: Type.String(),
  actor_name: ActorName,
  created_at: Time,
})

const fixOf = ({ whole_cell = true, code, ...rest }: Static<typeof FixAsked>): CellFix => ({
  ...rest,
  whole_cell,
  code: code ?? null,
})

const FixParams = Type.Object({ id: Id, fix: Id })

export const fixesOfImports = routes('imports', {
  importFixes: get('/v1/imports/:id/fixes', {
    scope: 'supervise',
    summary: 'Corrections of rows alike that can be undone, newest first',
    params: IdParams,
    answer: Type.Object({ items: Type.Array(FixShape) }),
    handle: async (call) => {
      const { import_id } = await one(call, importById, 'import')
      const items = await listFixes(call.services.pool, import_id)
      return { items: items.map(({ fix, state: _, at_row: __, ...row }) => ({ ...row, ...fix })) }
    },
  }),

  previewFix: get('/v1/imports/:id/fix-previews', {
    scope: 'supervise',
    summary: 'Count the rows that a correction would change',
    params: IdParams,
    query: closed('ImportFixPreviewAsked', SOUGHT),
    answer: shape('ImportFixPreview', {
      rows: Type.Integer(),
      exact: Type.Boolean({ description: 'False: so many at least; counting all of them takes too long' }),
    }),
    handle: async (call) =>
      orRefuse(await countFix(call.services.pool, await one(call, importById, 'import'), fixOf(call.query))),
  }),

  fixImportRows: post('/v1/imports/:id/fixes', {
    scope: 'supervise',
    summary: 'Correct a column in all rows that are alike; they are judged again',
    params: IdParams,
    body: FixAsked,
    answer: ImportShape,
    handle: async (call) => shownImport(orRefuse(await fixRows(call, call.params.id, fixOf(call.body)))),
  }),

  undoImportFix: del('/v1/imports/:id/fixes/:fix', {
    scope: 'supervise',
    summary: 'Give the rows of a correction back what they had; rows that were corrected again stay',
    params: FixParams,
    answer: ImportShape,
    handle: async (call) => shownImport(orRefuse(await undoFix(call, call.params.id, call.params.fix))),
  }),
})
