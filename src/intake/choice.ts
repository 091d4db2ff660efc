// What somebody asks for, as a choice of leads takes it; and how many leads that are.

import { ok, type Result, refuseField } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import type { Query } from '../core/search.ts'
import { readFieldValue } from '../core/value.ts'
import { type CountStep, FIRST_PLACE, type FieldCondition, type LeadChoice } from '../db/chosen-leads.ts'
import type { Filter } from '../db/search-parts.ts'
import type { Author } from './actor.ts'
import type { Search } from './search.ts'

type Typed = NonNullable<LeadChoice['typed']>

/** For each of the campaigns in which `filter` looks. */
export async function typedIn(
  search: Search,
  { actor }: Author,
  filter: Filter,
  query: Query,
): Promise<Result<(campaign_id: number) => Typed>> {
  const reading = await search.reading(actor, filter, query)
  if (reading.refusal) return reading
  const { lead, typed: external_id } = query
  return ok((campaign_id) => ({
    ...reading.ok,
    external_id,
    number: lead?.campaign_id === campaign_id ? lead.number : null,
  }))
}

/** Each field has one of these values; null, or a blank: it has none. */
export type AskedFields = readonly { field: string; is: readonly (string | null)[] }[]

/** Values are read as a lead's are, so that a date or a choice may be spelt in another way. What fits no kind is a text. */
export function conditionsOn(
  asked: AskedFields,
  { fields }: Pick<Rules, 'fields'>,
): Result<FieldCondition[]> {
  const conditions: FieldCondition[] = []
  for (const [i, { field: name, is }] of asked.entries()) {
    const field = fields.find(name)
    if (!field) return refuseField(`/fields/${i}/field`, 'is no field of the template')
    if (field.kind === 'phone')
      return refuseField(`/fields/${i}/field`, 'is a phone field: search for the number instead')
    const texts: string[] = []
    for (const [k, value] of is.entries()) {
      const read = readFieldValue(field, value ?? '')
      if ('problem' in read) return refuseField(`/fields/${i}/is/${k}`, read.problem)
      if (read.text !== '') texts.push(read.text)
    }
    conditions.push({ field: field.name, texts, or_none: texts.length < is.length })
  }
  return ok(conditions)
}

/** How long leads are counted, milliseconds: people wait for it while they choose. */
const COUNTED_MS_MAX = 400

/** Counts step by step, as far as there is time. Not exact: so many at least. */
export async function countInTime(
  step: (place: number) => Promise<CountStep>,
  ms_max = COUNTED_MS_MAX,
): Promise<{ counts: Record<string, number>; exact: boolean }> {
  const ends = performance.now() + ms_max
  const counts: Record<string, number> = Object.create(null)
  let place: number | null = FIRST_PLACE.newest
  while (place !== null && performance.now() < ends) {
    const { leads, end } = await step(place)
    for (const [what, amount] of Object.entries(leads)) counts[what] = (counts[what] ?? 0) + amount
    place = end
  }
  return { counts, exact: place === null }
}
