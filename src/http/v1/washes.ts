// Washes: a register is asked about the numbers of an allocation, and answers with a file.

import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { isRegion } from '../../core/phone.ts'
import { refuseField } from '../../core/result.ts'
import { numberForRegister, REGISTER_NAMES, REGISTERS, WASH_ANSWERS } from '../../core/wash.ts'
import { listWashes, numbersOfWash, WASH_STATES, type WashRow, washById } from '../../db/washes.ts'
import { announceAnswer, endWash, judgeRegister, makeWash, takeWashNumbers } from '../../intake/washes.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, routes } from '../route.ts'
import { DncFileShape, shownDncFile } from './dnc-files.ts'
import { regionOf } from './dnc-numbers.ts'
import { page } from './page.ts'
import { one } from './set-up.ts'
import { closed, Id, IdParams, Name, named, nullable, oneOf, PAGE, pageOf, shape, Time } from './shapes.ts'

const RegisterShape = named(
  'Register',
  oneOf(REGISTER_NAMES, REGISTER_NAMES.map((name) => `${name}: ${REGISTERS[name].name}`).join('; ')),
)
const Holds = named(
  'WashAnswer',
  oneOf(
    WASH_ANSWERS,
    'What an answer holds. listed: the numbers that are on the register, and no others; clear: those that are not; results: numbers with Y or N, or words that say the same',
  ),
)
const Count = (description: string) => Type.Integer({ minimum: 0, description })
const Days = Type.Integer({ minimum: 1, maximum: 365 })

const Wash = shape('Wash', {
  wash_id: Id,
  allocation_id: Id,
  campaign_id: Id,
  register: RegisterShape,
  valid_days: { ...Days, description: 'So many days after asked_at the answer no longer counts' },
  start_when_washed: Type.Boolean({ description: 'Its answer starts the allocation' }),
  state: oneOf(
    WASH_STATES,
    'collecting: its numbers are collected; asked: they can be downloaded, and the answer is awaited; done: it is answered',
  ),
  asked: Count('Numbers that the register is asked about'),
  outside: Count('Numbers of countries that the register does not keep: they may be called'),
  listed: Count('Numbers that the answer says are on the register'),
  clear: Count('Numbers that the answer says are not. The rest got no result, and is not called'),
  holds: { ...Holds, description: 'What its answer usually holds' },
  file_id: nullable(
    Type.Integer(),
    'The newest file with an answer, as GET /v1/dnc/files/{id} shows it; null: none was brought',
  ),
  is_current: Type.Boolean({ description: 'Its answer is the one that counts, or counted last' }),
  created_at: Time,
  created_by: Type.String(),
  asked_at: nullable(Time, 'When its numbers were complete: the days begin'),
  finished_at: nullable(Time),
  valid_until: nullable(Time, 'From then on its answer does not count'),
})

const NewWash = closed('NewWash', {
  register: RegisterShape,
  valid_days: Type.Optional({
    ...Days,
    description: 'Absent: as the law or code of its country says (au 30, gb 28, us 31)',
  }),
  start_when_washed: Type.Optional(Type.Boolean({ default: false })),
})

const NewAnswer = closed('NewWashAnswer', {
  name: { ...Name, description: 'Of the file' },
  bytes: Type.Integer({
    minimum: 1,
    maximum: LIMITS.file_bytes_max,
    description: `Its length. It is sent like a do-not-call file, in parts of ${LIMITS.file_part_bytes} bytes to /v1/dnc/files/{id}/parts/{part}`,
  }),
  holds: Type.Optional(Holds),
  region: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z]{2}$',
      description: 'Where its numbers are dialled; absent: the region of the campaign',
    }),
  ),
  phone_columns: Type.Optional(
    Type.Array(Name, {
      minItems: 1,
      maxItems: 20,
      description: 'Headings of the columns with numbers; absent: found out',
    }),
  ),
  result_column: Type.Optional({
    ...Name,
    description: 'The heading of the column with the results; absent: found out',
  }),
})

const NumbersFile = Type.Unsafe<Readable>({
  type: 'string',
  description: 'A number in each line, as the register takes it',
})

const shown = ({ starts, ...wash }: WashRow) => ({
  ...wash,
  start_when_washed: starts,
  holds: REGISTERS[wash.register].holds,
})

const KEEPERS = ['supervise', 'manage'] as const
const READERS = ['read', ...KEEPERS] as const

export const washes = routes('dnc', {
  makeWash: post('/v1/allocations/:id/washes', {
    scope: KEEPERS,
    summary: 'Wash an allocation: collect its numbers for a register, and call it only as the answer allows',
    params: IdParams,
    body: NewWash,
    created: Wash,
    handle: async (call) => {
      const { body, params, reply, services } = call
      orRefuse(judgeRegister(body.register, services.has_loop_back))
      const wash = orRefuse(await makeWash(call, params.id, body))
      reply.header('Location', `/v1/washes/${wash.wash_id}`)
      return shown(wash)
    },
  }),

  washes: get('/v1/washes', {
    scope: READERS,
    background: true,
    summary: 'Washes, the newest first',
    query: Type.Object({ ...PAGE, allocation_id: Type.Optional(Id) }),
    answer: pageOf(Wash),
    handle: async ({ services: { pool }, caller, query }) => {
      const { allocation_id = null } = query
      const { items, next_cursor } = await page(
        query,
        (bounds) => listWashes(pool, caller, { ...bounds, allocation_id }),
        ({ wash_id }) => wash_id,
      )
      return { items: items.map(shown), next_cursor }
    },
  }),

  wash: get('/v1/washes/:id', {
    scope: READERS,
    background: true,
    summary: 'How far a wash has come',
    params: IdParams,
    answer: Wash,
    handle: async (call) => shown(await one(call, washById, 'wash')),
  }),

  washNumbers: get('/v1/washes/:id/numbers', {
    scope: 'export',
    apart: true,
    csv: true,
    summary: 'The numbers that a register is asked about, as it takes them',
    params: IdParams,
    answer: NumbersFile,
    handle: async (call) => {
      const { services, reply } = call
      const { wash_id, register } = orRefuse(await takeWashNumbers(call, await one(call, washById, 'wash')))
      // The Australian register takes names of these letters alone.
      reply.header('Content-Disposition', `attachment; filename="WASH_${wash_id}.csv"`)
      reply.type('text/csv; charset=utf-8')
      return Readable.from(linesOf(services.pool, wash_id, register))
    },
  }),

  answerWash: post('/v1/washes/:id/answers', {
    scope: KEEPERS,
    summary: 'Announce the file with the answer of the register; its parts come next',
    params: IdParams,
    body: NewAnswer,
    created: DncFileShape,
    handle: async (call) => {
      const { region: wanted, ...body } = call.body
      const { campaign_id } = await one(call, washById, 'wash')
      const usual = await regionOf(call, campaign_id)
      const region = wanted?.toUpperCase() ?? usual.region
      if (!isRegion(region)) orRefuse(refuseField('/region', 'is no region whose numbers are known'))
      const file = orRefuse(await announceAnswer(call, call.params.id, { ...body, region }))
      call.reply.header('Location', `/v1/dnc/files/${file.file_id}`)
      return shownDncFile(file)
    },
  }),

  cancelWash: del('/v1/washes/:id', {
    scope: KEEPERS,
    summary: 'Cancel a wash that is not answered; the one before goes on counting',
    params: IdParams,
    answer: Wash,
    handle: async (call) => shown(orRefuse(await endWash(call, call.params.id))),
  }),
})

async function* linesOf(
  pool: Parameters<typeof numbersOfWash>[0],
  wash_id: number,
  register: WashRow['register'],
) {
  for await (const phones of numbersOfWash(pool, wash_id))
    yield phones.map((phone) => `${numberForRegister(register, phone)}\n`).join('')
}
