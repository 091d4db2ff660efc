// Files of numbers for the do-not-call lists: announced, sent in parts, followed, cancelled; the rows that were not taken.

import { Type } from 'typebox'
import { csvTexts } from '../../core/csv.ts'
import { LIMITS } from '../../core/limits.ts'
import { isRegion } from '../../core/phone.ts'
import { DNC_LISTS, refuse } from '../../core/result.ts'
import { WASH_ANSWERS } from '../../core/wash.ts'
import { DNC_FILE_STATES, dncFileRejects, listDncFiles } from '../../db/dnc-files.ts'
import {
  announceDncFile,
  cancelDncFile,
  judgeFile,
  ownDncFile,
  uploadDncPart,
} from '../../intake/dnc-files.ts'

import { orRefuse } from '../errors.ts'
import { del, get, post, put, routes } from '../route.ts'
import { regionOfList } from './dnc-numbers.ts'
import { page } from './page.ts'
import {
  bytesBody,
  closed,
  Id,
  IdParams,
  DncListShape as List,
  Name,
  NullableText,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  Sentence,
  shape,
  Time,
} from './shapes.ts'

const Count = (description: string) => Type.Integer({ minimum: 0, description })

const NewFile = closed('NewDncFile', {
  list: List,
  campaign_id: Type.Optional(Id),
  mode: oneOf(
    ['add', 'replace'],
    'replace: its numbers take the place of all that came to the list from files before; what people added stays',
  ),
  name: { ...Name, description: 'Of the file; the source of its entries, if none is given' },
  bytes: Type.Integer({
    minimum: 1,
    maximum: LIMITS.file_bytes_max,
    description: `Its length. It is sent in parts of ${LIMITS.file_part_bytes} bytes each; the last one has the rest`,
  }),
  region: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z]{2}$',
      description:
        'Where its numbers are dialled; absent: the region of the campaign, or of the installation',
    }),
  ),
  phone_columns: Type.Optional(
    Type.Array(Name, {
      minItems: 1,
      maxItems: 20,
      description: 'Headings of the columns with numbers; absent: found out',
    }),
  ),
  expires_column: Type.Optional({
    ...Name,
    description: 'The heading of the column with the ends of entries',
  }),
  reason: Type.Optional(Sentence),
  source: Type.Optional(Sentence),
})

export const DncFileShape = shape('DncFile', {
  file_id: Id,
  list: oneOf([...DNC_LISTS, 'wash'], 'wash: it answers one'),
  wash_id: nullable(Type.Integer(), 'The wash that it answers; null: it is for a list'),
  allocation_id: nullable(Type.Integer(), 'Of that wash'),
  holds: nullable(oneOf(WASH_ANSWERS), 'Of an answer: which numbers it has'),
  campaign_id: nullable(Type.Integer()),
  mode: oneOf(['add', 'replace']),
  name: Type.String(),
  bytes: Type.Integer(),
  region: Type.String(),
  reason: NullableText,
  source: NullableText,
  state: oneOf(
    DNC_FILE_STATES,
    'waiting: another file of the list is at work; comparing: its numbers are compared with the list; done: it counts as a whole. Until then nothing of it counts',
  ),
  problem: nullable(Type.String(), 'Why it failed, as a word'),
  detail: nullable(Type.String(), 'The same as a sentence'),
  part_bytes: Type.Integer({ description: 'The length of each part but the last one' }),
  missing_parts: Type.Array(Type.Integer(), { description: 'The parts that are still to be sent, from 1' }),
  rows_read: Count('Rows that were read'),
  rejected: Count('Rows with something that could not be taken'),
  numbers: Count('Distinct numbers in it'),
  added: Count('Entries that the list gets; of an answer to a wash: numbers that it had asked about'),
  removed: Count('Entries from files before that end, because their numbers are not in this one'),
  created_at: Time,
  created_by: Type.String(),
  finished_at: nullable(Time),
})

export const shownDncFile = <Row extends { replaces: boolean }>({ replaces, ...row }: Row) => ({
  ...row,
  mode: replaces ? ('replace' as const) : ('add' as const),
  part_bytes: LIMITS.file_part_bytes,
})

const KEEPERS = ['supervise', 'manage'] as const
const REJECT_COLUMNS = ['_row', '_code', '_field', '_message', 'Phone', 'Expires']

export const dncFiles = routes('dnc', {
  createDncFile: post('/v1/dnc/files', {
    scope: KEEPERS,
    summary: 'Announce a file of numbers for a list; its parts come next',
    body: NewFile,
    created: DncFileShape,
    handle: async (call) => {
      const { list, mode, name, bytes, phone_columns, expires_column, reason, source, ...body } = call.body
      orRefuse(judgeFile(call.caller, { list }))
      const { campaign_id, region: usual } = await regionOfList(call, list, body.campaign_id)
      const region = body.region?.toUpperCase() ?? usual
      if (!isRegion(region))
        orRefuse(refuse('INVALID_FIELD', 'is no region whose numbers are known', { field: '/region' }))
      const made = orRefuse(
        await announceDncFile(call, {
          list,
          campaign_id,
          replaces: mode === 'replace',
          name,
          bytes,
          region,
          phone_columns: phone_columns ?? null,
          expires_column: expires_column ?? null,
          reason: reason ?? null,
          source: source ?? null,
          wash_id: null,
          holds: null,
          result_column: null,
        }),
      )
      call.reply.header('Location', `/v1/dnc/files/${made.file_id}`)
      return shownDncFile(made)
    },
  }),

  uploadDncPart: put('/v1/dnc/files/:id/parts/:part', {
    scope: KEEPERS,
    raw: true,
    summary: 'Send a part of a file as it is; the last one that was missing begins the work',
    params: Type.Object({ id: Id, part: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
    body: bytesBody(`The bytes: ${LIMITS.file_part_bytes} of them, or the rest of the file`),
    answer: DncFileShape,
    handle: async (call) => {
      const { id, part } = call.params
      return shownDncFile(orRefuse(await uploadDncPart(call, id, part, call.body)))
    },
  }),

  dncFiles: get('/v1/dnc/files', {
    scope: KEEPERS,
    background: true,
    summary: 'Files of numbers, the newest first',
    query: PageQuery,
    answer: pageOf(DncFileShape),
    handle: async ({ services: { pool }, caller, query }) => {
      const { items, next_cursor } = await page(
        query,
        (bounds) => listDncFiles(pool, caller, bounds),
        ({ file_id }) => file_id,
      )
      return { items: items.map(shownDncFile), next_cursor }
    },
  }),

  dncFile: get('/v1/dnc/files/:id', {
    scope: KEEPERS,
    background: true,
    summary: 'How far a file has come',
    params: IdParams,
    answer: DncFileShape,
    handle: async (call) => shownDncFile(orRefuse(await ownDncFile(call, call.params.id))),
  }),

  dncFileRejects: get('/v1/dnc/files/:id/rejects', {
    scope: KEEPERS,
    summary: 'The rows of a file that were not taken, as CSV to be corrected',
    params: IdParams,
    answer: Type.String({
      description: `CSV: ${REJECT_COLUMNS.join(', ')}; the first ${LIMITS.dnc_rejects_max}, for 30 days`,
    }),
    handle: async (call) => {
      const { services, params, reply } = call
      orRefuse(await ownDncFile(call, params.id))
      const rows = await dncFileRejects(services.pool, params.id)
      reply.type('text/csv; charset=utf-8')
      const lines = rows.map(({ row, code, field, message, phone, expires }) => [
        String(row),
        code,
        field,
        message,
        phone,
        expires,
      ])
      return [REJECT_COLUMNS, ...lines].map(csvTexts).join('')
    },
  }),

  cancelDncFile: del('/v1/dnc/files/:id', {
    scope: KEEPERS,
    summary: 'Cancel a file that does not count yet; nothing of it comes to the list',
    params: IdParams,
    answer: DncFileShape,
    handle: async (call) => shownDncFile(orRefuse(await cancelDncFile(call, call.params.id))),
  }),
})
