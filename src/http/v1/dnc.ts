// The do-not-call lists: add, remove, look up, check.

import type { Static } from 'typebox'
import { isBlank, readPhone } from '../../core/phone.ts'
import { type DncList, type Outcome, ok, type Problem, refuse, refuseFields } from '../../core/result.ts'
import { audit } from '../../db/audit.ts'
import { addDncEntries, checkDnc, listDncEntries, removeDncEntries } from '../../db/dnc.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type * as schemas from './lead-schemas.ts'
import { type PageAsked, page } from './page.ts'

/** All numbers or none: a list that is half added is no list. */
function readPhones(phones: readonly string[], region: string): Outcome<number[]> {
  const problems: Problem[] = []
  const numbers = phones.map((text, i) => {
    const read = readOne(text, region)
    if (read.number === null)
      problems.push({ name: 'INVALID_PHONE_NUMBER', field: `/phones/${i}`, detail: read.problem })
    return read.number ?? 0
  })
  return problems.length > 0
    ? refuseFields(problems.slice(0, 100) as [Problem, ...Problem[]])
    : ok([...new Set(numbers)])
}

const readOne = (text: string, region: string) =>
  isBlank(text) ? { number: null, problem: 'is empty' } : readPhone(text, region)

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
  if (campaign_id === undefined) return null
  orRefuse(await call.services.intake.targets.find({ campaign_id }, call.caller.team_ids))
  return campaign_id
}

export async function postDnc(call: Call) {
  const body = call.request.body as Static<typeof schemas.DncAddition>
  const campaign_id = await campaignOf(call, body.list, body.campaign_id)
  const phones = orRefuse(readPhones(body.phones, call.services.region))
  const expires_at =
    body.expires_at === undefined ? null : orRefuse(readExpiry(body.expires_at, call.services.now()))
  const { pool } = call.services
  const added = await pool.transaction(async (tx) => {
    const { reason = null, source = null } = body
    const rows = await addDncEntries(tx, {
      list: body.list,
      campaign_id,
      phones,
      reason,
      source,
      expires_at,
      actor: call.by.actor,
    })
    await audit(tx, {
      ...call.by,
      action: 'dnc.add',
      subject: `dnc:${body.list}`,
      details: { entries: rows.length },
    })
    return rows
  })
  call.reply.code(201)
  return { items: added, added: added.length, already_listed: phones.length - added.length }
}

function readExpiry(text: string, now: string): Outcome<string> {
  const bad = (detail: string) => refuse('INVALID_FIELD', detail, { field: '/expires_at' })
  try {
    const instant = Temporal.Instant.from(text)
    if (Temporal.Instant.compare(instant, now) <= 0) return bad('lies in the past')
    if (Temporal.Instant.compare(instant, '9999-12-31T23:59:59Z') > 0) return bad('lies after the year 9999')
    return ok(instant.toString())
  } catch {
    return bad('is no RFC 3339 time')
  }
}

export async function postDncRemovals(call: Call) {
  const { list, reason, ...body } = call.request.body as Static<typeof schemas.DncRemoval>
  const campaign_id = await campaignOf(call, list, body.campaign_id)
  const phones = orRefuse(readPhones(body.phones, call.services.region))
  const removed = await call.services.pool.transaction(async (tx) => {
    const rows = await removeDncEntries(tx, list, campaign_id, phones, call.by.actor, reason)
    await audit(tx, {
      ...call.by,
      action: 'dnc.remove',
      subject: `dnc:${list}`,
      details: { entries: rows.length },
    })
    return rows
  })
  const gone = new Set(removed.map(({ phone }) => phone))
  return { items: removed, removed: removed.length, not_listed: phones.length - gone.size }
}

export async function getDnc(call: Call) {
  const query = call.request.query as PageAsked & { phone?: string; list?: DncList }
  const phone =
    query.phone === undefined ? null : orRefuse(readPhones([query.phone], call.services.region))[0]!
  return page(
    query,
    (after, rows_max) =>
      listDncEntries(call.services.pool, call.caller.team_ids, phone, query.list ?? null, after, rows_max),
    (row) => row.entry_id,
  )
}

export async function postDncCheck(call: Call) {
  const body = call.request.body as Static<typeof schemas.DncCheck>
  const campaign_id = body.campaign_id ?? null
  if (campaign_id !== null)
    orRefuse(await call.services.intake.targets.find({ campaign_id }, call.caller.team_ids))
  const read = body.phones.map((sent) => ({ sent, ...readOne(sent, call.services.region) }))
  const numbers = [...new Set(read.flatMap(({ number }) => (number === null ? [] : [number])))]
  const blocked = new Map(
    (await checkDnc(call.services.pool, campaign_id, numbers)).map((row) => [row.phone, row]),
  )
  return {
    items: read.map(({ sent, number, problem }) => {
      if (number === null) return { sent, phone: null, blocked: false, problem }
      const entry = blocked.get(number)
      const phone = `+${number}`
      return entry
        ? { sent, phone, blocked: true, list: entry.list, entry_id: entry.entry_id }
        : { sent, phone, blocked: false }
    }),
  }
}
