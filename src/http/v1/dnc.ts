// The do-not-call lists: add, remove, look up, check, and why a number is blocked.

import type { Static } from 'typebox'
import { explainDnc } from '../../core/dnc.ts'
import { LIMITS } from '../../core/limits.ts'
import { formatPhone, isBlank, readPhone } from '../../core/phone.ts'
import { type DncList, type Outcome, ok, type Problem, refuse, refuseFields } from '../../core/result.ts'
import { readInstant } from '../../core/times.ts'
import { audit } from '../../db/audit.ts'
import {
  addDncEntries,
  checkDnc,
  type DncEntry,
  type DncNumber,
  dncEvidence,
  listDncEntries,
  removeDncEntries,
} from '../../db/dnc.ts'
import { lockParking, unpark } from '../../db/parking.ts'
import { type Db, sqlState } from '../../db/pool.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { countAddition, refuseAddition, refuseRemoval } from './dnc-rights.ts'
import type * as schemas from './lead-schemas.ts'
import { type PageAsked, page } from './page.ts'

interface Invalid {
  /** Place in the list that was sent. */
  index: number
  detail: string
}

type Reading<Value> = { value: Value; problem?: undefined } | { value?: undefined; problem: Problem }

/** How many numbers are read at once: one that only the library can judge takes some 30 µs. */
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
 * The values that can be taken, and why the others cannot. Without `skip_invalid` one that cannot be taken refuses
 * all: whoever sends a list knows that all of it was written, or nothing.
 */
function valuesOf<Value>(
  readings: readonly Reading<Value>[],
  skip_invalid: boolean | undefined,
): { values: Value[]; invalid?: Invalid[] } {
  const values = readings.flatMap(({ value, problem }) => (problem ? [] : [value]))
  if (skip_invalid) {
    const invalid = readings.flatMap(({ problem }, index) =>
      problem ? [{ index, detail: problem.detail }] : [],
    )
    return { values, invalid }
  }
  const [first, ...others] = readings.flatMap(({ problem }) => problem ?? [])
  if (!first) return { values }
  const { refusal } = refuseFields([first, ...others])
  const detail = `${others.length + 1} of ${readings.length} cannot be taken, the first one ${first.detail}; nothing was written`
  return orRefuse({ refusal: readings.length > 1 ? { ...refusal, detail } : refusal })
}

function readNumber(text: string, region: string, field: string): Reading<number> {
  const { number, problem } = isBlank(text) ? { number: null, problem: 'is empty' } : readPhone(text, region)
  return number === null
    ? { problem: { name: 'INVALID_PHONE_NUMBER', field, detail: problem } }
    : { value: number }
}

/** The campaign of the campaign list, and of no other; it must be one that the caller may see. */
async function campaignOf(
  call: Call,
  list: DncList,
  campaign_id: number | undefined,
): Promise<number | null> {
  if ((list === 'campaign') !== (campaign_id !== undefined))
    orRefuse(
      refuse('INVALID_FIELD', 'the campaign list, and no other, names a campaign_id', {
        field: '/campaign_id',
      }),
    )
  return campaign_id === undefined ? null : visibleCampaign(call, campaign_id)
}

async function visibleCampaign(call: Call, campaign_id: number): Promise<number> {
  orRefuse(await call.services.intake.targets.find({ campaign_id }, call.caller))
  return campaign_id
}

/** How often a change of a list is tried again that met an update of the same leads in a ring. */
const CLASHES_MAX = 5

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
    if (frees) await lockParking(tx)
    const rows = await write(tx)
    if (action === 'dnc.add') await countAddition(tx, call, list, rows.length)
    const freed = frees ? [...new Set(rows.map(({ phone }) => Number(phone.slice(1))))] : []
    const unparked = freed.length > 0 ? await unpark(tx, freed, campaign_id) : []
    const details = { entries: rows.length, ...(campaign_id === null ? {} : { campaign_id }) }
    await audit(tx, { ...call.by, action, subject: `dnc:${list}`, details })
    return { rows, unparked }
  }
  for (let clashes = 0; ; clashes++) {
    try {
      const { rows, unparked } = await pool.transaction(work)
      for (const { allocation_id, leads } of unparked) feed.wake(allocation_id, leads)
      return rows
    } catch (error) {
      if (sqlState(error) !== '40P01' || clashes >= CLASHES_MAX) throw error
    }
  }
}

export async function postDnc(call: Call) {
  const body = call.request.body as Static<typeof schemas.DncAddition>
  const { list, reason = null, source = null, skip_invalid } = body
  const { region, now } = call.services
  const items = itemsOf(body)
  refuseAddition(call, list, items.length)
  const campaign_id = await campaignOf(call, list, body.campaign_id)
  const clock = now()
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

function readExpiry(text: string, now: string): Outcome<string> {
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
  const campaign_id = await campaignOf(call, list, body.campaign_id)
  const read = await readEach(body.phones, (text, i) =>
    readNumber(text, call.services.region, `/phones/${i}`),
  )
  const { values, invalid } = valuesOf(read, body.skip_invalid)
  const phones = [...new Set(values)]
  const removed = await changeList(call, {
    action: 'dnc.remove',
    list,
    campaign_id,
    frees: list !== 'client',
    write: (tx) => removeDncEntries(tx, list, campaign_id, phones, call.by.actor, reason),
  })
  const gone = new Set(removed.map(({ phone }) => phone))
  return { items: removed, removed: removed.length, not_listed: phones.length - gone.size, invalid }
}

/** The one number of an address. */
function numberAsked(call: Call, text: string, field: string): number {
  const read = readNumber(text, call.services.region, field)
  return read.problem ? orRefuse(refuseFields([read.problem])) : read.value
}

export async function getDnc(call: Call) {
  const query = call.request.query as PageAsked & { phone?: string; list?: DncList }
  const phone = query.phone === undefined ? null : numberAsked(call, query.phone, '/phone')
  return page(
    query,
    (after, rows_max) =>
      listDncEntries(call.services.pool, call.caller.team_ids, phone, query.list ?? null, after, rows_max),
    (row) => row.entry_id,
  )
}

export async function postDncCheck(call: Call) {
  const body = call.request.body as Static<typeof schemas.DncCheck>
  const { pool, region } = call.services
  const campaign_id = body.campaign_id === undefined ? null : await visibleCampaign(call, body.campaign_id)
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
  const phone = numberAsked(call, text, '/number')
  const campaign_id = query.campaign_id === undefined ? null : await visibleCampaign(call, query.campaign_id)
  const { pool } = call.services
  const found = await dncEvidence(pool, phone, campaign_id, call.caller.team_ids, LIMITS.page_rows_max)
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
