// The exact answers of the classic API.

import { scalarText } from '../../core/document-text.ts'
import { ok, RESULTS, type Refusal, type Result, refuse } from '../../core/result.ts'
import type { Warning } from '../../core/warnings.ts'
import { inSlices } from '../../intake/slices.ts'
import { nameWarnings } from '../answer.ts'
import type { Call } from '../context.ts'
import { classicBody, logException, refusalOf, seenBy, statusOf } from '../errors.ts'
import { tagOf } from '../if-match.ts'
import { NO_OBJECT, type Row } from './request.ts'

const OK = '{"code":0,"message":"OK"}'

interface Done {
  lead_id: string
  version: number
  /** Fields that were not kept as they were sent. */
  warnings?: readonly Warning[]
}

/** Exactly the published success; the lead and its version go into headers. */
export function answerOk(call: Call, { lead_id, version, warnings }: Done): string {
  call.notes.code = 0
  nameWarnings(call, warnings)
  call.reply
    .header('Content-Type', 'application/json; charset=utf-8')
    .header('X-Lead-Id', lead_id)
    .header('ETag', tagOf(version))
  return OK
}

interface RowAnswer {
  row: Row
  result: Result<Done>
}

/** One row of many. An exception becomes the answer of its row, so that it cannot hide the answers of the others. */
export async function rowAnswer(call: Call, row: Row, work: () => Promise<Done>): Promise<RowAnswer> {
  const result =
    row === NO_OBJECT
      ? refuse('INVALID_FIELD', 'this element of the array is no object')
      : await resultOf(call, work)
  const { notes, services, by, request } = call
  notes.rows_counted = true
  const { code } = RESULTS[result.refusal?.name ?? 'OK']
  services.tally.count(request.routeOptions.config.deed!, code, notes.campaign_id ?? 0, by.actor)
  return { row, result }
}

async function resultOf(call: Call, work: () => Promise<Done>): Promise<Result<Done>> {
  try {
    return ok(await work())
  } catch (error) {
    const { refusal, ours } = refusalOf(error)
    if (ours) logException(call.services.log, call.by.request_id, error)
    return { refusal: seenBy(call.caller, refusal) }
  }
}

/**
 * The text form of insertLead and updateLead: counts, then a CSV of the refused rows whose last column is the reason.
 * One row answers with its own status and code; an array with success when at least one row was taken.
 */
export async function answerText(
  call: Call,
  counted: 'Imported' | 'Updated',
  results: RowAnswer[],
  array: boolean,
) {
  const refused = results.filter(({ result }) => result.refusal)
  const taken = results.length - refused.length
  const [first] = refused
  const message = await textOf(counted, taken, refused, results)
  if (first?.result.refusal && (!array || taken === 0)) {
    const unknown = refused.some(({ result }) => result.refusal?.written === 'unknown')
    const refusal: Refusal = { ...first.result.refusal, ...(unknown ? { written: 'unknown' } : {}) }
    // Senders that repeat by the status see that of 109 for an array as well.
    const repeats = refusal.name === 'TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS' && !unknown
    const status = array && !repeats ? 400 : statusOf(refusal, 'classic', call.services.classic.statuses)
    const notes = call.notes
    notes.code = RESULTS[refusal.name].code
    if (refusal.retry_after_s !== undefined && !unknown)
      call.reply.header('Retry-After', String(refusal.retry_after_s))
    call.reply.code(status).header('Content-Type', 'application/json; charset=utf-8')
    return JSON.stringify({ ...classicBody(refusal, notes.request_id), message })
  }
  call.notes.code = 0
  const [only] = results
  if (!array && only?.result.ok) answerOk(call, only.result.ok)
  else
    nameWarnings(
      call,
      results.flatMap(({ result }, i) =>
        (result.ok?.warnings ?? []).map((warning) => ({ ...warning, row: i + 1 })),
      ),
    )
  call.reply.header('Content-Type', 'application/json; charset=utf-8')
  return JSON.stringify({ code: 0, message })
}

async function textOf(
  counted: 'Imported' | 'Updated',
  taken: number,
  refused: RowAnswer[],
  all: RowAnswer[],
): Promise<string> {
  const columns = columnsOf(refused.length > 0 ? refused : all)
  const imported = counted === 'Imported' ? taken : 0
  const lineOf = ({ row, result }: RowAnswer) =>
    line([
      ...columns.map((column) => shown(column, scalarText(row.get(column) ?? null) ?? '')),
      reasonOf(result.refusal!),
    ])
  const lines = await Promise.all(refused.map((one) => inSlices(() => lineOf(one))))
  const csv = line([...columns, 'Error Reason']) + lines.join('')
  return `Imported ${imported} Updated ${taken - imported} Rejected ${refused.length} leads.\n\nErrors (If any):\n${csv}`
}

/** More columns than a template has fields; without a bound, rows of keys all different would make a table of their square. */
const COLUMNS_MAX = 256

function columnsOf(results: RowAnswer[]): string[] {
  const columns = new Set<string>()
  for (const { row } of results)
    for (const key of row.keys()) if (columns.size < COLUMNS_MAX) columns.add(key)
  return [...columns]
}

/** So many digits may be a phone number. */
const PHONE_DIGITS_MIN = 7
const DIGIT = /\p{Nd}/gu

/** Callers and proxies log refusals, so a text that may be a number shows its last three digits only. */
function shown(column: string, text: string): string {
  const digits = text.match(DIGIT)?.length ?? 0
  if (digits < PHONE_DIGITS_MIN || column.toLowerCase() === 'njexternalleadid') return text
  let left = digits
  return text.replace(DIGIT, (digit) => (left-- > 3 ? 'x' : digit))
}

const reasonOf = ({ name, detail }: Refusal) => `${RESULTS[name].code} ${name}: ${detail}`

const line = (cells: string[]) => ` ${cells.map(cell).join(',')},\n`

/** Quoted where CSV needs it; a leading = + - @ is disarmed, because people open this in spreadsheets. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
