// Exports: all leads that a search finds, and their calls, as a file that is sent while it is read.

import { Readable } from 'node:stream'
import { type Static, Type } from 'typebox'
import {
  type Cell,
  chosenColumns,
  type ExportColumn,
  SYSTEM_COLUMN_NAMES,
  usualColumns,
} from '../../core/export-columns.ts'
import { refuse } from '../../core/result.ts'
import { dispositionSpellings } from '../../db/dispositions.ts'
import { csvText, jsonLines } from '../../export/text-bytes.ts'
import { workbookBytes } from '../../export/workbook-bytes.ts'
import { type ExportChunk, ExportCut, type ExportPlan, planExport } from '../../intake/exports.ts'
import type { Call } from '../context.ts'
import { logException, orRefuse, Refused } from '../errors.ts'
import { get, routes } from '../route.ts'
import { queryOf, SEARCHED, searchFilterOf, searchRegion } from './search.ts'
import { closed, Id, named, oneOf, shape } from './shapes.ts'

const FILES = ['leads.csv', 'leads.xlsx', 'leads.ndjson', 'calls.csv', 'calls.xlsx', 'calls.ndjson'] as const
const ExportFile = named(
  'ExportFile',
  oneOf(FILES, 'A row for each lead or each call; ndjson: as GET /v1/leads/{id} and its calls answer them'),
)

/** A parameter that can be given again. */
const several = <Schema extends Parameters<typeof Type.Array>[0]>(schema: Schema, description: string) =>
  Type.Optional(Type.Union([schema, Type.Array(schema, { maxItems: 200 })], { description }))

const WANTED = {
  ...SEARCHED,
  allocation_id: several(Id, 'Leads of this allocation; can be given again'),
  disposition: several(
    Type.String({ minLength: 1, maxLength: 200 }),
    'Leads with this disposition; can be given again',
  ),
}
const ExportAsked = closed('ExportAsked', {
  ...WANTED,
  columns: several(
    Type.String({ minLength: 1, maxLength: 200 }),
    `A column of leads.csv and leads.xlsx, in that order: the name of a field, unmapped.KEY, or ${SYSTEM_COLUMN_NAMES.join(', ')}. fields.NAME is a field that has the name of one of these. Absent: the fields of the template and what is usual`,
  ),
  headings: Type.Optional(
    oneOf(['names', 'labels'], 'What stands above fields; names (default) never change'),
  ),
  numbers: Type.Optional(
    oneOf(['as_sent', 'e164'], 'Phone numbers as they were sent (default), or as +61412345678'),
  ),
  bom: Type.Optional(
    Type.Boolean({ description: 'A byte order mark in front of CSV, by which Excel knows UTF-8' }),
  ),
  calls: Type.Optional(Type.Boolean({ description: 'leads.ndjson: each lead with its calls' })),
})
type Asked = Static<typeof ExportAsked>

const ExportPreview = shape('ExportPreview', {
  leads: Type.Integer({ description: 'How many an export would have now' }),
  exact: Type.Boolean({ description: 'False: so many at least; counting all of them takes too long' }),
  columns: Type.Array(
    shape('ExportColumn', {
      name: Type.String({ description: 'As columns takes it' }),
      label: Type.String(),
      is_usual: Type.Boolean({ description: 'It is there where no columns are chosen' }),
    }),
    { description: 'Those that there are: of Leadline, and of the fields' },
  ),
})

const ExportStream = Type.Unsafe<Readable>({ type: 'string', description: 'The file' })

export const leadExports = routes('leads', {
  exportPreview: get('/v1/exports', {
    scope: 'export',
    apart: true,
    summary: 'Count the leads that an export would have, and list the columns it can have',
    query: closed('ExportPreviewAsked', WANTED),
    answer: ExportPreview,
    handle: async (call) => {
      const plan = await planned(call, call.query)
      const counted = orRefuse(await call.services.exports.count(call.by.actor, plan))
      return { ...counted, columns: offered(plan) }
    },
  }),

  exportFile: get('/v1/exports/:file', {
    scope: 'export',
    streams: true,
    summary: 'Export the leads that a search finds, or their calls',
    params: Type.Object({ file: ExportFile }),
    query: ExportAsked,
    answer: ExportStream,
    handle: async (call) => {
      const { params, query, services, request, reply } = call
      const plan = await planned(call, query)
      const { file } = params
      const [rows, format] = file.split('.') as ['leads' | 'calls', 'csv' | 'xlsx' | 'ndjson']
      const columns = orRefuse(columnsOf(query, plan, file))
      const chunks = orRefuse(
        await services.exports.begin(call, plan, {
          calls: rows === 'calls' || query.calls === true,
          details: { file, ...detailsOf(query) },
          readmit: call.readmit,
          isStopping: () => services.phase() === 'stopping',
        }),
      )
      // What fails at once is refused; from the first byte on it can only be cut off.
      const all = await begun(chunks)
      const bytes = BYTES[format](rows, { call, query, columns, chunks: all })
      const stream = Readable.from(cutting(call, bytes), { objectMode: false, highWaterMark: BUFFERED_BYTES })
      // Whoever leaves before the first byte has begun none of the generators on top of it.
      stream.once('close', () => void chunks.return(undefined).catch(() => undefined))
      const { socket } = request.raw
      socket.setTimeout(STALLED_MS)
      // A search that finds little sends nothing for minutes, and its reader waits.
      reply.raw.on('timeout', () => {
        if (socket.writableLength > 0) socket.destroy()
      })
      stream.once('close', () => socket.setTimeout(0))
      reply
        .header('Content-Type', TYPES[format])
        .header('Content-Disposition', `attachment; filename="${fileName(plan, file, services.now())}"`)
      return stream
    },
  }),
})

const BUFFERED_BYTES = 256 * 1024
/** A reader who takes nothing of what is there for so long has left, milliseconds. */
const STALLED_MS = 60_000

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ndjson: 'application/x-ndjson; charset=utf-8',
}

const listOf = <Value>(given: Value | Value[] | undefined) =>
  given === undefined ? [] : ([given].flat() as Value[])

async function planned(call: Call, query: Static<ReturnType<typeof wanted>>): Promise<ExportPlan> {
  const { allocation_id, disposition, ...rest } = query
  const filter = await searchFilterOf(call, rest)
  const codes = listOf(disposition)
  for (const code of codes) {
    const spelled = await dispositionSpellings(call.services.pool, code)
    if (spelled.length === 0)
      orRefuse(
        refuse('INVALID_DISPOSTION', `there is no disposition ${JSON.stringify(code)}`, {
          field: 'disposition',
        }),
      )
    filter.dispositions = [...(filter.dispositions ?? []), ...spelled]
  }
  const allocation_ids = listOf(allocation_id)
  // Inside of words is looked where no word begins so, and that depends on the leads that a list looks through.
  if (allocation_ids.length === 1) filter.allocation_id = allocation_ids[0]!
  const region = await searchRegion(call, { campaign_id: rest.campaign_id, allocation_id: allocation_ids[0] })
  return orRefuse(await planExport(call, { filter, allocation_ids, query: queryOf(rest.q ?? '', region) }))
}

const wanted = () => Type.Object(WANTED)

const OPTIONS = { headings: 'names', numbers: 'as_sent' } as const

function columnsOf({ columns, headings, numbers }: Asked, plan: ExportPlan, file: (typeof FILES)[number]) {
  const options = { headings: headings ?? OPTIONS.headings, numbers: numbers ?? OPTIONS.numbers }
  const names = listOf(columns)
  if (names.length === 0) return { ok: usualOf(plan, options), refusal: undefined }
  if (file !== 'leads.csv' && file !== 'leads.xlsx')
    return refuse('INVALID_FIELD', `${file} has all there is: leads.csv and leads.xlsx have columns`, {
      field: 'columns',
    })
  return chosenColumns(names, plan.fields, options)
}

const usualOf = ({ fields, campaigns }: ExportPlan, options: Parameters<typeof usualColumns>[1]) =>
  usualColumns(fields, options, { several: campaigns.length !== 1 })

function offered(plan: ExportPlan) {
  const usual = usualOf(plan, { ...OPTIONS, headings: 'labels' })
  const others = SYSTEM_COLUMN_NAMES.filter((name) => !usual.some((column) => column.name === name))
  return [
    ...usual.map(({ name, heading }) => ({ name, label: heading, is_usual: true })),
    ...others.map((name) => ({ name, label: name, is_usual: false })),
  ]
}

/** What was typed may be a name or a number, and so may a key. */
function detailsOf({ q, columns, ...query }: Asked) {
  const typed = q !== undefined && q.trim() !== ''
  const names = listOf(columns).map((name) => name.replace(/^unmapped\..*$/s, 'unmapped'))
  return { ...query, ...(typed && { typed }), ...(names.length > 0 && { columns: names }) }
}

function fileName({ campaigns }: ExportPlan, file: string, now: string): string {
  const [rows, format] = file.split('.')
  const [only, ...others] = campaigns
  const of = only && others.length === 0 ? `-campaign-${only.row.campaign_id}` : ''
  return `${rows}${of}-${now.slice(0, 10)}.${format}`
}

/** With the first of them read. */
async function begun(chunks: AsyncGenerator<ExportChunk>): Promise<AsyncGenerator<ExportChunk>> {
  const first = await chunks.next()
  return (async function* () {
    if (first.done) return
    yield first.value
    yield* chunks
  })()
}

interface Content {
  call: Call
  query: Asked
  columns: readonly ExportColumn[]
  chunks: AsyncIterable<ExportChunk>
}

const CALL_COLUMNS = [
  'call_id',
  'lead_id',
  'external_id',
  'disposition',
  'phone',
  'at',
  'duration_s',
  'unique_call_id',
  'actor',
  'actor_name',
  'way',
] as const

/** The calls of a chunk, each with the external id of its lead. */
const callsIn = ({ leads, calls }: ExportChunk) =>
  leads.flatMap(({ number, external_id }) =>
    (calls.get(number) ?? []).map(({ call }) => ({ ...call, external_id })),
  )

function table(rows: 'leads' | 'calls', { columns, chunks }: Content) {
  const cells = (chunk: ExportChunk): Cell[][] =>
    rows === 'leads'
      ? chunk.leads.map((lead) => columns.map(({ of }) => of(lead)))
      : callsIn(chunk).map((call) => CALL_COLUMNS.map((name) => call[name]))
  return {
    headings: rows === 'leads' ? columns.map(({ heading }) => heading) : CALL_COLUMNS,
    rows: each(chunks, async (chunk) => cells(chunk)),
  }
}

const BYTES = {
  csv: (rows: 'leads' | 'calls', content: Content): AsyncIterable<string | Buffer> => {
    const { headings, rows: cells } = table(rows, content)
    return csvText(headings, cells, { bom: content.query.bom })
  },
  xlsx: (rows: 'leads' | 'calls', content: Content): AsyncIterable<string | Buffer> =>
    workbookBytes(
      { name: rows === 'leads' ? 'Leads' : 'Calls', ...table(rows, content) },
      new Date(content.call.services.now()),
    ),
  ndjson: (rows: 'leads' | 'calls', { call, query, chunks }: Content): AsyncIterable<string | Buffer> =>
    jsonLines(
      each(chunks, async (chunk) =>
        rows === 'calls'
          ? [...chunk.calls.values()].flatMap((calls) => calls.map((one) => one.call))
          : wholeLeads(call, chunk, query.calls === true),
      ),
    ),
}

/** As GET /v1/leads/{id} answers them. */
function wholeLeads({ services }: Call, { leads, calls }: ExportChunk, with_calls: boolean) {
  const now = services.now()
  return Promise.all(
    leads.map(async ({ number, calls: _, campaign: __, allocation: ___, ...lead }) => ({
      ...(await services.intake.targets.marked(lead, now)),
      ...(with_calls && { calls: (calls.get(number) ?? []).map(({ call }) => call) }),
    })),
  )
}

async function* each<From, To>(items: AsyncIterable<From>, make: (item: From) => Promise<To>) {
  for await (const item of items) yield await make(item)
}

/** What fails now cuts the answer off. */
async function* cutting({ services, request }: Call, bytes: AsyncIterable<string | Buffer>) {
  try {
    yield* bytes
  } catch (error) {
    const { request_id } = request.raw.leadline!
    if (error instanceof Refused || error instanceof ExportCut)
      services.log.warn({ request_id, why: error.message }, 'an export was cut off')
    else logException(services.log, request_id, error as Error)
    // An answer without chunks is whole when its connection ends, unless it is reset.
    if (request.raw.httpVersion === '1.0') request.raw.socket.resetAndDestroy()
    throw error
  }
}
