// A row that was pulled: what its keys mean, and what is to be done with it.

import { ATTRIBUTES } from './attributes.ts'
import { ROW_KEYS, readEntries } from './classic.ts'
import type { JsonObject, JsonValue } from './document.ts'
import { scalarText } from './document-text.ts'
import { type Entry, shownKey } from './entries.ts'
import { fold } from './field.ts'
import type { LeadState } from './lead.ts'
import { readBaseVersion, readExternalId } from './lead-values.ts'
import { LIMITS } from './limits.ts'
import { isBlank } from './phone-text.ts'
import { type FieldProblem, ok, type RefusalName, type Result, refuse, refuseProblems } from './result.ts'
import type { Rules } from './rules.ts'
import { isNoChange, readText, withoutEnds } from './text.ts'
import { type Incoming, readPatch } from './update.ts'

export type PulledRow =
  | { deed: 'add'; document: JsonObject }
  | { deed: 'modify'; external_id: string; base_version: number | null; document: JsonObject }
  | { deed: 'reallocate'; external_id: string; allocation_name: string }
export type PullDeed = PulledRow['deed']

const { action: ACTION, allocation: ALLOCATION_NAME } = ROW_KEYS
export const EXTERNAL_ID = ATTRIBUTES.external_id.classic
const VERSION = 'njVersion'

const DEEDS = new Map<string, PullDeed>([
  ['', 'add'],
  ['add', 'add'],
  ['modify', 'modify'],
  ['reallocate', 'reallocate'],
])

/** The key of a row by its name: as it is, else in any case. */
const keyNamed = (row: JsonObject, name: string) =>
  row.has(name) ? name : [...row.keys()].find((key) => fold(key) === fold(name))

function valueAt(row: JsonObject, name: string): JsonValue | undefined {
  const key = keyNamed(row, name)
  return key === undefined ? undefined : row.get(key)
}

/** The id of a row; undefined: it has none that can be asked after. */
export function idOfRow(row: JsonObject, id_key: string): string | undefined {
  const id = withoutEnds(scalarText(valueAt(row, id_key) ?? null) ?? '')
  return id === '' || 'problem' in readText(id, LIMITS.external_id_points_max) ? undefined : id
}

/** `keys`: key of a row to the field that it means; null: the key is left out. */
export function readPulledRow(
  row: JsonObject,
  keys: Readonly<Record<string, string | null>>,
): Result<PulledRow> {
  const named = withNames(row, keys)
  if (named.refusal) return named
  const document = named.ok
  const action = withoutEnds(taken(document, ACTION) ?? '')
  const allocation_name = withoutEnds(taken(document, ALLOCATION_NAME) ?? '')
  const deed = DEEDS.get(fold(action))
  if (deed === undefined) return refuseKey('INVALID_FIELD', ACTION, 'is ADD, MODIFY or REALLOCATE')
  if (deed === 'add') return ok({ deed, document })
  const problems: FieldProblem[] = []
  const external_id = readExternalId(entryOf(document, EXTERNAL_ID), problems)
  const wrong = refuseProblems(problems)
  if (wrong) return wrong
  if (external_id === null)
    return refuseKey('COULDNT_FIND_THE_LEAD', EXTERNAL_ID, `${EXTERNAL_ID} must name the lead`)
  if (deed === 'reallocate')
    return allocation_name === ''
      ? refuseKey('UNKNOWN_TARGET', ALLOCATION_NAME, `${ALLOCATION_NAME} must name an allocation`)
      : ok({ deed, external_id, allocation_name })
  const base_version = readBaseVersion(entryOf(document, VERSION))
  return base_version.refusal
    ? base_version
    : ok({ deed, external_id, base_version: base_version.ok, document })
}

/** The row under the names that its keys mean. */
function withNames(row: JsonObject, keys: Readonly<Record<string, string | null>>): Result<JsonObject> {
  const meanings = new Map(Object.entries(keys).map(([key, name]) => [keyNamed(row, key) ?? key, name]))
  const document: JsonObject = new Map()
  for (const [key, value] of row) {
    const name = meanings.get(key)
    if (name === null) continue
    if (document.has(name ?? key)) return refuseKey('INVALID_FIELD', key, `two keys name ${name ?? key}`)
    document.set(name ?? key, value)
  }
  return ok(document)
}

/** The text of a key, which leaves the document. */
function taken(document: JsonObject, name: string): string | undefined {
  const key = keyNamed(document, name)
  if (key === undefined) return undefined
  const value = document.get(key)!
  document.delete(key)
  return scalarText(value)
}

const entryOf = (document: JsonObject, name: string): Entry => {
  const value = valueAt(document, name) ?? null
  return { key: name, text: value === null ? '' : scalarText(value), is_null: false }
}

const refuseKey = (name: RefusalName, key: string, detail: string) =>
  refuse(name, detail, { field: shownKey(key) })

/**
 * Judges the change of a MODIFY against the lead as it was found. What is left out stays, an empty text clears. Unlike an
 * update of the classic API it need name neither a phone field nor a disposition.
 */
export function readModification(
  document: JsonObject,
  rules: Rules,
  lead: LeadState,
  now: string,
): Result<Incoming> {
  const entries = readEntries(document, rules)
  const { text, is_null } = entries.system.get('disposition') ?? { text: undefined, is_null: true }
  if (is_null || (text !== undefined && (isBlank(text) || isNoChange(text))))
    entries.system.delete('disposition')
  return readPatch(entries, rules, lead, { now, may_put_off: false })
}
