// An update of a lead that is there: what the caller names, judged against the lead, as values by path.

import { callbackZoneAfter, phonesAfter } from './change.ts'
import { dispositionGiven, givenIn, outcomeValues } from './disposition.ts'
import { type Entries, problem, refuseInOrder, warn } from './entries.ts'
import { attemptsOf, fieldPath, type LeadState, unmappedPath } from './lead.ts'
import { NO_DISPOSITION, readAttributes, readField, readUnmapped } from './lead-values.ts'
import type { Scalar, Values } from './merge.ts'
import { type FieldProblem, ok, type Result } from './result.ts'
import type { Disposition, Rules } from './rules.ts'
import { isNoChange } from './text.ts'
import type { Warning } from './warnings.ts'

/** The wishes of an update: only the paths that it names. */
export interface Incoming {
  values: Values
  /** Paths that count as changed even when the value is what it was: a disposition given is an outcome. */
  asserted: ReadonlySet<string>
  /** The disposition given, if one was: a call record is written for it. */
  outcome: Disposition | null
  /** The values that the disposition brings, worked out from the lead as it is when the update is written. */
  ruled: (lead: LeadState) => Values
  /** Values that were not kept exactly as sent. */
  warnings: readonly Warning[]
  /** Keys that do not fit beside those that the lead has by then are left out and named; else they are refused. */
  lenient: boolean
}

/**
 * Judges an update against the lead as its caller knew it. `may_put_off`: whether a priority may rise although the
 * customer has asked for the call. Everything that is wrong is answered together.
 */
export function readPatch(
  entries: Entries,
  rules: Rules,
  lead: LeadState,
  { now, may_put_off }: { now: string; may_put_off: boolean },
): Result<Incoming> {
  const { spelling, reading, warnings } = entries
  const problems = [...entries.problems]
  const values = readTexts(entries, lead, problems)
  const { refusal: without_number } = phonesAfter(lead, values, rules)
  if (without_number) {
    const field = rules.fields.named(without_number.field ?? '')
    problems.push({
      name: without_number.name,
      field: field ? spelling.keyOf(field) : '',
      detail: without_number.detail,
    })
  }
  Object.assign(values, readAttributes(entries, rules, lead, now, problems))
  // A disposition is an outcome: it is given, and not taken away.
  if (values.disposition === null)
    problems.push(problem('INVALID_DISPOSTION', entries.system.get('disposition')!, NO_DISPOSITION))
  const refusal = refuseInOrder(problems)
  if (refusal) return refusal

  const outcome = dispositionGiven(rules, values)
  if (!outcome && typeof values.priority === 'number' && lead.client_approved && !may_put_off)
    values.priority = Math.min(lead.priority, values.priority)
  const bound = !(may_put_off && typeof values.priority === 'number')
  const ruled = (current: LeadState): Values =>
    outcome === null
      ? {}
      : outcomeValues(
          outcome,
          { ...current, client_approved: current.client_approved && bound },
          givenIn(values),
          attemptsOf(current, outcome) + 1,
          callbackZoneAfter(current, values, rules),
          now,
        )
  const asserted = new Set(outcome ? ['disposition'] : [])
  return ok({ values, asserted, outcome, ruled, warnings, lenient: reading.lenient })
}

/** The fields and unmapped keys of an update, by path: a text, or null to clear. Entries that say nothing are left out. */
export function readTexts(
  entries: Entries,
  lead: LeadState,
  problems: FieldProblem[],
): Record<string, Scalar> {
  const values: Record<string, Scalar> = Object.create(null)
  for (const [field, entry] of entries.fields) {
    if (entry.text !== undefined && isNoChange(entry.text)) continue
    if (entry.is_null) {
      warn(entries, 'null_value', field.name)
      continue
    }
    const stored = Object.hasOwn(lead.fields, field.name) ? lead.fields[field.name] : undefined
    const text = readField(entries, field, entry, problems, stored)
    if (text !== undefined) values[fieldPath(field.name)] = text === '' ? null : text
  }
  for (const [key, { is_null }] of entries.unmapped)
    if (is_null) {
      warn(entries, 'null_value', key)
      entries.unmapped.delete(key)
    }
  for (const [key, text] of readUnmapped(entries, lead.unmapped, problems))
    values[unmappedPath(key)] = text === '' ? null : text
  return values
}

/**
 * The wishes of a held update by now: its outcome counts from when it is taken; its date and priority are those that it
 * was held with. `base`: the lead as its giver knew it; `lead`: as it is now.
 */
export function wantedByNow(
  held: Values,
  base: LeadState,
  lead: LeadState,
  rules: Rules,
  now: string,
): { wanted: Values; given: Disposition | null } {
  const given = dispositionGiven(rules, held)
  if (given === null) return { wanted: held, given }
  const zone = callbackZoneAfter(base, held, rules)
  // Whether the priority may rise was judged when the update was made.
  const before = { ...base, client_approved: false }
  const ruled = outcomeValues(given, before, givenIn(held), attemptsOf(lead, given) + 1, zone, now)
  return { wanted: { ...held, ...ruled }, given }
}
