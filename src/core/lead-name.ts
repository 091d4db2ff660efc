// The name by which people call a lead, as far as the fields of its template reveal it.

import type { Field } from './field.ts'

const NAMES = /^(full|contact|customer|client|lead)?[ _-]?name$/i
const FIRST = /^(first|given)[ _-]?name$/i
const LAST = /^(last|family|sur)[ _-]?name$/i

/** The name, else the first text that the lead has. `known`: the fields of the template, in its order. */
export function leadName(
  fields: Readonly<Record<string, string>>,
  known: readonly Pick<Field, 'name' | 'kind'>[],
): string | undefined {
  const value = (fits: (field: (typeof known)[number]) => boolean) => {
    const field = known.find((one) => fits(one) && Object.hasOwn(fields, one.name) && fields[one.name])
    return field && fields[field.name]
  }
  const named = (pattern: RegExp) => value(({ name }) => pattern.test(name))
  const parts = [named(FIRST), named(LAST)].filter(Boolean).join(' ')
  return (named(NAMES) ?? parts) || value(({ kind }) => kind === 'text')
}
