// What came of the rows of an import, as files.

import { Readable } from 'node:stream'
import { type Static, Type } from 'typebox'
import { CSV_START, csvTexts } from '../../core/csv.ts'
import { refuseField } from '../../core/result.ts'
import { importById } from '../../db/imports.ts'
import { workbookBytes } from '../../export/workbook-bytes.ts'
import { type ImportFile, importTable } from '../../intake/import-report.ts'
import { orRefuse } from '../errors.ts'
import { type Asked, get, routes } from '../route.ts'
import { one } from './set-up.ts'
import { IdParams } from './shapes.ts'

const CsvFile = Type.String({ description: 'CSV' })
const Workbook = Type.Unsafe<Readable>({ type: 'string', description: 'An Excel workbook (.xlsx)' })

const CSV = { scope: 'supervise', apart: true, csv: true, params: IdParams, answer: CsvFile } as const
const XLSX = { scope: 'supervise', streams: true, params: IdParams, answer: Workbook } as const

export const importFiles = routes('imports', {
  importRejects: get('/v1/imports/:id/rejects.csv', {
    ...CSV,
    summary: 'The rows that were refused, with the reasons: correct them, and import the file again',
    handle: (call) => csvOf(call, 'rejects'),
  }),

  importRejectsWorkbook: get('/v1/imports/:id/rejects.xlsx', {
    ...XLSX,
    summary: 'The rows that were refused, with the reasons, as a workbook that can be imported again',
    handle: (call) => workbookOf(call, 'rejects'),
  }),

  importResults: get('/v1/imports/:id/results.csv', {
    ...CSV,
    summary: 'All rows, with what came of them and the ids of their leads',
    handle: (call) => csvOf(call, 'results'),
  }),

  importResultsWorkbook: get('/v1/imports/:id/results.xlsx', {
    ...XLSX,
    summary: 'All rows, with what came of them and the ids of their leads, as a workbook',
    handle: (call) => workbookOf(call, 'results'),
  }),
})

type CallOfImport = Asked<Static<typeof IdParams>, unknown, unknown, unknown>

async function tableOf(call: CallOfImport, file: ImportFile, format: 'csv' | 'xlsx') {
  const found = await one(call, importById, 'import')
  if (!found.shape) orRefuse(refuseField('/state', 'the file was not read yet'))
  const name = `import-${found.import_id}-${file}.${format}`
  call.reply.header('Content-Disposition', `attachment; filename="${name}"`)
  return importTable(call.services.pool, call.caller, found, file)
}

async function csvOf(call: CallOfImport, file: ImportFile) {
  const { headings, rows } = await tableOf(call, file, 'csv')
  call.reply.header('Content-Type', 'text/csv; charset=utf-8')
  async function* lines() {
    yield CSV_START + csvTexts(headings)
    for await (const batch of rows) yield batch.map((cells) => csvTexts(cells.map(String))).join('')
  }
  // It is sent as it comes, and has the type of its text in the SDK.
  return Readable.from(lines()) as unknown as string
}

async function workbookOf(call: CallOfImport, file: ImportFile) {
  const table = await tableOf(call, file, 'xlsx')
  call.reply.header('Content-Type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  const name = file === 'rejects' ? 'Refused rows' : 'Rows'
  const bytes = workbookBytes({ name, ...table }, new Date(call.services.now()))
  return Readable.from(bytes, { objectMode: false })
}
