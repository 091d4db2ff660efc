// The fields of a template and how a key of a submission finds one.

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
  /** Fields of one merge group are taken whole when two changes meet; null: the field stands alone. */
  merge_group: string | null
}

/** The live (not retired) fields of a template, found by exact name, then any case, then alias in any case. */
export class FieldTable {
  readonly #exact = new Map<string, Field>()
  readonly #folded = new Map<string, Field>()
  readonly #aliases = new Map<string, Field>()
  readonly all: readonly Field[]
  readonly phones: readonly Field[]

  constructor(fields: readonly Field[]) {
    this.all = fields
    this.phones = fields.filter((field) => field.kind === 'phone')
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
}

/** No name is longer; normalising is quadratic in combining marks, so a longer text is not worth it. */
const NAME_UNITS_MAX = 1_000

/** How names and codes compare: NFC, without surrounding blanks, in any case. */
export const fold = (text: string) =>
  text.length > NAME_UNITS_MAX ? text : text.normalize('NFC').trim().toLowerCase()
