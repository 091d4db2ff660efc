// Imports: files of leads are uploaded in parts, mapped, tried out and taken.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { refuseField } from '../../core/result.ts'
import { importById, listImports } from '../../db/imports.ts'
import { changesOfRows } from '../../intake/import-changes.ts'
import { editRow, rowsFrom, sameFile } from '../../intake/import-report.ts'
import { previewUndo, undoImport } from '../../intake/import-undo.ts'
import { addImport, changeWishes } from '../../intake/import-wishes.ts'
import {
  cancelImport,
  checkImport,
  mapColumns,
  pauseImport,
  readAgain,
  resumeImport,
  startImport,
  suggestMapping,
  takePart,
} from '../../intake/imports.ts'
import { orRefuse } from '../errors.ts'
import { get, patch, post, put, routes } from '../route.ts'
import {
  Choices,
  ImportChanges,
  ImportShape,
  NewImport,
  RowEdit,
  RowShape,
  RowsPage,
  RowsQuery,
  SameFile,
  shownImport,
  shownRow,
  UndoPreview,
} from './import-shapes.ts'
import { MappingShape, SuggestionShape } from './mapping-shapes.ts'
import { created, listed, one } from './set-up.ts'
import { bytesBody, Id, IdParams, PAGE, pageOf, shape } from './shapes.ts'

const LOOKS_AT = ['read', 'supervise'] as const

const PartParams = Type.Object({ id: Id, part: Type.Integer({ minimum: 1, maximum: 100_000 }) })

const RowParams = Type.Object({ id: Id, row: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) })

const STEP = { scope: 'supervise', params: IdParams, repeatable: true, answer: ImportShape } as const

export const imports = routes('imports', {
  imports: get('/v1/imports', {
    scope: LOOKS_AT,
    summary: 'Imports, newest first',
    query: shape('ImportsAsked', { ...PAGE, campaign_id: Type.Optional(Id) }),
    answer: pageOf(ImportShape),
    handle: async (call) => {
      const { items, next_cursor } = await listed(call, listImports, 'import_id')
      return { items: items.map(shownImport), next_cursor }
    },
  }),

  createImport: post('/v1/imports', {
    scope: 'supervise',
    summary: 'Begin an import; its file is sent in parts',
    body: NewImport,
    created: ImportShape,
    handle: async (call) => shownImport(created(call, await addImport(call, call.body), 'import_id')),
  }),

  import: get('/v1/imports/:id', {
    scope: LOOKS_AT,
    background: true,
    summary: 'An import, and how far it has come',
    params: IdParams,
    answer: ImportShape,
    handle: async (call) => shownImport(await one(call, importById, 'import')),
  }),

  changeImport: patch('/v1/imports/:id', {
    scope: 'supervise',
    repeatable: true,
    summary: 'Change what is to be done with the rows',
    params: IdParams,
    body: ImportChanges,
    answer: ImportShape,
    handle: async (call) => shownImport(orRefuse(await changeWishes(call, call.params.id, call.body))),
  }),

  putImportPart: put('/v1/imports/:id/parts/:part', {
    scope: 'supervise',
    raw: true,
    summary: 'Send a part of the file, as it is; the last one starts the reading',
    params: PartParams,
    body: bytesBody(`The bytes: ${LIMITS.import_part_bytes} of them, or the rest of the file`),
    answer: ImportShape,
    handle: async (call) => {
      const bytes = call.body
      if (bytes.length === 0) orRefuse(refuseField('/', 'the part is empty'))
      const { id, part } = call.params
      return shownImport(orRefuse(await takePart(call, id, part, Buffer.from(bytes))))
    },
  }),

  importsOfSameFile: get('/v1/imports/:id/same-file', {
    scope: LOOKS_AT,
    summary: 'Imports that have taken the rows of the same file',
    params: IdParams,
    answer: SameFile,
    handle: async (call) => ({ items: await sameFile(call, await one(call, importById, 'import')) }),
  }),

  readImport: put('/v1/imports/:id/reading', {
    scope: 'supervise',
    summary: 'Read the file again, by another encoding, delimiter, sheet or row of headings',
    params: IdParams,
    body: Choices,
    answer: ImportShape,
    handle: async (call) => shownImport(orRefuse(await readAgain(call, call.params.id, call.body))),
  }),

  suggestMapping: get('/v1/imports/:id/mapping/suggestion', {
    scope: 'supervise',
    summary: 'What may become of the columns',
    params: IdParams,
    answer: SuggestionShape,
    handle: async (call) => orRefuse(await suggestMapping(call, await one(call, importById, 'import'))),
  }),

  mapImport: put('/v1/imports/:id/mapping', {
    scope: 'supervise',
    summary: 'Say what becomes of the columns',
    params: IdParams,
    body: MappingShape,
    answer: ImportShape,
    handle: async (call) => shownImport(orRefuse(await mapColumns(call, call.params.id, call.body))),
  }),

  importRows: get('/v1/imports/:id/rows', {
    scope: 'supervise',
    summary: 'Rows of an import, with what came of them or what the dry run found',
    params: IdParams,
    query: RowsQuery,
    answer: RowsPage,
    handle: async (call) => {
      const found = await one(call, importById, 'import')
      const { from = 0, limit: rows_max = LIMITS.page_rows_default, fate, code, changes } = call.query
      const { rows, next_row } = await rowsFrom(call.services.pool, call.caller, found, {
        from,
        rows_max,
        fate,
        code,
      })
      const known = changes ? await changesOfRows(call.services, found, rows) : undefined
      const items = rows.map((row) => {
        const own = known?.get(row.row)
        return { ...shownRow(found, row), ...(own && { changes: own }) }
      })
      return { items, next_row }
    },
  }),

  editImportRow: patch('/v1/imports/:id/rows/:row', {
    scope: 'supervise',
    repeatable: true,
    summary: 'Write the cells of a row anew, before the rows are taken',
    params: RowParams,
    body: RowEdit,
    answer: RowShape,
    handle: async (call) => {
      const { id, row } = call.params
      const found = await one(call, importById, 'import')
      return shownRow(found, orRefuse(await editRow(call, id, row, call.body.cells)))
    },
  }),

  checkImport: post('/v1/imports/:id/dry-run', {
    ...STEP,
    summary: 'Look what would become of every row, and write no lead',
    handle: async (call) => shownImport(orRefuse(await checkImport(call, call.params.id))),
  }),

  startImport: post('/v1/imports/:id/start', {
    ...STEP,
    summary: 'Take the rows',
    handle: async (call) => shownImport(orRefuse(await startImport(call, call.params.id))),
  }),

  pauseImport: post('/v1/imports/:id/pause', {
    ...STEP,
    summary: 'Take no further rows for now; a dry run ends where it is',
    handle: async (call) => shownImport(orRefuse(await pauseImport(call, call.params.id))),
  }),

  resumeImport: post('/v1/imports/:id/resume', {
    ...STEP,
    summary: 'Go on with the rows of a paused import',
    handle: async (call) => shownImport(orRefuse(await resumeImport(call, call.params.id))),
  }),

  previewUndo: get('/v1/imports/:id/undo/preview', {
    scope: 'supervise',
    summary: 'What undoing an import would do',
    params: IdParams,
    answer: UndoPreview,
    handle: async (call) =>
      orRefuse(await previewUndo(call.services.pool, await one(call, importById, 'import'))),
  }),

  undoImport: post('/v1/imports/:id/undo', {
    ...STEP,
    summary: 'Remove the leads that an import made, and give changed ones back what they had',
    handle: async (call) => shownImport(orRefuse(await undoImport(call, call.params.id))),
  }),

  cancelImport: post('/v1/imports/:id/cancel', {
    ...STEP,
    summary: 'Give an import up; the rows that were taken stay',
    handle: async (call) => shownImport(orRefuse(await cancelImport(call, call.params.id))),
  }),
})
