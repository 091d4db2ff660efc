// The do-not-call lists: add, remove, look up, check, and why a number is blocked.

import type { Static } from 'typebox'
import { explainDnc } from '../../core/dnc.ts'
import { behind, cursorText, FIRST, readCursor } from '../../core/dnc-cursor.ts'
import { LIMITS } from '../../core/limits.ts'
import { formatPhone, readPhone } from '../../core/phone.ts'
import { canonicalNumber } from '../../core/phone-forms.ts'
import { isNoPhone } from '../../core/phone-text.ts'
import { type DncList, ok, type Problem, type Result, refuse, refuseFields } from '../../core/result.ts'
import { readInstant } from '../../core/times.ts'
import { audit } from '../../db/audit.ts'
import {
  addDncEntries,
  checkDnc,
  type DncEntry,
  type DncNumber,
  dncEvidence,
  isAhead,
  listDncEntries,
  removeDncEntries,
} from '../../db/dnc.ts'
import { lockParking, unpark } from '../../db/parking.ts'
import type { Db } from '../../db/pool.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { countAddition, refuseAddition, refuseRemoval } from './dnc-rights.ts'
import type * as schemas from './lead-schemas.ts'

interface Invalid {
  /** Place in the list that was sent. */
  index: number
  detail: string
}

type Reading<Value> = { value: Value; problem?: undefined } | { value?: undefined; problem: Problem }

/** So many numbers are read at once: a number that only the library can judge takes some 30 µs. */
const CHUNK = 50

async function readEach<Item, Value>(
  items: readonly Item[],
  read: (item: Item, index: number) => Reading<Value>,
): Promise<Reading<Value>[]> {
  const chunks: Promise<Reading<Value>[]>[] = []
  for (let from = 0; from < items.length; from += CHUNK)
    chunks.push(inSlices(() => items.slice(from, from + CHUNK).map((item, i) => read(item, from + i))))
  return (await Promise.all(chunks)).flat()
}

/**
 * The values that can be taken, and why the others cannot: one odd number never refuses a list. `skip_invalid` false:
 * it does, for whoever wants all or nothing. A list of which nothing can be taken is refused unless `skip_invalid` is true:
 * a caller who sends one number and does not look for `invalid` must not believe that it is listed.
 */
function valuesOf<Value>(
  readings: readonly Reading<Value>[],
  skip_invalid: boolean | undefined,
): { values: Value[]; invalid: Invalid[] } {
  const values = readings.flatMap(({ value, problem }) => (problem ? [] : [value]))
  const invalid = readings.flatMap(({ problem }, index) =>
    problem ? [{ index, detail: problem.detail }] : [],
  )
  if (skip_invalid ?? values.length > 0) return { values, invalid }
  const [first, ...others] = readings.flatMap(({ problem }) => problem ?? [])
  if (!first) return { values, invalid }
  const { refusal } = refuseFields([first, ...others])
  const detail = `${others.length + 1} of ${readings.length} cannot be taken, the first one ${first.detail}; nothing was written`
  return orRefuse({ refusal: readings.length > 1 ? { ...refusal, detail } : refusal })
}

/** `region`: that of the campaign that is named, else that of the installation. */
function readNumber(text: string, region: string, field: string): Reading<number> {
  const { number, problem } = isNoPhone(text)
    ? { number: null, problem: 'is empty' }
    : readPhone(text, region)
  return number === null
    ? { problem: { name: 'INVALID_PHONE_NUMBER', field, detail: problem } }
    : { value: number }
}

/** A campaign that is named, or none, and the region in which numbers are read. */
interface Place {
  campaign_id: number | null
  region: string
}

/** The campaign of the campaign list, and of no other; it must be one that the caller may see. */
async function placeOfList(call: Call, list: DncList, campaign_id: number | undefined): Promise<Place> {
  if ((list === 'campaign') !== (campaign_id !== undefined))
    orRefuse(
      refuse('INVALID_FIELD', 'the campaign list, and no other, names a campaign_id', {
        field: '/campaign_id',
      }),
    )
  return placeOf(call, campaign_id)
}

async function placeOf(call: Call, campaign_id: number | undefined): Promise<Place> {
  const { intake, region } = call.services
  if (campaign_id === undefined) return { campaign_id: null, region }
  const rules = orRefuse(await intake.targets.find({ campaign_id }, call.caller))
  return { campaign_id, region: rules.region }
}

/**
 * One transaction for a change of a list, with its audit entry. `frees`: a number may be called afterwards that was
 * blocked before, so the leads that are parked because of these numbers take their place in the queue again.
 */
async function changeList(
  call: Call,
  change: {
    action: 'dnc.add' | 'dnc.remove'
    list: DncList
    campaign_id: number | null
    frees: boolean
    write: (tx: Db) => Promise<DncEntry[]>
  },
): Promise<DncEntry[]> {
  const { action, list, campaign_id, frees, write } = change
  const { pool, feed } = call.services
  const work = async (tx: Db) => {
    // A removal beside the rewriting of numbers must see both forms of them (number-forms.ts), whatever it frees.
    if (frees || action === 'dnc.remove') await lockParking(tx)
    const rows = await write(tx)
    if (action === 'dnc.add') await countAddition(tx, call, list, rows.length)
    const freed = frees ? [...new Set(rows.map(({ phone }) => Number(phone.slice(1))))] : []
    const unparked = freed.length > 0 ? await unpark(tx, freed, campaign_id) : []
    const details = { entries: rows.length, ...(campaign_id === null ? {} : { campaign_id }) }
    await audit(tx, { ...call.by, action, subject: `dnc:${list}`, details })
    return { rows, unparked }
  }
  const { rows, unparked } = await pool.transaction(work, { retry: 'clash' })
  for (const { allocation_id, leads } of unparked) feed.wake(allocation_id, leads)
  return rows
}

export async function postDnc(call: Call) {
  const body = call.request.body as Static<typeof schemas.DncAddition>
  const { list, reason = null, source = null, skip_invalid } = body
  const items = itemsOf(body)
  refuseAddition(call, list, items.length)
  const { campaign_id, region } = await placeOfList(call, list, body.campaign_id)
  const clock = call.services.now()
  const common = body.expires_at === undefined ? null : readExpiry(body.expires_at, clock)
  if (common?.refusal) orRefuse({ refusal: { ...common.refusal, field: '/expires_at' } })
  const read = await readEach(items, ({ phone, expires_at }, i): Reading<DncNumber> => {
    const at = body.entries ? `/entries/${i}` : `/phones/${i}`
    const number = readNumber(phone, region, body.entries ? `${at}/phone` : at)
    if (number.problem) return number
    const expiry = expires_at === undefined ? common : readExpiry(expires_at, clock)
    if (expiry?.refusal)
      return {
        problem: { name: 'INVALID_FIELD', field: `${at}/expires_at`, detail: expiry.refusal.detail },
      }
    return { value: { phone: number.value, expires_at: expiry?.ok ?? null } }
  })
  const { values, invalid } = valuesOf(read, skip_invalid)
  const added = await changeList(call, {
    action: 'dnc.add',
    list,
    campaign_id,
    // A client may be called despite the list of a campaign.
    frees: list === 'client',
    write: (tx) =>
      addDncEntries(tx, {
        list,
        campaign_id,
        numbers: values,
        reason,
        source,
        actor: call.by.actor,
        team_ids: call.caller.team_ids,
      }),
  })
  call.reply.code(201)
  const numbers = new Set(values.map(({ phone }) => phone)).size
  return { items: added, added: added.length, already_listed: numbers - added.length, invalid }
}

type Item = { phone: string; expires_at?: string }

function itemsOf({ phones, entries }: Static<typeof schemas.DncAddition>): Item[] {
  if ((phones === undefined) === (entries === undefined))
    orRefuse(refuse('INVALID_FIELD', 'either phones or entries names the numbers', { field: '/phones' }))
  return entries ?? phones!.map((phone) => ({ phone }))
}

function readExpiry(text: string, now: string): Result<string> {
  const read = readInstant(text)
  if ('problem' in read) return refuse('INVALID_FIELD', `has an expiry that ${read.problem}`)
  return Temporal.Instant.compare(read.at, now) > 0
    ? ok(read.at)
    : refuse('INVALID_FIELD', 'expires in the past')
}

export async function postDncRemovals(call: Call) {
  const body = call.request.body as Static<typeof schemas.DncRemoval>
  const { list, reason } = body
  refuseRemoval(call, list)
  const { campaign_id, region } = await placeOfList(call, list, body.campaign_id)
  const read = await readEach(body.phones, (text, i) => readNumber(text, region, `/phones/${i}`))
  const { values, invalid } = valuesOf(read, body.skip_invalid)
  const phones = [...new Set(values)]
  const removed = await changeList(call, {
    action: 'dnc.remove',
    list,
    campaign_id,
    frees: list !== 'client',
    write: (tx) => removeDncEntries(tx, list, campaign_id, phones, call.by.actor, reason),
  })
  const gone = new Set(removed.map(({ phone }) => canonicalNumber(Number(phone.slice(1)))))
  return { items: removed, removed: removed.length, not_listed: phones.length - gone.size, invalid }
}

/** The one number of an address. */
function numberAsked(text: string, region: string, field: string): number {
  const read = readNumber(text, region, field)
  return read.problem ? orRefuse(refuseFields([read.problem])) : read.value
}

export async function getDnc(call: Call) {
  const query = call.request.query as Static<typeof schemas.DncQuery>
  const { pool, region } = call.services
  const phone = query.phone === undefined ? null : numberAsked(query.phone, region, '/phone')
  const cursor = query.cursor === undefined ? FIRST : readCursor(query.cursor)
  if (!cursor || (await isAhead(pool, cursor.at)))
    return orRefuse(
      refuse('MALFORMED_REQUEST', 'this is no cursor of this list: begin without one', { field: 'cursor' }),
    )
  const limit = query.limit ?? LIMITS.page_rows_default
  const found = await listDncEntries(pool, call.caller, phone, query.list ?? null, cursor.at, limit + 1)
  const rows = found.slice(0, limit)
  const next = behind(cursor, rows)
  return {
    items: rows.map(({ tx: _, settled: __, ...entry }) => entry),
    next_cursor: found.length > limit ? cursorText(next) : null,
    follow_cursor: cursorText({ at: next.safe, safe: next.safe }),
  }
}

export async function postDncCheck(call: Call) {
  const body = call.request.body as Static<typeof schemas.DncCheck>
  const { pool } = call.services
  const { campaign_id, region } = await placeOf(call, body.campaign_id)
  const read = await readEach(body.phones, (text) => readNumber(text, region, ''))
  const numbers = new Set(read.flatMap(({ value }) => value ?? []))
  const blocked = new Map((await checkDnc(pool, campaign_id, [...numbers])).map((row) => [row.phone, row]))
  return {
    items: body.phones.map((sent, i) => {
      const { value, problem } = read[i]!
      if (problem) return { sent, phone: null, blocked: false, problem: problem.detail }
      const entry = blocked.get(value)
      const phone = formatPhone(value)
      return entry
        ? { sent, phone, blocked: true, list: entry.list, entry_id: entry.entry_id }
        : { sent, phone, blocked: false }
    }),
  }
}

export async function getDncNumber(call: Call) {
  const { number: text } = call.request.params as Static<typeof schemas.DncNumberParams>
  const query = call.request.query as Static<typeof schemas.DncNumberQuery>
  const { campaign_id, region } = await placeOf(call, query.campaign_id)
  const phone = numberAsked(text, region, '/number')
  const { pool } = call.services
  const found = await dncEvidence(pool, phone, campaign_id, call.caller, LIMITS.page_rows_max)
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
}
