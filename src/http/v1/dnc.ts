// The do-not-call lists: add, remove, look up, check, and why a number is blocked.

import { type Static, Type } from 'typebox'
import { explainDnc } from '../../core/dnc.ts'
import { behind, cursorText, firstCursor, readCursor } from '../../core/dnc-cursor.ts'
import { readExpiry, readNumber } from '../../core/dnc-number.ts'
import { judgeAddition, judgeRemoval } from '../../core/dnc-rights.ts'
import { LIMITS } from '../../core/limits.ts'
import { formatPhone } from '../../core/phone.ts'
import { canonicalNumber } from '../../core/phone-forms.ts'
import { refuse } from '../../core/result.ts'
import { historyOf } from '../../db/backups.ts'
import { checkDnc, dncEvidence, isAhead, listDncEntries } from '../../db/dnc.ts'
import { addToList, removeFromList } from '../../intake/dnc.ts'
import { orRefuse } from '../errors.ts'
import { get, post, routes } from '../route.ts'
import { numberAsked, readEach, regionOf, regionOfList, taken } from './dnc-numbers.ts'
import {
  Closed,
  closed,
  Id,
  DncListShape as List,
  NullableText,
  nullable,
  PAGE,
  Sentence,
  shape,
  Time,
} from './shapes.ts'

const Phone = Type.String({ minLength: 1, maxLength: 100 })
const many = { minItems: 1, maxItems: LIMITS.dnc_numbers_max }
const Phones = Type.Array(Phone, {
  ...many,
  description:
    'As dialled in the region of the campaign that is named, else of the installation; or international (+61…)',
})
const Expiry = Type.String({ maxLength: 100, description: 'RFC 3339; absent: for good' })
const SkipInvalid = Type.Boolean({
  description:
    'Absent: an entry that is not a number is named under invalid and the others are written; a list without any number is refused. true: that one is answered too. false: one entry that is not a number refuses all',
})

const Addition = closed('DncAddition', {
  list: List,
  campaign_id: Type.Optional(Id),
  phones: Type.Optional(Phones),
  entries: Type.Optional(
    Type.Array(Type.Object({ phone: Phone, expires_at: Type.Optional(Expiry) }, Closed), {
      ...many,
      description: 'Instead of phones: numbers that end at times of their own',
    }),
  ),
  reason: Type.Optional(Sentence),
  source: Type.Optional(Sentence),
  expires_at: Type.Optional(Expiry),
  skip_invalid: Type.Optional(SkipInvalid),
})
const Removal = closed('DncRemoval', {
  list: List,
  campaign_id: Type.Optional(Id),
  phones: Phones,
  reason: Sentence,
  skip_invalid: Type.Optional(SkipInvalid),
})
const CheckRequest = closed('DncCheck', { campaign_id: Type.Optional(Id), phones: Phones })

const Entry = shape('DncEntry', {
  entry_id: Type.Integer(),
  list: List,
  campaign_id: nullable(Type.Integer()),
  phone: Type.String(),
  reason: NullableText,
  source: NullableText,
  expires_at: NullableText,
  added_at: Time,
  added_by: Type.String(),
  removed_at: NullableText,
  removed_by: NullableText,
  removed_reason: NullableText,
  file_id: nullable(Type.Integer(), 'The file that it comes from; null: somebody added it'),
})
const Entries = shape('DncEntries', {
  items: Type.Array(Entry, { description: 'In the order in which they were last changed' }),
  next_cursor: nullable(Type.String({ description: 'Of the next page; null: there is none now' })),
  follow_cursor: Type.String({
    description:
      'Where to go on later: nothing is skipped. What was added while an older change still ran may come again',
  }),
})
const Count = Type.Integer()
const written = {
  items: Type.Array(Entry),
  invalid: Type.Array(Type.Object({ index: Type.Integer(), detail: Type.String() }), {
    description: 'The numbers that were left out, by place in the list, with the reason',
  }),
}
const Added = shape('DncAdded', { ...written, added: Count, already_listed: Count })
const Removed = shape('DncRemoved', { ...written, removed: Count, not_listed: Count })
const Checked = shape('DncChecked', {
  items: Type.Array(
    Type.Object({
      phone: NullableText,
      sent: Type.String(),
      blocked: Type.Boolean(),
      list: Type.Optional(List),
      entry_id: Type.Optional(Type.Integer()),
      problem: Type.Optional(Type.String({ description: 'Why this is not a number' })),
    }),
  ),
})

export const DncEvidence = shape('DncEvidence', {
  ...Entry.properties,
  added_by_name: nullable(Type.String(), 'Of the key or operator'),
  removed_by_name: nullable(Type.String(), 'Of the key or operator'),
  standing: Type.Boolean({ description: 'Neither removed nor lapsed' }),
})
const Explained = shape('DncNumber', {
  number: Type.String(),
  campaign_id: nullable(Type.Integer()),
  blocked: Type.Boolean(),
  blocked_by: nullable(DncEvidence, 'The entry that blocks'),
  entries: Type.Array(DncEvidence, {
    description: 'Every entry of the number: standing ones, then past ones, the newest first',
  }),
  explanation: Type.String({ description: 'One sentence for people' }),
})

export const dnc = routes('dnc', {
  dncEntries: get('/v1/dnc', {
    scope: 'read',
    summary: 'Do-not-call entries, removed ones included',
    query: Type.Object({
      ...PAGE,
      cursor: Type.Optional(
        Type.String({ maxLength: 100, description: 'next_cursor of the page before, or follow_cursor' }),
      ),
      phone: Type.Optional(Type.String({ maxLength: 100 })),
      list: Type.Optional(List),
    }),
    answer: Entries,
    handle: async ({ services: { pool, region }, caller, query }) => {
      const phone = query.phone === undefined ? null : numberAsked(query.phone, region, '/phone')
      const history = await historyOf(pool)
      const cursor = query.cursor === undefined ? firstCursor(history) : readCursor(query.cursor)
      if (!cursor || cursor.history !== history || (await isAhead(pool, cursor.at))) return refuseCursor()
      const { list = null, limit = LIMITS.page_rows_default } = query
      const found = await listDncEntries(pool, caller, { phone, list }, cursor.at, limit + 1)
      const rows = found.slice(0, limit)
      const next = behind(cursor, rows)
      return {
        items: rows.map(({ tx: _, settled: __, ...entry }) => entry),
        next_cursor: found.length > limit ? cursorText(next) : null,
        follow_cursor: cursorText({ ...next, at: next.safe }),
      }
    },
  }),

  addToDnc: post('/v1/dnc', {
    scope: ['write', 'supervise', 'manage'],
    summary: 'Add numbers to a list',
    many: true,
    repeatable: true,
    body: Addition,
    created: Added,
    handle: async (call) => {
      const { list, reason = null, source = null, skip_invalid, ...body } = call.body
      const items = itemsOf(body)
      orRefuse(judgeAddition(call.caller, list, items.length))
      const { campaign_id, region } = await regionOfList(call, list, body.campaign_id)
      const now = call.services.now()
      const common = readExpiry(body.expires_at, now, '/expires_at')
      if (common.problem) {
        const { name, field, detail } = common.problem
        orRefuse(refuse(name, detail, { field }))
      }
      const read = await readEach(items, ({ phone, expires_at }, i) => {
        const [at, at_phone] = body.entries
          ? [`/entries/${i}`, `/entries/${i}/phone`]
          : [`/phones/${i}`, `/phones/${i}`]
        const number = readNumber(phone, region, at_phone)
        const expiry = expires_at === undefined ? common : readExpiry(expires_at, now, `${at}/expires_at`)
        const problem = number.problem ?? expiry.problem
        return problem ? { problem } : { value: { phone: number.value!, expires_at: expiry.value! } }
      })
      const { values: numbers, invalid } = taken(read, skip_invalid)
      const added = orRefuse(await addToList(call, { list, campaign_id }, { numbers, reason, source }))
      const asked = new Set(numbers.map(({ phone }) => phone)).size
      return { items: added, added: added.length, already_listed: asked - added.length, invalid }
    },
  }),

  removeFromDnc: post('/v1/dnc/removals', {
    scope: ['supervise', 'manage'],
    summary: 'Remove numbers from a list',
    many: true,
    repeatable: true,
    body: Removal,
    answer: Removed,
    handle: async (call) => {
      const { list, reason, phones: texts, skip_invalid } = call.body
      orRefuse(judgeRemoval(call.caller, list))
      const { campaign_id, region } = await regionOfList(call, list, call.body.campaign_id)
      const read = await readEach(texts, (text, i) => readNumber(text, region, `/phones/${i}`))
      const { values, invalid } = taken(read, skip_invalid)
      const phones = [...new Set(values)]
      const removed = orRefuse(await removeFromList(call, { list, campaign_id }, { phones, reason }))
      const gone = new Set(removed.map(({ phone }) => canonicalNumber(Number(phone.slice(1)))))
      return { items: removed, removed: removed.length, not_listed: phones.length - gone.size, invalid }
    },
  }),

  checkDnc: post('/v1/dnc/check', {
    scope: 'read',
    summary: 'Which numbers are blocked, and by what',
    many: true,
    repeatable: true,
    body: CheckRequest,
    answer: Checked,
    handle: async (call) => {
      const { phones } = call.body
      const { campaign_id, region } = await regionOf(call, call.body.campaign_id)
      const read = await readEach(phones, (text) => readNumber(text, region, ''))
      const numbers = new Set(read.flatMap(({ value }) => value ?? []))
      const found = await checkDnc(call.services.pool, campaign_id, [...numbers])
      const blocked = new Map(found.map((row) => [row.phone, row]))
      return {
        items: phones.map((sent, i) => {
          const { value, problem } = read[i]!
          if (problem) return { sent, phone: null, blocked: false, problem: problem.detail }
          const entry = blocked.get(value)
          const phone = formatPhone(value)
          return entry
            ? { sent, phone, blocked: true, list: entry.list, entry_id: entry.entry_id }
            : { sent, phone, blocked: false }
        }),
      }
    },
  }),

  dncNumber: get('/v1/dnc/numbers/:number', {
    scope: 'read',
    summary: 'Why a number is blocked, or is not',
    params: Type.Object({
      number: Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'As dialled in the region of the campaign or the installation, or international',
      }),
    }),
    query: Type.Object({ campaign_id: Type.Optional(Id) }),
    answer: Explained,
    handle: async (call) => {
      const { campaign_id, region } = await regionOf(call, call.query.campaign_id)
      const phone = numberAsked(call.params.number, region, '/number')
      const { services, caller } = call
      const found = await dncEvidence(services.pool, caller, { phone, campaign_id }, LIMITS.page_rows_max)
      const entries = found.map(({ blocks: _, ...entry }) => entry)
      const blocks = found.findIndex((entry) => entry.blocks)
      return {
        number: formatPhone(phone),
        campaign_id,
        blocked: blocks >= 0,
        blocked_by: entries[blocks] ?? null,
        entries,
        explanation: explainDnc(found, campaign_id),
      }
    },
  }),
})

export const refuseCursor = () =>
  orRefuse<never>(
    refuse(
      'MALFORMED_REQUEST',
      'this is no cursor of this list, or the database was restored since: begin without one',
      { field: 'cursor' },
    ),
  )

function itemsOf({ phones, entries }: Pick<Static<typeof Addition>, 'phones' | 'entries'>) {
  if ((phones === undefined) === (entries === undefined))
    orRefuse(refuse('INVALID_FIELD', 'either phones or entries names the numbers', { field: '/phones' }))
  return entries ?? phones!.map((phone) => ({ phone, expires_at: undefined }))
}
