// What a dialler reports of a call, read against the rules of the campaign and the lead as it is now.

import { readCallback } from './callback.ts'
import { outcomeValues, prevails, type Reported } from './disposition.ts'
import { refuseInOrder } from './entries.ts'
import { attemptsOf, contactHoursOf, fieldPath, type LeadState, unmappedPath, valuesOf } from './lead.ts'
import { LIMITS } from './limits.ts'
import { type Clash, groupOf, merge, type Values } from './merge.ts'
import { isNoChange } from './no-change.ts'
import { readPhone } from './phone.ts'
import { type Outcome, ok, type Problem } from './result.ts'
import { type Disposition, dispositionNamed, type Rules } from './rules.ts'
import { readText } from './text.ts'
import { readFieldValue } from './value.ts'

/** The body of an outcome, its shape checked already. Null clears a value, what is left out is kept. */
export interface Report {
  disposition: string
  /** The number that was dialled. */
  phone: string
  /** What the call told about the number. */
  phone_state?: 'wrong' | 'disconnected'
  /** When the call ended, RFC 3339; absent: now. */
  at?: string
  /** Local wall time in the contact hours of the lead: '2026-10-04T14:30'. */
  callback?: string | null
  callback_agent?: string | null
  priority?: number
  fields?: Record<string, string | null>
  unmapped?: Record<string, string | null>
}

export interface CallOutcome {
  disposition: Disposition
  /** E.164 digits. */
  phone: number
  phone_state: 'wrong' | 'disconnected' | null
  at: string
  /** Fields, unmapped keys, callback, agent and priority that the report names, by path. */
  values: Values
}

export function readReport(report: Report, rules: Rules, lead: LeadState, now: string): Outcome<CallOutcome> {
  const problems: Problem[] = []
  const invalid = (field: string, detail: string) => problems.push({ name: 'INVALID_FIELD', field, detail })
  const disposition = dispositionNamed(rules, report.disposition)
  if (!disposition)
    problems.push({
      name: 'INVALID_DISPOSTION',
      field: '/disposition',
      detail: "no enabled disposition of this code in the template's set",
    })
  const phone = readPhone(report.phone, rules.region)
  if (phone.number === null)
    problems.push({ name: 'INVALID_PHONE_NUMBER', field: '/phone', detail: phone.problem })
  const at = readAt(report.at, now)
  if (at === undefined)
    invalid('/at', 'must be an RFC 3339 time that is not in the future and not over a year ago')

  const values: Record<string, Values[string]> = Object.create(null)
  readFields(report, rules, values, invalid)
  if (report.priority !== undefined) values.priority = report.priority
  if (report.callback_agent !== undefined) values.callback_agent = report.callback_agent
  if (report.callback === null) values.callback = null
  else if (report.callback !== undefined) {
    const classic = report.callback.replaceAll('-', '/').replace('T', ' ')
    const read = readCallback(classic, contactHoursOf(rules, lead).zone, now)
    if ('callback' in read) values.callback = read.callback.local
    else problems.push({ name: 'INVALID_CALLBACK_DATE', field: '/callback', detail: read.problem })
  }
  const refusal = refuseInOrder(problems)
  if (refusal) return refusal
  return ok({
    disposition: disposition!,
    phone: phone.number!,
    phone_state: report.phone_state ?? null,
    at: at!,
    values,
  })
}

const YEAR_MS = 366 * 86_400_000
/** Clocks differ a little. */
const AHEAD_MS_MAX = 60_000

function readAt(text: string | undefined, now: string): string | undefined {
  if (text === undefined) return now
  try {
    const at = Temporal.Instant.from(text).epochMilliseconds
    const ahead = at - Temporal.Instant.from(now).epochMilliseconds
    return ahead > AHEAD_MS_MAX || ahead < -YEAR_MS ? undefined : Temporal.Instant.from(text).toString()
  } catch {
    return undefined
  }
}

function readFields(
  { fields = {}, unmapped = {} }: Report,
  rules: Rules,
  values: Record<string, Values[string]>,
  invalid: (field: string, detail: string) => void,
) {
  for (const [key, value] of Object.entries(fields)) {
    const field = rules.fields.find(key)
    if (!field) invalid(`/fields/${shown(key)}`, 'is no field of the template')
    else if (fieldPath(field.name) in values) invalid(`/fields/${field.name}`, 'two keys name this field')
    else if (value !== null && isNoChange(value))
      invalid(`/fields/${field.name}`, '<NO CHANGE> is no value here: leave the field out')
    else {
      const read = readFieldValue(field, value ?? '')
      if ('problem' in read) invalid(`/fields/${field.name}`, read.problem)
      else values[fieldPath(field.name)] = read.text || null
    }
  }
  for (const [key, value] of Object.entries(unmapped)) {
    const name = readText(key, LIMITS.external_id_points_max)
    const read = readText(value ?? '', LIMITS.unmapped_value_bytes_max, { lines: true })
    if ('problem' in name || name.text === '' || /^nj/i.test(name.text))
      invalid(`/unmapped/${shown(key)}`, 'is no key that can be kept')
    else if (rules.fields.find(key)) invalid(`/unmapped/${shown(key)}`, 'is a field: name it under fields')
    else if ('problem' in read) invalid(`/unmapped/${shown(key)}`, read.problem)
    else values[unmappedPath(name.text)] = read.text || null
  }
}

const shown = (key: string) => [...key.replace(/\p{C}/gu, '\u{fffd}')].slice(0, 80).join('')

/** What an outcome makes of the lead. */
export interface Effect {
  /** By path, to be laid over the lead. */
  patch: Values
  /** Values of the report that clash with a change since the lead was handed out: held for a person. */
  clashes: Clash[]
  /** False: a stricter or later outcome was reported meanwhile, and the lead follows that one. */
  applied: boolean
}

/**
 * The call is a fact whatever became of the lead meanwhile. `base`: the lead's values as the dialler saw them.
 * `since`: outcomes of the lead from elsewhere since then.
 */
export function effectOf(
  outcome: CallOutcome,
  base: Values,
  lead: LeadState,
  since: readonly Reported[],
  rules: Rules,
  now: string,
): Effect {
  const { disposition, at, values } = outcome
  const group_of = groupOf(rules.fields)
  const { patch, clashes } = merge(base, valuesOf(lead), values, group_of)
  const isOutcome = (path: string) => group_of(path) === 'outcome'
  const others = Object.fromEntries(Object.entries(patch).filter(([path]) => !isOutcome(path)))
  const applied = prevails({ kind: disposition.kind, at }, since)
  if (!applied) return { patch: others, clashes: clashes.filter(({ group }) => group !== 'outcome'), applied }

  const clashing = clashes.some(({ group }) => group === 'outcome')
  // A date or priority that somebody set by hand while the call went on stays: the rule speaks for nobody.
  const edited = (path: 'callback' | 'priority') =>
    since.length === 0 && valuesOf(lead)[path] !== (base[path] ?? null)
  const given = (path: 'callback' | 'priority') =>
    !clashing && path in values
      ? { [path]: values[path] }
      : edited(path)
        ? { [path]: valuesOf(lead)[path] }
        : {}
  const ruled = outcomeValues(
    disposition,
    lead,
    { ...given('priority'), ...given('callback') },
    attemptsOf(lead, disposition) + 1,
    contactHoursOf(rules, lead).zone,
    now,
  )
  const agent: Values =
    !clashing && 'callback_agent' in values ? { callback_agent: values.callback_agent ?? null } : {}
  return { patch: { ...others, ...agent, ...ruled }, clashes, applied }
}
