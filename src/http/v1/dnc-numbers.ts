// Numbers of a request that concerns the do-not-call lists. One odd number never refuses a list of ten thousand.

import { type NumberRead, readNumber } from '../../core/dnc-number.ts'
import { type DncList, refuse, refuseFields } from '../../core/result.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'

/** The campaign that a request names, or none, and the region in which its numbers are read. */
export async function regionOf(
  { services: { intake, region }, caller }: Call,
  campaign_id: number | undefined,
): Promise<{ campaign_id: number | null; region: string }> {
  if (campaign_id === undefined) return { campaign_id: null, region }
  const rules = orRefuse(await intake.targets.find({ campaign_id }, caller))
  return { campaign_id, region: rules.region }
}

/** The same for a change of a list: only the campaign list names a campaign. */
export function regionOfList(call: Call, list: DncList, campaign_id: number | undefined) {
  if ((list === 'campaign') !== (campaign_id !== undefined))
    orRefuse(
      refuse('INVALID_FIELD', 'the campaign list, and no other, names a campaign_id', {
        field: '/campaign_id',
      }),
    )
  return regionOf(call, campaign_id)
}

/** The one number of an address. */
export function numberAsked(text: string, region: string, field: string): number {
  const { value, problem } = readNumber(text, region, field)
  return problem ? orRefuse(refuseFields([problem])) : value
}

/** So many numbers are read at once: a number that only the library can judge takes some 30 µs. */
const SLICE_NUMBERS = 50

export async function readEach<Item, Value>(
  items: readonly Item[],
  read: (item: Item, index: number) => NumberRead<Value>,
): Promise<NumberRead<Value>[]> {
  const slices: Promise<NumberRead<Value>[]>[] = []
  for (let from = 0; from < items.length; from += SLICE_NUMBERS)
    slices.push(
      inSlices(() => items.slice(from, from + SLICE_NUMBERS).map((item, i) => read(item, from + i))),
    )
  return (await Promise.all(slices)).flat()
}

/**
 * The values that can be taken, and why the others cannot, by their place in the list. `skip_invalid` false: one that
 * cannot be taken refuses all. A list of which nothing can be taken is refused unless `skip_invalid` is true: a caller who
 * sends one number and does not look for `invalid` must not believe that it is listed.
 */
export function taken<Value>(read: readonly NumberRead<Value>[], skip_invalid: boolean | undefined) {
  const values = read.flatMap(({ value, problem }) => (problem ? [] : [value]))
  const invalid = read.flatMap(({ problem }, index) => (problem ? [{ index, detail: problem.detail }] : []))
  if (skip_invalid ?? values.length > 0) return { values, invalid }
  const [first, ...others] = read.flatMap(({ problem }) => problem ?? [])
  if (!first) return { values, invalid }
  const { refusal } = refuseFields([first, ...others])
  const detail = `${invalid.length} of ${read.length} cannot be taken, the first one ${first.detail}; nothing was written`
  return orRefuse({ refusal: read.length > 1 ? { ...refusal, detail } : refusal })
}
