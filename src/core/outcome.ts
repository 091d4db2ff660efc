// Reads a dialler's report of a call against the rules of the campaign and the lead as it is now.

import { readCallback } from './callback.ts'
import { callbackZoneAfter, matchingOf, spelledAsStored } from './change.ts'
import { isExhausted, outcomeValues, prevails, type ReportedCall } from './disposition.ts'
import { type Entries, type Leniency, problem, refuseInOrder } from './entries.ts'
import { attemptsOf, fieldPath, type LeadState, unmappedPath, valuesOf } from './lead.ts'
import { entriesAt, placeValue, segment } from './lead-body.ts'
import { NO_DISPOSITION, readAttributes } from './lead-values.ts'
import { LIMITS } from './limits.ts'
import { type Clash, merge, type Values } from './merge.ts'
import { readNote } from './note.ts'
import { readPhone } from './phone.ts'
import { ok, type Result } from './result.ts'
import { type Disposition, dispositionNamed, type Rules } from './rules.ts'
import { isNoChange, readText } from './text.ts'
import { readInstant } from './times.ts'
import { readTexts } from './update.ts'
import type { Warning } from './warnings.ts'

/** The body of an outcome, its shape checked already. Null clears a value, what is left out is kept. */
export interface CallReport {
  disposition: string
  /** The number that was dialled. */
  phone: string
  /** The finding of the call about the number. */
  phone_state?: 'wrong' | 'disconnected'
  /** When the call ended, RFC 3339; absent: now. */
  at?: string
  duration_s?: number
  /** The id of the call in the telephone system. */
  unique_call_id?: string
  /** Local wall time in the contact hours of the lead: '2026-10-04T14:30'. */
  callback?: string | null
  callback_agent?: string | null
  priority?: number
  fields?: Record<string, string | null>
  unmapped?: Record<string, string | null>
  /** A note about the lead. */
  note?: string
}

export interface CallOutcome {
  disposition: Disposition
  /** E.164 digits. */
  phone: number
  phone_state: 'wrong' | 'disconnected' | null
  at: string
  duration_s: number | null
  unique_call_id: string | null
  /** Fields, unmapped keys, callback, agent and priority that the report names, by path. */
  values: Values
  note: string | null
  /** Values that were not kept exactly as sent. */
  warnings: readonly Warning[]
}

/** `lead`: as it is now. */
export function readReport(
  report: CallReport,
  rules: Rules,
  lead: LeadState,
  now: string,
  reading: Leniency,
): Result<CallOutcome> {
  const entries = entriesOf(report, rules, reading)
  const problems = [...entries.problems]
  const invalid = (field: string, detail: string) => problems.push({ name: 'INVALID_FIELD', field, detail })
  const disposition = dispositionNamed(rules, report.disposition)
  if (!disposition)
    problems.push({ name: 'INVALID_DISPOSTION', field: '/disposition', detail: NO_DISPOSITION })
  const phone = readPhone(report.phone, rules.region)
  if (phone.number === null)
    problems.push({ name: 'INVALID_PHONE_NUMBER', field: '/phone', detail: phone.problem })
  const at = readAt(report.at, now)
  if (at === undefined)
    invalid('/at', 'must be an RFC 3339 time that is not in the future and not over a year ago')
  const call_id = readText((report.unique_call_id ?? '').trim(), LIMITS.external_id_points_max)
  if ('problem' in call_id) invalid('/unique_call_id', call_id.problem)
  const note = report.note === undefined ? { text: null } : readNote(report.note)
  if ('problem' in note) invalid('/note', note.problem)
  for (const named of [entries.fields, entries.unmapped, entries.system])
    for (const entry of named.values())
      if (entry.text !== undefined && isNoChange(entry.text))
        problems.push(problem('INVALID_FIELD', entry, '<NO CHANGE> is no value here: leave it out'))
  const values = readTexts(entries, lead, problems)
  Object.assign(values, readAttributes(entries, rules, lead, now, problems))
  const refusal = refuseInOrder(problems)
  if (refusal) return refusal
  return ok({
    disposition: disposition!,
    phone: phone.number!,
    phone_state: report.phone_state ?? null,
    at: at!,
    duration_s: report.duration_s ?? null,
    unique_call_id: ('text' in call_id && call_id.text) || null,
    values,
    note: 'text' in note ? note.text : null,
    warnings: entries.warnings,
  })
}

/** The values of a report, sorted like a body of /v1. */
function entriesOf(report: CallReport, rules: Rules, reading: Leniency): Entries {
  const { fields = {}, unmapped = {}, callback, callback_agent, priority } = report
  const entries = entriesAt('', reading, (text, zone, now) =>
    readCallback(text.replaceAll('-', '/').replace('T', ' '), zone, now),
  )
  const place = (path: string, value: unknown, pointer: string) => {
    if (value !== undefined) placeValue(entries, path, value, pointer, rules)
  }
  for (const [key, text] of Object.entries(fields)) place(fieldPath(key), text, `/fields/${segment(key)}`)
  for (const [key, text] of Object.entries(unmapped))
    place(unmappedPath(key), text, `/unmapped/${segment(key)}`)
  // A blank is not a date; null clears.
  place('callback', callback?.trim() === '' ? '?' : callback, '/callback')
  place('callback_agent', callback_agent, '/callback_agent')
  place('priority', priority, '/priority')
  return entries
}

const YEAR_MS = 366 * 86_400_000
/** Clocks differ a little. */
const AHEAD_MS_MAX = 60_000

function readAt(text: string | undefined, now: string): string | undefined {
  if (text === undefined) return now
  const read = readInstant(text)
  if ('problem' in read) return undefined
  const ahead = Date.parse(read.at) - Date.parse(now)
  return ahead > AHEAD_MS_MAX || ahead < -YEAR_MS ? undefined : read.at
}

/** The effect of an outcome on the lead. */
export interface Effect {
  /** By path, to be laid over the lead. */
  patch: Values
  /** Values of the report that clash with a change since the lead was handed out: held for a person. */
  clashes: Clash[]
  /** False: a stricter or later outcome was reported meanwhile, and the lead follows that one. */
  applied: boolean
}

const CLOSING: Values = { closed: true, callback: null, callback_agent: null }

/**
 * The call is a fact whatever became of the lead meanwhile. `base`: the lead's values as the dialler saw them.
 * `since`: outcomes of the lead from elsewhere since then.
 */
export function effectOf(
  outcome: CallOutcome,
  base: Values,
  lead: LeadState,
  since: readonly ReportedCall[],
  rules: Rules,
  now: string,
): Effect {
  const { disposition, at, values } = outcome
  const matching = matchingOf(rules)
  const current = valuesOf(lead)
  const { patch, clashes } = merge(base, current, spelledAsStored(values, [current, base], rules), matching)
  const isOutcome = (path: string) => matching.groupOf(path) === 'outcome'
  const others = Object.fromEntries(Object.entries(patch).filter(([path]) => !isOutcome(path)))
  const applied = prevails({ kind: disposition.kind, at }, since)
  const attempts = attemptsOf(lead, disposition) + 1
  if (!applied) {
    // The lead follows a later call; but this one was a re-dial too, and it may have been the last.
    const used_up = lead.disposition === disposition.code && isExhausted(disposition, attempts)
    const closing: Values = used_up && !lead.closed ? CLOSING : {}
    return {
      patch: { ...others, ...closing },
      clashes: clashes.filter(({ group }) => group !== 'outcome'),
      applied,
    }
  }

  const clashing = clashes.some(({ group }) => group === 'outcome')
  // A date or priority that somebody set by hand while the call went on stays: the rule speaks for nobody, and a
  // report that names what the dialler was shown changes nothing.
  const was = (path: string) => base[path] ?? null
  const edited = (path: string) => since.length === 0 && current[path] !== was(path)
  const says = (path: string) => !clashing && path in values && !(edited(path) && values[path] === was(path))
  const given = (path: 'callback' | 'priority') =>
    says(path) ? { [path]: values[path] } : edited(path) ? { [path]: current[path] } : {}
  const ruled = outcomeValues(
    disposition,
    lead,
    { ...given('priority'), ...given('callback') },
    attempts,
    callbackZoneAfter(lead, others, rules),
    now,
  )
  const agent: Values = says('callback_agent') ? { callback_agent: values.callback_agent ?? null } : {}
  return { patch: { ...others, ...agent, ...ruled }, clashes, applied }
}
