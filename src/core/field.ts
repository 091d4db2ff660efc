// The fields of a template: what they may look like, and how a key of a submission finds one.

import { LIMITS } from './limits.ts'
import { ok, type Result, refuse } from './result.ts'

export const FIELD_KINDS = [
  'text',
  'long_text',
  'phone',
  'email',
  'date',
  'number',
  'choice',
  'check',
] as const
export type FieldKind = (typeof FIELD_KINDS)[number]

export interface Field {
  /** Permanent key; what callers send and what is stored. */
  name: string
  label: string
  /** Other keys that intake takes for this field. */
  aliases: string[]
  kind: FieldKind
  /** The values that a choice field takes; null for the other kinds. */
  choices: string[] | null
  /** Fields of one merge group are taken whole when two changes meet; null: the field is merged by itself. */
  merge_group: string | null
}

/** The live (not retired) fields of a template, found by exact name, then any case, then alias in any case. */
export class FieldTable {
  readonly #exact = new Map<string, Field>()
  readonly #folded = new Map<string, Field>()
  readonly #aliases = new Map<string, Field>()
  readonly all: readonly Field[]
  readonly phones: readonly Field[]
  /** Retired phone fields behind the others: leads keep the numbers that they have in them. */
  readonly phone_names: readonly string[]

  constructor(fields: readonly Field[], retired_phones: readonly string[] = []) {
    this.all = fields
    this.phones = fields.filter((field) => field.kind === 'phone')
    this.phone_names = [...this.phones.map(({ name }) => name), ...retired_phones]
    for (const field of fields) {
      this.#exact.set(field.name, field)
      const folded = fold(field.name)
      if (!this.#folded.has(folded)) this.#folded.set(folded, field)
      for (const alias of field.aliases)
        if (!this.#aliases.has(fold(alias))) this.#aliases.set(fold(alias), field)
    }
  }

  find(key: string): Field | undefined {
    return this.#exact.get(key) ?? this.#folded.get(fold(key)) ?? this.#aliases.get(fold(key))
  }

  named(name: string): Field | undefined {
    return this.#exact.get(name)
  }

  /** The rows that are in these fields. Numbers in retired fields are kept, and not dialled. */
  rowsIn<Row extends { field: string }>(rows: readonly Row[]): Row[] {
    return rows.filter(({ field }) => this.#exact.has(field))
  }
}

/** No name is longer; normalising is quadratic in combining marks, so a longer text is not worth it. */
const NAME_UNITS_MAX = 1_000

/** How names and codes compare: NFC, without surrounding blanks, in any case. */
export const fold = (text: string) =>
  text.length > NAME_UNITS_MAX ? text : text.normalize('NFC').trim().toLowerCase()

/** Keys that would reach into the objects that hold the values. */
const FORBIDDEN_NAMES = ['__proto__', 'constructor', 'prototype']

/** The fields of a template that are not retired, or the first thing that does not go together. */
export function judgeFields(fields: readonly Field[]): Result<readonly Field[]> {
  const wrong = (field: string, detail: string) => refuse('INVALID_FIELD', detail, { field })
  if (fields.length > LIMITS.fields_max)
    return wrong('/fields', `a template has at most ${LIMITS.fields_max} fields`)
  const names = new Set<string>()
  for (const [i, { name, aliases, kind, choices, merge_group }] of fields.entries()) {
    const at = `/fields/${i}`
    // The outcome of a call is a merge group of its own.
    if (FORBIDDEN_NAMES.includes(name) || merge_group === 'outcome')
      return wrong(at, 'this name is not allowed')
    for (const key of [name, ...aliases].map(fold)) {
      if (names.has(key)) return wrong(at, 'another field has this name or alias')
      names.add(key)
    }
    if ((kind === 'choice') !== (choices !== null))
      return wrong(`${at}/choices`, 'a choice field, and only one, has choices')
  }
  if (!fields.some(({ kind }) => kind === 'phone')) return wrong('/fields', 'a template needs a phone field')
  return ok(fields)
}
